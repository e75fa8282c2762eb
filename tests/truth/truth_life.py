"""What each person did on each day, and what an honest judge must say of it.

A day is made from what it shall come to: who is to be eleven minutes late is made to come eleven
minutes after the start. So the truth is written down before any touch is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from truth_troubles import NEVER, Troubles
from truth_world import (
    DAY,
    FLEX_CAP,
    HOLIDAYS,
    REACHES_ON,
    REST,
    SHIFTS,
    TOLERANCE_MIN,
    Excuse,
    Person,
    World,
    hours,
    rostered,
)

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
UNVERIFIED, ABSENT, PRESENT = "UNVERIFIED", "ABSENT", "PRESENT"
EITHER, ANYTHING = "PRESENT or UNVERIFIED", "anything"
"""Where more than one answer is honest: a touch by a clock that was wrong; a swap not yet told."""
Span = tuple[datetime, datetime]


def note_strangers(world: World, troubles: Troubles) -> None:
    """Keep on which days user ids were touched that are made known only later."""
    for person in world.people:
        if person.mapped != "late":
            continue
        for day in Life(world, troubles, person).days():
            for one in day.touches:
                if one.comes == 0:
                    troubles.strange[0][one.serial].add(one.at.date())


class Outcome(NamedTuple):
    """What a day comes to."""

    status: str
    late: int | None = None
    early: int | None = None


class Told(NamedTuple):
    """A touch as its terminal keeps it."""

    serial: str
    user_id: str
    local: datetime
    at: datetime
    """When it really came."""
    comes: int
    """0 in time, 1 late, 2 never."""
    counts: tuple[bool, bool]
    """Whether it surely shows the person's presence, in each phase."""
    doubtful: bool


@dataclass(frozen=True, slots=True)
class PersonDay:
    """One day of one person."""

    day: date
    office: str
    present: bool
    """There, or excused, or free: whoever calls this an absence in the end is wrong."""
    explained_late: bool
    """Whether only what somebody hands in later explains it."""
    touches: tuple[Told, ...]
    expected: tuple[Outcome, Outcome]
    """In time, and in the end."""
    complete: tuple[bool, bool]
    """Whether the evidence of the day is whole, in each phase."""


class _Deed(NamedTuple):
    """What somebody does on a day, and what that comes to where all of it is known."""

    touches: tuple[datetime, ...] = ()
    outcome: Outcome = Outcome(ABSENT)
    meant: Span | None = None
    """From when until when the person meant to work, excused hours taken off."""


class _Rules(NamedTuple):
    """What a working day asks."""

    span: Span
    tolerance: int = 0
    flexible: bool = False
    four: bool = False


