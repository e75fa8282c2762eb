"""What people are in the service, from files: kinds, posts, breaks, stand-ins, each in its own.

    nip, kind, from                                             people kinds import
    nip, from[, rank][, post]                                   people posts import
    nip, kind, from, letter[, until]                            people breaks import
    by_nip, how, from, letter[, for_nip][, office][, until]     people stand-ins import

Whose it is and `from` name a row; what a file does not name stays. A row that is known already is
as before, one that differs is written over, and told.
"""

import difflib
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Connection

from ingest.discipline import Kinds, kind_on, kinds_of
from ingest.errors import Refused
from ingest.imports.outcome import Outcome
from ingest.imports.posts import read_posts, take_posts
from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.nip import KINDS, NipFault, read_nip
from ingest.store import people, person_kinds, service_breaks, stand_ins
from ingest.store.person_posts import DatedPost
from ingest.store.touched import Owner

OF_KINDS = Columns(required=("nip", "kind", "from"))
OF_BREAKS = Columns(required=("nip", "kind", "from", "letter"), optional=("until",))
OF_STAND_INS = Columns(
    required=("by_nip", "how", "from", "letter"), optional=("for_nip", "office", "until")
)
MAX_LETTER = 200
_Key = tuple[str, ...]


def import_kinds(connection: Connection, sheet: Sheet) -> Outcome:
    """Take a whole file. Raises ImportFaults; the caller takes back what was written then."""
    people.hold(connection, "person_kinds")
    known, ids = people.find_people(connection), people.person_ids(connection)
    later = person_kinds.find_later(connection)
    kinds: dict[str, Kinds] = {
        nip: kinds_of(one.kind, later.get(ids[nip], ())) for nip, one in known.items()
    }

    def take(cells: Cells, outcome: Outcome) -> _Key | None:
        nip, first = _nip(cells, "nip", ids), cells.day("from")
        kind = _one_of(cells, "kind", KINDS)
        if not cells.good:
            return None
        was = kind_on(kinds[nip], first)
        outcome.count(known=was == kind, differs=False)
        if was != kind:
            person_kinds.put(connection, nip, kind, first)
            rest = dict(kinds[nip][1:]) | {first: kind}
            kinds[nip] = kinds_of(kinds[nip][0][1], rest.items())
            outcome.changes.append(f"line {cells.line}: {nip} {was} -> {kind} from {first}")
        return nip, str(first)

    return _each(sheet, take)


def import_posts(connection: Connection, sheet: Sheet) -> Outcome:
    """Take a whole file of ranks and posts. Raises ImportFaults; the caller takes back what was
    written then."""
    ids = people.person_ids(connection)
    rows: list[tuple[int, tuple[DatedPost, ...]]] = []

    def take(cells: Cells, _: Outcome) -> _Key | None:
        nip, first = _nip(cells, "nip", ids), cells.day("from")
        posts = read_posts(cells, nip, first)
        if not posts:
            cells.fault("give rank or post, or both")
        if not cells.good:
            return None
        rows.append((cells.line, posts))
        return nip, str(first)

    outcome = _each(sheet, take)
    changed = take_posts(connection, rows, outcome)
    for line, _ in rows:
        outcome.count(known=line not in changed, differs=False)
    return outcome


