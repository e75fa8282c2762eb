"""No driver asks for fingers, faces or photos, and what is sent unasked is kept nowhere.

Every command that talks to a terminal is run against every family, and what arrives at the
terminal is held against a list of what may. UU 27/2022, Pasal 4(2): templates are specific data.
"""

import builtins
import io
import logging
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.assembly import assemble
from bridge.cli import cli
from bridge.config import load
from bridge.outbox import Outbox
from bridge.reception import Reception
from bridge.statedir import prepare
from drivers.adms import codec
from drivers.adms.rows import decode_attlog, unread_rows
from drivers.anviz import commands as anviz
from drivers.base import Request
from drivers.c3 import commands as c3
from drivers.c3.tables import FIELDS
from drivers.errors import FileFault, UnfitFile
from drivers.registry import BUILT_IN, RECEIVERS
from drivers.simulator.adms import PushTerminal
from drivers.simulator.anviz import AnvizUnit
from drivers.simulator.c3 import DESCRIPTION, C3Unit, Transaction
from drivers.simulator.conversation import Conversation
from drivers.simulator.faults import Faults
from drivers.simulator.lines import ZkUnit
from drivers.simulator.memory import Memory
from drivers.simulator.serial import PtyServer, TcpServer
from drivers.simulator.soap import MENU, SoapServer
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.usb.terminal import read_file
from drivers.zk import commands as zk
from drivers.zk.terminal import ZkTerminal

MAKASSAR = ZoneInfo("Asia/Makassar")
MORNING = datetime(2026, 3, 2, 7, 12)
TEMPLATE = "TS1TUzIxAAADqK4FBQUHCc7QAAAbqXYBAACDqRkd"
"""The beginning of a template as terminals write it, and a mark to look for."""

# -- what may be asked -------------------------------------------------------------------------

_OF_ALL_USERS = b"\x05"
_PREPARED = {struct.pack("<BHII", 1, zk.ATTLOG_RRQ, 0, 0), struct.pack("<BHII", 1, 9, 5, 0)}
_ZK_PLAIN = {
    zk.OPTIONS_RRQ, zk.ATTLOG_RRQ, zk.GET_FREE_SIZES, zk.GET_TIME, zk.CONNECT, zk.EXIT, zk.AUTH,
    zk.GET_VERSION, zk.FREE_DATA, zk.READ_BUFFER, zk.ACK_OK,
    zk.CLEAR_ATTLOG, zk.SET_TIME, zk.ENABLE, zk.DISABLE, zk.REFRESH,
}  # fmt: skip


def zk_may(command: int, data: bytes) -> bool:
    """Say whether a request reads no more than the log, the users or a setting.

    USERS_RRQ is the same number that reads one user's fingers (`u16 uid, u8 finger`), and
    PREPARE_BUFFER reads whatever its data say.
    """
    match command:
        case zk.USERS_RRQ:
            return data == _OF_ALL_USERS
        case zk.PREPARE_BUFFER:
            return data in _PREPARED
        case zk.REG_EVENT:
            return data == struct.pack("<I", 1)  # touches; 8 and 256 would tell of fingers
    return command in _ZK_PLAIN


def anviz_may(command: int, _data: bytes) -> bool:
    return command in {
        anviz.SERIAL_TEXT, anviz.GET_TIME, anviz.RECORD_INFO, anviz.DOWNLOAD_RECORDS,
        anviz.DOWNLOAD_USERS, anviz.SERIAL_NUMBER, anviz.TYPE_CODE, anviz.CAPACITY,
        anviz.DOWNLOAD_USERS_EXTENDED, anviz.PING,
    }  # fmt: skip


def c3_may(command: int, data: bytes) -> bool:
    """Say whether a request reads no table but that of transactions, and no card number of it."""
    if command == c3.READ_TABLE:
        table = next(one for one in DESCRIPTION.splitlines() if one.startswith("transaction="))
        number, *fields = table.split(",")
        told = {int(one.partition("=")[2][1:]): one.partition("=")[0] for one in fields}
        asked = {told[one] for one in data[2 : 2 + data[1]]}
        return data[0] == int(number.partition("=")[2]) and asked <= set(FIELDS)
    return command in {
        c3.CONNECT, c3.CONNECT_SESSION, c3.DISCONNECT, c3.GET_PARAMETERS, c3.DESCRIBE_TABLES,
    }  # fmt: skip


