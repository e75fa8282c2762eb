"""Does what was shown, and only that: people and moves as an import would, kinds and excuses as
their commands would. Everything is in the transaction of the caller: all of it, or nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from ingest.calendar import ExcuseType
from ingest.errors import ImportFaults, Refused
from ingest.imports.excuses import Ask, Entry
from ingest.imports.excusing import Given, Taker
from ingest.imports.people import import_people
from ingest.imports.sheet import Row, Sheet
from ingest.seal import Seal
from ingest.siasn.changes import Change, Field, digest
from ingest.store import excuses, people, person_kinds, person_posts
from ingest.store.decided import Grounds
from ingest.store.person_posts import DatedPost
from ingest.store.sealed import Head

SOURCE = "BKN"


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, in words, and the excuses that were given."""

    done: tuple[str, ...]
    warnings: tuple[str, ...]
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Yes:
    """Who says yes to excuses: on what grounds, by which approver, in spite of which doubts.

    `oneself` are the NIPs that may be those of whoever says yes: nobody excuses himself.
    """

    seal: Seal
    grounds: Grounds
    approver: str
    accepted: str
    types: Mapping[str, ExcuseType]
    oneself: Collection[str]


def hold(connection: Connection) -> None:
    """Let nobody change what is compared until this transaction ends: call before comparing."""
    for table in ("people", "assignments", "person_kinds", "person_posts"):
        people.hold(connection, table)
    excuses.hold(connection)


def require_shown(changes: Sequence[Change], shown: str) -> None:
    """Raise Refused unless these are the changes somebody was shown."""
    found = digest(changes)
    if found != shown:
        raise Refused(
            f"what would change is not what was shown as {shown}: here or at BKN something is "
            f"different by now, or other options were given; look at siasn diff again ({found})"
        )


def apply(
    connection: Connection, changes: Sequence[Change], *, yes: Yes | None, now: datetime,
    today: date,
) -> Applied:  # fmt: skip
    """Do these changes; notes are passed over. Raises Refused or ImportFaults, and did nothing.

    `yes` is needed where one of them is an excuse.
    """
    by_field = {field: [one for one in changes if one.field is field] for field in Field}
    warnings = _people(connection, by_field, today)
    for one in by_field[Field.KIND]:
        person_kinds.put(connection, one.nip, one.new, one.first or today)
    person_posts.put(connection, _posts(by_field, today))
    heads: list[Head] = []
    if by_field[Field.EXCUSE]:
        if yes is None:
            raise Refused("excuses are decisions: give --by, --why and --approver")
        heads = _excuses(connection, by_field[Field.EXCUSE], yes, now=now, today=today)
    done = tuple(tell(one) for one in changes if one.field is not Field.NOTE)
    return Applied(done, tuple(warnings), tuple(heads))


def tell(one: Change) -> str:
    """Say what a change comes to."""
    since = f" from {one.first}" if one.first else ""
    until = f" to {one.last}" if one.last else ""
    what = f"{one.new} in {one.office}" if one.office else one.new
    return f"{one.nip}: {one.field.value} {one.old or 'none'} -> {what}{since}{until}"


def _posts(by_field: Mapping[Field, Sequence[Change]], today: date) -> list[DatedPost]:
    return [
        DatedPost(one.nip, what, one.new, one.first or today)
        for what in person_posts.WHATS
        for one in by_field[Field(what)]
    ]


def _people(
    connection: Connection, by_field: Mapping[Field, Sequence[Change]], today: date
) -> list[str]:
    rows = list(_rows(connection, by_field))
    if not rows:
        return []
    sheet = Sheet(SOURCE, tuple(Row(line, cells) for line, cells in enumerate(rows, 1)))
    try:
        return import_people(connection, sheet, today=today).warnings
    except ImportFaults as error:
        raise ImportFaults(SOURCE, [_named(one, rows) for one in error.faults]) from error


def _named(fault: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Return a fault of a row with the person it is about: nobody ever saw the line."""
    place, _, text = fault.partition(": ")
    number = place.removeprefix("line ")
    known = number.isdigit() and 0 < int(number) <= len(rows)
    return f"{rows[int(number) - 1]['nip']}: {text}" if known else fault


def _rows(
    connection: Connection, by_field: Mapping[Field, Sequence[Change]]
) -> list[dict[str, str]]:
    """Return new people, names and moves as the rows of a file of people."""
    known = people.find_people(connection)
    named = {one.nip: one.new for one in by_field[Field.NAME]}
    rows = [
        _row(one.nip, one.name, one.new, one.office, "", one.first)
        for one in by_field[Field.PERSON]
    ]
    for one in people.find_assignments(connection):
        if one.nip in named:
            kind = known[one.nip].kind
            row = _row(one.nip, named[one.nip], kind, one.office, one.superior or "", one.first)
            rows.append(row)
    for move in by_field[Field.OFFICE]:
        person = known[move.nip]
        name = named.get(move.nip, person.name)
        rows.append(_row(move.nip, name, person.kind, move.new, "", move.first))
    missing = sorted(set(named) - {row["nip"] for row in rows})
    if missing:
        raise Refused(f"{len(missing)} people serve nowhere here, and cannot be renamed by this")
    return rows


def _row(
    nip: str, name: str, kind: str, office: str, superior: str, first: date | None
) -> dict[str, str]:
    return {"nip": nip, "name": name, "kind": kind, "office": office, "superior_nip": superior,
            "from": str(first or "")}  # fmt: skip


def _excuses(
    connection: Connection, changes: Sequence[Change], yes: Yes, *, now: datetime, today: date
) -> list[Head]:
    """Give every excuse, or none. Raises ImportFaults, which names what is doubtful."""
    given = Given(yes.grounds.why, yes.grounds.letter, yes.approver, yes.accepted)
    entries = [
        Entry(line, (), one.nip, one.name, asks=[_ask(one, yes.types[one.new])])
        for line, one in enumerate(changes, 1)
    ]
    nips = list({one.nip for one in changes})
    taker = Taker(connection, nips, given, today=today, oneself=yes.oneself)
    rows = taker.take(entries)
    faults = [f"{row.entry.nip}: {text}" for row in rows for text in dict.fromkeys(row.wrong)]
    if faults:
        raise ImportFaults(SOURCE, faults)
    new = [one for row in rows for one in row.new]
    return excuses.give(connection, yes.seal, yes.grounds, new, now=now, today=today)


def _ask(one: Change, type_: ExcuseType) -> Ask:
    if one.first is None or one.last is None:
        raise Refused(f"{one.nip}: an excuse needs its first and last day")
    return Ask((type_,), (type_.code,), type_.code, one.first, one.last, None, one.letter[:200])
