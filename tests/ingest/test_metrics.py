"""What Prometheus reads at the centre: from the store, from every process, over its own port."""

import logging
import os
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert, text

from ingest import metrics_door
from ingest.metrics import Counts, counts
from ingest.metrics_door import Door, opened
from ingest.metrics_store import FRESH_S, StoreReadings
from ingest.roles import Role
from ingest.store import audit, tables
from ingest.store.audit import Actor
from ingest.store.database import open_engine, writing

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Makassar")
Values = dict[tuple[str, ...], float]


def ago(**much: float) -> datetime:
    return NOW - timedelta(**much)


def epoch(**much: float) -> int:
    return int(ago(**much).timestamp())


def readings(engine: Engine, monotonic: Any = lambda: 0.0) -> StoreReadings:
    return StoreReadings(engine, zone=ZONE, clock=lambda: NOW, monotonic=monotonic)


def values(found: StoreReadings) -> dict[str, Values]:
    """Return every reading: name, then labels in their order, to value."""
    return {
        one.name: {tuple(sample.labels.values()): sample.value for sample in one.samples}
        for one in found.collect()
    }


HEALTH = {
    "waiting": 12,
    "parked": 2,
    "oldest_waiting_at": epoch(minutes=30),
    "terminals": [
        {"name": "depan", "serial": "S1", "last_read_at": epoch(minutes=1), "last_error": "",
         "clock_offset_s": -4},
        {"name": "asing", "serial": "SX", "last_read_at": 1, "last_error": "?",
         "clock_offset_s": 9},
    ],
}  # fmt: skip


def terminal(serial: str, office: str = "A", **more: Any) -> dict[str, Any]:
    return {
        "serial": serial, "name": "n", "office": office, "registered": True, "counts_from": None,
        "counts_until": None, "first_seen_at": ago(days=30), **more,
    }  # fmt: skip


def bridge(number: int, office: str = "A", **more: Any) -> dict[str, Any]:
    found = {
        "id": number, "office": office, "name": "Budi punya", "created_at": ago(days=9),
        "revoked_at": None, "last_seen_at": None, "health": None, **more,
    }  # fmt: skip
    columns = set(tables.bridges.c.keys())
    return {key: value for key, value in found.items() if key in columns}


def stretch(terminal_id: int, until: datetime) -> dict[str, Any]:
    return {
        "terminal_id": terminal_id, "bridge_id": 1, "since": until - timedelta(days=1),
        "until": until, "taken": 5, "parked": 0, "read_at": until, "received_at": until,
        "source": "poll", "note": "",
    }  # fmt: skip


@pytest.fixture
def office(engine: Engine) -> Engine:
    """Offices A and B, bridges, terminals and coverage as they come in a regency."""
    with writing(engine) as connection:
        connection.execute(
            insert(tables.offices), [{"code": c, "name": c, "scheme": "5-hari"} for c in "AB"]
        )
        connection.execute(
            insert(tables.bridges),
            [
                bridge(1, last_seen_at=ago(seconds=40), health=HEALTH),
                bridge(2, "B"),
                bridge(3, "B", revoked_at=ago(days=1)),
            ],
        )
        connection.execute(
            insert(tables.terminals),
            [
                terminal("S1"),
                terminal("S2", "B"),
                terminal("GONE", counts_until=NOW.date() - timedelta(days=1)),
                terminal("SX", registered=False),
            ],
        )
        connection.execute(
            insert(tables.coverage), [stretch(1, ago(days=3)), stretch(1, ago(minutes=1))]
        )
    return engine


def test_bridges_are_shown_by_number_and_office(office: Engine) -> None:
    found = values(readings(office))
    assert found["hadir_centre_bridge_lag_seconds"] == {("1", "A"): 40, ("2", "B"): 9 * 86_400}
    assert found["hadir_centre_bridge_waiting_rows"] == {("1", "A"): 12}
    assert found["hadir_centre_bridge_parked_rows"] == {("1", "A"): 2}
    assert found["hadir_centre_bridge_oldest_waiting_seconds"] == {("1", "A"): 1_800}


