"""Absence: a working day without a touch, and nothing that may hide one.

The only rule that can harm a person by what is *not* there. So it asks for proof that nothing is
missing: `open` must be empty, and whoever builds a Day puts into it everything that is not known.
"""

from ingest.calendar import WorkDay
from ingest.rules.base import Day, Finding, Status


def absence(day: Day) -> Finding | None:
    if not isinstance(day.expected, WorkDay) or day.touches or day.outside or day.open:
        return None
    return Finding(
        Status.ABSENT,
        f"{day.expected.text}, tidak ada rekaman presensi, "
        "dan data semua mesin untuk hari ini sudah lengkap",
    )
