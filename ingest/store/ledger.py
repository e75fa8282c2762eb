"""Whether the store is what the bridges signed: `verify` recomputes everything and names faults.

Two connections: one streams the store, piece by piece, a piece ahead of the work on it; the other
answers questions about single keys. Both only read.
"""

import hashlib
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select

from ingest.ledger.keys import Key, faults_of
from ingest.ledger.report import Counts, Fault, Kind, Progress, Report, Stopped
from ingest.store.database import reading
from ingest.store.ledger_batch import Batches
from ingest.store.ledger_chains import Chains
from ingest.store.ledger_checkpoints import Named, compare
from ingest.store.ledger_days import Days
from ingest.store.ledger_lookup import Lookup
from ingest.store.ledger_punches import orphans
from ingest.store.ledger_rows import Piece, Scope, pieces, punch_rows
from ingest.store.tables import batches, bridge_keys, bridges

__all__ = ["Counts", "Fault", "Kind", "Report", "verify"]

_One = TypeVar("_One")


def verify(
    engine: Engine,
    *,
    office: str | None = None,
    since: datetime | None = None,
    everything: bool = False,
    checkpoints: Sequence[Named] = (),
    seals: Collection[str] = (),
    progress: Progress = lambda _counts: None,
) -> Report:
    """Recompute the ledger and return what was found; `Report.sound` says whether all is well.

    Of one `office` only what its bridges brought is looked at; of what arrived before `since`,
    only what later rows rest on. `checkpoints` are held against the store; `seals` are the
    fingerprints they may bear, any where none is given. It ends at the first fault unless
    `everything` is wanted; `progress` is called after each piece. Raises StoreUnavailable.
    """
    report = Report(everything=everything)
    scope = Scope(office, since)
    with reading(engine) as stream, reading(engine) as questions:
        _begin(stream)
        with suppress(Stopped):
            _verify(report, scope, stream, questions, progress)
            compare(report, questions, checkpoints, seals=seals)
    return report


def _begin(stream: Connection) -> None:
    """Take the state of the store that is streamed, before any answer, so that none is older."""
    stream.execute(select(func.max(batches.c.id)))
    if stream.dialect.name == "postgresql":
        # the rows of a piece are put together in memory, and no statement is worth compiling
        for name, value in (("work_mem", "64MB"), ("jit", "off")):
            stream.execute(select(func.set_config(name, value, True)))


def _verify(
    report: Report, scope: Scope, stream: Connection, questions: Connection, progress: Progress
) -> None:
    keys = read_keys(questions, scope.office)
    report.counts.keys = len(keys)
    for fault in faults_of(keys):
        report.add(fault)
    _repeated(report, questions)
    lookup = Lookup(questions)
    checked = Batches(report, {key.id: key for key in keys}, lookup)
    days = Days(report, questions, scope)
    with closing(_ahead(pieces(stream, scope))) as found:
        for piece in found:
            for batch in piece.batches:
                digest = None if batch.body is None else hashlib.sha256(batch.body).digest()
                days.add(batch, digest)
                checked.check(batch, piece)
            _orphans(report, questions, piece, scope)
            progress(report.counts)
    Chains(report, questions, scope, checked.refused).check(stream)
    days.close()


def read_keys(connection: Connection, office: str | None) -> list[Key]:
    """Return every key that was ever a bridge's, of one office or of all."""
    query = (
        select(
            bridge_keys.c.id, bridge_keys.c.bridge_id, bridge_keys.c.key_id,
            bridge_keys.c.public_key, bridge_keys.c.enrolled_at, bridge_keys.c.retired_at,
            bridge_keys.c.grounds,
        )
        .join(bridges, bridges.c.id == bridge_keys.c.bridge_id)
        .order_by(bridge_keys.c.id)
    )  # fmt: skip
    if office is not None:
        query = query.where(bridges.c.office == office)
    return [Key(*row) for row in connection.execute(query)]


def _repeated(report: Report, connection: Connection) -> None:
    """A signed request is taken once: its nonce stands in one batch."""
    query = (
        select(batches.c.nonce, func.min(batches.c.id), func.max(batches.c.id))
        .where(batches.c.nonce.is_not(None))
        .group_by(batches.c.key_id, batches.c.nonce)
        .having(func.count() > 1)
    )
    for nonce, first, last in connection.execute(query):
        report.add(
            Fault(
                Kind.REPEATED,
                f"batches {first} and {last} are the same signed request (nonce {nonce}): one of "
                "them was put in by hand",
                batch=last,
            )
        )


def _orphans(report: Report, connection: Connection, piece: Piece, scope: Scope) -> None:
    """Name what is stored under the number of no batch."""
    if not scope.whole:
        return
    known = {batch.id for batch in piece.batches}
    for batch in sorted(piece.groups.keys() - known):
        orphans(report, punch_rows(connection, batch), batch)
    for batch in sorted((piece.runs.keys() | piece.bad.keys() | piece.others.keys()) - known):
        report.add(
            Fault(
                Kind.INSERTED,
                f"runs, bad records or contradictions are said to be of batch {batch}, which does "
                "not exist",
                batch=batch,
            )
        )


def _ahead(source: Iterator[_One]) -> Generator[_One]:
    """Yield what a source yields, which meanwhile is at work on the next in a thread."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, source, None)
        while (here := coming.result()) is not None:
            coming = thread.submit(next, source, None)
            yield here
