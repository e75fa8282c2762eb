"""What terminals write on a stick, by name and content: bytes in, a `Log` out. No files here.

Here is `attlog.dat`, the text of ZK terminals; G-logs of other families are read in `glog`.

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

from drivers.base import BadRecord, DateOrder, Entry, Log, RawPunch, records_digest
from drivers.errors import FileFault, UnfitFile
from drivers.usb.columns import LETTER, MAX_LINE, line_at, user_id_fault
from drivers.usb.glog import is_g_log, read_g_log
from drivers.usb.layouts import Found, Layout, find_layout

_G_LOG_NAME = re.compile(r"(?:GLG|AGL)_\d+(?:_\d+)?", re.IGNORECASE)
_PRIVATE_NAME = re.compile(
    r"(?:ssr)?user\b.*\.dat|.*template.*|.*\.fp(?:10)?(?:\.\d)?|(?:ssr)?face.*\.dat|.*\.(?:jpe?g|bmp)"
    r"|(?:sms|udata|extuser|biodata)\.dat",
    re.IGNORECASE,
)
_BINARY_NAME = re.compile(r"(?:ssrattlog|oplog|extlog)\.dat", re.IGNORECASE)
_MACHINE_NAME = re.compile(r"(\d{1,3})_attlog", re.IGNORECASE)
_SERIAL_NAME = re.compile(r"([A-Z0-9]{10,24})_attlog", re.IGNORECASE)


def is_log_name(name: str) -> bool:
    """Tell whether a terminal gives its log such a name on a stick."""
    attlog = "attlog" in name.lower() and name.lower().endswith(".dat")
    return attlog or _G_LOG_NAME.match(name) is not None


def refuse_by_name(name: str) -> None:
    """Raise UnfitFile where the name of a file says that it is to be left unread."""
    if _PRIVATE_NAME.fullmatch(name):
        raise UnfitFile(
            f"{name} holds users, fingers, faces or messages and no punches; it was not opened; "
            "hand in attlog.dat",
            FileFault.PRIVATE,
        )
    if _BINARY_NAME.fullmatch(name):
        raise UnfitFile(
            f"{name} is an inner file of a terminal; hand in the attlog.dat it writes on a stick",
            FileFault.BINARY,
        )


def read_text(
    data: bytes, serial: str, *, name_hint: str = "", date_order: DateOrder = "auto"
) -> Log:
    """Return the log of one file. Raises UnfitFile, nothing else.

    The file does not say whose it is, so `serial` does; `name_hint` is the file's name, which on
    some firmware holds the machine or serial number, and is checked where it does. `date_order` is
    how the file writes its dates, where it does not prove it by itself.
    """
    where = name_hint or "this file"
    refuse_by_name(name_hint)
    text = _plain(data, where)
    try:
        if is_g_log(text):
            return read_g_log(text, serial, date_order)
        if _G_LOG_NAME.match(name_hint):
            raise UnfitFile(
                "is by its name a G-log (GLG or AGL) and has no line that names its columns; "
                "export it as text",
                FileFault.BINARY,
            )
        return _attlog(text, serial, name_hint, date_order)
    except UnfitFile as error:
        told = str(error)
        raise UnfitFile(
            told if told.startswith(where) else f"{where}: {told}", error.fault
        ) from None


def _attlog(text: bytes, serial: str, name_hint: str, date_order: DateOrder) -> "TextLog":
    _check_serial(name_hint, serial)
    found = find_layout(text)
    _check_machine(name_hint, found.machine)
    if date_order not in ("auto", "ymd"):
        raise UnfitFile(
            f"its dates begin with the year and are not in the order {date_order}; leave "
            "--date-order, or date_order in its section, out",
            FileFault.CONTRADICTION,
        )
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
        return line_at(self._text, self._starts[index])


def _plain(data: bytes, where: str) -> bytes:
    """Take off what an editor may have put before the first line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError as error:
            raise UnfitFile(
                f"{where} was saved as UTF-16 and is damaged; copy it from the stick again",
                FileFault.DAMAGED,
            ) from error
    return data.removeprefix(b"\xef\xbb\xbf")


def _check_serial(name: str, serial: str) -> None:
    named = _SERIAL_NAME.match(name)
    if named is None or sum(sign.isdigit() for sign in named[1]) < 6:
        return  # a word, not the serial number of a terminal
    if named[1].upper() != serial.upper():
        raise UnfitFile(
            f"{name} is by its name of the terminal {named[1]}, not of {serial}; choose the "
            f"terminal it came from",
            FileFault.OTHER_TERMINAL,
        )


def _check_machine(name: str, machine: bytes | None) -> None:
    named = _MACHINE_NAME.match(name)
    if named is None or machine is None or int(named[1]) == int(machine):
        return
    raise UnfitFile(
        f"{name} is by its name of machine {int(named[1])}, but its lines say machine "
        f"{int(machine)}; find out which terminal it came from, then rename it to attlog.dat",
        FileFault.OTHER_TERMINAL,
    )


def _entry(line: bytes, layout: Layout, machine: bytes | None) -> Entry:
    match = layout.pattern.fullmatch(line)
    if match is None:
        return _broken(line, layout)
    columns = match.groupdict()
    raw = _kept(line, layout)
    user_id = columns["user_id"].strip(b" ")
    if fault := user_id_fault(user_id):
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


def _broken(line: bytes, layout: Layout) -> BadRecord:
    columns = line.split(b"\t")
    user_id = columns[0].strip(b" ")
    readable = len(columns) in layout.columns and user_id_fault(user_id) is None
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
    if layout.pattern.fullmatch(line) and not user_id_fault(columns[0].strip(b" ")):
        columns[layout.name] = b""
    else:  # a broken line, where the name may stand anywhere
        columns = [b"" if LETTER.search(column) else column for column in columns]
    return b"\t".join(columns)[:MAX_LINE]
