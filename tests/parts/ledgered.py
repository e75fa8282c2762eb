"""A centre to which bridges bring batches, signed and chained; what it stored is then looked at."""

import copy
import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from signed import OUTBOX, Chains, Signer
from sqlalchemy import Engine, insert, text

from ingest.columns import read_batch
from ingest.ledger.report import Report
from ingest.store import bridges, tables
from ingest.store.bridges import Bridge
from ingest.store.database import reading, writing
from ingest.store.ledger import verify
from ingest.store.ledger_roots import make_roots
from ingest.store.punches import Delivery, knows_receipt, save
from ingest.wire import (
    BadRecord,
    Batch,
    Punch,
    Receipt,
    Rotation,
    bad_record_id,
    encode_batch,
    encode_rotation,
    punch_id,
)

ZONE = ZoneInfo("Asia/Makassar")
AT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)


class Centre:
    """Takes batches as the API does; each comes a minute after the one before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = AT
        self.chains = Chains()
        self.after: dict[str, str] = {}
        self.signers: dict[int, Signer] = {}
        """Who signs for a bridge now; the fixtures' bridges sign as their name says."""
        self._nonce = 0

    def bring(
        self, by: Bridge, *rows: Punch | BadRecord, outbox: str = OUTBOX, limit_s: int = 300
    ) -> Receipt:
        """Bring rows in a new body."""
        batch = self.chains.batch(*rows, outbox=outbox, after=self.after.get(outbox))
        return self.send(by, batch, limit_s=limit_s)

    def send(self, by: Bridge, batch: Batch, *, limit_s: int = 300) -> Receipt:
        """Send a body, for the first time or again."""
        body = gzip.compress(encode_batch(batch), 1, mtime=0)
        return self.post(by, body, encode_batch(batch), limit_s=limit_s)

    def post(self, by: Bridge, body: bytes, written: bytes, *, limit_s: int = 300) -> Receipt:
        self.now += timedelta(minutes=1)
        self._nonce += 1
        signer = self.signers.get(by.id, Signer(by.name))
        signed = signer.sign(
            "/v2/punches", body, time=int(self.now.timestamp()), nonce=f"{self._nonce:032x}"
        )
        decoded = read_batch(written)
        batch = decoded.batch
        with reading(self.engine) as connection:
            key = bridges.find_key(connection, signer.key_id)
        assert key is not None
        assert key.retired_at is None
        with writing(self.engine) as connection:
            assert batch.after is None or knows_receipt(
                connection, office=by.office, outbox=batch.outbox, receipt=batch.after
            )
            receipt = save(
                connection,
                by,
                Delivery(decoded, body, key.id, signed),
                self.now,
                zone=ZONE,
                clock_limit_s=limit_s,
            )
        self.after[batch.outbox] = receipt.receipt
        return receipt

    def rotate(self, by: Bridge, name: str) -> None:
        """Let a bridge's key be followed by another, as `/v2/rotate` does."""
        old, new = self.signers.get(by.id, Signer(by.name)), Signer(name)
        body = encode_rotation(Rotation(new.public_key, new.prove(old.key_id)))
        self._nonce += 1
        signed = old.sign(
            "/v2/rotate", body, time=int(self.now.timestamp()), nonce=f"{self._nonce:032x}"
        )
        with writing(self.engine) as connection:
            bridges.add_key(
                connection,
                by.id,
                new.public_key,
                now=self.now,
                grounds={
                    "rotated_from": old.key_id,
                    "path": "/v2/rotate",
                    "time": signed.time,
                    "nonce": signed.nonce,
                    "signature": signed.signature.hex(),
                    "body_sha256": hashlib.sha256(body).hexdigest(),
                    "body": body.hex(),
                },
            )
        self.signers[by.id] = new

    def close_days(self, days: int = 1) -> int:
        """Let nights pass; return how many roots were made."""
        self.now += timedelta(days=days)
        return make_roots(self.engine, zone=ZONE, now=self.now)

    def verify(self, **wanted: Any) -> Report:
        return verify(self.engine, **wanted)

    def tamper(self, *statements: str, **values: Any) -> None:
        """Do what only the owner of the database can: every trigger and reference is off."""
        if self.engine.dialect.name == "postgresql":
            with writing(self.engine) as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                for statement in statements:
                    connection.execute(text(statement), values)
            return
        with self.engine.connect() as opened:
            connection = opened.execution_options(hadir_migrating=True)
            with connection.begin():
                triggers = connection.execute(
                    text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                ).all()
                for name, _ in triggers:
                    connection.execute(text(f"DROP TRIGGER {name}"))
                for statement in statements:
                    connection.execute(text(statement), values)
                for _, sql in triggers:
                    connection.exec_driver_sql(sql)


