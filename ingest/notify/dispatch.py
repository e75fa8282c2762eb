"""Sends what waits: each message is marked in one commit, handed over, and settled in another.

    claim    waiting -> sending, with the very text, committed before the gateway is called
    send     one call of the channel, without any transaction
    settle   what came of it, together with the event of the case that somebody was told

So a kill at any moment leaves a message that was never tried, one that says what came of it, or one
in `sending`: it may have gone out. That one is asked for where its gateway can say (`reconcile`),
and else waits for a person; it is never sent again by itself.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from ingest.casework import Keeping
from ingest.errors import IngestError, StoreUnavailable
from ingest.notify.base import Channel, Fault, Message, Sent
from ingest.notify.outlets import Outlet
from ingest.notify.planning import OF_OPENING, Opening
from ingest.notify.room import room as channel_room
from ingest.notify.settings import Sending
from ingest.notify.telling import bring, how
from ingest.notify.templates import Templates, Text, TextUnfit
from ingest.notify.texts import text_of
from ingest.store import dispatch_rows, dispatches, notices, receipts
from ingest.store.database import reading, writing
from ingest.store.dispatch_rows import Dispatch
from ingest.store.notices import Notice

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
ACCOUNT_WAIT = timedelta(minutes=10)
TEXT_WAIT = timedelta(hours=1)
_OTHERWISE = "sudah disampaikan dengan cara lain"

MakeKeeping = Callable[[datetime], Keeping]


@dataclass(slots=True)
class Sentout:
    """What a round sent."""

    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many by channel and outcome."""
    untold: int = 0
    """Messages that were taken, and whose case cannot take that just now."""

    def count(self, channel: str, outcome: str) -> None:
        key = channel, outcome
        self.outcomes[key] = self.outcomes.get(key, 0) + 1


