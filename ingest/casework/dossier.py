"""The cases of one person, held for one transaction: what follows by itself, and what people do.

A deed of a person comes after what follows by itself, and whatever follows of it comes with it, all
in the transaction of the deed: it is done whole or not at all. Nothing is done while days of the
person wait to be judged again.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from ingest.casework.grounds import Differs, Frozen
from ingest.casework.keeping import Keeping
from ingest.casework.situation import Known
from ingest.discipline.cases import (
    Ask,
    CaseState,
    Event,
    NotAllowed,
    Rules,
    Situation,
    Subject,
    apply,
    asked,
    case_rules,
    due,
    replay,
)
from ingest.errors import Refused
from ingest.store import case_events, seals
from ingest.store import cases as store
from ingest.store.case_events import By, Kept
from ingest.store.partitions import MonthAway
from ingest.store.sealed import Head
from ingest.store.waiting import waits

Deed = Callable[[CaseState, Ask], Event]


class NotAtRest(Refused):
    """Days of the person wait to be judged again; nothing may rest on them until then.

    `mark` names office and day where nothing is marked although it has to be judged again.
    """

    def __init__(self, mark: tuple[str, date] | None = None) -> None:
        super().__init__(
            "days of this person wait to be judged again; try again when hadir-ingest serve has "
            "done so, or run hadir-ingest days evaluate"
        )
        self.mark = mark


class Wrote(NamedTuple):
    """An event that was written: of which case, and its place in the chain."""

    case: int
    event: Event
    head: Head


class Dossier:
    """Every case of a person. `states` and `events` are as of the last event that was added."""

    def __init__(
        self, connection: Connection, keeping: Keeping, person_id: int, *, look: bool = False
    ) -> None:
        """Read them, and let nobody else touch them until the transaction ends; only to `look`,
        nobody is kept away. Raises StoreError if an event is not as it was written."""
        self._connection = connection
        self._keeping = keeping
        self._person_id = person_id
        if not look:
            store.hold(connection, person_id)
        publics = seals.trusted(connection, keeping.settings.seal)
        self.events: dict[int, list[Kept]] = {
            one.number: case_events.find(connection, one.number, publics)
            for one in store.find(connection, person_id=person_id)
        }
        self.states: dict[int, CaseState] = {
            number: replay(one.event for one in events) for number, events in self.events.items()
        }
        frozen = _frozen(self.events.values()) if look else {}
        self._known = Known(connection, keeping, person_id, frozen, look=look)

    def settle(self, by: By) -> list[Wrote]:
        """Write what follows by itself; return it. Raises NotAtRest."""
        found: list[Wrote] = []
        for number in sorted(self.states):
            for event in self._due(number):
                found.append(self._add(number, event, by))
        while events := self._opening():
            number = self._begin(events[0], by)
            found += [self._add(number, event, by) for event in events]
        return found

    def follows(self) -> bool:
        """Say whether anything follows by itself; nothing is written. Raises NotAtRest."""
        return any(self._due(number) for number in sorted(self.states)) or bool(self._opening())

    def do(self, number: int, deed: Deed, by: By) -> list[Wrote]:
        """Do what a person asks for, with all that follows. Raises NotAllowed, NotAtRest."""
        found = self.settle(by)
        state = self.states[number]
        event = deed(state, self.ask(number))
        found.append(self._add(number, event, by))
        return [*found, *self.settle(by)]

    def ask(self, number: int) -> Ask:
        """Return what is known today of a case. Raises NotAtRest, MonthAway."""
        state = self.states[number]
        rules = self.rules(number)
        return asked(self._situation(state, state.subject, rules, number), rules, self._today)

    def situation(self, number: int) -> Situation:
        """Return what is known today for a case. Raises NotAtRest, MonthAway."""
        state = self.states[number]
        return self._situation(state, state.subject, self.rules(number), number)

    def rules(self, number: int) -> Rules:
        """Return the rules a case is kept by: those of the day it opened. Raises NotAllowed."""
        state = self.states[number]
        found = case_rules(self._keeping.shelf, kind=state.subject.kind, on=state.opened_on)
        if found is None:
            raise NotAllowed(
                f"no rule keeps cases of {state.subject.kind} opened on {state.opened_on}; "
                "see hadir-ingest discipline regulations"
            )
        return found

    @property
    def _today(self) -> date:
        return self._keeping.today

    def _due(self, number: int) -> tuple[Event, ...]:
        state = self.states[number]
        if state.settled:
            return ()
        try:
            rules = self.rules(number)
            now = self._situation(state, state.subject, rules, number)
        except MonthAway:
            return ()  # its days cannot change until the month is back
        return due(state, now, rules, self._today)

    def _opening(self) -> tuple[Event, ...]:
        subject = self._known.subject()
        if subject is None:
            return ()
        rules = case_rules(self._keeping.shelf, kind=subject.kind, on=self._today)
        if rules is None:
            return ()
        try:
            return due(None, self._situation(None, subject, rules, None), rules, self._today)
        except MonthAway:
            return ()

    def _situation(
        self, state: CaseState | None, subject: Subject, rules: Rules, number: int | None
    ) -> Situation:
        others = (one.covered for key, one in self.states.items() if key != number)
        covered = frozenset[date]().union(*others)
        try:
            found = self._known.situation(state, subject, rules, covered)
        except Differs as differs:
            raise NotAtRest((differs.office, differs.day)) from differs
        if waits(self._connection, self._person_id, subject.nip, self._today):
            raise NotAtRest
        return found

    def _begin(self, opening: Event, by: By) -> int:
        subject = apply(None, opening).subject
        number = store.begin(self._connection, self._person_id, subject.office, opening.day, by.now)
        self.events[number] = []
        return number

    def _add(self, number: int, event: Event, by: By) -> Wrote:
        before = self.states.get(number)
        state, head = case_events.add(self._connection, number, before, event, by)
        self.states[number] = state
        kept = Kept(state.events, by.now, by.os_user, event, head.number)
        self.events[number].append(kept)
        return Wrote(number, event, head)


def _frozen(cases: Iterable[list[Kept]]) -> dict[date, Frozen]:
    """Return what was frozen last of each day."""
    kept = sorted((one for events in cases for one in events), key=lambda one: one.link)
    return {fact.day: Frozen(fact, one.at) for one in kept for fact in one.event.facts.days}
