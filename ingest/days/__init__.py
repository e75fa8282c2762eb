"""People's days: facts gathered, assembled, judged, written and explained."""

from ingest.days.judging import (
    PersonDay,
    WorkedOut,
    close_days,
    evaluate,
    evaluate_dirty,
    work_out,
)
from ingest.days.settings import Settings
from ingest.days.story import VERDICT_TEXT, Explanation, explain

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
