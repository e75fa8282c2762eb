"""Coverage grows, is refused where it cannot be true, and marks what it decides."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, delete, func, select, text

from ingest.store import coverage, tables
from ingest.store.bridges import Bridge
from ingest.store.database import reading, writing
from ingest.store.marks import mark_user_days
from ingest.store.punches import save as save_batch
from ingest.wire import Coverage

ZONE = ZoneInfo("Asia/Makassar")
NOW = int(datetime(2026, 3, 3, 1, 0, tzinfo=UTC).timestamp())
DAY = 86_400
Make = Callable[..., Any]

TOLD = Coverage(
    terminal="S1", since=NOW - 3 * DAY, until=NOW - 60, on_terminal=10, taken=10, parked=0,
    clock_offset_s=3, read_at=NOW - 50, source="poll", note="first read",
)  # fmt: skip


@pytest.fixture
def tell(engine: Engine, bridge: Bridge, at: datetime) -> Callable[..., dict[str, str]]:
    def tell(*told: Coverage, by: Bridge = bridge) -> dict[str, str]:
        with writing(engine) as connection:
            return coverage.save(connection, by, told, at, zone=ZONE, clock_limit_s=300)

    return tell


@pytest.fixture
def stretches(engine: Engine) -> Callable[[], list[dict[str, Any]]]:
    def stretches() -> list[dict[str, Any]]:
        with reading(engine) as connection:
            found = connection.execute(select(tables.coverage).order_by(tables.coverage.c.since))
            return [dict(row) for row in found.mappings()]

    return stretches


@pytest.fixture
def marked(engine: Engine) -> Callable[[], list[date]]:
    """Return the marked days of office A, and take the marks away."""

    def marked() -> list[date]:
        with writing(engine) as connection:
            query = select(tables.dirty_offices).order_by(tables.dirty_offices.c.day)
            rows = connection.execute(query).all()
            connection.execute(delete(tables.dirty_offices))
        assert {row.office for row in rows} <= {"A"}
        return [row.day for row in rows]

    return marked


def test_a_stretch_is_kept_as_it_was_told(tell: Make, stretches: Make, at: datetime) -> None:
    assert tell(TOLD) == {}
    (row,) = stretches()
    assert row["since"] == at - timedelta(days=3)
    assert row["until"] == at - timedelta(seconds=60)
    kept = {
        name: row[name] for name in ("on_terminal", "taken", "parked", "clock_offset_s", "note")
    }
    assert kept == {
        "on_terminal": 10, "taken": 10, "parked": 0, "clock_offset_s": 3, "note": "first read",
    }  # fmt: skip


def test_nothing_is_known_beyond_the_moment_it_was_told(
    tell: Make, stretches: Make, at: datetime
) -> None:
    """A bridge whose clock is two minutes ahead at midnight does not end the day before it is over;
    what it says a minute later is believed in its turn."""
    assert tell(replace(TOLD, until=NOW + 120, read_at=NOW + 120)) == {}
    assert [row["until"] for row in stretches()] == [at]


def test_a_stretch_that_begins_a_little_ahead_is_no_fault(
    tell: Make, stretches: Make, at: datetime
) -> None:
    assert tell(replace(TOLD, since=NOW + 60, until=NOW + 120, read_at=NOW + 120)) == {}
    assert [(row["since"], row["until"]) for row in stretches()] == [
        (at + timedelta(minutes=1),) * 2
    ]


def test_a_stretch_grows_and_never_shrinks(tell: Make, stretches: Make, at: datetime) -> None:
    tell(replace(TOLD, until=NOW - 100, taken=10))
    tell(replace(TOLD, until=NOW - 60, taken=11, read_at=NOW - 40))
    tell(replace(TOLD, until=NOW - 90, taken=12, read_at=NOW - 30))
    (row,) = stretches()
    assert row["until"] == at - timedelta(seconds=60)
    assert row["taken"] == 12


def test_a_statement_made_earlier_changes_nothing(tell: Make, stretches: Make) -> None:
    tell(replace(TOLD, parked=2))
    tell(replace(TOLD, parked=0, read_at=NOW - 1_000, until=NOW - 1_010))
    assert [row["parked"] for row in stretches()] == [2]


def test_another_beginning_is_another_stretch(tell: Make, stretches: Make) -> None:
    tell(replace(TOLD, until=NOW - 2 * DAY))
    tell(replace(TOLD, since=NOW - DAY, note="log cleared"))
    assert [row["note"] for row in stretches()] == ["first read", "log cleared"]


def test_two_bridges_prove_the_same_terminal_each_for_itself(
    tell: Make, stretches: Make, other_bridge: Bridge
) -> None:
    tell(TOLD)
    tell(replace(TOLD, until=NOW - DAY), by=other_bridge)
    assert len({row["bridge_id"] for row in stretches()}) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"until": NOW + 301}, "in the future"),
        ({"read_at": NOW + 301}, "in the future"),
        ({"since": NOW, "until": NOW - 1}, "ends before it begins"),
        ({"since": 0}, "before the year 2000"),
        ({"since": -(10**9)}, "before the year 2000"),
        ({"taken": -1}, "less than nothing"),
        ({"parked": -1}, "less than nothing"),
        ({"on_terminal": -1}, "less than nothing"),
        ({"on_terminal": 11}, "holds 11 records and 10 were taken"),
        ({"terminal": "S2"}, "belongs to office B"),
    ],
)
def test_what_cannot_be_true_is_refused_and_the_rest_is_kept(
    tell: Make, stretches: Make, change: dict[str, Any], reason: str
) -> None:
    false = replace(TOLD, **change)
    good = replace(TOLD, since=NOW - 2 * DAY)
    refused = tell(false, good)
    assert list(refused) == [f"{false.terminal}:{false.since}"]
    assert reason in refused[f"{false.terminal}:{false.since}"]
    assert [row["taken"] for row in stretches()] == [10]


def test_a_bridge_five_minutes_fast_is_still_believed(tell: Make) -> None:
    assert tell(replace(TOLD, until=NOW + 300, read_at=NOW + 300)) == {}


def test_only_newly_covered_days_are_marked(tell: Make, marked: Make) -> None:
    tell(replace(TOLD, until=NOW - 2 * DAY, read_at=NOW - 2 * DAY))
    assert marked() == [date(2026, 2, 28), date(2026, 3, 1)]
    tell(TOLD)
    assert marked() == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    tell(replace(TOLD, read_at=NOW - 45))
    assert marked() == []


def test_no_day_before_the_terminal_counts_is_marked(tell: Make, marked: Make) -> None:
    tell(replace(TOLD, since=NOW - 300 * DAY))
    assert marked()[0] == date(2026, 2, 1)


def test_a_stretch_of_many_years_marks_a_bounded_number_of_days(
    engine: Engine, tell: Make, marked: Make
) -> None:
    with writing(engine) as connection:
        connection.execute(tables.terminals.update().values(counts_from=None))
    tell(replace(TOLD, since=NOW - 4_000 * DAY))
    assert len(marked()) == 400


def test_parked_punches_that_come_and_go_mark_the_whole_stretch(tell: Make, marked: Make) -> None:
    whole = [date(2026, 2, 28) + timedelta(days=n) for n in range(4)]
    tell(TOLD)
    assert marked() == whole
    tell(replace(TOLD, parked=1, read_at=NOW - 40))
    assert marked() == whole
    tell(replace(TOLD, parked=0, read_at=NOW - 30))
    assert marked() == whole


def test_an_unregistered_terminal_is_kept_and_marks_nothing(
    tell: Make, stretches: Make, marked: Make
) -> None:
    assert tell(replace(TOLD, terminal="NEW")) == {}
    assert len(stretches()) == 1
    assert marked() == []


def test_the_worst_look_at_a_clock_counts_for_its_local_day(engine: Engine, tell: Make) -> None:
    late = int(datetime(2026, 3, 2, 15, 59, tzinfo=UTC).timestamp())  # a minute to midnight there
    tell(replace(TOLD, until=late, read_at=late, clock_offset_s=-900))
    tell(replace(TOLD, until=late + 120, read_at=late + 120, clock_offset_s=5))
    tell(replace(TOLD, until=late + 180, read_at=late + 180, clock_offset_s=-7))
    tell(replace(TOLD, until=late + 240, read_at=late + 240, clock_offset_s=None))
    with reading(engine) as connection:
        looks = connection.execute(
            select(tables.clock_days.c.day, tables.clock_days.c.worst_offset_s).order_by("day")
        ).all()
    assert [tuple(look) for look in looks] == [(date(2026, 3, 2), -900), (date(2026, 3, 3), -7)]


def test_a_clock_found_wrong_marks_the_days_nobody_looked(
    engine: Engine, tell: Make, marked: Make
) -> None:
    good = NOW - 3 * DAY
    tell(replace(TOLD, since=good - 60, until=good, read_at=good, clock_offset_s=1))
    marked()
    tell(replace(TOLD, since=NOW - 120, until=NOW - 60, clock_offset_s=5_000))
    assert marked() == [date(2026, 2, 28) + timedelta(days=n) for n in range(4)]


def test_a_clock_found_right_again_marks_up_to_the_wrong_look(tell: Make, marked: Make) -> None:
    wrong = replace(TOLD, until=NOW - 3 * DAY, read_at=NOW - 3 * DAY, clock_offset_s=5_000)
    tell(replace(wrong, since=wrong.until - 60))
    marked()
    tell(replace(TOLD, since=NOW - 120, until=NOW - 60, clock_offset_s=1))
    assert marked() == [date(2026, 2, 28) + timedelta(days=n) for n in range(4)]


def test_the_first_look_at_a_wrong_clock_marks_what_lies_before_it(
    tell: Make, marked: Make
) -> None:
    tell(replace(TOLD, since=NOW - 120, clock_offset_s=301))
    days = marked()
    assert (len(days), days[-1]) == (400, date(2026, 3, 3))
    tell(replace(TOLD, since=NOW - 120, clock_offset_s=-900, read_at=NOW - 40))
    assert marked() == []


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)  # SQLite writes in turn
def test_a_mark_cannot_be_taken_from_under_a_commit_that_relies_on_it(
    engine: Engine, bridge: Bridge, punch: Make, batch: Make, at: datetime, deliver: Make
) -> None:
    """Who takes it waits for the commit and sees the punch; else a late punch changed nothing."""
    told = punch()
    delivery = deliver(batch(told), bridge)
    with writing(engine) as connection:
        terminal = connection.scalar(
            select(tables.terminals.c.id).where(tables.terminals.c.serial == "S1")
        )
        mark_user_days(connection, [(int(terminal or 0), told.user_id, told.local_time.date())])
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def take() -> None:
        with writing(engine) as connection:
            taken = connection.execute(
                delete(tables.dirty_punches).returning(tables.dirty_punches.c.user_id)
            ).all()
            count = connection.scalar(select(func.count()).select_from(tables.punches))
        seen.append((len(taken), int(count or 0)))
        done.set()

    taker = threading.Thread(target=take)
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with writing(engine) as connection:
        save_batch(connection, bridge, delivery, at, zone=ZONE, clock_limit_s=300)
        taker.start()
        with engine.connect() as observer:
            for _ in range(1_000):
                if done.wait(0.01) or observer.scalar(waiting):
                    break
                observer.rollback()
        assert not done.is_set()
    taker.join(30)
    assert seen == [(1, 1)]
