"""Keeps the processes of a centre alive: begins them, begins them again, ends them in order.

systemd hears this process alone. READY is said when every process is; the watchdog is fed while
this loop turns and any process is well: one that hangs is ended here, and only when none is well
for a minute (a password that was changed, say) may systemd begin everything anew.
"""

import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from ingest.child import Child, Lifeline, Role
from ingest.health import STALLED_S, Notify, look_every_s
from ingest.server import STOP_WITHIN_S

log = logging.getLogger(__name__)

FIRST_S, MOST_S = 0.5, 30.0
"""How long a process that died is waited with: twice as long each time, ..."""
SOUND_S = 60.0
"""... from the beginning again when it had lived this long."""
END_WITHIN_S = STOP_WITHIN_S + 10.0  # a judge may be in a round, which a kill only takes back

__all__ = ["Role", "Supervisor"]


class Seat:
    """A role that is to be filled, and whoever fills it."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.child: Child | None = None
        self.due_at = 0.0
        self._delay_s = FIRST_S

    def lost(self, *, lived_s: float, now: float) -> float:
        """Say when the next one begins; return the seconds until then."""
        if lived_s >= SOUND_S:
            self._delay_s = FIRST_S
        delay_s = self._delay_s
        self.child, self.due_at = None, now + delay_s
        self._delay_s = min(MOST_S, 2 * delay_s)
        return delay_s

    def silent(self, now: float, *, others_well: bool) -> bool:
        """Say whether the process hangs: it says nothing, or is unwell while others are well."""
        if self.child is None:
            return False
        since = self.child.heard_at
        if others_well:
            since = self.child.well_at or self.child.begun_at
        return now - since > STALLED_S

    def well(self, now: float) -> bool:
        """Say whether the process said lately that all is well; a new one has a minute."""
        if self.child is None:
            return False
        return now - (self.child.well_at or self.child.begun_at) <= STALLED_S


class Supervisor:
    """The process above the others. It has one thread, because it forks."""

    def __init__(
        self,
        roles: Sequence[Role],
        *,
        notify: Notify,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seats = [Seat(role) for role in roles]
        self._notify = notify
        self._monotonic = monotonic
        self._every_s = look_every_s(os.environ.get("WATCHDOG_USEC"))
        self._look_at = monotonic()
        self._ready = False
        self._stopping_at: float | None = None
        self._selector = selectors.DefaultSelector()

    def run(self, listening: socket.socket) -> None:
        """Keep every role filled until SIGTERM or SIGINT, then end them; takes the socket."""
        with closing(self._selector), closing(Lifeline()) as lifeline, _signals() as told:
            self._selector.register(told, selectors.EVENT_READ)
            while self._stopping_at is None or any(seat.child for seat in self._seats):
                self._fill(listening, lifeline)
                self._look()
                for key, _ in self._selector.select(self._wait_s()):
                    if key.fileobj is told:
                        self._stop(listening, told)
                    else:
                        self._hear(key.data)

    def _fill(self, listening: socket.socket, lifeline: Lifeline) -> None:
        """Begin whatever is missing and due."""
        now = self._monotonic()
        for seat in self._seats:
            if seat.child is None and seat.due_at <= now and self._stopping_at is None:
                seat.child = Child(seat.role, listening, lifeline, now=now)
                self._selector.register(seat.child, selectors.EVENT_READ, seat)
                log.info("%s begins as process %d", seat.role.name, seat.child.pid)

    def _hear(self, seat: Seat) -> None:
        child, now = seat.child, self._monotonic()
        if child is None or child.hear(now):
            self._tell_ready()
            return
        self._selector.unregister(child)
        code = child.bury()
        delay_s = seat.lost(lived_s=now - child.begun_at, now=now)
        if self._stopping_at is None:
            log.error("%s %s; it begins again in %.1f s", child.name, _how(code), delay_s)

    def _tell_ready(self) -> None:
        if not self._ready and all(seat.child and seat.child.ready for seat in self._seats):
            self._ready = True
            self._notify("READY=1\nSTATUS=serving")

    def _look(self) -> None:
        """End what hangs, and tell systemd how we are."""
        now = self._monotonic()
        if self._stopping_at is not None:
            if now >= self._stopping_at + END_WITHIN_S:
                self._end(signal.SIGKILL)
            return
        if now < self._look_at:
            return
        self._look_at = now + self._every_s
        well = [seat for seat in self._seats if seat.well(now)]
        for seat in self._seats:
            if seat.child and seat.silent(now, others_well=any(one is not seat for one in well)):
                log.error("%s shows no life (%s); it is ended", seat.role.name, seat.child.status)
                seat.child.send(signal.SIGKILL)
        unwell = [seat for seat in self._seats if seat not in well or _complains(seat)]
        said = "; ".join(f"{one.role.name} {_state(one)}" for one in unwell)
        status = f"STATUS=unwell: {said}" if unwell else "STATUS=serving"
        if self._ready:
            self._notify(f"WATCHDOG=1\n{status}" if well else status)

    def _wait_s(self) -> float:
        now = self._monotonic()
        if self._stopping_at is not None:
            return 1.0
        due = [seat.due_at for seat in self._seats if seat.child is None]
        return max(0.0, min([self._look_at, *due]) - now)

    def _stop(self, listening: socket.socket, told: socket.socket) -> None:
        """Begin to end: nobody new is let in, what was begun is finished."""
        told.recv(64)
        if self._stopping_at is None:
            self._notify("STOPPING=1")
            self._stopping_at = self._monotonic()
            listening.close()
            self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        for seat in self._seats:
            if seat.child is not None:
                seat.child.send(number)


def _complains(seat: Seat) -> bool:
    return seat.child is not None and seat.child.status.startswith("unwell")


def _state(seat: Seat) -> str:
    return "is waited for" if seat.child is None else f"is {seat.child.status}"


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with {code}"


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """Give a socket that becomes readable when we are told to stop."""
    taken = (signal.SIGTERM, signal.SIGINT)
    told, teller = socket.socketpair()
    told.setblocking(False)
    teller.setblocking(False)
    before = [signal.signal(one, lambda *_: None) for one in taken]
    wakeup = signal.set_wakeup_fd(teller.fileno())
    try:
        yield told
    finally:
        signal.set_wakeup_fd(wakeup)
        for one, handler in zip(taken, before, strict=True):
            signal.signal(one, handler)
        told.close()
        teller.close()
