"""Numbers and mail addresses from a file: `nip` or `office` and `post`, then `phone` and `mail`.

What a row does not name stays. A number that was found wrong, or a person who refuses messages, is
not made good by a list: that takes `contacts set`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.nip import NipFault, read_nip
from ingest.notify.phone import NoNumber, normalise
from ingest.store import contacts, people
from ingest.store.contacts import Contact, Owner

COLUMNS = Columns(required=("phone",), optional=("nip", "office", "post", "mail"))
MAIL = re.compile(r"[^\s@,;:<>()\"\\]{1,64}@[^\s@,;:<>()\"\\]{1,180}")


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    owner: Owner
    post: str
    addresses: tuple[tuple[str, str], ...]


def import_contacts(
    connection: Connection, sheet: Sheet, *, now: datetime, today: date, own: str | None = None
) -> Outcome:
    """Take a whole file. Raises ImportFaults before anything is written.

    Whoever acts for one office (`own`) enters addresses of it and of who serves there today.
    """
    people.hold(connection, "contacts")
    people.hold(connection, "office_contacts")
    faults, outcome = Faults(sheet.name), Outcome()
    known = set(people.find_people(connection)), set(people.find_offices(connection))
    entries = [entry for row in sheet.rows if (entry := _entry(row, known, faults)) is not None]
    if own is not None:
        _refuse_others(connection, entries, own, today, faults)
    _refuse_twice(entries, faults)
    faults.raise_if_any()
    before = contacts.in_use(connection, {one.owner for one in entries})
    for entry in entries:
        for kind, value in entry.addresses:
            mine = before.get(entry.owner, {}).get(kind)
            _put(connection, entry, (kind, value), mine, sheet.name, now, outcome)
    return outcome


def _put(
    connection: Connection,
    entry: _Entry,
    address: tuple[str, str],
    before: Contact | None,
    source: str,
    now: datetime,
    outcome: Outcome,
) -> None:
    kind, value = address
    same = before is not None and (before.value, before.name if entry.post else "") == (
        value,
        entry.post,
    )
    outcome.count(known=before is not None, differs=not same)
    if before is not None and before.state != contacts.GOOD:
        kept = before.state == contacts.REFUSED or before.value == value
        if kept:
            outcome.warnings.append(
                f"line {entry.line}: {kind} stays {before.state} since "
                f"{before.state_at:%Y-%m-%d} ({before.state_why}); contacts set takes that back"
            )
    if same:
        return
    refused = before is not None and before.state == contacts.REFUSED
    contacts.add(
        connection, entry.owner, kind=kind, value=value, source=source[-200:], post=entry.post,
        state=contacts.REFUSED if refused else contacts.GOOD,
        why=before.state_why if refused and before is not None else "", now=now,
    )  # fmt: skip
    if before is not None:
        outcome.changes.append(f"line {entry.line}: {kind}")


def _entry(row: Row, known: tuple[set[str], set[str]], faults: Faults) -> _Entry | None:
    cells = Cells(row, faults)
    owner = _owner(cells, known)
    post = cells.text("post", 200) if cells.raw("post") else ""
    found: list[tuple[str, str]] = []
    if cells.raw("phone"):
        try:
            found.append(("phone", normalise(cells.raw("phone"))))
        except NoNumber as error:
            cells.fault(f"phone: {error}")
    if cells.raw("mail"):
        if MAIL.fullmatch(cells.raw("mail")):
            found.append(("mail", cells.raw("mail")))
        else:
            cells.fault(f'mail: "{cells.raw("mail")[:60]}" is no mail address')
    if cells.good and not found:
        cells.fault("neither phone nor mail is given")
    return _Entry(cells.line, owner, post, tuple(found)) if cells.good else None


def _owner(cells: Cells, known: tuple[set[str], set[str]]) -> Owner:
    people_known, offices_known = known
    nip, office = cells.raw("nip"), cells.raw("office")
    if bool(nip) == bool(office):
        cells.fault("give nip for a person, or office for who answers there: one of the two")
        return None, None
    if office:
        if office not in offices_known:
            cells.fault(f'no office "{office}"; import the offices first')
        return None, office
    try:
        digits = read_nip(nip).digits
    except NipFault as error:
        cells.fault(str(error))
        return None, None
    if digits not in people_known:
        cells.fault("nip: nobody has this NIP; import the people first")
    return digits, None


def _refuse_others(
    connection: Connection, entries: list[_Entry], own: str, today: date, faults: Faults
) -> None:
    for entry in entries:
        nip, office = entry.owner
        if office not in (None, own):
            faults.add(entry.line, f"your user is of office {own} and takes rows of no other")
        elif nip is not None and not people.serves(connection, nip, own, today, today):
            faults.add(entry.line, f"this person does not serve in office {own} today")
    faults.raise_if_any()


def _refuse_twice(entries: list[_Entry], faults: Faults) -> None:
    lines: dict[tuple[Owner, str], int] = {}
    numbers: dict[str, tuple[int, Owner]] = {}
    for entry in entries:
        for kind, value in entry.addresses:
            earlier = lines.setdefault((entry.owner, kind), entry.line)
            if earlier != entry.line:
                faults.add(entry.line, f"{kind} of the same one stands on line {earlier}, too")
            line, owner = numbers.setdefault(value, (entry.line, entry.owner))
            if entry.owner[0] is not None and owner[0] is not None and owner != entry.owner:
                faults.add(entry.line, f"the same {kind} as of somebody else on line {line}")
