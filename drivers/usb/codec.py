"""`attlog.dat`, the text a ZK terminal writes on a stick: bytes in, a `Log` out. No files here.

The order of lines is the order of storage and is kept; so are exact doubles, which become one punch
later by their id. What a file cannot tell is not guessed: it is refused as a whole where its layout
is in doubt (`layouts`), line by line where one line is broken.

`raw` is the line without its end, with two exceptions. Where a column holds people's names, its
content is left out: the name of a person has no place in a store of punches. And a file saved as
UTF-16 is turned into UTF-8 first, so that the same line is the same record.

A work code of 0 is how these files write "none", and comes out empty, as from the terminal's own
log: else each punch that came both ways would look like a contradiction.
"""

import re
from array import array
from collections.abc import Iterator
from datetime import datetime

from drivers.base import BadRecord, Entry, Log, RawPunch, records_digest
from drivers.errors import NotSupported, UndecidableLog
from drivers.usb.layouts import LINE, Found, Layout, find_layout

MAX_LINE = 512  # bytes of a broken line that are kept; a whole one has fewer than 100

_USER_ID = re.compile(rb"[!-+\-/-:<-~]{1,24}")  # visible ASCII without comma, point, semicolon
_SPREADSHEET = re.compile(rb"\d*[.,]\d*(?:E[+-]?\d+)?|\d+E\+\d+", re.IGNORECASE)
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_G_LOG = re.compile(rb"#\s*Device(?:Model|UID)|No\t(?:TMNo|Mchn)\tEnNo")
_G_LOG_NAME = re.compile(r"(?:GLG|AGL)_\d+(?:_\d+)?\.(?:txt|dat)", re.IGNORECASE)
_USER_FILE = re.compile(r"(?:ssr)?user\.dat", re.IGNORECASE)
_MACHINE_NAME = re.compile(r"(\d{1,3})_attlog", re.IGNORECASE)
_SERIAL_NAME = re.compile(r"([A-Z0-9]{10,24})_attlog", re.IGNORECASE)


def read_text(data: bytes, serial: str, *, name_hint: str = "") -> Log:
    """Return the log of one file. Raises UndecidableLog or NotSupported, nothing else.

    The file does not say whose it is, so `serial` does; `name_hint` is the file's name, which on
    some firmware holds the machine or serial number, and is checked where it does.
    """
    where = name_hint or "this file"
    if _USER_FILE.fullmatch(name_hint):
        raise NotSupported(f"{where} holds users and no punches; hand in attlog.dat")
    text = _plain(data, where)
    if _G_LOG.match(text) or _G_LOG_NAME.fullmatch(name_hint):
        raise NotSupported(
            f"{where} is a G-log (GLG or AGL), which is of another family of terminals and is "
            f"read from a later version on; keep the file"
        )
    _check_serial(name_hint, serial)
    try:
        found = find_layout(text)
    except UndecidableLog as error:
        raise UndecidableLog(f"{where}: {error}") from None
    _check_machine(name_hint, found.machine)
    return TextLog(serial, text, found)


class TextLog(Log):
    """The lines of one file. The text is held once; entries are made as they are asked for."""

    claimed = None
    positional = False

    def __init__(self, serial: str, text: bytes, found: Found) -> None:
        self.serial = serial
        self._text = text
        self._starts: array[int] = found.starts
        self._layout = found.layout
        self._machine = found.machine

    def __len__(self) -> int:
        return len(self._starts)

    def raw(self, index: int) -> bytes:
        return _kept(self._line(index), self._layout)

    def digest(self, count: int) -> bytes:
        return records_digest(self.raw(index) for index in range(min(count, len(self))))

    def entries(self, start: int = 0) -> Iterator[Entry]:
        for index in range(start, len(self)):
            yield _entry(self._line(index), self._layout, self._machine)

    def _line(self, index: int) -> bytes:
        match = LINE.match(self._text, self._starts[index])
        assert match is not None  # noqa: S101 - every start was found by this expression
        return match.group()


