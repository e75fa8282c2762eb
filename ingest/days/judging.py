"""Judging one office-day, by the path that explains: every fact of it is gathered and told.

`work_out` only thinks; `evaluate` writes what it thought. A row is written when it differs from
what stands there, and a change of status is kept in `day_changes` with its ground.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from ingest.coverage import OfficeDay, Reason
from ingest.days.assemble import assemble
from ingest.days.settings import Settings
from ingest.rules import Judgement, Status, judge
from ingest.store import days as store
from ingest.store.facts import PersonFact, gather
from ingest.store.partitions import require_here


@dataclass(frozen=True, slots=True)
class PersonDay:
    """One person's day, judged."""

    person_id: int
    nip: str
    name: str
    kind: str
    office: str
    day: date
    status: Status
    first_in: datetime | None
    last_out: datetime | None
    late_minutes: int | None
    early_minutes: int | None
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """An office-day as it would be judged now; nothing is written."""

    office: str
    office_name: str
    scheme_name: str
    day: date
    expected_text: str
    coverage: OfficeDay
    people: tuple[PersonDay, ...]


def work_out(
    connection: Connection,
    *,
    office: str,
    day: date,
    now: datetime,
    settings: Settings,
    only: Collection[int] | None = None,
) -> WorkedOut:
    """Judge an office-day, or these of its people, and write nothing. People come by name.

    Raises NotKnown, MonthAway.
    """
    require_here(connection, day)
    facts = gather(connection, office=office, day=day, asking=settings.asking, only=only)
    assembled = assemble(facts, now=now, settings=settings)
    return WorkedOut(
        office=office,
        office_name=facts.plans.office_name,
        scheme_name=facts.plans.scheme_name,
        day=day,
        expected_text=facts.plans.expected.text,
        coverage=assembled.coverage,
        people=tuple(
            person_day(one, office, day, judge(assembled.days[one.id])) for one in facts.people
        ),
    )


def person_day(person: PersonFact, office: str, day: date, judgement: Judgement) -> PersonDay:
    """Put a judgement to its person."""
    return PersonDay(
        person.id,
        person.nip,
        person.name,
        person.kind,
        office,
        day,
        judgement.status,
        judgement.first_in,
        judgement.last_out,
        judgement.late_minutes,
        judgement.early_minutes,
        judgement.because,
    )


def evaluate(
    connection: Connection,
    *,
    office: str,
    day: date,
    now: datetime,
    settings: Settings,
    only: Collection[int] | None = None,
) -> list[PersonDay]:
    """Judge an office-day, or these of its people, and write what differs. Raises NotKnown."""
    store.hold(connection, office, day)
    judged = work_out(
        connection, office=office, day=day, now=now, settings=settings, only=only
    ).people
    before = store.find_days(connection, office, day)
    if only is not None:
        before = {one: row for one, row in before.items() if one in set(only)}
    after = [_row(one) for one in judged]
    store.put_days(connection, [one for one in after if before.get(one.person_id) != one], now=now)
    changes = [
        store.Change(one.person_id, day, was.status, one.status, one.because, now)
        for one in after
        if (was := before.get(one.person_id)) is not None and was.status != one.status
    ]
    left = [before[one] for one in before.keys() - {one.person_id for one in after}]
    store.note_changes(connection, changes + _end(connection, left, now))
    return list(judged)


def _row(one: PersonDay) -> store.StoredDay:
    return store.StoredDay(
        one.person_id,
        one.day,
        one.office,
        one.status.value,
        one.first_in,
        one.last_out,
        one.late_minutes,
        one.early_minutes,
        one.because,
    )


def _end(
    connection: Connection, left: Sequence[store.StoredDay], now: datetime
) -> list[store.Change]:
    """Forget the day of who serves nowhere any more; one who moved is judged by the new office."""
    if not left:
        return []
    ids = [one.person_id for one in left]
    elsewhere = store.find_serving(connection, ids, left[0].day)
    gone = [one for one in left if one.person_id not in elsewhere]
    store.remove_days(connection, [one.person_id for one in gone], left[0].day)
    because = (Reason("ended", "pegawai tidak bertugas di kantor mana pun pada hari ini"),)
    return [
        store.Change(one.person_id, one.day, one.status, Status.ENDED.value, because, now)
        for one in gone
    ]
