"""Early leave: leaving before the end of work. The tolerance is for arriving only.

With flexi-time that is made up, who came later leaves as much later, up to the cap.
"""

from datetime import datetime, timedelta

from ingest.calendar import WorkDay
from ingest.indonesian import time_text
from ingest.rules.base import Day, Finding, Status, taken


def early(day: Day) -> Finding | None:
    if not isinstance(day.expected, WorkDay) or day.provisional or day.single:
        return None
    found = taken(day)
    if found.left is None:
        return None
    end = _end(day.expected, found.came)
    minutes = int((end - found.left.replace(second=0)).total_seconds()) // 60
    if minutes <= 0:
        return None
    return Finding(
        Status.EARLY,
        f"pulang pukul {time_text(found.left)}, jam kerja berakhir pukul {time_text(end)}: "
        f"lebih cepat {minutes} menit",
        early_minutes=minutes,
    )


def _end(work: WorkDay, came: datetime | None) -> datetime:
    flexi = work.manner.flexi
    if flexi is None or not flexi.make_up or came is None:
        return work.end
    later = came.replace(second=0) - work.start
    return work.end + min(max(later, timedelta()), flexi.cap)
