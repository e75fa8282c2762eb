"""Early leave: the last touch comes before the end of work. The tolerance is for arriving only."""

from ingest.calendar import WorkDay
from ingest.indonesian import time_text
from ingest.rules.base import Day, Finding, Status


def early(day: Day) -> Finding | None:
    if not isinstance(day.expected, WorkDay) or day.provisional or day.single or not day.touches:
        return None
    last, end = day.touches[-1], day.expected.end
    minutes = int((end - last.replace(second=0)).total_seconds()) // 60
    if minutes <= 0:
        return None
    return Finding(
        Status.EARLY,
        f"pulang pukul {time_text(last)}, jam kerja berakhir pukul {time_text(end)}: "
        f"lebih cepat {minutes} menit",
        early_minutes=minutes,
    )
