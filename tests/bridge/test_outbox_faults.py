"""The outbox against kills, full disks and damaged files: what was acknowledged is there."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.errors import OutboxDamaged, OutboxError, OutboxFull, OutboxUnusable
from bridge.outbox import Outbox

ADDER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.normalise import Normaliser, Read
from bridge.outbox import Outbox
from drivers.base import RawPunch

path, first = Path(sys.argv[1]), int(sys.argv[2])
normaliser = Normaliser(Read("S", ZoneInfo("Asia/Makassar"), "poll", 1_900_000_000, None, 0))
with Outbox(path) as outbox:
    number = first
    while True:
        entries = [
            RawPunch(str(one), datetime(2026, 1, 1) + timedelta(seconds=one), 0, 1, "", b"r" * 40)
            for one in range(number, number + 25)
        ]
        outbox.add([row.body for row in normaliser.rows(entries, 0)])
        number += 25
        print(number, flush=True)
"""


def adder(path: Path, first: int, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ADDER, str(path), str(first)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def users(outbox: Outbox) -> set[int]:
    return {int(kept.body.user_id) for kept in outbox.listing("waiting", 1_000_000)}


def test_no_acknowledged_row_is_missing_after_kills(tmp_path):
    path, acknowledged = tmp_path / "o.db", 0
    for round_ in range(6):
        first = acknowledged
        with adder(path, first) as process:
            lines: Iterator[str] = iter(process.stdout)
            for _ in range(3 + 7 * round_):
                acknowledged = int(next(lines))
            process.send_signal(signal.SIGKILL)
            rest = list(lines)
        if rest and rest[-1].endswith("\n"):
            acknowledged = int(rest[-1])
        with Outbox(path) as outbox:  # opening reads the file through
            kept = users(outbox)
        assert kept >= set(range(acknowledged))
        assert len(kept) % 25 == 0  # a commit is there with all its rows, or not at all
    assert acknowledged > 6 * 25


def test_a_kill_in_the_middle_of_a_commit_leaves_none_of_it(tmp_path, touches, bodies):
    """The write-ahead log of a process that died, cut at any place, opens as whole commits."""
    path = tmp_path / "o.db"
    outbox = Outbox(path)
    for number in range(4):
        outbox.add(bodies(touches(10, first=10 * number)))
    main, wal = path.read_bytes(), (tmp_path / "o.db-wal").read_bytes()
    outbox.close()
    counts = set()
    for number, cut in enumerate([*range(0, len(wal), len(wal) // 40), len(wal)]):
        copy = tmp_path / f"copy{number}.db"
        copy.write_bytes(main)
        (tmp_path / f"copy{number}.db-wal").write_bytes(wal[:cut])
        with Outbox(copy) as opened:
            counts.add(opened.counts().waiting)
    assert counts == {0, 10, 20, 30, 40}


def test_a_full_disk_is_said_and_loses_nothing(tmp_path, touches, bodies):
    with Outbox(tmp_path / "o.db") as outbox:
        outbox.add(bodies(touches(100)))
        with outbox._database.reading() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OutboxFull, match=r"no room on the disk for .*o\.db; free some"):
            outbox.add(bodies(touches(5_000, first=100)))
        assert outbox.counts().waiting == 100
        with outbox._database.reading() as connection:
            connection.execute("PRAGMA max_page_count = 1000000")
        assert outbox.add(bodies(touches(5_000, first=100))) == 5_000


def test_writes_that_the_system_refuses_lose_nothing_acknowledged(tmp_path):
    """A limit on file size fails real writes, as a full disk does."""
    path = tmp_path / "o.db"
    Outbox(path).close()

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    with adder(path, 0, preexec_fn=limited) as process:
        acknowledged = [int(line) for line in process.stdout]
        said = process.stderr.read()
    assert process.returncode == 1
    assert "bridge.errors.Outbox" in said
    assert str(path) in said
    with Outbox(path) as outbox:
        assert users(outbox) == set(range(acknowledged[-1]))


def damaged(path: Path, touches, bodies) -> None:
    with Outbox(path) as outbox:
        outbox.add(bodies(touches(3_000)))
    content = bytearray(path.read_bytes())
    content[8192:40_960] = os.urandom(32_768)
    path.write_bytes(content)


def test_a_damaged_file_is_said_and_left_as_it_is(tmp_path, touches, bodies):
    path = tmp_path / "o.db"
    damaged(path, touches, bodies)
    before = path.read_bytes()
    with pytest.raises(OutboxDamaged, match=r"o\.db is damaged .*stop the bridge, move it with"):
        Outbox(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_said(tmp_path):
    path = tmp_path / "o.db"
    path.write_bytes(b"this is a letter, not a database " * 100)
    with pytest.raises(OutboxDamaged, match="not a database"):
        Outbox(path)


def test_a_foreign_database_is_not_touched(tmp_path):
    path = tmp_path / "o.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()
    with pytest.raises(OutboxUnusable, match="not an outbox; move it away"):
        Outbox(path)
    other = sqlite3.connect(path)
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    other.close()


def test_an_outbox_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "o.db"
    with Outbox(path) as outbox, outbox._database.writing() as connection:
        connection.execute("PRAGMA user_version = 3")
    with pytest.raises(OutboxUnusable, match="has version 3 and this program knows 2; install"):
        Outbox(path)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(OutboxUnusable, match=r"nowhere/o\.db cannot be used"):
        Outbox(tmp_path / "nowhere" / "o.db")


def test_looking_at_an_outbox_that_is_not_there_makes_none(tmp_path):
    with pytest.raises(OutboxUnusable, match=r"there is no outbox at .*has the bridge run yet"):
        Outbox.existing(tmp_path / "o.db")
    assert list(tmp_path.iterdir()) == []


def test_an_outbox_can_be_looked_at_while_it_is_written(outbox, touches, bodies):
    outbox.add(bodies(touches(3)))
    with Outbox.existing(outbox.path) as looking:
        assert looking.name == outbox.name
        assert looking.counts().waiting == 3
        outbox.add(bodies(touches(3, first=3)))
        assert looking.counts().waiting == 6


def test_every_fault_has_a_class_a_caller_can_wait_on():
    assert issubclass(OutboxDamaged, OutboxError)
    assert not issubclass(OutboxFull, OutboxDamaged)
