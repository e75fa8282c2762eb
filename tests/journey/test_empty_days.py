"""Each way a day can look empty, from the terminal on the wall to the calendar of the office.

A simulated terminal on a socket, the parts of a bridge, a centre that listens, and a clock that the
test moves: one week of an office, in which Budi touches the terminal every working day and Ani does
not on Tuesday. Everything read, Ani was absent. Whatever goes wrong instead, nobody is, and the
calendar says what.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bridge_parts import make_key
from click.testing import CliRunner
from served import Slot
from sqlalchemy import Connection, Table, insert, select

from bridge.centre import Centre
from bridge.dropfolder import DropFolder
from bridge.forwarder import Forwarder
from bridge.health import Health
from bridge.intake import Intake
from bridge.keys import KeyFiles
from bridge.outbox import Outbox
from bridge.poller import Poller
from bridge.resting import REST_S
from drivers import registry
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.zk import ZkServer
from drivers.zk.terminal import ZkTerminal
from ingest.api import create_app
from ingest.cli import cli
from ingest.days import Settings, close_days, evaluate_dirty
from ingest.store import bridges, tables
from ingest.store.database import migrate, open_engine, writing
from ingest.store.days import find_changes

ZONE = ZoneInfo("Asia/Makassar")
OFFICE = "4.01.01"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
ANI, BUDI = 1, 2
USB = "USB0000000001"
WORKED = {9: (7, 21), 18: (16, 4)}
"""By the hour of a visit: when people touched the door before it."""


@pytest.fixture(scope="module")
def slot() -> Iterator[Slot]:
    made = Slot()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hadir.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


def _add(connection: Connection, table: Table, **values: Any) -> None:
    connection.execute(insert(table).values(**values))


class Office:
    """Terminals, a bridge and a centre, at a moment that only the test moves."""

    def __init__(self, folder: Path, slot: Slot, template: Path) -> None:
        self.folder, self.slot = folder, slot
        self.now = datetime(2026, 3, 2, 6, 0, tzinfo=ZONE)
        shutil.copyfile(template, folder / "hadir.db")
        self.url = f"sqlite:///{folder / 'hadir.db'}"
        self.engine = open_engine(self.url)
        self.settings = Settings(ZONE, 300)
        slot.app = create_app(self.engine, zone=ZONE, clock_limit_s=300, clock=lambda: self.now)
        self.outbox = Outbox(folder / "outbox.db")
        self.intake = Intake(self.outbox, zone=ZONE, clock_limit_s=300)
        self.health = Health()
        self.pollers: list[Poller] = []
        self.servers: list[ZkServer] = []
        self.drop: DropFolder | None = None
        self._register()
        self._centre = Centre(
            f"http://127.0.0.1:{slot.port}", KeyFiles(folder), timeout_s=20, clock=self.seconds
        )
        self.door = self.hang("pintu-depan", "SIM1")
        for days_ago in range(7, 0, -1):  # else a first read would prove nothing of the past
            for clock in ((7, 21), (16, 4)):
                self.work(MONDAY - timedelta(days=days_ago), *clock)

    def seconds(self) -> float:
        return self.now.timestamp()

    def local(self) -> datetime:
        return self.now.replace(tzinfo=None)

    def _register(self) -> None:
        key = make_key(self.folder, int(self.seconds()) - 60)
        at, since = self.now, date(2026, 1, 1)
        own = {"office": OFFICE, "valid_from": since}
        with writing(self.engine) as connection:
            add = partial(_add, connection)
            add(tables.offices, code=OFFICE, name="Dinas Contoh", scheme="5-hari")
            add(tables.calendar_years, year=2026, seeded_at=at, confirmed_at=at)
            for number, name in ((ANI, "Ani"), (BUDI, "Budi")):
                nip = f"19860926201505100{number}"
                add(tables.people, id=number, nip=nip, name=name, kind="PNS")
                add(tables.assignments, person_id=number, office=OFFICE, valid_from=MONDAY)
                add(tables.user_ids, user_id=str(number), person_id=number, **own)
            added = bridges.add(connection, office=OFFICE, name="pc", now=at)
            bridges.add_key(connection, added.id, key.public, now=at, grounds={"test": "by hand"})

    def register(self, serial: str, name: str, since: date = date(2026, 1, 1)) -> None:
        told = {"serial": serial, "name": name, "office": OFFICE, "registered": True}
        with writing(self.engine) as connection:
            _add(connection, tables.terminals, **told, counts_from=since, first_seen_at=self.now)

    def hang(self, name: str, serial: str, since: date = date(2026, 1, 1)) -> Memory:
        """Register a terminal, start it, and let the bridge read it."""
        self.register(serial, name, since)
        memory = Memory(serial, clock=self.local)
        server = ZkServer(memory, Faults())
        server.start()
        self.servers.append(server)
        options = ZkTerminal.Options(host="127.0.0.1", port=server.port, timeout_s=2)
        self.pollers.append(
            Poller(
                name=name, driver="zk", opener=lambda: ZkTerminal(options), intake=self.intake,
                ledger=self.outbox.ledger, health=self.health, zone=ZONE, poll_s=60,
                random=lambda: 0.5, clock=self.seconds, monotonic=self.seconds,
            )
        )  # fmt: skip
        return memory

    def folder_of(self, serial: str) -> Path:
        """Register a terminal without a network; return the folder its files are dropped into."""
        self.register(serial, "mesin-desa")
        path = self.folder / "drop"
        path.mkdir()
        options = SimpleNamespace(path=str(path), serial=serial, date_order="auto")
        self.drop = DropFolder(
            name="mesin-desa", driver="usb", options=options, reader=registry.importer("usb"),
            intake=self.intake, outbox=self.outbox, health=self.health, zone=ZONE, poll_s=60,
            random=lambda: 0.5, clock=self.seconds, monotonic=self.seconds,
        )  # fmt: skip
        return path

    def work(self, day: date, hour: int, minute: int) -> None:
        """Let both touch the door, Ani on any day but Tuesday."""
        at = datetime.combine(day, time(hour, minute))
        for who in ("1", "2") if day != TUESDAY else ("2",):
            if day.weekday() < 5:
                self.door.punch(who, 0, at + self.door.skew)

    def go_to(self, day: date, hour: int, minute: int = 0) -> None:
        self.now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)

    def visit(self) -> None:
        """Read every terminal and folder, and tell the centre all there is."""
        for poller in self.pollers:
            poller.step()
        if self.drop is not None:
            list(self.drop.look())
            self.now += timedelta(seconds=REST_S)
            list(self.drop.look())
        Forwarder(
            self.outbox, self._centre, health=self.health, heartbeat_s=60, bridge_version="1",
            random=lambda: 0.5, key_mark=lambda: None, clock=self.seconds, monotonic=self.seconds,
        ).drain()  # fmt: skip

    def live(self, but: Callable[[datetime], None] = lambda _at: None) -> None:
        """Let two days pass, with a visit every few hours; `but` happens before each of them."""
        for day in (MONDAY, TUESDAY):
            for hour in (6, 9, 12, 18):
                self.go_to(day, hour)
                if hour in WORKED:
                    self.work(day, *WORKED[hour])
                but(self.now)
                if not self.off:
                    self.visit()

    off = False
    """Whether the bridge's computer is switched off."""

    def judge(self) -> None:
        """Do what the centre's jobs do."""
        evaluate_dirty(self.engine, now=self.now, settings=self.settings)
        close_days(self.engine, now=self.now, settings=self.settings)

    def days(self, day: date = TUESDAY) -> dict[int, Any]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(tables.days).where(tables.days.c.day == day))
            return {row.person_id: row for row in rows}

    def changes(self, who: int) -> list[tuple[str | None, str]]:
        with self.engine.connect() as connection:
            return [(one.was, one.became) for one in find_changes(connection, who, TUESDAY)]

    def run(self, *arguments: str) -> str:
        config = self.folder / "ingest.toml"
        config.write_text(
            f'[ingest]\ndatabase = "{self.url}"\ntimezone = "Asia/Makassar"\n'
            'listen = "127.0.0.1:0"\n'
        )
        result = CliRunner().invoke(
            cli, ["--config", str(config), *arguments], obj=lambda: self.now
        )
        assert result.exit_code == 0, result.output
        return result.stdout

    def stop(self) -> None:
        for one in self.servers:
            one.stop()
        self._centre.close()
        self.outbox.close()
        self.engine.dispose()


