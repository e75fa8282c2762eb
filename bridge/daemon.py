"""The daemon: one thread a terminal, one forwarder, one housekeeper, and a main loop that watches.

    threads    loops of their own; they meet only in the outbox
    main loop  waits for a signal, feeds systemd's watchdog while every loop makes progress
    stop       loops end at their next commit; a terminal in the middle of a read is told goodbye

Whatever stops it, nothing is lost: what is not committed is read again, what has no receipt is sent
again.
"""

import ctypes
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import sdnotify

from bridge import forwarder, listener, locks, statedir
from bridge.assembly import Parts, assemble, listener_of
from bridge.backoff import jittered
from bridge.config import Config
from bridge.errors import BridgeError
from bridge.health import Health
from bridge.loops import keep_on
from bridge.outbox import Outbox

log = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT)
TICK_S = 10.0
STOP_S = 8.0  # for all loops to come to their next commit
START_S = 60.0  # for a loop to begin, at the latest
STAGGER_S = 0.5  # between the first calls of two terminals
GOODBYE_S = 1.0  # from when on a terminal in the middle of a read is not waited for
DAY_S = 86_400
PRUNE_S = DAY_S / 4
HOUSEKEEPING = "housekeeping"
M_TRIM_THRESHOLD, M_ARENA_MAX = -1, -8  # of malloc.h


class Housekeeper:
    """Forgets rows that were settled so long ago that no centre will ask for them again."""

    def __init__(
        self, outbox: Outbox, *, keep_days: int, health: Health, clock: Callable[[], float]
    ) -> None:
        self._outbox = outbox
        self._keep_s = keep_days * DAY_S
        self._health = health
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Clear up now and then until stopped."""
        keep_on(self.step, stop, self._health, loop=HOUSEKEEPING, after_mistake_s=PRUNE_S)

    def step(self) -> float:
        """Clear up once; return the seconds to wait."""
        self._health.beat(HOUSEKEEPING, PRUNE_S)
        try:
            gone = self._outbox.prune(int(self._clock()) - self._keep_s)
        except BridgeError as error:
            log.warning("old rows could not be cleared away: %s", error)
            return PRUNE_S
        if gone:
            log.info("cleared away %d rows that were settled long ago", gone)
        return PRUNE_S


class Daemon:
    """All loops of a bridge, from `start` to `stop`."""

    def __init__(self, config: Config, parts: Parts, notify: Callable[[str], None]) -> None:
        """`notify` takes a line for systemd."""
        self._config = config
        self._parts = parts
        self._notify = notify
        self._stop = threading.Event()
        self._hanging: list[str] = []
        self._threads = self._loops()

    def start(self) -> None:
        """Start every loop. The watchdog counts them all from here on."""
        for thread in self._threads:
            self._parts.health.beat(thread.name, START_S + STAGGER_S * len(self._threads))
            thread.start()
        self._notify("READY=1")
        self.watch()

    def watch(self) -> None:
        """Feed the watchdog if every loop makes progress, and say how we are."""
        late = self._parts.health.late()
        if late and late != self._hanging:
            log.error("no progress: %s; the watchdog is not fed", ", ".join(late))
        self._hanging = late
        if not late:
            self._notify("WATCHDOG=1")
        try:
            told = self._parts.health.line(self._parts.outbox.counts().waiting)
        except BridgeError as error:
            told = str(error)
        self._notify(f"STATUS={' '.join(told.split())}")  # a line break would begin another field

    def stop(self) -> bool:
        """End the loops, in less than ten seconds; tell whether all of them ended."""
        self._notify("STOPPING=1")
        self._stop.set()
        end = time.monotonic() + STOP_S
        self._join(self._threads, time.monotonic() + GOODBYE_S)
        readings = self._abandon()
        self._join([one for one in self._threads if one.name not in readings], end)
        self._join(self._threads, min(end, time.monotonic() + GOODBYE_S))
        left = self._alive()
        if left:
            log.warning("left in the middle, to be done again: %s", ", ".join(left))
        return not left

    def _loops(self) -> list[threading.Thread]:
        parts = self._parts
        keeper = Housekeeper(
            parts.outbox,
            keep_days=self._config.bridge.keep_days,
            health=parts.health,
            clock=time.time,
        )
        loops: list[tuple[str, Callable[[], None]]] = [
            (forwarder.LOOP, lambda: parts.forwarder.run(self._stop)),
            (HOUSEKEEPING, lambda: keeper.run(self._stop)),
        ]
        door = listener_of(self._config, parts)
        if door is not None:
            loops.append((listener.LOOP, lambda: door.run(self._stop)))
        for number, reader in enumerate(parts.readers):
            loops.append((reader.poller.loop, self._later(reader.poller.run, number)))
        for number, folder in enumerate(parts.folders):
            loops.append((folder.loop, self._later(folder.run, number)))
        return [threading.Thread(target=run, name=name, daemon=True) for name, run in loops]

    def _later(self, run: Callable[[threading.Event], None], number: int) -> Callable[[], None]:
        """Return a loop that begins a moment after the one before it: not all call at once."""
        delay_s = jittered(number * STAGGER_S, random.random)

        def waited() -> None:
            self._stop.wait(delay_s)
            run(self._stop)

        return waited

    def _abandon(self) -> set[str]:
        """Say goodbye to the terminals that are still being read; return the loops that do."""
        alive = self._alive()
        readers = [one for one in self._parts.readers if one.poller.loop in alive]
        goodbyes = [threading.Thread(target=one.opener.abandon, daemon=True) for one in readers]
        for goodbye in goodbyes:
            goodbye.start()
        self._join(goodbyes, time.monotonic() + 2 * GOODBYE_S)
        return {one.poller.loop for one in readers}

    @staticmethod
    def _join(threads: Sequence[threading.Thread], end: float) -> None:
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _alive(self) -> list[str]:
        return [thread.name for thread in self._threads if thread.is_alive()]


def run(config: Config) -> None:
    """Run until SIGTERM or SIGINT. Raises BridgeError where it cannot start."""
    # Blocked and waited for instead of handled: a handler would run in the middle of anything.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        _be_frugal()
        place = statedir.prepare(config.state_dir)
        with locks.instance(config.state_dir, "run"):
            ended = _run(config, place)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    log.info("stopped")
    if not ended:
        logging.shutdown()
        os._exit(0)  # threads that are left would be torn down in the middle of SQLite


def _be_frugal() -> None:
    """Ask glibc to give memory back after a big log, and to keep no pool for every thread.

    Measured with ten terminals of 8,000 records each: 60 MB idle instead of 64. On another C
    library there is nothing to ask.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_ARENA_MAX, 1)
        library.mallopt(M_TRIM_THRESHOLD, 128 << 10)