class Life:
    """One person's days; the same world and person give the same days."""

    def __init__(self, world: World, troubles: Troubles, person: Person) -> None:
        self._world, self._troubles, self._person = world, troubles, person
        self._rng = world.rng("life", person.number)
        self._to_miss = person.streak[1] if person.streak else 0
        self._own_nip: tuple[dict[str, date], dict[str, date]] = ({}, {})
        """First use of the own NIP by terminal, in each phase."""
        self._before: tuple[Told, ...] = ()
        """The touches of the day before: a night shift ends on the next day."""

    def days(self) -> Iterator[PersonDay]:
        for day in self._world.lived:
            rng = Random(self._rng.random())  # so that a day does not change the ones after it
            post = self._person.post(day)
            if post is not None:
                yield self._day(day, post.office, rng)

    def _day(self, day: date, office: str, rng: Random) -> PersonDay:
        asked = (self._asked(day, office, 0), self._asked(day, office, 1))
        excuses = [one for one in self._person.excuses if one.first <= day <= one.last]
        deed = self._deed(day, office, asked[1], excuses, rng)
        made = [self._touch(at, office) for at in deed.touches]
        touches = tuple(one for one in made if one is not None)
        self._remember(touches)
        excused = any(one.hours is None and one.known[1] for one in excuses)
        complete = tuple(self._complete(n, day, office, asked[n][0], touches) for n in (0, 1))
        expected = [
            self._expect(n, day, office, asked[n], excuses, touches, deed, complete[n])
            for n in (0, 1)
        ]
        self._before = touches
        if asked[0] != asked[1] and asked[0][0] != "?":
            expected[0] = Outcome(ANYTHING)
        return PersonDay(
            day,
            office,
            bool(asked[1][1]) or excused or bool(deed.touches),
            asked[0] != asked[1] or any(one.known == (False, True) for one in excuses),
            touches,
            (expected[0], expected[1]),
            (complete[0], complete[1]),
        )

    def _asked(  # noqa: PLR0911 - one for each kind of day
        self, day: date, office: str, phase: int
    ) -> tuple[str, str]:
        """Return the shift of who has a roster, and the status of a day that asks nothing."""
        person = self._person
        if person.ended and day >= person.ended:
            return "", "ENDED"
        if person.suspended and person.suspended[0] <= day <= person.suspended[1]:
            return "", "SUSPENDED"
        special = self._world.offices[office].special.get(day)
        away = "WFA" if special and special.kind == "wfa" else ""
        if person.scheme == "roster":
            shift = rostered(self._world, person, day, phase)
            if shift is None:
                return "?", ""
            return shift, "OFF" if shift == "-" else away
        if special and special.kind == "work":
            return "", ""
        if hours(self._scheme(office), day) is None:
            return "", "OFF"
        if day in HOLIDAYS:
            return "", "JOINT" if HOLIDAYS[day][1] == "government" else "HOLIDAY"
        return "", "HOLIDAY" if day in self._world.offices[office].local else away

    def _scheme(self, office: str) -> str:
        return self._person.scheme or self._world.offices[office].scheme

    def _rules(self, day: date, office: str, shift: str) -> _Rules:
        if shift:
            return _Rules(_span(day, SHIFTS[shift]))
        scheme = self._scheme(office)
        special = self._world.offices[office].special.get(day)
        own = special.hours if special else None
        found = own or hours(scheme, day)
        assert found is not None
        return _Rules(
            _span(day, found),
            TOLERANCE_MIN.get(scheme, 0),
            scheme == "flex",
            scheme == "four" and own is None,
        )

    def _deed(
        self,
        day: date,
        office: str,
        asked: tuple[str, str],
        excuses: Sequence[Excuse],
        rng: Random,
    ) -> _Deed:
        shift, free = asked
        if free:
            stray = not shift and rng.random() < 0.05
            at = datetime.combine(day, time(9)) + rng.randrange(3_600) * SECOND
            return _Deed((at,) if stray else ())
        rules = self._rules(day, office, shift)
        if any(one.hours is None for one in excuses):
            return _attend(rules, (), rng) if rng.random() < 0.1 else _Deed()
        if self._to_miss and self._person.streak and day >= self._person.streak[0]:
            self._to_miss -= 1
            return _Deed()
        return _Deed() if rng.random() < 0.03 else _attend(rules, excuses, rng)

    def _touch(self, at: datetime, office: str) -> Told | None:
        """Touch a terminal that works; None where there is none."""
        person, visit, day = self._person, self._person.visit, at.date()
        post = person.post(day) or person.posts[-1]
        user_id = person.nip if person.mapped == "nip" else post.user_id
        if visit and visit.first <= day <= visit.last:
            places, user_id = [visit.serial], visit.user_id
        else:
            places = self._troubles.terminals_of(office, day)
            turn = person.number // len(self._world.offices) % max(1, len(places))
            places = self._unregistered(office, at) + places[turn:] + places[:turn]
        serial = next((one for one in places if self._troubles.works(one, at)), None)
        if serial is None:
            return None
        comes, shift, doubtful = self._troubles.fate(serial, at)
        sure = not doubtful
        counts = (
            sure and comes == 0 and serial not in self._troubles.unregistered,
            sure and comes != NEVER,
        )
        return Told(serial, user_id, at + shift, at, comes, counts, doubtful)

    def _unregistered(self, office: str, at: datetime) -> list[str]:
        """Return the new terminal nobody registered yet: some like to try it."""
        person = self._person
        if person.mapped != "on time" or person.number // len(self._world.offices) % 3:
            return []
        return [
            serial
            for serial, one in self._troubles.unregistered.items()
            if one.office == office and one.first <= at.date() <= one.last
        ]

    def _remember(self, touches: Sequence[Told]) -> None:
        if self._person.mapped != "nip":
            return
        for one in touches:
            for phase in (0, 1):
                if one.counts[phase]:
                    self._own_nip[phase].setdefault(one.serial, one.local.date())

    def _complete(
        self, phase: int, day: date, office: str, shift: str, touches: Sequence[Told]
    ) -> bool:
        """Say whether nothing is missing of the days that matter, for this person."""
        if shift == "?":
            return False
        for one in _days(day, shift):
            if any(
                one in self._troubles.blind[phase][place] for place in self._places(office, one)
            ):
                return False
            if one in self._troubles.blind_person[self._person.number]:
                return False
        return not any(one.serial in self._troubles.unregistered and phase == 0 for one in touches)

    def _strange(self, phase: int, day: date, office: str, shift: str) -> bool:
        """Say whether somebody unknown, who may be this person, touched a terminal."""
        return any(
            one in self._troubles.strange[phase][place]
            for one in _days(day, shift)
            for place in self._places(office, one)
        )

    def _places(self, office: str, day: date) -> list[str]:
        visit = self._person.visit
        found = [*self._troubles.terminals_of(office, day), f"{office}+"]
        return found + ([visit.serial] if visit and visit.first <= day <= visit.last else [])

    def _known(self, phase: int, day: date, office: str) -> bool:
        """Say whether a terminal could have told of this person at all."""
        if self._person.mapped == "nip":
            here = self._troubles.terminals_of(office, day)
            used = self._own_nip[phase]
            return any(one in used and used[one] <= day for one in here)
        return self._person.mapped == "on time" or phase == 1

    def _expect(  # noqa: PLR0911 - one for each kind of answer
        self,
        phase: int,
        day: date,
        office: str,
        asked: tuple[str, str],
        excuses: Sequence[Excuse],
        touches: Sequence[Told],
        deed: _Deed,
        complete: bool,
    ) -> Outcome:
        shift, free = asked
        if free and free != "WFA":
            return Outcome(free)
        for one in excuses:
            if one.hours is None and one.known[phase]:
                return Outcome(one.status)
        if free:
            return Outcome(free)
        known = self._known(phase, day, office)
        shown = [one for one in touches if one.counts[phase] and self._owned(phase)]
        if shift == "?":
            both = (*self._before, *touches)
            today = any(one.local.date() == day for one in both if one.counts[phase])
            if not today and any(one.doubtful for one in both):
                return Outcome(EITHER)
            return Outcome(PRESENT if today else UNVERIFIED)
        if not shown and any(one.doubtful for one in touches):
            return Outcome(EITHER if self._owned(phase) else UNVERIFIED)
        if not shown and self._left_unrostered(phase, day, office):
            return Outcome("INCOMPLETE")
        if not shown:
            open_ = not complete or not known or self._strange(phase, day, office, shift)
            return Outcome(UNVERIFIED if open_ else ABSENT)
        if not complete:
            return Outcome(PRESENT)
        assert len(shown) == len(deed.touches), (self._person, day, phase)
        rules = self._rules(day, office, shift)
        valid = _left(rules.span, [one for one in excuses if one.known[phase]])
        if valid == deed.meant or deed.outcome.status == "INCOMPLETE":
            return deed.outcome
        return _measured(deed.touches, valid, rules.tolerance)

    def _left_unrostered(self, phase: int, day: date, office: str) -> bool:
        """Say whether a night of which no roster told yet ended on this day: who sees that touch
        cannot know that it is not of today's shift."""
        return self._asked(day - DAY, office, phase)[0] == "?" and any(
            one.counts[phase] and one.local.date() == day for one in self._before
        )

    def _owned(self, phase: int) -> bool:
        return self._person.mapped != "late" or phase == 1


