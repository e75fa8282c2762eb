"""A regency in one machine: offices with bridges, terminals on their walls, one centre.

Terminals live in this process, bridges and the centre are processes of their own. Everything is on
127.0.0.1. What can happen to an office happens here: a plug is pulled, a cable is cut in the middle
of a request, a terminal hangs up half way, its clock jumps, it pushes everything twice.
"""

import random
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from journey_cable import Cable
from journey_parts import ZONE, Centre, Part, Touch, nip, wait_until
from sqlalchemy import Connection, insert

from bridge.keys import CURRENT, KeyFiles
from drivers.simulator.adms import MENU, PushTerminal
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import make_up
from drivers.simulator.zk import ZkServer
from ingest.store import bridges, tables
from ingest.store.database import open_engine, writing

ASKED_FAULTS = ("cut=3000", "stall=2000", "rubbish=64", "damage=0", "duplicate=0", "late-punch=0",
                "short-chunk=100")  # fmt: skip
PUSHED_FAULTS = ("repeat=0", "drop-reply=0", "cut=150", "swallow=0")


@dataclass(slots=True)
class Wall:
    """One terminal on a wall of an office."""

    memory: Memory
    faults: Faults
    people: int
    port: int = 0
    """Where a terminal that is asked listens; 0 for one that calls."""

    @property
    def calls(self) -> bool:
        return self.port == 0

    def touch(self, dice: random.Random) -> None:
        self.memory.punch(str(dice.randint(1, self.people)), dice.randrange(2))

    def hurt(self, dice: random.Random) -> str:
        """Let one thing go wrong with it; return what."""
        fault = dice.choice(PUSHED_FAULTS if self.calls else ASKED_FAULTS)
        self.faults.add(f"{fault},times:2")
        return fault.partition("=")[0]

    def truth(self) -> set[Touch]:
        serial = self.memory.serial
        return {
            (serial, one.user_id, f"{one.local_time:%Y-%m-%d %H:%M:%S}")
            for one in self.memory.touches()
        }


class Host(Part):
    """The computer of an office, on which the bridge runs."""

    def __init__(self, code: str, folder: Path, url: str, walls: list[Wall]) -> None:
        self.code = code
        self.walls = walls
        self.state = folder / f"{code}-state"
        self.listens = _free_port() if any(wall.calls for wall in walls) else 0
        self._config = folder / f"{code}.toml"
        self._config.write_text(self._text(url), encoding="utf-8")
        super().__init__(code, folder, ["-m", "bridge", "--config", str(self._config), "run"])

    def _text(self, url: str) -> str:
        lines = ["[bridge]", f'office = "{self.code}"', f'timezone = "{ZONE}"']
        lines += [f'state_dir = "{self.state}"']
        lines += ["[centre]", f'url = "{url}"', "heartbeat_s = 5"]
        if self.listens:
            lines += ["[listener]", f'listen = "127.0.0.1:{self.listens}"']
        for wall in self.walls:
            serial = wall.memory.serial
            lines += ["[[terminal]]", f'name = "{serial.lower()}"']
            if wall.calls:
                lines += ['driver = "adms"', f'serial = "{serial}"', "gap_s = 60"]
            else:
                lines += ['driver = "zk"', 'host = "127.0.0.1"', f"port = {wall.port}"]
                lines += ["poll_s = 10", "timeout_s = 5"]
        return "\n".join(lines) + "\n"


