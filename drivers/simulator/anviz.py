"""A simulated Anviz terminal: what it answers to a question that came over its line.

No ports here: see `serial` for the lines it can hang on. Clearing is really carried out, so that a
driver which asks for it is found out by what it did.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from drivers.anviz import commands
from drivers.anviz.codec import Frame, FrameReader, encode
from drivers.anviz.records import EPOCH, encode_record, encode_time
from drivers.simulator.touches import Touch

CLEAR = 0x4E
_FAILED = 0x01
_NEXT, _AGAIN = 0x00, 0x10


class AnvizUnit:
    """One terminal with its log; a `Unit` of `serial`."""

    def __init__(
        self,
        *,
        device: int = 1,
        serial: int = 20_260_001,
        touches: Iterable[Touch] = (),
        names: dict[str, str] | None = None,
        clock: Callable[[], datetime] = datetime.now,
        epoch: datetime = EPOCH,
        extended_users: bool = False,
    ) -> None:
        """`extended_users`: knows only the newer form of its user table."""
        self.device = device
        self.records: list[bytes] = []
        self.refusing: set[int] = set()
        """Commands answered with a failure."""
        self.commands_seen: Counter[int] = Counter()
        self._serial = serial
        self._clock = clock
        self._epoch = epoch
        self._names = names or {}
        self._extended = extended_users
        self._reader = FrameReader()
        self._places = {commands.DOWNLOAD_RECORDS: 0}
        self._last: dict[int, bytes] = {}
        for touch in touches:
            self.add(touch)

    def add(self, touch: Touch) -> None:
        """Record a touch. ValueError where there is no room for it."""
        self.records.append(
            encode_record(
                touch.user_id,
                touch.local_time,
                state=touch.state,
                verify=touch.verify,
                work_code=touch.work_code,
                epoch=self._epoch,
            )
        )

    def hear(self, data: bytes) -> list[bytes]:
        """Answer the questions that are meant for this terminal."""
        self._reader.feed(data)
        said = []
        while frame := self._reader.next_frame():
            if frame.result is None and frame.device in (0, self.device):
                self.commands_seen[frame.command] += 1
                said.append(encode(self._answer(frame)))
        self._reader.clear()  # a question always comes in one go; what is left was noise
        return said

    def _answer(self, asked: Frame) -> Frame:
        data = None if asked.command in self.refusing else self._data(asked)
        result = _FAILED if data is None else commands.SUCCESS
        return Frame(self.device, asked.command, result, data or b"")

    def _data(self, asked: Frame) -> bytes | None:
        """Return what the answer holds, None for a refusal."""
        if asked.command == CLEAR and asked.data[:1] == b"\0":
            self.records.clear()
        if asked.command == commands.DOWNLOAD_RECORDS:
            return self._block(asked, self.records)
        if asked.command in (commands.DOWNLOAD_USERS, commands.DOWNLOAD_USERS_EXTENDED):
            newer = asked.command == commands.DOWNLOAD_USERS_EXTENDED
            return self._block(asked, self._users(newer)) if newer == self._extended else None
        counts = (len(self._names), 0, 0, 0, len(self.records), len(self.records))
        plain = {
            commands.GET_TIME: encode_time(self._clock()),
            commands.RECORD_INFO: b"".join(count.to_bytes(3) for count in counts),
            commands.SERIAL_NUMBER: self._serial.to_bytes(4),
            commands.TYPE_CODE: b"TC550\0\0\0",
            commands.CAPACITY: (2_000).to_bytes(3) * 2 + (50_000).to_bytes(3),
            CLEAR: bytes(3),
        }
        return plain.get(asked.command)

    def _block(self, asked: Frame, rows: list[bytes]) -> bytes | None:
        which, amount = asked.data
        if which == _AGAIN:
            return self._last.get(asked.command)
        place = self._places.get(asked.command, 0) if which == _NEXT else 0
        block = rows[place : place + amount]
        self._places[asked.command] = place + len(block)
        self._last[asked.command] = bytes([len(block)]) + b"".join(block)
        return self._last[asked.command]

    def _users(self, newer: bool) -> list[bytes]:
        """Return its user table; each has a password and a card, which no driver may show."""
        rows = []
        for user_id, name in self._names.items():
            head = int(user_id).to_bytes(5) + b"\x40\x30\x39"
            if not newer:
                rows.append(head + b"\0\xab\xcd" + name.encode()[:10].ljust(10, b"\0") + bytes(6))
            else:
                wide = name.encode("utf-16-be")[:20].ljust(20, b"\0")
                rows.append(head + b"\0\0\xab\xcd" + wide + bytes(8))
        return rows