def test_terminals_are_shown_while_they_count(office: Engine) -> None:
    found = values(readings(office))
    assert found["hadir_centre_coverage_lag_seconds"] == {
        ("S1", "A"): 60,
        ("S2", "B"): 30 * 86_400,
    }
    assert found["hadir_centre_terminal_read_age_seconds"] == {("S1", "A"): 60}
    assert found["hadir_centre_terminal_clock_offset_seconds"] == {("S1", "A"): -4}
    assert found["hadir_centre_terminal_fault"] == {("S1", "A"): 0}
    assert found["hadir_centre_unregistered_terminals"] == {(): 1}


def test_days_to_be_judged_and_people_not_known_of_are_counted(office: Engine) -> None:
    yesterday = date(2026, 3, 9)
    with writing(office) as connection:
        connection.execute(insert(tables.dirty_offices).values(office="A", day=yesterday))
        connection.execute(
            insert(tables.people),
            [{"nip": str(n), "name": "Budi", "kind": "PNS"} for n in range(3)],
        )
        statuses = ("UNVERIFIED", "UNVERIFIED", "PRESENT")
        connection.execute(
            insert(tables.days),
            [
                {"person_id": n + 1, "day": yesterday, "office": "A", "status": status,
                 "because": [], "evaluated_at": NOW}
                for n, status in enumerate(statuses)
            ],
        )  # fmt: skip
    found = values(readings(office))
    assert found["hadir_centre_marks"] == {("office-days",): 1, ("punches",): 0}
    assert found["hadir_centre_unverified_people"] == {("A",): 2, ("B",): 0}


def test_the_age_of_the_ledger_is_that_of_its_last_batch_and_root(office: Engine) -> None:
    known = readings(office)
    assert values(known)["hadir_centre_ledger_head_age_seconds"] == {}
    with writing(office) as connection:
        for number, at in enumerate((ago(hours=2), ago(hours=1))):
            connection.execute(
                insert(tables.batches).values(
                    bridge_id=1,
                    office="A",
                    outbox="0" * 32,
                    receipt=f"{number:032}",
                    received_at=at,
                    sent=0,
                )
            )
        connection.execute(
            insert(tables.roots),
            [
                {"office": "A", "day": date(2026, 3, day), "until": NOW, "batches": 1, "rows": 1,
                 "root": b"r", "previous": b"p", "made_at": NOW}
                for day in (7, 8)
            ],
        )  # fmt: skip
    found = values(readings(office))
    assert found["hadir_centre_ledger_head_age_seconds"] == {(): 3_600}
    # the eighth ended at 16:00 UTC, and it is 01:00 UTC of the tenth
    assert found["hadir_centre_ledger_root_lag_seconds"] == {("A",): 33 * 3_600}


def test_no_name_and_no_user_id_is_shown(office: Engine) -> None:
    told = str([(one.name, one.samples) for one in readings(office).collect()])
    assert "Budi" not in told
    assert "SX" not in told


def test_the_store_is_read_once_in_ten_seconds(office: Engine) -> None:
    now = [0.0]
    known = readings(office, lambda: now[0])
    first = values(known)
    with writing(office) as connection:
        connection.execute(text("DELETE FROM coverage"))
    now[0] = FRESH_S - 0.1
    assert values(known) == first
    now[0] = FRESH_S
    assert values(known) != first


def test_a_database_that_is_away_is_one_reading(tmp_path: Any) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/none/hadir.db")
    assert values(readings(engine)) == {"hadir_centre_database_up": {(): 0}}


