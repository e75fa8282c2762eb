"""One target in a process of its own: inputs that reach new code are kept and made worse.

Each input lies in the mailbox, a file in memory, while it is tried. So whoever watches from outside
can name it, whether it hangs, eats all memory or takes the process with it.
"""

import logging
import mmap
import os
import resource
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from fuzz_mutation import MAX_INPUT, Mutator

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / wing}{os.sep}" for wing in ("bridge", "drivers", "ingest"))
MOST_FINDINGS = 10
MOST_KEPT = 4_000
SHRINK_S = 1.0
TELLS_EVERY_S = 1.0
TRACED = 2_048  # longer inputs repeat code at length, and tracing is slow
ADDRESS_SPACE = 6 << 30  # an input that asks for more gets MemoryError, and not the machine


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: `run` takes an input and may raise `allowed`, nothing else."""

    run: Callable[[bytes], object]
    seeds: list[bytes]
    allowed: tuple[type[Exception], ...] = ()
    words: tuple[bytes, ...] = ()
    """What the format is made of."""


Prepare = Callable[[], AbstractContextManager[Trial]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What no input may go beyond."""

    input_s: float
    grows_mib: int
    """Resident memory over what it was after the seeds, at any moment."""


@dataclass(slots=True)
class Finding:
    """An input that broke the promise."""

    what: str
    data: bytes


@dataclass(slots=True)
class Tally:
    """What came of one target."""

    inputs: int = 0
    kept: int = 0
    steps: int = 0
    """Different steps from line to line in our own code."""
    slowest_s: float = 0.0
    grew_kib: int = 0
    findings: list[Finding] = field(default_factory=list)


class Mailbox:
    """Where the input being tried lies, for two processes."""

    _HEAD = struct.Struct("<dI")
    SIZE = _HEAD.size + MAX_INPUT

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), self.SIZE)

    @classmethod
    def create(cls, path: Path) -> "Mailbox":
        path.write_bytes(bytes(cls.SIZE))
        return cls(path)

    def put(self, data: bytes) -> None:
        self._map[self._HEAD.size : self._HEAD.size + len(data)] = data
        self._HEAD.pack_into(self._map, 0, time.monotonic(), len(data))

    def clear(self) -> None:
        self._HEAD.pack_into(self._map, 0, 0.0, 0)

    def overdue(self, limit_s: float) -> bool:
        since, _ = self._HEAD.unpack_from(self._map)
        return bool(since) and time.monotonic() - since > limit_s

    def data(self) -> bytes:
        _, length = self._HEAD.unpack_from(self._map)
        return self._map[self._HEAD.size : self._HEAD.size + length]


