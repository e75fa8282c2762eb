"""Late arrival: the first touch comes after the start of work and its tolerance.

Lateness counts from the start of work, not from the end of the tolerance. Seconds do not count: who
sees 07.30 on the terminal's screen is there at 07.30.
"""

from ingest.calendar import WorkDay
from ingest.indonesian import time_text
from ingest.rules.base import Day, Finding, Status


def late(day: Day) -> Finding | None:
    if not isinstance(day.expected, WorkDay) or day.provisional or day.single or not day.touches:
        return None
    first, start = day.touches[0], day.expected.start
    minutes = int((first.replace(second=0) - start).total_seconds()) // 60
    if minutes <= 0 or first.replace(second=0) <= start + day.expected.tolerance:
        return None
    return Finding(
        Status.LATE,
        f"masuk pukul {time_text(first)}, jam kerja mulai pukul {time_text(start)}: "
        f"terlambat {minutes} menit",
        late_minutes=minutes,
    )
