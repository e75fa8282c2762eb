"""A letter composed of what is known of its cases. Pure; the draft has neither number nor code.

text = compose(Wanted(LetterKind.OFFICE, proposal), matters, to, settings, on)
text = numbered(text, "800/7/BKPSDM/2026", code, "Periksa ... {kode}", made_at)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from ingest.discipline.cases import Appointment, Facts, Rules, Step
from ingest.discipline.cases.values import Proposal
from ingest.discipline.values import Regulation
from ingest.errors import Refused
from ingest.indonesian import nip_text
from ingest.letters import wording
from ingest.letters.base import (
    Cosigner,
    EvidenceDay,
    LetterKind,
    LetterText,
    Listed,
    Meeting,
    Official,
)
from ingest.letters.settings import LetterSettings
from ingest.letters.wording import Circumstances, MinutesOf

KIND_OF: dict[Step, LetterKind] = {
    Step.REPRIMAND: LetterKind.REPRIMAND,
    Step.OFFICE_LETTER: LetterKind.OFFICE,
    Step.SUPERIOR_PROPOSAL: LetterKind.PROPOSAL,
    Step.SUMMONS: LetterKind.SUMMONS,
    Step.SECOND_SUMMONS: LetterKind.SECOND_SUMMONS,
    Step.SALARY_STOP: LetterKind.PROPOSAL,
    Step.SALARY_RESUME: LetterKind.PROPOSAL,
}
"""The letter of each step that has one."""
_WITHOUT_EVIDENCE = frozenset({LetterKind.MINUTES, LetterKind.WITHDRAWAL})


@dataclass(frozen=True, slots=True)
class Earlier:
    """A letter of the case that went before."""

    what: str
    number: str
    dated: date


@dataclass(frozen=True, slots=True)
class Matter:
    """One case, as a letter speaks of it. `facts` are frozen with the event it stands on."""

    case: int
    person: Official
    office: str
    """Code."""
    office_name: str
    days: tuple[date, ...]
    facts: Facts
    evidence: tuple[EvidenceDay, ...] = ()
    rules: Rules | None = None
    earlier: tuple[Earlier, ...] = ()
    concerned: Official | None = None
    """The superior whom a proposal is about."""
    examiner: Official | None = None
    """Of a summons, where his NIP was given."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a letter goes: the lines of its address, and the person (NIP) or office meant."""

    lines: tuple[str, ...]
    key: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letter. `proposal` is the step it is of; minutes and withdrawals have none."""

    kind: LetterKind
    proposal: Proposal | None = None
    minutes: MinutesOf | None = None
    happened_on: date | None = None
    place: str = ""
    why: str = ""
    at: time | None = None
    """Of a summons that was approved without an hour."""
    zone: str = ""


def compose(
    wanted: Wanted, matters: Sequence[Matter], to: Recipient, settings: LetterSettings, on: date
) -> LetterText:
    """Return a draft, dated as asked.

    Raises Refused where the settings know no head or signer, and for a summons without an hour.
    """
    kind, office = wanted.kind, matters[0].office
    told = _circumstances(wanted, matters, to)
    minutes = kind is LetterKind.MINUTES
    return LetterText(
        kind=kind,
        head=settings.head_of(kind, office, on),
        number="",
        dated=on,
        secrecy=settings.secrecy_of(kind),
        subject=_subject(wanted, told, settings),
        to=() if minutes else to.lines,
        body=wording.body(kind, told),
        signer=settings.signer_of(kind, office, on),
        about=tuple(_listed(one, kind) for one in matters),
        meeting=_meeting(wanted, matters[0].examiner),
        legal=_legal(wanted, matters[0].rules),
        copies=settings.copies_of(kind),
        case=", ".join(str(one.case) for one in matters),
        draft=True,
        cosigners=_cosigners(wanted, matters) if minutes else (),
    )


def numbered(
    text: LetterText, number: str, code: str, verify: str, made_at: datetime
) -> LetterText:
    """Return a draft as the letter that is issued."""
    return replace(
        text,
        number=number,
        code=code,
        verify_text=verify.replace("{kode}", code),
        made_at=made_at,
        draft=False,
    )


def _subject(wanted: Wanted, told: Circumstances, settings: LetterSettings) -> str:
    fixed = told.step in {Step.SALARY_STOP, Step.SALARY_RESUME} or wanted.minutes is not None
    own = "" if fixed else settings.subject_of(wanted.kind)
    return own or wording.subject(wanted.kind, told)


def _circumstances(wanted: Wanted, matters: Sequence[Matter], to: Recipient) -> Circumstances:
    first, proposal = matters[0], wanted.proposal
    _, office = to.key
    moved = [one for one in matters if office not in (None, one.office)]
    told = Circumstances(
        people=len({one.person.nip for one in matters}),
        days=len(first.days),
        name=first.person.name,
        office=first.office_name,
        elsewhere=tuple(dict.fromkeys(one.office_name for one in moved)),
        all_elsewhere=len(moved) == len(matters),
        concerned="" if first.concerned is None else _named(first.concerned),
        earlier=tuple(
            dict.fromkeys((e.what, e.number, e.dated) for one in matters for e in one.earlier)
        ),
        step=proposal.step if proposal is not None else None,
        proposal=proposal.text if proposal is not None else "",
        minutes=wanted.minutes,
        happened_on=wanted.happened_on,
        place=wanted.place,
        why=wanted.why,
    )
    if first.rules is None:
        return told
    answer, action = first.rules.clarification, first.rules.office
    return replace(
        told,
        answer_days=answer.days,
        answer_counts=answer.counts,
        office_days=action.days,
        office_counts=action.counts,
    )


def _named(one: Official) -> str:
    told = (one.name, f"NIP {nip_text(one.nip)}", one.rank, one.post, one.unit)
    return ", ".join(text for text in told if text)


def _listed(one: Matter, kind: LetterKind) -> Listed:
    evidence = () if kind in _WITHOUT_EVIDENCE else one.evidence
    return Listed(one.person, one.days, evidence)


def _meeting(wanted: Wanted, examiner: Official | None) -> Meeting | None:
    found = wanted.proposal.appointment if wanted.proposal is not None else None
    if found is None:
        return None
    at = _hour_of(wanted, found)
    zone = found.zone or wanted.zone
    return Meeting(found.on, at, found.place, examiner or Official(found.examiner), zone)


def _hour_of(wanted: Wanted, found: Appointment) -> time | None:
    at = found.at or wanted.at
    if at is None:
        raise Refused(
            "this summons names no hour: it was prepared before one was asked for; reject it and "
            "prepare it again with --at, or issue its letter anew with --at"
        )
    return at


def _legal(wanted: Wanted, rules: Rules | None) -> tuple[str, ...]:
    """Return what a letter stands on: the article where the kind of letter has one."""
    if rules is None:
        return ()
    law = rules.regulation
    kind = wanted.kind
    if law is None:
        return (rules.service.title,)
    if kind in {LetterKind.SUMMONS, LetterKind.SECOND_SUMMONS, LetterKind.MINUTES}:
        limit = rules.limit("second-summons" if kind is LetterKind.SECOND_SUMMONS else "summons")
        return (_article(limit.article if limit is not None else "", law),)
    if kind is LetterKind.PROPOSAL and law.superior is not None and _about_superior(wanted):
        return (_article(law.superior.article, law),)
    if kind is LetterKind.PROPOSAL:
        return (law.title,)
    return (law.title, rules.service.title)


def _about_superior(wanted: Wanted) -> bool:
    return wanted.proposal is not None and wanted.proposal.step is Step.SUPERIOR_PROPOSAL


def _article(article: str, law: Regulation) -> str:
    return f"{article.removeprefix(law.short).strip()} {law.title}".strip()


_COSIGNS: dict[MinutesOf, str] = {"examined": "Yang diperiksa", "handed-over": "Yang menerima"}


def _cosigners(wanted: Wanted, matters: Sequence[Matter]) -> tuple[Cosigner, ...]:
    role = _COSIGNS.get(wanted.minutes) if wanted.minutes is not None else None
    if role is None:
        return (Cosigner("", role="Saksi"), Cosigner("", role="Saksi"))
    one = matters[0].person
    return (Cosigner(one.name, one.nip, one.rank, one.post, one.unit, role=role),)
