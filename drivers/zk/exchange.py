"""Carries the talks of `session` and `bulk` over a link, each step in its time.

It ends a session politely whatever happened: the terminal serves one program at a time and keeps a
dead one's place for minutes.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from drivers import progress
from drivers.errors import DriverError, TerminalUnreachable
from drivers.links import Deadline, Link, Silence, Stopwatch
from drivers.zk import commands
from drivers.zk.codec import Packet, PacketReader, decode_packet, frame
from drivers.zk.session import WHOLE, Patience, Session, Step, Talk, farewell

log = logging.getLogger(__name__)
T = TypeVar("T")

_AUTH = commands.AUTH.to_bytes(2, "little")
FAREWELL_S = 1.0  # some firmware closes without answering EXIT


class Exchange:
    """One link and the session on it."""

    def __init__(self, link: Link, *, timeout_s: float, verify_checksum: bool) -> None:
        self.session = Session(datagram=link.datagram)
        self.peer = link.peer
        self._link: Link | None = link
        link.let_hear()
        self._timeout_s = timeout_s
        self._verify_checksum = verify_checksum
        self._reader = PacketReader(verify_checksum=verify_checksum)
        self._asked = Stopwatch()
        self._tell: Callable[[Packet], None] | None = None

    def listen(self, tell: Callable[[Packet], None]) -> None:
        """Acknowledge events from now on, and tell them, whatever we are doing when they come."""
        self._tell = tell

    def wait(self, seconds: float) -> None:
        """Let events come in for so long."""
        deadline = Deadline(seconds)
        with self.named():
            link = self._open()
            try:
                while True:
                    self._put_aside(link, self._next_packet(link, seconds, deadline))
            except Silence:
                return

    def close(self) -> None:
        """End the session and release the link; safe to call twice, raises nothing."""
        link, self._link, self._tell = self._link, None, None
        if link is None:
            return
        try:
            packets = farewell(self.session)
            for packet in packets:
                _send(link, packet)
            if packets:
                patience_s = min(FAREWELL_S, self._timeout_s)
                self._await_answer(link, patience_s, Deadline(patience_s))
        except DriverError as error:
            log.debug("%s", error)  # it is gone, or was never understood: the link closes anyway
        finally:
            link.close()

    @contextmanager
    def hiding(self, what: str) -> Iterator[None]:
        """Keep what passes in this block out of captures."""
        with self._open().hiding(what):
            yield

    @contextmanager
    def named(self) -> Iterator[None]:
        """Put the peer before what went wrong: the codec and the talks do not know it."""
        try:
            yield
        except DriverError as error:
            if not str(error).startswith(self.peer):
                error.args = (f"{self.peer} {error}",)
            raise

    def run(self, talk: Talk[T]) -> T:
        """Carry a talk out to its result."""
        overall = Deadline(WHOLE.answer * self._timeout_s)
        with self.named():
            try:
                step = next(talk)
                while True:
                    step = talk.send(self._perform(step, overall))
                    self._tell_progress()
            except StopIteration as done:
                self._tell_progress()
                self.session.arrived = self.session.expected = 0
                result: T = done.value
                return result

    def _tell_progress(self) -> None:
        if self.session.expected:
            progress.tell(self.session.arrived, self.session.expected)

    def _open(self) -> Link:
        if self._link is None:
            raise TerminalUnreachable("was closed before it was asked")
        return self._link

    def _perform(self, step: Step, overall: Deadline) -> Packet | None:
        link = self._open()
        try:
            if step.packet is None:
                return self._continue(link, step.patience, overall)
            return self._ask(link, step, step.packet, overall)
        except Silence:
            if not step.may_be_silent:
                raise
            return None

    def _ask(self, link: Link, step: Step, packet: bytes, overall: Deadline) -> Packet:
        """Send a request and return its answer; a datagram that brings none is sent again."""
        sends = step.sends if link.datagram else 1
        silence_s = step.patience.silence * self._timeout_s / sends
        self._asked = Stopwatch()
        for left in reversed(range(sends)):
            _send(link, packet)
            try:
                answer_s = step.patience.answer * self._timeout_s / sends
                return self._await_answer(link, silence_s, overall.within(answer_s))
            except Silence:
                if not left:
                    raise
        raise AssertionError("a request is sent at least once")

    def _continue(self, link: Link, patience: Patience, overall: Deadline) -> Packet:
        timeout_s = self._timeout_s
        answer_s = patience.answer * timeout_s - self._asked.passed()
        return self._await_answer(link, patience.silence * timeout_s, overall.within(answer_s))

    def _await_answer(self, link: Link, silence_s: float, deadline: Deadline) -> Packet:
        """Return the next packet that belongs to the last request; others are put aside."""
        while True:
            packet = self._next_packet(link, silence_s, deadline)
            if self.session.is_answer(packet):
                return packet
            self._put_aside(link, packet)

    def _put_aside(self, link: Link, packet: Packet) -> None:
        """Take what is no answer: events are acknowledged at once, all else is a straggler."""
        if packet.command == commands.REG_EVENT and self._tell:
            _send(link, self.session.acknowledgement())
            self._tell(packet)
            return
        log.debug(
            "%s: put aside a packet of code %d, reply %d",
            link.peer,
            packet.command,
            packet.reply,
        )

    def _next_packet(self, link: Link, silence_s: float, deadline: Deadline) -> Packet:
        if link.datagram:
            received = _receive(link, silence_s, deadline)
            return decode_packet(received, verify_checksum=self._verify_checksum)
        while (packet := self._reader.next_packet()) is None:
            self._reader.feed(_receive(link, silence_s, deadline))
        return packet


def _send(link: Link, packet: bytes) -> None:
    wire = packet if link.datagram else frame(packet)
    if packet[: len(_AUTH)] != _AUTH:
        link.send(wire)
        return
    # of the checksum too: it tells two bytes of what it was made of
    with link.hiding("the comm key", after=len(wire) - len(packet) + len(_AUTH)):
        link.send(wire)


def _receive(link: Link, silence_s: float, deadline: Deadline) -> bytes:
    left = deadline.left()
    if not left:  # it may send without end and still answer nothing
        raise Silence(f"{link.peer} did not finish its answer in time")
    return link.receive(min(silence_s, left))
