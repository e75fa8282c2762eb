"""Bridges take turns, whatever each has to send."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any

import pytest

from ingest.desk import CentreFull
from ingest.turns import BridgeBusy, Turns


class Work:
    """Bodies that are done when the test says so; `begun` is the order in which they began."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self._loop = asyncio.get_running_loop()
        self._leave: dict[str, threading.Event] = {}
        self._inside: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[str]] = {}

    async def come(self, bridge: str, name: str) -> None:
        """Let a body of a bridge come in; it works or waits from here on."""
        self._leave[name], self._inside[name] = threading.Event(), asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._take(bridge, name))
        await asyncio.sleep(0)  # it has its seat and its place in the row

    async def began(self, name: str) -> None:
        await asyncio.wait_for(self._inside[name].wait(), 10)

    async def leave(self, name: str) -> str:
        self._leave[name].set()
        return await asyncio.wait_for(self._tasks[name], 10)

    async def give_up(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)

    async def _take(self, bridge: str, name: str) -> str:
        with self.turns.seat(bridge, 10) as seat:
            return await self.turns.do(seat, lambda: self._work(name))

    def _work(self, name: str) -> str:
        self.begun.append(name)
        self._loop.call_soon_threadsafe(self._inside[name].set)
        self._leave[name].wait(10)
        return name


def runs(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def turns(workers: int = 1, places: int = 100, most_bytes: int = 10_000) -> Turns:
    return Turns(workers, places=places, most_bytes=most_bytes)


@runs
async def test_a_bridge_with_a_backlog_waits_behind_who_came_since() -> None:
    work = Work(turns())
    await work.come("backlog", "b1")
    await work.began("b1")
    await work.come("backlog", "b2")
    await work.come("fresh", "f1")
    await work.leave("b1")
    await work.come("backlog", "b3")  # at once, as a bridge does that has more
    await work.leave("b2")
    await work.began("f1")
    assert work.begun == ["b1", "b2", "f1"]
    await work.leave("f1")
    await work.leave("b3")


@runs
async def test_seventy_bridges_that_never_rest_are_served_equally() -> None:
    work = Work(turns(workers=2, places=200))
    names = [f"bridge-{n}" for n in range(70)]
    for name in names:
        await work.come(name, f"{name}/0")
    for served in range(140):
        name = work.begun[served] if len(work.begun) > served else None
        while name is None:
            await asyncio.sleep(0)
            name = work.begun[served] if len(work.begun) > served else None
        bridge, _, round_ = name.partition("/")
        await work.leave(name)
        if round_ < "2":
            await work.come(bridge, f"{bridge}/{int(round_) + 1}")
    first, second = work.begun[:70], work.begun[70:140]
    assert sorted(first) == sorted(f"{name}/0" for name in names)
    assert sorted(second) == sorted(f"{name}/1" for name in names)
    for name in work.begun[140:]:
        await work.leave(name)
    await asyncio.gather(*(work.leave(name) for name in work._tasks))


@runs
async def test_two_bodies_of_one_bridge_are_never_in_work_at_once() -> None:
    work = Work(turns(workers=2))
    await work.come("a", "a1")
    await work.began("a1")
    await work.come("a", "a2")
    await work.come("b", "b1")
    await work.began("b1")  # past a2, for which a thread would only wait
    assert work.begun == ["a1", "b1"]
    await work.leave("a1")
    await work.began("a2")
    await asyncio.gather(work.leave("a2"), work.leave("b1"))


@runs
async def test_the_third_body_of_a_bridge_is_told_to_come_later() -> None:
    found = turns()
    with ExitStack() as inside:
        for _ in range(2):
            inside.enter_context(found.seat("a", 1))
        with pytest.raises(BridgeBusy, match="has one body in work and one that waits"):
            inside.enter_context(found.seat("a", 1))
        inside.enter_context(found.seat("b", 1))
    with found.seat("a", 1):
        assert not found.full


@runs
async def test_what_waits_is_bounded_in_number_and_in_bytes() -> None:
    few, light = turns(places=2), turns(most_bytes=100)
    with few.seat("a", 1), few.seat("b", 1):
        assert few.full
        with pytest.raises(CentreFull):
            few.seat("c", 1).__enter__()
    with light.seat("a", 90) as seat:
        with pytest.raises(CentreFull):
            light.seat("b", 11).__enter__()
        light.weigh(seat, 5)  # it was announced larger than it came
        with light.seat("b", 95):
            assert light.full
    assert not light.full


@runs
async def test_who_gives_up_while_waiting_leaves_no_trace() -> None:
    work = Work(turns())
    await work.come("a", "a1")
    await work.began("a1")
    await work.come("b", "b1")
    await work.come("c", "c1")
    await work.give_up("b1")
    await work.leave("a1")
    await work.began("c1")
    await work.come("b", "b2")
    await work.leave("c1")
    assert await work.leave("b2") == "b2"
    assert work.begun == ["a1", "c1", "b2"]


@runs
async def test_work_that_fails_gives_its_thread_and_its_seat_back() -> None:
    found = turns()

    def fail() -> None:
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), found.seat("a", 1) as seat:
            await found.do(seat, fail)
    with found.seat("a", 1) as seat:
        assert await found.do(seat, lambda: 7) == 7
