"""The loop from the outbox to the centre: oldest first, and nothing is forgotten but on a receipt.

The centre's answers and what follows from them:

    receipt         it must account for each row sent: the refused are parked, all others are sent
    409             the centre was restored from an older copy: everything sent waits again
    412             our outbox was restored from an older copy: it begins anew, with new chains
    401, 403        a person must look at the key; we ask again now and then, at once with another
    429, 503        we wait as long as it says
    413             smaller batches from now on
    other 4xx       the batch is halved until one row is left; before that one is parked, an empty
                    batch must be taken: a centre that refuses everything is not the row's fault
    anything else   we wait, longer each time
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from typing import Protocol

from bridge.backoff import Backoff
from bridge.errors import (
    BatchTooLarge,
    BridgeError,
    CentreBehind,
    CentreBusy,
    CentreForked,
    CentreRefused,
    CentreUnreachable,
    KeyRefused,
    KeyUnfit,
    OutboxBusy,
    OutboxError,
)
from bridge.health import Health
from bridge.ledger import Due, PastEvent, TerminalState
from bridge.loops import keep_on
from bridge.outbox import Outbox
from bridge.pending import Pending
from bridge.sizing import BatchSize
from ingest import wire

log = logging.getLogger(__name__)

LOOP = "forwarder"
BATCH = 1_000
MOST_DUE = 500
IDLE_S = 5.0
STEP_S = 600.0
PERSON_S = 300.0
KEY_S = 3.0  # to look for another key costs nothing, and whoever enrols waits for it
FIRST_S, MOST_S = 2.0, 300.0
LONGEST_WAIT_S = 3_600.0
RESTORE_S = 600.0
SKEW_S = 60
NOTE_DAYS = 7
MAX_NOTES = 10


class Speaker(Protocol):
    """What the forwarder needs of the centre."""

    def post(self, batch: wire.Batch) -> wire.Receipt:
        """Send a batch. Raises BridgeError."""

    def heartbeat(self, heartbeat: wire.Heartbeat) -> wire.HeartbeatReply:
        """Say that we live. Raises BridgeError."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What `drain` did."""

    sent: int
    parked: int


