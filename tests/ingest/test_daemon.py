"""The centre at work: serves, watches itself, stops cleanly."""

import logging
import socket
import threading
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import requests

from ingest import daemon
from ingest.config import IngestConfig
from ingest.daemon import Daemon, Health, look_every_s
from ingest.errors import ServeError
from ingest.store.database import open_engine

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class Life:
    def __init__(self) -> None:
        self.silent = 0.0

    def silent_s(self) -> float:
        return self.silent


def config(url: str, host: str = "127.0.0.1", port: int = 0) -> IngestConfig:
    return IngestConfig(
        database=url,
        zone=ZoneInfo("Asia/Makassar"),
        host=host,
        port=port,
        clock_limit_s=300,
        max_body_bytes=100_000,
        close_day_at=time(0, 30),
        evaluate_s=60,
        lookback_days=2,
        bridge_silent_minutes=30,
    )


class TestHealth:
    @pytest.fixture
    def said(self):
        return []

    @pytest.fixture
    def schedule(self):
        return Life()

    @pytest.fixture
    def server(self):
        return Life()

    @pytest.fixture
    def health(self, engine, schedule, server, said):
        return Health(engine, schedule, server, said.append)

    def test_feeds_the_watchdog_while_all_is_well(self, health, said):
        health.step()
        assert said == ["WATCHDOG=1\nSTATUS=serving"]

    @one_database
    @pytest.mark.parametrize("organ", ["schedule", "server"])
    def test_starves_it_when_something_shows_no_life(self, health, said, request, organ, caplog):
        caplog.set_level(logging.INFO)
        life = request.getfixturevalue(organ)
        life.silent = 1_000.0
        health.step()
        health.step()
        assert [one.startswith("STATUS=unwell: the ") for one in said] == [True, True]
        assert len(caplog.messages) == 1
        life.silent = 0.0
        health.step()
        assert said[-1].startswith("WATCHDOG=1")
        assert caplog.messages[1:] == ["well again"]

    def test_starves_it_when_the_database_does_not_answer(self, tmp_path, said):
        engine = open_engine(f"sqlite:///{tmp_path}/none/hadir.db")
        Health(engine, Life(), Life(), said.append).step()
        assert said[0].startswith("STATUS=unwell: the database sqlite:")

    @pytest.mark.parametrize(
        ("usec", "seconds"),
        [(None, 20.0), ("", 20.0), ("x", 20.0), ("120000000", 20.0), ("9000000", 3.0)],
    )
    def test_looks_thrice_before_systemd_loses_patience(self, usec, seconds):
        assert look_every_s(usec) == seconds


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_serves_until_stopped_and_tells_systemd(database_url, engine, listening):
    said: list[str] = []
    ready = threading.Event()

    def notify(text: str) -> None:
        said.append(text)
        if text.startswith("READY=1"):
            ready.set()

    centre = Daemon(config(database_url), engine, clock=lambda: NOW, notify=notify)
    running = threading.Thread(target=centre.run, args=(listening,))
    running.start()
    try:
        assert ready.wait(30)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with requests.Session() as session:
            assert session.get(f"{url}/healthz", timeout=10).status_code == 200
            refused = session.post(f"{url}/v1/punches", data=b"x" * 200_000, timeout=10)
            assert refused.status_code == 401
    finally:
        centre.stop()
        running.join(30)
    assert not running.is_alive()
    assert "WATCHDOG=1\nSTATUS=serving" in said
    assert said[-1] == "STOPPING=1"


@one_database
class TestPort:
    def test_a_taken_one_is_named(self, database_url, engine, listening):
        port = listening.getsockname()[1]
        with pytest.raises(ServeError, match=rf"127.0.0.1:{port} \(Address already in use\)"):
            daemon.serve(config(database_url, port=port), engine, clock=lambda: NOW)

    def test_a_host_that_is_none_is_named(self, database_url, engine):
        with pytest.raises(ServeError, match=r"cannot take no.such.host.invalid:0 \("):
            daemon.serve(config(database_url, "no.such.host.invalid"), engine, clock=lambda: NOW)
