"""G-logs, which terminals of the Timmy and FK families write on a stick: bytes in, a `Log` out.

    G1  No TMNo EnNo Name INOUT Mode DateTime
    G2  No TMNo EnNo Name GMNo Mode DateTime                               samples/usb-glg-mdy.txt
    G3  No TMNo EnNo Name GMNo Mode IN/OUT Antipass DaiGong DateTime TR    samples/usb-agl-s260.txt
    G4  No Mchn EnNo Name Mode IOMd DateTime

GLG files hold what is new since the last download, AGL files everything. Columns are separated by
TAB; lines that begin with `#` come first and are no records. The header has more TABs than the rows
(behind Name, and at the end of G3), so a row is read by its layout and never by the header's
places. `LogCount` at the head is what the terminal holds, not what the file holds: a file of 4 rows
said 7,982. It is no claim of ours.

EnNo is the user id and keeps its zeros. Mode is how, in the numbers of each family, but in G1 it
follows the key that was pressed, 5 in the morning and 6 in the evening, with INOUT always 0: what
either means is not known, so neither is told. In G3 the letters S and E mean in and out (Time In
and Time Out stand beside them); A (Job In) is no state of ours. IOMd of G4 is read in the same way,
its numbers are not.

The order of day and month differs by model and is in no header. It is taken from the file only
where the file proves it: a number above 12 in a place where no month can stand.

`raw` is the line without its end and without the name.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from drivers.base import BadRecord, DateOrder, Entry, Log, RawPunch, records_digest
from drivers.errors import FileFault, UnfitFile
from drivers.usb.columns import (
    LETTER,
    MAX_LINE,
    ODD_LINES,
    few,
    filled_lines,
    is_text,
    line_at,
    line_number,
    majority,
    user_id_fault,
)
from drivers.usb.dates import DATE, DateVotes, moment

NAME = 3  # column of the name, in every layout
STATES = {b"S": 0, b"E": 1}

_NUMBER = rb" *\d{1,10} *"
_WORD = rb"[^\t]{0,40}"
_COLUMNS = {
    "no": _NUMBER,
    "tmno": rb" *(?P<machine>\d{1,5}) *",
    "mchn": rb" *(?P<machine>\d{1,5}) *",
    "enno": rb"(?P<user_id>[^\t]{0,64})",
    "name": rb"[^\t]*",
    "gmno": _NUMBER,
    "mode": rb" *(?P<mode>\d{1,5}) *",
    "inout": _NUMBER,
    "iomd": rb" *(?P<state>\w{1,5}) *",
    "in/out": rb" *(?P<state>\w{1,5}) *",
    "antipass": _WORD,
    "daigong": _WORD,
    "datetime": rb" *" + DATE + rb" *",
    "tr": _WORD,
}


class Layout(NamedTuple):
    """One order of columns."""

    title: str
    header: tuple[str, ...]
    pattern: re.Pattern[bytes]
    tells_mode: bool


def _layout(title: str, header: str, *, tells_mode: bool = True) -> Layout:
    words = tuple(header.lower().split())
    columns = b"\t".join(_COLUMNS[word] for word in words)
    return Layout(title, words, re.compile(columns + rb"[\t ]*"), tells_mode)


LAYOUTS = (
    _layout("G1", "No TMNo EnNo Name INOUT Mode DateTime", tells_mode=False),
    _layout("G2", "No TMNo EnNo Name GMNo Mode DateTime"),
    _layout("G3", "No TMNo EnNo Name GMNo Mode IN/OUT Antipass DaiGong DateTime TR"),
    _layout("G4", "No Mchn EnNo Name Mode IOMd DateTime"),
)
_BY_HEADER = {layout.header: layout for layout in LAYOUTS}


def is_g_log(text: bytes) -> bool:
    """Tell whether a text is a G-log, of a layout we know or not."""
    lines = (line_at(text, start) for start in filled_lines(text[:4096]))
    first = next((line for line in lines if not line.startswith(b"#")), b"")
    return _header(first)[:1] == ("no",) and bool({"tmno", "mchn", "enno"} & {*_header(first)})


def read_g_log(text: bytes, serial: str, date_order: DateOrder) -> "GLog":
    """Return the log in a text of which `is_g_log` is true. Raises UnfitFile, naming the line."""
    starts = filled_lines(text)
    lines = ((start, line_at(text, start)) for start in starts)
    begin, header = next((one for one in lines if not one[1].startswith(b"#")), (0, b""))
    layout = _BY_HEADER.get(_header(header))
    if layout is None:
        told = " ".join(_header(header))
        raise UnfitFile(
            f"line {line_number(text, begin)}: a G-log with the columns {told[:100]!r}, in an "
            "order that is not known here; send it to us",
            FileFault.LAYOUT,
        )
    rows = array(
        "I", (start for start in starts if start > begin and not _is_head(line_at(text, start)))
    )
    if not rows:
        raise UnfitFile("holds no record; export it from the terminal again", FileFault.EMPTY)
    machine, order = _tried(text, rows, layout, date_order)
    return GLog(serial, text, rows, layout, machine, order)


class GLog(Log):
    """The rows of one file. The text is held once; entries are made as they are asked for."""

    claimed = None
    positional = False

    def __init__(
        self,
        serial: str,
        text: bytes,
        rows: "array[int]",
        layout: Layout,
        machine: bytes,
        order: DateOrder,
    ) -> None:
        self.serial = serial
        self._text = text
        self._rows = rows
        self._layout = layout
        self._machine = machine
        self._order = order

    def __len__(self) -> int:
        return len(self._rows)

    def raw(self, index: int) -> bytes:
        line = line_at(self._text, self._rows[index])
        return _kept(line, whole=self._layout.pattern.fullmatch(line) is not None)

    def digest(self, count: int) -> bytes:
        return records_digest(self.raw(index) for index in range(min(count, len(self))))

    def entries(self, start: int = 0) -> Iterator[Entry]:
        for index in range(start, len(self)):
            yield self._entry(line_at(self._text, self._rows[index]))

    def _entry(self, line: bytes) -> Entry:
        match = self._layout.pattern.fullmatch(line)
        if match is None:
            reason = f"no row of the file's layout ({self._layout.title})"
            return BadRecord(_kept(line, whole=False), "line", reason, "")
        raw, user_id = _kept(line, whole=True), match["user_id"].strip(b" ")
        if fault := user_id_fault(user_id):
            return BadRecord(raw, "user-id", fault, "")
        user = user_id.decode("ascii")
        if match["machine"] != self._machine:
            reason = (
                f"names machine {int(match['machine'])} in a file of machine "
                f"{int(self._machine)}; whose punch it is cannot be known"
            )
            return BadRecord(raw, "line", reason, user)
        local_time = moment(match, self._order)
        if local_time is None:
            reason = f"there is no such date and time: {match['date'].decode()}"
            return BadRecord(raw, "date", reason, user)
        columns = match.groupdict()
        return RawPunch(
            user_id=user,
            local_time=local_time,
            state=STATES.get(columns.get("state", b"").upper()),
            verify=int(match["mode"]) if self._layout.tells_mode else None,
            work_code="",
            raw=raw,
        )


def _tried(
    text: bytes, rows: "array[int]", layout: Layout, date_order: DateOrder
) -> tuple[bytes, DateOrder]:
    """Return the machine and the order of dates that all rows together tell. Raises UnfitFile."""
    machines, dates, odd = Counter[bytes](), DateVotes(), array("I")
    for start in rows:
        match = layout.pattern.fullmatch(line_at(text, start))
        if match is None:
            odd.append(start)
            continue
        machines[match["machine"]] += 1
        dates.feed(match)
    if odd and not few(len(odd), len(rows), ODD_LINES):
        number = line_number(text, odd[0])
        if not is_text(line_at(text, odd[0])):
            raise UnfitFile(
                f"line {number}: this is not text; copy the file from the stick again",
                FileFault.DAMAGED,
            )
        raise UnfitFile(
            f"line {number}: no row of layout {layout.title}, which the header names; {len(odd)} "
            f"of {len(rows)} rows are none; hand in the file as the terminal wrote it",
            FileFault.EDITED,
        )
    machine = majority(machines)
    if machine is None:
        raise UnfitFile(
            f"names {len(machines)} different machines; hand in the files of each terminal by "
            "themselves",
            FileFault.MIXED,
        )
    return machine, dates.order(date_order)


def _header(line: bytes) -> tuple[str, ...]:
    words = (word.strip() for word in line.decode("latin-1").lower().split("\t"))
    return tuple(word for word in words if word)


def _is_head(line: bytes) -> bool:
    """Tell a line of the head, which stands again where somebody joined several files."""
    return line.startswith(b"#") or _header(line) in _BY_HEADER


def _kept(line: bytes, *, whole: bool) -> bytes:
    """Return the bytes of a line that may be kept: without a name, which in a broken line may
    stand anywhere."""
    columns = line.split(b"\t")
    if whole:
        columns[NAME] = b""
    else:
        columns = [
            b"" if len(column) > 1 and LETTER.search(column) else column for column in columns
        ]
    return b"\t".join(columns)[:MAX_LINE] or b"\t"
