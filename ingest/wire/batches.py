"""The body of `POST /v2/punches`: rows in columns, grouped in runs of their terminals' chains.

    {"version": 2, "outbox": id, "after": receipt or null,
     "punches": {"runs": [[serial, first height, count, link before, link after], ...],
                 "user_id": [...], "local": [...], ...},
     "bad": {"runs": [...], "id": [...], ...}}

A row's terminal is that of its run. What is wrong with a body as a whole, or with a run, raises
WireError; what is wrong with one row is a text in its place, so that one bad row cannot hold up the
others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.wire import chain, checks
from ingest.wire.chain import BAD, BAD_COLUMNS, PUNCH, PUNCH_COLUMNS
from ingest.wire.forms import (
    MAX_ROWS,
    MAX_STATEMENTS,
    MAX_ZONE_S,
    VERSION,
    BadRecord,
    Batch,
    Punch,
    Run,
    WireError,
    punch_id,
    row_name,
)


@dataclass(frozen=True, slots=True)
class DecodedBatch:
    """A batch as far as it can be read."""

    batch: Batch
    """Its rows are those that can be read; its runs are all of them."""
    names: tuple[str, ...]
    """What the receipt calls each row of `batch`: its punches, then its bad records."""
    rejected: dict[str, str]
    """Name of a row that cannot be read to the reason."""
    rows: int
    """How many rows the body holds."""
    links: dict[str, tuple[bytes, ...]]
    """The link of each row of the body, by kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two sets of columns in a body."""

    letter: str
    key: str
    columns: tuple[str, ...]


PUNCHES = Kind(PUNCH, "punches", PUNCH_COLUMNS)
BAD_RECORDS = Kind(BAD, "bad", BAD_COLUMNS)


def encode_batch(batch: Batch) -> bytes:
    """Return the body of a batch, uncompressed."""
    return checks.dump(
        {
            "version": VERSION,
            "outbox": batch.outbox,
            "after": batch.after,
            "punches": _set(PUNCHES, batch.punch_runs, punch_columns(batch.punches)),
            "bad": _set(BAD_RECORDS, batch.bad_runs, bad_columns(batch.bad)),
        }
    )


def punch_columns(rows: Sequence[Punch]) -> list[list[Any]]:
    """Return punches in the columns of PUNCH_COLUMNS, as they travel and as they are chained."""
    return [
        [one.user_id for one in rows],
        [checks.wall_seconds(one.local_time) for one in rows],
        [one.occurred_at for one in rows],
        [one.state for one in rows],
        [one.verify for one in rows],
        [one.work_code for one in rows],
        [one.source for one in rows],
        [one.clock_offset_s for one in rows],
        [one.read_at for one in rows],
        [one.after for one in rows],
        [one.raw.hex() for one in rows],
    ]


def bad_columns(rows: Sequence[BadRecord]) -> list[list[Any]]:
    """Return bad records in the columns of BAD_COLUMNS."""
    return [
        [one.id for one in rows],
        [one.kind for one in rows],
        [one.reason for one in rows],
        [one.user_id for one in rows],
        [one.near_from and one.near_from.isoformat(timespec="seconds") for one in rows],
        [one.near_until and one.near_until.isoformat(timespec="seconds") for one in rows],
        [one.source for one in rows],
        [one.read_at for one in rows],
        [one.raw.hex() for one in rows],
    ]


def decode_batch(body: bytes) -> DecodedBatch:
    """Read the body of a batch and recompute its chains. Raises WireError."""
    return read_batch(checks.load(body))


def read_batch(found: dict[str, Any]) -> DecodedBatch:
    """Read a batch that is JSON already. Raises WireError."""
    rejected: dict[str, str] = {}
    punch_runs, punch_lists = read_set(found, PUNCHES)
    bad_runs, bad_lists = read_set(found, BAD_RECORDS)
    links = {
        PUNCH: check_links(PUNCH, punch_runs, chain.punch_entries(punch_lists)),
        BAD: check_links(BAD, bad_runs, chain.bad_entries(bad_lists)),
    }
    punches = _rows(PUNCHES, punch_runs, punch_lists, read_punch, rejected)
    bad = _rows(BAD_RECORDS, bad_runs, bad_lists, _read_bad, rejected)
    batch = Batch(
        outbox=checks.identity(found.get("outbox"), "outbox"),
        after=None if found.get("after") is None else checks.identity(found.get("after"), "after"),
        punches=tuple(punches.values()),
        bad=tuple(bad.values()),
        punch_runs=punch_runs,
        bad_runs=bad_runs,
    )
    rows = len(punch_lists[0]) + len(bad_lists[0])
    return DecodedBatch(batch, (*punches, *bad), rejected, rows, links)


def read_set(found: dict[str, Any], kind: Kind) -> tuple[tuple[Run, ...], list[list[Any]]]:
    """Return the runs and the columns of one set, whose lengths agree. Raises WireError."""
    columns = checks.objects(found.get(kind.key), kind.key)
    lists = [checks.lists(columns.get(name), f"{kind.key}.{name}") for name in kind.columns]
    count = len(lists[0])
    if any(len(one) != count for one in lists):
        raise WireError(f"{kind.key}: the columns differ in length")
    if count > MAX_ROWS:
        raise WireError(f"{kind.key}: {count} rows, at most {MAX_ROWS} are taken at once")
    runs = tuple(
        _run(one, kind.key) for one in checks.lists(columns.get("runs"), f"{kind.key}.runs")
    )
    if len(runs) > MAX_STATEMENTS:
        raise WireError(f"{kind.key}: {len(runs)} runs, at most {MAX_STATEMENTS} are taken at once")
    if sum(run.count for run in runs) != count:
        raise WireError(f"{kind.key}: the runs do not add up to the rows")
    return runs, lists


def check_links(kind: str, runs: Iterable[Run], entries: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the link of each row. Raises WireError where a run's last does not come out."""
    found: list[bytes] = []
    for run in runs:
        found += chain.extend(run.before, entries[len(found) : len(found) + run.count])
        if found[-1] != run.after:
            raise WireError(
                f"rows {run.first} to {run.last} of {run.terminal} ({kind}) do not fit their "
                "chain: one of them was changed after it was stored"
            )
    return tuple(found)