@pytest.fixture
def office(slot: Slot, template: Path) -> Iterator[Office]:
    """On a disk in memory where there is one: no commit of these is about a power cut."""
    place = Path("/dev/shm")  # noqa: S108 - the folder made in it is ours alone
    with tempfile.TemporaryDirectory(dir=place if place.is_dir() else None) as folder:
        made = Office(Path(folder), slot, template)
        yield made
        made.stop()


def assert_named(office: Office, mark: str, code: str, *words: str) -> None:
    """Insist that nobody was absent on Tuesday, that Ani's day says why, and the calendar too."""
    office.go_to(WEDNESDAY, 8)
    office.judge()
    days = office.days()
    assert days[ANI].status == "UNVERIFIED"
    assert "ABSENT" not in {one.status for one in days.values()}
    (told,) = (one["text"] for one in days[ANI].because if one["code"] == code)
    for word in words:
        assert word in told
    month = json.loads(office.run("coverage", "--office", OFFICE, "--month", "2026-03", "--json"))
    tuesday = month[TUESDAY.day - 1]
    assert tuesday["mark"] == mark
    assert told in [one["text"] for one in tuesday["reasons"] if one["code"] == code]
    text = office.run("coverage", "--office", OFFICE, "--month", "2026-03")
    assert {"not-yet": " 3 belum", "gap": " 3 celah", "held": " 3 tertahan"}[mark] in text
    assert f"[{code}]" in text


