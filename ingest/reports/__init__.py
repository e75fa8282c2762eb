"""Reports by the name by which they are asked for. Each is a function here and one line below."""

from dataclasses import dataclass
from typing import Literal

from ingest.reports.attendance import trend, weekdays
from ingest.reports.base import Asked, Chart, Column, Kind, Report, Scope, Series, Table
from ingest.reports.daily import daily
from ingest.reports.deductions import deductions
from ingest.reports.monthly import monthly
from ingest.reports.person_month import person_month
from ingest.reports.render import FORMATS, render
from ingest.reports.tally import tally
from ingest.reports.terminals import coverage, terminals
from ingest.reports.unseen import unmapped, unseen
from ingest.reports.year import year

__all__ = [
    "FORMATS",
    "REPORTS",
    "Asked",
    "Chart",
    "Column",
    "Kind",
    "Known",
    "Report",
    "Scope",
    "Series",
    "Table",
    "render",
]


@dataclass(frozen=True, slots=True)
class Known:
    """A report and the time it is of: a day, a month, a year, or now."""

    make: Report
    of: Literal["day", "month", "year", "now"]


REPORTS: dict[str, Known] = {
    "coverage": Known(coverage, "month"),
    "daily": Known(daily, "day"),
    "discipline": Known(tally, "year"),
    "monthly": Known(monthly, "month"),
    "person": Known(person_month, "month"),
    "terminals": Known(terminals, "month"),
    "tpp": Known(deductions, "month"),
    "trend": Known(trend, "year"),
    "unmapped": Known(unmapped, "now"),
    "unseen": Known(unseen, "day"),
    "weekdays": Known(weekdays, "month"),
    "year": Known(year, "year"),
}
