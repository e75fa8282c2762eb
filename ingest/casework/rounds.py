"""A round over everybody whose cases may go on: each person in a transaction of his own.

What follows is first looked at without holding anything; only where something does, it is asked
again and written. So a kill at any moment leaves each case before or after a step, never between,
and the next round goes on from there.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from ingest.casework.dossier import Dossier, NotAtRest, Wrote
from ingest.casework.keeping import Keeping
from ingest.errors import IngestError, StoreError, StoreUnavailable
from ingest.roles import Role
from ingest.store import audit, marks
from ingest.store import cases as store
from ingest.store.audit import Actor
from ingest.store.case_events import By
from ingest.store.database import reading, writing

log = logging.getLogger(__name__)

MACHINE = Actor("hadir", "", Role.SERVICE)


@dataclass(slots=True)
class Round:
    """What a round did."""

    asked: int = 0
    wrote: int = 0
    waiting: int = 0
    """People whose days wait to be judged again; the next round asks them."""
    kinds: dict[str, int] = field(default_factory=dict)


def run_round(engine: Engine, keeping: Keeping, *, since: datetime | None = None) -> Round:
    """Ask everybody who may have something to come; with `since` only those with a case whose days
    were judged again from that moment on. Raises StoreError where somebody could not be asked,
    when all the others are through.
    """
    found, left_out = Round(), 0
    for person_id in sorted(_wanted(engine, keeping, since)):
        found.asked += 1
        try:
            _note(found, _one(engine, keeping, person_id))
        except NotAtRest as waiting:
            found.waiting += 1
            _mark(engine, person_id, waiting)
        except StoreUnavailable:
            raise
        except IngestError as error:  # a case that was altered, or that no rule keeps any more
            left_out += 1
            log.error("%s", error)
    if left_out:
        raise StoreError(f"cases of {left_out} people were left alone; the lines before say why")
    return found


def _wanted(engine: Engine, keeping: Keeping, since: datetime | None) -> Collection[int]:
    with reading(engine) as connection:
        if since is not None:
            return store.find_touched(connection, since)
        found = store.find_live(connection)
        widest = keeping.widest()
        if widest is not None:
            within_days, at_least = widest
            found |= store.find_absent(
                connection, today=keeping.today, within_days=within_days, at_least=at_least
            )
        return found


def _one(engine: Engine, keeping: Keeping, person_id: int) -> list[Wrote]:
    with reading(engine) as connection:
        if not Dossier(connection, keeping, person_id, look=True).follows():
            return []
    with writing(engine) as connection:
        dossier = Dossier(connection, keeping, person_id)
        wrote = dossier.settle(By(keeping.now))
        for number in sorted({one.case for one in wrote}):
            audit.note(
                connection,
                MACHINE,
                "cases.run",
                subject=f"nip {dossier.states[number].subject.nip}",
                details=told(number, wrote),
                now=keeping.now,
            )
    return wrote


def told(number: int, wrote: Collection[Wrote]) -> dict[str, object]:
    """Return what the audit log keeps of the events of a case."""
    mine = [one for one in wrote if one.case == number]
    return {
        "case": number,
        "events": [one.event.kind.value for one in mine],
        "decisions": [{"number": one.head.number, "digest": one.head.digest.hex()} for one in mine],
    }


def _note(found: Round, wrote: Collection[Wrote]) -> None:
    found.wrote += len(wrote)
    for one in wrote:
        kind = one.event.kind.value
        found.kinds[kind] = found.kinds.get(kind, 0) + 1


def _mark(engine: Engine, person_id: int, waiting: NotAtRest) -> None:
    """Mark a day that is stored otherwise than it would be judged, where nothing else does."""
    if waiting.mark is not None:
        office, day = waiting.mark
        with writing(engine) as connection:
            marks.mark_person_days(connection, [(office, day, person_id)])
