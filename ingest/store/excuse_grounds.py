"""What the store knows of people who are to be excused: where they serve, their plans and touches.

Plans are asked once an office and day for everybody concerned, and only of days somebody asks of.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, exists, func, literal_column, or_, select

from ingest.calendar import Expected
from ingest.discipline import kind_on, kinds_of
from ingest.nip import appointed
from ingest.store.person_kinds import find_later
from ingest.store.plans import Plans, find_plans
from ingest.store.serving import valid_on
from ingest.store.tables import (
    adjustments,
    assignments,
    calendar_years,
    days,
    people,
    punches,
    terminals,
    user_ids,
)

_AT_ONCE = 500  # parameters of one statement


class Concerned:
    """The people of one command, by NIP."""

    def __init__(self, connection: Connection, nips: Sequence[str]) -> None:
        self.connection = connection
        self._ids: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._kinds: dict[int, str] = {}
        self._served: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        for place in range(0, len(nips), _AT_ONCE):
            self._read(nips[place : place + _AT_ONCE])
        self._plans: dict[tuple[str, date], Plans] = {}
        query = select(calendar_years.c.year).where(calendar_years.c.confirmed_at.is_not(None))
        self._confirmed = frozenset(connection.scalars(query))

    def _read(self, nips: Sequence[str]) -> None:
        found = self.connection.execute(select(people).where(people.c.nip.in_(nips))).all()
        ids = {row.nip: row.id for row in found}
        self._names |= {row.nip: row.name for row in found}
        self._ids |= ids
        self._kinds |= {row.id: row.kind for row in found}
        rows = self.connection.execute(
            select(assignments)
            .where(assignments.c.person_id.in_(ids.values()))
            .order_by(assignments.c.valid_from)
        )
        for row in rows:
            self._served[row.person_id].append(row)

    def of(self, nip: str) -> "Person | None":
        """Return what is known of somebody; None where nobody has this NIP."""
        person_id = self._ids.get(nip)
        if person_id is None:
            return None
        return Person(self, nip, person_id, self._names[nip])

    def office(self, person_id: int, day: date) -> str | None:
        """Return where somebody serves on a day; should two assignments hold, by the later."""
        rows = self._served[person_id]
        held = [
            one.office for one in rows if one.valid_from <= day <= (one.valid_until or date.max)
        ]
        return held[-1] if held else None

    def plans(self, office: str, day: date) -> Plans:
        """Return what a day asks of those of an office. Raises StoreError."""
        if (office, day) not in self._plans:
            ids = [one for one in self._ids.values() if self.office(one, day) == office]
            serving = select(people.c.id).where(people.c.id.in_(ids))
            self._plans[office, day] = find_plans(
                self.connection, office=office, day=day, serving=serving
            )
        return self._plans[office, day]

    def is_confirmed(self, year: int) -> bool:
        return year in self._confirmed

    def kind(self, person_id: int, day: date) -> str:
        kinds = kinds_of(self._kinds[person_id], self._later.get(person_id, ()))
        return kind_on(kinds, day)

    @cached_property
    def _later(self) -> dict[int, list[tuple[date, str]]]:
        return find_later(self.connection)

    def judged_since(self, person_id: int) -> date | None:
        found: date | None = self.connection.scalar(
            select(func.min(days.c.day)).where(days.c.person_id == person_id)
        )
        return found

    def touches(self, nip: str, person_id: int, first: date, last: date) -> list[datetime]:
        """Return believed touches between two days, in order: of terminals, and those added."""
        # two questions, each with an index: in one, every punch of these days would be looked at
        within = punches.c.local_day.between(first, last) & punches.c.doubt.is_(None)
        here = or_(
            user_ids.c.terminal_id == terminals.c.id, user_ids.c.office == terminals.c.office
        )
        mapped = self.connection.scalars(
            select(punches.c.local_time)
            .join(terminals, terminals.c.id == punches.c.terminal_id)
            .join(user_ids, (user_ids.c.user_id == punches.c.user_id) & here)
            .where(
                user_ids.c.person_id == person_id,
                valid_on(user_ids, punches.c.local_day),
                within,
            )
        ).all()
        by_nip = self.connection.scalars(
            select(punches.c.local_time).where(
                punches.c.user_id == nip,
                func.length(punches.c.user_id) == literal_column("18"),  # as the index is worded
                within,
            )
        ).all()
        back = adjustments.alias("back")
        added = self.connection.scalars(
            select(adjustments.c.local_time).where(
                adjustments.c.kind == "touch",
                adjustments.c.nip == nip,
                adjustments.c.local_day.between(first, last),
                ~exists().where(back.c.withdraws == adjustments.c.id),
            )
        )
        return sorted({*mapped, *by_nip, *added})


class Person:
    """Answers what `excusing.doubts` asks of one of them."""

    def __init__(self, all_of: Concerned, nip: str, person_id: int, name: str) -> None:
        self.name = name
        self._all = all_of
        self._nip = nip
        self._id = person_id

    def office(self, day: date) -> str | None:
        return self._all.office(self._id, day)

    def serves(self, day: date) -> bool:
        return self.office(day) is not None

    def plan(self, day: date) -> Expected:
        office = self.office(day)
        if office is None:
            raise ValueError("a plan is asked of days on which the person serves")
        return self._all.plans(office, day).of(self._id)

    def touches(self, first: date, last: date) -> Sequence[datetime]:
        return self._all.touches(self._nip, self._id, first, last)

    def is_confirmed(self, year: int) -> bool:
        return self._all.is_confirmed(year)

    def kind(self, day: date) -> str:
        return self._all.kind(self._id, day)

    def judged_since(self) -> date | None:
        return self._all.judged_since(self._id)

    @property
    def appointed(self) -> date | None:
        return appointed(self._nip)
