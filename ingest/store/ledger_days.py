"""Recomputes the root of every day while the batches go by, and compares."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row

from ingest.ledger.report import Fault, Kind, Report
from ingest.ledger.statements import BatchStatement, first_previous
from ingest.store.ledger_roots import Day, Roots, read_roots
from ingest.store.ledger_rows import Scope, StoredBatch


class Days:
    """Takes batches in the order of their numbers; a day is as good as its last batch."""

    def __init__(self, report: Report, connection: Connection, scope: Scope) -> None:
        self._report = report
        self._connection = connection
        self._scope = scope
        self._roots = Roots(connection, scope.office)
        self._days: dict[tuple[str, datetime], Day] = {}
        self._open: dict[str, int] = {}
        """How many batches of an office are under no root yet."""

    def add(self, batch: StoredBatch, body_sha256: bytes | None) -> None:
        """Take a batch as it stands, whatever else is wrong with it."""
        until = self._roots.under(batch.office, batch.received_at)
        if until is None:
            self._open[batch.office] = self._open.get(batch.office, 0) + 1
            return
        day = self._days.setdefault((batch.office, until), Day())
        day.add(statement(batch, body_sha256))

    def close(self) -> None:
        """Compare every root. Raises Stopped."""
        before: Row[tuple[object, ...]] | None = None
        for row in read_roots(self._connection, self._scope.office):
            if before is not None and before.office != row.office:
                before = None
            for text in self._wrong(row, before):
                self._fault(row, text)
            before = row
        for office, count in sorted(self._open.items()):
            self._report.note(f"{count} batches of office {office} are under no root yet")

    def _wrong(
        self, row: Row[tuple[object, ...]], before: Row[tuple[object, ...]] | None
    ) -> Iterator[str]:
        if before is None:
            if row.previous != first_previous(row.office):
                yield "does not begin its office's roots: earlier ones were taken out"
        elif row.day != before.day + timedelta(days=1) or row.until <= before.until:
            yield f"does not follow that of {before.day}: roots were taken out or moved"
        elif row.previous != before.root:
            yield f"does not hold the root of {before.day}, which was changed since"
        since = self._scope.since
        if since is not None and (before is None or before.until < since):
            return  # not all of its batches were looked at
        self._report.counts.roots += 1
        day = self._days.get((row.office, row.until), Day())
        stated = day.stated(row.office, row.day, row.until, row.previous)
        held = (row.batches, row.rows, row.first_batch, row.last_batch)
        found = (day.batches, day.rows, day.first, day.last)
        if found != held:
            yield (
                f"is over {held[0]} batches with {held[1]} rows ({held[2]} to {held[3]}), and "
                f"{found[0]} with {found[1]} rows ({found[2]} to {found[3]}) stand in the store"
            )
        elif stated.root() != row.root:
            yield (
                "is not that of its batches: what the store says of one of them (arrival, receipt, "
                "signature, body, refusals) or the root was changed after the day"
            )

    def _fault(self, row: Row[tuple[object, ...]], text: str) -> None:
        self._report.add(Fault(Kind.ROOT, f"the root of office {row.office} for {row.day} {text}"))


def statement(batch: StoredBatch, body_sha256: bytes | None) -> BatchStatement:
    """Return what the centre states of a batch."""
    return BatchStatement(
        office=batch.office,
        bridge=batch.bridge,
        outbox=batch.outbox,
        number=batch.id,
        receipt=batch.receipt,
        received_at=batch.received_at,
        sent=batch.sent,
        key_id=batch.key_id,
        signed_at=batch.signed_at,
        nonce=batch.nonce,
        signature=batch.signature,
        body_sha256=body_sha256,
        clock_limit_s=batch.clock_limit_s,
        refused=batch.refused,
    )
