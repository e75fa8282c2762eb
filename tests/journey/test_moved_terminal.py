"""A terminal that is carried to another office, as docs/pindah-mesin.md says it is done.

The door of one office hangs there on Monday, is cleared and carried away on Tuesday at noon, and
hangs in a branch from then on, under a name of its own. What was touched on it in the one place
counts there and nowhere else, before the move and after it, and nobody is absent by the move.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

import pytest
from bridge_parts import make_key
from click.testing import CliRunner
from sqlalchemy import select
from test_empty_days import (  # noqa: F401 - fixtures
    ANI,
    BUDI,
    MONDAY,
    OFFICE,
    TUESDAY,
    WEDNESDAY,
    ZONE,
    Office,
    _add,
    office,
    slot,
    template,
)

from bridge.centre import Centre
from bridge.clearing import Clearing
from bridge.forwarder import Forwarder
from bridge.health import Health
from bridge.intake import Intake, Reading
from bridge.keys import KeyFiles
from bridge.normalise import Read
from bridge.outbox import Outbox
from bridge.poller import Poller
from bridge.terminals import Renamed, TerminalConfig
from drivers.zk.terminal import ZkTerminal
from ingest.cli import cli
from ingest.store import bridges, tables
from ingest.store.database import writing

BRANCH, NAME = "4.01.02", "SIM1-B"
CITRA = 3
THURSDAY = date(2026, 3, 5)


class Branch(Office):
    """Another office at the same centre, with a bridge of its own and no terminal yet."""

    def __init__(self, main: Office) -> None:
        self.main, self.engine, self.settings = main, main.engine, main.settings
        self.folder = main.folder / "branch"
        self.folder.mkdir()
        self.outbox = Outbox(self.folder / "outbox.db")
        self.intake = Intake(self.outbox, zone=ZONE, clock_limit_s=300)
        self.health = Health()
        self.pollers, self.servers, self.drop = [], [], None
        self._register()
        self._centre = Centre(
            f"http://127.0.0.1:{main.slot.port}", KeyFiles(self.folder), timeout_s=20,
            clock=self.seconds,
        )  # fmt: skip

    @property
    def now(self) -> datetime:
        return self.main.now

    def _register(self) -> None:
        key = make_key(self.folder, int(self.seconds()) - 60)
        with writing(self.engine) as connection:
            add = partial(_add, connection)
            add(tables.offices, code=BRANCH, name="Cabang", scheme="5-hari")
            add(tables.people, id=CITRA, nip="198609262015051003", name="Citra", kind="PNS")
            add(tables.assignments, person_id=CITRA, office=BRANCH, valid_from=MONDAY)
            added = bridges.add(connection, office=BRANCH, name="pc", now=self.now)
            bridges.add_key(connection, added.id, key.public, now=self.now, grounds={"test": "x"})

    def hang_again(self, port: int) -> TerminalConfig:
        """Let this bridge read the terminal that hung in the main office."""
        options = ZkTerminal.Options(host="127.0.0.1", port=port, timeout_s=2)
        terminal = TerminalConfig("lobi", "zk", 60, NAME, options, renamed=Renamed("SIM1", TUESDAY))
        self.pollers.append(
            Poller(
                name=terminal.name, driver="zk", opener=terminal.open, intake=self.intake,
                ledger=self.outbox.ledger, health=self.health, zone=ZONE, poll_s=60,
                random=lambda: 0.5, clock=self.seconds, monotonic=self.seconds,
            )
        )  # fmt: skip
        return terminal

    def stop(self) -> None:
        self._centre.close()
        self.outbox.close()


def clear(office: Office) -> None:  # noqa: F811
    """Do what `hadir-bridge terminals clear` does in the old place."""
    options = ZkTerminal.Options(host="127.0.0.1", port=office.servers[0].port, timeout_s=2)
    sender = Forwarder(
        office.outbox, office._centre, health=office.health, heartbeat_s=60, bridge_version="1",
        random=lambda: 0.5, key_mark=lambda: None, clock=office.seconds, monotonic=office.seconds,
    )  # fmt: skip
    clearing = Clearing(
        "pintu-depan", outbox=office.outbox, intake=office.intake, sender=sender,
        state_dir=office.folder, clock=office.seconds,
    )  # fmt: skip
    at = int(office.seconds())
    with ZkTerminal(options) as opened:
        info, log = opened.info(), opened.read()
        clearing.check(info, log)
        reading = Reading("pintu-depan", "zk", log, at, 0, info)
        ready = clearing.prepare(reading, Read(log.serial, ZONE, "poll", at, None, 0), info)
        clearing.clear(opened, ready)
    sender.drain()


@pytest.fixture
def branch(office: Office) -> Iterator[Branch]:  # noqa: F811
    made = Branch(office)
    yield made
    made.stop()


def punches(office: Office, serial: str) -> list[tuple[str, datetime]]:  # noqa: F811
    query = (
        select(tables.punches.c.user_id, tables.punches.c.local_time)
        .join(tables.terminals, tables.terminals.c.id == tables.punches.c.terminal_id)
        .where(tables.terminals.c.serial == serial, tables.punches.c.local_time >= str(MONDAY))
        .order_by(tables.punches.c.local_time, tables.punches.c.user_id)
    )
    with office.engine.connect() as connection:
        return [(row.user_id, row.local_time) for row in connection.execute(query)]


def carry(office: Office, branch: Branch) -> None:  # noqa: F811
    """Work to Tuesday noon in the old place, carry the terminal, and register it in the new one."""
    back = office.hang("pintu-belakang", "SIM2")
    back.punch("2", 0, datetime(2026, 2, 27, 7))
    for hour in (6, 9, 18):
        office.go_to(MONDAY, hour)
        if hour != 6:
            office.work(MONDAY, *((7, 21) if hour == 9 else (16, 4)))
        office.visit()
    office.go_to(TUESDAY, 9)
    office.work(TUESDAY, 7, 21)
    office.visit()
    office.go_to(TUESDAY, 12)
    clear(office)
    office.pollers.pop(0)
    office.run("terminals", "set", "SIM1", "--counts-until", str(MONDAY))
    office.go_to(TUESDAY, 15)
    office.door.punch("9", 0, datetime(2026, 3, 3, 14, 50))  # tried once it hangs there
    office.run(
        "terminals", "add", NAME, "--name", "lobi", "--office", BRANCH,
        "--counts-from", str(WEDNESDAY),
    )  # fmt: skip
    ids = office.folder / "ids.csv"
    ids.write_text(
        "terminal,office,user_id,nip,from\n"
        f"{NAME},,1,198609262015051003,{TUESDAY}\n{NAME},,9,nobody,{TUESDAY}\n"
    )
    office.run("user-ids", "import", str(ids))
    branch.hang_again(office.servers[0].port)
    branch.visit()
    back.punch("2", 0, datetime(2026, 3, 3, 16, 4))  # Budi goes home by the other door


def test_what_was_touched_in_each_place_counts_there(
    office: Office,  # noqa: F811
    branch: Branch,
) -> None:
    carry(office, branch)
    office.go_to(WEDNESDAY, 9)
    office.door.punch("1", 0, datetime(2026, 3, 4, 7, 25))  # Citra's number there, once Ani's
    office.visit()
    branch.visit()
    office.go_to(THURSDAY, 7)
    office.door.punch("1", 0, datetime(2026, 3, 4, 16, 8))
    office.visit()
    branch.visit()
    office.judge()
    days = {day: office.days(day) for day in (MONDAY, TUESDAY, WEDNESDAY)}
    assert (days[MONDAY][ANI].status, days[MONDAY][BUDI].status) == ("PRESENT", "PRESENT")
    assert days[TUESDAY][BUDI].status == "PRESENT"  # in the morning before it was carried away
    assert days[TUESDAY][ANI].status == "ABSENT"  # by both logs, each read to its end
    assert days[WEDNESDAY][CITRA].status == "PRESENT"
    assert days[WEDNESDAY][ANI].status == "ABSENT"  # the other's touches in the branch are not hers
    assert days[MONDAY][CITRA].status == days[TUESDAY][CITRA].status == "UNVERIFIED"
    assert len(punches(office, "SIM1")) == 5
    assert [who for who, _ in punches(office, NAME)] == ["9", "1", "1"]
    office.run("ledger", "verify")


def test_a_log_that_was_not_cleared_stays_out(
    office: Office,  # noqa: F811
    branch: Branch,
) -> None:
    office.live()
    branch.hang_again(office.servers[0].port)
    branch.visit()
    assert punches(office, NAME) == []
    assert "its log begins on 2026-02-23" in branch.health.line(0)


def test_the_centre_says_what_to_do_instead_of_giving_its_past_away(
    office: Office,  # noqa: F811
    branch: Branch,
) -> None:
    office.visit()
    config = ["--config", str(office.folder / "ingest.toml")]
    office.run("terminals", "list")
    said = CliRunner().invoke(
        cli, [*config, "terminals", "set", "SIM1", "--office", BRANCH], obj=lambda: office.now
    )
    assert said.exit_code == 1
    assert (
        "end it there with counts_until, and register it in 4.01.02 under the name" in said.output
    )
    assert "docs/pindah-mesin.md" in said.output
