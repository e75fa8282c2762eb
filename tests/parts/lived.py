"""What a centre goes through, to be held against the same in another store."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from ledgered import AT, ZONE, Centre, add_office, touches, unreadable
from signed import Signer
from sqlalchemy import Connection, Engine, insert, text

from ingest.auth import identify, use_nonce
from ingest.days import Settings, close_days, evaluate_dirty
from ingest.store import bridges, coverage, tables
from ingest.store.bridges import Bridge
from ingest.store.chains import ChainForked
from ingest.store.database import reading, writing
from ingest.store.punches import knows_receipt
from ingest.wire import Coverage, Heartbeat

SETTINGS = Settings(ZONE, 300)


class Life:
    """What a centre goes through: the same in each store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.a, self.b = add_office(engine, "A", "S1", "a", "b")
        (self.other,) = add_office(engine, "B", "S2", "c")
        self.centre = Centre(engine)
        self.told: list[Any] = []
        with writing(engine) as connection:
            connection.execute(
                insert(tables.calendar_years), [{"year": 2026, "seeded_at": AT, "confirmed_at": AT}]
            )
            for number in range(1, 13):
                _employ(connection, number)

    def take(self, by: Bridge, *rows: Any, **other: Any) -> None:
        receipt = self.centre.bring(by, *rows, **other)
        self.told.append((receipt.accepted, receipt.parked, receipt.new))

    def intake(self) -> None:
        """Sound, unsound, doubtful, contradicting, replayed, refused and forked bodies."""
        first = touches(1, 2, 3, 4, 5)
        self.take(self.a, *first)
        self.take(self.a, *touches(6, 7), unreadable())
        self.take(
            self.a, *touches(8, after=int(AT.timestamp()) - 3_600), *touches(1, 2, terminal="NEW")
        )
        others = (replace(first[0], state=1), first[1], *touches(9))
        self.take(self.b, *others, *touches(3, terminal="NEW", hour=8), outbox="1" * 32)
        self.take(self.b, *first, *touches(1, terminal="NEW"), outbox="1" * 32)
        self.take(self.other, *touches(1, terminal="S2"), *touches(10), outbox="2" * 32)
        self.centre.chains.forget()
        with pytest.raises(ChainForked):
            self.centre.bring(self.a, *touches(11, 12, 13, 14, 15))
        self.beat()

    def beat(self) -> None:
        """A request with a nonce, a heartbeat and its coverage."""
        now, signer = self.centre.now, Signer("a")
        signed = signer.sign("/v2/heartbeat", b"", time=int(now.timestamp()), nonce="a" * 32)
        caller = identify(self.engine, signed, method="POST", path="/v2/heartbeat", now=now)
        until = int(now.timestamp())
        stretch = Coverage("S1", until - 90 * 3_600, until, 9, 9, 0, 0, until, "poll", "")
        beat = Heartbeat("0" * 32, None, until, "1", 0, 0, None, coverage=(stretch,))
        with writing(self.engine) as connection:
            use_nonce(connection, caller, now=now)
            bridges.heard(connection, caller.bridge, beat, now=now)
            assert not knows_receipt(connection, office="A", outbox="0" * 32, receipt="0" * 32)
            kept = coverage.save(
                connection, caller.bridge, beat.coverage, now, zone=ZONE, clock_limit_s=300
            )
        self.told.append(kept)

    def judge(self) -> None:
        now = AT + timedelta(hours=1)
        self.told.append(evaluate_dirty(self.engine, now=now, settings=SETTINGS))
        late = now + timedelta(days=1)
        self.told.append(close_days(self.engine, now=late, settings=SETTINGS, lookback_days=3))
        self.take(self.other, *touches(2, terminal="S2"), outbox="3" * 32)
        self.take(self.b, *touches(11, 12, hour=8), outbox="4" * 32)
        self.told.append(evaluate_dirty(self.engine, now=late, settings=SETTINGS))

    def night(self) -> None:
        self.told.append(self.centre.close_days())
        report = self.centre.verify(everything=True)
        self.told.append((report.faults, report.counts, report.notes))

    def contents(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Return every row but for what is random or is the moment of the run."""
        hidden = {
            "batches": "receipt body signature", "roots": "root made_at", "bridges": "health",
        }  # fmt: skip
        found = {}
        with reading(self.engine) as connection:
            for name in sorted(names):
                rows = connection.scalars(
                    text(f"SELECT to_jsonb(t) - CAST(:hidden AS text[]) FROM {name} t").bindparams(
                        hidden=hidden.get(name, "").split()
                    )
                )
                found[name] = sorted(map(repr, rows))
        return found


def _employ(connection: Connection, number: int) -> None:
    person = connection.scalar(
        insert(tables.people)
        .values(nip=f"198609262015051{number:03}", name=f"Pegawai {number}", kind="PNS")
        .returning(tables.people.c.id)
    )
    connection.execute(
        insert(tables.assignments).values(
            person_id=person, office="A", valid_from=date(2026, 1, 1), valid_until=None
        )
    )
    connection.execute(
        insert(tables.user_ids).values(
            office="A", user_id=str(number), person_id=person, valid_from=date(2026, 1, 1)
        )
    )
