"""Reports by the name by which they are asked for. Each is one file here and one line below."""

from ingest.reports.base import Column, Kind, Report, Table
from ingest.reports.daily import daily
from ingest.reports.monthly import monthly
from ingest.reports.render import FORMATS, render

__all__ = ["FORMATS", "REPORTS", "Column", "Kind", "Report", "Table", "render"]

REPORTS: dict[str, Report] = {
    "daily": daily,
    "monthly": monthly,
}