def soap_may(method: str, _data: bytes) -> bool:
    return method in {"GetAttLog", "GetDate", "GetOption"}


# -- every family, with everything that is asked of it -----------------------------------------


class Heard:
    """What came to the terminal, in order."""

    def __init__(self, may: Callable[[Any, bytes], bool]) -> None:
        self.asked: list[tuple[Any, bytes]] = []
        self._may = may

    def refused(self) -> list[tuple[Any, bytes]]:
        return [one for one in self.asked if not self._may(*one)]


@contextmanager
def zk_network(heard: Heard, monkeypatch, *, layout: str = "40", old: bool = False):
    faults = Faults("refuse-read=2001") if old else Faults()
    with ZkServer(a_memory(layout), faults) as server:
        note(monkeypatch, Conversation, "answer", heard)
        yield f'host = "127.0.0.1"\nport = {server.port}\ncomm_key = 77\ntimeout_s = 2'


@contextmanager
def zk_line(heard: Heard, monkeypatch):
    with PtyServer(ZkUnit(a_memory("40"))) as server:
        note(monkeypatch, Conversation, "answer", heard)
        yield f'transport = "serial"\nport_url = "{server.url}"\ncomm_key = 77\ntimeout_s = 2'


@contextmanager
def anviz_line(heard: Heard, monkeypatch):
    unit = AnvizUnit(serial=11, touches=[Touch("7", MORNING)], names={"7": "Siti"})
    note(monkeypatch, AnvizUnit, "_answer", heard)
    with PtyServer(unit) as server:
        yield f'port_url = "{server.url}"\ndevice = 1'


@contextmanager
def c3_network(heard: Heard, monkeypatch):
    note(monkeypatch, C3Unit, "_data", heard)
    with TcpServer(C3Unit([Transaction(4711, MORNING)])) as server:
        yield f'host = "127.0.0.1"\nport = {server.port}'


@contextmanager
def soap_network(heard: Heard, monkeypatch):
    with SoapServer(a_memory("40"), Faults(menu=MENU)) as server:
        yield f'host = "127.0.0.1"\nport = {server.port}\ncomm_key = 77\ntimeout_s = 2'
        heard.asked += [(method, b"") for method in server.asked.elements()]


def a_memory(layout: str) -> Memory:
    memory = Memory("SIM0000000009", layout, comm_key=77)
    memory.load(
        [Touch(str(1 + n % 3), MORNING + timedelta(minutes=n)) for n in range(9)],
        names={"1": "Siti"},
    )
    return memory


def note(monkeypatch, kind: type, method: str, heard: Heard) -> None:
    """Have every request noted on the terminal's side of the wire, before it is answered."""
    answer = getattr(kind, method)

    def noted(self: Any, request: Any) -> Any:
        heard.asked.append((request.command, bytes(request.data)))
        return answer(self, request)

    monkeypatch.setattr(kind, method, noted)


FAMILIES = {
    "zk": ("zk", zk_may, zk_network),
    "zk-udp": ("zk", zk_may, zk_network),
    "zk-old": ("zk", zk_may, lambda *heard: zk_network(*heard, layout="16", old=True)),
    "zk-line": ("zk", zk_may, zk_line),
    "pyzk": ("pyzk", zk_may, zk_network),
    "anviz": ("anviz", anviz_may, anviz_line),
    "c3": ("c3", c3_may, c3_network),
    "soap": ("soap", soap_may, soap_network),
}