def _span(day: date, clocks: tuple[time, time]) -> Span:
    begins, ends = (datetime.combine(day, one) for one in clocks)
    return begins, ends if ends > begins else ends + DAY


def _days(day: date, shift: str) -> list[date]:
    return [day, day + DAY] if shift and shift in REACHES_ON else [day]


def _left(span: Span, excuses: Sequence[Excuse]) -> Span:
    """Take excused hours off one end."""
    start, end = span
    for one in excuses:
        if one.hours is None:
            continue
        since, until = (datetime.combine(start.date(), clock) for clock in one.hours)
        if since <= start:
            start = max(start, until)
        elif until >= end:
            end = min(end, since)
    return start, end


def _measured(touches: Sequence[datetime], span: Span, tolerance: int) -> Outcome:
    """Return what a day comes to whose excused hours changed after it was lived."""
    late = (touches[0] - span[0]) // MINUTE
    early = (span[1] - touches[-1].replace(second=0)) // MINUTE
    return _outcome(late if late > tolerance else 0, max(early, 0))


def _outcome(late: int, early: int) -> Outcome:
    return Outcome("LATE" if late else "EARLY" if early else PRESENT, late, early)


_MANNERS = (
    ("right", 72), ("grace", 6), ("late", 9), ("early", 4), ("both", 2), ("no in", 3),
    ("no out", 3), ("no rest", 1),
)  # fmt: skip


