"""A table as pages: F4 or A4, landscape, the head on every page, charts drawn by typst.

What is a page for each person is upright, A4, and each on one page.
"""

from collections.abc import Sequence
from importlib import resources
from itertools import islice

from ingest import typesetting
from ingest.errors import Refused
from ingest.reports.base import Chart, Column, Kind, Row, Table
from ingest.reports.paper import Paper, signature
from ingest.reports.shown import NUMBERS, SUM, WIDTHS, label_place, shown, summed, text_of
from ingest.reports.stamp import SECRET

MOST_CELLS = 100_000
"""Of all rows: a month of 1,500 people, a day of 11,000. Typst takes 11 to 15 kB for each, and for
more than these it takes longer than anybody waits for what nobody reads on paper."""
_LIMITS = typesetting.Limits(seconds=120, memory=2 << 30)
MOST_PAGES = 300
"""Of people; typst takes 2 MB for one, and 6 for one that it has to fit."""
_PAGES_LIMITS = typesetting.Limits(seconds=180, memory=2 << 30)
_LINE, _MANY_LINES, _MANY_NOTES = 40, 10, 8
"""A ground of more characters may take a second line; a page with more of them has to be fitted."""
_TEMPLATE, _PAGES = "rekap.typ", "lembar.typ"


def make_pdf(table: Table, paper: Paper) -> bytes:
    """Return a PDF/A. Raises Refused for too many rows or pages, TypesettingFault."""
    if table.portrait or table.pages:
        return _make_pages(table, table.pages or [table], paper)
    always = [one for one in shown(table) if not (one.summed and one.width)]
    rows = list(islice(table.rows, MOST_CELLS // max(len(always), 1) + 1))
    sums = summed(shown(table), rows)
    # A narrow column that comes to nothing is not printed: paper is narrow.
    columns = [one for one in shown(table) if sums.get(one.key, 1) or not one.width]
    most = MOST_CELLS // max(len(columns), 1)
    if len(rows) > most:
        raise Refused(
            f"more than {most:,} rows of this report are no paper; ask for fewer offices, or for "
            "xlsx"
        )
    return typesetting.pdf(
        _template(_TEMPLATE),
        {
            **_framed(table, paper),
            "size": paper.size,
            "columns": [_column(one) for one in columns],
            "rows": [_row(columns, one) for one in rows],
            "sums": _sums_row(columns, sums) if rows and sums else [],
            "notes": [one for one in table.notes if one],
            "charts": [_chart(one) for one in table.charts],
        },
        created=paper.stamp.at,
        name=_TEMPLATE,
        limits=_LIMITS,
    )


def _make_pages(table: Table, pages: Sequence[Table], paper: Paper) -> bytes:
    if len(pages) > MOST_PAGES:
        raise Refused(
            f"{len(pages):,} people are more than {MOST_PAGES} pages at once; ask for one person "
            "by --nip, or for xlsx, csv or json"
        )
    made = {**_framed(table, paper), "pages": [_page(one) for one in pages]}
    return typesetting.pdf(
        _template(_PAGES), made, created=paper.stamp.at, name=_PAGES, limits=_PAGES_LIMITS
    )


def _page(one: Table) -> dict[str, object]:
    columns, rows = shown(one), list(one.rows)
    return {
        "title": one.title,
        "fit": _is_long(one, columns, rows),
        "facts": [list(fact) for fact in one.facts],
        "columns": [_column(each) for each in columns],
        "rows": [[text_of(each, row.get(each.key)) for each in columns] for row in rows],
        "sums": _sums_row(columns, summed(columns, rows)) if rows else [],
        "totals": [[each.code, each.meaning, str(each.days)] for each in one.totals],
        "notes": [note for note in one.notes if note],
    }


def _is_long(one: Table, columns: Sequence[Column], rows: Sequence[Row]) -> bool:
    """Say whether a page may need more than its sheet."""
    long = sum(len(text_of(each, row.get(each.key))) > _LINE for row in rows for each in columns)
    facts = sum(len(value) > 2 * _LINE for _, value in one.facts)
    return long > _MANY_LINES or len(one.notes) > _MANY_NOTES or facts > 0


def _template(name: str) -> str:
    return (resources.files("ingest.reports") / "templates" / name).read_text("utf-8")


def _framed(table: Table, paper: Paper) -> dict[str, object]:
    """Return what stands on every sheet: head, marks and signature."""
    return {
        "title": table.title,
        "kop": list(paper.signing.kop),
        "secret": SECRET,
        "stamp": paper.stamp.text,
        "free": sorted(paper.free),
        "signature": signature(paper.signing, paper.stamp),
    }


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
