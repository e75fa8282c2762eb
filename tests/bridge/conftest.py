"""Terminals, logs and centres to test the bridge with."""

import gzip
import hashlib
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bridge_parts import is_signed, make_key, named
from click.testing import CliRunner, Result

from bridge.cli import cli
from bridge.health import Health
from bridge.intake import Intake
from bridge.listener import Limits, Listener
from bridge.normalise import Normaliser, Read
from bridge.outbox import Outbox
from bridge.rows import Body
from drivers.base import BadRecord, Entry, ListLog, RawPunch
from drivers.simulator.memory import Memory
from drivers.simulator.zk import ZkServer
from ingest import wire

SERIAL = "OGT7030056062300032"
MAKASSAR = ZoneInfo("Asia/Makassar")
DAY_ONE = datetime(2026, 3, 2, 7, 30)
READ_AT = int(datetime(2026, 3, 3, 0, 0, tzinfo=UTC).timestamp())


def make_touch(number: int, **changed: object) -> RawPunch:
    """Return the touch that a log holds at a place: a minute after the one before it."""
    touch = RawPunch(
        user_id=str(100 + number % 7),
        local_time=DAY_ONE + timedelta(minutes=number),
        state=0,
        verify=1,
        work_code="",
        raw=b"touch %08d" % number,
    )
    return touch._replace(**changed)


def make_touches(count: int, first: int = 0) -> list[Entry]:
    return [make_touch(number) for number in range(first, first + count)]


def make_bodies(entries: list[Entry], serial: str = SERIAL, read_at: int = READ_AT) -> list[Body]:
    read = Read(serial, MAKASSAR, "poll", read_at, None, 0)
    return [row.body for row in Normaliser(read).rows(entries, 0)]


@pytest.fixture
def touch() -> Callable[..., RawPunch]:
    return make_touch


@pytest.fixture
def touches() -> Callable[..., list[Entry]]:
    return make_touches


@pytest.fixture
def bodies() -> Callable[..., list[Body]]:
    return make_bodies


@pytest.fixture
def log_of() -> Callable[..., ListLog]:
    def build(
        entries: list[Entry],
        *,
        serial: str = SERIAL,
        claimed: int | None = None,
        positional: bool = True,
    ) -> ListLog:
        return ListLog(serial, entries, claimed=claimed, positional=positional)

    return build


@pytest.fixture
def blank() -> BadRecord:
    return BadRecord(b"\x00" * 40, "blank", "a slot that was never written", "")


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """Return a folder whose commits wait for no disk, where the system has one."""
    place = Path("/dev/shm")  # noqa: S108 - the folder made in it is ours alone
    with tempfile.TemporaryDirectory(dir=place if place.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def outbox(quick_path: Path) -> Iterator[Outbox]:
    with Outbox(quick_path / "outbox.db") as opened:
        yield opened


@pytest.fixture
def intake(outbox: Outbox) -> Intake:
    return Intake(outbox, zone=MAKASSAR, clock_limit_s=300)


Answer = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next thing on the script; the last one stays."""

    protocol_version = "HTTP/1.1"
    server: "ScriptedCentre"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        script = self.server.script
        answer = script.pop(0) if len(script) > 1 else script[0]
        self.server.requests.append((self.path, dict(self.headers), body))
        answer(self, body)

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class ScriptedCentre(ThreadingHTTPServer):
    """A centre on loopback that does what a test tells it to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Answer] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.released = threading.Event()
        """Set when the test is over: a stalled answer waits for it."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about."""


@pytest.fixture
def scripted() -> Iterator[ScriptedCentre]:
    server = ScriptedCentre()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join(10)


class Taking:
    """An answer that takes all it is sent, as a sound centre does."""

    def __init__(self) -> None:
        self.rows: dict[str, wire.Punch | wire.BadRecord] = {}
        self.coverage: list[wire.Coverage] = []
        self.heartbeats = 0
        self.beats: list[wire.Heartbeat] = []
        self.refuses: dict[str, str] = {}
        """User id to the reason its punches are parked for."""
        self.public_key = b""
        """Where set, no other may sign."""

    def __call__(self, handler: Handler, body: bytes) -> None:
        if self.public_key and not is_signed(
            self.public_key, "POST", handler.path, handler.headers, body
        ):
            handler.reply(401, b'{"error": "this key is not known", "code": "unknown-key"}')
        elif handler.path == "/v2/heartbeat":
            heartbeat = wire.decode_heartbeat(gzip.decompress(body))
            self.coverage += heartbeat.coverage
            self.beats.append(heartbeat)
            self.heartbeats += 1
            handler.reply(200, wire.encode_heartbeat_reply(wire.HeartbeatReply(int(time.time()))))
        else:
            handler.reply(200, wire.encode_receipt(self._take(body)))

    def _take(self, body: bytes) -> wire.Receipt:
        decoded = wire.decode_batch(gzip.decompress(body))
        assert not decoded.rejected
        parked = {}
        for name, row in named(decoded.batch).items():
            if row.user_id in self.refuses:
                parked[name] = self.refuses[row.user_id]
            else:
                self.rows[row.id] = row
        accepted = decoded.rows - len(parked)
        return wire.Receipt(
            secrets.token_hex(16), hashlib.sha256(body).hexdigest(), accepted, parked
        )


