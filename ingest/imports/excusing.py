"""Takes what a manual report or a command asks for: sound, said already, doubtful, or wrong.

All of it is looked at before anything is written, in the order of the rows, each beside what was
given before and what stands above it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from ingest.calendar.excusing import (
    LONGEST,
    Claim,
    Doubt,
    Doubtful,
    Earlier,
    covering,
    doubts,
    impossible,
    overlapped,
)
from ingest.imports.excuses import Ask, Entry
from ingest.imports.names import alike
from ingest.store.excuse_grounds import Concerned, Person
from ingest.store.excuses import New, find_earlier

_ELSEWHERE = "this person does not serve in office {} on all of these days"
_ONESELF = "nobody decides on his own excuse; let another user do it"
MOST_WHY = 500
"""Characters of a reason, as the store holds it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What holds for every row that does not say otherwise."""

    why: str
    letter: str = ""
    approver: str = ""
    accepted: str = ""
    """Why doubts are accepted; empty: they are not."""


@dataclass(slots=True)
class Row:
    """One row, looked at."""

    entry: Entry
    new: list[New] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    """What says an ask already."""
    accepted: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.wrong


class Taker:
    """Looks at rows, one after another."""

    def __init__(
        self,
        connection: Connection,
        nips: Sequence[str],
        given: Given,
        *,
        today: date,
        own: str | None = None,
        oneself: Collection[str] = (),
    ) -> None:
        """`own` is the only office whose people may be excused; None: all. `oneself` are the NIPs
        that may be those of whoever gives: nobody excuses himself."""
        self._oneself = oneself
        self._given = given
        self._today = today
        self._own = own
        self._concerned = Concerned(connection, nips)
        self._earlier: defaultdict[str, list[Earlier]] = defaultdict(list)
        self._earlier |= find_earlier(connection, nips)

    def take(self, entries: Sequence[Entry]) -> list[Row]:
        """Look at rows in their order."""
        return [self._row(one) for one in entries]

    def _row(self, entry: Entry) -> Row:
        row = Row(entry, wrong=list(entry.faults))
        person = self._concerned.of(entry.nip) if entry.nip else None
        if entry.nip and person is None:
            row.wrong.append(self._not_known())
        if person is None or not entry.asks or row.wrong:
            return row
        if not self._own_alone(person, entry.asks):
            row.wrong.append(_ELSEWHERE.format(self._own))
            return row  # and not a word about somebody of another office
        if entry.nip in self._oneself:
            row.wrong.append(_ONESELF)
            return row
        before = list(self._earlier[entry.nip])
        for ask in entry.asks:
            self._ask(row, person, ask, before)
        if row.sound:
            self._earlier[entry.nip] = before
        return row

    def _not_known(self) -> str:
        """Say that nobody has a NIP: to who sees one office, the same as of everybody else's."""
        if self._own is not None:
            return _ELSEWHERE.format(self._own)
        return "nobody in the store has this NIP; import the people first"

    def _own_alone(self, person: Person, asks: Sequence[Ask]) -> bool:
        own = self._own
        return own is None or all(_within(own, person, one) for one in asks)

    def _ask(self, row: Row, person: Person, ask: Ask, before: list[Earlier]) -> None:
        letter = ask.letter or self._given.letter
        claim = Claim(ask.types[0], ask.first, ask.last, ask.hours, letter)
        if (why := impossible(claim)) is not None:
            row.wrong.append(why)
        elif (said := covering(claim, before, ask.said_by)) is not None:
            row.same.append(said.name)
        elif len(ask.types) > 1:
            codes = ", ".join(one.code for one in ask.types)
            row.wrong.append(f'"{ask.word}" may be {codes}; write which')
        elif (why := overlapped(claim, before)) is not None:
            row.wrong.append(why)
        else:
            self._new(row, person, ask, claim, before)

    def _new(self, row: Row, person: Person, ask: Ask, claim: Claim, before: list[Earlier]) -> None:
        found = _name(row.entry.name, person.name)
        found += doubts(claim, person, before, self._today)
        approver = ask.approver or self._given.approver
        if not approver:
            row.wrong.append("names no approver: a column PEJABAT, or --approver for all")
        if self._given.accepted:
            row.accepted += [one.text for one in found]
        else:
            row.wrong += [f"{one.text} (--accept-doubts)" for one in found]
        why = self._why(ask, found)
        if len(why) > MOST_WHY:
            row.wrong.append(f"reason and note come to more than {MOST_WHY} characters; shorten")
        row.new.append(New(row.entry.nip, claim, approver, why))
        before.append(
            Earlier(
                f"line {row.entry.line}",
                claim.type.code,
                claim.first,
                claim.last,
                claim.hours,
                claim.letter,
            )
        )

    def _why(self, ask: Ask, found: Sequence[Doubtful]) -> str:
        why = f"{self._given.why}: {ask.note}" if ask.note else self._given.why
        if not found:
            return why
        kinds = ", ".join(dict.fromkeys(one.kind.value for one in found))
        return f"{why}; diterima walaupun {kinds}: {self._given.accepted}"


def _within(office: str, person: Person, ask: Ask) -> bool:
    """Say whether a person serves in an office on a day of a span, and in no other on any."""
    span = min((ask.last - ask.first).days, LONGEST.days)
    served = {person.office(ask.first + timedelta(days=n)) for n in range(span + 1)}
    return office in served and served <= {office, None}


def _name(told: str, stored: str) -> list[Doubtful]:
    """Doubt a row whose name is another's: rows that slipped in a spreadsheet show so."""
    if not told or alike(told, stored):
        return []
    text = f'this NIP is of "{stored}", and the row says "{told}"'
    return [Doubtful(Doubt.NAME, text)]
