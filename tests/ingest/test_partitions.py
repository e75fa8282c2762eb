"""Months of punches: made ahead, taken out, brought back; nothing is lost on any of these ways."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, delete, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from ingest.days import Settings, evaluate_dirty
from ingest.days.judging import work_out
from ingest.errors import Refused
from ingest.jobs.make_partitions import make_partitions
from ingest.jobs.work import Work
from ingest.store import partitions, tables
from ingest.store.bridges import Bridge
from ingest.store.database import open_engine, reading, writing
from ingest.store.punches import save
from ingest.wire import Receipt

Make = Callable[..., Any]
ZONE = ZoneInfo("Asia/Makassar")
TODAY = datetime(2026, 11, 24, 1, tzinfo=UTC)
OLD = date(2025, 2, 1)


@pytest.fixture
def database_kind() -> str:
    return "postgres"


@pytest.fixture
def take(engine: Engine, bridge: Bridge, at: datetime, deliver: Make, batch: Make) -> Make:
    def take(*rows: Any) -> Receipt:
        delivery = deliver(batch(*rows), bridge)
        with writing(engine) as connection:
            return save(connection, bridge, delivery, at, zone=ZONE, clock_limit_s=300)

    return take


@pytest.fixture
def filled(engine: Engine, take: Make, punch: Make) -> Engine:
    """A store with 40 punches in one old month, of an odd kind some of them, and some in others."""
    start = datetime(2025, 2, 1)
    odd = {"work_code": 'a\n"b",\\', "raw": b"\x00\xff", "verify": None, "clock_offset_s": None}
    take(*(punch(str(n), start + timedelta(hours=16 * n)) for n in range(38)))
    take(punch("é,", start, **odd), punch("last", datetime(2025, 2, 28, 23, 59, 59)))
    take(punch("before", datetime(2025, 1, 31, 23, 59, 59)), punch("after", datetime(2025, 3, 1)))
    return engine


def everything(engine: Engine) -> Counter[Any]:
    with reading(engine) as connection:
        return Counter(tuple(row) for row in connection.execute(select(tables.punches)))


def place(engine: Engine, user_id: str) -> str:
    query = text("SELECT tableoid::regclass::text FROM punches WHERE user_id = :user_id")
    with reading(engine) as connection:
        return str(connection.scalar(query, {"user_id": user_id}))


def marked(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(tables.dirty_offices)).all())


def settings() -> Settings:
    return Settings(zone=ZONE, clock_limit_s=300)


def test_a_punch_lies_in_the_month_it_claims_and_impossible_ones_in_none(
    filled: Engine, take: Make, punch: Make
) -> None:
    take(punch("ancient", datetime(2000, 1, 1)), punch("future", datetime(2038, 1, 19)))
    assert place(filled, "before") == "punches_2025_01"
    assert place(filled, "last") == "punches_2025_02"
    assert {place(filled, "ancient"), place(filled, "future")} == {"punches_default"}
    with reading(filled) as connection:
        assert partitions.find_strays(connection) == {date(2000, 1, 1): 1, date(2038, 1, 1): 1}


@pytest.mark.parametrize("name", ["punches", "punches_2025_02", "punches_default"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET state = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_month_can_be_changed_by_its_own_name(
    filled: Engine, take: Make, punch: Make, name: str, statement: str
) -> None:
    take(punch("ancient", datetime(2000, 1, 1)))
    with pytest.raises(IntegrityError, match="punches is never changed"), writing(filled) as one:
        one.execute(text(statement.format(name)))


def test_the_job_makes_the_next_months_and_does_nothing_the_second_time(engine: Engine) -> None:
    work = Work(engine, settings(), lambda: datetime(2027, 6, 30, tzinfo=UTC), 45, timedelta(1))
    with reading(engine) as connection:
        before = {one.month for one in partitions.find_months(connection)}
    assert make_partitions(work) >= 1
    assert make_partitions(work) == 0
    with reading(engine) as connection:
        after = {one.month for one in partitions.find_months(connection)}
    assert after - before >= {date(2027, 7, 1), date(2027, 8, 1), date(2027, 9, 1)}


def test_a_month_made_late_takes_its_punches_out_of_the_default_partition(
    filled: Engine, take: Make, punch: Make
) -> None:
    take(*(punch(str(n), datetime(2019, 5, 1) + timedelta(hours=n)) for n in range(20)))
    take(punch("ancient", datetime(2000, 1, 1)))
    before = everything(filled)
    assert partitions.make(filled, date(2019, 5, 17)) == 20
    assert partitions.make(filled, date(2019, 5, 1)) == 0
    assert everything(filled) == before
    with reading(filled) as connection:
        assert partitions.find_strays(connection) == {date(2000, 1, 1): 1}
    with pytest.raises(IntegrityError, match="DELETE refused"), writing(filled) as connection:
        connection.execute(text("DELETE FROM punches_default"))


def test_the_job_gives_an_old_log_its_month_and_leaves_a_few_strays_alone(
    engine: Engine, take: Make, punch: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "WORTH_A_MONTH", 3)
    take(*(punch(str(n), datetime(2019, 5, 1, n)) for n in range(3)))
    take(*(punch(str(n), datetime(2019, 6, 1, n)) for n in range(2)))
    take(*(punch(str(n), datetime(2038, 1, 1, n)) for n in range(3)))
    with reading(engine) as connection:
        assert date(2019, 5, 1) in partitions.wanted(connection, TODAY.date())
    make_partitions(Work(engine, settings(), lambda: TODAY, 45, timedelta(1)))
    with reading(engine) as connection:
        assert partitions.find_strays(connection) == {date(2019, 6, 1): 2, date(2038, 1, 1): 3}


@pytest.mark.parametrize("month", [date(2009, 12, 1), date(2038, 1, 1)])
def test_no_month_is_made_of_a_clock_that_is_wrong(engine: Engine, month: date) -> None:
    with pytest.raises(DBAPIError, match="no month is made of"):
        partitions.make(engine, month)


@pytest.fixture
def nobody(engine: Engine, postgres_url: str) -> Iterator[Engine]:
    """The store as a role that owns nothing sees it; it may insert and call what it is told to."""
    name = f"ingest_{make_url(postgres_url).database}"
    grants = (
        f'CREATE ROLE "{name}" LOGIN',
        f'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO "{name}"',
        f'GRANT EXECUTE ON FUNCTION hadir_make_month(date), hadir_default_months() TO "{name}"',
    )  # fmt: skip
    with writing(engine) as connection:
        for statement in grants:
            connection.execute(text(statement))
    theirs = open_engine(
        make_url(postgres_url).set(username=name).render_as_string(hide_password=False)
    )
    yield theirs
    theirs.dispose()
    with writing(engine) as connection:
        connection.execute(text(f'DROP OWNED BY "{name}"'))
        connection.execute(text(f'DROP ROLE "{name}"'))


def test_a_role_that_owns_nothing_makes_months_and_takes_none_out(
    filled: Engine, nobody: Engine
) -> None:
    work = Work(nobody, settings(), lambda: datetime(2027, 6, 30, tzinfo=UTC), 45, timedelta(1))
    assert make_partitions(work) >= 1
    with reading(nobody) as connection, pytest.raises(Refused, match="the role that owns"):
        partitions.may_go(connection, date(2025, 3, 1), today=TODAY.date())
    with pytest.raises(DBAPIError, match="must be owner"), writing(nobody) as connection:
        connection.execute(text("ALTER TABLE punches DETACH PARTITION punches_2025_02"))


def test_a_month_goes_into_a_file_and_comes_back_the_same(filled: Engine, tmp_path: Path) -> None:
    before = everything(filled)
    made = partitions.archive(filled, OLD, tmp_path, now=TODAY)
    assert made.rows == 40
    left = everything(filled)
    assert sum(left.values()) == sum(before.values()) - 40
    with reading(filled) as connection:
        assert partitions.find_archived(connection) == {OLD: str(made.file)}
    assert partitions.attach(filled, made.file, now=TODAY) == (made, 0)
    assert everything(filled) == before
    with reading(filled) as connection:
        assert partitions.find_archived(connection) == {}
        assert connection.scalar(text("SELECT to_regclass('punches_moving')")) is None
    assert place(filled, "last") == "punches_2025_02"


def test_the_file_speaks_for_itself(filled: Engine, tmp_path: Path) -> None:
    made = partitions.archive(filled, OLD, tmp_path, now=TODAY)
    told = json.loads((tmp_path / "punches-2025-02.json").read_text())
    assert (told["month"], told["rows"], told["format"]) == ("2025-02", 40, "hadir-punches-1")
    heading, first, *_ = gzip.decompress(made.file.read_bytes()).decode().splitlines()
    assert heading.startswith("serial,terminal_id,user_id,local_time,")
    assert first.startswith("S1,")
    assert list(tmp_path.glob("*.part")) == []


def test_what_is_told_again_while_its_month_is_away_is_there_once_when_it_is_back(
    filled: Engine, take: Make, punch: Make, tmp_path: Path
) -> None:
    before = everything(filled)
    made = partitions.archive(filled, OLD, tmp_path, now=TODAY)
    start = datetime(2025, 2, 1)
    again = take(punch("0", start), punch("1", start + timedelta(hours=16), state=5))
    take(punch("new", start), punch("ancient", datetime(2000, 1, 1)))
    assert again.new == 2
    _, told_again = partitions.attach(filled, made.file, now=TODAY)
    assert told_again == 2
    added = everything(filled) - before
    assert sorted(row[1] for row in added) == ["ancient", "new"]
    assert before - everything(filled) == Counter()
    with reading(filled) as connection:
        kept = connection.execute(select(tables.contradictions)).mappings().all()
    assert [(row["user_id"], row["state"]) for row in kept] == [("1", 5)]


@pytest.mark.parametrize("harm", ["bytes", "manifest", "rows", "other", "cut"])
def test_a_file_that_is_not_the_one_that_was_archived_is_refused(
    filled: Engine, tmp_path: Path, harm: str
) -> None:
    made = partitions.archive(filled, OLD, tmp_path, now=TODAY)
    manifest = tmp_path / "punches-2025-02.json"
    left = everything(filled)
    if harm == "bytes":
        data = bytearray(made.file.read_bytes())
        data[len(data) // 2] ^= 1
        made.file.write_bytes(data)
    elif harm == "cut":
        made.file.write_bytes(made.file.read_bytes()[:-20])
    elif harm == "manifest":
        manifest.write_text("{}")
    elif harm == "rows":
        manifest.write_text(manifest.read_text().replace('"rows": 40', '"rows": 41'))
    else:  # whole in itself, and written by somebody else
        import hashlib

        csv = gzip.decompress(made.file.read_bytes()).replace(b"S1", b"S2")
        made.file.write_bytes(gzip.compress(csv))
        told = json.loads(manifest.read_text())
        told["csv_sha256"] = hashlib.sha256(csv).hexdigest()
        told["sha256"] = hashlib.sha256(made.file.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(told))
    with pytest.raises(Refused):
        partitions.attach(filled, made.file, now=TODAY)
    assert everything(filled) == left


def test_a_month_that_is_here_is_not_attached_once_more(filled: Engine, tmp_path: Path) -> None:
    made = partitions.archive(filled, OLD, tmp_path, now=TODAY)
    partitions.attach(filled, made.file, now=TODAY)
    with pytest.raises(Refused, match="2025-02 is not archived here"):
        partitions.attach(filled, made.file, now=TODAY)


def test_a_file_that_cannot_be_proven_leaves_the_month_where_it_is(
    filled: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(filled)
    monkeypatch.setattr(partitions.archives, "_copy_out", lambda *_: "0" * 64)
    with pytest.raises(Refused, match="does not hold what its manifest says"):
        partitions.archive(filled, OLD, tmp_path, now=TODAY)
    assert everything(filled) == before
    assert place(filled, "last") == "punches_2025_02"


def test_months_that_may_be_judged_again_stay(filled: Engine) -> None:
    with reading(filled) as connection:
        with pytest.raises(Refused, match="--before 2026-01 is too late"):
            partitions.may_go(connection, date(2026, 1, 1), today=TODAY.date())
        months = partitions.may_go(connection, date(2025, 3, 1), today=TODAY.date())
    assert months[-2:] == [date(2025, 1, 1), date(2025, 2, 1)]


def test_a_day_whose_punches_are_away_is_not_judged_until_they_are_back(
    filled: Engine, tmp_path: Path
) -> None:
    day = date(2025, 2, 3)
    with writing(filled) as connection:
        connection.execute(delete(tables.dirty_punches))
        connection.execute(delete(tables.dirty_offices))
        connection.execute(insert(tables.dirty_offices).values(office="A", day=day))
    made = partitions.archive(filled, OLD, tmp_path, now=TODAY)
    assert evaluate_dirty(filled, now=TODAY, settings=settings()) == 0
    assert marked(filled) == 1
    with reading(filled) as connection, pytest.raises(Refused, match="2025-02 are archived in"):
        work_out(connection, office="A", day=day, now=TODAY, settings=settings())
    partitions.attach(filled, made.file, now=TODAY)
    assert evaluate_dirty(filled, now=TODAY, settings=settings()) == 1
    assert marked(filled) == 0


def test_a_batch_that_comes_while_a_month_is_made_waits_and_is_stored(
    filled: Engine, take: Make, punch: Make, postgres_url: str
) -> None:
    """Both lock the same tables, in one order: neither is the victim of a deadlock."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        times = [datetime(2018, 1, 1) + timedelta(days=n) for n in range(60)]
        stored = pool.submit(lambda: [take(punch(f"x{one:%j}", one)) for one in times])
        made = pool.submit(
            lambda: [partitions.make(filled, date(2018, month, 1)) for month in range(1, 7)]
        )
        assert [one.new for one in stored.result(60)] == [1] * 60
        made.result(60)
    assert sum(1 for row in everything(filled) if row[1].startswith("x")) == 60


def test_a_store_in_a_file_needs_none_of_it(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    assert make_partitions(Work(engine, settings(), lambda: TODAY, 45, timedelta(1))) == 0
    engine.dispose()
