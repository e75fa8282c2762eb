"""Excuses from a manual report: each row as what it asks for, or what keeps it from being read.

A row may ask for several spans where the days of a month are its columns: the same mark on days
that follow one another is one span, as its letter is one.
"""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import groupby
from typing import NamedTuple

from ingest.calendar import ExcuseType
from ingest.errors import ImportFaults
from ingest.imports import manual_form as form_of
from ingest.imports.day_words import DayFault, is_month_first, read_clock, read_days
from ingest.imports.excuse_words import SILENT, Words, plain
from ingest.imports.manual_form import Form, Line, find_form
from ingest.nip import NipFault, read_nip

MOST = 200
"""Characters of a letter or an approver, as the store holds them."""
MOST_NOTE = 250


@dataclass(frozen=True, slots=True)
class Ask:
    """One span that a row asks for."""

    types: tuple[ExcuseType, ...]
    """What the word may mean; one, unless it names a whole group such as CUTI."""
    said_by: tuple[str, ...]
    """Codes of types under which an excuse that is known says the same."""
    word: str
    first: date
    last: date
    hours: tuple[time, time] | None = None
    letter: str = ""
    approver: str = ""
    note: str = ""


@dataclass(slots=True)
class Entry:
    """One row: who, what for, and each sentence that says why it cannot be taken."""

    line: int
    cells: Sequence[str]
    nip: str = ""
    name: str = ""
    asks: list[Ask] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """A manual report, read."""

    header: tuple[str, ...]
    nip: int
    """The column of the NIP."""
    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]


class _Between(NamedTuple):
    """What every row of a file has in common."""

    form: Form
    words: Words
    month: date | None
    month_first: int | None
    """The line that writes the month before the day; then no such date is sure."""


def read_report(
    lines: Sequence[Line],
    name: str,
    types: Mapping[str, ExcuseType],
    *,
    month: date | None = None,
    cell_faults: Sequence[tuple[int, str]] = (),
) -> Report:
    """Read a report; `month` is the first day of the one whose days are columns.

    `cell_faults` are those found in single lines before. Raises ImportFaults for what is no report.
    """
    form = find_form(lines, name)
    if form.days and month is None:
        raise ImportFaults(name, ["columns 1 to 31 are days of a month; name it by --month"])
    if not form.days and month is not None:
        raise ImportFaults(name, ["--month goes with columns 1 to 31, and this file has none"])
    between = _Between(form, Words(types), month, _month_first(form))
    entries, passed = [], []
    for line, cells in form.rows:
        if _is_entry(between, cells):
            entries.append(_entry(between, line, cells))
        else:
            passed.append(line)
    _add_faults(entries, name, cell_faults)
    return Report(
        form.header, form.columns[form_of.NIP], tuple(entries), tuple(_warnings(form, passed))
    )


def _is_entry(between: _Between, cells: Sequence[str]) -> bool:
    """Say whether a line is about somebody; titles of parts, sums and signatures are not."""
    form = between.form
    numbered = any(one.isdigit() for one in form.cell(cells, form_of.NIP))
    if form.days:
        marks = [cells[place] for place in form.days.values() if place < len(cells)]
        return numbered or any(between.words.read(one) for one in marks)
    told = [form.cell(cells, one) for one in (form_of.DAY, form_of.FIRST)]
    reasons = [form.cell(cells, one) for one in (form_of.KIND, form_of.NOTE)]
    return any(map(_is_day, told)) or (numbered and any((*told, *reasons)))


def _is_day(text: str) -> bool:
    try:
        return bool(read_days(text))
    except DayFault:
        return False


def _entry(between: _Between, line: int, cells: Sequence[str]) -> Entry:
    form = between.form
    entry = Entry(line, cells, name=form.cell(cells, form_of.NAME))
    try:
        entry.nip = read_nip(form.cell(cells, form_of.NIP)).digits
    except NipFault as error:
        entry.faults.append(str(error))
    asks = _of_month(between, entry) if form.days else _of_row(between, entry)
    entry.asks += list(asks)
    for ask in entry.asks[:1]:
        for what, text, most in (
            ("letter", ask.letter, MOST),
            ("approver", ask.approver, MOST),
            ("note", ask.note, MOST_NOTE),
        ):
            if len(text) > most or not text.isprintable():
                entry.faults.append(f"{what}: longer than {most} characters, or not printable")
    return entry


