"""ZK terminals through the pyzk library: a second opinion behind the same contract.

Where pyzk and `drivers.zk` read a log alike, the punches are the same to the byte, so the driver of
a terminal may be changed at any time. What pyzk cannot do, this cannot: one impossible date stops
it, it knows records of 8, 16 and 40 bytes only (8 in their older form), needs a terminal that tells
its count, tells no work codes, and takes time that grows with the square of the log. What it would
misread is refused.

pyzk's `status` is our verify and its `punch` our state; on 16-byte records it takes the two bytes
the other way round than the evidence does, and we follow the evidence, as `drivers.zk` does.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from zk import const
from zk.exception import ZKErrorResponse

from drivers.base import (
    BadRecord,
    Capability,
    Entry,
    ListLog,
    Log,
    RawPunch,
    Terminal,
    TerminalInfo,
    User,
)
from drivers.errors import (
    DriverError,
    KeyRejected,
    MalformedReply,
    MustPush,
    NotSupported,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.links import Link, TcpLink, UdpLink
from drivers.pyzk.guard import Guard
from drivers.pyzk.library import Library

CONNECT_S = 5.0
PLAIN, WHOLE = 12, 180  # time-outs: for a few short questions, for a whole log
BRIEF = 0.1  # for a farewell to somebody who may be gone

_HOST = re.compile(r"[0-9A-Za-z][0-9A-Za-z.:_-]{0,252}")
_UNAUTHORISED, _ERROR = 2005, 2001
_SECURE = (2032, 6001)


class PyzkTerminal(Terminal):
    """One ZK terminal behind pyzk, connected and authorised from construction to close."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """Settings of one terminal. ValueError names the one that cannot be."""

        host: str
        """Its name or address."""
        port: int = 4370
        transport: Literal["tcp", "udp"] = "tcp"
        comm_key: int = field(default=0, repr=False)
        """The number in its Comm menu."""
        timeout_s: float = 10.0
        """How long one answer may take; preparing a full log gets twelve times as long."""

        def __post_init__(self) -> None:
            if not _HOST.fullmatch(self.host):
                raise ValueError(f"host: {self.host!r} is not a plain name or address")
            if not 0 < self.port < 65_536:
                raise ValueError(f"port: {self.port} is not between 1 and 65535")
            if not 0 < self.timeout_s <= 600:
                raise ValueError(f"timeout_s: {self.timeout_s} is not between 0 and 600")

    def __init__(self, options: Options) -> None:
        link: Link
        if options.transport == "udp":
            link = UdpLink(options.host, options.port)
        else:
            link = TcpLink(options.host, options.port, min(CONNECT_S, options.timeout_s))
        self._peer = link.peer
        self._guard = Guard(link, options.timeout_s)
        self._zk = Library(
            self._guard, link.peer, comm_key=options.comm_key, datagram=link.datagram
        )
        self._closed = False
        try:
            with self._foreign_faults():
                self._zk.connect()
            self._info = self._introduce()
        except BaseException:
            self.close()
            raise

    def info(self) -> TerminalInfo:
        return self._info

    def clock(self) -> datetime:
        with self._foreign_faults():
            now: datetime = self._zk.get_time()
        return now

    def users(self) -> list[User]:
        if Capability.USERS not in self._info.can:  # pyzk would say that there are none
            raise NotSupported(f"{self._peer} does not tell how many users it holds")
        with self._foreign_faults():
            found = self._zk.get_users()
        return [_user(one) for one in found]

    def read(self) -> Log:
        with self._foreign_faults(WHOLE):
            claimed = self._zk.count()
            try:
                touches = self._zk.get_attendance() if claimed != 0 else self._nothing()
            except ValueError as error:
                raise MalformedReply(
                    f"the log of {self._peer} holds a date that does not exist, and pyzk gives up "
                    f'on such a log; set driver = "zk", which reports that record and goes on'
                ) from error
        records = self._zk.table if touches else b""
        self._zk.table = b""
        size = len(records) // len(touches) if touches else 1
        if size * len(touches) != len(records):
            raise MalformedReply(f"pyzk made {len(touches)} punches of {len(records)} bytes")
        entries = [
            _entry(touch, records[place * size : (place + 1) * size])
            for place, touch in enumerate(touches)
        ]
        return ListLog(self._info.serial, entries, claimed=claimed)

    def close(self) -> None:
        if not self._closed and self._guard.code:  # a session was begun, perhaps refused
            self._guard.begin(1 if self._guard.fault is None else BRIEF)
            self._zk.is_connect = True  # else pyzk leaves without a word
            for farewell in (self._zk.free_data, self._zk.disconnect):
                with suppress(Exception):  # politeness only: whatever is wrong now, we are leaving
                    farewell()
        self._closed = True
        self._guard.close()

    def _introduce(self) -> TerminalInfo:
        with self._foreign_faults():
            serial = self._zk.get_serialnumber().strip()
        if not serial.isascii() or not serial.isprintable() or not 0 < len(serial) <= 64:
            raise TerminalRefused(
                f"{self._peer} tells no serial number, so nobody could say whose punches these are"
            )
        model, platform, firmware = (
            self._told(ask)
            for ask in (
                self._zk.get_device_name,
                self._zk.get_platform,
                self._zk.get_firmware_version,
            )
        )
        with self._foreign_faults():
            records = self._zk.count()
        counts = records is not None
        tables = {Capability.COUNT, Capability.USERS} if counts else set()
        return TerminalInfo(
            serial=serial,
            model=model,
            platform=platform,
            firmware=firmware,
            records=records,
            capacity=self._zk.rec_cap if counts else None,
            users=self._zk.users if counts else None,
            can=frozenset({Capability.CLOCK} | tables),
        )

    def _told(self, ask: Callable[[], str]) -> str:
        """Return what a terminal tells about itself, empty where it does not."""
        with self._foreign_faults():
            try:
                return "".join(sign for sign in ask() if sign.isprintable()).strip()
            except (ZKErrorResponse, UnicodeDecodeError):
                return ""

    def _nothing(self) -> list[Any]:
        """Make sure that a terminal which counts no record holds none."""
        try:
            self._zk.read_with_buffer(const.CMD_ATTLOG_RRQ)
        except ZKErrorResponse:
            if self._guard.code != _ERROR:  # which many say when there is nothing to read
                raise
        return []

    @contextmanager
    def _foreign_faults(self, timeouts: int = PLAIN) -> Iterator[None]:
        """Let nothing but our own errors out of a call to pyzk."""
        if self._closed:
            raise TerminalUnreachable(f"{self._peer} is closed; open it again")
        self._guard.begin(timeouts)
        try:
            yield
        except DriverError:
            raise
        except Exception as error:  # pyzk lets out whatever Python raises on rubbish
            if self._guard.fault is not None:  # ours, which pyzk wraps in its own
                raise self._guard.fault  # noqa: B904 - it has its own cause
            if isinstance(error, ZKErrorResponse):
                raise self._refusal(error) from error
            raise MalformedReply(
                f"pyzk cannot make sense of what {self._peer} sends ({error!r})"
            ) from error

    def _refusal(self, error: ZKErrorResponse) -> DriverError:
        code = self._guard.code
        if code == _UNAUTHORISED:
            return KeyRejected(
                f'{self._peer} rejects our key; compare "comm_key" with its Comm menu'
            )
        if code in _SECURE:
            return MustPush(
                f"{self._peer} has encrypted firmware (code {code}); carry its log by USB, or this "
                "terminal must push"
            )
        return TerminalRefused(f'{self._peer} answers code {code} ({error}); try driver = "zk"')


def _user(found: Any) -> User:
    placeholder = f"NN-{found.user_id}"  # what pyzk calls somebody without a name
    return User(found.user_id, found.uid, "" if found.name == placeholder else found.name)


def _entry(touch: Any, raw: bytes) -> Entry:
    if not any(raw):
        return BadRecord(raw, "blank", "the slot was never written", "")
    if not _has_user_id(raw):
        return BadRecord(raw, "user-id", "it holds no readable user id", "")
    state, verify = touch.punch, touch.status
    if len(raw) == 16:
        state, verify = verify, state
    return RawPunch(touch.user_id.strip(" "), touch.timestamp, state, verify, "", raw)


def _has_user_id(raw: bytes) -> bool:
    """Return whether a record names somebody; pyzk drops the signs of an id that it cannot read."""
    if len(raw) < 40:
        return any(raw[:2] if len(raw) == 8 else raw[:4])
    user_id = raw[2:26].split(b"\0", 1)[0].decode("latin-1").strip(" ")
    return bool(user_id) and user_id.isascii() and user_id.isprintable()