def _run(config: Config, place: Path) -> bool:
    outbox = Outbox(place, max_waiting=config.bridge.max_waiting)
    parts = assemble(config, outbox, "run")
    log.info(
        "office %s; terminals: %s; centre %s; outbox %s, waiting %d",
        config.bridge.office,
        ", ".join(one.name for one in config.terminals) or "none",
        config.centre.url,
        place,
        outbox.counts().waiting,
    )
    daemon = Daemon(config, parts, sdnotify.SystemdNotifier().notify)
    with _metrics(config, parts):
        daemon.start()
        tick_s = _tick_s(os.environ)
        while signal.sigtimedwait(SIGNALS, tick_s) is None:
            daemon.watch()
        log.info("stopping")
        ended = daemon.stop()
    if ended:
        parts.close()
    return ended


def _metrics(config: Config, parts: Parts) -> AbstractContextManager[object]:
    """Return what answers Prometheus; loaded only where it may ask, an office being small."""
    if config.bridge.metrics is None:
        return nullcontext()
    from bridge.metrics import BridgeReadings
    from bridge.metricsdoor import shown

    readings = BridgeReadings(
        parts.outbox,
        parts.health,
        office=config.bridge.office,
        state_dir=config.state_dir,
        clock=time.time,
    )
    return shown(readings, *config.bridge.metrics)


def _tick_s(environment: Mapping[str, str]) -> float:
    """Return how often to watch: three times within what systemd's watchdog waits."""
    watchdog = environment.get("WATCHDOG_USEC", "")
    return min(TICK_S, int(watchdog) / 3_000_000) if watchdog.isdecimal() else TICK_S
