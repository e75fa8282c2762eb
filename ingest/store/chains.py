"""The chains of the outboxes, as far as they have come: what comes later has to agree with it.

A bridge whose outbox file was set back to an older copy gives heights away a second time, to other
rows. That is a fork: nothing of such a body is taken, and the bridge begins new chains.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.errors import IngestError
from ingest.ledger.bodies import open_body
from ingest.store.tables import batches, chains, runs
from ingest.wire import Run, genesis

# What every batch asks is made once: to build a statement takes longer than to run it.
_CHAINS = select(chains.c.terminal_id, chains.c.id).where(
    chains.c.outbox == bindparam("outbox"),
    chains.c.kind == bindparam("kind"),
    chains.c.terminal_id.in_(bindparam("terminals", expanding=True)),
)
_OVERLAPPING = select(runs.c.batch_id, runs.c.last, runs.c.after).where(
    runs.c.terminal_id == bindparam("terminal"),
    runs.c.chain_id == bindparam("chain"),
    runs.c.last >= bindparam("before"),
    runs.c.first <= bindparam("until"),
)
_KEEP_RUN = insert(runs)


class ChainForked(IngestError):
    """A body contradicts what the store holds of the same chain."""


def keep_runs(
    connection: Connection,
    *,
    kind: str,
    outbox: str,
    batch_id: int,
    told: Sequence[Run],
    links: Sequence[bytes],
    terminals: dict[str, int],
) -> None:
    """Keep the runs of a body whose terminals may speak, after a look at what is known.

    `links` are those of the body's rows in the order of its runs. Raises ChainForked.
    """
    ids = _chain_ids(connection, kind, outbox, {one.terminal for one in told}, terminals)
    rows, start = [], 0
    for run in told:
        own = links[start : start + run.count]
        start += run.count
        if run.terminal not in ids:
            continue
        terminal = terminals[run.terminal]
        _compare(connection, ids[run.terminal], terminal, kind, outbox, run, own)
        rows.append(
            {
                "terminal_id": terminal,
                "chain_id": ids[run.terminal],
                "last": run.last,
                "batch_id": batch_id,
                "first": run.first,
                "before": run.before,
                "after": run.after,
            }
        )
    if rows:
        connection.execute(_KEEP_RUN, rows)


def _compare(
    connection: Connection,
    chain: int,
    terminal: int,
    kind: str,
    outbox: str,
    run: Run,
    links: Sequence[bytes],
) -> None:
    """Raise ChainForked if another link is known at one of the run's heights."""
    if run.first == 1 and run.before != genesis(kind, outbox, run.terminal):
        raise _forked(run, 0)
    asked = {"terminal": terminal, "chain": chain, "before": run.first - 1, "until": run.last}
    for batch_id, last, after in connection.execute(_OVERLAPPING, asked).all():
        if last > run.last:  # it ends behind ours: what it says of our heights is in its body
            height, known = run.last, _link_in(connection, batch_id, kind, run)
        else:
            height, known = last, after
        if known != (run.before if height < run.first else links[height - run.first]):
            raise _forked(run, height)


def _link_in(connection: Connection, batch_id: int, kind: str, run: Run) -> bytes | None:
    """Return the link that a stored body has for the last row of a run; None where it has none."""
    query = select(batches.c.body).where(batches.c.id == batch_id)
    stored = open_body(connection.execute(query).scalar_one()).sets[kind]
    start = 0
    for one in stored.runs:
        if one.terminal == run.terminal and one.first <= run.last <= one.last:
            return stored.links[start + run.last - one.first]
        start += one.count
    return None


def _forked(run: Run, height: int) -> ChainForked:
    return ChainForked(
        f"row {height} of the chain of terminal {run.terminal} is known here with another past; "
        "the outbox must have been restored from an older copy: begin a new chain"
    )


def _chain_ids(
    connection: Connection,
    kind: str,
    outbox: str,
    serials: Iterable[str],
    terminals: dict[str, int],
) -> dict[str, int]:
    """Return the chain of each terminal that may speak, made where it is new."""
    wanted = {serial: terminals[serial] for serial in sorted(serials) if serial in terminals}
    asked = {"outbox": outbox, "kind": kind, "terminals": sorted(wanted.values())}
    known = {row[0]: row[1] for row in connection.execute(_CHAINS, asked)}
    missing = [one for one in wanted.values() if one not in known]
    if missing:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(
            dialect.insert(chains).on_conflict_do_nothing(),
            [{"outbox": outbox, "terminal_id": one, "kind": kind} for one in missing],
        )
        known = {row[0]: row[1] for row in connection.execute(_CHAINS, asked)}
    return {serial: known[terminal] for serial, terminal in wanted.items()}