def _attend(rules: _Rules, excuses: Sequence[Excuse], rng: Random) -> _Deed:
    """Come and go in one of the manners people have."""
    names, weights = zip(*_MANNERS, strict=True)
    manner = rng.choices(names, weights)[0]
    begin, finish = meant = _left(rules.span, excuses)
    most = min(50, (finish - begin) // MINUTE // 4)
    late = rng.randrange(rules.tolerance + 1, most) if manner in ("late", "both") else 0
    early = rng.randrange(1, most) if manner in ("early", "both") else 0
    seconds = rng.randrange(60) * SECOND
    if rules.flexible:
        later = FLEX_CAP if late else rng.randrange(60) * MINUTE
        came, finish = begin + later + late * MINUTE + seconds, finish + later
    elif late:
        came = begin + late * MINUTE + seconds
    elif manner == "grace":
        came = begin + rng.randrange(60 * rules.tolerance + 60) * SECOND
    else:
        came = begin - rng.randrange(1_500) * SECOND
    left = finish + rng.randrange(2_400) * SECOND
    if early:
        left = finish - early * MINUTE + rng.randrange(60) * SECOND
    if rules.four:
        return _four(manner, came, left, (late, early), meant, rng)
    return _two(manner, came, left, (late, early), meant, rng)


def _two(
    manner: str, came: datetime, left: datetime, minutes: tuple[int, int], meant: Span, rng: Random
) -> _Deed:
    first = [came, *_again(came, 1, rng)]
    last = [*_again(left, -1, rng), left]
    if manner == "no in":
        return _Deed(tuple(last), Outcome("INCOMPLETE"), meant)
    if manner == "no out":
        return _Deed(tuple(first), Outcome("INCOMPLETE"), meant)
    middle = [came + (left - came) / 2] if rng.random() < 0.1 else []
    middle = [one.replace(microsecond=0) for one in middle]
    return _Deed((*first, *middle, *last), _outcome(*minutes), meant)


def _four(
    manner: str, came: datetime, left: datetime, minutes: tuple[int, int], meant: Span, rng: Random
) -> _Deed:
    day = came.date()
    begins = datetime.combine(day, REST[0]) + rng.randrange(540) * SECOND
    ends = datetime.combine(day, REST[1]) - rng.randrange(1, 540) * SECOND
    first = [came, *_again(came, 1, rng)]
    last = [*_again(left, -1, rng), left]
    late, early = minutes
    if manner == "no in":
        return _Deed((begins, ends, *last), Outcome("INCOMPLETE", None, early), meant)
    if manner == "no out":
        return _Deed((*first, begins, ends), Outcome("INCOMPLETE", late, None), meant)
    if manner == "no rest":
        return _Deed((*first, ends, *last), Outcome("INCOMPLETE", late, early), meant)
    return _Deed((*first, begins, ends, *last), _outcome(late, early), meant)


def _again(at: datetime, way: int, rng: Random) -> list[datetime]:
    """Touch twice, as who is not sure that the terminal took it does."""
    return [at + way * rng.randrange(5, 200) * SECOND] if rng.random() < 0.12 else []
