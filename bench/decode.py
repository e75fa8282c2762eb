"""How fast a log is decoded: our decoder against bare `struct`, and against pyzk.

    python bench/decode.py

Prints one line a comparison and ends with 1 if a bar is missed. Both sides of a comparison run in
turn on the same bytes in the same process; processor time and the median of the ratios count, so
that a busy machine slows both. What comes out is compared first: a fast wrong answer is none.
"""

import gc
import struct
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from zk import ZK, const

from drivers.base import RawPunch
from drivers.zk.records import decode_records, encode_punch

LARGE, SMALL = 200_000, 100_000
ROUNDS = 7
STRUCT_BAR = 2.0  # at most so many times the time of bare struct
PYZK_BAR = 50.0  # at most one in so many of pyzk's time
LINEAR_BAR = 2.4  # twice the records, at most so many times the time
PYZK_ROUNDS = 3  # each takes pyzk many seconds

RECORD = struct.Struct("<2x24sBIBI4x")
RAW = struct.Struct("40s")


def made_up(records: int) -> bytes:
    """Return the log of an office of 300 that has punched for years."""
    start = datetime(2019, 1, 1, 6, 30)
    return b"".join(
        encode_punch(
            "40",
            uid=number % 300 + 1,
            user_id=f"19800101200501{number % 300:04}",
            local_time=start + timedelta(seconds=937 * number),
            state=number % 2,
            verify=1,
        )
        for number in range(records)
    )


def ours(log: bytes) -> list[RawPunch]:
    """Decode as the bridge does."""
    return list(decode_records("40", log))  # type: ignore[arg-type]  # no bad record is among them


def bare(log: bytes) -> list[RawPunch]:
    """Make the same objects in the plainest loop over struct.iter_unpack, trusting every byte."""
    return [
        RawPunch(
            user_id.rstrip(b"\0").decode(),
            datetime(
                packed // 32_140_800 + 2000,
                packed // 2_678_400 % 12 + 1,
                packed // 86_400 % 31 + 1,
                packed // 3600 % 24,
                packed // 60 % 60,
                packed % 60,
            ),
            state,
            verify,
            str(work) if work else "",
            raw,
        )
        for (raw,), (user_id, verify, packed, state, work) in zip(
            RAW.iter_unpack(log), RECORD.iter_unpack(log), strict=True
        )
    ]


class Offline(ZK):  # type: ignore[misc]  # pyzk has no types
    """pyzk with its transport taken away: what is left of get_attendance is its parsing."""

    def __init__(self, log: bytes) -> None:
        super().__init__("offline", ommit_ping=True)
        self._ZK__sock: Any
        self._ZK__sock.close()
        self._log = struct.pack("<I", len(log)) + log

    def read_sizes(self) -> bool:
        self.records = len(self._log) // 40
        return True

    def get_users(self) -> list[Any]:
        return []

    def read_with_buffer(self, command: int, fct: int = 0, ext: int = 0) -> tuple[bytes, int]:
        assert (command, fct, ext) == (const.CMD_ATTLOG_RRQ, 0, 0)
        return self._log, len(self._log)


def pyzks(log: bytes) -> list[Any]:
    """Decode as pyzk does, and nothing else of it."""
    return list(Offline(log).get_attendance())


def seconds(decode: Callable[[bytes], list[Any]], log: bytes) -> float:
    """Return the processor time of one decoding, without the collector, as timeit does."""
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        made = decode(log)
        taken = time.process_time() - begun
    finally:
        gc.enable()
    assert len(made) == len(log) // 40
    return taken


def compared(
    left: tuple[Callable[[bytes], list[Any]], bytes],
    right: tuple[Callable[[bytes], list[Any]], bytes],
    rounds: int,
) -> tuple[float, float, float]:
    """Return the median times of both sides and the median of left by right, taken in turn."""
    pairs = [(seconds(*left), seconds(*right)) for _ in range(rounds)]
    lefts, rights = zip(*pairs, strict=True)
    return median(lefts), median(rights), median(one / other for one, other in pairs)


def report(what: str, value: float, bar: float, *, at_most: bool, detail: str) -> bool:
    """Print one comparison; return whether the bar is kept."""
    kept = value <= bar if at_most else value >= bar
    limit = f"{'at most' if at_most else 'at least'} {bar:g}"
    print(f"{'ok' if kept else 'MISSED':6}  {what:42} {value:8.2f}x  ({limit})  {detail}")
    return kept


def main() -> int:
    """Run the three comparisons."""
    large = made_up(LARGE)
    small = large[: SMALL * 40]
    assert ours(large) == bare(large)
    some = small[: 2_000 * 40]
    told = ((one.user_id, one.timestamp, one.punch, one.status) for one in pyzks(some))
    assert list(told) == [punch[:4] for punch in ours(some)]

    kept = []
    left, right, ratio = compared((ours, large), (bare, large), ROUNDS)
    detail = f"{left * 1000:.0f} ms against {right * 1000:.0f} ms"
    kept.append(report(f"{LARGE:,} records, our time by bare struct's", ratio, STRUCT_BAR,
                       at_most=True, detail=detail))  # fmt: skip
    left, right, ratio = compared((ours, large), (ours, small), ROUNDS)
    detail = f"{left * 1000:.0f} ms against {right * 1000:.0f} ms"
    kept.append(report(f"{LARGE:,} records, time by that of {SMALL:,}", ratio, LINEAR_BAR,
                       at_most=True, detail=detail))  # fmt: skip
    left, right, ratio = compared((pyzks, small), (ours, small), PYZK_ROUNDS)
    detail = f"{left:.1f} s against {right * 1000:.0f} ms"
    kept.append(report(f"{SMALL:,} records, pyzk's time by ours", ratio, PYZK_BAR,
                       at_most=False, detail=detail))  # fmt: skip
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