def read_punch(terminal: str, values: Sequence[Any]) -> Punch:
    """Return a punch from its terminal and values in the order of PUNCH_COLUMNS."""
    user_id, local, occurred_at, state, verify, work_code, source, *others = values
    offset_s, read_at, after, raw = others
    user_id = checks.word(user_id, "user_id", 64)
    local = checks.number(local, "local")
    local_time = checks.wall_clock(local)
    punch = Punch(
        id=punch_id(terminal, user_id, local_time),
        terminal=terminal,
        user_id=user_id,
        local_time=local_time,
        occurred_at=checks.number(occurred_at, "occurred_at"),
        state=checks.code(state, "state"),
        verify=checks.code(verify, "verify"),
        work_code=checks.text(work_code, "work_code", 32),
        source=checks.source(source),
        clock_offset_s=checks.maybe_number(offset_s, "clock_offset_s"),
        read_at=checks.number(read_at, "read_at"),
        after=checks.maybe_number(after, "after"),
        raw=checks.raw(raw),
    )
    if abs(local - punch.occurred_at) > MAX_ZONE_S:
        raise WireError("occurred_at and local are further apart than any time zone")
    return punch


def _read_bad(terminal: str, values: Sequence[Any]) -> BadRecord:
    row_id, kind, reason, user_id, near_from, near_until, source, read_at, raw = values
    return BadRecord(
        id=checks.identity(row_id, "id"),
        terminal=terminal,
        kind=checks.word(kind, "kind", 20),
        reason=checks.text(reason, "reason", 500),
        user_id=checks.text(user_id, "user_id", 64),
        near_from=None if near_from is None else checks.local_text(near_from, "near_from"),
        near_until=None if near_until is None else checks.local_text(near_until, "near_until"),
        source=checks.source(source),
        read_at=checks.number(read_at, "read_at"),
        raw=checks.raw(raw),
    )


def _rows(
    kind: Kind,
    runs: Iterable[Run],
    lists: list[list[Any]],
    read: Any,
    rejected: dict[str, str],
) -> dict[str, Any]:
    """Return what can be read, by its name, and put the rest into `rejected`."""
    terminals = (run.terminal for run in runs for _ in range(run.count))
    found = {}
    for index, (terminal, *values) in enumerate(zip(terminals, *lists, strict=True)):
        name = row_name(kind.letter, index)
        try:
            found[name] = read(terminal, values)
        except ValueError as error:
            rejected[name] = str(error)
    return found


def _run(found: Any, key: str) -> Run:
    values = checks.lists(found, f"{key}.runs")
    if len(values) != 5:
        raise WireError(f"{key}.runs: expected serial, first, count, before, after")
    terminal, first, count, before, after = values
    run = Run(
        terminal=checks.word(terminal, "terminal", 64),
        first=checks.number(first, "first"),
        count=checks.number(count, "count"),
        before=checks.link(before, "before"),
        after=checks.link(after, "after"),
    )
    if run.first < 1 or run.count < 1:
        raise WireError(f"{key}.runs: heights begin at 1, and no run is empty")
    return run


def _set(kind: Kind, runs: Iterable[Run], columns: list[list[Any]]) -> dict[str, Any]:
    told = [[run.terminal, run.first, run.count, run.before.hex(), run.after.hex()] for run in runs]
    return {"runs": told, **dict(zip(kind.columns, columns, strict=True))}