def _plain(data: bytes, where: str) -> bytes:
    """Take off what an editor may have put before the first line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError as error:
            raise UndecidableLog(
                f"{where} was saved as UTF-16 and is damaged; copy it from the stick again"
            ) from error
    return data.removeprefix(b"\xef\xbb\xbf")


def _check_serial(name: str, serial: str) -> None:
    named = _SERIAL_NAME.match(name)
    if named is None or sum(sign.isdigit() for sign in named[1]) < 6:
        return  # a word, not the serial number of a terminal
    if named[1].upper() != serial.upper():
        raise UndecidableLog(
            f"{name} is by its name of the terminal {named[1]}, not of {serial}; choose the "
            f"terminal it came from"
        )


def _check_machine(name: str, machine: bytes | None) -> None:
    named = _MACHINE_NAME.match(name)
    if named is None or machine is None or int(named[1]) == int(machine):
        return
    raise UndecidableLog(
        f"{name} is by its name of machine {int(named[1])}, but its lines say machine "
        f"{int(machine)}; find out which terminal it came from, then rename it to attlog.dat"
    )


def _entry(line: bytes, layout: Layout, machine: bytes | None) -> Entry:
    match = layout.pattern.fullmatch(line)
    if match is None:
        return _broken(line, layout)
    columns = match.groupdict()
    raw = _kept(line, layout)
    user_id = columns["user_id"].strip(b" ")
    if fault := _user_id_fault(user_id):
        return BadRecord(raw, "user-id", fault, "")
    user = user_id.decode("ascii")
    if machine is not None and columns["machine"] != machine:
        reason = (
            f"names machine {int(columns['machine'])} in a file of machine {int(machine)}; "
            f"whose punch it is cannot be known"
        )
        return BadRecord(raw, "line", reason, user)
    time = columns["time"].decode("ascii")
    try:
        local_time = datetime.fromisoformat(time)
    except ValueError:
        return BadRecord(raw, "date", f"there is no such date and time: {time}", user)
    work_code = columns.get("work_code", b"").decode("ascii")
    return RawPunch(
        user_id=user,
        local_time=local_time,
        state=_code(columns.get("state")),
        verify=_code(columns.get("verify")),
        work_code=work_code if work_code.strip("0") else "",
        raw=raw,
    )


def _code(column: bytes | None) -> int | None:
    return None if column is None else int(column)


def _user_id_fault(user_id: bytes) -> str | None:
    if not user_id:
        return "the user id is empty"
    if _SPREADSHEET.fullmatch(user_id):
        return (
            f'a spreadsheet has rounded the user id to "{user_id.decode("ascii")}" and its digits '
            f"are gone; hand in the file as the terminal wrote it"
        )
    if not _USER_ID.fullmatch(user_id):
        return "the user id is not 1 to 24 plain characters"
    return None


def _broken(line: bytes, layout: Layout) -> BadRecord:
    columns = line.split(b"\t")
    user_id = columns[0].strip(b" ")
    readable = len(columns) in layout.columns and _user_id_fault(user_id) is None
    user = user_id.decode("ascii") if readable else ""
    if readable and not layout.pattern.fullmatch(_with_a_date(columns, layout)):
        readable = False
    if readable:
        reason = f"column {layout.time + 1} holds no date written YYYY-MM-DD HH:MM:SS"
        return BadRecord(_kept(line, layout), "date", reason, user)
    reason = f"{len(columns)} columns that are not those of the file's other lines ({layout.title})"
    return BadRecord(_kept(line, layout), "line", reason, user)


def _with_a_date(columns: list[bytes], layout: Layout) -> bytes:
    return b"\t".join(
        b"2000-01-01 00:00:00" if place == layout.time else column
        for place, column in enumerate(columns)
    )


def _kept(line: bytes, layout: Layout) -> bytes:
    """Return the bytes of a line that may be kept."""
    if layout.name is None:
        return line[:MAX_LINE]
    columns = line.split(b"\t")
    if layout.pattern.fullmatch(line) and not _user_id_fault(columns[0].strip(b" ")):
        columns[layout.name] = b""
    else:  # a broken line, where the name may stand anywhere
        columns = [b"" if _LETTER.search(column) else column for column in columns]
    return b"\t".join(columns)[:MAX_LINE]
