"""The short way to know that the store holds a body: texts against texts, no row as a value.

The database gives the stored rows of a batch as the entries they must have been made of
(`ingest.wire.chain`), with the doubt behind them where there is one. If those are exactly the
entries of the body, nothing was changed, left out or put in. Anything else (rows that were known
before, tellings that contradict, rows refused, a fault) is for `ingest.ledger.rows`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.coverage import FIRST_SANE_YEAR
from ingest.ledger.bodies import Body, Rows
from ingest.wire import PUNCH

ROW_SEPARATOR, DOUBT_SEPARATOR = b"\x1e", b"\x1f"
_SANE_S = int((datetime(FIRST_SANE_YEAR, 1, 1) - datetime(1970, 1, 1)).total_seconds())


@dataclass(frozen=True, slots=True)
class Group:
    """The stored punches of a batch on one terminal."""

    terminal: int
    count: int
    entries: bytes
    """In any order, divided by ROW_SEPARATOR."""
    arrived: str | None
    """When all of them arrived, as `stamp` writes it; None where they differ in it, or where a
    local day or a part of a second is not what it must be."""


def stamp(at: datetime) -> str:
    """Return an instant as it is compared: UTC, to the microsecond."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def holds(
    body: Body,
    groups: Sequence[Group],
    terminals: Mapping[str, int],
    *,
    received_at: datetime,
    limit_s: int,
) -> bool:
    """Say whether the stored punches are those of a body of which nothing was refused.

    `terminals` are serials to ids. A no may still be right: then the rows have to be looked at.
    """
    try:
        wanted = _wanted(body.sets[PUNCH], terminals, limit_s)
    except TypeError:  # a row that cannot be read
        return False
    found = {group.terminal: group for group in groups}
    arrived = stamp(received_at)
    return found.keys() == wanted.keys() and all(
        _same(group, wanted[terminal], arrived) for terminal, group in found.items()
    )


def _wanted(
    rows: Rows, terminals: Mapping[str, int], limit_s: int
) -> dict[int | None, list[bytes]]:
    """Return the entries the store must hold by terminal; None is a terminal it does not know."""
    wanted: dict[int | None, list[bytes]] = {}
    entries, start = _with_doubts(rows, limit_s), 0
    for run in rows.runs:
        own = wanted.setdefault(terminals.get(run.terminal), [])
        own += entries[start : start + run.count]
        start += run.count
    return wanted


def _same(group: Group, told: list[bytes], arrived: str) -> bool:
    if group.arrived != arrived or group.count != len(told):
        return False
    stored = group.entries.split(ROW_SEPARATOR)
    wanted = set(told)
    # as many parts as rows: no row held the separator, so the parts are the rows
    return len(stored) == group.count == len(wanted) and set(stored) == wanted


def _with_doubts(rows: Rows, limit_s: int) -> list[bytes]:
    """Return the entries, with the doubt the store must hold behind those that have one."""
    _, local, occurred_at, *_, read_at, after, _ = rows.columns
    doubtful = _doubtful(local, occurred_at, read_at, after, limit_s)
    if not doubtful:
        return rows.entries
    entries = list(rows.entries)
    for place, why in doubtful.items():
        entries[place] += DOUBT_SEPARATOR + why
    return entries


def _doubtful(
    local: list[Any], occurred_at: list[Any], read_at: list[Any], after: list[Any], limit_s: int
) -> dict[int, bytes]:
    """Return the doubts by place, as `ingest.coverage.doubt` judges them."""
    found = {}
    for place, (wall, at, read, known) in enumerate(
        zip(local, occurred_at, read_at, after, strict=True)
    ):
        if wall < _SANE_S:
            found[place] = b"ancient"
        elif at > read + limit_s:
            found[place] = b"future"
        elif known is not None and at < known - limit_s:
            found[place] = b"outside"
    return found