class Forwarder:
    """Sends what waits, and with each heartbeat what is proven."""

    def __init__(
        self,
        outbox: Outbox,
        centre: Speaker,
        *,
        health: Health,
        heartbeat_s: float,
        bridge_version: str,
        random: Callable[[], float],
        key_mark: Callable[[], object],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` is true time in epoch seconds; `monotonic` never jumps.

        `key_mark` is another thing as soon as another key signs (`KeyFiles.mark`).
        """
        self._outbox = outbox
        self._centre = centre
        self._health = health
        self._heartbeat_s = heartbeat_s
        self._bridge_version = bridge_version
        self._key_mark = key_mark
        self._refused_key: object = None
        self._ask_again_at = 0.0
        self._clock = clock
        self._monotonic = monotonic
        self._backoff = Backoff(first_s=FIRST_S, most_s=MOST_S, random=random)
        self._size = BatchSize(BATCH)
        self._most_due = MOST_DUE
        self._due_at = monotonic()
        self._restored_at: float | None = None
        self._forked_at: float | None = None
        self._state = outbox.ledger.centre()
        self._fault = ""
        self._heartbeat_fault = ""
        self._sent = 0
        self._parked = 0

    def run(self, stop: Event) -> None:
        """Forward until stopped; whatever happens to one batch, the next attempt comes."""
        keep_on(self.step, stop, self._health, loop=LOOP, after_mistake_s=PERSON_S)

    def step(self) -> float:
        """Do one thing for the centre; return the seconds to wait before the next."""
        self._health.beat(LOOP, STEP_S)
        if (wait_s := self._ask_again_at - self._monotonic()) > 0:
            if self._key_mark() == self._refused_key:
                return min(KEY_S, wait_s)
            self._ask_again_at = 0.0
        mark = self._key_mark()
        try:
            busy = self._round()
        except KeyRefused as error:
            wait_s = self._failed(error)
            self._refused_key, self._ask_again_at = mark, self._monotonic() + wait_s
            return min(KEY_S, wait_s)
        except BridgeError as error:
            return self._failed(error)
        if busy:
            return 0.0
        return max(0.0, min(IDLE_S, self._due_at - self._monotonic()))

    def drain(self) -> Drained:
        """Send everything that waits and all coverage that follows. Raises BridgeError."""
        self._sent = self._parked = 0
        try:
            while self._round() or self._beat():
                pass
        except BridgeError as error:
            self._keep(error)  # whoever asked tells it
            raise
        return Drained(self._sent, self._parked)

    def _round(self) -> bool:
        """Send a heartbeat if it is due, and a batch if there is one; tell whether more waits."""
        if self._monotonic() >= self._due_at:
            self._beat_or_say_why()
        pending = self._outbox.next_batch(self._size.rows)
        if pending.unsound:
            self._set_aside_unsound(pending)
            return True
        rows = len(pending.seqs)
        if not rows:
            return False
        try:
            self._send(pending)
        except CentreBehind as error:
            self._restored(pending.batch.after, error)
        except CentreForked as error:
            self._begin_anew(error)
        except BatchTooLarge:
            if rows == 1:
                raise
            self._size.too_large(rows)
            log.warning("the centre refuses a body of %d rows; sending less at once", rows)
        except CentreRefused as refusal:
            if rows == 1:
                self._set_aside(pending, refusal)
            else:
                self._size.refused(rows)
        else:
            self._size.taken(rows)
        return True

    def _send(self, pending: Pending) -> None:
        receipt = self._centre.post(pending.batch)
        settled = self._outbox.settle(receipt, pending, int(self._clock()))
        self._sent += settled.accepted
        self._parked += settled.parked
        self._health.tally.sent(accepted=settled.accepted, refused=settled.parked)
        if settled.parked:
            log.warning("the centre refuses %d punches; see `outbox --parked`", settled.parked)
        self._answered()

    def _set_aside_unsound(self, pending: Pending) -> None:
        count = len(pending.unsound)
        self._outbox.set_aside(pending.unsound)
        self._parked += count
        log.error(
            "%d rows changed on the disk after they were stored and are parked; look at the disk, "
            "and see `outbox --parked`", count,
        )  # fmt: skip

    def _set_aside(self, pending: Pending, refusal: CentreRefused) -> None:
        """Park the one row of a batch, unless the centre refuses everything."""
        self._size.found()
        try:
            empty = replace(pending.batch, punches=(), bad=(), punch_runs=(), bad_runs=())
            self._send(Pending(empty, {}))
        except CentreRefused:
            raise refusal from None  # not even an empty batch is taken: the row is not at fault
        self._outbox.park(pending, refusal.reason, int(self._clock()))
        self._parked += 1
        self._health.tally.sent(accepted=0, refused=1)
        told = _request_of(refusal)
        log.error("the centre refuses a punch, which is parked: %s", refusal.reason, extra=told)

    def _restored(self, after: str | None, error: CentreBehind) -> None:
        """Send everything again; but a centre that forgets again and again is not served so."""
        now = self._monotonic()
        again = self._restored_at is not None and now - self._restored_at < RESTORE_S
        if after is None or again:
            raise CentreUnreachable(f"{error}; it forgets what it has just answered") from error
        self._restored_at = now
        count = self._outbox.requeue_all()
        log.warning(
            "%s; it was restored from an older copy: sending %d rows again",
            error, count, extra=_request_of(error),
        )  # fmt: skip

    def _begin_anew(self, error: CentreForked) -> None:
        """Take another name and new chains; but a centre that refuses those as well is waited for.

        Nothing is lost or doubled by it: what the centre has, it knows by its id.
        """
        now = self._monotonic()
        if self._forked_at is not None and now - self._forked_at < RESTORE_S:
            raise CentreUnreachable(f"{error}; it refuses new chains as well") from error
        self._forked_at = now
        count = self._outbox.begin_anew(str(error), int(self._clock()))
        log.warning(
            "%s; beginning new chains with the %d rows that wait",
            error, count, extra=_request_of(error),
        )  # fmt: skip

    def _beat_or_say_why(self) -> None:
        """Send a heartbeat; one that the centre will not have must not hold up the punches."""
        try:
            self._beat()
        except CentreRefused as refusal:
            if self._heartbeat_fault != str(refusal):
                self._heartbeat_fault = str(refusal)
                log.error("the heartbeat: %s", refusal, extra=_request_of(refusal))
        else:
            self._heartbeat_fault = ""

    def _beat(self) -> bool:
        """Send a heartbeat; tell whether more is to be said at once."""
        self._due_at = self._monotonic() + self._heartbeat_s
        due = self._outbox.ledger.due(self._most_due)
        now = int(self._clock())
        heartbeat = self._heartbeat(due, now)
        try:
            reply = self._centre.heartbeat(heartbeat)
        except CentreBehind as error:
            self._restored(heartbeat.after, error)
            self._due_at = self._monotonic()
            return True
        except BatchTooLarge:
            if len(due) <= 1:
                raise
            self._most_due = len(due) // 2
            return True
        if due:
            self._outbox.ledger.told(due, reply.refused)
        for stretch, reason in reply.refused.items():
            log.warning("the centre refuses coverage %s: %s", stretch, reason)
        self._skewed(now - reply.now)
        self._answered()
        return len(due) == self._most_due

    def _heartbeat(self, due: list[Due], now: int) -> wire.Heartbeat:
        counts = self._outbox.counts()
        events = self._outbox.ledger.events(now - NOTE_DAYS * 86_400)
        return wire.Heartbeat(
            outbox=self._outbox.name,
            after=self._outbox.after(),
            sent_at=now,
            bridge_version=self._bridge_version[:40],
            waiting=counts.waiting,
            parked=counts.parked,
            oldest_waiting_at=counts.oldest_waiting_at,
            terminals=tuple(_health(one, events) for one in self._outbox.ledger.terminals()),
            coverage=tuple(one.coverage for one in due),
        )

    def _skewed(self, skew_s: int) -> None:
        was = self._state.skew_s
        off, was_off = abs(skew_s) > SKEW_S, was is not None and abs(was) > SKEW_S
        if off and not was_off:
            log.error("our clock is %+d s off the centre's; set it, or days stay open", skew_s)
        elif was_off and not off:
            log.info("our clock agrees with the centre's again")
        self._state = replace(self._state, skew_s=skew_s)

    def _answered(self) -> None:
        """Remember that the centre answers; on disk once in a heartbeat, and when it is news."""
        self._backoff.reset()
        if self._fault:
            log.info("the centre takes what we send again")
            self._fault = ""
            self._health.fault(LOOP, "")
        now, was = int(self._clock()), self._state
        if was.error or was.ok_at is None or abs(now - was.ok_at) >= self._heartbeat_s:
            self._state = replace(was, ok_at=now, error="", error_at=None)
            self._outbox.ledger.note_centre(self._state)

    def _failed(self, error: BridgeError) -> float:
        text = str(error)
        if text != self._fault:
            mends_itself = isinstance(error, CentreUnreachable | OutboxBusy)
            level = logging.WARNING if mends_itself else logging.ERROR
            log.log(level, "%s", text, extra=_request_of(error))
            log.debug("how it came", exc_info=error)
            self._keep(error)
        self._fault = text
        self._health.fault(LOOP, text)
        self._health.tally.sending_failed()
        if isinstance(error, KeyUnfit):
            return KEY_S
        wait_s = self._backoff.next()
        if isinstance(error, CentreBusy) and error.retry_after_s is not None:
            return min(LONGEST_WAIT_S, max(1.0, error.retry_after_s))
        return wait_s if isinstance(error, CentreUnreachable | OutboxError) else PERSON_S

    def _keep(self, fault: BridgeError) -> None:
        """Remember what keeps us from the centre, and since when."""
        if isinstance(fault, OutboxError):
            return  # it could not be written there
        since = self._state.error_at if self._state.error else int(self._clock())
        self._state = replace(self._state, error=str(fault), error_at=since)
        try:
            self._outbox.ledger.note_centre(self._state)
        except OutboxError as error:
            log.warning("the fault could not be kept: %s", error)


def _request_of(error: BridgeError) -> dict[str, str]:
    """Return what lets both logs be matched; empty where no request was made."""
    return {"request": getattr(error, "request", "")}


def _health(state: TerminalState, events: list[PastEvent]) -> wire.TerminalHealth:
    notes = [f"{one.kind}: {one.detail}"[:300] for one in events if one.name == state.name]
    return wire.TerminalHealth(
        name=state.name,
        serial=state.serial,
        driver=state.driver,
        last_read_at=state.read_at,
        last_error=state.error[:500],
        clock_offset_s=state.clock_offset_s,
        notes=tuple(notes[:MAX_NOTES]),
    )
