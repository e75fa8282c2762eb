"""Late arrival: coming after the start of work and its tolerance.

Lateness counts from the start of work, not from the end of the tolerance; who works by flexi-time
may come up to its cap later, and is late from there on. Parts of a minute do not count as one: who
sees 07.30 on the terminal's screen is there at 07.30. A tolerance is exact to the second.
"""

from datetime import timedelta

from ingest.calendar import WorkDay
from ingest.indonesian import time_text
from ingest.rules.base import Day, Finding, Status, taken


def late(day: Day) -> Finding | None:
    if not isinstance(day.expected, WorkDay) or day.provisional or day.single:
        return None
    came, work = taken(day).came, day.expected
    flexi = work.manner.flexi
    start = work.start + (flexi.cap if flexi else timedelta())
    if came is None or came - start < timedelta(minutes=1) + work.manner.tolerance:
        return None
    minutes = int((came - start).total_seconds()) // 60
    until = f", fleksibel sampai {time_text(start)}" if flexi else ""
    return Finding(
        Status.LATE,
        f"masuk pukul {time_text(came)}, jam kerja mulai pukul {time_text(work.start)}{until}: "
        f"terlambat {minutes} menit",
        late_minutes=minutes,
    )
