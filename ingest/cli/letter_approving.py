"""The last approval of a step and its letter, in one transaction: both are there, or neither."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from ingest.casework import Dossier, Wrote, issuing
from ingest.casework.issuing import Desk, Ready
from ingest.casework.lettered import (
    Planned,
    draft,
    plan_step,
    require_one_letter,
)
from ingest.cli import case_requests
from ingest.cli.acting import note
from ingest.cli.case_acting import actor, find_own, keeping
from ingest.cli.context import Centre
from ingest.cli.letter_acting import Issued, by_of, told
from ingest.discipline.cases import Actor, Ask, CaseState, Event, Letter, apply, deeds
from ingest.errors import Refused
from ingest.letters.composing import KIND_OF
from ingest.store.case_events import By
from ingest.store.cases import StoredCase
from ingest.store.sealed import Head

Target = tuple[int, int]
"""A case, and the event that prepared its step."""


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


def approve(
    centre: Centre,
    targets: Sequence[Target],
    *,
    why: str,
    given: str | None,
    dated: date,
    despite: Sequence[int] = (),
) -> Approved:
    """Approve steps; with the last approval that is needed their letter is issued, all in one
    transaction. `despite` are the requests under UU 27/2022 that stand against it. Raises Refused,
    SealError, ConfigError, TypesettingFault: nothing was done then.
    """
    by, desk = by_of(centre), issuing.desk_of(centre.config.letters)
    with centre.writing() as connection:
        steps = _steps(centre, connection, targets)
        wrote = [one for dossier in _dossiers(steps) for one in dossier.settle(by)]
        _require_named(connection, steps, despite)
        ready, parts = _ready(centre, connection, desk, steps, why, given, dated, by)
        number = given if ready is None else ready.text.number
        letter = None if number is None else Letter(number, dated)
        for one in steps:
            wrote += one.dossier.do(one.case.number, _approving(one, why, letter), by)
        issued, head = None, None
        if ready is not None:
            issued, head = _keep(connection, ready, parts, steps, why, by)
        _note(centre, connection, steps, wrote, head, despite)
        return Approved({one.case.number: one.state for one in steps}, issued)


def _require_named(connection: Connection, steps: Sequence[_Step], despite: Sequence[int]) -> None:
    """Raise Refused for a request that nobody named; who may not approve is told so elsewhere."""
    if all(one.who.role == "admin" for one in steps):
        against = (nip for one in steps for nip in case_requests.against(one.state, one.event))
        case_requests.require_named(connection, against, despite)


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
    office = _office(steps, parts)
    return issuing.prepare(connection, desk, text, office, given, by), parts


def _office(steps: Sequence[_Step], parts: Sequence[Planned]) -> str:
    """Return the office whose letter it is: that of the cases, and where they are of several that
    of the addressee, so that none of them reads of the people of another."""
    offices = {one.case.office for one in steps}
    return (parts[0].to.office if len(offices) > 1 else None) or steps[0].case.office


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
        connection, ready, office=_office(steps, parts), basis=basis, to=parts[0].to.key,
        who=steps[0].who.name, why=why, by=by,
    )  # fmt: skip
    return Issued(number, ready.text.number, ready.text.code), head


def _note(
    centre: Centre,
    connection: Connection,
    steps: Sequence[_Step],
    wrote: Sequence[Wrote],
    head: Head | None,
    despite: Sequence[int],
) -> None:
    for one in steps:
        mine = [each for each in wrote if each.case in one.dossier.states]
        note(
            centre, connection, "cases.approve", who=None, subject=f"nip {one.case.nip}",
            case=one.case.number, event=one.event,
            events=[each.event.kind.value for each in mine],
            decisions=[told(each.head) for each in mine],
            **({} if head is None else {"letters": [told(head)]}),
            **({"despite": [*despite]} if despite else {}),
        )  # fmt: skip
