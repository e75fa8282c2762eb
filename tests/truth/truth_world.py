"""A made-up regency: offices, terminals, people, hours and what goes wrong, all from one seed.

Whoever made the world knows what is true in it. So nothing here asks the program that is examined
how hours, rosters, excuses or evidence are to be understood: the hours below are written out twice,
once as the program is told them (`BODIES`) and once as people keep them (`hours`).
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Makassar")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is. `wired` offices tell their first month over HTTP, the rest in bulk."""

    offices: int
    terminals: int
    people: int
    first: date
    last: date
    seed: int = 20250
    wired: int = 2

    @property
    def days(self) -> list[date]:
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]


FULL = Size(70, 200, 20_000, date(2025, 1, 1), date(2025, 12, 31))
TENTH = Size(7, 20, 2_000, date(2025, 1, 1), date(2025, 12, 31))
SMALL = Size(6, 18, 240, date(2025, 3, 1), date(2025, 5, 31))
TINY = Size(2, 6, 28, date(2025, 3, 10), date(2025, 4, 22))

WEEK5 = {day: (time(7, 30), time(16, 30) if day == 4 else time(16)) for day in range(5)}
WEEK6 = {day: (time(7, 30), time(14)) for day in range(4)} | {
    4: (time(7, 30), time(11, 30)), 5: (time(7, 30), time(12, 30)),
}  # fmt: skip
PLAIN5 = {day: (time(7, 30), time(16)) for day in range(5)}
HOURS = {"t5": WEEK5, "t6": WEEK6, "flex": PLAIN5, "four": PLAIN5}
FASTING = {
    "t5": {day: (time(8), time(15, 30) if day == 4 else time(15)) for day in range(5)},
    "t6": {day: (time(8), time(12, 30) if day == 5 else time(14)) for day in range(6)},
}
FASTING_SPAN = (date(2025, 3, 1), date(2025, 3, 29))
TOLERANCE_MIN = {"t6": 5}
FLEX_CAP = timedelta(minutes=60)
REST = (time(12), time(13))
SHIFTS = {
    "P": (time(7), time(14)), "S": (time(14), time(21)), "M": (time(21), time(7)),
    "D": (time(8), time(8)),
}  # fmt: skip
CYCLES = ("PPSSMM--", "D--")
REACHES_ON = "SMD"
"""Shifts whose touches may lie on the next day, too: they wait for that day's evidence."""