TALKING = {
    "backfill": ("backfill", "side"),
    "capture": ("capture", "side", "--out", "{folder}/side.hex"),
    "check": ("check", "--connect"),
    "compare": ("compare", "side"),
    "doctor": ("doctor",),
    "once": ("once",),
    "read": ("read", "side"),
    "terminals": ("terminals", "clear", "side", "--yes"),  # last but `users`: then it is empty
    "users": ("users", "side"),
}
SILENT = {"enrol", "import", "key", "outbox", "rotate-key", "status"}
ELSEWHERE = {"run", "scan"}
"""`run` is stepped below; `scan` says hello to addresses and asks who is there."""


def test_every_command_is_tried_or_known_to_talk_to_no_terminal():
    assert set(cli.list_commands(None)) == set(TALKING) | SILENT | ELSEWHERE
    assert {driver for driver, _, _ in FAMILIES.values()} | {"usb"} == set(BUILT_IN)
    assert set(RECEIVERS) == {"adms"}


@pytest.mark.parametrize("name", FAMILIES)
def test_no_operation_of_any_driver_asks_for_a_template(
    name, desk, taking, scripted, monkeypatch, tmp_path
):
    driver, may, serve = FAMILIES[name]
    heard = Heard(may)
    with serve(heard, monkeypatch) as settings:
        more = 'transport = "udp"\n' if name == "zk-udp" else ""
        section = f'[[terminal]]\nname = "side"\ndriver = "{driver}"\n{more}{settings}\n'
        desk.write(section, url=f'"{scripted.url}"')
        done = {
            one: desk.types(*(word.format(folder=tmp_path) for word in words))
            for one, words in TALKING.items()
        }
        before = len(heard.asked)
        poll(desk)
        if name.startswith("zk") and name != "zk-line":
            port = settings.partition("port = ")[2].split()[0]
            assert desk.types("scan", "127.0.0.1/32", "--port", port).exit_code == 0
    assert done["once"].exit_code == 0, done["once"].output
    assert heard.asked[before:] or driver == "soap"
    assert heard.refused() == []


def poll(desk) -> None:
    """Do what `run` does with the terminal named side: two rounds."""
    loaded = load(desk.file)
    parts = assemble(loaded, Outbox(prepare(loaded.state_dir)), "run")
    try:
        for _ in range(2):
            parts.readers[1].poller.step()
    finally:
        parts.close()


@pytest.mark.parametrize(
    ("command", "data"),
    [
        (zk.USERS_RRQ, struct.pack("<HB", 1, 0)),  # the first finger of user 1
        (7, b"\x02"),  # DB_RRQ, all templates
        (88, struct.pack("<HB", 1, 0)),  # GET_USERTEMP
        (zk.PREPARE_BUFFER, struct.pack("<BHII", 1, 7, 2, 0)),  # all templates, buffered
        (zk.REG_EVENT, struct.pack("<I", 0xFFFF)),
    ],
)
def test_the_list_of_zk_has_no_way_to_a_template(command, data):
    assert not zk_may(command, data)


def test_listening_registers_for_touches_and_nothing_else(monkeypatch):
    heard = Heard(zk_may)
    with zk_network(heard, monkeypatch) as settings:
        port = int(settings.partition("port = ")[2].split()[0])
        options = ZkTerminal.Options(host="127.0.0.1", port=port, comm_key=77, live=True)
        with ZkTerminal(options) as terminal:
            terminal.listen(lambda _touch: None)
            terminal.wait(0.01)
            terminal.read()
    assert zk.REG_EVENT in {command for command, _ in heard.asked}
    assert heard.refused() == []


# -- terminals that push -------------------------------------------------------------------------


class Hall:
    """A bridge that is called, and what became of it on the disk."""

    SERIAL = "SIM0000000001"

    def __init__(self, outbox: Outbox) -> None:
        self.now = int(datetime(2026, 3, 3, 12, 0, tzinfo=MAKASSAR).timestamp())
        self.outbox = outbox
        self.reception = Reception(
            outbox, (), zone=MAKASSAR, clock_limit_s=300, clock=lambda: self.now
        )
        outbox.callers.admit(self.SERIAL, "adms", "hall")

    def post(self, body: str, **query: str) -> str:
        words = {"sn": self.SERIAL, **query}
        reply = self.reception.answer(
            Request("POST", "/iclock/cdata", words, {}, body.encode(), "192.168.1.203")
        )
        assert reply.status == 200, reply.body
        return reply.body.decode()

    def disk(self) -> bytes:
        """Return every byte the outbox keeps, its journal as well."""
        folder = self.outbox.path.parent
        return b"".join(one.read_bytes() for one in folder.iterdir() if one.is_file())


