"""Writes the evidence into a file that is verified without this store: `ingest.ledger_verify`.

Gzip, one JSON object a line, each with one name: `file`, then every key, then office by office its
batches by number with their bodies as they travelled, and its roots by day; `end` last, with what
must have come. Bytes are hexadecimal digits, bodies base64, moments UTC.
"""

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, select, true

from ingest.coverage import day_bounds
from ingest.errors import Refused
from ingest.ledger.keys import Key
from ingest.ledger.statements import moment_text
from ingest.store.database import reading
from ingest.store.ledger import legible, read_keys
from ingest.store.ledger_rows import StoredBatch, read_batches
from ingest.store.ledger_shape import faults_of_cells
from ingest.store.tables import batches, offices, roots

FORM = "hadir-ledger-1"
_AT_ONCE = 40

Line = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes into a file."""

    office: str | None = None
    since: date | None = None
    """First day; whole days are written, as their roots have them."""
    until: date | None = None
    """Last day."""


def export(engine: Engine, file: Path, wanted: Wanted, *, zone: ZoneInfo, now: datetime) -> int:
    """Write a new file and return how many batches are in it. Raises FileExistsError, and Refused
    where the store holds what no bridge sent: `verify` names it."""
    with reading(engine) as connection, legible(connection):
        wrong = next(faults_of_cells(connection), None)
        if wrong is not None:
            raise Refused(
                f"the ledger cannot be exported: {wrong}; hadir-ingest ledger verify tells more"
            )
        return _export(connection, file, wanted, zone=zone, now=now)


def _export(
    connection: Connection, file: Path, wanted: Wanted, *, zone: ZoneInfo, now: datetime
) -> int:
    with file.open("xb") as raw:
        try:
            # no name and no time in its head: the same evidence is the same file
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                return _write(packed, lines(connection, wanted, zone=zone, now=now))
        except BaseException:
            file.unlink(missing_ok=True)  # half a file would be taken for evidence tampered with
            raise


def _write(packed: gzip.GzipFile, found: Iterator[Line]) -> int:
    counts = {"key": 0, "batch": 0, "root": 0}
    for name, value in found:
        if name in counts:
            counts[name] += 1
        packed.write(_line(name, value))
    packed.write(_line("end", counts))
    return counts["batch"]


def _line(name: str, value: dict[str, Any]) -> bytes:
    return json.dumps({name: value}, separators=(",", ":")).encode() + b"\n"


def lines(
    connection: Connection, wanted: Wanted, *, zone: ZoneInfo, now: datetime
) -> Iterator[Line]:
    """Yield everything but the end."""
    yield (
        "file",
        {
            "form": FORM,
            "made_at": moment_text(now),
            "office": wanted.office,
            "since": wanted.since and wanted.since.isoformat(),
            "until": wanted.until and wanted.until.isoformat(),
        },
    )
    for key in read_keys(connection, wanted.office):
        yield "key", _key(key)
    query = select(offices.c.code, offices.c.name).order_by(offices.c.code)
    if wanted.office is not None:
        query = query.where(offices.c.code == wanted.office)
    for code, name in connection.execute(query).all():
        yield "office", {"code": code, "name": name}
        yield from _office(connection, code, wanted, zone)


def _office(connection: Connection, office: str, wanted: Wanted, zone: ZoneInfo) -> Iterator[Line]:
    condition: ColumnElement[bool] = batches.c.office == office
    days: ColumnElement[bool] = roots.c.office == office
    if wanted.since is not None:
        before = wanted.since - timedelta(days=1)
        condition &= batches.c.received_at >= _end_of(connection, office, before, zone)
        days &= roots.c.day >= wanted.since
    if wanted.until is not None:
        condition &= batches.c.received_at < _end_of(connection, office, wanted.until, zone)
        days &= roots.c.day <= wanted.until
    done = 0
    while ids := connection.scalars(
        select(batches.c.id)
        .where(condition, batches.c.id > done if done else true())
        .order_by(batches.c.id)
        .limit(_AT_ONCE)
    ).all():
        for batch in read_batches(connection, ids):
            yield "batch", _batch(batch)
        done = ids[-1]
    for row in connection.execute(select(roots).where(days).order_by(roots.c.day)):
        yield (
            "root",
            {
                "office": row.office,
                "day": row.day.isoformat(),
                "until": moment_text(row.until),
                "batches": row.batches,
                "rows": row.rows,
                "first_batch": row.first_batch,
                "last_batch": row.last_batch,
                "root": row.root.hex(),
                "previous": row.previous.hex(),
            },
        )


def _end_of(connection: Connection, office: str, day: date, zone: ZoneInfo) -> datetime:
    """Return when a day of an office ended: as its root has it, or as the calendar has it."""
    kept: datetime | None = connection.scalar(
        select(roots.c.until).where(roots.c.office == office, roots.c.day == day)
    )
    return kept or day_bounds(day, zone)[1]


def _key(key: Key) -> dict[str, Any]:
    return {
        "key_id": key.name,
        "bridge": key.bridge,
        "public_key": key.public.hex(),
        "enrolled_at": moment_text(key.enrolled_at),
        "retired_at": key.retired_at and moment_text(key.retired_at),
        "grounds": key.grounds,
    }


def _batch(batch: StoredBatch) -> dict[str, Any]:
    return {
        "number": batch.id,
        "office": batch.office,
        "bridge": batch.bridge,
        "outbox": batch.outbox,
        "receipt": batch.receipt,
        "received_at": moment_text(batch.received_at),
        "sent": batch.sent,
        "key": batch.key_id,
        "signed_at": batch.signed_at,
        "nonce": batch.nonce,
        "signature": batch.signature and batch.signature.hex(),
        "clock_limit_s": batch.clock_limit_s,
        "refused": batch.refused,
        "body": batch.body and base64.b64encode(batch.body).decode(),
    }
