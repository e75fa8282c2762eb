"""Whether letters are as they were issued: chains, seals, bytes, the steps they are of, numbers."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from ingest.discipline.cases import Kind, from_json
from ingest.discipline.cases.about import Signature
from ingest.errors import IngestError
from ingest.store import letter_numbers, sealed, seals
from ingest.store.letters import ACTS
from ingest.store.sealed import Fault
from ingest.store.tables import audit_log
from ingest.store.tables_cases import case_events
from ingest.store.tables_letters import letter_files, letter_marks, letters


def faults(connection: Connection, root: str | None) -> Iterator[Fault]:
    """Yield what is wrong with letters; `root` is the fingerprint of the seal that is trusted."""
    publics = seals.trusted(connection, root)
    yield from _chain(connection, letters, "letters", publics)
    for row in connection.execute(select(letters).order_by(letters.c.id)):
        for what in letter_faults(connection, row, publics):
            yield Fault(row.id, what)


def mark_faults(connection: Connection, root: str | None) -> Iterator[Fault]:
    """Yield what is wrong with what became of letters."""
    yield from _chain(connection, letter_marks, "marks", seals.trusted(connection, root))


def letter_faults(
    connection: Connection, row: Row[Any], publics: Mapping[str, bytes]
) -> Iterator[str]:
    """Say what is wrong with one letter and everything that hangs on it."""
    if not sealed.proven(letters, row, publics):
        yield f"is not signed by a seal that is trusted here ({row.seal})"
    yield from _files(connection, row)
    if row.replaces is None:
        for one in row.cases:
            yield from _approval(connection, row, one, publics)
    for mark in _marks(connection, row.id):
        if not sealed.proven(letter_marks, mark, publics):
            yield f"has a mark {mark.id} ({mark.kind}) that no trusted seal signed"


def row_of(connection: Connection, number: int) -> Row[Any]:
    return connection.execute(select(letters).where(letters.c.id == number)).one()


def number_faults(connection: Connection, year: int) -> list[str]:
    """Say where the numbers of a year have a gap or a double; nothing where they have none."""
    query = select(letters.c.id, letters.c.series, letters.c.running, letters.c.number_key).where(
        letters.c.year == year
    )
    rows = connection.execute(query.order_by(letters.c.id)).all()
    known = {one.series: one for one in letter_numbers.find(connection, year)}
    given: dict[str, list[int]] = {name: [] for name in known}
    for row in rows:
        if row.series is not None:
            given.setdefault(row.series, []).append(row.running)
    found = []
    for name, running in sorted(given.items()):
        counted = known.get(name)
        if counted is None:
            found.append(f"series {name} has letters, and no count of its numbers")
            continue
        found += _of_series(name, running, counted.first, counted.last)
    keys = [row.number_key for row in rows]
    found += [f"number {one} stands there twice" for one in sorted({*_doubles(keys)})]
    return found


def _of_series(name: str, running: Sequence[int], first: int, last: int) -> list[str]:
    wanted, there = set(range(first, last + 1)), set(running)
    found = [f"series {name}: {one} is missing" for one in sorted(wanted - there)]
    found += [f"series {name}: {one} was never counted" for one in sorted(there - wanted)]
    return found + [f"series {name}: {one} stands there twice" for one in sorted(_doubles(running))]


def _doubles(values: Sequence[Any]) -> set[Any]:
    seen: set[Any] = set()
    return {one for one in values if one in seen or seen.add(one)}  # type: ignore[func-returns-value]


def _chain(
    connection: Connection, table: Table, told: str, publics: Mapping[str, bytes]
) -> Iterator[Fault]:
    """Yield what is wrong with a chain; the audit log tells which rows must be there."""
    yield from sealed.faults(connection, table, publics)
    rows = connection.execute(select(table.c.id, table.c.digest))
    known = {row.id: row.digest.hex() for row in rows}
    query = select(audit_log.c.details).where(audit_log.c.what.in_(ACTS))
    for details in connection.scalars(query):
        for one in details.get(told, ()):
            number, digest = int(one["number"]), str(one["digest"])
            if known.get(number) != digest:
                yield Fault(number, "is not the one that the audit log tells of, or is missing")


def _files(connection: Connection, row: Row[Any]) -> Iterator[str]:
    files = connection.execute(select(letter_files).where(letter_files.c.letter_id == row.id)).all()
    there = {one.sha256 for one in files}
    marks = _marks(connection, row.id)
    wanted = {row.pdf_sha256, row.docx_sha256} | {one.sha256 for one in marks if one.sha256}
    yield from (f"lacks its file {one[:12]}" for one in sorted(wanted - there))
    yield from (f"has a file {one[:12]} that belongs to nothing" for one in sorted(there - wanted))
    for one in files:
        if not isinstance(one.content, bytes) or (
            hashlib.sha256(one.content).hexdigest() != one.sha256
        ):
            yield f"has a file {one.sha256[:12]} that is not as it was kept"


def _approval(
    connection: Connection, row: Row[Any], basis: Mapping[str, Any], publics: Mapping[str, bytes]
) -> Iterator[str]:
    """Say where the event that approved a step tells of another letter than this."""
    if basis["approval"] is None:
        return
    event = connection.execute(
        select(case_events).where(
            case_events.c.case_id == basis["case"], case_events.c.number == basis["approval"]
        )
    ).one_or_none()
    name = f"event {basis['approval']} of case {basis['case']}"
    if event is None:
        yield f"names {name}, which is not there"
        return
    if event.kind != Kind.APPROVED:
        return
    if not sealed.proven(case_events, event, publics):
        yield f"rests on {name}, which no trusted seal signed"
        return
    try:
        about = from_json(event.body).about
    except IngestError as error:
        yield f"rests on {name}, which cannot be read: {error}"
        return
    letter = about.letter if isinstance(about, Signature) else None
    if letter is None or (letter.number, letter.dated) != (row.number, row.dated):
        yield f"is not the letter that {name} tells of"


def _marks(connection: Connection, letter: int) -> Sequence[Row[Any]]:
    query = select(letter_marks).where(letter_marks.c.letter_id == letter)
    return connection.execute(query.order_by(letter_marks.c.id)).all()