class Steps:
    """Remembers each step from one line of our code to the next, in threads begun later too."""

    def __init__(self) -> None:
        self.seen: set[tuple[int, int]] = set()
        self._counts = False
        threading.settrace(self._enter)

    def __enter__(self) -> None:
        self._counts = True
        sys.settrace(self._enter)

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        self._counts = False

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if not self._counts or not code.co_filename.startswith(OURS):
            return None
        seen, place, last = self.seen, id(code) << 16, 0

        def step(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal last
            here = place | frame.f_lineno
            seen.add((last, here))
            last = here
            return step

        return step


def prepared(place: str) -> AbstractContextManager[Trial]:
    """Return the target that `module:function` prepares."""
    module, _, name = place.partition(":")
    prepare: Prepare = getattr(import_module(module), name)
    return prepare()


def work(
    place: str, seed: str, seconds: float, bounds: Bounds, mailbox: Path, result: Connection
) -> None:
    """Try one target for so long and send a Tally after every finding and at the end."""
    logging.getLogger().addHandler(logging.NullHandler())  # a refusal a line would be the output
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    steps = Steps()
    with prepared(place) as trial:
        _Loop(trial, steps, seed, bounds, Mailbox(mailbox), result).run(seconds)


class _Loop:
    def __init__(
        self,
        trial: Trial,
        steps: Steps,
        seed: str,
        bounds: Bounds,
        mailbox: Mailbox,
        result: Connection,
    ) -> None:
        self._trial = trial
        self._bounds = bounds
        self._mailbox = mailbox
        self._result = result
        self._random = Random(seed)
        self._mutator = Mutator(self._random, trial.words)
        self._steps = steps
        self._kept: list[bytes] = []
        self._known: set[str] = set()
        self._base_kib = 0
        self._tally = Tally()

    def run(self, seconds: float) -> None:
        for data in self._trial.seeds:
            self._try(data[:MAX_INPUT])
        self._kept += [data for data in self._trial.seeds if data not in self._kept]
        self._base_kib = _peak_kib()
        end, tells_at = time.monotonic() + seconds, 0.0
        while time.monotonic() < end and len(self._tally.findings) < MOST_FINDINGS:
            if time.monotonic() > tells_at:  # so that what hangs later has not been for nothing
                self._tell(done=False)
                tells_at = time.monotonic() + TELLS_EVERY_S
            one, other = self._random.choice(self._kept), self._random.choice(self._kept)
            if not self._try(self._mutator.change(one, other)):
                break
        self._tell(done=True)

    def _try(self, data: bytes) -> bool:
        """Try one input; False where it took memory, after which nothing can be measured."""
        tally = self._tally
        before, began = len(self._steps.seen), time.monotonic()
        self._mailbox.put(data)
        what = fault_of(self._trial, data, self._steps if len(data) <= TRACED else None)
        self._mailbox.clear()
        tally.inputs += 1
        tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
        if len(self._steps.seen) > before and len(self._kept) < MOST_KEPT:
            self._kept.append(data)
        if what and what not in self._known:
            self._add(what, self._shrunk(what, data))
        if not self._base_kib:
            return True
        tally.grew_kib = _peak_kib() - self._base_kib
        if tally.grew_kib > self._bounds.grows_mib << 10:
            self._add(f"memory grew by {tally.grew_kib >> 10} MiB", data)
            return False
        return True

    def _shrunk(self, what: str, data: bytes) -> bytes:
        """Return what is left of an input when every part that is not needed is taken away."""
        size, end = len(data) // 2, time.monotonic() + SHRINK_S
        while size:
            for start in range(0, len(data), size):
                less = data[:start] + data[start + size :]
                self._mailbox.put(less)
                if time.monotonic() > end:
                    return data
                if fault_of(self._trial, less) == what:
                    data = less
                    break
            else:
                size //= 2
        return data

    def _add(self, what: str, data: bytes) -> None:
        self._known.add(what)
        self._tally.findings.append(Finding(what, data))
        self._tell(done=False)

    def _tell(self, *, done: bool) -> None:
        self._tally.kept, self._tally.steps = len(self._kept), len(self._steps.seen)
        self._result.send((done, self._tally))


def fault_of(trial: Trial, data: bytes, steps: Steps | None = None) -> str | None:
    """Return what an input brings to light, in one line; None where all is well."""
    try:
        if steps is None:
            trial.run(data)
        else:
            with steps:
                trial.run(data)
    except trial.allowed:
        return None
    except Exception as error:  # noqa: BLE001 - whatever was not declared is what we look for
        return _where(error)
    return None


def _where(error: Exception) -> str:
    """Say what was raised and the last line of our own that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next((one for one in reversed(frames) if one.filename.startswith(OURS)), frames[-1])
    path = Path(place.filename)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    said = str(error).splitlines()[0][:160] if str(error) else ""
    return f"{type(error).__name__} at {shown}:{place.lineno} in {place.name}: {ascii(said)[1:-1]}"


def _peak_kib() -> int:
    """Return the most memory that was ever resident; `getrusage` would tell the parent's too."""
    status = Path("/proc/self/status").read_bytes()
    return int(status.partition(b"VmHWM:")[2].split(maxsplit=1)[0])
