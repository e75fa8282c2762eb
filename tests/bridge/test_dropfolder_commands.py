"""A drop folder as the commands and the daemon see it, and G-logs carried by hand."""

import logging
import threading
from zoneinfo import ZoneInfo

import pytest

from bridge import rounds, statedir
from bridge.assembly import assemble
from bridge.config import ConfigError, load
from bridge.daemon import Daemon
from bridge.outbox import Outbox
from bridge.resting import REST_S, Resting

GLG = b"No\tTMNo\tEnNo\tName\t\t\tGMNo\tMode\tDateTime\r\n1\t1\t33\t\t1\t2\t07/03/2015 07:30:47\r\n"
MAKASSAR = ZoneInfo("Asia/Makassar")


def section(path: object, more: str = "") -> str:
    return f"""
[[terminal]]
name = "field-office"
driver = "usb"
path = "{path}"
serial = "EFGH123456789"
{more}
"""


@pytest.fixture
def folder(desk):
    place = desk.folder / "drop"
    place.mkdir()
    desk.write(section(place))
    return place


@pytest.fixture
def parts(desk, folder):
    config = load(desk.file, {})
    parts = assemble(config, Outbox(statedir.prepare(config.state_dir)), "run")
    yield parts
    parts.close()


def test_a_round_waits_for_files_to_rest(parts, folder, monkeypatch):
    (drop,) = parts.folders
    now, waits = [0.0], []
    monkeypatch.setattr(drop, "_monotonic", lambda: now[0])

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    assert list(rounds.take_dropped(drop, parts.outbox, wait)) == [("field-office: no files", True)]
    assert waits == []
    (folder / "GLG_001.TXT").write_bytes(GLG.replace(b"07/03", b"07/23"))
    (folder / "GLG_002.TXT").write_bytes(GLG)
    taken, refused = rounds.take_dropped(drop, parts.outbox, wait)
    assert taken == ("field-office: GLG_001.TXT: 1 records, 1 new, 0 known, 0 bad", True)
    assert refused[0].startswith("field-office: GLG_002.TXT is refused: GLG_002.TXT: its dates")
    assert not refused[1]
    assert waits == [REST_S]
    file = folder / "GLG_003.TXT"
    file.write_bytes(GLG)

    def growing(seconds: float) -> None:
        wait(seconds)
        file.write_bytes(GLG + b"2")

    (told,) = rounds.take_dropped(drop, parts.outbox, growing)
    assert told == (
        "field-office: GLG_003.TXT is still being copied; it is taken at the next round",
        False,
    )


def test_a_round_tells_of_a_missing_folder_and_status_keeps_it(desk, parts, folder):
    folder.rmdir()
    (drop,) = parts.folders
    ((text, good),) = rounds.take_dropped(drop, parts.outbox, lambda _: None)
    assert not good
    assert "there is no such folder" in text
    assert "there is no such folder" in desk.types("status").stdout


def test_the_daemon_takes_what_is_dropped(desk, parts, folder, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    (drop,) = parts.folders
    monkeypatch.setattr(drop, "_resting", Resting(0.0))
    (folder / "GLG_001.TXT").write_bytes(GLG.replace(b"07/03", b"07/23"))
    taken = threading.Event()
    put_aside = drop._tray.put_aside

    def told(*given: object) -> object:
        found = put_aside(*given)
        taken.set()
        return found

    monkeypatch.setattr(drop._tray, "put_aside", told)
    daemon = Daemon(load(desk.file, {}), parts, lambda _: None)
    daemon.start()
    try:
        assert taken.wait(20)
    finally:
        assert daemon.stop()
    assert (folder / "done" / "GLG_001.TXT").exists()
    assert "field-office: GLG_001.TXT: 1 records, 1 new, 0 known, 0 bad" in caplog.messages
    status = desk.types("status").stdout
    assert "file-taken" in status
    assert "EFGH123456789" in status


def test_two_sections_cannot_share_a_folder(desk, folder):
    twice = section(folder) + section(folder).replace("field-office", "other")
    desk.write(twice)
    with pytest.raises(ConfigError, match=r"terminal\[3\]\.path: .* is terminal\[2\] already"):
        load(desk.file, {})


def test_a_section_may_say_the_order_of_dates(desk, folder):
    desk.write(section(folder, 'date_order = "ymdd"'))
    with pytest.raises(ConfigError, match=r"terminal\[2\]\.date_order"):
        load(desk.file, {})
    desk.write(section(folder, 'date_order = "dmy"'))
    file = desk.folder / "GLG_001.TXT"
    file.write_bytes(GLG)
    assert desk.types("import", str(file), "--terminal", "field-office").exit_code == 0
    with Outbox.existing(desk.state / "outbox.db") as outbox:
        assert outbox.listing("waiting", 9)[0].body.local_time.month == 3


@pytest.mark.parametrize(("order", "month"), [("dmy", 3), ("mdy", 7)])
def test_the_order_of_dates_is_asked_for_and_taken(desk, order, month):
    file = desk.folder / "GLG_001.TXT"
    file.write_bytes(GLG)
    words = ("import", str(file), "--terminal", "front-door", "--serial", "S260")
    asked = desk.types(*words)
    assert asked.exit_code == 1
    assert "--date-order" in asked.stderr
    told = desk.types(*words, "--date-order", order)
    assert told.exit_code == 0, told.stderr
    with Outbox.existing(desk.state / "outbox.db") as outbox:
        (row,) = outbox.listing("waiting", 9)
    assert row.body.local_time.month == month
    again = desk.types(*words, "--date-order", "ymd")
    assert again.exit_code == 1
