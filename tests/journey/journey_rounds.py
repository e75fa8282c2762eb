"""One small world of two terminals, a bridge and a centre, and the ways to hurt it."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from journey_parts import Bridge, Centre, Office, Terminal, Touch, nip, today, wait_until, write_csv

from bridge.keys import CURRENT, ENROLLING, KeyFiles
from ingest.store import bridges
from ingest.store.database import open_engine, writing

OFFICE = "4.01.01"
PEOPLE = 12
DAYS = 12
SERIALS = ["SIM0", "SIM1"]


class World:
    """Terminals with people in them, a centre that knows them, and a bridge between."""

    def __init__(
        self, folder: Path, *, prepared: Path | None = None, database: str | None = None
    ) -> None:
        """`prepared` is a folder that `prepare_world` has filled, to be copied from; `database` the
        URL of an empty database to use instead of a SQLite file."""
        self.folder = folder
        self._prepared = prepared
        self.day = last_weekday(today())
        self.centre = Centre(folder, database)
        self.terminals = [
            Terminal(
                f"terminal-{number}", folder, serial,
                "--people", str(PEOPLE), "--days", str(DAYS), "--seed", str(number),
                "--shift-to", self.day.isoformat(),
            )
            for number, serial in enumerate(SERIALS)
        ]  # fmt: skip
        self.key = folder / CURRENT
        self._stack = ExitStack()

    def __enter__(self) -> "World":
        if self._prepared:
            for name in ("centre.db", CURRENT):
                shutil.copy(self._prepared / name, self.folder / name)
        else:
            prepare_world(self.centre)
        for part in (*self.terminals, self.centre):
            self._stack.enter_context(part)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def bridge(self, name: str = "bridge", *, url: str = "", **extra: str) -> Bridge:
        """Return a started bridge, stopped with the world."""
        office = Office(OFFICE, self.terminals, self.key, extra=extra)
        bridge = Bridge(name, self.folder, office, url or self.centre.url)
        return self._stack.enter_context(bridge)

    def truth(self) -> set[Touch]:
        return set().union(*(one.touches() for one in self.terminals))

    def settle(self, truth: set[Touch] | None = None, patience_s: float = 60) -> None:
        """Wait until the store holds what the terminals hold, and insist that it is exact."""
        expected = truth or self.truth()
        wait_until(
            f"{len(expected)} punches in the store",
            lambda: self.centre.count() >= len(expected),
            patience_s,
        )
        assert_exact(self.centre, expected)

    def report(self) -> list[dict[str, object]]:
        """Return the judged day of the office, once the centre has been told all is read."""

        def told() -> bool:
            found = json.loads(self.centre.run("coverage", "--office", OFFICE, "--json"))
            return len(found) == len(self.terminals) and all(one["until"] for one in found)

        wait_until("coverage reaches the centre", told)
        return judged(self.centre, self.day)


def prepare_world(centre: Centre) -> None:
    """Let a centre that is not running know the terminals, their people and one bridge."""
    prepare(centre, SERIALS, last_weekday(today()))
    add_bridge(centre)


def judged(centre: Centre, day: date) -> list[dict[str, object]]:
    """Evaluate a day and return its recap, row by row."""
    centre.run("days", "evaluate", "--from", day.isoformat(), "--until", day.isoformat())
    text = centre.run(
        "report", "daily", "--office", OFFICE, "--date", day.isoformat(), "--format", "json"
    )
    rows = json.loads(text)["rows"]
    assert isinstance(rows, list)
    return rows


def prepare(centre: Centre, serials: Sequence[str], day: date) -> None:
    """Give a new centre its office, people, terminals, mapping and calendar."""
    centre.write_config()
    centre.run("migrate")
    for year in sorted({day.year, (day - timedelta(days=60)).year}):
        centre.run("calendar", "seed", str(year))
        centre.run("calendar", "confirm", str(year))
    since = (day - timedelta(days=90)).isoformat()
    folder = centre.folder
    people = [nip(number + 1) for number in range(PEOPLE + 1)]  # the last one never punches
    tables = {
        "offices": (("code", "name"), [(OFFICE, "Dinas Contoh")]),
        "people": (
            ("nip", "name", "kind", "office", "superior_nip", "from"),
            [(who, f"Pegawai {who[-3:]}", "PNS", OFFICE, "", since) for who in people],
        ),
        "terminals": (
            ("serial", "name", "office", "counts_from"),
            [(serial, serial.lower(), OFFICE, since) for serial in serials],
        ),
        "user-ids": (
            ("terminal", "office", "user_id", "nip", "from"),
            [("", OFFICE, str(n + 1), who, since) for n, who in enumerate(people)],
        ),
    }
    for what, (header, rows) in tables.items():
        centre.run(what, "import", str(write_csv(folder / f"{what}.csv", header, rows)))


def add_bridge(centre: Centre) -> Path:
    """Admit a bridge to the office and return the file with its key."""
    centre.folder.joinpath(CURRENT).unlink(missing_ok=True)
    keys, now = KeyFiles(centre.folder), datetime.now(UTC)
    keys.promote(ENROLLING, keys.prepare(ENROLLING, int(now.timestamp())))
    engine = open_engine(centre.database)
    with writing(engine) as connection:
        added = bridges.add(connection, office=OFFICE, name="bridge", now=now)
        public_key = keys.current().public
        bridges.add_key(connection, added.id, public_key, now=now, grounds={"test": "by hand"})
    engine.dispose()
    return centre.folder / CURRENT


def assert_exact(centre: Centre, truth: set[Touch]) -> None:
    """Insist: every touch once, and nothing that nobody made."""
    stored = Counter(centre.touches())
    assert truth - set(stored) == set(), "lost"
    assert [touch for touch, times in stored.items() if times > 1] == [], "doubled"
    assert set(stored) - truth == set(), "made up"


def last_weekday(now: date) -> date:
    day = now - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def kill_rounds(world: World, bridge: Bridge, rounds: int, seed: int) -> dict[str, int]:
    """Pull the plug of a random part at a random moment, `rounds` times, with fingers in between.

    Returns how often each part was killed. Every part is running again at the end.
    """
    dice = random.Random(seed)
    parts = [bridge, world.centre, *world.terminals]
    killed: Counter[str] = Counter()
    for number in range(rounds):
        terminal = dice.choice(world.terminals)
        terminal.ask(f"punch {dice.randint(1, PEOPLE)} {dice.randint(0, 1)}")
        pause(dice.random() * 0.6)
        part = dice.choice(parts)
        part.kill()
        killed[part.name] += 1
        if dice.random() < 0.3:
            pause(dice.random() * 0.3)
        part.start()
        if number % 50 == 49:
            print(f"   {number + 1} kills: {dict(killed)}", flush=True)
    return dict(killed)


def pause(seconds: float) -> None:
    """Let the others work: a random moment is what this is about."""
    end = datetime.now() + timedelta(seconds=seconds)
    wait_until("a random moment", lambda: datetime.now() >= end)
