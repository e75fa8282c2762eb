"""What the store holds under single keys, whichever batch brought it.

Asked where a batch holds less than its body tells.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, String, Table, exists, select, text

from ingest.ledger.rows import Key
from ingest.store.tables import (
    Moment,
    archived_months,
    bad_records,
    batches,
    contradictions,
    terminals,
)

_ASKED = 500  # keys in one question


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds under a key, and by which batch."""

    batch: int
    received_at: datetime
    codes: tuple[Any, ...] = ()
    """State, verify and work code of a punch."""


def _typed(statement: str) -> Any:
    return text(statement).columns(
        i=Integer, batch_id=BigInteger, received_at=Moment, state=Integer, verify=Integer,
        work_code=String,
    )  # fmt: skip


_HELD = {
    "postgresql": _typed(
        "SELECT k.i, p.batch_id, p.received_at, p.state, p.verify, p.work_code"
        " FROM json_to_recordset(CAST(:keys AS json))"
        " AS k(i integer, t integer, u text, l timestamp)"
        # LIMIT: each key is looked up in its month, whatever the planner thinks of the months
        " CROSS JOIN LATERAL (SELECT * FROM punches"
        " WHERE terminal_id = k.t AND user_id = k.u AND local_time = k.l LIMIT 1) AS p"
    ),
    "sqlite": _typed(  # CROSS JOIN: the keys are looked up in the table, not the other way round
        "SELECT json_extract(k.value, '$.i') AS i, p.batch_id, p.received_at, p.state, p.verify,"
        " p.work_code FROM json_each(:keys) AS k CROSS JOIN punches p"
        " ON p.terminal_id = json_extract(k.value, '$.t')"
        " AND p.user_id = json_extract(k.value, '$.u')"
        " AND p.local_time = json_extract(k.value, '$.l')"
    ),
}


class Lookup:
    """Answers from one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        found = connection.execute(select(terminals.c.serial, terminals.c.id))
        self.terminals: dict[str, int] = {row[0]: row[1] for row in found}
        """Serial to id."""
        months = connection.scalars(
            select(archived_months.c.month).where(archived_months.c.returned_at.is_(None))
        )
        self._archived: frozenset[tuple[int, int]] = frozenset(
            (one.year, one.month) for one in months
        )

    def is_archived(self, day: date) -> bool:
        """Say whether the punches of a day lie in an archive instead of here."""
        return (day.year, day.month) in self._archived

    def knows_receipt(self, *, office: str, outbox: str, receipt: str, before: int) -> bool:
        """Say whether a batch older than `before` was answered with a receipt."""
        return bool(
            self.connection.scalar(
                select(
                    exists().where(
                        batches.c.office == office,
                        batches.c.receipt == receipt,
                        batches.c.outbox == outbox,
                        batches.c.id < before,
                    )
                )
            )
        )

    def punches(self, keys: Iterable[Key]) -> dict[Key, Held]:
        """Return what is held under keys of serial, user id and local time."""
        known = [key for key in keys if key[0] in self.terminals]
        found: dict[Key, Held] = {}
        for some in _some(known):
            for row in self.connection.execute(self._statement, {"keys": self._asked(some)}):
                found[some[row.i]] = Held(
                    row.batch_id, row.received_at, (row.state, row.verify, row.work_code)
                )
        return found

    @property
    def _statement(self) -> Any:
        return _HELD[self.connection.dialect.name]

    def _asked(self, keys: Sequence[Key]) -> str:
        return json.dumps(
            [
                {
                    "i": index,
                    "t": self.terminals[serial],
                    "u": user_id,
                    # as SQLite keeps it; PostgreSQL reads it too
                    "l": local_time.isoformat(sep=" ", timespec="microseconds"),
                }
                for index, (serial, user_id, local_time) in enumerate(keys)
            ]
        )

    def bad_records(self, ids: Iterable[str]) -> dict[Key, Held]:
        """Return which bad records are held, by id."""
        table, found = bad_records, {}
        for some in _some(list(ids)):
            query = select(table.c.id, table.c.batch_id, table.c.received_at)
            for row in self.connection.execute(query.where(table.c.id.in_(some))):
                found[(row.id,)] = Held(row.batch_id, row.received_at)
        return found

    def contradictions(self, keys: Iterable[str]) -> set[str]:
        """Return which of these contradictions are held."""
        return self._present(contradictions, list(keys))

    def _present(self, table: Table, keys: list[str]) -> set[str]:
        return {
            one
            for some in _some(keys)
            for one in self.connection.scalars(select(table.c.key).where(table.c.key.in_(some)))
        }


def _some(keys: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(keys), _ASKED):
        yield keys[start : start + _ASKED]
