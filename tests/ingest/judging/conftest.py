"""An office to judge: people, terminals, punches and coverage, written straight into the store."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from ingest.coverage import doubt
from ingest.days import Explanation, PersonDay, Settings, evaluate, explain
from ingest.store import tables
from ingest.wire import Punch

ZONE = ZoneInfo("Asia/Makassar")
TUESDAY = date(2026, 3, 3)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Scene:
    """Writes facts. Times are texts: `07:25` is on TUESDAY, `2026-03-02 07:25` is itself."""

    office = "4.01.01"
    day = TUESDAY
    settings = Settings(ZONE, 300)
    now = datetime(2026, 3, 4, 8, 0, tzinfo=ZONE)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._people = 0
        self.add(tables.offices, code=self.office, name="Dinas Contoh", scheme="5-hari")
        self.add(tables.calendar_years, year=2026, seeded_at=EPOCH, confirmed_at=EPOCH)
        self.bridge = self.add_bridge(self.office)
        self._batch = self.add(
            tables.batches,
            bridge_id=self.bridge,
            office=self.office,
            outbox="0" * 32,
            receipt="1" * 32,
            received_at=EPOCH,
            sent=0,
        )

    def restart(self) -> None:
        """Count people from one again, after the test took its own back."""
        self._people = 0

    def add(self, table: object, **values: object) -> int:
        result = self.connection.execute(insert(table).values(**values))  # type: ignore[arg-type]  # any of our tables
        key = result.inserted_primary_key
        return key[0] if key is not None and isinstance(key[0], int) else 0

    def add_office(self, code: str) -> str:
        self.add(tables.offices, code=code, name=f"Kantor {code}", scheme="5-hari")
        return code

    def add_bridge(self, office: str) -> int:
        return self.add(
            tables.bridges,
            office=office,
            name="pc",
            created_at=EPOCH,
        )

    def at(self, clock: str) -> datetime:
        return self.local(clock).replace(tzinfo=ZONE)

    def local(self, clock: str) -> datetime:
        if len(clock) <= 8:
            return datetime.combine(self.day, time.fromisoformat(clock))
        return datetime.fromisoformat(clock)

    def terminal(
        self,
        serial: str = "T1",
        *,
        office: str | None = None,
        registered: bool = True,
        counts_from: date | None = date(2026, 1, 1),
        counts_until: date | None = None,
        read_until: str | None = "2026-03-04 07:00",
        read_since: str = "2026-01-05 07:00",
    ) -> int:
        terminal_id = self.add(
            tables.terminals,
            serial=serial,
            name=f"pintu-{serial}",
            office=office or self.office,
            registered=registered,
            counts_from=counts_from if registered else None,
            counts_until=counts_until,
            first_seen_at=EPOCH,
        )
        if read_until is not None:
            self.covered(terminal_id, read_since, read_until)
        return terminal_id

    def covered(
        self,
        terminal_id: int,
        since: str,
        until: str,
        *,
        parked: int = 0,
        source: str = "poll",
        note: str = "",
    ) -> None:
        self.add(
            tables.coverage,
            terminal_id=terminal_id,
            bridge_id=self.bridge,
            since=self.at(since),
            until=self.at(until),
            on_terminal=10,
            taken=10,
            parked=parked,
            clock_offset_s=0,
            read_at=self.at(until),
            received_at=self.at(until),
            source=source,
            note=note,
        )

    def person(
        self,
        name: str = "Ani",
        user_id: str | None = None,
        terminal_id: int | None = None,
        *,
        office: str | None = None,
        since: date = date(2026, 1, 1),
        until: date | None = None,
    ) -> int:
        """Add somebody who serves here; with a user id also the mapping, office-wide or not."""
        self._people += 1
        person_id = self.add(tables.people, nip=self.nip(self._people), name=name, kind="PNS")
        self.serve(person_id, office or self.office, since, until)
        if user_id is not None:
            self.map(user_id, person_id, terminal_id, office=office)
        return person_id

    def serve(self, person_id: int, office: str, since: date, until: date | None = None) -> None:
        self.add(
            tables.assignments,
            person_id=person_id,
            office=office,
            valid_from=since,
            valid_until=until,
        )

    def nip(self, number: int) -> str:
        return f"198609262015051{number:03}"

    def nip_of(self, person_id: int) -> str:
        query = select(tables.people.c.nip).where(tables.people.c.id == person_id)
        return str(self.connection.scalar(query))

    def map(
        self,
        user_id: str,
        person_id: int | None,
        terminal_id: int | None = None,
        *,
        office: str | None = None,
        since: date = date(2026, 1, 1),
        until: date | None = None,
    ) -> None:
        self.add(
            tables.user_ids,
            terminal_id=terminal_id,
            office=None if terminal_id is not None else office or self.office,
            user_id=user_id,
            person_id=person_id,
            valid_from=since,
            valid_until=until,
        )

    def punch(
        self,
        terminal_id: int,
        user_id: str,
        *times: str,
        after: str | None = None,
        read_at: str | None = None,
    ) -> None:
        """Add punches; where it is not said when they were read, it was a minute later."""
        for one in times:
            local = self.local(one)
            at = local.replace(tzinfo=ZONE)
            read = self.at(read_at) if read_at else at + timedelta(minutes=1)
            after_at = self.at(after) if after else None
            self.add(
                tables.punches,
                terminal_id=terminal_id,
                user_id=user_id,
                local_time=local,
                local_day=local.date(),
                occurred_at=at,
                state=0,
                verify=1,
                work_code="",
                source="poll",
                clock_offset_s=0,
                read_at=read,
                after_at=after_at,
                received_at=read,
                batch_id=self._batch,
                doubt=doubt(_punch(local, after_at, read), self.settings.clock_limit_s),
                raw=b"",
            )

    def bad_record(
        self,
        terminal_id: int,
        user_id: str = "",
        *,
        kind: str = "date",
        near_from: str | None = None,
        near_until: str | None = None,
        read_at: str = "17:00",
    ) -> None:
        name = f"{terminal_id} {user_id} {near_from} {near_until} {read_at}"
        self.add(
            tables.bad_records,
            id=hashlib.sha256(name.encode()).hexdigest()[:32],
            terminal_id=terminal_id,
            kind=kind,
            reason="no such date",
            user_id=user_id,
            near_from=None if near_from is None else self.local(near_from),
            near_until=None if near_until is None else self.local(near_until),
            source="poll",
            read_at=self.at(read_at),
            received_at=self.at(read_at),
            batch_id=self._batch,
            raw=b"",
        )

    def clock(self, terminal_id: int, day: date, offset_s: int) -> None:
        self.add(tables.clock_days, terminal_id=terminal_id, day=day, worst_offset_s=offset_s)

    def free(self, day: date, name: str, category: str, office: str | None = None) -> None:
        self.add(tables.holidays, day=day, name=name, category=category, office=office)

    def heard(self, at: str, serial: str, error: str, *, parked: int = 0) -> None:
        self.connection.execute(
            update(tables.bridges)
            .where(tables.bridges.c.id == self.bridge)
            .values(
                last_seen_at=self.at(at),
                health={
                    "parked": parked,
                    "terminals": [{"serial": serial, "last_error": error}],
                },
            )
        )

    def mark_user(self, terminal_id: int, user_id: str, day: date) -> None:
        self.add(tables.dirty_punches, terminal_id=terminal_id, user_id=user_id, local_day=day)

    def evaluate(
        self, *, day: date | None = None, office: str | None = None, now: datetime | None = None
    ) -> dict[int, PersonDay]:
        found = evaluate(
            self.connection,
            office=office or self.office,
            day=day or self.day,
            now=now or self.now,
            settings=self.settings,
        )
        return {one.person_id: one for one in found}

    def explain(self, person_id: int, *, day: date | None = None) -> Explanation:
        return explain(
            self.connection,
            self.nip_of(person_id),
            day or self.day,
            now=self.now,
            settings=self.settings,
        )

    def commit(self) -> None:
        self.connection.commit()


def _punch(local: datetime, after: datetime | None, read: datetime) -> Punch:
    return Punch(
        id="0" * 32,
        terminal="T1",
        user_id="1",
        local_time=local,
        occurred_at=round(local.replace(tzinfo=ZONE).timestamp()),
        state=None,
        verify=None,
        work_code="",
        source="poll",
        clock_offset_s=None,
        read_at=round(read.timestamp()),
        after=None if after is None else round(after.timestamp()),
        raw=b"",
    )


@pytest.fixture
def scene(kept_engine: Engine) -> Iterator[Scene]:
    """An office on TUESDAY, judged on Wednesday at eight, on both databases."""
    with kept_engine.connect() as connection:
        yield Scene(connection)
        connection.rollback()


@pytest.fixture
def committed_scene(engine: Engine) -> Iterator[Scene]:
    """The same in a store of its own, to be committed by the test, which then uses the engine."""
    with engine.connect() as connection:
        yield Scene(connection)
