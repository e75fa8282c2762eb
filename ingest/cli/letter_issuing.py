"""A letter that no approval issues, in one transaction with its number."""

from datetime import date, time

from sqlalchemy import Connection

from ingest.casework import Dossier, issuing
from ingest.casework.lettered import (
    Asked,
    Planned,
    at_hour,
    draft,
    plan,
)
from ingest.cli.case_acting import find_own, keeping, zone_name
from ingest.cli.context import Centre
from ingest.cli.letter_acting import Issued, by_of, note_letter, require_admin, require_desk, told
from ingest.discipline.cases import NotAllowed
from ingest.errors import Refused
from ingest.letters.base import LetterKind
from ingest.store import letters
from ingest.store.letters import StoredLetter


def issue(
    centre: Centre,
    case: int,
    asked: Asked,
    *,
    why: str,
    given: str | None,
    dated: date,
    at: time | None = None,
) -> Issued:
    """Issue a letter that no approval issues: a warning on paper, minutes, a withdrawal, or the
    letter of an approved step in the place of one that was made void.

    `at` is the hour of a summons that was approved without one.

    Raises Refused, SealError, ConfigError, TypesettingFault: nothing was done then.
    """
    by, desk, who = by_of(centre), require_desk(centre), require_admin(centre)
    with centre.writing() as connection:
        found = find_own(connection, case)
        dossier = Dossier(connection, keeping(centre), found.person_id)
        wrote = dossier.settle(by)
        planned = plan(dossier, case, asked)
        if at is not None:
            zone = zone_name(centre, found.office, dated, at)
            planned = at_hour(planned, at, zone)
        replaces = _may_issue(connection, dossier, planned, dated, centre.today())
        text = draft(connection, keeping(centre), desk, [planned], dated)
        ready = issuing.prepare(connection, desk, text, found.office, given, by)
        number, head = issuing.keep(
            connection, ready, office=found.office, basis=(planned.basis,), to=planned.to.key,
            who=who, why=why, by=by, replaces=replaces,
        )  # fmt: skip
        note_letter(
            centre, connection, "issue", found.nip, number, letters=[told(head)],
            case=case, decisions=[told(one.head) for one in wrote],
        )  # fmt: skip
        return Issued(number, ready.text.number, ready.text.code)


def _may_issue(
    connection: Connection, dossier: Dossier, planned: Planned, dated: date, today: date
) -> int | None:
    """Return which void letter the new one replaces. Raises Refused, NotAllowed."""
    if dated > today:
        raise Refused(f"a letter is dated {today} at the latest, not {dated}")
    if planned.wanted.kind is LetterKind.WARNING:
        facts = dossier.ask(planned.case).facts(planned.days)
        if not facts.proven(planned.days):
            raise NotAllowed("nobody is warned of days that are no proven absences any more")
    if planned.wanted.proposal is not None and planned.basis.approval is None:
        raise Refused(
            f"event {planned.basis.of} of case {planned.case} is not approved; its letter is "
            "issued by cases approve"
        )
    latest = planned.wanted.proposal.latest if planned.wanted.proposal is not None else None
    if latest is not None and dated > latest:
        raise Refused(f"this letter had to be dated {latest} at the latest; set a new day")
    before = _same(connection, planned)
    standing = [one for one in before if one.void is None]
    if standing and planned.wanted.kind is not LetterKind.MINUTES:
        raise Refused(
            f"letter {standing[0].number} ({standing[0].printed}) says this already; make it void "
            "first"
        )
    if planned.wanted.proposal is not None and not before:
        raise Refused(
            f"the letter of event {planned.basis.of} was written elsewhere; it is not issued twice"
        )
    return before[-1].number if before and not standing else None


def _same(connection: Connection, planned: Planned) -> list[StoredLetter]:
    """Return the letters of the same step, or of the same kind to the same addressee."""
    return [
        one
        for one in letters.find(connection, case=planned.case)
        if one.kind == planned.wanted.kind
        and one.to == planned.to.key
        and planned.basis in one.basis
    ]
