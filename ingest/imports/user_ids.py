"""Which person a user id stands for: `terminal` or `office`, `user_id, nip, from[, until, name]`.

The name is what the terminal shows (`hadir-bridge users`). It helps the person who fills in the
list, and is not kept.

`nobody` in the place of the NIP says that the user id is nobody's who is judged (a guest, a guard).

Scope, user id and `from` name a mapping. Two people may never share a user id on one day, so an
overlap is a fault and is not resolved by guessing: quietly ending somebody's mapping because of a
slip of the pen would make that person look absent.
"""

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import NamedTuple

from sqlalchemy import Connection

from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.nip import NipFault, read_nip
from ingest.store import people as people_store
from ingest.store import terminals as store
from ingest.store.dirty import Span, mark_spans
from ingest.store.terminals import Terminal, UserId

COLUMNS = Columns(
    required=("user_id", "nip", "from"), optional=("terminal", "office", "until", "name")
)
NOBODY = "nobody"
USER_ID = re.compile(r"[!-~]{1,64}")


class _Key(NamedTuple):
    terminal: str | None
    office: str | None
    user_id: str
    first: date


@dataclass(frozen=True, slots=True)
class _Known:
    terminals: dict[str, Terminal]
    offices: dict[str, people_store.Office]
    nips: set[str]
    mappings: dict[_Key, UserId]
    own: str | None
    """The office whose people and terminals these are alone; None: anybody's."""
    served: dict[str, list[people_store.Assignment]]
    """Of who serves in `own`, by NIP."""


def import_user_ids(
    connection: Connection, sheet: Sheet, *, today: date, own: str | None = None
) -> Outcome:
    """Take a whole file. Raises ImportFaults before anything is written.

    Whoever acts for one office (`own`) says who its people are, on its terminals.
    """
    people_store.hold(connection, "user_ids")
    known = _known(connection, own)
    faults, outcome = Faults(sheet.name), Outcome()
    found: dict[_Key, UserId] = {}
    lines: dict[_Key, int] = {}
    for row in sheet.rows:
        mapping = _mapping(row, known, faults)
        if mapping is None:
            continue
        key = _key(mapping)
        if known.own is not None:
            _refuse_other(row.line, mapping, known, faults)
        if key in lines:
            faults.add(row.line, f"the same user id from the same day as on line {lines[key]}")
        lines.setdefault(key, row.line)
        found[key] = mapping
    _check_overlaps(known, {**known.mappings, **found}, lines, faults)
    faults.raise_if_any()

    new, changed = [], []
    for key, mapping in found.items():
        before = known.mappings.get(key)
        outcome.count(known=before is not None, differs=before != mapping)
        if before is None:
            new.append(mapping)
        elif before != mapping:
            changed.append(mapping)
            outcome.changes.append(f"line {lines[key]}: {_difference(before, mapping)}")
    store.put_user_ids(connection, new, changed)
    touched = new + changed + [known.mappings[_key(one)] for one in changed]
    mark_spans(connection, _spans(connection, touched, known), today=today)
    return outcome


def _known(connection: Connection, own: str | None) -> _Known:
    served: defaultdict[str, list[people_store.Assignment]] = defaultdict(list)
    if own is not None:
        for one in people_store.find_assignments(connection, office=own):
            served[one.nip].append(one)
    return _Known(
        store.find_terminals(connection),
        people_store.find_offices(connection),
        set(people_store.find_people(connection) if own is None else served),
        {_key(one): one for one in store.find_user_ids(connection)},
        own,
        served,
    )


def _key(one: UserId) -> _Key:
    return _Key(one.terminal, one.office, one.user_id, one.first)


def _mapping(row: Row, known: _Known, faults: Faults) -> UserId | None:
    cells = Cells(row, faults)
    terminal, office = cells.raw("terminal") or None, cells.raw("office") or None
    if (terminal is None) == (office is None):
        cells.fault("give a terminal or an office, one of the two")
    if terminal is not None and terminal not in known.terminals:
        near = difflib.get_close_matches(terminal, known.terminals, n=1, cutoff=0.8)
        meant = f', did you mean "{near[0]}"?' if near else "; import the terminals first"
        cells.fault(f'no terminal "{terminal}"{meant}')
    if office is not None and office not in known.offices:
        near = difflib.get_close_matches(office, known.offices, n=1, cutoff=0.8)
        meant = f', did you mean "{near[0]}"?' if near else "; import the offices first"
        cells.fault(f'no office "{office}"{meant}')
    user_id = cells.raw("user_id")
    if not USER_ID.fullmatch(user_id) or user_id[0] in "=+-@":
        cells.fault(f'user_id "{user_id}" is no user id of a terminal')
    nip = None if cells.raw("nip").lower() == NOBODY else _nip(cells, known)
    first, last = cells.period("from", "until")
    if not cells.good:
        return None
    found = UserId(terminal, office, user_id, nip, first, last)
    if not cells.has("until") and _key(found) in known.mappings:
        return replace(found, last=known.mappings[_key(found)].last)  # the file says nothing of it
    return found


