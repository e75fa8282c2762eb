"""What rules speak of: a day as it is known, what a rule finds in it, what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ingest.calendar import Expected, WorkDay
from ingest.coverage import Reason

REPEAT = timedelta(minutes=5)
"""Touches closer together than this are one: who is not sure that the terminal took it tries again,
and would otherwise have gone home at 07.31."""


ADJUSTED, RESOLVED = "adjusted", "resolved"
CORRECTIONS = frozenset({ADJUSTED, RESOLVED})
"""Codes of reasons that tell what a person decided."""


class Status(StrEnum):
    """What a day came to. The codes stay; their words may change."""

    PRESENT = "PRESENT"
    LATE = "LATE"
    EARLY = "EARLY"
    INCOMPLETE = "INCOMPLETE"
    ABSENT = "ABSENT"
    UNVERIFIED = "UNVERIFIED"
    OFF = "OFF"
    HOLIDAY = "HOLIDAY"
    JOINT = "JOINT"
    ENDED = "ENDED"
    """No longer assigned to any office on that day."""


STATUS_TEXT = {
    Status.PRESENT: "Hadir",
    Status.LATE: "Hadir terlambat",
    Status.EARLY: "Pulang cepat",
    Status.INCOMPLETE: "Presensi tidak lengkap",
    Status.ABSENT: "Tanpa keterangan",
    Status.UNVERIFIED: "Belum terverifikasi",
    Status.OFF: "Libur jadwal",
    Status.HOLIDAY: "Libur nasional",
    Status.JOINT: "Cuti bersama",
    Status.ENDED: "Tidak bertugas",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One person's day, as far as it is known."""

    day: date
    expected: Expected
    touches: tuple[datetime, ...] = ()
    """Local times, in order."""
    open: tuple[Reason, ...] = ()
    """What may hide a touch: while there is any, nobody is absent."""
    provisional: tuple[Reason, ...] = ()
    """What may hide an earlier or later touch: while there is any, no minutes are counted."""
    corrections: tuple[Reason, ...] = ()
    """What people decided that bears on this day; told with whatever the day comes to."""

    @property
    def single(self) -> bool:
        """Whether all touches are one."""
        return bool(self.touches) and self.touches[-1] - self.touches[0] < REPEAT

    @property
    def first_in(self) -> datetime | None:
        """The first touch, unless the only one lies nearer to the end of work."""
        return None if not self.touches or self._leaves else self.touches[0]

    @property
    def last_out(self) -> datetime | None:
        """The last touch, unless the only one lies nearer to the start of work."""
        if not self.touches or (self.single and not self._leaves):
            return None
        return self.touches[-1]

    @property
    def _leaves(self) -> bool:
        if not self.single or not isinstance(self.expected, WorkDay):
            return False
        middle = self.expected.start + (self.expected.end - self.expected.start) / 2
        return self.touches[0] >= middle


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule concluded. `because` is a sentence the person concerned can read."""

    status: Status
    because: str
    late_minutes: int | None = None
    early_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a day comes to, and on what ground."""

    status: Status
    because: tuple[Reason, ...]
    first_in: datetime | None = None
    last_out: datetime | None = None
    late_minutes: int | None = None
    early_minutes: int | None = None


def unique(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return reasons in their order, each once."""
    return tuple(dict.fromkeys(reasons))