@dataclass
class Town:
    """Every office of a regency, built in `folder` on a database that was made for it."""

    folder: Path
    database: str
    day: date
    offices: int = 70
    terminals: int = 200
    people: int = 20
    seed: int = 1
    hosts: list[Host] = field(default_factory=list)
    hurts: Counter[str] = field(default_factory=Counter)
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self.centre = Centre(self.folder, self.database)
        self.centre.write_config()
        self.centre.run("migrate")
        self._stack.enter_context(self.centre)
        self.cable = self._stack.enter_context(Cable(self.centre.port))
        for number in range(self.offices):
            self.hosts.append(self._office(number))
        self._tell_centre()
        for host in self.hosts:
            self._stack.enter_context(host)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def walls(self) -> list[Wall]:
        return [wall for host in self.hosts for wall in host.walls]

    def live(self, seconds: float, now: Callable[[], float], *, kill_centre: bool = True) -> None:
        """Let people touch and things go wrong for a while, four touches and a step each 0.2 s."""
        end = now() + seconds
        while now() < end:
            for wall in self.dice.sample(self.walls, 4):
                wall.touch(self.dice)
            self._hurt(self.dice, kill_centre)
            due = min(end, now() + 0.2)
            wait_until("the next moment", lambda due=due: now() >= due)

    def heal(self) -> None:
        """Let nothing go wrong from here on."""
        for wall in self.walls:
            wall.faults.clear()

    def truth(self) -> set[Touch]:
        """Return every touch that any terminal holds."""
        return set().union(*(wall.truth() for wall in self.walls))

    def _hurt(self, dice: random.Random, kill_centre: bool) -> None:
        roll = dice.random()
        if roll < 0.004 and kill_centre:
            self.centre.kill()
            self.hurts["centre killed with -9"] += 1
            self.centre.start()
        elif roll < 0.03:
            host = dice.choice(self.hosts)
            host.kill()
            self.hurts["bridges killed with -9"] += 1
            host.start()
        elif roll < 0.16:
            cut = dice.choice((self.cable.cut_request, self.cable.cut_reply))
            cut(dice.randint(1, 3_000))
            self.hurts["cables cut between bridge and centre"] += 1
        elif roll < 0.20:
            dice.choice(self.walls).memory.shift_clock(dice.choice((-86_400, -3_600, 3_600, 90)))
            self.hurts["clocks that jumped"] += 1
        elif roll < 0.50:
            self.hurts[f"terminal: {dice.choice(self.walls).hurt(dice)}"] += 1

    def _office(self, number: int) -> Host:
        share = range(number, self.terminals, self.offices)
        walls = [self._wall(one, calls=number % 7 == 0 and one == number) for one in share]
        host = Host(f"4.{number + 1:02d}", self.folder, self.cable.url, walls)
        for wall in walls:
            if wall.calls:
                address = ("127.0.0.1", host.listens)
                pusher = PushTerminal(wall.memory, address, wall.faults)
                self._stack.callback(pusher.close)
                pusher.start(delay_s=2)
        return host

    def _wall(self, number: int, *, calls: bool) -> Wall:
        serial = f"TOWN{number:04d}"
        memory = self._stack.enter_context(Memory(serial))
        touches = make_up(people=self.people, days=5, last_day=self.day, seed=number)
        memory.load(touches, names={}, bad_records=0)
        if calls:
            return Wall(memory, Faults(menu=MENU), self.people)
        faults = Faults(seed=number)
        server = self._stack.enter_context(ZkServer(memory, faults))
        return Wall(memory, faults, self.people, server.port)

    def _tell_centre(self) -> None:
        """Do what an admin and the IT staff of every office do, without a process for each step."""
        engine = open_engine(self.database)
        now = datetime.now(UTC)
        with writing(engine) as connection:
            self._people(connection)
            for host in self.hosts:
                added = bridges.add(connection, office=host.code, name="pc", now=now)
                host.state.mkdir(mode=0o700)
                key = KeyFiles(host.state).prepare(CURRENT, int(now.timestamp()))
                bridges.add_key(connection, added.id, key.public, now=now, grounds={"soak": True})
        engine.dispose()

    def _people(self, connection: Connection) -> None:
        since = self.day - timedelta(days=60)
        for number, host in enumerate(self.hosts):
            connection.execute(
                insert(tables.offices).values(code=host.code, name=host.code, scheme="5-hari")
            )
            rows = [
                {"serial": wall.memory.serial, "name": "wall", "office": host.code,
                 "registered": True, "counts_from": since, "first_seen_at": datetime.now(UTC)}
                for wall in host.walls
            ]  # fmt: skip
            connection.execute(insert(tables.terminals), rows)
            for user in range(1, self.people + 1):
                self._person(connection, number, user, host.code, since)

    @staticmethod
    def _person(connection: Connection, number: int, user: int, office: str, since: date) -> None:
        born = f"{1960 + number // 2}{1 + number % 2:02d}01"
        person = connection.scalar(
            insert(tables.people)
            .values(nip=nip(user, born=born), name=f"Pegawai {user}", kind="PNS")
            .returning(tables.people.c.id)
        )
        connection.execute(
            insert(tables.assignments).values(person_id=person, office=office, valid_from=since)
        )
        connection.execute(
            insert(tables.user_ids).values(
                office=office, user_id=str(user), person_id=person, valid_from=since
            )
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
