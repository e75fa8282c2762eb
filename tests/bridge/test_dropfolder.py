"""A folder where files are dropped: what is taken, what is refused, what is left, and when."""

import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge import refusals
from bridge.dropfolder import DropFolder
from bridge.errors import FolderUnfit, OutboxFull
from bridge.health import Health
from bridge.intake import Intake
from bridge.outbox import Outbox
from bridge.resting import REST_S, Resting, Stamp
from bridge.tray import WATCHED_S, Tray
from drivers import registry
from drivers.errors import FileFault, NotSupported, TerminalRefused, UnfitFile

SERIAL = "EFGH123456789"
SAMPLES = Path(__file__).parents[1] / "samples"
ATTLOG = (SAMPLES / "usb-attlog-status255.dat").read_bytes()
RECORDS = ATTLOG.count(b"\n")


class Place:
    """One drop folder, with a clock that a test moves."""

    def __init__(self, folder: Path, outbox: Outbox, zone: object, **changes: object) -> None:
        self.path = folder
        self.outbox = outbox
        self.now = 0.0
        self.health = Health()
        options = SimpleNamespace(path=str(folder), serial=SERIAL, date_order="auto")
        given = {
            "name": "field-office",
            "driver": "usb",
            "options": options,
            "reader": registry.importer("usb"),
            "intake": Intake(outbox, zone=zone, clock_limit_s=300),
            "outbox": outbox,
            "health": self.health,
            "zone": zone,
            "poll_s": 60,
            "random": lambda: 0.5,
            "clock": lambda: datetime(2026, 11, 24, 0, 0).timestamp() + self.now,
            "monotonic": lambda: self.now,
        }
        self.drop = DropFolder(**(given | changes))

    def put(self, name: str, content: bytes = ATTLOG) -> Path:
        file = self.path / name
        file.write_bytes(content)
        return file

    def rest(self) -> list[str]:
        """Look twice, far enough apart; return what was told."""
        told = [one.text for one in self.drop.look()]
        self.now += REST_S
        return told + [one.text for one in self.drop.look()]

    def names(self, place: str = "") -> list[str]:
        folder = self.path / place
        return sorted(p.name for p in folder.iterdir() if p.is_file()) if folder.exists() else []

    def events(self) -> list[tuple[str, str]]:
        return [(one.kind, one.detail) for one in reversed(self.outbox.ledger.events())]


@pytest.fixture
def make(quick_path, outbox, zone):
    folder = quick_path / "drop"
    folder.mkdir()
    return lambda given=outbox, **changes: Place(folder, given, zone, **changes)


@pytest.fixture
def zone():
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Makassar")


@pytest.fixture
def place(make):
    return make()


def test_a_file_is_taken_and_put_aside(place):
    place.put("1_attlog.dat")
    told = place.rest()
    waiting = place.outbox.counts().waiting
    assert 0 < waiting <= RECORDS
    assert told == [
        f"1_attlog.dat: {RECORDS} records, {waiting} new, {RECORDS - waiting} known, 0 bad"
    ]
    assert (place.names(), place.names("done")) == ([], ["1_attlog.dat"])
    assert ("file-taken", told[0]) in place.events()
    (state,) = place.outbox.ledger.terminals()
    assert (state.name, state.driver, state.serial, state.error) == (
        "field-office", "usb", SERIAL, ""
    )  # fmt: skip
    assert state.known_since < state.known_until
    assert place.rest() == []


def test_the_same_file_twice_is_harmless_and_both_stay(place):
    for _ in range(2):
        place.put("1_attlog.dat")
        told = place.rest()
    waiting = place.outbox.counts().waiting
    assert told == [f"1_attlog.dat: {RECORDS} records, 0 new, {RECORDS} known, 0 bad"]
    assert place.names("done") == ["1_attlog-2.dat", "1_attlog.dat"]
    assert place.outbox.counts().waiting == waiting


