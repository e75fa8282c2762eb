"""A report of one office and day, as its command builds it."""

from dataclasses import replace
from datetime import date
from typing import Any

from ingest import reporting
from ingest.reports import REPORTS, Asked, Scope, Table


def recap(scene: Any, name: str, day: date) -> Table:
    """Return a report of the scene's office with its rows at hand."""
    where = Scope({scene.office: "Dinas Contoh"}, f"Dinas Contoh ({scene.office})", scene.office)
    asked = Asked(where, day, scene.now, scene.settings, reporting.load())
    found = REPORTS[name].make(scene.connection, asked)
    return replace(found, rows=list(found.rows))
