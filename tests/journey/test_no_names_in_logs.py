"""NIPs stand in no log and in no URL, not at DEBUG and not when everything goes wrong.

The whole way in one process, on real sockets: a terminal whose user ids are NIPs, the bridge, the
centre, every job; and the faults of which each side tells in its log.
"""

import json
import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from click.testing import CliRunner, Result
from followed import Followed, nip
from sqlalchemy import text

from bridge.cli import cli as bridge_cli
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.zk import ZkServer
from ingest import config as ingest_config
from ingest.api import create_app
from ingest.cli import cli as ingest_cli
from ingest.jobs import SCHEDULE
from ingest.jobs.work import Work, make_work
from ingest.store import marks
from ingest.store.database import migrate, open_engine, writing

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Makassar")
PEOPLE = ("198609262015051001", "198609262015051002")
STRANGER = "199001012015051009"
FEW_DAYS = timedelta(days=9)
EIGHTEEN = re.compile(r"(?<!\d)(?:19|20)\d{16}(?!\d)")


class Way:
    """A centre that listens, and an office's desk beside it."""

    def __init__(self, folder: Path, terminal: ZkServer) -> None:
        self.folder = folder
        self.asked: list[str] = []
        file = folder / "ingest.toml"
        url = f"sqlite:///{folder / 'hadir.db'}"
        file.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\n'
            f"lookback_days = {FEW_DAYS.days}\n"
        )
        self.config = ingest_config.load(file)
        self.engine = open_engine(url)
        migrate(self.engine)
        self._app = create_app(self.engine, zone=ZONE, clock_limit_s=300, clock=now)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._terminal = terminal
        self._write_bridge()

    def _write_bridge(self) -> None:
        file = self.folder / "bridge.toml"
        file.write_text(f"""
[bridge]
office = "A"
timezone = "Asia/Makassar"
state_dir = "{self.folder / "state"}"
[centre]
url = "http://127.0.0.1:{self.port}"
timeout_s = 5
[[terminal]]
name = "pintu"
driver = "zk"
host = "127.0.0.1"
port = {self._terminal.port}
comm_key = 1
timeout_s = 1
""")
        file.chmod(0o640)

    async def _noting(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.asked.append(scope["path"] + "?" + scope["query_string"].decode())
        await self._app(scope, receive, send)

    @contextmanager
    def listening(self) -> Iterator[None]:
        server = uvicorn.Server(
            uvicorn.Config(
                self._noting,
                interface="asgi3",
                lifespan="off",
                log_config=None,
                access_log=False,
                ws="none",
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [self._socket]})
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(30)
            self._socket.close()
            self.engine.dispose()

    def bridge(self, *words: str) -> Result:
        return CliRunner().invoke(
            bridge_cli, ["--config", str(self.folder / "bridge.toml"), "--verbose", *words]
        )

    def centre(self, *words: str) -> str:
        path = str(self.folder / "ingest.toml")
        done = CliRunner().invoke(ingest_cli, ["--config", path, *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    def take(self, what: str, content: str) -> None:
        file = self.folder / "daftar.csv"
        file.write_text(content)
        self.centre(what, "import", str(file))


def now() -> datetime:
    return datetime.now(UTC)


def run_jobs(work: Work) -> None:
    """Do a round of every job, each of which may fail: what it says then counts, too."""
    for job in SCHEDULE:
        round_ = job.run(work)
        try:
            round_()
        except Exception:  # as the schedule does it
            logging.getLogger("ingest.jobs").exception("job %s failed", job.name)


class Ear(logging.Handler):
    """Keeps what is logged. Not on the root: the bridge's commands put their own handler there."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def heard() -> Iterator[Ear]:
    """Everything that our rooms log, and the libraries that see what travels."""
    ear, before = Ear(), {}
    for name in ("ingest", "bridge", "drivers", "urllib3", "uvicorn", "apscheduler"):
        logger = logging.getLogger(name)
        before[name] = logger.level
        logger.addHandler(ear)
        logger.setLevel(logging.DEBUG)
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield ear
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, was in before.items():
        logging.getLogger(name).removeHandler(ear)
        logging.getLogger(name).setLevel(was)


def held_against(heard: Ear, *numbers: str) -> None:
    form = logging.Formatter("%(name)s %(message)s")
    for record in heard.records:
        line = form.format(record)  # with its traceback
        if record.name.startswith(("drivers.simulator", "asyncio")):
            continue
        for number in numbers:
            assert number not in line, f"{record.name}: {line[:300]}"
            assert number.encode().hex() not in line, f"{record.name}: {line[:300]}"
        assert not EIGHTEEN.search(line), f"{record.name}: {line[:300]}"


@pytest.fixture
def memory() -> Memory:
    memory = Memory(
        "SIM0000000007", comm_key=1, clock=lambda: now().astimezone(ZONE).replace(tzinfo=None)
    )
    morning = now().astimezone(ZONE).replace(tzinfo=None, microsecond=0) - timedelta(hours=30)
    for number in (*PEOPLE, STRANGER):
        memory.punch(number, 0, morning)
    memory.punch(PEOPLE[0], 0, datetime(2038, 1, 2, 7))
    memory.add_bad("date")
    return memory


def test_from_a_finger_to_a_judged_day_no_log_and_no_url_names_anybody(
    memory: Memory, tmp_path: Path, heard: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the 400 days that a new register has judged again say what nine say, and take 10 s
    monkeypatch.setattr(marks, "MAX_DAYS", FEW_DAYS.days)
    faults = Faults()
    with ZkServer(memory, faults) as terminal:
        way = Way(tmp_path, terminal)
        with way.listening():
            _register(way)
            assert way.bridge("once").exit_code == 0
            assert way.bridge("backfill", "pintu").exit_code == 0
            way.bridge("capture", "pintu", "--out", str(tmp_path / "c.hex"))
            run_jobs(make_work(way.config, way.engine, now))
            stored = json.loads(way.centre("punches", "list", "--json"))
            assert {*PEOPLE, STRANGER} <= {one["user_id"] for one in stored}
            _go_wrong(way, memory, faults)
    rooms = {record.name.partition(".")[0] for record in heard.records}
    assert {"bridge", "ingest"} <= rooms
    held_against(heard, *PEOPLE, STRANGER)
    assert way.asked
    assert not [path for path in way.asked if EIGHTEEN.search(path)]


def _register(way: Way) -> None:
    way.take("offices", "code,name\nA,Dinas\n")
    since = now().astimezone(ZONE).date() - FEW_DAYS
    people = "".join(f"{number},Orang {number[-1]},PNS,A,,{since}\n" for number in PEOPLE)
    way.take("people", f"nip,name,kind,office,superior_nip,from\n{people}")
    way.take("terminals", f"serial,name,office,counts_from\nSIM0000000007,pintu,A,{since}\n")
    code = way.centre("bridges", "invite", "--office", "A", "--name", "pc").strip()
    enrolled = way.bridge("enrol", code)
    assert enrolled.exit_code == 0, enrolled.output


def _go_wrong(way: Way, memory: Memory, faults: Faults) -> None:
    """Answers that make no sense, and a store that fails in the middle of a batch and of jobs."""
    for fault in ("short-chunk=40", "wrong-prefix=7"):
        faults.add(fault)
        way.bridge("once")
        faults.clear()
    memory.punch(PEOPLE[1], 1)
    for table in ("days", "punches"):
        with writing(way.engine) as connection:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO away_{table}"))
        way.bridge("once")
        run_jobs(make_work(way.config, way.engine, now))


def test_a_case_and_its_notices_are_told_without_a_name(tmp_path: Path, heard: Ear) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hadir.db'}")
    migrate(engine)
    followed = Followed(engine)
    followed.go(4, each=False)
    work = Work(
        engine, followed.settings(), lambda: followed.now, FEW_DAYS.days, timedelta(minutes=30)
    )
    run_jobs(work)
    assert followed.cases()
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE case_notices RENAME TO away"))
    followed.today += timedelta(days=3)
    run_jobs(work)
    engine.dispose()
    held_against(heard, nip(1), nip(2))


@pytest.mark.parametrize("document", ["docs/openapi.json"])
def test_no_route_has_a_place_for_a_nip(document: str) -> None:
    told = json.loads((ROOT / document).read_text(encoding="utf-8"))
    assert told["paths"]
    for path, verbs in told["paths"].items():
        assert "nip" not in path.lower()
        for verb in verbs.values():
            if isinstance(verb, dict):
                asked = SimpleNamespace(**{"parameters": [], **verb}).parameters
                assert not [one for one in asked if "nip" in json.dumps(one).lower()], path
