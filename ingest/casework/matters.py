"""What letters need of a case: the person, each day with its story, and to whom a letter goes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, select

from ingest.casework.keeping import Keeping
from ingest.days.story import explain
from ingest.discipline.cases import Addressee, CaseState, DayFact, Facts, Rules, Step
from ingest.errors import NotKnown
from ingest.indonesian import greeting_text, nip_text
from ingest.letters.base import EvidenceDay, LetterKind, Official, Signer
from ingest.letters.composing import Earlier, Matter, Recipient
from ingest.letters.evidence import evidence_day, frozen_day
from ingest.letters.wording import KIND_TEXT
from ingest.store import letters
from ingest.store.partitions import MonthAway, require_here
from ingest.store.people import serves_in
from ingest.store.person_posts import find_held
from ingest.store.tables import offices, people

_BEFORE = {
    LetterKind.OFFICE: (LetterKind.WARNING, LetterKind.REPRIMAND),
    LetterKind.REPRIMAND: (LetterKind.WARNING,),
    LetterKind.PROPOSAL: (LetterKind.WARNING, LetterKind.REPRIMAND, LetterKind.OFFICE),
    LetterKind.SECOND_SUMMONS: (LetterKind.SUMMONS,),
    LetterKind.MINUTES: (LetterKind.SUMMONS, LetterKind.SECOND_SUMMONS),
}
"""Which letters of a case a letter of each kind tells of."""


def matter(
    connection: Connection,
    keeping: Keeping,
    case: int,
    state: CaseState,
    *,
    kind: LetterKind,
    days: tuple[date, ...],
    facts: Facts,
    rules: Rules | None,
    to: tuple[str | None, str | None],
    on: date,
    concerns: str | None = None,
    examiner: str | None = None,
) -> Matter:
    """Return a case as a letter to somebody that is dated `on` speaks of it; `concerns` is the NIP
    of the superior whom it is about, `examiner` that of who examines."""
    subject = state.subject
    unit = office_name(connection, subject.office)
    person = official(connection, subject.nip, on, unit=unit)
    known = {one.day: one for one in facts.days}
    rows = (known[day] for day in days if day in known)
    return Matter(
        case=case,
        person=person,
        office=subject.office,
        office_name=unit,
        days=days,
        facts=facts,
        evidence=tuple(_evidence(connection, keeping, subject.nip, rows)),
        rules=rules,
        earlier=_earlier(connection, case, kind, to, concerns),
        concerned=None if concerns is None else official(connection, concerns, on),
        examiner=None if examiner is None else _serving(connection, examiner, on),
    )


def recipient(
    connection: Connection, to: Addressee, on: date, *, step: Step | None = None
) -> Recipient:
    """Return to whom a letter that is dated `on` goes, with the lines of the address."""
    if to.nip is not None:
        unit = office_name(connection, to.office) if to.office else ""
        one = official(connection, to.nip, on, unit=unit)
        role = "" if to.role == "yang bersangkutan" else f"selaku {to.role}"
        greeted = f"{greeting_text(one.nip)} {one.name}"
        told = (greeted, f"NIP {nip_text(one.nip)}", one.post, role, one.unit)
        return Recipient((*(line for line in told if line), "di Tempat"), to.key)
    name = office_name(connection, to.office or "")
    lines: tuple[str, ...]
    if step is Step.SUPERIOR_PROPOSAL:
        lines = ("Pejabat yang berwenang di atas atasan langsung", f"pada {name}")
    elif step in {Step.SALARY_STOP, Step.SALARY_RESUME}:
        lines = (f"Kepala {name}", "selaku Kuasa Pengguna Anggaran")
    else:
        lines = (f"Kepala {name}",)
    return Recipient((*lines, "di Tempat"), to.key)


def official(connection: Connection, nip: str, on: date, *, unit: str = "") -> Official:
    """Return somebody as a letter of a day names him; what nobody wrote down is empty."""
    held = find_held(connection, on, [nip])[nip]
    return Official(person_name(connection, nip), nip, held.rank, held.post, unit)


def _serving(connection: Connection, nip: str, on: date) -> Official:
    office = serves_in(connection, nip, on)
    return official(connection, nip, on, unit=office_name(connection, office) if office else "")


def named_signer(connection: Connection, signer: Signer, on: date) -> Signer:
    """Return a signer with his rank, where the file of letters does not say it."""
    if signer.rank or not signer.nip:
        return signer
    return replace(signer, rank=find_held(connection, on, [signer.nip])[signer.nip].rank)


def person_name(connection: Connection, nip: str) -> str:
    return str(connection.scalar(select(people.c.name).where(people.c.nip == nip)) or nip)


def office_name(connection: Connection, code: str) -> str:
    return str(connection.scalar(select(offices.c.name).where(offices.c.code == code)) or code)


def _evidence(
    connection: Connection, keeping: Keeping, nip: str, facts: Iterable[DayFact]
) -> Iterable[EvidenceDay]:
    """Yield the row of each day: by its story, where that is still what the step froze of it."""
    for fact in facts:
        try:
            require_here(connection, fact.day)
            told = explain(connection, nip, fact.day, now=keeping.now, settings=keeping.settings)
        except (MonthAway, NotKnown):
            yield frozen_day(fact)
            continue
        if told.judged is None or told.status.value != fact.status:
            yield frozen_day(fact)
            continue
        yield evidence_day(
            fact,
            expected=told.expected,
            touches=told.touches,
            terminals=told.terminals,
            because=[one.text for one in told.judged.because],
        )


def _earlier(
    connection: Connection,
    case: int,
    kind: LetterKind,
    to: tuple[str | None, str | None],
    concerns: str | None,
) -> tuple[Earlier, ...]:
    """Return the letters that a letter tells of; a withdrawal, those its addressee has had, and a
    proposal about a superior, of the reprimands his own."""
    found = [one for one in letters.find(connection, case=case) if one.void is None]
    if kind is LetterKind.WITHDRAWAL:
        mine = [one for one in found if one.to == to and one.kind != LetterKind.WITHDRAWAL]
    else:
        mine = [one for one in found if one.kind in _BEFORE.get(kind, ())]
    if kind is LetterKind.PROPOSAL and concerns is not None:
        others = (LetterKind.REPRIMAND, (concerns, None))
        mine = [one for one in mine if one.kind != others[0] or one.to == others[1]]
    return tuple(Earlier(KIND_TEXT[LetterKind(one.kind)], one.printed, one.dated) for one in mine)
