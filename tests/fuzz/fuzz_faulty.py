"""Decoders that break each promise once in a while: the fuzzer must find them out."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from fuzz_loop import Prepare, Trial

_kept: list[bytes] = []


def _when_long(act: Callable[[], object]) -> Prepare:
    """Return a target that does something where an input has grown to 30 bytes."""

    def prepare() -> AbstractContextManager[Trial]:
        return _prepared(lambda data: act() if len(data) >= 30 else None)

    return prepare


@contextmanager
def _prepared(run: Callable[[bytes], object]) -> Iterator[Trial]:
    yield Trial(run, [b"five "], allowed=(ValueError,))


def _refuse() -> None:
    raise ValueError("a declared error")


def _trip() -> None:
    raise KeyError("an undeclared one")


refuses = _when_long(_refuse)
trips = _when_long(_trip)
hangs = _when_long(lambda: time.sleep(60))
hoards = _when_long(lambda: _kept.append(b"x" * (32 << 20)))
dies = _when_long(lambda: os._exit(3))
