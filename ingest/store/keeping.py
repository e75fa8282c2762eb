"""Which scheme people keep on which day, for who writes working time: rosters, special days."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ingest.store.tables import assignments, offices, people, schemes
from ingest.store.tables_time import scheme_terms, scheme_uses


class Keeping:
    """Everybody's office and scheme on any day, read once."""

    def __init__(self, connection: Connection) -> None:
        self._own = dict(connection.execute(select(offices.c.code, offices.c.scheme)).all())
        self._served = _grouped(connection, assignments, "person_id", "valid_from")
        self._of_office = _grouped(connection, scheme_uses, "office", "first")
        self._of_person = _grouped(connection, scheme_uses, "person_id", "first")
        self._terms = _grouped(connection, scheme_terms, "scheme", "valid_from")
        self.names: dict[str, str] = dict(
            connection.execute(select(schemes.c.code, schemes.c.name)).all()
        )

    def office(self, person_id: int, day: date) -> str | None:
        """Return where a person serves on a day."""
        rows = self._served[person_id]
        found = [one for one in rows if one.valid_from <= day <= (one.valid_until or date.max)]
        return found[-1].office if found else None

    def scheme(self, office: str, person_id: int | None, day: date) -> str:
        """Return the scheme an office keeps on a day, or one of its people."""
        own = self._of_person[person_id] if person_id is not None else ()
        return _holding(own, day) or _holding(self._of_office[office], day) or self._own[office]

    def is_roster(self, scheme: str, day: date) -> bool:
        """Say whether rosters decide on a day who works by this scheme."""
        found = [one for one in self._terms[scheme] if one.valid_from <= day]
        return bool(found) and bool(found[-1].body.get("roster"))


def find_person(connection: Connection, nip: str) -> tuple[int, str] | None:
    """Return a person's key and name; None where nobody has this NIP."""
    row = connection.execute(
        select(people.c.id, people.c.name).where(people.c.nip == nip)
    ).one_or_none()
    return None if row is None else (row.id, row.name)


def _holding(uses: Sequence[Any], day: date) -> str | None:
    found = [one for one in uses if one.first <= day <= (one.last or date.max)]
    return found[-1].scheme if found else None


def _grouped(
    connection: Connection, table: Any, key: str, order: str
) -> defaultdict[Any, list[Any]]:
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in connection.execute(select(table).order_by(table.c[order])):
        found[getattr(row, key)].append(row)
    return found