@pytest.fixture
def hall(outbox: Outbox) -> Hall:
    return Hall(outbox)


UNASKED = {
    "fingers": ("OPERLOG", f"FP PIN=1\tFID=0\tSize=1248\tValid=1\tTMP={TEMPLATE}\n"),
    "face": ("OPERLOG", f"FACE PIN=1\tFID=0\tSIZE=900\tVALID=1\tTMP={TEMPLATE}\n"),
    "vein": ("OPERLOG", f"FVEIN Pin=1\tFID=0\tIndex=0\tSize=9\tValid=1\tTmp={TEMPLATE}\n"),
    "portrait": ("OPERLOG", f"USERPIC PIN=1\tFileName=1.jpg\tSize=9\tContent={TEMPLATE}\n"),
    "biophoto": ("OPERLOG", f"BIOPHOTO PIN=1\tType=9\tSize=9\tContent={TEMPLATE}\n"),
    "password": ("OPERLOG", f"USER PIN=1\tName=Siti\tPri=0\tPasswd={TEMPLATE}\tCard=\n"),
    "biodata": ("BIODATA", f"BIODATA Pin=1\tNo=0\tIndex=0\tType=9\tTmp={TEMPLATE}\n"),
    "at-the-door": ("ATTPHOTO", f"PIN=20260303071502-1.jpg\nSN=1\nsize=9\nCMD=upload\0{TEMPLATE}"),
    "fingers-table": ("fingertmp", f"fingertmp pin=1\tfingerid=0\ttemplate={TEMPLATE}\n"),
    "new-word": ("PALMV9", f"PALMV9 Pin=1\tNo=0\tTmp={TEMPLATE}\n"),
    # in the wrong drawer
    "among-touches": ("ATTLOG", f"FP PIN=1\tFID=0\tSize=1248\tValid=1\tTMP={TEMPLATE}\n"),
    "without-a-word": ("ATTLOG", f"PIN=1\tFID=0\tSize=1248\tTemplate={TEMPLATE}\n"),
    "among-events": ("rtlog", f"BIODATA Pin=1\tNo=0\tType=9\tTmp={TEMPLATE}\n"),
}


@pytest.mark.parametrize("what", UNASKED)
def test_what_a_terminal_pushes_unasked_is_answered_and_kept_nowhere(hall, caplog, what):
    caplog.set_level(logging.DEBUG)
    table, body = UNASKED[what]
    assert hall.post(body, table=table, stamp="9999").startswith("OK")
    hall.post("1\t2026-03-03 07:15:02\t0\t1\t\t0\t0\n", table="ATTLOG", stamp="9999")
    assert TEMPLATE.encode() not in hall.disk()
    assert TEMPLATE not in caplog.text
    assert TEMPLATE.encode().hex() not in caplog.text


def test_a_table_of_templates_from_an_access_terminal_is_counted_alone(hall):
    body = f"templatev10 pin=1\tfingerid=0\ttemplate={TEMPLATE}\n"
    for table in ("templatev10", "biodata", "transaction"):
        reply = hall.reception.answer(
            Request(
                "POST",
                "/iclock/querydata",
                {"sn": hall.SERIAL, "type": "tabledata", "tablename": table, "count": "1"},
                {},
                body.encode(),
                "192.168.1.203",
            )
        )
        assert reply.body.startswith(f"{table}=1".encode())
    assert TEMPLATE.encode() not in hall.disk()


def test_a_row_of_fingers_among_touches_is_named_and_loses_only_its_fingers():
    touch = b"7\t2026-03-03 07:15:02\t0\t1\t\t0\t0\n"
    fingers = f"FP PIN=1\tFID=0\tTMP={TEMPLATE}\n".encode()
    entries = decode_attlog(touch + fingers)
    assert entries[0].user_id == "7"
    assert entries[1].raw == b"FP"
    assert "fingers, faces or photos" in entries[1].reason
    assert unread_rows(touch)[0].raw == touch.strip(b"\n")  # and nothing else loses anything


