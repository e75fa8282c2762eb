"""A ZK log as it was read: one piece of bytes, cut into records only when they are looked at."""

import hashlib
import struct
from collections.abc import Iterator, Mapping

from drivers.base import Entry, Log, held_from, held_place
from drivers.zk.records import LAYOUTS, LayoutName, decode_records

_AT_A_TIME = 4096


class ZkLog(Log):
    """The log of one read. 200,000 records cost their own eight megabytes and no more."""

    positional = True

    def __init__(
        self,
        serial: str,
        body: bytes | memoryview,
        layout: LayoutName | None,
        *,
        claimed: int | None = None,
        user_ids: Mapping[int, str] | None = None,
        swap_codes: bool = False,
        start: int = 0,
    ) -> None:
        if layout is None and body:
            raise ValueError("a log with records needs their layout")
        self.serial = serial
        self.claimed = claimed
        self.start = start
        self._layout: LayoutName = layout or "40"
        self.layout = self._layout
        self._size = LAYOUTS[self._layout].size
        self._body = memoryview(body)
        self._user_ids = user_ids
        self._swap_codes = swap_codes

    def __len__(self) -> int:
        return self.start + len(self._body) // self._size

    def raw(self, index: int) -> bytes:
        place = held_place(self, index)
        return bytes(self._body[place * self._size : (place + 1) * self._size])

    def digest(self, count: int) -> bytes:
        if self.start:
            raise ValueError("the beginning of this log was not read")
        digest = hashlib.sha256()
        length = self._size.to_bytes(4, "little")
        record = struct.Struct(f"{self._size}s")
        end = min(count, len(self)) * self._size
        step = _AT_A_TIME * self._size
        for at in range(0, end, step):
            piece = self._body[at : min(at + step, end)]
            digest.update(length + length.join(raw for (raw,) in record.iter_unpack(piece)))
        return digest.digest()

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return decode_records(
            self._layout,
            self._body[held_from(self, start) * self._size :],
            user_ids=self._user_ids,
            swap_codes=self._swap_codes,
        )