def test_a_day_that_is_read_to_its_end_is_an_absence(office: Office) -> None:
    """What the others are held against: one thing is different in each."""
    office.live()
    office.go_to(WEDNESDAY, 7)
    office.visit()
    office.judge()
    assert {who: one.status for who, one in office.days().items()} == {
        ANI: "ABSENT", BUDI: "PRESENT",
    }  # fmt: skip
    assert office.days(MONDAY)[ANI].status == "PRESENT"
    month = json.loads(office.run("coverage", "show", "--office", OFFICE, "--json"))
    assert [one["mark"] for one in month[:5]] == ["complete"] * 3 + ["not-yet", "to-come"]


def test_a_dead_terminal(office: Office) -> None:
    def happens(at: datetime) -> None:
        if at.date() == TUESDAY and at.hour == 9:
            office.servers[0].stop()

    office.live(happens)
    office.go_to(WEDNESDAY, 7)
    office.visit()
    assert_named(
        office, "not-yet", "behind", "mesin pintu-depan (SIM1)", "3 Maret 2026 pukul 06.00 WITA",
        "terakhir melapor 4 Maret 2026 pukul 07.00", "kendala mesin: ",
    )  # fmt: skip


def test_an_empty_read(office: Office) -> None:
    def happens(at: datetime) -> None:
        if at.date() == TUESDAY:
            office.door.clear()

    office.live(happens)
    office.go_to(WEDNESDAY, 7)
    office.door.clear()
    office.visit()
    assert_named(
        office, "not-yet", "behind", "mesin pintu-depan (SIM1)", "2 Maret 2026 pukul 18.00 WITA"
    )


