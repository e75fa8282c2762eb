"""A centre to which bridges bring batches, signed and chained; what it stored is then looked at."""

import gzip
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from signed import OUTBOX, Chains, Signer
from sqlalchemy import Engine, text

from ingest.columns import read_batch
from ingest.ledger.report import Report
from ingest.store import bridges
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
                connection, outbox=batch.outbox, receipt=batch.after
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


@pytest.fixture
def centre(engine: Engine, bridge: Bridge) -> Centre:
    return Centre(engine)


@pytest.fixture
def touches(punch: Callable[..., Punch]) -> Callable[..., list[Punch]]:
    """Make punches of some users, a minute apart, each with raw bytes of its own."""

    def make(*users: int, terminal: str = "S1", hour: int = 7, **other: Any) -> list[Punch]:
        return [
            punch(
                str(user),
                datetime(2026, 3, 2, hour, user % 60),
                terminal=terminal,
                raw=bytes([user % 256, hour, 7]) + terminal.encode(),
                **other,
            )
            for user in users
        ]

    return make


@pytest.fixture
def bad() -> Callable[..., BadRecord]:
    """Make a record that cannot be a punch."""

    def make(raw: bytes = b"\xff", **other: Any) -> BadRecord:
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

    return make