def _refuse_other(line: int, one: UserId, known: _Known, faults: Faults) -> None:
    """Name a mapping that bears on another office's terminal or person."""
    before = known.mappings.get(_key(one))
    if _office(one, known) != known.own:
        faults.add(line, f"your user is of office {known.own} and maps user ids of no other")
    elif before is not None and before.nip is not None and before.nip not in known.served:
        faults.add(
            line, f"user id {one.user_id} stands for somebody of another office; ask an admin"
        )
    elif one.nip is not None and not any(_meet(one, each) for each in known.served[one.nip]):
        faults.add(line, f"this person does not serve in office {known.own} in that time")


def _nip(cells: Cells, known: _Known) -> str:
    try:
        nip = read_nip(cells.raw("nip")).digits
    except NipFault as error:
        cells.fault(f'{error}; or write "{NOBODY}" for a user id that is nobody\'s')
        return ""
    if nip not in known.nips:
        where = "in the store" if known.own is None else f"of office {known.own}"
        cells.fault(f"nobody {where} has this NIP; import the people first")
    return nip


def _check_overlaps(
    known: _Known, after: dict[_Key, UserId], lines: dict[_Key, int], faults: Faults
) -> None:
    """Name each pair of mappings of one user id that hold on the same day.

    Within one scope that is a fault always; between a terminal and its office when they name
    different people.
    """
    together: dict[tuple[str, str], list[UserId]] = defaultdict(list)
    for one in after.values():
        together[_office(one, known), one.user_id].append(one)
    for group in together.values():
        group.sort(key=lambda one: (one.terminal or "", one.first))
        for one, other in combinations(group, 2):
            if _may_not_meet(one, other) and _meet(one, other):
                _blame(one, other, lines, faults)


def _may_not_meet(one: UserId, other: UserId) -> bool:
    if one.terminal == other.terminal:
        return True
    wide_and_narrow = one.terminal is None or other.terminal is None
    return wide_and_narrow and one.nip != other.nip


def _meet(one: UserId, other: UserId | people_store.Assignment) -> bool:
    return (one.last is None or other.first <= one.last) and (
        other.last is None or one.first <= other.last
    )


def _blame(one: UserId, other: UserId, lines: dict[_Key, int], faults: Faults) -> None:
    here, there = lines.get(_key(one)), lines.get(_key(other))
    if there is None or (here is not None and here > there):
        one, other, here, there = other, one, there, here
    if there is None:
        return  # both are in the store already; the file has no part in it
    place = f"line {here}" if here is not None else "the store"
    faults.add(
        there,
        f"user id {other.user_id} stands for somebody from {one.first} to {one.last or 'open'} "
        f"already ({place}, {one.terminal or 'office ' + str(one.office)}); give that one an until",
    )


def _spans(connection: Connection, touched: list[UserId], known: _Known) -> list[Span]:
    """Return where these mappings matter: where their people serve, and where they hold.

    A user id of which nothing is known keeps the whole office of its terminal unjudged. One that is
    somebody's NIP is its owner's, too, wherever he serves.
    """
    nips = {nip for one in touched for nip in (one.nip, one.user_id)}
    served: dict[str, set[str]] = defaultdict(set)
    for assignment in people_store.find_assignments(connection):
        if assignment.nip in nips:
            served[assignment.nip].add(assignment.office)
    return [
        Span(office, one.first, one.last)
        for one in touched
        for office in {_office(one, known), *served[one.nip or ""], *served[one.user_id]}
    ]


def _office(one: UserId, known: _Known) -> str:
    return one.office or known.terminals[one.terminal or ""].office


def _difference(before: UserId, after: UserId) -> str:
    parts = []
    if before.nip != after.nip:
        parts.append(f"person {before.nip or NOBODY} -> {after.nip or NOBODY}")
    if before.last != after.last:
        parts.append(f"until {before.last or 'none'} -> {after.last or 'none'}")
    return f"user id {after.user_id}: {', '.join(parts)}"
