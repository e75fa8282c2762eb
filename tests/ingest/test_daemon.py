"""The centre at work: serves, watches itself, stops cleanly."""

import logging
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import requests
import trustme

from ingest import daemon
from ingest.config import IngestConfig
from ingest.errors import ConfigError, ServeError
from ingest.health import Health, look_every_s
from ingest.listening import TlsFiles
from ingest.parts import Daemon
from ingest.store.database import open_engine
from ingest.tls import ServedCertificate

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
        organs = [("the schedule is still", schedule), ("the server is still", server)]
        return Health(engine, organs, said.append)

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
        Health(engine, [], said.append).step()
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

    centre = Daemon(config(database_url), engine, clock=lambda: NOW, notify=notify, judges=True)
    running = threading.Thread(target=centre.run, args=(listening,))
    running.start()
    try:
        assert ready.wait(30)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with requests.Session() as session:
            assert session.get(f"{url}/healthz", timeout=10).status_code == 200
            refused = session.post(f"{url}/v2/punches", data=b"x" * 200_000, timeout=10)
            assert refused.status_code == 400
    finally:
        centre.stop()
        running.join(30)
    assert not running.is_alive()
    assert "WATCHDOG=1\nSTATUS=serving" in said
    assert said[-1] == "STOPPING=1"


@one_database
class TestHttps:
    @pytest.fixture
    def session(self, tmp_path):
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(tmp_path / "ca.pem")
            yield session

    @pytest.fixture
    def serving(self, engine, database_url, tmp_path):
        """The address of a centre with a certificate of a private authority, and its end."""
        authority = trustme.CA()
        files = TlsFiles(tmp_path / "fullchain.pem", tmp_path / "privkey.pem")
        issued = authority.issue_cert("127.0.0.1")
        issued.cert_chain_pems[0].write_to_path(files.certificate)
        issued.private_key_pem.write_to_path(files.key)
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        ready = threading.Event()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            centre = Daemon(
                config(database_url),
                engine,
                clock=lambda: NOW,
                notify=lambda text: ready.set() if text.startswith("READY") else None,
                tls=ServedCertificate(files, lambda: datetime.now(UTC)),
                judges=True,
            )
            running = threading.Thread(target=centre.run, args=(listening,))
            running.start()

            def end() -> bool:
                centre.stop()
                running.join(10)
                return not running.is_alive()

            try:
                assert ready.wait(30)
                yield f"127.0.0.1:{listening.getsockname()[1]}", end
            finally:
                assert end()

    def test_is_served_to_who_trusts_its_authority(self, session, serving):
        address, _ = serving
        assert session.get(f"https://{address}/healthz", timeout=10).status_code == 200
        with pytest.raises(requests.ConnectionError):  # hung up on, and served on
            session.get(f"http://{address}/healthz", timeout=10)
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"https://{address}/healthz", timeout=10, verify=True)
        assert session.get(f"https://{address}/healthz", timeout=10).status_code == 200

    def test_who_rests_on_a_connection_does_not_hold_up_the_end(self, session, serving):
        address, end = serving
        assert session.get(f"https://{address}/healthz", timeout=10).status_code == 200
        assert end()  # within ten seconds, though a batch in hand would be given fifteen


@one_database
class TestStart:
    def test_a_taken_port_is_named(self, database_url, engine, listening):
        port = listening.getsockname()[1]
        with pytest.raises(ServeError, match=rf"127.0.0.1:{port} \(Address already in use\)"):
            daemon.serve(config(database_url, port=port), engine, clock=lambda: NOW)

    def test_a_taken_port_of_the_metrics_is_named(self, database_url, engine, listening):
        metrics = ("127.0.0.1", listening.getsockname()[1])
        asked = replace(config(database_url), metrics=metrics)
        with pytest.raises(ServeError, match=r"^metrics_listen: cannot take 127.0.0.1:"):
            daemon.serve(asked, engine, clock=lambda: NOW)

    def test_a_host_that_is_none_is_named(self, database_url, engine):
        with pytest.raises(ServeError, match=r"cannot take no.such.host.invalid:0 \("):
            daemon.serve(config(database_url, "no.such.host.invalid"), engine, clock=lambda: NOW)

    def test_processes_cannot_share_a_file(self, database_url, engine):
        with pytest.raises(ConfigError, match=r"^ingest.workers: 2 processes cannot share a store"):
            daemon.serve(replace(config(database_url), workers=2), engine, clock=lambda: NOW)

    def test_a_certificate_that_is_missing_is_named_before_the_port_is_taken(
        self, database_url, engine, listening, tmp_path
    ):
        tls = TlsFiles(tmp_path / "none.pem", tmp_path / "none.key")
        asked = replace(config(database_url, port=listening.getsockname()[1]), tls=tls)
        with pytest.raises(ServeError, match=r"none.pem cannot be read \(No such file"):
            daemon.serve(asked, engine, clock=lambda: NOW)

    def test_warnings_are_logged_at_each_start(self, database_url, engine, listening, caplog):
        asked = config(database_url, port=listening.getsockname()[1])
        with pytest.raises(ServeError):
            daemon.serve(replace(asked, warnings=("PLAIN HTTP",)), engine, clock=lambda: NOW)
        assert [(one.levelname, one.message) for one in caplog.records] == [
            ("WARNING", "PLAIN HTTP")
        ]
