"""One call of a terminal, from the request to the reply: what it brings is committed in between.

    whose?       no serial number of a known family   -> 404
    may it?      unknown, rejected, wrong address      -> refused; the terminal keeps its records
    what is it?  the driver says; a damaged body       -> refused, and comes again
    commit       rows, notebook, proof in one; no room -> refused, and comes again
    reply        only now

No sockets here. One thread calls `answer`, one request at a time.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from ipaddress import ip_address, ip_network

from bridge import callers
from bridge.callers import APPROVED, CallerState, peak_of
from bridge.clock import mistrust
from bridge.errors import BridgeError
from bridge.ledger import Contact, Event, Mark, Statement
from bridge.normalise import Normaliser, Read
from bridge.outbox import Outbox
from bridge.rows import Body
from bridge.stretch import Stretch
from bridge.terminals import TerminalConfig
from bridge.watch import Watch
from drivers import registry
from drivers.base import Caller, Heard, Proof, Receiver, Reply, Request
from drivers.errors import DriverError
from ingest.wire import Punch

log = logging.getLogger(__name__)

KEEP_S = 60  # how often a call that brought nothing is written down
SILENT_S = 900  # after which a terminal that does not call is named
AGAIN_S = 3_600  # after which a fault that goes on is named again
MAX_NAMED = 1_000  # senders whose fault was logged already


@dataclass(slots=True)
class _Seen:
    """What is remembered of a caller while we run."""

    called_at: int
    written_at: int = 0


class Reception:
    """Answers the calls of terminals."""

    def __init__(
        self,
        outbox: Outbox,
        terminals: Sequence[TerminalConfig],
        *,
        zone: tzinfo,
        clock_limit_s: int,
        clock: Callable[[], float],
    ) -> None:
        """`clock` is true time in epoch seconds."""
        self._outbox = outbox
        self._zone = zone
        self._limit_s = clock_limit_s
        self._clock = clock
        self._configured = {one.serial: one for one in terminals if one.calls}
        self._polled = {one.name for one in terminals if not one.calls}
        self._families = _families(one.driver for one in self._configured.values())
        self._seen: dict[str, _Seen] = {}
        self._named: dict[str, int] = {}
        self._began_at = int(clock())
        self._mute: set[str] = set()

    def answer(self, request: Request) -> Reply:
        """Return what a request is answered, after what it brought is on the disk."""
        for driver, family in self._families.items():
            serial = family.serial_of(request)
            if serial is not None:
                return self._family(request, driver, family, serial)
        return Reply(404, b"nothing is here; terminals call /iclock/")

    def look(self) -> None:
        """Name the terminals that have not called for long."""
        now = int(self._clock())
        for state in self._expected():
            seen = self._seen.get(state.serial)
            last_at = seen.called_at if seen else self._began_at
            name = state.name or state.serial
            if now - last_at > SILENT_S and name not in self._mute:
                self._mute.add(name)
                text = (
                    f"{name} has not called for {(now - last_at) // 60} minutes; is it on, and is "
                    "its cloud server set to us?"
                )
                log.warning("%s", text)
                self._outbox.ledger.note_failure(name, state.driver, text, now)

    # -- who ---------------------------------------------------------------------------------------

    def _family(self, request: Request, driver: str, family: type[Receiver], serial: str) -> Reply:
        try:
            admitted = self._admitted(request, driver, family, serial)
            if isinstance(admitted, str):
                return family.refusal(admitted)
            state, receiver = admitted
            try:
                return self._call(request, state, receiver)
            except DriverError as error:
                detail = f"a call that cannot be read, and comes again: {error}"
                if self._name(serial, f"{state.name}: {detail}", logging.ERROR):
                    self._keep(state, "bad-call", detail)
                return family.refusal("this cannot be read")
        except BridgeError as error:
            self._name(serial, f"{serial}: nothing is taken from it: {error}", logging.WARNING)
            return family.refusal("it cannot be kept now; try again later")

    def _admitted(
        self, request: Request, driver: str, family: type[Receiver], serial: str
    ) -> tuple[CallerState, Receiver] | str:
        """Return the terminal that may call, or why it may not."""
        state = self._outbox.callers.find(serial)
        config = self._configured.get(serial)
        source = state.source if state else None
        if config is not None:
            if config.driver != driver:
                return f"this terminal is of driver {config.driver}"
            source = getattr(config.options, "source", None)
            if state is None or state.state != APPROVED or state.name != config.name:
                self._outbox.callers.admit(serial, driver, config.name, source)
                state = self._outbox.callers.find(serial)
        if state is None or state.state != APPROVED:
            return self._turned_away(request, driver, family, serial, state)
        if source is not None and not _within(request.peer, source):
            detail = (
                f"{request.peer} called in its name, which may call from {source} only; if it was "
                "moved, correct its source"
            )
            if self._name(serial + request.peer, f"{state.name}: {detail}", logging.ERROR):
                self._keep(state, "source", detail)
            return "not from this address"
        options = config.options if config else family.Options(serial=serial)
        return state, family(options)  # type: ignore[call-arg]  # the registry's contract

    def _turned_away(
        self,
        request: Request,
        driver: str,
        family: type[Receiver],
        serial: str,
        state: CallerState | None,
    ) -> str:
        now = int(self._clock())
        if state is None or state.last_at is None or not 0 <= now - state.last_at < KEEP_S:
            told = family.describe(request)
            if not self._outbox.callers.knock(serial, driver, request.peer, told, now):
                return "too many unknown terminals are waiting"
        if state is None:
            self._name(
                serial,
                f"{serial} calls from {request.peer} and is not known; its records stay in it "
                f"until somebody says `hadir-bridge terminals approve {serial}`",
                logging.WARNING,
            )
        return "this terminal is not approved here"

    def _expected(self) -> list[CallerState]:
        """Return every terminal that is to call: by the configuration, or approved by command."""
        known = {one.serial: one for one in self._outbox.callers.all() if one.state == APPROVED}
        for serial, config in self._configured.items():
            if serial is not None and serial not in known:
                known[serial] = CallerState(
                    serial, config.driver, APPROVED, config.name, None, "", "", None, None, 0
                )
        return list(known.values())

    # -- what --------------------------------------------------------------------------------------

    def _call(self, request: Request, state: CallerState, receiver: Receiver) -> Reply:
        now = int(self._clock())
        seen = self._seen.get(state.serial)
        caller = Caller(
            now=now,
            zone=self._zone,
            notebook=state.notebook,
            held=state.held,
            silent_s=max(0, now - seen.called_at) if seen else None,
            clock_trusted=self._trusted(),
        )
        heard = receiver.handle(request, caller)
        written_at = self._commit(state, heard, request, now, seen.written_at if seen else 0)
        self._seen[state.serial] = _Seen(now, written_at)
        self._named.pop(state.serial, None)
        return heard.reply

    def _commit(
        self, state: CallerState, heard: Heard, request: Request, now: int, written_at: int
    ) -> int:
        """Write down what a call brought; a call that brought nothing, only now and then."""
        idle = not (heard.entries or heard.notes or heard.proof or heard.anew)
        if idle and heard.notebook is None and 0 <= now - written_at < KEEP_S:
            return written_at
        taking = _Taking(self._outbox, state, heard, self._zone, self._limit_s, now)
        name = state.name or state.serial
        kept = taking.state(request, now)
        events = [*taking.events, *(self._event(one.kind, one.detail) for one in heard.notes)]
        statement = taking.statement
        mark = Mark(
            name=name,
            contact=self._contact(kept, heard, now),
            statement=statement,
            events=tuple(events),
            also=lambda connection: callers.note(connection, kept, taking.bodies, anew=heard.anew),
        )
        new = self._outbox.add(taking.fresh, mark=mark)
        if new:
            log.info("%s: new %d of %d records it sent", name, new, len(heard.entries))
        for event in events:
            log.warning("%s: %s: %s", name, event.kind, event.detail)
        if name in self._mute:
            self._mute.discard(name)
            log.info("%s: calls again", name)
        return now

    def _contact(self, state: CallerState, heard: Heard, now: int) -> Contact | None:
        """Return what is known of the terminal now.

        None where the same terminal is read as well, under a name of its own: that is what tells
        how it is, and two names for one serial number would look like a copy.
        """
        offset_s = state.clock_offset_s
        for other in self._outbox.ledger.terminals():
            if other.serial == state.serial and other.name in self._polled:
                return None
            if other.name == state.name and offset_s is None:
                offset_s = other.clock_offset_s
        info = heard.info
        return Contact(
            driver=state.driver,
            serial=state.serial,
            model=info.model if info else "",
            firmware=info.firmware if info else "",
            records=state.held if info is None or info.records is None else info.records,
            clock_offset_s=offset_s,
            read_at=now,
        )

    def _trusted(self) -> bool:
        return not mistrust(self._outbox.ledger.centre(), int(self._clock()))

    def _event(self, kind: str, detail: str) -> Event:
        return Event(kind, detail[:300], int(self._clock()))

    def _keep(self, state: CallerState, kind: str, detail: str) -> None:
        mark = Mark(state.name or state.serial, events=(self._event(kind, detail),))
        self._outbox.add([], mark=mark)

    def _name(self, sender: str, text: str, level: int) -> bool:
        """Log a fault, once an hour until its sender does something right; tell whether we did."""
        now = int(self._clock())
        if 0 <= now - self._named.get(sender, -AGAIN_S) < AGAIN_S:
            return False
        if len(self._named) >= MAX_NAMED:
            self._named.clear()
        self._named[sender] = now
        log.log(level, "%s", text)
        return True


class _Taking:
    """What one call brought, as rows and what is proven by it."""

    def __init__(
        self,
        outbox: Outbox,
        state: CallerState,
        heard: Heard,
        zone: tzinfo,
        limit_s: int,
        now: int,
    ) -> None:
        if heard.anew:
            state = replace(state, held=0, since=None, peak=None, proven_at=None, counted=0)
        self._state = state
        self._heard = heard
        self._zone = zone
        read = Read(
            terminal=state.serial,
            zone=zone,
            source="push",
            read_at=now,
            # what a count proves was all there was; an answered query tells only of its period
            after=state.proven_at if state.counted else None,
            clock_offset_s=None,
        )
        self.bodies: list[Body] = [row.body for row in Normaliser(read).rows(heard.entries, 0)]
        self.fresh = outbox.callers.unknown(state.serial, self.bodies)
        self._offset_s = self._shown(now)
        self._limit_s = limit_s
        self._watch = Watch(read, limit_s)
        self._stretch = None
        if state.proven_at is None:
            self._stretch = Stretch(
                read_at=now, limit_s=limit_s, since=state.since, peak=peak_of(state)
            )
        for index, body in enumerate(self.fresh):
            self._watch.feed(index, body)
            if self._stretch and isinstance(body, Punch):
                self._stretch.feed(body)
        self.statement = self._proven(heard.proof, now) if heard.proof else None

    @property
    def events(self) -> list[Event]:
        """What a person should know of the records."""
        found = self._watch.events()
        offset_s = self._offset_s
        if self.statement and offset_s is not None and abs(offset_s) > self._limit_s:
            detail = f"the clock is {offset_s:+d} s off, by the punches that come at once"
            found.append(Event("clock", detail, self.statement.read_at))
        return found

    def state(self, request: Request, now: int) -> CallerState:
        """Return the caller as it is known from now on."""
        state, stretch = self._state, self._stretch
        if stretch is not None:
            peak = None if stretch.peak is None else stretch.peak.isoformat()
            state = replace(state, since=stretch.since, peak=peak)
        state = replace(state, clock_offset_s=self._offset_s)
        if self.statement is not None:
            state = replace(
                state,
                clock_offset_s=None,
                since=self.statement.since,
                proven_at=self.statement.until,
                counted=int(self.statement.on_terminal is not None),
            )
        notebook = self._heard.notebook
        return replace(
            state,
            peer=request.peer,
            first_at=state.first_at or now,
            last_at=now,
            notebook=state.notebook if notebook is None else notebook,
        )

    def _shown(self, now: int) -> int | None:
        """Return how far the clock is off at least, as far as punches show that were made now."""
        shown = [self._state.clock_offset_s] if self._state.clock_offset_s is not None else []
        if self._heard.live:
            shown += [one.occurred_at - now for one in self.fresh if isinstance(one, Punch)]
        return max(shown, default=None)

    def _proven(self, proof: Proof, now: int) -> Statement | None:
        """Return what a proof says of coverage; None where nothing tells since when."""
        state = self._state
        since = self._stretch.since if self._stretch else state.since
        note = "by its count" if proof.count is not None else "by its answer; it tells no count"
        if since is None or since > proof.until:
            since, note = proof.until, f"{note}, earlier times not believed"
        return Statement(
            serial=state.serial,
            since=since,
            until=proof.until,
            day=datetime.fromtimestamp(now, self._zone).date().isoformat(),
            on_terminal=proof.count,
            taken=state.held,
            clock_offset_s=self._offset_s,
            read_at=now,
            source="push",
            note=note,
        )


def _families(drivers: Iterable[str]) -> Mapping[str, type[Receiver]]:
    """Return every family that may call, by driver name."""
    names = dict.fromkeys((*registry.RECEIVERS, *drivers))
    found = {name: registry.receiver_class(name) for name in names}
    return {name: one for name, one in found.items() if one is not None}


def _within(peer: str, source: str) -> bool:
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in ip_network(source, strict=False)