def import_breaks(connection: Connection, sheet: Sheet, *, today: date) -> tuple[Outcome, int]:
    """Take a whole file; return what it did and how many office-days are marked.

    Raises ImportFaults; the caller takes back what was written then.
    """
    people.hold(connection, "service_breaks")
    ids = people.person_ids(connection)
    known = {(one.nip, one.first): one for one in service_breaks.find(connection)}
    marked = 0

    def take(cells: Cells, outcome: Outcome) -> _Key | None:
        nonlocal marked
        nip, letter = _nip(cells, "nip", ids), cells.text("letter", MAX_LETTER)
        kind = _one_of(cells, "kind", service_breaks.KINDS)
        first, last = cells.period("from", "until")
        if not cells.good:
            return None
        was = known.get((nip, first))
        now = (kind, last, letter)
        differs = was is not None and (was.kind, was.last, was.letter) != now
        outcome.count(known=was is not None, differs=differs)
        if was is None:
            marked += service_breaks.add(
                connection, ids[nip], kind, first, last, letter=letter, today=today
            )[1]
        elif differs:
            marked += service_breaks.change(
                connection, was, kind=kind, last=last, letter=letter, today=today
            )
            told = f"{kind} until {last or 'open'}, letter {letter}"
            outcome.changes.append(f"line {cells.line}: break {was.id} of {nip} is {told} now")
        return nip, str(first)

    outcome = _each(sheet, take)
    return outcome, marked


def import_stand_ins(connection: Connection, sheet: Sheet) -> Outcome:
    """Take a whole file. Raises ImportFaults; the caller takes back what was written then."""
    people.hold(connection, "stand_ins")
    ids, offices = people.person_ids(connection), people.find_offices(connection)
    known = {(one.office or one.nip, one.by, one.first): one for one in stand_ins.find(connection)}

    def take(cells: Cells, outcome: Outcome) -> _Key | None:
        by, letter = _nip(cells, "by_nip", ids), cells.text("letter", MAX_LETTER)
        how = _one_of(cells, "how", stand_ins.HOWS)
        first, last = cells.period("from", "until")
        office, nip = cells.raw("office"), cells.raw("for_nip")
        if bool(office) == bool(nip):
            cells.fault("give for_nip or office, one of the two")
        elif office and office not in offices:
            cells.fault(f'no office "{office}"; import the offices first')
        elif nip:
            nip = _nip(cells, "for_nip", ids)
        if not cells.good:
            return None
        was = known.get((office or nip, by, first))
        differs = was is not None and (was.how, was.last, was.letter) != (how, last, letter)
        outcome.count(known=was is not None, differs=differs)
        if was is None:
            owner = Owner(office or None, ids[nip] if nip else None)
            stand_ins.add(connection, owner, ids[by], how, first, last, letter=letter)
        elif differs:
            stand_ins.change(connection, was, how=how, last=last, letter=letter)
            told = f"{how} until {last or 'open'}, letter {letter}"
            outcome.changes.append(f"line {cells.line}: stand-in {was.id} is {told} now")
        return office or nip, by, str(first)

    return _each(sheet, take)


def _each(sheet: Sheet, take: Callable[[Cells, Outcome], _Key | None]) -> Outcome:
    """Take each row, the earliest first, so that what follows meets what went before."""
    faults, outcome = Faults(sheet.name), Outcome()
    lines: dict[_Key, int] = {}
    for row in sorted(sheet.rows, key=_day):
        try:
            key = take(Cells(row, faults), outcome)
        except Refused as error:
            faults.add(row.line, str(error))
            continue
        if key is not None and key in lines:
            faults.add(row.line, f"the same row stands on line {lines[key]} too")
        elif key is not None:
            lines[key] = row.line
    faults.raise_if_any()
    return outcome


def _day(row: Row) -> tuple[str, int]:
    return row.cells.get("from", ""), row.line


def _nip(cells: Cells, column: str, ids: dict[str, int]) -> str:
    try:
        nip = read_nip(cells.raw(column)).digits
    except NipFault as error:
        cells.fault(f"{column}: {error}")
        return ""
    if nip not in ids:
        cells.fault(f"{column}: nobody has this NIP; import the people first")
    return nip


def _one_of(cells: Cells, column: str, known: Sequence[str]) -> str:
    text = cells.raw(column)
    found = next((one for one in known if one.casefold() == text.casefold()), None)
    if found is None:
        near = difflib.get_close_matches(text.casefold(), [one.casefold() for one in known], n=1)
        meant = f', did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}"
        cells.fault(f'{column} "{text}" is unknown{meant}')
    return found or ""