HOLIDAYS = {
    date(2025, 1, 1): ("Tahun Baru", "public"), date(2025, 1, 27): ("Isra Mikraj", "public"),
    date(2025, 1, 28): ("Cuti bersama Imlek", "government"), date(2025, 1, 29): ("Imlek", "public"),
    date(2025, 3, 28): ("Cuti bersama Nyepi", "government"), date(2025, 3, 29): ("Nyepi", "public"),
    date(2025, 3, 31): ("Idulfitri", "public"), date(2025, 4, 1): ("Idulfitri", "public"),
    date(2025, 4, 2): ("Cuti bersama Idulfitri", "government"),
    date(2025, 4, 3): ("Cuti bersama Idulfitri", "government"),
    date(2025, 4, 4): ("Cuti bersama Idulfitri", "government"),
    date(2025, 4, 7): ("Cuti bersama Idulfitri", "government"),
    date(2025, 4, 18): ("Wafat Yesus Kristus", "public"), date(2025, 5, 1): ("Buruh", "public"),
    date(2025, 5, 12): ("Waisak", "public"), date(2025, 5, 29): ("Kenaikan", "public"),
    date(2025, 6, 6): ("Iduladha", "public"), date(2025, 6, 27): ("1 Muharam", "public"),
    date(2025, 9, 5): ("Maulid", "public"), date(2025, 12, 25): ("Natal", "public"),
    date(2025, 12, 26): ("Cuti bersama Natal", "government"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Special:
    """What an office was told of one day."""

    kind: str
    name: str
    hours: tuple[time, time] | None = None


@dataclass(slots=True)
class Office:
    code: str
    scheme: str
    serials: list[str] = field(default_factory=list)
    """Its terminals, registered in time."""
    local: set[date] = field(default_factory=set)
    special: dict[date, Special] = field(default_factory=dict)
    power: tuple[date, date] | None = None
    """From which to which day it had no electricity: nobody could touch anything."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody serves, under which user id."""

    office: str
    user_id: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Excuse:
    """`known` says in which phase a letter is there: (on time, in the end)."""

    code: str
    status: str
    first: date
    last: date
    known: tuple[bool, bool]
    hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Some weeks on a terminal of another office, under a user id there."""

    serial: str
    user_id: str
    first: date
    last: date


@dataclass(slots=True)
class Person:
    number: int
    nip: str
    posts: list[Post]
    scheme: str | None = None
    """Of his own: flex, four, or roster."""
    cycle: tuple[str, int] = ("", 0)
    mapped: str = "on time"
    """`late`: the user id is made known afterwards; `nip`: the own NIP is the user id."""
    swap: tuple[date, int] | None = None
    """The first of two days exchanged with this other person."""
    swap_late: bool = False
    roster_late: tuple[date, date] | None = None
    ended: date | None = None
    suspended: tuple[date, date] | None = None
    visit: Visit | None = None
    excuses: list[Excuse] = field(default_factory=list)
    streak: tuple[date, int] | None = None

    def post(self, day: date) -> Post | None:
        for one in self.posts:
            if one.first <= day and (one.last is None or day <= one.last):
                return one
        return None


@dataclass(slots=True)
class World:
    size: Size
    offices: dict[str, Office]
    people: list[Person]

    @property
    def lived(self) -> list[date]:
        """The days that are compared, and the one after, into which their shifts may reach."""
        return [*self.size.days, self.size.last + DAY]

    @property
    def now(self) -> tuple[datetime, datetime]:
        """When it is judged: what came in time, and two weeks later."""
        at = datetime.combine(self.size.last + 3 * DAY, time(8), ZONE)
        return at, at + timedelta(days=15)

    def rng(self, *name: object) -> random.Random:
        return random.Random("/".join(map(str, (self.size.seed, *name))))


def hours(scheme: str, day: date) -> tuple[time, time] | None:
    """Return the hours people of a weekly scheme keep on a day, were it no holiday."""
    fasting = scheme in FASTING and FASTING_SPAN[0] <= day <= FASTING_SPAN[1]
    return (FASTING if fasting else HOURS)[scheme].get(day.weekday())


def make_world(size: Size) -> World:
    """Make offices and people; what befalls terminals is made by `truth_troubles`."""
    world = World(size, {}, [])
    for number in range(size.offices):
        code = f"O{number:02}"
        world.offices[code] = _office(world, number, code)
    for number in range(size.terminals):
        code = f"O{number % size.offices:02}"
        world.offices[code].serials.append(f"T{number:03}")
    world.people = [_person(world, number) for number in range(size.people)]
    _pair_swaps(world)
    return world


def _office(world: World, number: int, code: str) -> Office:
    office = Office(code, "t6" if number % 2 else "t5")
    rng, free = world.rng("office", code), _weekdays(world.size, clear=True)
    days = rng.sample(free, 5)
    office.local.add(days[0])
    for day in days[1:3]:
        office.special[day] = Special("wfa", f"WFA {day}")
    office.special[days[3]] = Special("half", f"Setengah hari {day}", (time(7, 30), time(12)))
    saturday = next(
        one for one in world.size.days[20:] if one.weekday() == 5 and one not in HOLIDAYS
    )
    office.special[saturday] = Special("work", "Kerja bakti", (time(8), time(11)))
    return office


def _weekdays(size: Size, *, clear: bool = False) -> list[date]:
    """Return working days of everybody; `clear` leaves out the first week."""
    days = size.days[7:] if clear else size.days
    return [day for day in days if day.weekday() < 5 and day not in HOLIDAYS]


def _nip(number: int) -> str:
    born = date(1968, 1, 1) + timedelta(days=number % 9_000)
    return f"{born:%Y%m%d}201503{1 + number % 2}{1 + number // 9_000:03}"


def _person(world: World, number: int) -> Person:
    size, rng = world.size, world.rng("person", number)
    codes = list(world.offices)
    home = codes[number % size.offices]
    since = size.first - timedelta(days=400)
    person = Person(number, _nip(number), [Post(home, str(100 + number), since)])
    turn = number // size.offices % 14
    """Each office has somebody of each lot."""
    if turn in (1, 2, 11):
        person.scheme = {1: "flex", 2: "four", 11: "roster"}[turn]
    if turn in (3, 4, 5, 11):
        person.scheme = "roster"
        person.cycle = (CYCLES[turn not in {3, 11}], {4: 0, 5: 1}.get(turn, number % 8))
    if turn == 6:
        _moves(world, person, rng, codes)
    elif turn == 7:
        person.mapped = ("late", "nip")[number // (14 * size.offices) % 2]
        if person.mapped == "late":
            person.posts = [Post(home, str(100 + number), rng.choice(size.days[10:30]))]
    elif turn == 8:
        _leaves(person, rng, size)
    elif turn == 9:
        _visits(world, person, rng)
    elif turn == 11:
        monday = next(one for one in size.days[14:] if one.weekday() == 0)
        person.roster_late = (monday, monday + 6 * DAY)
    _excuses(person, rng, size)
    if rng.random() < 0.25 or turn in (10, 12):
        person.streak = (rng.choice(size.days[5:-14]), rng.choice([2, 3, 3, 4, 5, 7, 11]))
    return person


def _moves(world: World, person: Person, rng: random.Random, codes: list[str]) -> None:
    day, (old,) = rng.choice(world.size.days[15:-15]), person.posts
    other = codes[(codes.index(old.office) + 1) % len(codes)]
    person.posts = [
        Post(old.office, old.user_id, old.first, day - DAY),
        Post(other, f"M{old.user_id}", day),
    ]


def _leaves(person: Person, rng: random.Random, size: Size) -> None:
    """Retire, end by assignment, or be suspended for a time."""
    day = rng.choice(size.days[20:-10])
    lot = person.number // (14 * size.offices) % 3
    if lot == 0:
        person.ended = day
    elif lot == 1:
        (post,) = person.posts
        person.posts = [Post(post.office, post.user_id, post.first, day)]
    else:
        person.suspended = (day, day + 9 * DAY)


def _visits(world: World, person: Person, rng: random.Random) -> None:
    """Serve for some days where another office's terminal hangs."""
    codes = list(world.offices)
    other = codes[(codes.index(person.posts[0].office) + 1) % len(codes)]
    first = rng.choice(world.size.days[5:-15])
    serial = f"T{codes.index(other):03}"
    person.visit = Visit(serial, f"V{100 + person.number}", first, first + 11 * DAY)


_KINDS = (("CT", "LEAVE", 4), ("S", "SICK", 1), ("DL", "DUTY", 3), ("I", "PERMIT", 1))
ON_TIME, LATE, TAKEN_BACK = (True, True), (False, True), (True, False)


def _excuses(person: Person, rng: random.Random, size: Size) -> None:
    """Give some letters, most in time; none shares a day with another of the same person."""
    taken: set[date] = set()
    for _ in range(max(2, len(size.days) // 60)):
        code, status, most = rng.choice(_KINDS)
        first = rng.choice(size.days[:-5])
        span = [first + n * DAY for n in range(rng.randint(1, most))]
        part = rng.random() < 0.3 and person.scheme is None
        if part:
            code, status, span = "I", "PERMIT", span[:1]
        if taken & set(span):
            continue
        taken |= set(span)
        known = rng.choices((ON_TIME, LATE, TAKEN_BACK), (7, 3, 1))[0]
        hours = rng.choice(PARTS) if part else None
        person.excuses.append(Excuse(code, status, span[0], span[-1], known, hours))


PARTS = ((time(7, 30), time(9, 30)), (time(11), time(17)))
"""Hours of a letter for a part of a day: the beginning, or the end."""


def _pair_swaps(world: World) -> None:
    """Let who are on for a day and a night, a day apart, exchange two days."""
    first = {p.posts[0].office: p for p in reversed(world.people) if p.cycle == ("D--", 0)}
    for other in world.people:
        if other.cycle != ("D--", 1) or other.posts[0].office not in first:
            continue
        one = first.pop(other.posts[0].office)
        days = [d for d in world.size.days[10:-10] if (d - world.size.first).days % 3 == 0]
        day = world.rng("swap", one.number).choice(days)
        one.swap, other.swap = (day, other.number), (day, one.number)
        one.swap_late = other.swap_late = one.number % 2 == 0


def rostered(world: World, person: Person, day: date, phase: int) -> str | None:
    """Return what the roster says of a day in a phase: a shift, `-`, or None for nothing."""
    late = person.roster_late
    if phase == 0 and late and late[0] <= day <= late[1]:
        return None
    if person.swap and (phase == 1 or not person.swap_late):
        first, other = person.swap
        if day in (first, first + DAY):
            return _cycled(world, world.people[other], day)
    return _cycled(world, person, day)


def _cycled(world: World, person: Person, day: date) -> str:
    cycle, offset = person.cycle
    return cycle[((day - world.size.first).days - offset) % len(cycle)]
