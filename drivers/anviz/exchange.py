"""Carries the talks with an Anviz terminal over a link, each question in its time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from drivers import progress
from drivers.anviz import commands
from drivers.anviz.codec import MAX_FRAME, Frame, FrameReader, encode
from drivers.anviz.talks import Ask, Talk
from drivers.errors import DriverError, TerminalUnreachable
from drivers.links import Deadline, Link, Silence

log = logging.getLogger(__name__)
T = TypeVar("T")

GAP_S = 0.3  # silence inside a frame that tells a broken one; no terminal pauses that long
BITS_A_BYTE = 10  # with start and stop bit
ALL_DEVICES = 0


class Exchange:
    """One terminal on a link; the link is given back by `close`."""

    def __init__(self, link: Link, *, device: int, timeout_s: float, baud: int) -> None:
        """`device` is its number on the line; with 0, whoever answers is meant."""
        self.peer = f"{link.peer} device {device}" if device else link.peer
        self._link_peer = link.peer
        self._link: Link | None = link
        link.let_hear()
        self._device = device
        self._timeout_s = timeout_s
        self._gap_s = min(GAP_S, timeout_s)
        self._answer_s = timeout_s + 2 * MAX_FRAME * BITS_A_BYTE / baud
        self._reader = FrameReader()

    def close(self) -> None:
        """Release the link; safe to call twice. There is no session to end."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    @contextmanager
    def hiding(self, what: str) -> Iterator[None]:
        """Keep what is answered in this block out of captures."""
        with self._open().hiding(what):
            yield

    def run(self, talk: Talk[T], whole_s: float) -> T:
        """Carry a talk out to its result, within so many seconds."""
        overall = Deadline(whole_s)
        try:
            ask = next(talk)
            while True:
                ask = talk.send(self._perform(ask, overall))
        except StopIteration as done:
            result: T = done.value
            return result
        except DriverError as error:
            if not str(error).startswith(self.peer):
                error.args = (f"{self.peer} {str(error).removeprefix(f'{self._link_peer} ')}",)
            raise

    def _perform(self, ask: Ask, overall: Deadline) -> Frame | None:
        link = self._open()
        if ask.expected:
            progress.tell(ask.arrived, ask.expected)
        for _ in range(ask.tries):
            if not overall.left():
                raise TerminalUnreachable("did not finish in time; is its line fast enough?")
            self._reader.clear()
            link.send(encode(Frame(self._device, ask.command, None, ask.data)))
            if answer := self._await_answer(link, ask.command, overall):
                return answer
            self._let_fall_silent(link, overall)
        return None

    def _await_answer(self, link: Link, command: int, overall: Deadline) -> Frame | None:
        deadline = overall.within(self._answer_s)
        begun = False
        while left := deadline.left():
            try:
                self._reader.feed(
                    link.receive(min(self._gap_s if begun else self._timeout_s, left))
                )
            except Silence:
                begun = self._reader.give_up()
                if not begun:
                    return None
            if answer := self._answer(link, command):
                return answer
            begun = self._reader.waits
        return None

    def _answer(self, link: Link, command: int) -> Frame | None:
        """Return the answer if it is among the frames that have arrived."""
        while frame := self._reader.next_frame():
            ours = self._device in (ALL_DEVICES, frame.device)
            if frame.result is not None and frame.command == command and ours:
                return frame
            if frame.command == commands.PING and frame.result is None and ours:
                # over TCP, some hang up on who does not answer
                link.send(encode(Frame(frame.device, commands.PING, commands.SUCCESS)))
            log.debug("%s: put aside a frame of command %#04x", self.peer, frame.command)
        return None

    def _let_fall_silent(self, link: Link, overall: Deadline) -> None:
        """Hear the line out: an answer that comes late must not pass for the next one's."""
        deadline = overall.within(self._answer_s)
        while left := deadline.left():
            try:
                link.receive(min(self._timeout_s, left))
            except Silence:
                return

    def _open(self) -> Link:
        if self._link is None:
            raise TerminalUnreachable(f"{self.peer} was closed before it was asked")
        return self._link