def _of_row(between: _Between, entry: Entry) -> Iterator[Ask]:
    form, cells = between.form, entry.cells
    days, hours = _days(between, entry), _hours(form, entry)
    kind, note = form.cell(cells, form_of.KIND), form.cell(cells, form_of.NOTE)
    meaning = between.words.read(kind or note)
    if meaning is None:
        told = f'"{kind or note}" is no known reason' if kind or note else "says no reason"
        entry.faults.append(f"{told}; known are {between.words.codes()}, and their names")
    if days is None or meaning is None:
        return
    rest = " ".join(one for one in (meaning.rest, note if kind else "") if one)
    yield Ask(
        meaning.types,
        tuple(one.code for one in meaning.types),
        kind or note,
        *days,
        hours,
        form.cell(cells, form_of.LETTER),
        form.cell(cells, form_of.APPROVER),
        rest,
    )


def _days(between: _Between, entry: Entry) -> tuple[date, date] | None:
    form, cells = between.form, entry.cells
    one, other = form.cell(cells, form_of.DAY) or form.cell(cells, form_of.FIRST), ""
    if form_of.FIRST in form.columns:
        other = form.cell(cells, form_of.LAST)
    if not one:
        entry.faults.append("says no day")
        return None
    try:
        begins = read_days(one)
        ends = read_days(other) if other else begins
    except DayFault as error:
        entry.faults.append(str(error))
        return None
    if between.month_first is not None and (begins.numeric or ends.numeric):
        entry.faults.append(
            f"line {between.month_first} writes the month before the day, so this day is not sure, "
            "either; write days as 2026-01-31"
        )
    return begins.first, ends.last


def _hours(form: Form, entry: Entry) -> tuple[time, time] | None:
    cells = entry.cells
    told = [form.cell(cells, form_of.FROM), form.cell(cells, form_of.UNTIL)]
    if span := form.cell(cells, form_of.HOURS):
        told = [one.strip() for one in span.replace("\u2013", "-").replace("s.d.", "-").split("-")]
    if not any(told):
        return None
    try:
        if len(told) != 2:
            raise DayFault(f'"{span}" is no span of hours such as 07.30-10.00')
        return read_clock(told[0]), read_clock(told[1])
    except DayFault as error:
        entry.faults.append(str(error))
        return None


def _of_month(between: _Between, entry: Entry) -> Iterator[Ask]:
    form, month = between.form, between.month
    if month is None:
        return
    last = calendar.monthrange(month.year, month.month)[1]
    marks: list[tuple[int, str]] = []
    for day, place in sorted(form.days.items()):
        mark = plain(entry.cells[place]) if place < len(entry.cells) else ""
        if mark and day > last:
            entry.faults.append(f"column {day}: {month:%Y-%m} has {last} days")
        elif mark in SILENT and between.words.read(mark) is None:
            marks.append((day, ""))
        else:
            marks.append((day, mark))
    for (mark, _), run in groupby(
        enumerate(marks), key=lambda one: (one[1][1], one[1][0] - one[0])
    ):
        days = [day for _, (day, _) in run]
        if mark:
            yield from _of_mark(between, entry, mark, month.replace(day=days[0]), len(days))


def _of_mark(between: _Between, entry: Entry, mark: str, first: date, count: int) -> Iterator[Ask]:
    meaning = between.words.read(mark)
    if meaning is None:
        known = between.words.codes()
        entry.faults.append(f'column {first.day}: "{mark}" is no known mark; known are {known}')
        return
    form, cells = between.form, entry.cells
    yield Ask(
        meaning.types,
        between.words.like(meaning.types),
        mark,
        first,
        first.replace(day=first.day + count - 1),
        None,
        form.cell(cells, form_of.LETTER),
        form.cell(cells, form_of.APPROVER),
        form.cell(cells, form_of.NOTE),
    )


def _month_first(form: Form) -> int | None:
    places = [form.columns[one] for one in (form_of.DAY, form_of.FIRST, form_of.LAST)
              if one in form.columns]  # fmt: skip
    return next(
        (
            line
            for line, cells in form.rows
            if any(place < len(cells) and is_month_first(cells[place]) for place in places)
        ),
        None,
    )


def _add_faults(entries: list[Entry], name: str, found: Sequence[tuple[int, str]]) -> None:
    """Add faults of cells to their rows; one of a line that is no row is the file's."""
    by_line = {one.line: one for one in entries}
    lost = [f"line {line}: {text}" for line, text in found if line not in by_line]
    if lost:
        raise ImportFaults(name, lost)
    for line, text in found:
        by_line[line].faults.append(text)


def _warnings(form: Form, passed: Sequence[int]) -> Iterator[str]:
    if form.unread:
        yield f"columns that are not read: {', '.join(form.unread)}"
    if passed:
        lines = ", ".join(map(str, passed[:10])) + (" ..." if len(passed) > 10 else "")
        yield f"lines passed over, for they name nobody and no day: {lines}"
