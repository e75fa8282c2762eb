"""What Prometheus reads at an office: of the outbox, of the loops' counts, over its own port."""

import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from bridge import metricsdoor
from bridge.errors import OutboxBusy
from bridge.health import Health
from bridge.ledger import CentreState, Contact, Mark
from bridge.metrics import BridgeReadings
from bridge.metricsdoor import MetricsPortTaken, shown
from bridge.outbox import Outbox

NOW = 1_800_000_000
Values = dict[tuple[str, ...], float]


@pytest.fixture
def health() -> Health:
    return Health(lambda: 0.0)


@pytest.fixture
def readings(outbox: Outbox, health: Health, tmp_path: Path) -> BridgeReadings:
    return BridgeReadings(outbox, health, office="4.01", state_dir=tmp_path, clock=lambda: NOW)


def values(readings: BridgeReadings) -> dict[str, Values]:
    """Return every reading: name, then labels in their order, to value."""
    return {
        sample.name: {
            tuple(one.labels[key] for key in sorted(one.labels)): one.value
            for one in family.samples
            if one.name == sample.name
        }
        for family in readings.collect()
        for sample in family.samples
    }


def test_what_waits_is_counted_and_how_long(
    readings: BridgeReadings, outbox: Outbox, touches: Any, bodies: Any
) -> None:
    empty = values(readings)
    assert empty["hadir_bridge_rows"] == {("waiting",): 0, ("sent",): 0, ("parked",): 0}
    assert empty["hadir_bridge_oldest_waiting_seconds"] == {(): 0}
    outbox.add(bodies(touches(3), read_at=NOW - 90))
    found = values(readings)
    assert found["hadir_bridge_rows"] == {("waiting",): 3, ("sent",): 0, ("parked",): 0}
    assert found["hadir_bridge_oldest_waiting_seconds"] == {(): 90}
    assert found["hadir_bridge_free_bytes"][()] > 0
    assert found["hadir_bridge_build_info"] == {("4.01", version("hadir")): 1}


def test_terminals_are_shown_by_their_name(readings: BridgeReadings, outbox: Outbox) -> None:
    contact = Contact(
        driver="zk", serial="S1", model="", firmware="", records=40, clock_offset_s=-7,
        read_at=NOW - 60,
    )  # fmt: skip
    outbox.add([], mark=Mark(name="front-door", contact=contact))
    outbox.ledger.note_failure("back-door", "zk", "192.168.1.9 does not answer", NOW - 10)
    found = values(readings)
    assert found["hadir_bridge_terminal_read_age_seconds"] == {("front-door",): 60}
    assert found["hadir_bridge_terminal_clock_offset_seconds"] == {("front-door",): -7}
    assert found["hadir_bridge_terminal_records"] == {("front-door",): 40}
    assert found["hadir_bridge_terminal_fault"] == {("front-door",): 0, ("back-door",): 1}


def test_the_way_to_the_centre_is_shown(readings: BridgeReadings, outbox: Outbox) -> None:
    assert "hadir_bridge_centre_answer_age_seconds" not in values(readings)
    outbox.ledger.note_centre(CentreState(ok_at=NOW - 5, skew_s=2, error="it is away", error_at=1))
    found = values(readings)
    assert found["hadir_bridge_centre_answer_age_seconds"] == {(): 5}
    assert found["hadir_bridge_clock_skew_seconds"] == {(): 2}
    assert found["hadir_bridge_centre_fault"] == {(): 1}


def test_what_loops_did_is_counted(readings: BridgeReadings, health: Health) -> None:
    health.tally.read("front-door", 1.5)
    health.tally.read("front-door", 2.5)
    health.tally.read_failed("front-door")
    health.tally.sent(accepted=9, refused=1)
    health.tally.sending_failed()
    found = values(readings)
    assert found["hadir_bridge_reads_total"] == {
        ("ok", "front-door"): 2,
        ("failed", "front-door"): 1,
    }
    assert found["hadir_bridge_read_seconds_sum"] == {("front-door",): 4.0}
    assert found["hadir_bridge_read_seconds_count"] == {("front-door",): 2}
    assert found["hadir_bridge_sent_rows_total"] == {("accepted",): 9, ("refused",): 1}
    assert found["hadir_bridge_send_failures_total"] == {(): 1}
    assert found["hadir_bridge_hanging_loops"] == {(): 0}


def test_an_outbox_that_is_busy_hides_only_what_is_in_it(
    readings: BridgeReadings, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise OutboxBusy("another process holds it")

    monkeypatch.setattr(outbox, "counts", busy)
    found = values(readings)
    assert found["hadir_bridge_outbox_up"] == {(): 0}
    assert found["hadir_bridge_send_failures_total"] == {(): 0}
    assert "hadir_bridge_rows" not in found


def ask(port: int, path: str = "/metrics") -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"http://127.0.0.1:{port}{path}", timeout=10)


class TestDoor:
    def test_it_answers_what_prometheus_can_parse(self, readings: BridgeReadings) -> None:
        with shown(readings, "127.0.0.1", 0) as port:
            answer = ask(port)
            assert ask(port, "/").status_code == 404
        names = {one.name for one in text_string_to_metric_families(answer.text)}
        assert {"hadir_bridge_rows", "hadir_bridge_sent_rows", "hadir_bridge_build_info"} <= names

    def test_a_port_that_is_taken_is_a_sentence(self, readings: BridgeReadings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            refused = pytest.raises(MetricsPortTaken, match=f"cannot take 127.0.0.1:{port}")
            with refused, shown(readings, "127.0.0.1", port):
                pass

    def test_who_says_nothing_holds_up_nobody_for_long(
        self, readings: BridgeReadings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(metricsdoor, "WITHIN_S", 0.2)
        with (
            shown(readings, "127.0.0.1", 0) as port,
            socket.create_connection(("127.0.0.1", port)) as silent,
        ):
            silent.sendall(b"GET /met")
            assert ask(port).status_code == 200

    def test_a_mistake_of_ours_is_told_and_survived(
        self,
        readings: BridgeReadings,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with shown(readings, "127.0.0.1", 0) as port:
            with monkeypatch.context() as patched:
                patched.setattr(readings, "_clock", lambda: 1 / 0)
                assert ask(port).status_code == 500
            assert ask(port).status_code == 200
        assert "the metrics could not be read" in caplog.text


def test_who_is_not_asked_loads_none_of_it() -> None:
    script = "import sys, bridge.cli, bridge.daemon; print('prometheus_client' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "False"