def test_terminals_are_ordered_to_tell_touches_and_counts_alone(outbox, open_door):
    hall = Hall(outbox)
    memory = Memory(hall.SERIAL, clock=lambda: MORNING)
    memory.punch("1", 0, MORNING)
    port = open_door(hall.reception).listener.port
    with PushTerminal(memory, ("127.0.0.1", port)) as terminal:
        for _ in range(60):
            terminal.step()
            hall.now += 120
    assert set(terminal.obeyed) <= {"INFO", "CHECK", "DATA QUERY ATTLOG"}
    assert "DATA QUERY ATTLOG" in terminal.obeyed


def test_no_setting_we_send_asks_for_templates_or_photos():
    told = codec.encode_settings("S1", stamp="0", op_stamp="0", timezone_h=8).body.decode()
    settings = dict(line.partition("=")[::2] for line in told.splitlines())
    assert settings["TransFlag"] == "TransData AttLog\tOpLog"
    assert settings["ATTPHOTOStamp"] == settings["PhotoStamp"] == "None"
    door = codec.encode_registration("S1", greeting=True).body.decode()
    assert "TransTables=Transaction\n" in door


@pytest.mark.parametrize(
    "order",
    [
        "DATA QUERY FINGERTMP PIN=1\tFingerID=0",
        "DATA QUERY BIODATA Type=9",
        "DATA QUERY USERINFO",
        "DATA QUERY tablename=templatev10,fielddesc=*,filter=*",
        "GetFile /mnt/mtdblock/templates.dat",
        "PutFile http://example.invalid/x\t/mnt/mtdblock/template.dat",
        "Shell cat /mnt/mtdblock/template.dat",
    ],
)
def test_no_order_for_templates_can_be_given(order):
    with pytest.raises(ValueError, match="not an order we give"):
        codec.encode_command("1", order)


# -- sticks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["template.fp10", "template.fp10.1", "templatev10.dat", "ssrface7.dat", "biodata.dat"]
)
def test_a_file_of_templates_is_never_opened(name, tmp_path, opened):
    path = tmp_path / name
    path.write_bytes(TEMPLATE.encode())
    with opened() as found, pytest.raises(UnfitFile) as refused:
        read_file(path, "S1")
    assert refused.value.fault is FileFault.PRIVATE
    assert str(path) not in found


def test_beside_a_log_on_a_stick_templates_stay_closed(desk, tmp_path, opened):
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "1_attlog.dat").write_bytes(b"      7\t2026-03-02 07:12:00\t1\t0\t1\t0\r\n")
    private = [stick / "template.fp10", stick / "ssrface7.dat"]
    for path in private:
        path.write_bytes(TEMPLATE.encode())
    section = f'[[terminal]]\nname = "stick"\ndriver = "usb"\npath = "{stick}"\nserial = "S9"\n'
    desk.write(section)
    with opened() as found:
        assert desk.types("read", "stick").exit_code == 0
    assert str(stick / "1_attlog.dat") in found
    assert not {str(path) for path in private} & found


@pytest.fixture
def opened(monkeypatch) -> Callable[[], Any]:
    """Note the names of all files that are opened in a block, by whichever door Python has."""

    @contextmanager
    def noting() -> Iterator[set[str]]:
        found: set[str] = set()
        with monkeypatch.context() as patched:
            for room, door in ((builtins, "open"), (io, "open"), (os, "open")):
                patched.setattr(room, door, _noted(getattr(room, door), found))
            yield found

    return noting


def _noted(door: Callable[..., Any], found: set[str]) -> Callable[..., Any]:
    def through(name: Any, *rest: Any, **more: Any) -> Any:
        if isinstance(name, str | os.PathLike):
            found.add(str(Path(os.fspath(name))) if isinstance(name, str) else os.fspath(name))
        return door(name, *rest, **more)

    return through
