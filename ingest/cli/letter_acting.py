"""What commands about letters share: who sees which, and one transaction for number and letter."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple

import click
from sqlalchemy import Connection

from ingest.casework import Dossier, Wrote, issuing
from ingest.casework.issuing import Desk, Ready
from ingest.casework.lettered import (
    Asked,
    Planned,
    at_hour,
    draft,
    plan,
    plan_step,
    require_one_letter,
)
from ingest.cli import scope
from ingest.cli.acting import note, require_seal
from ingest.cli.case_acting import actor, find_own, keeping, zone_name
from ingest.cli.context import Centre
from ingest.discipline.cases import Actor, Ask, CaseState, Event, Letter, NotAllowed, apply, deeds
from ingest.errors import ConfigError, OutputExists, Refused
from ingest.identity import OutOfScope
from ingest.letters.base import LetterKind, Secrecy
from ingest.letters.composing import KIND_OF
from ingest.roles import Role
from ingest.store import letters
from ingest.store.case_events import By
from ingest.store.cases import StoredCase
from ingest.store.letters import StoredLetter
from ingest.store.sealed import Head

Target = tuple[int, int]
"""A case, and the event that prepared its step."""


class Issued(NamedTuple):
    """A letter that was issued: its number here, as printed, and its code."""

    letter: int
    printed: str
    code: str


class Approved(NamedTuple):
    """What an approval came to, case by case, and the letter where one was issued."""

    states: dict[int, CaseState]
    letter: Issued | None


@dataclass(frozen=True, slots=True)
class _Step:
    case: StoredCase
    event: int
    who: Actor
    dossier: Dossier

    @property
    def state(self) -> CaseState:
        return self.dossier.states[self.case.number]

    @property
    def full(self) -> bool:
        """Whether one approval more is all that is needed, and a letter goes out with it."""
        for one in self.state.pending:
            if one.number == self.event and one.proposal.step in KIND_OF:
                return len(one.approvals) + 1 >= one.proposal.gate.persons
        return False


def require_desk(centre: Centre) -> Desk:
    """Return by what letters are made. Raises ConfigError."""
    found = issuing.desk_of(centre.config.letters)
    if found is None:
        raise ConfigError(
            [
                "ingest.letters.file: no letters are made here; describe heads, signers and series "
                "in a file, see docs/surat.md"
            ]
        )
    return found


def by_of(centre: Centre) -> By:
    """Return with what letters and events are written. Raises SealError."""
    return By(centre.now(), centre.acting.account.text, require_seal(centre))


def may_see(letter: StoredLetter, own: str | None) -> bool:
    """Say whether who is bound to an office sees a letter: its own, a confidential one only if it
    is addressed to the office."""
    if own is None:
        return True
    hidden = letter.secrecy == Secrecy.CONFIDENTIAL and letter.to != (None, own)
    return letter.office == own and not hidden


def find_own_letter(connection: Connection, number: int) -> StoredLetter:
    """Return a letter that whoever acts may see. Raises NotKnown, OutOfScope."""
    found = letters.find_one(connection, number)
    require_seen(found)
    return found


def require_seen(letter: StoredLetter) -> None:
    """Raise OutOfScope for a letter of another office, or a confidential one for somebody else."""
    scope.require_own(letter.office)
    if not may_see(letter, scope.ask()):
        raise OutOfScope(
            f"letter {letter.number} is confidential (RAHASIA) and not addressed to your office",
            f"letter {letter.number}",
        )


def require_admin(centre: Centre) -> str:
    """Return the name of the admin who acts; letters are issued by those alone. Raises Refused."""
    user = centre.acting.user
    if user is None or user.role is not Role.ADMIN:
        raise Refused("letters are issued and made void by an admin with a name; see users list")
    return f"{user.full_name} ({user.name})"[-200:]


def actor_name(centre: Centre) -> str:
    """Return the name of the user who acts. Raises Refused where there are no users yet."""
    user = centre.acting.user
    if user is None:
        raise Refused("this is done by users with a name; register them with users add")
    return f"{user.full_name} ({user.name})"[-200:]


def approve(
    centre: Centre,
    targets: Sequence[Target],
    *,
    why: str,
    given: str | None,
    dated: date,
) -> Approved:
    """Approve steps; with the last approval that is needed their letter is issued, all in one
    transaction. Raises Refused, SealError, ConfigError, TypesettingFault: nothing was done then.
    """
    by, desk = by_of(centre), issuing.desk_of(centre.config.letters)
    with centre.writing() as connection:
        steps = _steps(centre, connection, targets)
        wrote = [one for dossier in _dossiers(steps) for one in dossier.settle(by)]
        ready, parts = _ready(centre, connection, desk, steps, why, given, dated, by)
        number = given if ready is None else ready.text.number
        letter = None if number is None else Letter(number, dated)
        for one in steps:
            wrote += one.dossier.do(one.case.number, _approving(one, why, letter), by)
        issued, head = None, None
        if ready is not None:
            issued, head = _keep(connection, ready, parts, steps, why, by)
        _note(centre, connection, steps, wrote, head)
        return Approved({one.case.number: one.state for one in steps}, issued)


def _approving(step: _Step, why: str, letter: Letter | None) -> Callable[[CaseState, Ask], Event]:
    return lambda state, ask: deeds.approve(
        state, ask, step.who, of=step.event, why=why, letter=letter
    )


def _steps(centre: Centre, connection: Connection, targets: Sequence[Target]) -> list[_Step]:
    """Return the steps with the dossiers of their people, held in one order."""
    found = [(find_own(connection, case), event) for case, event in dict.fromkeys(targets)]
    people = sorted({case.person_id for case, _ in found})
    dossiers = {one: Dossier(connection, keeping(centre), one) for one in people}
    return [
        _Step(case, event, actor(centre, connection, case), dossiers[case.person_id])
        for case, event in found
    ]


def _dossiers(steps: Sequence[_Step]) -> list[Dossier]:
    return list({id(one.dossier): one.dossier for one in steps}.values())


def _ready(
    centre: Centre,
    connection: Connection,
    desk: Desk | None,
    steps: Sequence[_Step],
    why: str,
    given: str | None,
    dated: date,
    by: By,
) -> tuple[Ready | None, list[Planned]]:
    """Return the letter of the steps with its pages, where this approval is the last one."""
    full = [one.full for one in steps]
    if len(steps) > 1 and (desk is None or not all(full)):
        raise Refused("several cases share a letter only where this is the last approval of each")
    if desk is None or not all(full):
        return None, []
    for one in steps:  # before a number is taken: whether it may be approved at all
        ask = one.dossier.ask(one.case.number)
        apply(one.state, _approving(one, why, Letter("0", dated))(one.state, ask))
    parts = [plan_step(one.dossier, one.case.number, one.event) for one in steps]
    require_one_letter(parts)
    text = draft(connection, keeping(centre), desk, parts, dated)
    office = steps[0].case.office
    return issuing.prepare(connection, desk, text, office, given, by), parts


def _keep(
    connection: Connection,
    ready: Ready,
    parts: Sequence[Planned],
    steps: Sequence[_Step],
    why: str,
    by: By,
) -> tuple[Issued, Head]:
    basis = tuple(
        plan_step(one.dossier, one.case.number, one.event).basis for one in steps
    )  # now with the events that approved them
    number, head = issuing.keep(
        connection, ready, office=steps[0].case.office, basis=basis, to=parts[0].to.key,
        who=steps[0].who.name, why=why, by=by,
    )  # fmt: skip
    return Issued(number, ready.text.number, ready.text.code), head


def _note(
    centre: Centre,
    connection: Connection,
    steps: Sequence[_Step],
    wrote: Sequence[Wrote],
    head: Head | None,
) -> None:
    for one in steps:
        mine = [each for each in wrote if each.case in one.dossier.states]
        note(
            centre, connection, "cases.approve", who=None, subject=f"nip {one.case.nip}",
            case=one.case.number, event=one.event,
            events=[each.event.kind.value for each in mine],
            decisions=[_told(each.head) for each in mine],
            **({} if head is None else {"letters": [_told(head)]}),
        )  # fmt: skip


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
            centre, connection, "issue", found.nip, number, letters=[_told(head)],
            case=case, decisions=[_told(one.head) for one in wrote],
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


def note_letter(
    centre: Centre, connection: Connection, act: str, nip: str, letter: int, **details: Any
) -> None:
    """Write what was done with a letter into the audit log."""
    note(
        centre, connection, f"letters.{act}", who=None, subject=f"nip {nip}", letter=letter,
        **details,
    )  # fmt: skip


def _told(head: Head) -> dict[str, object]:
    return {"number": head.number, "digest": head.digest.hex()}


def write_new(files: Iterable[tuple[Path | None, bytes]]) -> None:
    """Write files that are not there yet; None is none. Raises OutputExists."""
    found = [(path, content) for path, content in files if path is not None]
    for path, _ in found:
        if path.exists():
            raise OutputExists(f"{path} is there already; name another file")
    for path, content in found:
        with path.open("xb") as file:
            file.write(content)
        click.echo(f"{len(content)} bytes written to {path}")