class Dispatcher:
    """One round of sending. Whoever makes it holds `alone`."""

    def __init__(
        self,
        engine: Engine,
        sending: Sending,
        outlets: Sequence[Outlet],
        templates: Templates,
        *,
        clock: Callable[[], datetime],
        keeping: MakeKeeping,
    ) -> None:
        self._engine = engine
        self._sending = sending
        self._outlets = {one.name: one for one in outlets}
        self._templates = templates
        self._clock = clock
        self._keeping = keeping
        self._found = Sentout()

    def run(self) -> Sentout:
        """Send what may be sent now, as far as rates and caps allow; never raises for a gateway."""
        now = self._clock()
        with reading(self._engine) as connection:
            waiting = dispatch_rows.find_waiting(connection, now)
            room = {name: channel_room(connection, one, now) for name, one in self._outlets.items()}
        for one in waiting:
            outlet = self._outlets.get(one.channel)
            if outlet is None:
                self._close(one, "this channel is configured no more")
            elif room[one.channel] > 0:
                room[one.channel] -= 1
                if not self._one(one, outlet.channel):
                    room[one.channel] = 0
        self._bring_back()
        return self._found

    def _one(self, one: Dispatch, channel: Channel) -> bool:
        """Send one message; say whether the channel may be used further in this round."""
        try:
            message = self._claim(one)
        except StoreUnavailable:
            raise
        except IngestError as error:  # a case that was altered: it does not hold up the others
            log.error("message %d is not sent: %s", one.number, error)
            self._found.count(one.channel, "case")
            return True
        if message is None:
            return True
        sent = channel.send(message, now=self._clock())
        return self._settle(one, sent)

    def _claim(self, one: Dispatch) -> Message | None:
        """Mark a message as being sent, and return it; None where it is not to go now."""
        now = self._clock()
        with writing(self._engine) as connection:
            notices.hold(connection)
            notice = notices.find(connection, [one.notice])[one.notice]
            if not self._is_due(connection, one, notice, now):
                return None
            try:
                text = text_of(
                    connection, self._keeping(now), self._templates, notice, self._sending.sender
                )
            except TextUnfit as error:
                dispatches.put_off(
                    connection, one.number, now + TEXT_WAIT, fault="text", failure=str(error)
                )
                self._found.count(one.channel, "text")
                return None
            digest = hashlib.sha256(text.text.encode()).hexdigest()
            begun = dispatches.begin(
                connection, one.number, template=text.what, digests=(text.digest, digest),
                text=text.text, now=now,
            )  # fmt: skip
            name = notices.name_of(connection, notice)
        return _message(one, text, name) if begun else None

    def _is_due(self, connection: Connection, one: Dispatch, notice: Notice, now: datetime) -> bool:
        """Say whether a message is still to be sent, and now; what is not is put off or dropped."""
        others = dispatch_rows.of_notices(connection, [one.notice])[one.notice]
        states = {other.state for other in others if other.number != one.number}
        taken = any(other.accepted_at for other in others)
        otherwise = notice.told_at is not None and not taken
        if otherwise or states & {"delivered", "read"}:
            dispatches.drop(connection, [one.number], _OTHERWISE)
            return False
        if notice.ended and notice.what in OF_OPENING:
            return False  # the next plan drops it, with the end that nobody need be told of
        today = now.astimezone(self._sending.window.zone).date()
        office = notices.office_of(connection, notice, today)
        opens = Opening(connection, self._sending).opens(office, now)
        if opens > now:
            dispatches.put_off(connection, one.number, opens)
        return opens <= now

    def _settle(self, one: Dispatch, sent: Sent) -> bool:
        now, failure = self._clock(), sent.failure
        if sent.accepted:
            self._accept(one, sent, now)
            return True
        fault = failure.fault if failure is not None else Fault.UNKNOWN
        text = failure.text if failure is not None else "the channel told nothing"
        wait = timedelta(seconds=failure.retry_after_s or 0) if failure is not None else timedelta()
        with writing(self._engine) as connection:
            outcome = self._fail(connection, one, fault, text, wait, now)
        self._found.count(one.channel, outcome)
        return fault in (Fault.ADDRESS, Fault.CONTENT)

    def _fail(
        self,
        connection: Connection,
        one: Dispatch,
        fault: Fault,
        text: str,
        wait: timedelta,
        now: datetime,
    ) -> str:
        tries = one.tries + 1
        if fault is Fault.UNKNOWN:
            dispatches.unknown(connection, one.number, failure=text)
        elif fault is Fault.ACCOUNT:
            dispatches.again(
                connection, one.number, fault=fault, failure=text, counts=False,
                not_before=now + max(wait, ACCOUNT_WAIT),
            )  # fmt: skip
        elif fault is Fault.LATER and tries < self._sending.tries:
            dispatches.again(
                connection, one.number, fault=fault, failure=text,
                not_before=now + max(wait, backoff(tries)),
            )  # fmt: skip
        else:
            dispatches.failed(connection, one.number, fault=fault, failure=text)
        return fault.value

    def _accept(self, one: Dispatch, sent: Sent, now: datetime) -> None:
        """Keep that a message was taken, and tell its case in the same commit where that can be.

        Where the case waits for days to be judged, the message is kept at once and the case is told
        in a later round: that it was sent is never forgotten.
        """
        try:
            with writing(self._engine) as connection:
                self._keep(connection, one, sent, now)
                self._tell(connection, one, now)
        except StoreUnavailable:
            raise
        except IngestError as error:
            log.info("message %d was taken; its case is told later: %s", one.number, error)
            with writing(self._engine) as connection:
                self._keep(connection, one, sent, now)
        self._found.count(one.channel, "accepted")

    def _keep(self, connection: Connection, one: Dispatch, sent: Sent, now: datetime) -> None:
        dispatches.accepted(connection, one.number, provider_id=sent.provider_id, now=now)
        if sent.provider_id:
            receipts.late(connection, one.channel, sent.provider_id, now)

    def _tell(self, connection: Connection, one: Dispatch, at: datetime) -> None:
        notice = notices.find(connection, [one.notice])[one.notice]
        if notice.told_at is not None or notice.what == "step":
            return
        outlet = self._outlets.get(one.channel)
        kind = outlet.channel.kind if outlet is not None else None
        keeping = self._keeping(self._clock())
        day = at.astimezone(keeping.settings.zone).date()
        bring(connection, keeping, notice, on=day, how=how(one.channel, kind))

    def _bring_back(self) -> None:
        """Tell cases what they could not take when it happened, or what a receipt told first."""
        with reading(self._engine) as connection:
            open_still = notices.find_accepted(connection)
        for _, number in open_still:
            try:
                with writing(self._engine) as connection:
                    one = dispatch_rows.find_one(connection, number)
                    self._tell(connection, one, one.accepted_at or self._clock())
            except StoreUnavailable:
                raise
            except IngestError as error:
                self._found.untold += 1
                log.info("the case of message %d cannot be told yet: %s", number, error)

    def _close(self, one: Dispatch, why: str) -> None:
        with writing(self._engine) as connection:
            dispatches.failed(connection, one.number, fault=Fault.CONTENT, failure=why)
        self._found.count(one.channel, "gone")


def backoff(tries: int) -> timedelta:
    """Return how long a message waits that was tried so often: from a minute to an hour."""
    times: int = 2 ** min(max(tries - 1, 0), 10)
    return min(FIRST_WAIT * times, LONGEST_WAIT)


def _message(one: Dispatch, text: Text, name: str) -> Message:
    return Message(
        to=one.address, text=text.text, reference=one.reference, name=name, subject=text.subject,
        template=text.gateway, language=text.language, values=text.values,
    )  # fmt: skip
