"""What other rules would have brought: the same machine on the same days, and nothing is written.

It goes from day to day as service does. What people would do is not known and is assumed the same
under both rules: a warning is taken on its day, nobody explains anything, each step is approved on
the day it is prepared. So it tells the furthest a case can go, and when.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.discipline import Effect, JudgedDay, Shelf
from ingest.discipline.cases import (
    Actor,
    Addressee,
    CaseState,
    DayFact,
    Event,
    Kind,
    Letter,
    Rules,
    Situation,
    Step,
    Subject,
    Verdict,
    apply,
    asked,
    case_rules,
    deeds,
    due,
)
from ingest.discipline.days import clip

_DAY = timedelta(days=1)
_ADMINS = (Actor("simulasi 1", "admin"), Actor("simulasi 2", "admin"))
_KNOWN = (Verdict("-", complete=True, why="menurut rekap"),)
_IN_FAVOUR = frozenset({Step.WITHDRAWAL, Step.CLOSURE})

IsWorking = Callable[[date], bool | None]


@dataclass(frozen=True, slots=True)
class Happening:
    """A step that would have been taken on a day: a `Kind`, a `Step`, or WARNED."""

    day: date
    what: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One person under today's rules and under others."""

    nip: str
    name: str
    office: str | None
    today: tuple[Happening, ...]
    other: tuple[Happening, ...]

    @property
    def differs(self) -> bool:
        return self.today != self.other


def simulate(
    subject: Subject,
    days: Sequence[JudgedDay],
    shelf: Shelf,
    *,
    first: date,
    last: date,
    is_working: IsWorking,
) -> tuple[Happening, ...]:
    """Return what would have happened to somebody from one day to another, in order of time.

    Only these days count: a streak that began before them begins with the first.
    """
    run = _Run(subject, clip(days, first, last), shelf, is_working)
    day = first + _DAY
    while day <= last + _DAY and run.may_go_on:
        run.pass_day(day)
        day += _DAY
    return tuple(run.found)


class _Run:
    """One person from day to day."""

    def __init__(
        self, subject: Subject, days: Sequence[JudgedDay], shelf: Shelf, is_working: IsWorking
    ) -> None:
        self._subject = subject
        self._days = tuple(days)
        self._shelf = shelf
        self._is_working = is_working
        self._grounds: Mapping[date, DayFact] = {
            one.day: DayFact(one.day, "ABSENT", one.effect, "", "menurut rekap", _KNOWN)
            for one in days
            if one.effect is Effect.COUNTS
        }
        self._states: list[CaseState] = []
        self._rules: list[Rules] = []
        self.found: list[Happening] = []

    @property
    def may_go_on(self) -> bool:
        """Whether anything can still happen: who was never absent has no case."""
        return bool(self._grounds)

    def pass_day(self, today: date) -> None:
        for place in range(len(self._states)):
            self._settle(place, today)
        rules = case_rules(self._shelf, kind=self._subject.kind, on=today)
        while rules is not None and (events := due(None, self._now(), rules, today)):
            self._states.append(self._noted(None, events[0], today))
            self._rules.append(rules)
            self._settle(len(self._states) - 1, today)

    def _settle(self, place: int, today: date) -> None:
        """Let follow what follows, and people do what is assumed of them, until nothing is left."""
        while True:
            state, rules = self._states[place], self._rules[place]
            events: Iterable[Event] = due(state, self._now(place), rules, today)
            events = events or self._assumed(place, today)
            if not events:
                return
            for event in events:
                self._states[place] = self._noted(self._states[place], event, today)

    def _assumed(self, place: int, today: date) -> tuple[Event, ...]:
        state = self._states[place]
        ask = asked(self._now(place), self._rules[place], today)
        person = Addressee("yang bersangkutan", nip=self._subject.nip)
        warned = person.key in {one.key for one in state.told}
        if warned and not any(one.scope == "warning" for one in state.marks):
            told = deeds.tell(
                state, ask, _ADMINS[0], of=1, to=person, what="accepted", on=today, how="simulasi"
            )
            return (told,)
        for one in state.pending:
            who = _ADMINS[len(one.approvals)]
            letter = Letter("simulasi", today)
            return (deeds.approve(state, ask, who, of=one.number, why="simulasi", letter=letter),)
        return ()

    def _now(self, but: int | None = None) -> Situation:
        others = (one.covered for place, one in enumerate(self._states) if place != but)
        return Situation(
            subject=self._subject,
            days=self._days,
            grounds=self._grounds,
            is_working=self._is_working,
            covered=frozenset[date]().union(*others),
        )

    def _noted(self, before: CaseState | None, event: Event, today: date) -> CaseState:
        after = apply(before, event)
        if event.kind is Kind.OPENED:
            self.found.append(Happening(today, Kind.OPENED.value))
        if any(one.what == "warning" for one in event.notices):
            self.found.append(Happening(today, "WARNED"))
        done = len(after.done) > (0 if before is None else len(before.done))
        if done and after.done[-1].proposal.step not in _IN_FAVOUR:
            self.found.append(Happening(today, after.done[-1].proposal.step.value))
        return after
