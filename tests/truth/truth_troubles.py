"""What befalls terminals, and what their bridges could prove in spite of it.

Each trouble says three things of its own knowledge: which touches became of it what (`fate`), what
the bridge told (`statements`), and on which days evidence is really missing (`blind`), once as it
was when all that comes in time had come, and once in the end.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from truth_world import DAY, HOLIDAYS, Excuse, Person, World

HOUR = timedelta(hours=1)
AHEAD = timedelta(hours=2)
KINDS = (
    "cleared", "usb", "cleared after usb", "bridge off", "wrong clock", "clock reset",
    "bad record", "bad record of one", "parked", "replaced", "unregistered", "silent",
)  # fmt: skip
LATER, NEVER = 1, 2
"""When a touch comes: 0 is in time."""


class Fate(NamedTuple):
    """What becomes of a touch: when it comes, how far its time is off, whether it is doubtful."""

    comes: int = 0
    shift: timedelta = timedelta()
    doubtful: bool = False


class Statement(NamedTuple):
    """A terminal's log is known from one local moment to another, as a bridge states it."""

    serial: str
    since: datetime
    until: datetime
    phase: int
    offset_s: int | None = 0
    parked: int = 0
    source: str = "poll"


class BadRecord(NamedTuple):
    serial: str
    user_id: str
    near_from: datetime
    near_until: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: str
    serial: str
    office: str
    first: date
    days: int
    victim: int = 0
    """Number of the person whose record was bad."""

    @property
    def last(self) -> date:
        return self.first + (self.days - 1) * DAY

    def at(self, after: int, clock: str) -> datetime:
        """Return a moment so many days after its first."""
        return datetime.combine(self.first + after * DAY, time.fromisoformat(clock))


