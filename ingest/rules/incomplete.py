"""One touch only on a day that asks for two: coming or leaving was not recorded.

Which of the two is told by the nearer end of the working time; the button pressed is not trusted,
many terminals store the same for everybody. No minutes are counted: the missing half is unknown.
"""

from ingest.calendar import WorkDay
from ingest.indonesian import time_text
from ingest.rules.base import Day, Finding, Status


def incomplete(day: Day) -> Finding | None:
    if not isinstance(day.expected, WorkDay) or day.provisional or not day.single:
        return None
    missing = "pulang" if day.last_out is None else "masuk"
    return Finding(
        Status.INCOMPLETE,
        f"hanya ada rekaman pukul {time_text(day.touches[0])}, tidak ada rekaman {missing}",
    )
