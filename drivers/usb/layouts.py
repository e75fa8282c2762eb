"""Which columns a line of `attlog.dat` has. Nothing in the file says so: it has no header.

    six    "      125 | 2020-09-15 06:47:10 | machine | state | verify | work code"   padded PIN
    many   the same six, then columns of newer firmware that are not understood (all 0)
    five   PIN | time | verify | state | work code                       Solution terminals
    named  PIN | name | time | machine | state
    bare   PIN | time, and up to two numbers whose meaning is not known

A layout is one expression for the whole line, columns by name, so that a line either has it or has
it not. Columns are separated by TAB. Column 3 of `five` may be the machine number instead: no file
seen decides it, and the state is column 4 in both readings.
"""

import re
from array import array
from collections import Counter
from typing import NamedTuple

from drivers.errors import FileFault, UnfitFile
from drivers.usb.columns import (
    ODD_LINES,
    few,
    filled_lines,
    is_text,
    line_at,
    line_number,
    majority,
)

TIME = rb"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"
_USER = rb"(?P<user_id>[^\t]{0,64})"
_MACHINE = rb"(?P<machine>\d{1,3})"
_STATE = rb"(?P<state>\d{1,3})"
_VERIFY = rb"(?P<verify>\d{1,3})"
_WORK = rb"(?P<work_code>\d{1,10})"
_UNKNOWN = rb"[-+.\d]{0,10}"  # numbers only: a person's name must not slip into a raw record
_SIX = (_USER, TIME, _MACHINE, _STATE, _VERIFY, _WORK)


class Layout(NamedTuple):
    """One order of columns."""

    title: str
    pattern: re.Pattern[bytes]
    columns: range
    time: int
    """Column of the time, from 0."""
    name: int | None
    """Column of a person's name, which nobody keeps."""


def _layout(
    title: str, columns: range, parts: tuple[bytes, ...], more: bytes = b"", *, name: int | None
) -> Layout:
    return Layout(
        title, re.compile(b"\t".join(parts) + more), columns, time=parts.index(TIME), name=name
    )


SIX = _layout("six columns", range(6, 7), _SIX, name=None)
MANY = _layout(
    "seven columns and more", range(7, 33), _SIX, b"(?:\t" + _UNKNOWN + b"){1,26}", name=None
)
FIVE = _layout("five columns", range(5, 6), (_USER, TIME, _VERIFY, _STATE, _WORK), name=None)
NAMED = _layout(
    "five columns with a name",
    range(5, 6),
    (_USER, rb"[^\t]*", TIME, _MACHINE, _STATE),
    name=1,
)
BARE = _layout(
    "user id and time", range(2, 5), (_USER, TIME), b"(?:\t" + _UNKNOWN + b"){0,2}", name=None
)
LAYOUTS = (SIX, MANY, FIVE, NAMED, BARE)


class Found(NamedTuple):
    """What a vote over all lines found."""

    layout: Layout
    starts: "array[int]"
    """Where each line that is not blank begins."""
    machine: bytes | None
    """The machine number of the file; None where the layout has none."""


def find_layout(data: bytes) -> Found:
    """Let every line vote for its layout. Raises UnfitFile, naming the line.

    A few broken lines do not spoil a file, but the layout must be beyond doubt, and so must the
    column of the machine number: where that varies, it is some other column.
    """
    starts = filled_lines(data)
    if not starts:
        raise UnfitFile("holds no line; export it from the terminal again", FileFault.EMPTY)
    votes: Counter[str] = Counter()
    machines: Counter[bytes] = Counter()
    for start in starts:
        line = line_at(data, start)
        for layout in _BY_COLUMNS.get(line.count(b"\t") + 1, ()):
            if match := layout.pattern.fullmatch(line):
                votes[layout.title] += 1
                if "machine" in layout.pattern.groupindex:
                    machines[match["machine"]] += 1
    layout = _elected(votes, data, starts)
    if "machine" not in layout.pattern.groupindex:
        return Found(layout, starts, None)
    return Found(layout, starts, _one_machine(machines, layout))


_BY_COLUMNS = {
    columns: tuple(layout for layout in LAYOUTS if columns in layout.columns)
    for columns in range(2, 33)
}


def _elected(votes: Counter[str], data: bytes, starts: "array[int]") -> Layout:
    by_title = {layout.title: layout for layout in LAYOUTS}
    title, fitting = votes.most_common(1)[0] if votes else (SIX.title, 0)
    if few(len(starts) - fitting, len(starts), ODD_LINES):
        return by_title[title]
    pattern = by_title[title].pattern
    odd = next(
        start for start in starts if fitting == 0 or not pattern.fullmatch(line_at(data, start))
    )
    what, fault = _what_is_odd(line_at(data, odd))
    layouts = f"; {fitting} of {len(starts)} lines have {title}" if fitting else ""
    raise UnfitFile(f"line {line_number(data, odd)}: {what}{layouts}", fault)


def _what_is_odd(line: bytes) -> tuple[str, FileFault]:
    if not is_text(line):
        return (
            "this is not text; if the terminal encrypts its stick files, switch that off in its "
            "menu and export again",
            FileFault.ENCRYPTED,
        )
    if b"\t" not in line:
        return (
            "no TAB separates its columns; hand in the file as the terminal wrote it",
            FileFault.EDITED,
        )
    if not re.search(TIME, line):
        return (
            "no date written YYYY-MM-DD HH:MM:SS; if a spreadsheet saved this file, hand in the "
            "one the terminal wrote",
            FileFault.EDITED,
        )
    columns = line.count(b"\t") + 1
    return f"{columns} columns in an order that is not known here", FileFault.LAYOUT


def _one_machine(machines: Counter[bytes], layout: Layout) -> bytes:
    machine = majority(machines)
    if machine is not None:
        return machine
    column = layout.time + 2
    raise UnfitFile(
        f"column {column} should be the machine number and the same in every line, but holds "
        f"{len(machines)} different values; the columns have another order, or the files of "
        f"several terminals were joined",
        FileFault.MIXED,
    )