@dataclass(slots=True)
class Troubles:
    """All of them, with what follows; days by phase and terminal, or person."""

    world: World
    all: list[Trouble] = field(default_factory=list)
    by_serial: defaultdict[str, list[Trouble]] = field(default_factory=lambda: defaultdict(list))
    blind: tuple[defaultdict[str, set[date]], ...] = field(
        default_factory=lambda: (defaultdict(set), defaultdict(set))
    )
    blind_person: defaultdict[int, set[date]] = field(default_factory=lambda: defaultdict(set))
    strange: tuple[defaultdict[str, set[date]], ...] = field(
        default_factory=lambda: (defaultdict(set), defaultdict(set))
    )
    """Days on which somebody unknown touched a terminal."""
    named: defaultdict[tuple[str, date], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Kinds of trouble by office and day, for the report."""
    standing: dict[str, tuple[str, date, date | None]] = field(default_factory=dict)
    """Office, first and last day on which it counts, of each terminal registered in time."""
    unregistered: dict[str, Trouble] = field(default_factory=dict)
    guests: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Terminal, user id that is nobody's, and when."""

    _there: dict[tuple[str, date], list[str]] = field(default_factory=dict)

    def terminals_of(self, office: str, day: date) -> list[str]:
        """Return the terminals that hang there and are registered, on a day.

        Asked for once all troubles are made, and remembered: every touch of a year asks.
        """
        found = self._there.get((office, day))
        if found is None:
            found = self._there[office, day] = [
                serial
                for serial, (where, first, last) in self.standing.items()
                if where == office and first <= day and (last is None or day <= last)
            ]
        return found

    def works(self, serial: str, at: datetime) -> bool:
        """Say whether a terminal takes a touch at a moment."""
        office = self.world.offices[self.office_of(serial)]
        if office.power and office.power[0] <= at.date() <= office.power[1]:
            return False
        for one in self.by_serial[serial]:
            if one.kind == "replaced":
                old = serial == one.serial
                if old and at >= one.at(0, "10:00"):
                    return False
                if not old and at < one.at(one.days - 2, "15:00"):
                    return False
        if serial in self.unregistered:
            return at >= self.unregistered[serial].at(0, "05:00")
        return True

    def office_of(self, serial: str) -> str:
        if serial in self.unregistered:
            return self.unregistered[serial].office
        return self.standing[serial][0]

    def fate(self, serial: str, at: datetime) -> Fate:
        for one in self.by_serial[serial]:
            found = _fate(one, at)
            if found is not None:
                return found
        return Fate()


def _fate(  # noqa: PLR0911 - one for each kind of trouble
    one: Trouble, at: datetime
) -> Fate | None:
    n = one.days
    if one.kind == "cleared" and one.at(0, "09:30") < at < one.at(0, "13:00"):
        return Fate(NEVER)
    if one.kind == "usb" and one.at(0, "09:30") < at < one.at(n - 1, "10:00"):
        return Fate(LATER)
    if one.kind == "cleared after usb" and one.at(0, "09:30") < at < one.at(n - 1, "10:00"):
        return Fate(LATER if at < one.at(n - 1, "08:30") else NEVER)
    if one.kind == "replaced" and one.at(0, "09:30") < at < one.at(n - 2, "15:00"):
        return Fate(NEVER)
    if one.kind == "wrong clock" and one.at(0, "06:00") < at < one.at(n - 1, "23:30"):
        return Fate(0, AHEAD, doubtful=True)
    if one.kind == "clock reset" and one.at(0, "05:00") < at < one.at(n - 1, "23:00"):
        return Fate(0, datetime(2000, 1, 1) - one.at(0, "05:00"), doubtful=True)
    if one.kind == "silent" and at > one.at(0, "09:30"):
        return Fate(LATER)
    return None


def make_troubles(world: World) -> Troubles:
    """Let every office lose its electricity once, and every terminal have some of each trouble."""
    found = Troubles(world)
    size, codes = world.size, list(world.offices)
    for code in codes:
        for serial in world.offices[code].serials:
            found.standing[serial] = (code, size.first - DAY, None)
        first = _power_day(world, code)
        world.offices[code].power = (first, first + DAY)
        _name(found, code, first, 2, "no electricity")
    slots = max(2, len(size.days) // 90)
    for number in range(size.terminals):
        for slot in range(slots):
            kind = KINDS[(number * slots + slot) % len(KINDS)]
            trouble = _trouble(world, number, slot, slots, kind)
            if trouble is not None:
                _add(found, trouble)
    for days in found.blind:
        _spread_power(world, found, days)
    _keep_visits(world, found)
    _write_lists(world)
    _let_guests_in(world, found)
    return found


def _keep_visits(world: World, found: Troubles) -> None:
    """Let nobody be sent to a terminal that is taken away, or to an office without electricity."""
    for person in world.people:
        visit = person.visit
        if visit is None:
            continue
        code, _, last = found.standing[visit.serial]
        power = world.offices[code].power
        gone = last is not None and last <= visit.last
        if gone or (power and power[0] <= visit.last and visit.first <= power[1]):
            person.visit = None


def _write_lists(world: World) -> None:
    """Let half of the people stand on a manual list of the days without electricity, late."""
    for person in world.people[::2]:
        for code in {one.office for one in person.posts}:
            first, last = world.offices[code].power or (date.max, date.min)
            days = [
                one for one in (first, last) if (post := person.post(one)) and post.office == code
            ]
            for day in days:
                if not any(one.first <= day <= one.last for one in person.excuses):
                    person.excuses.append(Excuse("MR", "PRESENT", day, day, (False, True)))


def _let_guests_in(world: World, found: Troubles) -> None:
    """Let somebody nobody knows touch a terminal of each office, once."""
    for code, office in world.offices.items():
        rng = world.rng("guest", code)
        at = datetime.combine(rng.choice(world.size.days[5:-28]), time(10, 15))
        serial = office.serials[0]
        if serial not in found.terminals_of(code, at.date()) or found.fate(serial, at) != Fate():
            continue
        found.guests.append((serial, f"G{code}", at))
        _name(found, code, at.date(), 1, "guest")
        for days in found.strange:
            days[serial].add(at.date())


def _power_day(world: World, code: str) -> date:
    """Return the first of two days of the last month on which everybody works."""
    office = world.offices[code]
    free = {*office.local, *office.special, *HOLIDAYS}
    days = [
        day
        for day in world.size.days[-24:-6]
        if day.weekday() in (1, 2) and not {day, day + DAY} & free
    ]
    return world.rng("power", code).choice(days)


def _at_home(person: Person, code: str, day: date) -> bool:
    """Say whether somebody serves in an office on a day: else the user id is nobody's by then."""
    one = person.posts[0]
    return one.office == code and one.first <= day and (one.last is None or day <= one.last)


def _trouble(world: World, number: int, slot: int, slots: int, kind: str) -> Trouble | None:
    """Return a trouble in its part of the year, which leaves the last month to the electricity."""
    size, rng = world.size, world.rng("trouble", number, slot)
    code, length = f"O{number % size.offices:02}", (len(size.days) - 26) // slots
    begin = size.first + (slot * length + 2 + rng.randrange(max(1, length - 10))) * DAY
    days = 1 if kind.startswith(("cleared", "bad record")) and kind != "cleared after usb" else 3
    if kind == "silent":
        begin, days = size.last - 2 * DAY, 10
    if kind == "unregistered":
        days = 6
    home = [p.number for p in world.people if _at_home(p, code, begin) and _calm(p)]
    victim = home[rng.randrange(len(home))] if home else 0
    return Trouble(kind, f"T{number:03}", code, begin, days, victim)


def _calm(person: Person) -> bool:
    """Say whether a user id stands for one person the whole time."""
    return person.mapped == "on time" and len(person.posts) == 1


def _add(found: Troubles, one: Trouble) -> None:
    """Let a trouble happen; to a terminal that was replaced nothing happens any more."""
    if any(other.kind == "replaced" for other in found.by_serial[one.serial]):
        return
    found.all.append(one)
    where = one.serial
    if one.kind == "unregistered":
        where = f"{one.serial}X{one.first:%m%d}"
        found.unregistered[where] = one
    elif one.kind == "replaced":
        code, first, _ = found.standing[where]
        found.standing[where] = (code, first, one.last - DAY)
        found.standing[f"{where}B"] = (code, one.last, None)
        found.by_serial[f"{where}B"].append(one)
    found.by_serial[where].append(one)
    _name(found, one.office, one.first, one.days, one.kind)
    for phase, days in enumerate(_blind(one)):
        target = f"{one.office}+" if one.kind == "unregistered" else where
        found.blind[phase][target].update(days)
    if one.kind == "bad record of one":
        found.blind_person[one.victim].add(one.first)


def _name(found: Troubles, office: str, first: date, days: int, kind: str) -> None:
    for n in range(days):
        found.named[office, first + n * DAY].add(kind)


def _blind(one: Trouble) -> tuple[set[date], set[date]]:
    """Return the days on which evidence is missing, in time and in the end."""
    span = {one.first + n * DAY for n in range(one.days)}
    match one.kind:
        case "cleared" | "bad record" | "wrong clock" | "clock reset":
            return span, span
        case "usb" | "parked" | "silent":
            return span, set()
        case "cleared after usb":
            return span, {one.last}
        case "replaced":
            return span - {one.last}, span - {one.last}
        case "unregistered":
            return {one.first}, set()
    return set(), set()


def _spread_power(world: World, found: Troubles, blind: defaultdict[str, set[date]]) -> None:
    """Without electricity no terminal of an office can tell who was there."""
    for serial, (code, _, _) in found.standing.items():
        power = world.offices[code].power
        if power:
            blind[serial].update({power[0], power[1]})


def statements(found: Troubles) -> Iterator[Statement]:
    """Yield what bridges state, day by day, of every terminal."""
    world = found.world
    at = world.now[0].replace(tzinfo=None) - HOUR
    for serial, (_, first, last) in found.standing.items():
        yield from _told(found, serial, first, last, at)
    for serial, one in found.unregistered.items():
        yield Statement(serial, one.at(0, "05:00"), at, 0)
    for one in found.all:
        yield from _told_later(one, world.now[1].replace(tzinfo=None) - HOUR)


def _told(
    found: Troubles, serial: str, first: date, last: date | None, now: datetime
) -> Iterator[Statement]:
    """Yield a statement for each evening, and what breaks the stretch between."""
    since = datetime.combine(first, time(7))
    ordered = sorted(found.by_serial[serial], key=lambda one: one.first)
    mine = [one for one in ordered if one.kind in _BREAKS]
    replaced = next((one for one in mine if one.kind == "replaced"), None)
    if replaced and serial != replaced.serial:
        since = replaced.at(replaced.days - 2, "15:00")
        mine = []
    for one in mine:
        cut, begin = _BREAKS[one.kind](one)
        yield from _evenings(found, serial, since, min(cut, now))
        if begin is None:
            return
        if one.kind == "parked":
            yield Statement(serial, cut, begin, 0, parked=3)
        since = begin
    yield from _evenings(found, serial, since, now)


_BREAKS = {
    "cleared": lambda one: (one.at(0, "09:30"), one.at(0, "13:00")),
    "usb": lambda one: (one.at(0, "09:30"), one.at(one.days - 1, "10:00")),
    "cleared after usb": lambda one: (one.at(0, "09:30"), one.at(one.days - 1, "10:00")),
    "clock reset": lambda one: (one.at(0, "04:30"), one.at(one.days - 1, "23:30")),
    "parked": lambda one: (one.at(0, "09:30"), one.at(one.days - 1, "10:00")),
    "replaced": lambda one: (one.at(0, "09:30"), None),
    "silent": lambda one: (one.at(0, "09:30"), None),
}


def _evenings(
    found: Troubles, serial: str, since: datetime, until: datetime
) -> Iterator[Statement]:
    day = since.date()
    while day <= until.date():
        evening = min(datetime.combine(day, time(23, 45)), until)
        if evening > since and not _away(found, serial, evening):
            yield Statement(serial, since, evening, 0, _offset(found, serial, evening))
        day += DAY


def _away(found: Troubles, serial: str, at: datetime) -> bool:
    """Say whether no bridge spoke with a terminal: it came back with its log as it was."""
    office = found.world.offices[found.office_of(serial)]
    if office.power and office.power[0] <= at.date() <= office.power[1]:
        return True
    return any(
        one.kind == "bridge off" and one.first <= at.date() <= one.last
        for one in found.by_serial[serial]
    )


def _offset(found: Troubles, serial: str, at: datetime) -> int:
    for one in found.by_serial[serial]:
        if one.first <= at.date() <= one.last:
            if one.kind == "wrong clock":
                return int(AHEAD.total_seconds())
            if one.kind == "clock reset":
                return -25 * 366 * 86_400
    return (at.day * 7 + len(serial)) % 41 - 20


def _told_later(one: Trouble, now: datetime) -> Iterator[Statement]:
    last = one.days - 1
    if one.kind == "usb":
        yield Statement(
            one.serial, one.at(-2, "07:00"), one.at(last + 1, "12:00"), 1, None, source="usb"
        )
    elif one.kind == "cleared after usb":
        yield Statement(one.serial, one.at(-1, "07:00"), one.at(last, "08:30"), 1, None, 0, "usb")
    elif one.kind == "parked":
        yield Statement(one.serial, one.at(0, "09:30"), one.at(last, "10:00"), 1, None)
    elif one.kind == "silent":
        yield Statement(one.serial, one.at(0, "09:30"), now, 1)


def bad_records(found: Troubles) -> Iterator[BadRecord]:
    for one in found.all:
        near = (one.at(0, "09:00"), one.at(0, "11:00"))
        if one.kind == "bad record":
            yield BadRecord(one.serial, "", *near)
        elif one.kind == "bad record of one":
            user_id = found.world.people[one.victim].posts[0].user_id
            yield BadRecord(one.serial, user_id, *near)
