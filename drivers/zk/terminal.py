"""ZkTerminal: who a terminal is, what it holds, and who is enrolled, asked over a link."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from drivers.base import (
    BadRecord,
    Capability,
    Entry,
    Known,
    Log,
    Tell,
    Terminal,
    TerminalInfo,
    User,
)
from drivers.errors import (
    DriverError,
    LogChanged,
    MalformedReply,
    NoSerial,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    UndecidableLog,
)
from drivers.links import Link, Silence, TcpLink, UdpLink
from drivers.serial_link import Baud, LineOptions, SerialLink, warn_of
from drivers.zk import bulk, events, orders, session
from drivers.zk.choice import choose_layout, is_plausible
from drivers.zk.codec import Packet
from drivers.zk.exchange import Exchange
from drivers.zk.log import ZkLog
from drivers.zk.records import LAYOUTS, Layout, LayoutName
from drivers.zk.users import decode_users

log = logging.getLogger(__name__)

CONNECT_S = 5.0
MAX_SERIAL = 64


class ZkTerminal(Terminal):
    """One ZK terminal, connected and authorised from construction to close."""

    @dataclass(frozen=True, slots=True)
    class Options(LineOptions):
        """What the configuration may say of a ZK terminal. ValueError names what cannot be."""

        host: str = ""
        """Address or name of the terminal."""
        port: int = 4370
        """As in the terminal's network menu; a few AK3750 units listen on 5055."""
        transport: Literal["tcp", "udp", "serial"] = "tcp"
        """Black-and-white models speak UDP, colour models TCP. Serial: see `caution`."""
        baud: Baud = field(default=115_200, kw_only=True)
        """With serial: speed of the line, as in the terminal's menu."""
        comm_key: int = field(default=0, repr=False)
        """The number in the terminal's Comm menu; 0 is none."""
        timeout_s: float = 10.0
        """How long a plain answer may take. Reading a log may take longer, up to 180 times this."""
        swap_codes: bool = False
        """Exchange state and verify code in 16-byte records, where firmwares differ."""
        layout: Literal["auto", "8a", "8b", "16", "22", "40", "49"] = "auto"
        """The record layout, for a log that cannot be told apart by itself."""
        verify_checksum: bool = True
        """Refuse damaged packets. To be switched off for a terminal that computes them wrongly."""
        live: bool = False
        """Have punches told as they happen. Nobody else can speak to the terminal meanwhile."""

        def __post_init__(self) -> None:
            if self.transport == "serial":
                if fault := self.line_fault():
                    raise ValueError(fault)
                if self.live:
                    raise ValueError("live: not on a serial line, which is unproven")
            elif not self.host.strip():
                raise ValueError("host: missing")
            if not 0 < self.port < 65_536:
                raise ValueError(f"port: {self.port} is not between 1 and 65535")
            if not 0 <= self.comm_key <= 0xFFFF_FFFF:
                raise ValueError("comm_key: is not between 0 and 4294967295")
            if not 0 < self.timeout_s <= 600:
                raise ValueError(f"timeout_s: {self.timeout_s} is not between 0 and 600")

        @property
        def caution(self) -> str:
            """What a person should know who configures it so; empty where nothing."""
            if self.transport != "serial":
                return ""
            return (
                "ZK over a serial line is unproven, nobody has published what goes over one; "
                "try `hadir-bridge capture` and send us the file, or use its network port or USB"
            )

    def __init__(self, options: Options) -> None:
        if options.caution:
            warn_of(options.port_url, options.caution)
        self._options = options
        self._exchange = Exchange(
            _open_link(options),
            timeout_s=options.timeout_s,
            verify_checksum=options.verify_checksum,
        )
        self._session, self._run = self._exchange.session, self._exchange.run
        self._layout_read: LayoutName | None = None  # of the log as it was read last
        try:
            self._info = self._introduce()
        except BaseException:
            self.close()
            raise

    def info(self) -> TerminalInfo:
        return self._info

    def clock(self) -> datetime:
        return self._run(session.clock(self._session))

    def read(self) -> Log:
        claimed = self._run(session.sizes(self._session)).records
        table = self._run(bulk.read_table(self._session, bulk.LOG, claimed=claimed))
        return self._log(table, claimed)

    def read_on(self, known: Known) -> Log:
        layout = self._fitting(known)
        if layout is None:
            return self.read()
        self._layout_read = layout.name
        claimed = self._run(session.sizes(self._session)).records
        before = (known.count - len(known.records)) * layout.size
        anchor = bulk.Anchor(before, b"".join(known.records), layout.size)
        table = self._run(bulk.read_table(self._session, bulk.LOG, claimed=claimed, anchor=anchor))
        return self._log(table, claimed)

    def listen(self, tell: Tell) -> None:
        if not self._options.live:
            raise NotSupported("touches are told as they happen only where live = true says so")
        # An event has no work code: where people key one in, the log tells more than the event.
        at_its_word = self._run(session.option(self._session, "WorkCode")) != "1"
        self._exchange.listen(lambda packet: self._hear(packet, tell, at_its_word=at_its_word))
        self._run(session.register(self._session))

    def wait(self, seconds: float) -> None:
        self._exchange.wait(seconds)

    def users(self) -> list[User]:
        claimed = self._run(session.sizes(self._session)).users
        with self._exchange.hiding("its user table"):  # passwords and names stand in it
            table = self._run(bulk.read_table(self._session, bulk.USERS, claimed=claimed))
        with self._exchange.named():
            return decode_users(table.body, claimed=claimed)

    def set_clock(self, local_time: datetime) -> None:
        self._refuse_unproven()
        self._run(orders.set_clock(self._session, local_time))

    def clear(self, known: Log) -> None:
        self._refuse_unproven()
        self._run(orders.hold_still(self._session))
        fault = self._clear_held(known)
        self._run(orders.let_go(self._session))
        if fault:
            raise fault

    def close(self) -> None:
        self._exchange.close()

    def _refuse_unproven(self) -> None:
        """Change nothing over a line that nobody knows."""
        if self._options.transport == "serial":
            raise NotSupported(f"{self._exchange.peer}: a serial line is unproven and only read")

    def _introduce(self) -> TerminalInfo:
        try:
            self._run(session.connect(self._session, self._options.comm_key))
        except Silence as error:
            if self._session.datagram:
                raise
            raise TerminalBusy(
                f"{error} to a greeting; another program may hold it, "
                "or it is new firmware that speaks only encrypted"
            ) from error
        serial = self._run(session.option(self._session, "~SerialNumber"))
        if not serial or len(serial) > MAX_SERIAL or not _is_plain(serial):
            raise NoSerial(
                f"{self._exchange.peer} tells no usable serial number, {serial[:MAX_SERIAL]!r}; "
                "without one its punches cannot be told from those of another"
            )
        sizes = self._run(session.sizes(self._session))
        can = {
            Capability.CLOCK,
            Capability.USERS,
            Capability.SET_CLOCK,
            Capability.CLEAR,
            Capability.TAIL,
        }
        if self._options.transport == "serial":
            can -= {Capability.SET_CLOCK, Capability.CLEAR}
        if self._options.live:
            can.add(Capability.LIVE)
        return TerminalInfo(
            serial=serial,
            model=_shown(self._run(session.option(self._session, "~DeviceName"))),
            platform=_shown(self._run(session.option(self._session, "~Platform"))),
            firmware=_shown(self._run(session.version(self._session))),
            records=sizes.records,
            capacity=sizes.records_capacity,
            users=sizes.users,
            can=frozenset(can if sizes.records is None else {*can, Capability.COUNT}),
        )

    def _clear_held(self, known: Log) -> DriverError | None:
        """Clear the log of a terminal that is held still; return why it is not cleared."""
        held = self.read()
        if len(held) != len(known) or held.digest(len(held)) != known.digest(len(known)):
            return LogChanged(
                f"{self._exchange.peer} holds {len(held)} records and no longer the {len(known)} "
                "that were read; nothing was cleared, begin again"
            )
        self._run(orders.clear_log(self._session))
        left = sum(not _is_blank(entry) for entry in self.read().entries())
        if left:
            return TerminalRefused(
                f"{self._exchange.peer} says that its log is cleared and still holds {left} "
                "records; look at its menu"
            )
        return None

    def _fitting(self, known: Known) -> Layout | None:
        """Return the layout of a place to read on from; None where only the whole log will do."""
        layout = next((one for one in LAYOUTS.values() if one.name == known.layout), None)
        if layout is None or self._options.layout not in ("auto", layout.name):
            return None
        whole = known.count <= len(known.records)
        if whole or not known.records or {*map(len, known.records)} != {layout.size}:
            return None
        return layout

    def _log(self, table: bulk.Bulk, claimed: int | None) -> ZkLog:
        if table.body and table.stated != table.skipped + len(table.body):
            log.warning(
                "%s: states a log of %d bytes and sends %d; the latter counts",
                self._info.serial,
                table.stated,
                len(table.body),
            )
        if not table.skipped:
            with self._exchange.named():
                self._layout_read = self._layout(table, claimed)
        layout = self._layout_read
        return ZkLog(
            self._info.serial,
            table.body,
            layout,
            claimed=claimed,
            user_ids=self._user_ids() if layout in ("8a", "8b") else None,
            swap_codes=self._options.swap_codes,
            start=table.skipped // LAYOUTS[layout].size if layout else 0,
        )

    def _hear(self, packet: Packet, tell: Tell, *, at_its_word: bool) -> None:
        """Pass on what an event tells; the log must be asked where that is not certain."""
        if packet.session != events.PUNCH:
            return
        if not events.is_known(packet.data):
            log.info("%s: an event of %d bytes", self._info.serial, len(packet.data))
        try:
            heard = events.touches(packet.data, self._layout_read)
        except MalformedReply as error:
            log.info("%s: %s", self._info.serial, error)
            heard = [None]
        for touch in heard:
            tell(touch if at_its_word else None)

    def _layout(self, table: bulk.Bulk, claimed: int | None) -> LayoutName | None:
        if not table.body:
            if claimed is not None and claimed > 1:  # one may be a blank slot
                raise MalformedReply(f"says it holds {claimed} records and hands over none")
            return None
        wanted = self._options.layout
        if wanted != "auto":
            if len(table.body) % LAYOUTS[wanted].size:
                raise UndecidableLog(
                    f"sent a log of {len(table.body)} bytes, which is not of "
                    f'layout "{wanted}"; correct or remove "layout"',
                    bytes(table.body[:4096]),
                )
            return wanted
        now = self._latest_clock()
        layout = choose_layout(table.body, claimed=claimed, now=now)
        stale = table.legacy and not self._session.datagram  # seen on K40 and Z40 units
        if stale and layout and not is_plausible(layout, table.body, now=now):
            raise UndecidableLog(
                "hands over its log only in the old form, and what it sends are no punches; "
                "export it by USB",
                bytes(table.body[:4096]),
            )
        return layout

    def _latest_clock(self) -> datetime:
        """Return the later of both clocks: records are plausible up to either."""
        try:
            return max(self.clock(), datetime.now())
        except (TerminalRefused, MalformedReply) as error:
            log.warning("%s: no clock to compare with: %s", self._info.serial, error)
            return datetime.now()

    def _user_ids(self) -> dict[int, str]:
        return {user.uid: user.user_id for user in self.users() if user.uid is not None}


def _open_link(options: "ZkTerminal.Options") -> Link:
    if options.transport == "serial":
        return SerialLink(options)
    if options.transport == "udp":
        return UdpLink(options.host, options.port)
    return TcpLink(options.host, options.port, min(CONNECT_S, options.timeout_s))


def _is_blank(entry: Entry) -> bool:
    return isinstance(entry, BadRecord) and entry.kind == "blank"


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _shown(text: str) -> str:
    """Return a terminal's own description, fit to be shown: it may hold anything."""
    return "".join(letter for letter in text if _is_plain(letter))[:100]
