"""People's days: facts gathered, assembled, judged, written and explained."""

from ingest.days.bulk import evaluate_many
from ingest.days.judging import PersonDay, WorkedOut, evaluate, work_out
from ingest.days.rounds import close_days, evaluate_dirty
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
    "evaluate_many",
    "explain",
    "work_out",
]
