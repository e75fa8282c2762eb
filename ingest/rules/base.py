"""What rules speak of: a day as it is known, what a rule finds in it, what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ingest.calendar import Excuse, Expected, WorkDay
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
    PERMIT = "PERMIT"
    SICK = "SICK"
    LEAVE = "LEAVE"
    DUTY = "DUTY"
    STUDY = "STUDY"
    TRAINING = "TRAINING"
    WFA = "WFA"
    DISPENSATION = "DISPENSATION"
    FORCE = "FORCE"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"
    """No longer assigned to any office on that day, or no longer in service."""


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
    Status.PERMIT: "Izin",
    Status.SICK: "Sakit",
    Status.LEAVE: "Cuti",
    Status.DUTY: "Dinas luar",
    Status.STUDY: "Tugas belajar",
    Status.TRAINING: "Diklat",
    Status.WFA: "Bekerja dari luar kantor",
    Status.DISPENSATION: "Dispensasi",
    Status.FORCE: "Keadaan kahar",
    Status.SUSPENDED: "Pemberhentian sementara",
    Status.ENDED: "Tidak bertugas",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One person's day, as far as it is known."""

    day: date
    expected: Expected
    touches: tuple[datetime, ...] = ()
    """Local times, in order."""
    outside: tuple[datetime, ...] = ()
    """Touches that show the person was there, too early or too late to count."""
    open: tuple[Reason, ...] = ()
    """What may hide a touch: while there is any, nobody is absent."""
    provisional: tuple[Reason, ...] = ()
    """What may hide an earlier or later touch: while there is any, no minutes are counted."""
    corrections: tuple[Reason, ...] = ()
    """What people decided that bears on this day; told with whatever the day comes to."""
    excuses: tuple[Excuse, ...] = ()

    @property
    def single(self) -> bool:
        """Whether all touches are one."""
        return bool(self.touches) and self.touches[-1] - self.touches[0] < REPEAT

    @property
    def first_in(self) -> datetime | None:
        """The first touch, unless it lies nearer to the end of what it could begin."""
        return taken(self).came

    @property
    def last_out(self) -> datetime | None:
        return taken(self).left


class Taken(NamedTuple):
    """Which touch is coming and which leaving, and what was not recorded, in Indonesian."""

    came: datetime | None
    left: datetime | None
    missing: tuple[str, ...] = ()


def taken(day: Day) -> Taken:
    """Say which touches are coming and leaving, by the nearer end of the working time.

    The button pressed is not trusted: many terminals store the same for everybody.
    """
    if not day.touches:
        return Taken(None, None)
    if isinstance(day.expected, WorkDay) and day.expected.manner.taps == 4 and day.expected.rest:
        return _four(day.touches, day.expected)
    if not day.single:
        return Taken(day.touches[0], day.touches[-1])
    if isinstance(day.expected, WorkDay) and day.touches[0] >= _middle(
        day.expected.start, day.expected.end
    ):
        return Taken(None, day.touches[-1], ("masuk",))
    return Taken(day.touches[0], None, ("pulang",))


_FOUR = ("masuk", "mulai istirahat", "selesai istirahat", "pulang")


def _four(touches: tuple[datetime, ...], work: WorkDay) -> Taken:
    """Four touches are four whenever they come; of fewer, each stands for the nearest it can."""
    apart = [touches[0]]
    for one in touches[1:]:
        if one - apart[-1] >= REPEAT:
            apart.append(one)
    if len(apart) >= len(_FOUR):
        return Taken(touches[0], touches[-1])
    rest, back = work.rest[0]
    bounds = (_middle(work.start, rest), _middle(rest, back), _middle(back, work.end))
    places = [sum(one >= bound for bound in bounds) for one in apart]
    missing = tuple(name for n, name in enumerate(_FOUR) if n not in places)
    came = touches[0] if 0 in places else None
    left = touches[-1] if len(_FOUR) - 1 in places else None
    return Taken(came, left, missing)


def _middle(start: datetime, end: datetime) -> datetime:
    return start + (end - start) / 2


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
