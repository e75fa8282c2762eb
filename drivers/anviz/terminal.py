"""AnvizTerminal: one Anviz terminal on a serial line or over TCP."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from drivers import progress
from drivers.anviz import commands, records, talks
from drivers.anviz.exchange import ALL_DEVICES, Exchange
from drivers.base import Capability, ListLog, Log, RawPunch, Terminal, TerminalInfo, User
from drivers.errors import TerminalRefused
from drivers.links import Link, TcpLink
from drivers.serial_link import LineOptions, SerialLink

log = logging.getLogger(__name__)

CONNECT_S = 5.0
TALK_S = 120.0
MAX_SERIAL = 64
LOG_S = 1_700.0  # at 9600 baud, 88,000 records; the poller takes half an hour for the longest
ONE_DAY = timedelta(days=1)


class AnvizTerminal(Terminal):
    """One Anviz terminal. Nothing is changed in it, not even its marks of what was read."""

    @dataclass(frozen=True, slots=True)
    class Options(LineOptions):
        """What the configuration may say of an Anviz terminal."""

        transport: Literal["serial", "tcp"] = "serial"
        """A serial line, or the network."""
        host: str = ""
        """With tcp: address or name of the terminal."""
        port: int = 5010
        """With tcp: as in the terminal's network menu."""
        device: int | None = None
        """Its number, as in its menu. Without it, over tcp, whoever answers is meant."""
        epoch: Literal["2000-01-02", "2000-01-01"] = "2000-01-02"
        """From when records count seconds, should a new punch come out a day late."""
        timeout_s: float = 3.0
        """How long an answer may take to begin."""

        def __post_init__(self) -> None:
            if self.transport == "serial":
                if fault := self.line_fault():
                    raise ValueError(fault)
                if self.device is None:
                    raise ValueError("device: missing, write the number in the terminal's menu")
            elif not self.host.strip():
                raise ValueError("host: missing")
            if not 0 < self.port < 65_536:
                raise ValueError(f"port: {self.port} is not between 1 and 65535")
            if self.device is not None and not 1 <= self.device < 1 << 32:
                raise ValueError(f"device: {self.device} is not between 1 and 4294967295")
            if not 0 < self.timeout_s <= 600:
                raise ValueError(f"timeout_s: {self.timeout_s} is not between 0 and 600")

    def __init__(self, options: Options) -> None:
        self._epoch = datetime.fromisoformat(options.epoch)
        self._exchange = Exchange(
            _open_link(options),
            device=options.device or ALL_DEVICES,
            timeout_s=options.timeout_s,
            baud=options.baud,
        )
        try:
            self._info = self._introduce()
        except BaseException:
            self.close()
            raise

    def info(self) -> TerminalInfo:
        return self._info

    def clock(self) -> datetime:
        answer = self._ask(talks.plain(commands.GET_TIME))
        return records.decode_time(talks.expect(answer))

    def read(self) -> Log:
        claimed = self._ask(talks.counts()).records
        body = self._exchange.run(talks.download(claimed), LOG_S)
        progress.tell(len(body), len(body))
        entries = list(records.decode_records(body, self._epoch))
        if entries and isinstance(newest := entries[-1], RawPunch):
            self._compare_epoch(newest)
        return ListLog(self._info.serial, entries, claimed=claimed)

    def users(self) -> list[User]:
        with self._exchange.hiding("who is enrolled"):
            return self._ask(talks.users())

    def close(self) -> None:
        self._exchange.close()

    def _introduce(self) -> TerminalInfo:
        serial = self._ask(talks.serial())
        if not serial or len(serial) > MAX_SERIAL:
            raise TerminalRefused(
                f"{self._exchange.peer} has no serial number; without one its punches cannot be "
                "told from those of another, write one in its menu"
            )
        counts = self._ask(talks.counts())
        return TerminalInfo(
            serial=serial,
            model=records.decode_text(self._ask(talks.told(commands.TYPE_CODE))),
            records=counts.records,
            capacity=records.decode_capacity(self._ask(talks.told(commands.CAPACITY))),
            users=counts.users,
            can=frozenset({Capability.CLOCK, Capability.USERS, Capability.COUNT}),
        )

    def _compare_epoch(self, newest: RawPunch) -> None:
        """Warn where records seem to count from another day: then all of them are off by one."""
        ahead = newest.local_time - self.clock()
        if timedelta(minutes=1) < ahead <= ONE_DAY:
            log.warning(
                "%s: its newest record is %s ahead of its own clock; make a new punch, compare it "
                'with its screen, and if it comes out a day late write epoch = "2000-01-01"',
                self._exchange.peer,
                ahead,
            )

    def _ask(self, talk: talks.Talk[talks.T]) -> talks.T:
        return self._exchange.run(talk, TALK_S)


def _open_link(options: "AnvizTerminal.Options") -> Link:
    if options.transport == "serial":
        return SerialLink(options)
    return TcpLink(options.host, options.port, min(CONNECT_S, options.timeout_s))
