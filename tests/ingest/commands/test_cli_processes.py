"""`hadir-ingest` as it really runs: in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from ingest.store.database import writing
from ingest.store.punches import save

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class Process:
    """`hadir-ingest` as it really runs."""

    def __init__(self, config: Path, *arguments: str, **environ: str) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "NOTIFY_SOCKET"} | environ
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "ingest", "--config", config, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def until(self, mark: str) -> str:
        """Return the first line of stderr with a mark; the test's time-out ends a long wait."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if mark in line:
                return line
        raise AssertionError(f"it ended without {mark!r}")

    def read_a_line(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline()

    def leave(self) -> None:
        """Stop reading its output before there is any."""
        assert self._process.stdout is not None
        self._process.stdout.close()

    def send(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        with self._process:
            err = self._process.stderr.read()
            out = "" if self._process.stdout.closed else self._process.stdout.read()
            return self._process.wait(timeout=60), out, err


@one_database
class TestProcesses:
    def test_serves_until_told_to_stop(self, run):
        daemon = Process(run.config, "serve")
        url = daemon.until("listening on ").split("listening on ")[1].strip()
        assert requests.get(f"{url}/healthz", timeout=10).status_code == 200
        daemon.send(signal.SIGTERM)
        code, out, err = daemon.end()
        assert (code, out) == (0, "")
        assert "Traceback" not in err

    def test_tells_systemd_how_it_does(self, run, tmp_path):
        address = str(tmp_path / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(address)
            systemd.settimeout(60)
            daemon = Process(run.config, "serve", NOTIFY_SOCKET=address, WATCHDOG_USEC="60000")
            heard: list[str] = []
            while not {"READY=1", "WATCHDOG=1"} <= set(heard):
                heard += systemd.recv(1_000).decode().splitlines()
            daemon.send(signal.SIGINT)
            while "STOPPING=1" not in heard:
                heard += systemd.recv(1_000).decode().splitlines()
            assert daemon.end()[0] == 0

    def test_a_night_that_was_missed_is_caught_up_at_the_start(self, staffed):
        staffed("calendar", "seed", "2026")
        daemon = Process(staffed.config, "serve")
        line = daemon.until("closed the day: ")
        daemon.send(signal.SIGTERM)
        assert daemon.end()[0] == 0
        assert int(line.split("closed the day: ")[1].split()[0]) > 0

    def test_a_taken_port_is_named_before_anything_is_judged(self, run):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            run.config.write_text(run.config.read_text().replace(":0", f":{port}"))
            code, out, err = Process(run.config, "serve").end()
        assert (code, out) == (1, "")
        assert err.startswith(f"listen: cannot take 127.0.0.1:{port} (Address already in use)")
        assert len(err.splitlines()) == 1

    def test_a_reader_that_leaves_early_is_no_fault_of_ours(self, run):
        run("calendar", "seed", "2026")
        listing = Process(run.config, "punches", "list", "--json")
        listing.leave()
        assert "Traceback" not in listing.end()[2]

    @pytest.mark.parametrize("form", ["csv", "jsonl"])
    def test_a_reader_that_leaves_within_an_export_is_none_either(
        self, run, engine, bridge, punch, batch, at, deliver, form
    ):
        times = [datetime(2026, 3, 2, 7) + timedelta(seconds=number) for number in range(2_000)]
        told = deliver(batch(*(punch("7", time) for time in times)), bridge)
        with writing(engine) as connection:
            save(connection, bridge, told, at, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300)
        export = Process(run.config, "punches", "export", "--format", form)
        export.read_a_line()
        export.leave()
        assert export.end()[2] == ""

    def test_a_faulty_configuration_leaves_with_2(self, run):
        run.config.write_text("x = 1")
        code, out, err = Process(run.config, "serve").end()
        assert (code, out) == (2, "")
        assert "unknown table" in err
