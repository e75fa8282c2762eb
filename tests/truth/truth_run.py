"""One run: a world is told, judged, told the rest, judged again, and compared both times."""

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context

from served import Slot
from sqlalchemy import Engine
from truth_compare import Comparison, Counts, compare, compare_counts
from truth_life import note_strangers
from truth_store import MEASURED_S, Keeper, tell_in_time, tell_late
from truth_troubles import Troubles, make_troubles
from truth_world import ZONE, Size, World, make_world

from ingest.days import Settings, close_days, evaluate_dirty
from ingest.store.database import open_engine, reading

SETTINGS = Settings(ZONE, MEASURED_S)
_PATIENCE_S = 900.0
"""How long one judge waits for the other: whoever comes first spreads the marks of all offices."""


@dataclass(slots=True)
class Run:
    """A world, and what became of it."""

    world: World
    troubles: Troubles
    punches: list[int] = field(default_factory=list)
    found: list[Comparison] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    took_s: dict[str, float] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        return sum(sum(one.kinds.values()) for one in self.found)


def run(engine: Engine, slot: Slot, size: Size, *, bulk: bool, judges: int = 1) -> Run:
    """Do all of it. `bulk` copies punches and coverage into PostgreSQL, all but some; `judges` is
    how many processes judge, each some of the offices."""
    world = make_world(size)
    troubles = make_troubles(world)
    note_strangers(world, troubles)
    done = Run(world, troubles)
    keeper = Keeper(engine, world, troubles, slot, world.now[0])
    with _timed(done, "told in time"):
        done.punches.append(tell_in_time(keeper, bulk=bulk))
    with _timed(done, "judged"):
        _judge(keeper, judges, 45 if bulk else 3)
    with _timed(done, "compared"):
        _compare(done, keeper, 0)
    with _timed(done, "told late"):
        done.punches.append(tell_late(keeper))
    with _timed(done, "judged again by marks"):
        _judge(keeper, judges, 0)
    with _timed(done, "compared again"):
        _compare(done, keeper, 1)
        with reading(engine) as connection:
            done.counts = compare_counts(connection, world, troubles, keeper.ids, done.found[1])
    return done


def _judge(keeper: Keeper, judges: int, nights: int) -> None:
    if judges == 1:
        _judge_some(keeper.engine, keeper.now, list(keeper.world.offices), nights)
        return
    url = keeper.engine.url.render_as_string(hide_password=False)
    codes = list(keeper.world.offices)
    with ProcessPoolExecutor(judges, mp_context=get_context("spawn")) as pool:
        some = [pool.submit(_judge_apart, url, keeper.now, codes[n::judges], nights)
                for n in range(judges)]  # fmt: skip
        for one in some:
            one.result()


def _judge_apart(url: str, now: datetime, codes: list[str], nights: int) -> None:
    engine = open_engine(url, wait_s=_PATIENCE_S)
    _judge_some(engine, now, codes, nights)
    engine.dispose()


def _judge_some(engine: Engine, now: datetime, codes: list[str], nights: int) -> None:
    evaluate_dirty(engine, now=now, settings=SETTINGS, offices=codes)
    close_days(engine, now=now, settings=SETTINGS, lookback_days=nights, offices=codes)


def _compare(done: Run, keeper: Keeper, phase: int) -> None:
    with reading(keeper.engine) as connection:
        done.found.append(compare(connection, done.world, done.troubles, keeper.ids, phase))


class _timed:  # noqa: N801 - a context manager, used as a word
    def __init__(self, done: Run, name: str) -> None:
        self._done, self._name = done, name

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *error: object) -> None:
        self._done.took_s[self._name] = time.monotonic() - self._began
