"""The chains over all batches: runs that agree where they meet, and no height between them unheard.

The runs beside each body were held against it before; here they are only laid side by side, in the
order in which the table keeps them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Row, and_, func, select

from ingest.ledger.bodies import Body, BodyFault, open_body
from ingest.ledger.report import Fault, Kind, Report
from ingest.ledger.spans import Chain, Span, without
from ingest.store.ledger_batch import ChainKey
from ingest.store.ledger_batch import Span as Heights
from ingest.store.ledger_rows import Scope
from ingest.store.tables import batches, chains, runs, terminals
from ingest.wire import genesis

_NAMES = {"p": "punches", "b": "bad records"}


@dataclass(frozen=True, slots=True)
class _Of:
    """Whose chain it is."""

    id: int
    outbox: str
    serial: str
    kind: str


class Chains:
    """Goes through all chains of a scope. `connection` answers questions beside the stream."""

    def __init__(
        self,
        report: Report,
        connection: Connection,
        scope: Scope,
        refused: Mapping[ChainKey, list[Heights]],
    ) -> None:
        self._report = report
        self._connection = connection
        self._scope = scope
        self._refused = refused
        self._body = lru_cache(maxsize=4)(self._open)
        self._ended = _ended_outboxes(connection)

    def check(self, stream: Connection) -> None:
        """Look at every chain. Raises Stopped at a fault, unless all are wanted."""
        of, chain = None, None
        for row in self._runs(stream):
            if of is None or of.id != row.chain_id:
                self._close(of, chain)
                of = _Of(row.chain_id, row.outbox, row.serial, row.kind)
                chain = self._begin(of, row)
            assert chain is not None  # noqa: S101 - for mypy: begun with `of`
            span = Span(row.first, row.last, row.before, row.after, row.batch_id)
            for meeting in chain.add(span):
                self._fork(of, meeting.height, meeting.batch, meeting.other)
        self._close(of, chain)

    def _runs(self, stream: Connection) -> Iterator[Row[tuple[object, ...]]]:
        query = (
            select(
                runs.c.chain_id, runs.c.first, runs.c.last, runs.c.before, runs.c.after,
                runs.c.batch_id, chains.c.outbox, chains.c.kind, terminals.c.serial,
            )
            .join(
                chains,
                and_(chains.c.id == runs.c.chain_id, chains.c.terminal_id == runs.c.terminal_id),
            )
            .join(terminals, terminals.c.id == chains.c.terminal_id)
            .order_by(runs.c.chain_id, runs.c.last, runs.c.batch_id)
        )  # fmt: skip
        if not self._scope.whole:
            wanted = select(batches.c.id).where(self._scope.condition())
            query = query.where(runs.c.batch_id.in_(wanted))
        return iter(stream.execute(query.execution_options(yield_per=2_000)))

    def _begin(self, of: _Of, row: Row[tuple[object, ...]]) -> Chain:
        self._report.counts.chains += 1
        first: int = row.first
        begin = genesis(of.kind, of.outbox, of.serial)
        start = 0
        if self._scope.since is not None and first > 1:
            start = first - 1
            self._before(of, row)
        return Chain(begin, lambda span, height: self._link(of, span, height), start=start)

    def _before(self, of: _Of, row: Row[tuple[object, ...]]) -> None:
        """Compare the first run looked at with the one it follows, which is older."""
        after = self._connection.scalar(
            select(runs.c.after)
            .where(runs.c.chain_id == of.id, runs.c.last == row.first - 1)
            .limit(1)
        )
        if after is not None and after != row.before:
            self._fork(of, row.first - 1, row.batch_id, 0)

    def _close(self, of: _Of | None, chain: Chain | None) -> None:
        if of is None or chain is None:
            return
        gaps = chain.gaps()
        for first, last in self._refused.get((of.outbox, of.serial, of.kind), ()):
            gaps = [left for gap in gaps for left in without(gap, _heights(first, last))]
        for first, last in gaps:
            self._gap(of, first, last)

    def _gap(self, of: _Of, first: int, last: int) -> None:
        rows = (
            f"heights {first} to {last} of the {_NAMES[of.kind]} of terminal {of.serial} "
            f"(outbox {of.outbox})"
        )
        if of.outbox in self._ended:
            self._report.note(
                f"{rows} never came; the bridge has begun anew since, and what was waiting came "
                "under its new name"
            )
            return
        self._report.add(
            Fault(
                Kind.GAP,
                f"{rows} are in no body, and later ones are: either they were taken out, or the "
                "bridge keeps them (hadir-bridge outbox --parked)",
                terminal=of.serial,
                height=first,
            )
        )

    def _fork(self, of: _Of, height: int, batch: int, other: int) -> None:
        beside = f"in batch {other}" if other else "from what it has to follow"
        self._report.add(
            Fault(
                Kind.CHAIN,
                f"height {height} of the {_NAMES[of.kind]} of terminal {of.serial} has another "
                f"past in batch {batch} than {beside}: rows were changed, put in, moved or taken "
                "out there",
                batch=batch,
                terminal=of.serial,
                height=height,
            )
        )

    def _link(self, of: _Of, span: Span, height: int) -> bytes | None:
        """Return the link at a height inside a run, recomputed from its body."""
        body = self._body(span.batch)
        if body is None:
            return None
        rows, start = body.sets[of.kind], 0
        for run in rows.runs:
            if (run.terminal, run.first, run.last) == (of.serial, span.first, span.last):
                return rows.links[start + height - run.first]
            start += run.count
        return None

    def _open(self, batch: int) -> Body | None:
        travelled = self._connection.scalar(select(batches.c.body).where(batches.c.id == batch))
        try:
            return None if travelled is None else open_body(travelled)
        except BodyFault:
            return None  # named when the batch itself was looked at


def _heights(first: int, last: int) -> Span:
    return Span(first, last, b"", b"", 0)


def _ended_outboxes(connection: Connection) -> frozenset[str]:
    """Return the outboxes after which their bridge began another."""
    last = func.max(batches.c.id)
    query = select(batches.c.bridge_id, batches.c.outbox).group_by(
        batches.c.bridge_id, batches.c.outbox
    )
    newest: dict[int, str] = {}
    ended: set[str] = set()
    for bridge, outbox in connection.execute(query.order_by(last)):
        if bridge in newest:
            ended.add(newest[bridge])
        newest[bridge] = outbox
    return frozenset(ended - set(newest.values()))