def touches(*users: int, terminal: str = "S1", hour: int = 7, **other: Any) -> list[Punch]:
    """Make punches of some users on the second of March, a minute apart, each with raw bytes of
    its own."""
    return [
        touch(
            str(user),
            datetime(2026, 3, 2, hour, user % 60),
            terminal=terminal,
            raw=bytes([user % 256, hour, 7]) + terminal.encode(),
            **other,
        )
        for user in users
    ]


def touch(user_id: str, local_time: datetime, *, terminal: str = "S1", **other: Any) -> Punch:
    """Make a punch in Makassar."""
    found: dict[str, Any] = {
        "state": 0, "verify": 1, "work_code": "", "source": "poll", "clock_offset_s": 0,
        "read_at": int(AT.timestamp()) - 60, "after": None, "raw": b"\x01\x02",
    }  # fmt: skip
    return Punch(
        id=punch_id(terminal, user_id, local_time),
        terminal=terminal,
        user_id=user_id,
        local_time=local_time,
        occurred_at=int(local_time.replace(tzinfo=UTC).timestamp()) - 8 * 3_600,
        **(found | other),
    )


def unreadable(raw: bytes = b"\xff", **other: Any) -> BadRecord:
    """Make a record that cannot be a punch."""
    found: dict[str, Any] = {
        "terminal": "S1",
        "kind": "date",
        "reason": "month 13",
        "user_id": "",
        "near_from": datetime(2026, 3, 1, 16, 0),
        "near_until": None,
        "source": "poll",
        "read_at": int(AT.timestamp()) - 60,
    } | other
    return BadRecord(id=bad_record_id(found["terminal"], raw), raw=raw, **found)


def add_office(engine: Engine, code: str, serial: str, *names: str) -> list[Bridge]:
    """Add an office with a registered terminal and bridges that sign as their names say."""
    with writing(engine) as connection:
        connection.execute(
            insert(tables.offices).values(code=code, name=f"Dinas {code}", scheme="5-hari")
        )
        connection.execute(
            insert(tables.terminals).values(
                serial=serial, name="front-door", office=code, registered=True,
                counts_from=date(2026, 2, 1), first_seen_at=AT,
            )
        )  # fmt: skip
        found = []
        for name in names:
            added = bridges.add(connection, office=code, name=name, now=AT)
            key = Signer(name).public_key
            bridges.add_key(connection, added.id, key, now=AT, grounds={"test": "by hand"})
            found.append(added)
        return found


class Told(Centre):
    """A day of two bridges with its root, and a morning after it; can be brought back to that."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.a, self.b = add_office(engine, "A", "S1", "a", "b")
        add_office(engine, "B", "S2")
        first = touches(1, 2, 3, 4, 5)
        self.bring(self.a, *first, unreadable())
        self.bring(self.a, *touches(6, 7, 8, after=1_772_300_000), *touches(1, 2, terminal="NEW"))
        again = (replace(first[0], state=1), first[1], *touches(9))
        self.bring(self.b, *again, outbox="1" * 32)
        assert self.close_days() == 1
        self.bring(self.a, *touches(11, 12))
        assert self.verify().faults == []
        with engine.begin() as connection:
            for table in _KEPT:
                connection.execute(text(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
        self._kept = copy.deepcopy((self.chains, self.after, self.signers, self.now))

    def bring_back(self) -> None:
        """Make the store what it was at first."""
        self.tamper(
            *(f"DELETE FROM {table}" for table in reversed(_KEPT)),
            *(f"INSERT INTO {table} SELECT * FROM kept_{table}" for table in _KEPT),
        )
        self.chains, self.after, self.signers, self.now = copy.deepcopy(self._kept)


_KEPT = (
    "terminals", "bridges", "bridge_keys", "batches", "chains", "runs", "roots", "archived_months",
    "punches", "contradictions", "bad_records", "dirty_punches", "dirty_offices", "clock_days",
)  # fmt: skip
