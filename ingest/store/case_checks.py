"""Whether cases are what their history says: chain, seals, replay, projection, notices, papers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from ingest.discipline.cases import CaseState, Event, Paper, replay
from ingest.errors import IngestError
from ingest.store import audit, sealed, seals
from ingest.store.case_events import ACTS, faults_of, kept, notice_keys
from ingest.store.case_files import is_paper
from ingest.store.cases import projection
from ingest.store.privacy import erased_papers
from ingest.store.sealed import Fault
from ingest.store.tables import people
from ingest.store.tables_cases import case_events, case_files, case_notices, cases


def chain_faults(connection: Connection) -> Iterator[Fault]:
    """Yield what is wrong with the chain over all cases; the audit log tells what must be there."""
    yield from sealed.faults(connection, case_events)
    rows = connection.execute(select(case_events.c.id, case_events.c.digest))
    known = {row.id: row.digest for row in rows}
    for number, digest in sorted(audit.decisions(connection, ACTS).items()):
        if number not in known:
            yield Fault(number, "is missing: the audit log tells of it")
        elif known[number].hex() != digest:
            yield Fault(number, "is not the one that the audit log tells of")


def case_faults(connection: Connection, root: str | None) -> Iterator[Fault]:
    """Yield what is wrong with each case; `root` is the fingerprint of the seal that is trusted."""
    publics = seals.trusted(connection, root)
    query = select(cases, people.c.nip).join(people, people.c.id == cases.c.person_id)
    rows = connection.execute(query.order_by(cases.c.id)).all()
    for row in rows:
        for what in _of_case(connection, row, publics):
            yield Fault(row.id, what)


def _of_case(connection: Connection, row: Row[Any], publics: Mapping[str, bytes]) -> Iterator[str]:
    found = connection.execute(
        select(case_events).where(case_events.c.case_id == row.id).order_by(case_events.c.number)
    ).all()
    faults = [
        f"event {number} {what.rstrip(':')}"
        for number, one in enumerate(found, 1)
        for what in faults_of(one, number, publics)
    ]
    if faults:
        yield faults[0]
        return
    events = [kept(one).event for one in found]
    try:
        state = replay(events)
    except IngestError as error:
        yield f"does not follow from its events: {error}"
        return
    yield from _projection(row, state)
    yield from _notices(connection, row.id, events)
    yield from _papers(connection, row.id, events)


def _projection(row: Row[Any], state: CaseState) -> Iterator[str]:
    wanted = {**projection(state), "events": state.events, "nip": state.subject.nip}
    for name, value in wanted.items():
        if getattr(row, name) != value:
            yield f"is {getattr(row, name)} in {name}, and by its events {value}"


def _notices(connection: Connection, case: int, events: Sequence[Event]) -> Iterator[str]:
    rows = connection.execute(select(case_notices).where(case_notices.c.case_id == case)).all()
    there = {(row.event, row.what, row.nip, row.office) for row in rows}
    wanted = {
        (number, one["what"], one["nip"], one["office"])
        for number, event in enumerate(events, 1)
        for one in notice_keys(event)
    }
    for number, what, _, _ in sorted(wanted - there, key=repr):
        yield f"event {number} asks for a notice ({what}) that is missing"
    for number, what, _, _ in sorted(there - wanted, key=repr):
        yield f"event {number} asks for no such notice ({what})"


def _papers(connection: Connection, case: int, events: Sequence[Event]) -> Iterator[str]:
    rows = connection.execute(select(case_files).where(case_files.c.case_id == case)).all()
    there = {row.sha256 for row in rows}
    wanted = {one.sha256 for event in events for one in papers_of(event)}
    for digest in sorted(wanted - there):
        yield f"paper {digest[:12]} is missing"
    for digest in sorted(there - wanted):
        yield f"paper {digest[:12]} is of no event"
    erased = erased_papers(connection) if any(row.erased_at is not None for row in rows) else ()
    for row in rows:
        if row.erased_at is not None and row.content == b"":
            if f"{case}/{row.sha256}" not in erased:
                yield f"paper {row.sha256[:12]} was emptied, and no erasure tells of it"
        elif not is_paper(row.content, row.sha256):
            yield f"paper {row.sha256[:12]} is not as it was handed in"


def papers_of(event: Event) -> tuple[Paper, ...]:
    """Return the papers an event rests on."""
    about: Any = event.about
    decree = getattr(about, "decree", None)
    single = (getattr(about, "paper", None), getattr(decree, "paper", None))
    return (*getattr(about, "papers", ()), *(one for one in single if one is not None))
