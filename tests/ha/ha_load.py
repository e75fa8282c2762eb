"""Offices that never rest: fingers touch, forwarders send, and the receipts are watched."""

import logging
import random
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from ha_parts import Office

PAUSE_S = 0.25
LOOK_S = 0.1


class Load:
    """Offices under load, from the `with` on; `acknowledged` is what centres gave receipts for."""

    def __init__(self, offices: Sequence[Office], url: str, ca: Path, log: Path) -> None:
        self.offices = offices
        self._stack = ExitStack()
        self._no_more = threading.Event()
        self._stop = threading.Event()
        self._seen: list[tuple[float, int]] = []
        self._log = logging.FileHandler(log, encoding="utf-8")
        loops = [self._touch, self._watch]
        for office in offices:
            centre = self._stack.enter_context(office.centre(url, ca, timeout_s=30))
            forwarder = office.forwarder(centre, random=random.random)
            loops.append(lambda one=forwarder: one.run(self._stop))
        self._threads = [threading.Thread(target=loop) for loop in loops]

    @property
    def acknowledged(self) -> int:
        return self._seen[-1][1] if self._seen else 0

    def waiting(self) -> int:
        return sum(one.outbox.counts().waiting for one in self.offices)

    def longest_silence_s(self, since: float) -> float:
        """Return for how long at most no punch of any office was acknowledged since then."""
        times = [since]
        before = None
        for at, count in list(self._seen):
            if at >= since and before is not None and count > before:
                times.append(at)
            before = count
        return max((b - a for a, b in pairwise(times)), default=0.0)

    def rest(self) -> None:
        """Touch no more; what waits is still sent."""
        self._no_more.set()

    def __enter__(self) -> Self:
        logging.getLogger("bridge").addHandler(self._log)
        logging.getLogger("bridge").propagate = False
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._no_more.set()
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._stack.close()
        logging.getLogger("bridge").removeHandler(self._log)
        self._log.close()

    def _touch(self) -> None:
        while not self._no_more.wait(PAUSE_S):
            for office in self.offices:
                office.touch(random.randint(1, 5))

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_S):
            sent = sum(one.outbox.counts().sent for one in self.offices)
            self._seen.append((time.monotonic(), sent))
