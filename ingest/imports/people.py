"""People and where they serve, from a file: `nip, name, kind, office, superior_nip, from[, until]`.

A row is one assignment; NIP and `from` name it. What the file does not name stays. A person's
assignments follow one another: where one has no `until`, it ends the day before the next begins, so
a move is one new row. An `until` that reaches into the next assignment is a fault. Rank and post
may stand beside them: `ingest.imports.posts`.
"""

import difflib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import Connection

from ingest.imports.outcome import Outcome
from ingest.imports.posts import BESIDE, changing, doubled, read_posts, take_posts
from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.nip import KINDS, NipFault, read_nip
from ingest.store import people as store
from ingest.store import person_kinds
from ingest.store.dirty import Span, mark_spans
from ingest.store.people import Assignment, Office, Person
from ingest.store.person_posts import DatedPost

COLUMNS = Columns(
    required=("nip", "name", "kind", "office", "superior_nip", "from"),
    optional=("until", *BESIDE),
)
EXPORTED = COLUMNS.names[: -len(BESIDE)]
"""Rank and post have their own days, and a list of their own."""


_MOVE = "this person is registered, and not by office {own}: a move is made by an admin of hadir"
_DATED = (
    "kind {kind}: this person is recorded as {recorded}, each from its day on; "
    "see hadir-ingest people kinds list, and change it by hadir-ingest people kind"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row that is right by itself."""

    line: int
    person: Person
    assignment: Assignment
    posts: tuple[DatedPost, ...] = ()


def import_people(
    connection: Connection, sheet: Sheet, *, today: date, own: str | None = None
) -> Outcome:
    """Take a whole file. Raises ImportFaults before anything is written.

    Whoever acts for one office (`own`) writes down who serves there, and moves nobody.
    """
    store.hold(connection, "assignments")
    known, offices = store.find_people(connection), store.find_offices(connection)
    before = {(one.nip, one.first): one for one in store.find_assignments(connection)}
    faults, outcome = Faults(sheet.name), Outcome()
    entries = [
        entry
        for row in sheet.rows
        if (entry := _entry(row, offices, before, faults, outcome.warnings)) is not None
    ]
    entries = _keep_dated(connection, entries, known, faults)
    people = _one_person_each(entries, faults)
    _check_superiors(entries, known.keys() | people.keys(), faults)
    posts = [(one.line, one.posts) for one in entries if one.posts]
    for line, what in doubled(posts):
        faults.add(line, what)
    if own is not None:
        gone = _refuse_others(entries, known, before, faults, own, today)
        of_gone = [(line, held) for line, held in posts if held[0].nip in gone]
        _refuse_changes(entries, known, faults, own, gone, changing(connection, of_gone))
    after = _timeline(entries, before, faults)
    if own is not None:
        _refuse_moves(entries, before, after, faults, own)
    faults.raise_if_any()

    new_people = [one for nip, one in people.items() if nip not in known]
    changed_people = [one for nip, one in people.items() if known.get(nip, one) != one]
    store.put_people(connection, new_people, changed_people)
    new = [one for key, one in after.items() if key not in before]
    changed = [one for key, one in after.items() if key in before and before[key] != one]
    store.put_assignments(connection, new, changed)
    held = take_posts(connection, posts, outcome)
    _tell(entries, known, before, after, held, outcome)
    spans = [Span(one.office, one.first, one.last) for one in new]
    for one in changed:
        spans += _touched(before[one.nip, one.first], one)
    mark_spans(connection, spans, today=today)
    return outcome


def _touched(was: Assignment, now: Assignment) -> list[Span]:
    """Return the days on which somebody serves elsewhere than was believed.

    No judged day rests on the superior, and an assignment that ends on another day is the same up
    to then: a move of one person leaves the office's whole past alone.
    """
    if was.office != now.office:
        return [Span(one.office, one.first, one.last) for one in (was, now)]
    if was.last == now.last:
        return []
    first = min(one.last for one in (was, now) if one.last is not None) + timedelta(days=1)
    last = None if None in (was.last, now.last) else max(was.last or first, now.last or first)
    return [Span(now.office, first, last)]


def _entry(
    row: Row,
    offices: dict[str, Office],
    before: dict[tuple[str, date], Assignment],
    faults: Faults,
    warnings: list[str],
) -> _Entry | None:
    cells = Cells(row, faults)
    name, kind, office = cells.text("name", 200), cells.raw("kind").upper(), cells.raw("office")
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        meant = f', did you mean "{near[0]}"?' if near else f"; known are {', '.join(KINDS)}"
        cells.fault(f'kind "{cells.raw("kind")}" is unknown{meant}')
    if office not in offices:
        near = difflib.get_close_matches(office, offices, n=1, cutoff=0.8)
        meant = f', did you mean "{near[0]}"?' if near else "; import the offices first"
        cells.fault(f'no office "{office}"{meant}')
    nip, superior = "", None
    try:
        read = read_nip(cells.raw("nip"), kind=kind)
        nip = read.digits
        warnings += [f"line {row.line}: {warning}" for warning in read.warnings]
    except NipFault as error:
        cells.fault(str(error))
    try:
        superior = read_nip(cells.raw("superior_nip")).digits if cells.raw("superior_nip") else None
    except NipFault as error:
        cells.fault(f"superior_nip: {error}")
    if superior is not None and superior == nip:
        cells.fault("superior_nip: nobody is their own superior")
    first, last = cells.period("from", "until")
    posts = read_posts(cells, nip, first)
    if not cells.good:
        return None
    if not cells.has("until") and (nip, first) in before:
        last = before[nip, first].last  # a file without this column says nothing of it
    serves = Assignment(nip, office, superior, first, last)
    return _Entry(row.line, Person(nip, name, kind), serves, posts)


def _keep_dated(
    connection: Connection, entries: list[_Entry], known: dict[str, Person], faults: Faults
) -> list[_Entry]:
    """Keep the kind of who became another one since: what a list says of today is no correction.

    A kind that was never recorded of such a person is a fault.
    """
    later: defaultdict[str, set[str]] = defaultdict(set)
    for one in person_kinds.find(connection):
        later[one.nip].add(one.kind)
    kept = []
    for entry in entries:
        person, was = entry.person, known.get(entry.person.nip)
        if was is None or not later[person.nip]:
            kept.append(entry)
            continue
        recorded = sorted({was.kind, *later[person.nip]})
        if person.kind not in recorded:
            faults.add(entry.line, _DATED.format(kind=person.kind, recorded=", ".join(recorded)))
        kept.append(replace(entry, person=replace(person, kind=was.kind)))
    return kept


def _refuse_others(
    entries: list[_Entry],
    known: dict[str, Person],
    before: dict[tuple[str, date], Assignment],
    faults: Faults,
    own: str,
    today: date,
) -> set[str]:
    """Name each row of another office, and of somebody who never was of this one; return who is
    known and is in it no longer.

    Raises ImportFaults at once: what could be said later tells of assignments elsewhere.
    """
    theirs = [one for one in before.values() if one.office == own]
    ever = {one.nip for one in theirs}
    now = {one.nip for one in theirs if one.last is None or one.last >= today}
    for entry in entries:
        nip = entry.person.nip
        if entry.assignment.office != own:
            faults.add(entry.line, f"your user is of office {own} and takes rows of no other")
        elif nip in known and nip not in ever:
            faults.add(entry.line, _MOVE.format(own=own))
    faults.raise_if_any()
    return known.keys() - now


def _refuse_changes(
    entries: list[_Entry],
    known: dict[str, Person],
    faults: Faults,
    own: str,
    gone: set[str],
    posts: set[int],
) -> None:
    """Name each row that says something else of who is another office's by now: of the person, or,
    in the lines `posts`, of rank and post. Raises ImportFaults at once, as above."""
    for entry in entries:
        nip = entry.person.nip
        if nip in gone and (known[nip] != entry.person or entry.line in posts):
            faults.add(entry.line, f"this person is in {own} no longer and is not changed there")
    faults.raise_if_any()


def _refuse_moves(
    entries: list[_Entry],
    before: dict[tuple[str, date], Assignment],
    after: dict[tuple[str, date], Assignment],
    faults: Faults,
    own: str,
) -> None:
    """Name each row by which another office's assignment would end or change."""
    moved = {
        one.nip for key, one in before.items() if one.office != own and after.get(key, one) != one
    }
    for entry in entries:
        if entry.person.nip in moved:
            faults.add(entry.line, _MOVE.format(own=own))


def _one_person_each(entries: list[_Entry], faults: Faults) -> dict[str, Person]:
    first: dict[str, _Entry] = {}
    for entry in entries:
        earlier = first.setdefault(entry.person.nip, entry)
        if earlier.person != entry.person:
            faults.add(
                entry.line, f"name or kind differs from line {earlier.line} of the same person"
            )
    return {nip: entry.person for nip, entry in first.items()}


def _check_superiors(entries: list[_Entry], nips: set[str], faults: Faults) -> None:
    for entry in entries:
        if entry.assignment.superior is not None and entry.assignment.superior not in nips:
            faults.add(entry.line, "superior_nip: nobody has this NIP, in the file or in the store")


def _timeline(
    entries: list[_Entry], before: dict[tuple[str, date], Assignment], faults: Faults
) -> dict[tuple[str, date], Assignment]:
    """Return every assignment of the people in the file as they will stand."""
    lines: dict[tuple[str, date], int] = {}
    after: dict[str, dict[date, Assignment]] = {entry.person.nip: {} for entry in entries}
    for (nip, first), stored in before.items():
        if nip in after:
            after[nip][first] = stored
    for entry in entries:
        key = (entry.person.nip, entry.assignment.first)
        if key in lines:
            faults.add(entry.line, f"the same person from the same day as on line {lines[key]}")
        lines.setdefault(key, entry.line)
        after[key[0]][key[1]] = entry.assignment
    for nip, spans in after.items():
        for one, following in pairwise(sorted(spans)):
            last = spans[one].last
            if last is None:
                spans[one] = replace(spans[one], last=following - timedelta(days=1))
            elif last >= following:
                line, place = _place(lines, (nip, one), (nip, following))
                faults.add(
                    line,
                    f"the assignment {one} to {last} reaches into the one from {following} "
                    f"({place}); correct until or from",
                )
    return {(nip, first): one for nip, spans in after.items() for first, one in spans.items()}


def _place(
    lines: dict[tuple[str, date], int], one: tuple[str, date], other: tuple[str, date]
) -> tuple[int, str]:
    """Return the line to blame for an overlap, and where the other half stands."""
    found = sorted(lines[key] for key in (one, other) if key in lines)
    return found[-1], f"line {found[0]}" if len(found) == 2 else "in the store"


def _tell(
    entries: list[_Entry],
    known: dict[str, Person],
    before: dict[tuple[str, date], Assignment],
    after: dict[tuple[str, date], Assignment],
    held: set[int],
    outcome: Outcome,
) -> None:
    """Count and tell the rows; `held` are the lines by which a rank or post changed."""
    named = set()
    for entry in entries:
        key = (entry.person.nip, entry.assignment.first)
        named.add(key)
        person_before, stored = known.get(key[0]), before.get(key)
        differences = _differences(person_before, entry.person, stored, after[key])
        differs = bool(differences) or entry.line in held
        outcome.count(known=stored is not None, differs=differs)
        if differences:
            outcome.changes.append(f"line {entry.line}: {', '.join(differences)}")
    for key, stored in before.items():
        if key not in named and key in after and after[key] != stored:
            outcome.changes.append(
                f"{after[key].nip}: the assignment in {stored.office} from {stored.first} "
                f"now ends {after[key].last}"
            )


def _differences(
    person_before: Person | None, person: Person, stored: Assignment | None, after: Assignment
) -> list[str]:
    found = []
    if person_before is not None:
        for name in ("name", "kind"):
            was, now = getattr(person_before, name), getattr(person, name)
            if was != now:
                found.append(f"{name} {was} -> {now}")
    if stored is not None:
        for name, label in (("office", "office"), ("superior", "superior"), ("last", "until")):
            was, now = getattr(stored, name), getattr(after, name)
            if was != now:
                found.append(f"{label} {was or 'none'} -> {now or 'none'}")
    return found
