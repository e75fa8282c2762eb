"""What is known of a person's days, as a case freezes it: judged again by the path that explains.

The judged day in the store tells what counts. Whether every terminal is complete, and from what the
day was judged, is asked anew; where the answer is another than what is stored, the day waits to be
judged again and nothing may rest on it. Only to see whether anything follows at all, what an event
froze of a day is believed as long as nobody has written that day since.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from ingest.casework.keeping import Keeping
from ingest.coverage import TerminalDay, Verdict
from ingest.days.assemble import Assembled, assemble
from ingest.days.judging import PersonDay, person_day
from ingest.days.story import VERDICT_TEXT
from ingest.discipline import EFFECTS, Effect
from ingest.discipline.cases import DayFact
from ingest.discipline.cases import Verdict as Known
from ingest.rules import judge
from ingest.store.facts import gather
from ingest.store.partitions import require_here
from ingest.store.tables import days


class Frozen(NamedTuple):
    """What an event froze of a day, and when."""

    fact: DayFact
    at: datetime


class Differs(Exception):
    """A day is stored otherwise than it would be judged now; it has to be judged again."""

    def __init__(self, office: str, day: date) -> None:
        super().__init__(f"the day {day} of office {office} waits to be judged again")
        self.office, self.day = office, day


class Grounds:
    """The days of one person, each looked at once."""

    def __init__(
        self,
        connection: Connection,
        keeping: Keeping,
        person_id: int,
        frozen: Mapping[date, Frozen],
    ) -> None:
        """`frozen` is what is believed; it is empty where a step is to stand on what is found."""
        self._connection = connection
        self._keeping = keeping
        self._person_id = person_id
        self._frozen = frozen
        self._found: dict[date, DayFact] = {}

    def of(self, whole: Iterable[date], between: Iterable[date] = ()) -> Mapping[date, DayFact]:
        """Return what is known of days: of `whole` ones down to the terminals, of those `between`
        only what was judged. A day that was never judged is left out. Raises Differs, MonthAway.
        """
        asked = set(whole)
        wanted = asked | set(between)
        rows = {row.day: row for row in self._rows(wanted)}
        for day in sorted(asked & rows.keys() - self._found.keys()):
            self._found[day] = self._believed(rows[day]) or self._whole(rows[day])
        return {
            day: self._found[day] if day in self._found else _bare(row) for day, row in rows.items()
        }

    def _rows(self, wanted: set[date]) -> list[Row[Any]]:
        if not wanted:
            return []
        query = select(days).where(
            days.c.person_id == self._person_id, days.c.day.between(min(wanted), max(wanted))
        )
        return [row for row in self._connection.execute(query) if row.day in wanted]

    def _believed(self, row: Row[Any]) -> DayFact | None:
        known = self._frozen.get(row.day)
        same = known is not None and known.fact.status == row.status and known.fact.proven
        return known.fact if known and same and row.evaluated_at <= known.at else None

    def _whole(self, row: Row[Any]) -> DayFact:
        connection, keeping = self._connection, self._keeping
        require_here(connection, row.day)
        facts = gather(
            connection,
            office=row.office,
            day=row.day,
            asking=keeping.settings.asking,
            only=[self._person_id],
        )
        person = next((one for one in facts.people if one.id == self._person_id), None)
        if person is None:
            raise Differs(row.office, row.day)
        assembled = assemble(facts, now=keeping.now, settings=keeping.settings)
        judged = person_day(person, row.office, row.day, judge(assembled.days[person.id]))
        if judged.status.value != row.status:
            raise Differs(row.office, row.day)
        terminals = (*assembled.coverage.terminals, *assembled.elsewhere[person.id])
        return DayFact(
            row.day,
            row.status,
            _effect(row.status),
            _digest(judged, assembled, terminals, facts.plans.of(person.id).text),
            _why(row),
            tuple(_known(one) for one in terminals),
        )


def _bare(row: Row[Any]) -> DayFact:
    return DayFact(row.day, row.status, _effect(row.status), "", _why(row))


def _effect(status: str) -> Effect:
    return EFFECTS.get(status, Effect.UNVERIFIED)


def _why(row: Row[Any]) -> str:
    return "; ".join(one["text"] for one in row.because) or row.status


def _known(one: TerminalDay) -> Known:
    reasons = "; ".join(reason.text for reason in one.reasons)
    return Known(one.serial, one.verdict is Verdict.COMPLETE, reasons or VERDICT_TEXT[one.verdict])


def _digest(
    judged: PersonDay, assembled: Assembled, terminals: Iterable[TerminalDay], expected: str
) -> str:
    """Return the SHA-256 of everything a day was judged from, a line of JSON."""
    told = {
        "nip": judged.nip,
        "office": judged.office,
        "day": judged.day.isoformat(),
        "status": judged.status.value,
        "expected": expected,
        "because": [[one.code, one.text] for one in judged.because],
        "touches": [
            [one.local_time.isoformat(), one.terminal, one.source, one.why_not, one.decision]
            for one in assembled.touches[judged.person_id]
        ],
        "terminals": [[one.serial, one.verdict.value] for one in terminals],
    }
    line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()
