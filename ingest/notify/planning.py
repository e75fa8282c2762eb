"""Chooses a way for each notice that is due, in one transaction. Nothing is sent here.

First what has lost its sense is dropped: who was not told of a case need not be told that it ended.
Then each notice that has no way gets one, warnings only as many as are believed; and where a way
failed, or nobody told that a message arrived, the next one follows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ingest.casework.working import WorkingDays
from ingest.notify.quiet import IsWorking
from ingest.notify.routing import (
    MAY_HAVE_REACHED,
    NOTHING,
    PAPER,
    Choice,
    Done,
    Tried,
    Way,
    choose,
    is_wrong,
)
from ingest.notify.settings import Sending
from ingest.store import contacts, dispatch_rows, dispatches, notices, storms
from ingest.store.contacts import Contact
from ingest.store.dispatch_rows import Dispatch
from ingest.store.dispatches import New
from ingest.store.notices import Notice

_ENDS = frozenset({"withdrawn", "closed"})
OF_OPENING = frozenset({"warning", "knowledge"})
"""What goes out because days were found absent, to the person and to others."""
_UNSENT = "tidak ada pemberitahuan yang pernah dikirim dalam perkara ini"
_OVERTAKEN = "perkara sudah berakhir sebelum pesan ini dikirim"


@dataclass(slots=True)
class Planned:
    """What a round chose."""

    chosen: int = 0
    dropped: int = 0
    held: int = 0
    paper: int = 0
    wrong: int = 0
    """Addresses that were found to reach nobody."""


def plan(connection: Connection, sending: Sending, ways: Sequence[Way], now: datetime) -> Planned:
    """Choose ways for everything that is due.

    Without any channel nothing is chosen: people are told on paper, by `cases record told`.
    """
    notices.hold(connection)
    return _Planning(connection, sending, ways, now).plan() if ways else Planned()


class Opening:
    """When messages may go out, office by office; each calendar is read once."""

    def __init__(self, connection: Connection, sending: Sending) -> None:
        self._connection = connection
        self._window = sending.window
        self._known: dict[str, IsWorking] = {}

    def opens(self, office: str, now: datetime) -> datetime:
        if office not in self._known:
            self._known[office] = WorkingDays(self._connection, office)
        return self._window.opens(now, office, self._known[office])


class _Planning:
    """One transaction of choosing."""

    def __init__(
        self, connection: Connection, sending: Sending, ways: Sequence[Way], now: datetime
    ) -> None:
        self._connection = connection
        self._sending = sending
        self._ways = ways
        self._now = now
        self._today = now.astimezone(sending.window.zone).date()
        self._opening = Opening(connection, sending)
        self._found = Planned()

    def plan(self) -> Planned:
        new = {one.number: one for one in self._without_ended()}
        known = new | notices.find(self._connection, dispatch_rows.unfollowed(self._connection))
        tried = dispatch_rows.of_notices(self._connection, known)
        reached = contacts.in_use(self._connection, {one.key for one in known.values()})
        chosen = []
        for number, notice in known.items():
            row = self._next(notice, tried[number], reached.get(notice.key, {}))
            chosen += [] if row is None else [row]
        warned = [one for one, notice in new.items() if notice.what == "warning"]
        chosen = self._guarded(chosen, known, len(warned))
        dispatches.add(self._connection, chosen, self._now)
        self._found.chosen = len(chosen)
        self._found.paper = sum(one.channel == PAPER for one in chosen)
        return self._found

    def _without_ended(self) -> list[Notice]:
        """Drop what need not be told any more; return the rest.

        An end, or a restatement, goes out only to who may have heard of a case; a warning that did
        not go out before the end never does.
        """
        left, nothing = [], []
        for notice in notices.find_new(self._connection, self._now):
            why = self._senseless(notice)
            if why:
                nothing.append(New(notice.number, NOTHING, "", self._now, "dropped", why=why))
            else:
                left.append(notice)
        dispatches.add(self._connection, nothing, self._now)
        self._found.dropped += len(nothing)
        return left

    def _senseless(self, notice: Notice) -> str:
        """Say why a notice need not go out; an end takes along what is still to be sent."""
        if notice.ended and notice.what in OF_OPENING:
            return _OVERTAKEN
        if notice.what not in {*_ENDS, "restated"}:
            return ""
        earlier = notices.find_earlier(self._connection, notice)
        ways = dispatch_rows.of_notices(self._connection, [one.number for one in earlier])
        if notice.what in _ENDS:
            unsent = [way.number for one in ways.values() for way in one]
            self._found.dropped += dispatches.drop(self._connection, unsent, _OVERTAKEN)
        heard = any(_may_have_heard(one, ways[one.number]) for one in earlier)
        return "" if heard or not earlier else _UNSENT

    def _next(
        self, notice: Notice, before: Sequence[Dispatch], reached: dict[str, Contact]
    ) -> New | None:
        tried = [Tried(one.channel, one.state, one.fault, one.accepted_at) for one in before]
        wrong = is_wrong(tried, self._ways)
        if wrong is not None:
            self._found.wrong += self._mark_wrong(notice, wrong, before[-1])
        usable = {kind: one.value for kind, one in reached.items() if one.state == contacts.GOOD}
        after = self._sending.fallback_after
        found = choose(self._ways, usable, tried, now=self._now, fallback_after=after)
        if before and isinstance(found, Choice | Done):
            dispatches.follow(self._connection, notice.number)
        if not isinstance(found, Choice):
            return None
        opens = self._now if found.channel == PAPER else self._opens(notice)
        return New(notice.number, found.channel, found.address, opens)

    def _opens(self, notice: Notice) -> datetime:
        office = notices.office_of(self._connection, notice, self._today)
        return self._opening.opens(office, self._now)

    def _mark_wrong(self, notice: Notice, kind: str, last: Dispatch) -> int:
        return contacts.mark(
            self._connection, notice.key, kind=kind, state=contacts.WRONG, value=last.address,
            why=f"{last.channel}: {last.failure}"[:500], now=self._now,
        )  # fmt: skip

    def _guarded(self, chosen: list[New], known: dict[int, Notice], warnings: int) -> list[New]:
        """Hold warnings, and what tells others of them, where they are too many to be believed."""
        storm = self._storm(warnings)
        if storm is None:
            return chosen
        held = [
            replace(one, state="held", storm=storm) if known[one.notice].what in OF_OPENING else one
            for one in chosen
        ]
        self._found.held = sum(one.state == "held" for one in held)
        return held

    def _storm(self, warnings: int) -> int | None:
        """Return the storm that holds warnings now: one that waits for a person, or a new one."""
        waiting = storms.find_held(self._connection)
        if waiting is not None:
            return waiting.number
        guard = self._sending.guard
        since = self._now - timedelta(hours=guard.hours)
        since = max(since, storms.last_settled(self._connection) or since)
        mass = warnings + dispatch_rows.count_warnings(self._connection, since)
        people = notices.count_people(self._connection, self._today)
        if not warnings or not guard.holds(mass, people):
            return None
        number = storms.begin(self._connection, warnings=mass, people=people, now=self._now)
        dispatches.hold_back(self._connection, sorted(OF_OPENING), number, since=since)
        return number


def _may_have_heard(notice: Notice, ways: Collection[Dispatch]) -> bool:
    """Say whether somebody was told, or may have been: a letter on paper leaves no trace here."""
    if notice.told_at is not None:
        return True
    return any(
        one.state in MAY_HAVE_REACHED or (one.channel == PAPER and one.state == "waiting")
        for one in ways
    )
