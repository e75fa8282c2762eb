"""Charts of a spreadsheet, drawn by the spreadsheet itself from figures beside them."""

from collections.abc import Sequence
from typing import Any

from ingest.reports.base import Chart
from ingest.reports.xlsx_cells import text

CHARTS = "Grafik"


def write_charts(book: Any, charts: Sequence[Chart]) -> None:
    """Draw charts on a sheet of their own, each beside the figures it is drawn from."""
    sheet = book.add_worksheet(CHARTS)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    at = 0
    for one in charts:
        sheet.write_string(at, 0, text(one.title))
        for number, series in enumerate(one.series, 1):
            sheet.write_string(at + 1, number, text(series.name))
        for row, label in enumerate(one.labels):
            sheet.write_string(at + 2 + row, 0, text(label))
            for number, series in enumerate(one.series, 1):
                value = series.values[row]
                if value is not None:
                    sheet.write_number(at + 2 + row, number, value)
        _draw(book, sheet, one, at)
        at += max(len(one.labels) + 4, 22)


def _draw(book: Any, sheet: Any, one: Chart, at: int) -> None:
    chart = book.add_chart({"type": one.kind})
    first, last = at + 2, at + 1 + len(one.labels)
    for number in range(1, len(one.series) + 1):
        if one.labels:
            chart.add_series(
                {
                    "name": [CHARTS, at + 1, number],
                    "categories": [CHARTS, first, 0, last, 0],
                    "values": [CHARTS, first, number, last, number],
                    "marker": {"type": "circle"},
                }
            )
    if not one.labels:
        return
    chart.set_title({"name": text(one.title), "name_font": {"size": 12}})
    chart.set_y_axis({"min": 0, "num_format": "0", "name": "persen" if one.unit else ""})
    chart.set_size({"width": 720, "height": 400})
    sheet.insert_chart(at, len(one.series) + 2, chart)
