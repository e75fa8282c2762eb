"""A simulated door panel: what it answers to a frame that came over its line.

No ports here: see `serial` for the lines it can hang on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from drivers.c3 import commands
from drivers.c3.codec import FIRST_NUMBERS, Frame, FrameReader, encode, in_session
from drivers.c3.tables import pack_time

DESCRIPTION = (
    "user=1,UID=i1,CardNo=i2,Pin=i3,Password=s4\n"
    "transaction=5,Cardno=i1,Pin=i2,Verified=i3,DoorID=i4,EventType=i5,InOutState=i6,"
    "Time_second=i7\n"
)
TABLE = 5
_SESSION = 0x66EB


class Transaction(NamedTuple):
    """One row of a panel's log."""

    pin: int
    local_time: datetime
    kind: int = 0
    verified: int = 1
    in_out: int = 0
    card: int = 0
    door: int = 1


class C3Unit:
    """One panel with its transactions; a `Unit` of `serial`."""

    def __init__(
        self,
        transactions: Iterable[Transaction] = (),
        *,
        serial: str = "DDG8130016092200401",
        password: str = "",
        sessions: bool = True,
        clock: Callable[[], datetime] | None = datetime.now,
    ) -> None:
        """`sessions`: knows the greeting with a session; older panels do not."""
        self.transactions = list(transactions)
        self.commands_seen: Counter[int] = Counter()
        self.lagging = False
        """Answers stay one message behind."""
        self.refusing: Mapping[int, int] = {}
        """Command to the error it is answered with."""
        self._serial = serial
        self._password = password
        self._sessions = sessions
        self._clock = clock
        self._reader = FrameReader()
        self._in_session = False
        self._late: list[bytes] = []

    def hear(self, data: bytes) -> list[bytes]:
        """Answer whole questions."""
        self._reader.feed(data)
        said = []
        while asked := self._reader.next_frame():
            self.commands_seen[asked.command] += 1
            said.append(self._answer(asked))
        if self.lagging:
            said, self._late = self._late, said
        return said

    def _answer(self, asked: Frame) -> bytes:
        if asked.command in (commands.CONNECT, commands.CONNECT_SESSION):
            return self._greet(asked)
        if self._in_session:
            asked = in_session(asked)
        if asked.command in self.refusing:
            return self._refuse(self.refusing[asked.command], asked.numbers)
        data = self._data(asked)
        if data is None:
            return self._refuse(commands.NO_SUCH_COMMAND, asked.numbers)
        return encode(Frame(commands.OK, data, asked.numbers))

    def _greet(self, asked: Frame) -> bytes:
        wants_session = asked.command == commands.CONNECT_SESSION
        if wants_session and not self._sessions:
            return self._refuse(commands.NO_SUCH_COMMAND, None)
        given = (in_session(asked) if wants_session else asked).data
        if given.decode() != self._password:
            return self._refuse(commands.WRONG_PASSWORD, None)
        self._in_session = wants_session
        numbers = (_SESSION, FIRST_NUMBERS[1]) if wants_session else None
        return encode(Frame(commands.OK, b"", numbers))

    def _refuse(self, code: int, numbers: tuple[int, int] | None) -> bytes:
        return encode(Frame(commands.ERROR, code.to_bytes(1, signed=True), numbers))

    def _data(self, asked: Frame) -> bytes | None:
        match asked.command:
            case commands.GET_PARAMETERS:
                return self._parameters(asked.data.decode())
            case commands.DESCRIBE_TABLES:
                return DESCRIPTION.encode()
            case commands.READ_TABLE if asked.data[0] == TABLE:
                return self._table(asked.data)
            case commands.DISCONNECT:
                return b""
        return None

    def _parameters(self, names: str) -> bytes | None:
        known = {"~SerialNumber": self._serial, "DeviceName": "C3-400", "FirmVer": "AC Ver 4.3.4"}
        if self._clock:
            known["DateTime"] = str(pack_time(self._clock()))
        if names not in known and "," not in names:
            return None
        return ",".join(f"{name}={known.get(name, '')}" for name in names.split(",")).encode()

    def _table(self, asked: bytes) -> bytes:
        fields = asked[2 : 2 + asked[1]]
        rows = bytearray(asked[: 2 + asked[1]])
        for one in self.transactions:
            values = (
                one.card, one.pin, one.verified, one.door, one.kind, one.in_out,
                pack_time(one.local_time),
            )  # fmt: skip
            for number in fields:
                value = values[number - 1]
                size = max(1, (value.bit_length() + 7) // 8)
                rows += bytes([size]) + value.to_bytes(size, "little")
        return bytes(rows)
