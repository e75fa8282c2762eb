"""People's days: facts gathered, assembled, judged, written and explained."""

from ingest.days.evaluate import (
    PersonDay,
    WorkedOut,
    close_days,
    evaluate,
    evaluate_dirty,
    work_out,
)
from ingest.days.explain import VERDICT_TEXT, Explanation, explain
from ingest.days.settings import Settings

__all__ = [
    "VERDICT_TEXT",
    "Explanation",
    "PersonDay",
    "Settings",
    "WorkedOut",
    "close_days",
    "evaluate",
    "evaluate_dirty",
    "explain",
    "work_out",
]