def test_a_file_that_is_still_being_copied_is_left_until_it_rests(place):
    file = place.put("1_attlog.dat", ATTLOG[:100])
    assert place.drop.step() == REST_S
    assert place.drop.restless == ["1_attlog.dat"]
    for end in (200, len(ATTLOG)):
        place.now += REST_S
        file.write_bytes(ATTLOG[:end])
        assert place.drop.step() == REST_S
    place.now += REST_S - 0.1
    place.drop.step()
    assert place.outbox.counts().waiting == 0
    place.now += 0.1
    assert place.drop.step() > REST_S
    assert place.outbox.counts().waiting > 0
    assert [entry for entry in place.events() if entry[0] == "bad-records"] == []
    assert place.names("done") == ["1_attlog.dat"]


def test_a_file_touched_without_growing_has_not_rested():
    resting = Resting()
    assert resting.look({"a": Stamp(1, 5, 1)}, 0) == []
    assert resting.look({"a": Stamp(1, 5, 2)}, REST_S) == []
    assert resting.look({"a": Stamp(2, 5, 2)}, 2 * REST_S) == []  # another file of that name
    assert resting.look({}, 2 * REST_S) == []
    assert resting.look({"a": Stamp(2, 5, 2), "b": Stamp(3, 1, 1)}, 3 * REST_S) == []
    assert resting.look({"a": Stamp(2, 5, 2), "b": Stamp(3, 1, 1)}, 4 * REST_S) == ["a", "b"]


def test_a_file_that_changes_while_it_is_taken_is_taken_again(make):
    def grown_meanwhile(path, serial, date_order):
        found = registry.importer("usb")(path, serial, date_order)
        if path.stat().st_size < len(ATTLOG):
            path.write_bytes(ATTLOG)
        return found

    place = make(reader=grown_meanwhile)
    place.put("1_attlog.dat", ATTLOG[: ATTLOG.index(b"\n") + 1])
    place.rest()
    assert place.names() == ["1_attlog.dat"]
    assert place.drop.restless == ["1_attlog.dat"]
    place.rest()
    assert place.names("done") == ["1_attlog.dat"]
    rows = place.outbox.listing("waiting", 10_000)
    assert {row.body.raw for row in rows} == set(ATTLOG.splitlines())


def test_a_file_that_grows_after_it_was_put_aside_is_put_back_and_taken_whole(place):
    file = place.put("1_attlog.dat", ATTLOG[: ATTLOG.index(b"\n") + 1])
    with file.open("ab") as copier:  # it paused for longer than a file must rest
        place.rest()
        assert place.names("done") == ["1_attlog.dat"]
        copier.write(ATTLOG[ATTLOG.index(b"\n") + 1 :])
    told = place.rest()
    assert told[0] == "1_attlog.dat went on growing and is taken again"
    assert place.names("done") == ["1_attlog.dat"]
    rows = place.outbox.listing("waiting", 10_000)
    assert {row.body.raw for row in rows} == set(ATTLOG.splitlines())


def test_a_refused_file_that_grows_is_put_back_without_its_letter(place):
    file = place.put("1_attlog.dat", b"x")
    with file.open("ab") as copier:
        place.rest()
        assert place.names("refused") == ["1_attlog.dat", "1_attlog.dat.txt"]
        copier.seek(0)
        copier.truncate()
        copier.write(ATTLOG)
    place.rest()
    assert (place.names("refused"), place.names("done")) == ([], ["1_attlog.dat"])


def test_what_was_put_aside_long_ago_may_be_changed(place):
    place.put("1_attlog.dat")
    place.rest()
    place.now += WATCHED_S
    (place.path / "done" / "1_attlog.dat").write_bytes(b"")
    assert place.rest() == []
    assert place.names("done") == ["1_attlog.dat"]


