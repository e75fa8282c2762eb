"""In generated worlds: both ways of judging come to the same rows, and no touch is left unjudged.

`make fuzz` tries more: HADIR_EXAMPLES says how many worlds, HADIR_SEED which is the first.
"""

import os
from datetime import date, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from worlds import DAYS, build, touch

from ingest.coverage import Reason
from ingest.days import evaluate, work_out
from ingest.days.bulk import judge_plain
from ingest.store import days as store
from ingest.store import tables
from ingest.store.marks import mark_user_days
from ingest.store.spreading import mark_beside, spread_marks

FIRST_SEED = int(os.environ.get("HADIR_SEED", "0"))
WORLDS = range(FIRST_SEED, FIRST_SEED + int(os.environ.get("HADIR_EXAMPLES", "2")))


def told(scene: Any, office: str, day: date) -> dict[int, tuple[object, ...]]:
    found = work_out(
        scene.connection, office=office, day=day, now=scene.now, settings=scene.settings
    )
    return {
        one.person_id: (
            one.office, one.status.value, one.first_in, one.last_out, one.late_minutes,
            one.early_minutes, one.because,
        )
        for one in found.people
    }  # fmt: skip


def written(scene: Any, day: date) -> dict[int, tuple[object, ...]]:
    rows = scene.connection.execute(select(tables.days).where(tables.days.c.day == day))
    return {
        row.person_id: (
            row.office, row.status, row.first_in, row.last_out, row.late_minutes,
            row.early_minutes, tuple(Reason(**one) for one in row.because),
        )
        for row in rows
    }  # fmt: skip


def judge(scene: Any, whole: Any, people: Any) -> None:
    """Judge as a round does, but in one transaction."""
    left = judge_plain(scene.connection, whole, people, now=scene.now, settings=scene.settings)
    for (office, day), only in left.in_order():
        evaluate(
            scene.connection, office=office, day=day, now=scene.now, settings=scene.settings,
            only=only,
        )  # fmt: skip


def judge_marked(scene: Any) -> None:
    """Go the round of marks as `evaluate_dirty` does."""
    today = scene.now.date()
    spread_marks(scene.connection, today=today)
    for _ in range(2):
        taken = store.take_marks(scene.connection, store.find_marked(scene.connection, today=today))
        mark_beside(scene.connection, taken.whole, today=today)
        judge(scene, taken.whole, taken.people)


def as_judged(scene: Any, offices: list[str]) -> None:
    for day in DAYS:
        expected: dict[int, tuple[object, ...]] = {}
        for office in offices:
            expected |= told(scene, office, day)
        assert written(scene, day) == expected, day


@pytest.fixture(params=WORLDS)
def world(scene: Any, request: pytest.FixtureRequest) -> Any:
    scene.now = datetime(2026, 3, 4, 8, 0, tzinfo=scene.settings.zone)
    return build(scene, Random(request.param))


@pytest.mark.postgres
@pytest.mark.parametrize("kept_engine", ["postgres"], indirect=True)
def test_both_ways_come_to_the_same_rows(world: Any) -> None:
    pairs = [(office, day) for office in world.offices for day in DAYS]
    judge(world.scene, pairs, {})
    as_judged(world.scene, world.offices)


@pytest.mark.postgres
@pytest.mark.parametrize("kept_engine", ["postgres"], indirect=True)
def test_some_who_are_asked_for_come_to_the_same_rows_as_among_everybody(world: Any) -> None:
    scene, chance = world.scene, world.chance
    everybody = list(scene.connection.scalars(select(tables.people.c.id)))
    pairs = [(office, day) for office in world.offices for day in DAYS]
    for _ in range(2):
        some = {pair: set(chance.sample(everybody, len(everybody) // 2)) for pair in pairs}
        judge(scene, [], some)
        for day in DAYS:
            found = written(scene, day)
            for office in world.offices:
                expected = told(scene, office, day)
                assert some[office, day] & expected.keys() <= found.keys()
                assert {one: found[one] for one in found.keys() & expected.keys()} == {
                    one: expected[one] for one in found.keys() & expected.keys()
                }, (office, day)


def test_a_touch_that_comes_late_judges_all_it_bears_on(world: Any) -> None:
    pairs = [(office, day) for office in world.offices for day in DAYS]
    judge(world.scene, pairs, {})
    for _ in range(world.chance.randint(1, 3)):
        marks = touch(world, world.chance.choice(world.people), world.any_day(DAYS))
        mark_user_days(world.scene.connection, marks)
        judge_marked(world.scene)
        as_judged(world.scene, world.offices)
