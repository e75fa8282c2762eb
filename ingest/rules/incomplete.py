"""Fewer touches than a day asks for: coming, leaving or a rest was not recorded.

Of what is missing no minutes are counted. A touch outside the time in which they are taken shows
that the person was there, and no more.
"""

from ingest.calendar import WorkDay
from ingest.indonesian import time_text
from ingest.rules.base import Day, Finding, Status, taken


def incomplete(day: Day) -> Finding | None:
    if not isinstance(day.expected, WorkDay) or day.provisional:
        return None
    if not day.touches:
        if not day.outside:
            return None
        times = ", ".join(dict.fromkeys(time_text(one) for one in day.outside))
        return Finding(
            Status.INCOMPLETE,
            f"hanya ada rekaman pukul {times}, di luar waktu presensi "
            f"{time_text(day.expected.since)}-{time_text(day.expected.until)}",
        )
    missing = taken(day).missing
    if not missing:
        return None
    told = (day.touches[0], day.touches[-1]) if day.single else day.touches
    times = ", ".join(dict.fromkeys(map(time_text, told)))
    return Finding(
        Status.INCOMPLETE,
        f"hanya ada rekaman pukul {times}, tidak ada rekaman {' dan '.join(missing)}",
    )
