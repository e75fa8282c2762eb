"""The three wings as processes: started, killed, and asked what they hold.

Used by the journey tests, by `make soak` and by `make demo`. Everything listens on 127.0.0.1 on
ports the system chose; everything is stopped when its `with` block ends.
"""

import csv
import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import NullPool, create_engine, text

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90.0
ZONE = "Asia/Makassar"

Touch = tuple[str, str, str]
"""Serial, user id, local time as `YYYY-MM-DD HH:MM:SS`."""


def today() -> date:
    """Return the date where the terminals are, wherever this machine thinks it is."""
    return datetime.now(ZoneInfo(ZONE)).date()


class Impatient(AssertionError):
    """Something that should have happened did not, in the time a patient person would wait."""


def wait_until(what: str, true: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Ask again and again until `true()` is, or raise Impatient."""
    end = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > end:
            raise Impatient(f"waited {patience_s:.0f} s in vain for: {what}")
        select.select([], [], [], 0.02)


class Part:
    """One process with its log file."""

    def __init__(
        self, name: str, folder: Path, arguments: Sequence[str], *, before: Sequence[str] = ()
    ) -> None:
        """`before` is what the program is begun by, such as `ip netns exec`."""
        self.name = name
        self.log = folder / f"{name}.log"
        self._arguments = list(arguments)
        self._before = list(before)
        self._process: subprocess.Popen[str] | None = None
        self._log_file: IO[str] | None = None

    def start(self) -> None:
        """Start the process; subclasses wait until it is ready."""
        self._log_file = self.log.open("a", encoding="utf-8")
        self._process = subprocess.Popen(
            [*self._before, sys.executable, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            text=True,
            cwd=ROOT,
            env=_clean_environment(),
        )

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, f"{self.name} was never started"
        return self._process

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Pull the plug: SIGKILL, and nothing is said."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask politely and return the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(how)
        code = self._process.wait(PATIENCE_S)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue  # the process was killed with a command in its pipe
        if self._log_file is not None:
            self._log_file.close()
        self._process = None
        return code

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()


class Terminal(Part):
    """A simulated terminal; its memory is a file, as a real one's is flash."""

    def __init__(self, name: str, folder: Path, serial: str, *options: str) -> None:
        self.serial = serial
        self.port = 0
        self._state = folder / f"{name}.flash"
        self._options = options
        super().__init__(name, folder, [])

    def start(self) -> None:
        arguments = ["-m", "drivers.simulator", "--serial", self.serial]
        arguments += ["--port", str(self.port), "--state", str(self._state), "--control"]
        self._arguments = [*arguments, *self._options]
        super().start()
        self.port = self._read_line()["port"]  # kept over a restart, as a real terminal's is

    def ask(self, command: str) -> Any:
        """Send one control command and return its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._read_line()

    def touches(self) -> set[Touch]:
        """Return every good punch the terminal holds."""
        found = self.ask("dump")
        return {
            (self.serial, one["user_id"], one["local_time"].replace("T", " "))
            for one in found["punches"]
        }

    def _read_line(self) -> Any:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            raise Impatient(f"{self.name} says nothing; see {self.log}")
        return json.loads(line)


class Centre(Part):
    """`hadir-ingest serve` on a database of its own."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.folder = folder
        self.file = folder / "centre.db"
        self.database = database or f"sqlite:///{self.file}"
        self.port = 0
        self.config = folder / "ingest.toml"
        super().__init__("centre", folder, ["-m", "ingest", "--config", str(self.config), "serve"])

    def write_config(self) -> None:
        """Write the configuration file, with the port once it is known."""
        self.config.write_text(
            f'[ingest]\ndatabase = "{self.database}"\ntimezone = "{ZONE}"\n'
            f'listen = "127.0.0.1:{self.port}"\nevaluate_s = 1\n',
            encoding="utf-8",
        )

    def start(self) -> None:
        self.write_config()
        seen = self.log.stat().st_size if self.log.exists() else 0
        super().start()
        mark = "listening on http://127.0.0.1:"

        def ready() -> bool:
            text = self.log.read_text(encoding="utf-8")[seen:] if self.log.exists() else ""
            if mark in text:
                self.port = int(text.split(mark)[1].split()[0].rstrip("/,"))
                return True
            if not self.alive:
                raise Impatient(f"the centre ended at once; see {self.log}:\n{text[-2000:]}")
            return False

        wait_until("the centre listens", ready)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run one `hadir-ingest` command and return what it printed."""
        return run_command("ingest", self.config, arguments, code)

    def touches(self) -> list[Touch]:
        """Return every stored punch, doubles included if there were any."""
        rows = self._ask(
            "SELECT serial, user_id, local_time FROM punches"
            " JOIN terminals ON terminals.id = terminal_id"
        )
        return [(serial, user, str(local)[:19]) for serial, user, local in rows]

    def count(self) -> int:
        """Return how many punches are stored."""
        return int(self._ask("SELECT count(*) FROM punches")[0][0])

    def covered(self) -> int:
        """Return of how many terminals it is known up to when their log is."""
        return int(self._ask("SELECT count(DISTINCT terminal_id) FROM coverage")[0][0])

    def _ask(self, question: str) -> Sequence[Any]:
        engine = create_engine(self.database, poolclass=NullPool)  # files are swapped under us
        with engine.connect() as connection:
            return connection.execute(text(question)).all()


@dataclass
class Office:
    """What an office's bridge is configured with."""

    code: str
    terminals: list[Terminal]
    key_file: Path | None
    """The key of its bridge, which the centre knows, copied into a state directory without one;
    None for a bridge that needs none."""
    poll_s: float = 1
    timeout_s: float = 5
    extra: Mapping[str, str] = field(default_factory=dict)


class Bridge(Part):
    """`hadir-bridge run` for one office."""

    def __init__(self, name: str, folder: Path, office: Office, url: str) -> None:
        self.office = office
        self.config = folder / f"{name}.toml"
        self.state = folder / f"{name}-state"
        self._url = url
        super().__init__(name, folder, ["-m", "bridge", "--config", str(self.config), "run"])

    def write_config(self) -> None:
        """Write the configuration file from what the terminals and the centre say now."""
        office = self.office
        lines = [
            "[bridge]",
            f'office = "{office.code}"',
            f'timezone = "{ZONE}"',
            f'state_dir = "{self.state}"',
            *(f"{key} = {value}" for key, value in office.extra.items()),
            "[centre]",
            f'url = "{self._url}"',
            "heartbeat_s = 1",
        ]
        for terminal in office.terminals:
            lines += [
                "[[terminal]]",
                f'name = "{terminal.name}"',
                'driver = "zk"',
                'transport = "tcp"',
                'host = "127.0.0.1"',
                f"port = {terminal.port}",
                f"poll_s = {office.poll_s}",
                f"timeout_s = {office.timeout_s}",
            ]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._bring_key()

    def _bring_key(self) -> None:
        """Do what `enrol` did: a process for it would cost each test a second."""
        key = self.state / "bridge.key"
        if self.office.key_file and not key.exists():
            self.state.mkdir(mode=0o700, exist_ok=True)
            shutil.copy(self.office.key_file, key)  # with its mode

    def start(self) -> None:
        self.write_config()
        super().start()

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run one `hadir-bridge` command and return what it printed."""
        if not self.config.exists():
            self.write_config()
        return run_command("bridge", self.config, arguments, code)

    def waiting(self) -> int:
        """Return how many rows still wait in the outbox."""
        file = self.state / "outbox.db"
        if not file.exists():
            return -1
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)
        try:
            return int(
                database.execute("SELECT count(*) FROM records WHERE place = 'waiting'").fetchone()[
                    0
                ]
            )
        finally:
            database.close()


def run_command(wing: str, config: Path, arguments: Iterable[str], code: int = 0) -> str:
    """Run a command of a wing in a process of its own; return stdout, insist on the exit code."""
    done = subprocess.run(
        [sys.executable, "-m", wing, "--config", str(config), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=_clean_environment(),
        timeout=120,
    )
    if done.returncode != code:
        said = f"{done.stdout}{done.stderr}"
        raise AssertionError(f"{wing} {' '.join(arguments)}: exit {done.returncode}\n{said}")
    return done.stdout


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a file such as an admin would import."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def nip(number: int, *, born: str = "19860926", since: str = "201505", sex: int = 1) -> str:
    """Return a NIP of sound form for the `number`-th person, from 1 to 999."""
    return f"{born}{since}{sex}{number:03d}"


def _clean_environment() -> dict[str, str]:
    drop = ("HADIR_", "NOTIFY_", "WATCHDOG_", "CREDENTIALS_", "COV_CORE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(drop)}
    return {**kept, "PYTHONUNBUFFERED": "1", "TZ": ZONE}  # the simulated terminals' wall clock