def test_older_tables_are_one_reading(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert values(readings(engine)) == {
        "hadir_centre_database_up": {(): 1},
        "hadir_centre_tables_current": {(): 0},
    }


@pytest.mark.parametrize("database_kind", ["postgres"])
def test_a_slow_database_is_not_waited_for(office: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr("ingest.metrics_store.WITHIN_MS", 50)
    with office.connect() as other:  # holds what is to be counted
        other.execute(text("LOCK TABLE coverage IN ACCESS EXCLUSIVE MODE"))
        assert values(readings(office)) == {"hadir_centre_database_up": {(): 0}}


class TestJobs:
    def test_rounds_are_counted_and_timed(self) -> None:
        found = Counts(clock=lambda: 1_000.0)
        with found.job("close-day"):
            pass
        with pytest.raises(KeyError), found.job("close-day"):
            raise KeyError
        value = found.registry.get_sample_value
        for result in ("ok", "failed"):
            named = {"task": "close-day", "result": result}
            assert value("hadir_centre_job_runs_total", named) == 1
        for which in ("success", "failure"):
            name = f"hadir_centre_job_last_{which}_timestamp_seconds"
            assert value(name, {"task": "close-day"}) == 1_000
        assert value("hadir_centre_job_seconds_count", {"task": "close-day"}) == 2


def test_the_age_of_the_last_backup_is_told_by_the_log(engine: Engine) -> None:
    found = readings(engine)
    assert values(found)["hadir_centre_backup_age_seconds"] == {}
    actor = Actor("x", "x", Role.ADMIN)
    with writing(engine) as connection:
        for days, what in ((3, "backup"), (2, "backup"), (1, "restore")):
            audit.note(connection, actor, what, now=ago(days=days))
    assert values(readings(engine))["hadir_centre_backup_age_seconds"] == {(): 2 * 86_400}


@pytest.fixture
def door() -> Iterator[Door]:
    with socket.create_server(("127.0.0.1", 0)) as listening, opened(listening) as door:
        yield door


def ask(door: Door, path: str = "/metrics") -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"http://127.0.0.1:{door.port}{path}", timeout=10)


def samples(door: Door) -> dict[str, float]:
    """Return what is told, each name to the sum over its labels."""
    answer = ask(door)
    assert answer.status_code == 200
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for one in family.samples:
            found[one.name] = found.get(one.name, 0) + one.value
    return found


one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class TestDoor:
    @one_database
    def test_processes_are_summed(self, door: Door, office: Engine) -> None:
        counts().batch(new=2, known=0, parked=0)
        office.dispose()
        child = os.fork()
        if child == 0:  # as the supervisor makes a worker
            counts().batch(new=5, known=0, parked=0)
            counts().request("/v2/punches", 200, 0.1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        with door.answered(office, zone=ZONE, clock=lambda: NOW):
            told = samples(door)
        assert told["hadir_centre_batches_total"] == 2
        assert told["hadir_centre_rows_total"] == 7
        assert told["hadir_centre_request_seconds_count"] == 1
        assert told["hadir_centre_database_up"] == 1
        assert told["hadir_centre_build_info"] == 1

    @one_database
    def test_only_metrics_are_here(self, door: Door, engine: Engine) -> None:
        with door.answered(engine, zone=ZONE, clock=lambda: NOW):
            assert ask(door, "/").status_code == 404
            assert ask(door, "/metrics?name[]=x").status_code == 200

    @one_database
    def test_who_says_nothing_or_hangs_up_holds_up_nobody_for_long(
        self, door: Door, engine: Engine, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(metrics_door, "WITHIN_S", 0.2)
        with door.answered(engine, zone=ZONE, clock=lambda: NOW):
            with socket.create_connection(("127.0.0.1", door.port)) as silent:
                silent.sendall(b"GET /met")
                assert ask(door).status_code == 200
            socket.create_connection(("127.0.0.1", door.port)).close()
            assert ask(door).status_code == 200

    @one_database
    def test_a_mistake_of_ours_is_told_and_survived(
        self, door: Door, engine: Engine, caplog: Any, monkeypatch: Any
    ) -> None:
        def broken(_self: StoreReadings) -> list[Any]:
            raise ZeroDivisionError

        with door.answered(engine, zone=ZONE, clock=lambda: NOW), monkeypatch.context() as patched:
            patched.setattr(StoreReadings, "collect", broken)
            assert ask(door).status_code == 500
            assert [one.levelno for one in caplog.records] == [logging.ERROR]
            patched.undo()
            assert ask(door).status_code == 200

    def test_it_leaves_nothing_behind(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening, opened(listening) as door:
            folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
            counts().refused("x")
            assert list(folder.iterdir())
            assert door.port
        assert not folder.exists()
        assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
        counts().refused("x")  # in memory again
