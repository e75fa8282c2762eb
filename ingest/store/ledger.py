"""Whether the store is what the bridges signed: `verify` recomputes everything and names faults.

Two connections: one streams the store, piece by piece, a piece ahead of the work on it; the other
answers questions about single keys. Both only read.
"""

import hashlib
import logging
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, OperationalError

from ingest.ledger.keys import Key, faults_of, has_grounds
from ingest.ledger.report import Counts, Fault, Kind, Progress, Report, Stopped
from ingest.store.database import reading
from ingest.store.ledger_batch import Batches
from ingest.store.ledger_chains import Chains
from ingest.store.ledger_checkpoints import Named, compare, compare_kept
from ingest.store.ledger_days import Days
from ingest.store.ledger_lookup import Lookup
from ingest.store.ledger_punches import orphans, read_punches
from ingest.store.ledger_rows import Piece, Scope, pieces
from ingest.store.ledger_shape import faults_of_cells, faults_of_locks
from ingest.store.tables import archived_months, batches, bridge_keys, bridges, punches

__all__ = ["Counts", "Fault", "Kind", "Report", "verify"]

log = logging.getLogger(__name__)

_One = TypeVar("_One")
_STRANGE = (
    TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError,
)  # fmt: skip
"""What comes of values that are not what they are taken for."""


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
        with suppress(Stopped), legible(stream), legible(questions), _readable(report):
            for fault in faults_of_cells(questions):
                report.add(fault)
            _verify(report, scope, stream, questions, progress)
            compare_kept(report, questions, office, seals=seals)
            compare(report, questions, checkpoints, seals=seals)
            for fault in faults_of_locks(questions):
                report.add(fault)
    return report


@contextmanager
def legible(connection: Connection) -> Iterator[None]:
    """Let SQLite hand over text that is none as something else than what anybody signed."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.text_factory = lambda told: told.decode(errors="backslashreplace")
    try:
        yield
    finally:
        driver.text_factory = str


@contextmanager
def _readable(report: Report) -> Iterator[None]:
    """Whatever is in the store, somebody may have put it there: that is a fault, and no crash."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise
        _unreadable(report, error.orig)
    except _STRANGE as error:
        _unreadable(report, error)


def _unreadable(report: Report, error: object) -> None:
    log.debug("the ledger cannot be read on", exc_info=True)
    said = (str(error).splitlines() or [""])[0][:200]
    if report.found:
        report.note(f"beyond that nothing can be looked at ({said})")
        return
    report.add(
        Fault(
            Kind.ALTERED, f"the store holds what nothing here writes and nobody can read ({said})"
        )
    )


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
    _archives(report, questions)
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
    for key in keys:
        if not has_grounds(key):
            report.note(
                f"key {key.name} of bridge {key.bridge} came by no invitation and after no other: "
                "who put it in is not told"
            )


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


def _archives(report: Report, connection: Connection) -> None:
    """A month that was taken out is out as a whole; what is said to lie there is not proved."""
    months = archived_months.c
    for row in connection.execute(
        select(archived_months).where(months.returned_at.is_(None)).order_by(months.month)
    ):
        until = date(row.month.year + row.month.month // 12, row.month.month % 12 + 1, 1)
        here = connection.scalar(
            select(func.count()).where(
                punches.c.local_day >= row.month,
                punches.c.local_day < until,
                punches.c.batch_id <= row.last_batch,
            )
        )
        if here:
            report.add(
                Fault(
                    Kind.INSERTED,
                    f"the punches of {row.month:%Y-%m} are said to lie in an archive, and {here} "
                    "of them are here: either they or the archive were put in by hand",
                )
            )
        report.note(
            f"{row.rows} punches of {row.month:%Y-%m} are said to lie in {row.file} (SHA-256 "
            f"{row.sha256}); nothing of them is proved before it is attached again"
        )


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
        rows, _ = read_punches(report, connection, batch) or ((), ())
        orphans(report, rows, batch)
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