@pytest.fixture
def taking(scripted: ScriptedCentre) -> Taking:
    """A centre that takes everything; `scripted` is where it listens."""
    answer = Taking()
    scripted.script = [answer]
    return answer


class Desk:
    """One office with one simulated terminal, and a person who types commands."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.file = folder / "bridge.toml"
        self.state = folder / "state"
        self.key = self.state / "bridge.key"
        self.port = port
        self.write()

    def write(self, more: str = "", **changes: str) -> None:
        """Write the configuration; `more` is put behind the terminal's section.

        Who names a centre has been enrolled there.
        """
        if "url" in changes:
            make_key(self.state)
        keys = {
            "host": '"127.0.0.1"',
            "port": str(self.port),
            "comm_key": "77",
            "url": '"http://127.0.0.1:9"',
            "heartbeat_s": "60",
            "poll_s": "60",
            "timeout_s": "2",
        } | changes
        self.file.write_text(f"""
[bridge]
office = "4.01.01"
timezone = "Asia/Makassar"
state_dir = "{self.state}"
[centre]
url = {keys["url"]}
timeout_s = 2
heartbeat_s = {keys["heartbeat_s"]}
[[terminal]]
name = "front-door"
driver = "zk"
host = {keys["host"]}
port = {keys["port"]}
comm_key = {keys["comm_key"]}
poll_s = {keys["poll_s"]}
timeout_s = {keys["timeout_s"]}
{more}
""")
        self.file.chmod(0o640)

    def types(self, *words: str) -> Result:
        """Run a command in this process."""
        return CliRunner().invoke(cli, ["--config", str(self.file), *words])

    def command(self, *words: str) -> list[str]:
        """Return a command for another process."""
        return [sys.executable, "-m", "bridge", "--config", str(self.file), *words]


@pytest.fixture
def memory() -> Memory:
    """A simulated terminal's memory: three punches, and a record that cannot be one."""
    memory = Memory(
        "SIM0000000001",
        comm_key=77,
        clock=lambda: datetime.now(MAKASSAR).replace(tzinfo=None),
    )
    memory.punch("1001", 0, datetime(2026, 11, 23, 7, 21, 5))
    memory.add_bad("date")
    memory.punch("1002", 1, datetime(2026, 11, 23, 16, 2, 0))
    memory.punch("197912112009012003", 0, datetime(2038, 2, 1, 7, 0, 0))
    return memory


@pytest.fixture
def terminal(memory: Memory) -> Iterator[ZkServer]:
    with ZkServer(memory) as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, terminal: ZkServer) -> Desk:
    return Desk(tmp_path, terminal.port)


DOOR_S = 20.0


class Door:
    """A listener that runs, and calls to it."""

    def __init__(self, receiving: object, limits: Limits) -> None:
        self.health = Health()
        self.listener = Listener(
            receiving, host="127.0.0.1", port=0, health=self.health, limits=limits
        )
        self.listener.begin()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.listener.run, args=(self._stop,))
        self._thread.start()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.listener.port), DOOR_S)

    def call(self, content: bytes) -> bytes:
        with self.connect() as call:
            call.sendall(content)
            return read_all(call)

    def punch(self, rows: bytes, serial: str = "SERIAL87654321") -> bytes:
        head = f"POST /iclock/cdata?SN={serial}&table=ATTLOG&Stamp=1 HTTP/1.1\r\n"
        return self.call(head.encode() + b"Content-Length: %d\r\n\r\n" % len(rows) + rows)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(DOOR_S)
        assert not self._thread.is_alive()


def read_all(call: socket.socket) -> bytes:
    received = b""
    while more := call.recv(65_536):
        received += more
    return received


@pytest.fixture
def open_door(outbox: Outbox) -> Iterator[object]:
    """Open doors; they are closed before the outbox, which their clerks may be reading."""
    opened: list[Door] = []

    def build(receiving: object, limits: Limits | None = None) -> Door:
        opened.append(Door(receiving, limits or Limits()))
        return opened[-1]

    yield build
    for door in opened:
        door.close()
