"""What people did at the simulated terminal: read from a real export, or made up from a seed.

Pure: text and numbers in, touches out. A wrong line of an export is told by its number and never
fatal, because the simulator is to be fed with whatever a stick brought home.
"""

import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple


class Touch(NamedTuple):
    """One touch, as the terminal will tell it."""

    user_id: str
    local_time: datetime
    state: int = 0
    verify: int = 1
    work_code: int = 0


class Export(NamedTuple):
    """What an `attlog.dat` holds: its touches in file order, and the lines that are none."""

    touches: list[Touch]
    refused: list[int]


def read_attlog(content: bytes) -> Export:
    """Read the text of an `attlog.dat` of 5, 6 or 11 columns."""
    touches: list[Touch] = []
    refused: list[int] = []
    for number, line in enumerate(_text(content).splitlines(), start=1):
        if not line.strip():
            continue
        touch = _touch([column.strip() for column in line.rstrip().split("\t")])
        if touch is None:
            refused.append(number)
        else:
            touches.append(touch)
    return Export(touches, refused)


def _text(content: bytes) -> str:
    # Notepad saves as UTF-16 or puts a mark before UTF-8
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace")


def _touch(columns: list[str]) -> Touch | None:
    if len(columns) < 5 or not columns[0]:
        return None
    # five columns (Solution): id, time, verify, state, work code; else a machine number is third
    state, verify, work_code = (3, 2, 4) if len(columns) == 5 else (3, 4, 5)
    try:
        return Touch(
            user_id=columns[0],
            local_time=datetime.strptime(columns[1], "%Y-%m-%d %H:%M:%S"),
            state=int(columns[state]),
            verify=int(columns[verify]),
            work_code=int(columns[work_code]),
        )
    except ValueError:
        return None


def shifted(touches: Sequence[Touch], newest: date) -> list[Touch]:
    """Return all touches moved by the same whole days: the newest falls on the day given."""
    if not touches:
        return []
    days = newest - max(touch.local_time for touch in touches).date()
    return [touch._replace(local_time=touch.local_time + days) for touch in touches]


@dataclass(frozen=True, slots=True)
class Habit:
    """How a made-up person differs from the punctual one, always or on one day."""

    user_id: str
    day: date | None = None

    @classmethod
    def parse(cls, text: str) -> "Habit":
        """Read `USER` or `USER@YYYY-MM-DD`. Raises ValueError."""
        user_id, at, day = text.partition("@")
        return cls(user_id, date.fromisoformat(day) if at else None)


def person_ids(people: int) -> list[str]:
    """Return the user ids of so many made-up people: 1, 2, ..."""
    return [str(number) for number in range(1, people + 1)]


def make_up(
    *,
    people: int,
    days: int,
    last_day: date,
    seed: int = 0,
    absent: Collection[Habit] = (),
    late: Collection[Habit] = (),
) -> list[Touch]:
    """Return the touches of some people over the last so many Mondays to Fridays, oldest first.

    In around 07:20, out around 16:05. Each person and day has a dice of its own, so more people or
    more days leave the touches of the others as they were.
    """
    touches = [
        touch
        for day in _workdays(last_day, days)
        for user_id in person_ids(people)
        if not _has(absent, user_id, day)
        for touch in _one_day(user_id, day, seed, late=_has(late, user_id, day))
    ]
    return sorted(touches, key=lambda touch: (touch.local_time, touch.user_id))


def _workdays(last_day: date, days: int) -> Iterator[date]:
    day = last_day
    while days > 0:
        if day.weekday() < 5:
            yield day
            days -= 1
        day -= timedelta(days=1)


def _has(habits: Iterable[Habit], user_id: str, day: date) -> bool:
    return any(one.user_id == user_id and one.day in {None, day} for one in habits)


def _one_day(user_id: str, day: date, seed: int, *, late: bool) -> Iterator[Touch]:
    dice = random.Random(f"{seed}:{user_id}:{day}")
    midnight = datetime.combine(day, time())
    arrival = midnight + timedelta(hours=7, minutes=20, seconds=_around(dice, 480, upper=540))
    leaving = midnight + timedelta(hours=16, minutes=5, seconds=_around(dice, 420, lower=-240))
    if late:
        arrival = midnight + timedelta(hours=8, seconds=dice.randrange(3_600))
    yield Touch(user_id, arrival, state=0)
    yield Touch(user_id, leaving, state=1)


def _around(dice: random.Random, spread_s: int, *, lower: int = -3_000, upper: int = 3_000) -> int:
    return int(min(max(dice.gauss(0, spread_s), lower), upper))
