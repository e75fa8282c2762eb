"""Terminals from a file: `serial, name, office, counts_from[, counts_until]`.

Registering a terminal says: from `counts_from` on, a day of this office is complete only when this
terminal's log is known. A terminal that spoke before it was registered is found by its serial; what
another office's bridge told of it (by mistake, or with a stolen key) becomes nobody's unless a
person says so for this one terminal.
"""

import difflib
import re
from datetime import date, datetime

from sqlalchemy import Connection

from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.store import people as people_store
from ingest.store import terminals as store
from ingest.store.dirty import mark_spans
from ingest.store.terminals import Terminal
from ingest.store.touched import of_terminal

COLUMNS = Columns(required=("serial", "name", "office", "counts_from"), optional=("counts_until",))
SERIAL = re.compile(r"[!-~]{1,64}")


def import_terminals(
    connection: Connection,
    sheet: Sheet,
    *,
    today: date,
    now: datetime,
    with_past: bool = False,
    own: str | None = None,
) -> Outcome:
    """Take a whole file. Raises ImportFaults before anything is written.

    Whoever acts for one office (`own`) registers its terminals, and takes none from another.
    `with_past` takes along what bridges of other offices told of terminals nobody had registered.
    """
    people_store.hold(connection, "terminals")
    known, offices = store.find_terminals(connection), people_store.find_offices(connection)
    faults, outcome = Faults(sheet.name), Outcome()
    found: dict[str, Terminal] = {}
    lines: dict[str, int] = {}
    for row in sheet.rows:
        terminal = _terminal(row, offices, known, faults)
        if terminal is None:
            continue
        serial = terminal.serial
        if serial in lines:
            faults.add(row.line, f"terminal {serial} stands on line {lines[serial]} too")
        lines.setdefault(serial, row.line)
        before = known.get(serial)
        if own is not None and {terminal.office, own if before is None else before.office} != {own}:
            faults.add(row.line, f"your user is of office {own} and takes terminals of no other")
        elif before is not None and _moves_with_punches(connection, before, terminal):
            faults.add(
                row.line,
                f"terminal {serial} holds punches of office {before.office} and cannot become "
                "another's; end it there with counts_until, and register it in "
                f"{terminal.office} under the name its bridge gives it there by known_as: "
                "docs/pindah-mesin.md",
            )
        elif before is not None and not with_past and was_claimed(connection, before, terminal):
            faults.add(
                row.line,
                f"terminal {serial} was told of by a bridge of office {before.office} before it "
                f"was registered; look at it (punches list --terminal {serial}), and give it to "
                f"{terminal.office} by terminals add --with-its-past",
            )
        found[serial] = terminal
    faults.raise_if_any()
    new, changed = [], []
    for serial, terminal in found.items():
        before = known.get(serial)
        outcome.count(known=before is not None, differs=before != terminal)
        if before is None:
            new.append(terminal)
        elif before != terminal:
            changed.append(terminal)
            outcome.changes.append(f"terminal {serial}: {_difference(before, terminal)}")
    store.put_terminals(connection, new, changed, now=now)
    spans = [
        span
        for one in [*new, *changed, *(known[one.serial] for one in changed)]
        for span in of_terminal(connection, one.serial, one.office, one.counts_from or date.min)
    ]
    mark_spans(connection, spans, today=today)
    return outcome


def was_claimed(connection: Connection, before: Terminal, after: Terminal) -> bool:
    """Say whether a registration would take along what another office's bridge told."""
    return (
        not before.registered
        and before.office != after.office
        and store.was_told_of(connection, before.serial)
    )


def _moves_with_punches(connection: Connection, before: Terminal, after: Terminal) -> bool:
    """Say whether a move would carry an office's past away with it."""
    return (
        before.registered
        and before.office != after.office
        and store.holds_punches(connection, before.serial)
    )


def _terminal(
    row: Row,
    offices: dict[str, people_store.Office],
    known: dict[str, Terminal],
    faults: Faults,
) -> Terminal | None:
    cells = Cells(row, faults)
    serial, name, office = cells.raw("serial"), cells.text("name", 200), cells.raw("office")
    if not SERIAL.fullmatch(serial) or serial[0] in "=+-@":
        cells.fault(f'serial "{serial}" is no serial number; it stands in the terminal\'s menu')
    if office not in offices:
        near = difflib.get_close_matches(office, offices, n=1, cutoff=0.8)
        meant = f', did you mean "{near[0]}"?' if near else "; import the offices first"
        cells.fault(f'no office "{office}"{meant}')
    first, last = cells.period("counts_from", "counts_until")
    if not cells.has("counts_until") and serial in known:
        last = known[serial].counts_until  # a file without this column says nothing of it
        if last is not None and last < first:
            cells.fault(f"counts_from {first} lies after the stored counts_until {last}")
    return Terminal(serial, name, office, first, last) if cells.good else None


def _difference(before: Terminal, after: Terminal) -> str:
    if not before.registered:
        if before.office == after.office:
            return "now registered"
        return f"now registered, office {before.office} -> {after.office}"
    return ", ".join(
        f"{name} {getattr(before, name) or 'none'} -> {getattr(after, name) or 'none'}"
        for name in ("name", "office", "counts_from", "counts_until")
        if getattr(before, name) != getattr(after, name)
    )