def test_who_may_open_the_folder_may_read_what_became_of_the_files(place):
    place.path.chmod(0o2770)
    place.put("1_attlog.dat")
    place.put("a.dat", b"")
    mask = os.umask(0o077)  # as systemd's unit has it
    try:
        place.rest()
    finally:
        os.umask(mask)
    for folder in ("done", "refused"):
        assert stat.S_IMODE((place.path / folder).stat().st_mode) == 0o2770
    letter = place.path / "refused" / "a.dat.txt"
    assert stat.S_IMODE(letter.stat().st_mode) == 0o660


REFUSED = {
    "user.dat": (b"x" * 72, "sidik jari"),
    "2_attlog.dat": (ATTLOG, "berasal dari mesin lain"),
    "empty.dat": (b"", "kosong"),
    "secret.dat": (bytes(range(256)), "mengenkripsi"),
    "GLG_001.TXT": (
        b"No\tTMNo\tEnNo\tName\t\t\tGMNo\tMode\tDateTime\r\n"
        b"1\t1\t33\t\t1\t2\t07/03/2015 07:30:47\r\n",
        "Sistem tidak boleh menebak",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_with_a_letter(place, name):
    content, sentence = REFUSED[name]
    place.put(name, content)
    (told,) = place.rest()
    assert told.startswith(f"{name} is refused: ")
    assert place.outbox.counts().waiting == 0
    assert place.names("refused") == sorted([name, f"{name}.txt"])
    letter = (place.path / "refused" / f"{name}.txt").read_bytes().decode()
    assert sentence in letter
    assert "Tidak satu pun rekaman" in letter
    assert SERIAL in letter
    assert "24-11-2026" in letter
    assert (place.path / "refused" / name).read_bytes() == content
    assert [kind for kind, _ in place.events()] == ["file-refused"]


def test_a_refused_file_keeps_no_other_from_being_taken(place):
    place.put("a.dat", b"")
    place.put("b_attlog.dat")
    place.rest()
    assert (place.names("refused"), place.names("done")) == (
        ["a.dat", "a.dat.txt"],
        ["b_attlog.dat"],
    )


def test_no_letter_is_written_over_a_file(place):
    place.put("a.txt", b"")
    place.rest()
    place.put("a", b"")
    place.put("a.txt", b" ")
    place.rest()
    contents = [(place.path / "refused" / name).read_bytes() for name in place.names("refused")]
    assert contents.count(b"") == 2
    assert contents.count(b" ") == 1
    assert len(contents) == 6  # each with its letter


@pytest.mark.parametrize(
    "name", [".hidden", "~$x.dat", "x.part", "x.crdownload", "Thumbs.db", "desktop.ini", "a.tmp"]
)
def test_what_others_are_at_work_on_is_not_seen(place, name):
    place.put(name)
    assert place.rest() == []
    assert place.names() == [name]


def test_links_and_pipes_are_refused_unread(place, tmp_path):
    elsewhere = tmp_path / "1_attlog.dat"
    elsewhere.write_bytes(ATTLOG)
    (place.path / "1_attlog.dat").symlink_to(elsewhere)
    os.mkfifo(place.path / "pipe")
    assert all("is a link or a pipe" in told for told in place.rest())
    assert place.outbox.counts().waiting == 0
    assert elsewhere.read_bytes() == ATTLOG
    assert (place.path / "refused" / "1_attlog.dat").is_symlink()


def test_a_folder_dropped_as_a_whole_is_named_once(place, caplog):
    (place.path / "stick").mkdir()
    for _ in range(3):
        place.rest()
    assert [r.message for r in caplog.records].count(
        f"field-office: stick is a folder in {place.path} and is not looked into; drop the files "
        "themselves"
    ) == 1


class TestFaults:
    def test_a_missing_folder_is_named_and_mends_itself(self, place, caplog):
        caplog.set_level(logging.INFO)
        place.path.rmdir()
        waits = [place.drop.step() for _ in range(3)]
        assert waits[0] < waits[2]
        (state,) = place.outbox.ledger.terminals()
        assert state.error == f'{place.path}: there is no such folder; make it, or correct "path"'
        assert state.error in place.health.line(0)
        assert len(caplog.records) == 1
        place.path.mkdir()
        place.drop.step()
        assert place.outbox.ledger.terminals()[0].error == ""
        assert "no such folder" not in place.health.line(0)
        assert caplog.records[-1].message == "field-office: the folder is in order again"

    def test_what_a_former_run_could_not_read_is_forgotten(self, place):
        place.outbox.ledger.note_failure("field-office", "usb", "the folder was gone", 1)
        place.drop.step()
        assert place.outbox.ledger.terminals()[0].error == ""

    @pytest.mark.parametrize("kind", ["file", "loop"])
    def test_a_path_that_is_no_folder_is_named(self, place, kind):
        place.path.rmdir()
        if kind == "file":
            place.path.write_bytes(b"")
        else:
            place.path.symlink_to(place.path.name)
        with pytest.raises(FolderUnfit, match=str(place.path)):
            place.rest()

    def test_a_file_that_may_not_be_read_stays_and_the_others_go_on(self, make):
        allowed = []

        def reader(path, serial, date_order):
            if path.name == "a_attlog.dat" and not allowed:
                raise TerminalRefused(f"{path} may not be read by this user; check its permissions")
            return registry.importer("usb")(path, serial, date_order)

        place = make(reader=reader)
        place.put("a_attlog.dat")
        place.put("b_attlog.dat")
        place.drop.step()
        place.now += REST_S
        place.drop.step()
        assert (place.names(), place.names("done")) == (["a_attlog.dat"], ["b_attlog.dat"])
        assert "may not be read" in place.outbox.ledger.terminals()[0].error
        allowed.append(True)
        place.drop.step()
        assert place.names("done") == ["a_attlog.dat", "b_attlog.dat"]
        assert place.outbox.ledger.terminals()[0].error == ""

    def test_a_full_outbox_leaves_everything_where_it_is(self, quick_path, zone, make):
        with Outbox(quick_path / "small.db", max_waiting=3) as small:
            place = make(small, intake=Intake(small, zone=zone, clock_limit_s=300))
            place.put("1_attlog.dat")
            list(place.drop.look())
            place.now += REST_S
            with pytest.raises(OutboxFull):
                place.rest()
            assert place.names() == ["1_attlog.dat"]
            waits = [place.drop.step() for _ in range(3)]
            assert waits[0] < waits[2]
            assert "at most 3 may" in place.health.line(0)

    def test_a_file_that_cannot_be_moved_is_taken_once_and_moved_when_it_can_be(
        self, place, monkeypatch
    ):
        place.put("1_attlog.dat")
        monkeypatch.setattr(Path, "mkdir", forbidden)  # a mode would not stop root
        assert place.rest()[-1].endswith("give this user the right to write there")
        events = len(place.events())
        waiting = place.outbox.counts().waiting
        assert waiting > 0
        list(place.drop.look())
        assert len(place.events()) == events
        monkeypatch.undo()
        assert place.rest() == ["1_attlog.dat: is put aside"]
        assert place.names("done") == ["1_attlog.dat"]

    def test_a_letter_goes_where_its_file_does(self, place, monkeypatch):
        place.put("a.dat", b"")
        monkeypatch.setattr(Path, "rename", forbidden)
        for _ in range(3):
            place.rest()
        assert (place.names(), place.names("refused")) == (["a.dat"], [])
        monkeypatch.undo()
        place.rest()
        assert place.names("refused") == ["a.dat", "a.dat.txt"]

    def test_a_file_taken_away_meanwhile_is_no_matter(self, make):
        def gone(path, serial, date_order):
            found = registry.importer("usb")(path, serial, date_order)
            path.unlink()
            return found

        place = make(reader=gone)
        place.put("1_attlog.dat")
        place.rest()
        assert place.rest() == []
        assert place.names("done") == []


def forbidden(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_a_stop_within_a_file_ends_at_the_next_commit(make, outbox, zone):
    stop = threading.Event()

    def stopping(path, serial, date_order):
        stop.set()
        return registry.importer("usb")(path, serial, date_order)

    place = make(reader=stopping, intake=Intake(outbox, zone=zone, clock_limit_s=300, chunk=2))
    place.put("1_attlog.dat")
    list(place.drop.look())
    place.now += REST_S
    place.drop.run(stop)  # ends at once, for it is stopped
    place.drop._stop = stop
    assert place.drop.step() == 0.0
    assert place.names() == ["1_attlog.dat"]
    assert 0 < outbox.counts().waiting < RECORDS


KILLED = """
import os, signal, sys
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo
from bridge.dropfolder import DropFolder
from bridge.health import Health
from bridge.intake import Intake
from bridge.outbox import Outbox
from drivers import registry

folder, database = sys.argv[1:]
Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
zone, now = ZoneInfo("Asia/Makassar"), [0.0]
outbox = Outbox(Path(database))
options = SimpleNamespace(path=folder, serial="EFGH123456789", date_order="auto")
drop = DropFolder(
    name="field-office", driver="usb", options=options, reader=registry.importer("usb"),
    intake=Intake(outbox, zone=zone, clock_limit_s=300), outbox=outbox, health=Health(), zone=zone,
    poll_s=60, random=lambda: 0.5, monotonic=lambda: now[0],
)
list(drop.look())
now[0] = 100.0
list(drop.look())
"""


def test_killed_between_commit_and_move_nothing_is_lost_or_doubled(tmp_path, zone):
    folder, database = tmp_path / "drop", tmp_path / "outbox.db"
    folder.mkdir()
    (folder / "1_attlog.dat").write_bytes(ATTLOG)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(database)], timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert (folder / "1_attlog.dat").exists()
    with sqlite3.connect(database) as connection:
        (committed,) = connection.execute("SELECT count(*) FROM records").fetchone()
    connection.close()
    assert committed > 0
    with Outbox(database) as outbox:
        place = Place(folder, outbox, zone)
        told = place.rest()
        assert told == [f"1_attlog.dat: {RECORDS} records, 0 new, {RECORDS} known, 0 bad"]
        assert outbox.counts().waiting == committed
        assert place.names("done") == ["1_attlog.dat"]


def test_every_reason_has_its_sentence_in_indonesian():
    assert set(refusals.EXPLAINED) == set(FileFault)
    sentences = [why for why, _ in refusals.EXPLAINED.values()]
    assert len(set(sentences)) == len(sentences)


def test_a_reason_without_a_word_has_a_letter_too():
    told = refusals.letter(
        file="x", terminal="t", serial="S", when="now", error=NotSupported("no such thing")
    )
    assert "no such thing" in told
    assert "tidak dapat dibaca" in told
    assert "\n" not in told.replace("\r\n", "")
    unfit = UnfitFile("so and so", FileFault.EMPTY)
    assert "kosong" in refusals.letter(file="x", terminal="t", serial="S", when="", error=unfit)


def test_a_name_that_is_no_text_is_told_all_the_same(place):
    (place.path / os.fsdecode(b"\xff\n_attlog.dat")).write_bytes(ATTLOG)
    (told,) = place.rest()
    assert told.startswith("\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}_attlog.dat: ")
    assert place.names("done") == [os.fsdecode(b"\xff\n_attlog.dat")]


def test_a_tray_sees_no_file_that_is_not_there_any_more(tmp_path):
    tray = Tray(tmp_path)
    assert tray.files() == {}
    with pytest.raises(FolderUnfit, match="cannot be read"):
        tray.is_file("gone")
    assert tray.put_aside("gone", Stamp(1, 2, 3), "done", 0) is None
