"""pyzk, fenced in: our guard for its socket, no ping, and tables checked before it decodes them.

pyzk divides the size of a table by a count taken earlier and takes the result for the size of a
record, 40 where it is none it knows. A punch in between, or the 49-byte records of newer face
models, then come out as other people at other times. So a table whose size does not follow exactly
from its count and a record that pyzk knows is refused.
"""

import struct
from typing import Any

from zk import ZK, const

from drivers.errors import MalformedReply, TerminalBusy, TerminalRefused, UndecidableLog
from drivers.pyzk.guard import Guard

LOG_SIZES = (8, 16, 40)
USER_SIZES = (28, 72)
FEW = 3  # as many records may arrive while a log is read

_UNKNOWN = -1


class _NoProbe:
    """In place of pyzk's helper, which pings through a shell and connects once for nothing."""

    def test_tcp(self) -> int:
        return 0  # the connection stands already


class Library(ZK):  # type: ignore[misc]  # pyzk has no types
    """A pyzk client that speaks through a guard and never decodes what it would misread."""

    def __init__(self, guard: Guard, peer: str, *, comm_key: int, datagram: bool) -> None:
        super().__init__(peer, password=comm_key, force_udp=datagram, ommit_ping=True)
        self._ZK__sock: Any
        self._ZK__sock.close()  # pyzk opens one before it is asked to connect
        self.helper = _NoProbe()
        self.table = b""
        """The records of the last log read, as they came."""
        self._guard = guard
        self._peer = peer

    def _ZK__create_socket(self) -> None:  # noqa: N802 - this is how pyzk's private name is spelt
        self._ZK__sock = self._guard

    def count(self) -> int | None:
        """Return how many records the terminal says it holds, None where it does not say."""
        self.records = _UNKNOWN  # pyzk leaves it as it was where the answer is too short
        self.read_sizes()
        return None if self.records == _UNKNOWN else int(self.records)

    def read_with_buffer(self, command: int, fct: int = 0, ext: int = 0) -> tuple[bytes, int]:
        """Read a table and check it. pyzk calls this before it decodes."""
        data, size = super().read_with_buffer(command, fct, ext)
        if command == const.CMD_ATTLOG_RRQ:
            self._check("log", data, self.records, LOG_SIZES)
            self.table = data[4:]
        else:
            self._check("user table", data, self.users, USER_SIZES)
        return data, size

    def _check(self, what: str, data: Any, count: int, sizes: tuple[int, ...]) -> None:
        total = len(data) - 4
        if total < 0 or total != struct.unpack_from("<I", data)[0]:
            raise MalformedReply(f"{self._peer} handed out a part of its {what}", bytes(data))
        if count == _UNKNOWN:
            raise TerminalRefused(
                f"{self._peer} does not tell how many records it holds, which pyzk needs; set "
                f'driver = "zk"'
            )
        if any(total == count * size for size in sizes) and (count or not total):
            self._doubt(what, data, count)
            return
        if any(total == (count + late) * size for size in sizes for late in range(1, FEW + 1)):
            raise TerminalBusy(
                f"{self._peer} recorded something while we read its {what}; try again, and if it "
                f'stays so, set driver = "zk"'
            )
        raise UndecidableLog(
            f"{self._peer} counts {count} and hands out {total} bytes of {what}: no record that "
            f'pyzk knows; set driver = "zk"'
        )

    def _doubt(self, what: str, data: bytes, count: int) -> None:
        """Rule out the readings that have the same size as the one pyzk is about to choose."""
        total = len(data) - 4
        if what != "log" or not total:
            return
        if total == count * 16 and count <= FEW and self.count() != count:  # twice as many of 8
            raise TerminalBusy(f"{self._peer} recorded something while we read its log; try again")
        if total == count * 8 and not any(data[7::8]):  # low bytes of the time, never all 0
            raise UndecidableLog(
                f"{self._peer} has the 8-byte records of ZEM500 units, which pyzk misreads; set "
                f'driver = "zk"'
            )