def test_a_bridge_that_is_switched_off(office: Office) -> None:
    def happens(at: datetime) -> None:
        office.off = at >= datetime(2026, 3, 3, 12, tzinfo=ZONE)

    office.live(happens)
    assert_named(
        office, "not-yet", "behind", "mesin pintu-depan (SIM1)", "3 Maret 2026 pukul 09.00 WITA",
        "hadir-bridge terakhir melapor 3 Maret 2026 pukul 09.00",
    )  # fmt: skip


def test_a_wrong_clock(office: Office) -> None:
    def happens(at: datetime) -> None:
        if at.date() == TUESDAY:
            office.door.skew = timedelta(hours=-30)

    office.live(happens)
    office.go_to(WEDNESDAY, 7)
    office.visit()
    assert_named(office, "gap", "clock", "mesin pintu-depan (SIM1)", "jam lebih lambat hari ini")


def test_a_cleared_log(office: Office) -> None:
    def happens(at: datetime) -> None:
        if at.date() == TUESDAY and at.hour == 18:
            office.door.clear()
            office.door.punch("2", 0, datetime(2026, 3, 3, 17, 30))

    office.live(happens)
    office.go_to(WEDNESDAY, 7)
    office.visit()
    assert_named(
        office, "gap", "hole", "mesin pintu-depan (SIM1)", "3 Maret 2026 pukul 12.00 WITA",
        "3 Maret 2026 pukul 18.00 WITA",
    )  # fmt: skip


def test_a_user_id_that_nobody_mapped(office: Office) -> None:
    def happens(at: datetime) -> None:
        if at.date() == TUESDAY and at.hour == 9:
            office.door.punch("57", 0, datetime(2026, 3, 3, 7, 25))

    office.live(happens)
    office.go_to(WEDNESDAY, 7)
    office.visit()
    assert_named(office, "held", "unmapped", "mesin pintu-depan: 57")


def test_a_new_terminal(office: Office) -> None:
    """It counts since it was hung up; of the time before its first record nothing is known."""

    def happens(at: datetime) -> None:
        if at.date() == TUESDAY and at.hour == 12:
            office.hang("aula", "SIM2", TUESDAY).punch("2", 0, datetime(2026, 3, 3, 11, 40))

    office.live(happens)
    office.go_to(WEDNESDAY, 7)
    office.visit()
    assert_named(office, "gap", "hole", "mesin aula (SIM2)", "3 Maret 2026 pukul 11.40 WITA")


def attlog(*touches: tuple[str, str]) -> bytes:
    """Return a file as a USB stick brings it: user id, time, and codes."""
    return "".join(f"{who:>9}\t{at}\t1\t0\t1\t0\r\n" for who, at in touches).encode()


@pytest.mark.parametrize("came", [True, False], ids=["Ani came there", "Ani did not"])
def test_a_usb_file_that_comes_two_weeks_late(office: Office, came: bool) -> None:
    folder = office.folder_of(USB)
    office.live()
    office.go_to(WEDNESDAY, 7)
    office.visit()
    assert_named(office, "not-yet", "never-read", "mesin mesin-desa (USB0000000001)")
    office.go_to(date(2026, 3, 17), 9)
    there = [("1", "2026-03-03 07:28:00"), ("1", "2026-03-03 16:09:00")] if came else []
    around = [("2", f"2026-{day} 07:20:00") for day in ("02-27", "03-02", "03-03", "03-10")]
    file = attlog(*sorted([*around, *there, ("2", "2026-03-16 07:20:00")], key=lambda one: one[1]))
    (folder / "1_attlog.dat").write_bytes(file)
    office.visit()
    office.judge()
    became = "PRESENT" if came else "ABSENT"
    assert office.days()[ANI].status == became
    assert office.changes(ANI) == [("UNVERIFIED", became)]
    month = json.loads(office.run("coverage", "--office", OFFICE, "--month", "2026-03", "--json"))
    assert month[TUESDAY.day - 1]["mark"] == "complete"
    overview = office.run("coverage", "--month", "2026-03")
    assert "Dinas Contoh" in overview
    assert "mesin-desa (USB0000000001)" in overview or "pintu-depan (SIM1)" in overview
