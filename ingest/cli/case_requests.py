"""What people asked under UU 27/2022 that stands against a step of a case.

A request changes nothing by itself. But who approves a step about somebody who asked that this be
restricted, or objected to it, names the request: nobody approves it without having read of it.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from ingest.cli.scope import current
from ingest.discipline.cases import CaseState
from ingest.discipline.cases.steps import IN_FAVOUR
from ingest.errors import Refused
from ingest.indonesian import day_text, nip_text
from ingest.roles import Right, may
from ingest.store import privacy
from ingest.store.privacy import Request

_KIND = {"restriction": "pembatasan pemrosesan", "objection": "keberatan"}
_OUTCOME = {"granted": "dikabulkan", "partly": "dikabulkan sebagian"}


def against(state: CaseState, event: int) -> frozenset[str]:
    """Return the people against whom a step that waits is held: nobody, where it is in favour."""
    found = (one.proposal for one in state.pending if one.number == event)
    return frozenset(
        nip
        for one in found
        if one.step not in IN_FAVOUR
        for nip in (state.subject.nip, one.concerns)
        if nip is not None
    )


def require_named(connection: Connection, nips: Iterable[str], named: Collection[int]) -> None:
    """Raise Refused unless exactly the requests of these people that stand are named."""
    standing = {one.number: one for one in privacy.find_standing(connection, set(nips))}
    for number in named:
        if number not in standing:
            raise Refused(
                f"request {number} is none that stands against this; leave --despite {number} out"
            )
    left = [one for number, one in standing.items() if number not in named]
    if left:
        told = "; ".join(f"request {one.number} ({one.kind}, {_came_to(one)})" for one in left)
        words = " ".join(f"--despite {one.number}" for one in left)
        raise Refused(
            f"who this is about asked for something under UU 27/2022 that stands: {told}; read it "
            f"(hadir-ingest privacy requests list --all), wait for its answer, or approve with "
            f"{words}"
        )


def lines(connection: Connection, state: CaseState) -> list[str]:
    """Return what stands, in Indonesian, for who may read requests; nothing for anybody else."""
    centre = current()
    if not may(centre.acting.role, Right.AUDIT):
        return []
    nips = {state.subject.nip, *(one.proposal.concerns for one in state.pending)} - {None}
    found = privacy.find_standing(connection, {nip for nip in nips if nip is not None})
    zone = centre.config.zone
    return [
        f"Permintaan {one.number} menurut UU 27/2022"
        f"{'' if one.nip == state.subject.nip else f', dari atasan NIP {nip_text(one.nip)}'}: "
        f"{_KIND[one.kind]}, diterima {day_text(one.received_at.astimezone(zone).date())}, "
        f"{_OUTCOME[one.outcome] if one.outcome else 'belum dijawab'}"
        for one in found
    ]


def _came_to(one: Request) -> str:
    return "not answered yet" if one.outcome is None else one.outcome
