"""A table as pages: F4 or A4, landscape, the head on every page, charts drawn by typst."""

from collections.abc import Sequence
from importlib import resources

from ingest import typesetting
from ingest.errors import Refused
from ingest.reports.base import Chart, Column, Kind, Row, Table
from ingest.reports.paper import Paper, signature
from ingest.reports.shown import NUMBERS, SUM, WIDTHS, label_place, shown, sums_of, text_of
from ingest.reports.stamp import SECRET

MOST_ROWS = 2_000
"""More nobody reads on paper, and typesetting takes longer than anybody waits."""
_TEMPLATE = "rekap.typ"


def make_pdf(table: Table, paper: Paper) -> bytes:
    """Return a PDF/A. Raises Refused for too many rows, TypesettingFault."""
    rows: list[Row] = []
    for row in table.rows:
        if len(rows) == MOST_ROWS:
            raise Refused(
                f"more than {MOST_ROWS:,} rows are no paper; ask for fewer offices, or for xlsx"
            )
        rows.append(row)
    sums = _sums(table, rows)
    columns = [one for one in shown(table) if sums.get(one.key, 1) or not one.width]
    main = (resources.files("ingest.reports") / "templates" / _TEMPLATE).read_text("utf-8")
    return typesetting.pdf(
        main,
        {
            "title": table.title,
            "kop": list(paper.signing.kop),
            "size": paper.size,
            "secret": SECRET,
            "stamp": paper.stamp.text,
            "columns": [_column(one) for one in columns],
            "rows": [_row(columns, one) for one in rows],
            "sums": _sums_row(columns, sums) if rows and sums else [],
            "free": sorted(paper.free),
            "notes": [one for one in table.notes if one],
            "charts": [_chart(one) for one in table.charts],
            "signature": signature(paper.signing, paper.stamp),
        },
        created=paper.stamp.at,
        name=_TEMPLATE,
    )


def _sums(table: Table, rows: Sequence[Row]) -> dict[str, int]:
    """Return the sums. A narrow column that comes to nothing is not printed: paper is narrow."""
    sums = sums_of(shown(table))
    for row in rows:
        for key in sums:
            value = row.get(key)
            sums[key] += value if isinstance(value, int) else 0
    return sums


def _column(one: Column) -> dict[str, object]:
    return {
        "label": one.label,
        "width": one.width or WIDTHS[one.kind],
        "align": "right" if one.kind in NUMBERS else "left",
        "code": one.kind is Kind.CODE,
    }


def _row(columns: Sequence[Column], row: Row) -> list[str]:
    """Return what is printed; a narrow column of counts stays empty for none."""
    return [
        "" if one.summed and one.width and not row.get(one.key) else text_of(one, row.get(one.key))
        for one in columns
    ]


def _sums_row(columns: Sequence[Column], sums: dict[str, int]) -> list[str]:
    label = label_place(columns)
    return [
        str(sums[one.key]) if one.key in sums else SUM if number == label else ""
        for number, one in enumerate(columns)
    ]


def _chart(one: Chart) -> dict[str, object]:
    return {
        "title": one.title,
        "kind": one.kind,
        "unit": one.unit,
        "labels": list(one.labels),
        "series": [{"name": each.name, "values": list(each.values)} for each in one.series],
    }
