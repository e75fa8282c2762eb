"""Checkpoints of offices: taken from the store, and held against it again years later."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from ingest.ledger.checkpoints import Checkpoint, NoCheckpoint, Sealed, fault, read_page
from ingest.ledger.report import Report
from ingest.ledger.statements import moment_text
from ingest.seal import Seal, fingerprint, verify
from ingest.store import audit
from ingest.store.tables import (
    batches,
    bridge_keys,
    bridges,
    chains,
    checkpoints,
    offices,
    roots,
    runs,
    terminals,
)
from ingest.store.tables import seals as seal_table

_Kept = Row[Any, Any, Any, Any]
"""Office, day, root and page."""
Named = tuple[str, Sealed]
"""A checkpoint and the name of the file it was read from."""


def take(connection: Connection, office: str, day: date | None = None) -> Checkpoint | None:
    """Return what pins an office down to a day, or to the last with a root; None without one."""
    query = (
        select(roots, offices.c.name)
        .join(offices, offices.c.code == roots.c.office)
        .where(roots.c.office == office)
        .order_by(roots.c.day.desc())
        .limit(1)
    )
    row = connection.execute(
        query if day is None else query.where(roots.c.day == day)
    ).one_or_none()
    if row is None:
        return None
    count, rows = connection.execute(
        select(func.sum(roots.c.batches), func.sum(roots.c.rows)).where(
            roots.c.office == office, roots.c.day <= row.day
        )
    ).one()
    last = audit.head(connection)
    return Checkpoint(
        office=office,
        name=row.name,
        day=row.day,
        until=moment_text(row.until),
        root=row.root.hex(),
        batches=int(count),
        rows=int(rows),
        chains=_heads(connection, office, row.until),
        keys=_keys(connection, office, row.until),
        audit=(last.number, last.digest.hex()),
        previous=_previous(connection, office, row.day),
    )


def _heads(
    connection: Connection, office: str, until: datetime
) -> tuple[tuple[str, str, str, int, str], ...]:
    """Return the newest row of each chain that an office's bridges had brought by a moment."""
    under = (
        select(runs.c.chain_id, func.max(runs.c.last).label("last"))
        .join(batches, batches.c.id == runs.c.batch_id)
        .where(batches.c.office == office, batches.c.received_at < until)
        .group_by(runs.c.chain_id)
        .subquery()
    )
    query = (
        select(chains.c.outbox, terminals.c.serial, chains.c.kind, runs.c.last, runs.c.after)
        .select_from(under)
        .join(runs, and_(runs.c.chain_id == under.c.chain_id, runs.c.last == under.c.last))
        .join(chains, chains.c.id == runs.c.chain_id)
        .join(terminals, terminals.c.id == chains.c.terminal_id)
        .distinct()
    )
    found = [(o, s, k, last, after.hex()) for o, s, k, last, after in connection.execute(query)]
    return tuple(sorted(found))


def _keys(connection: Connection, office: str, until: datetime) -> tuple[tuple[int, str], ...]:
    query = (
        select(bridge_keys.c.bridge_id, bridge_keys.c.key_id)
        .join(bridges, bridges.c.id == bridge_keys.c.bridge_id)
        .where(bridges.c.office == office, bridge_keys.c.enrolled_at < until)
        .order_by(bridge_keys.c.id)
    )
    return tuple((bridge, key) for bridge, key in connection.execute(query))


def _previous(connection: Connection, office: str, day: date) -> tuple[str, str] | None:
    row = connection.execute(
        select(checkpoints.c.day, checkpoints.c.root)
        .where(checkpoints.c.office == office, checkpoints.c.day < day)
        .order_by(checkpoints.c.day.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.day.isoformat(), row.root.hex())


def page(checkpoint: Checkpoint, seal: Seal) -> str:
    """Return a checkpoint as it is sent."""
    return checkpoint.page(
        seal=seal.fingerprint, public=seal.public, signature=seal.sign(checkpoint.message())
    )


def compare(
    report: Report, connection: Connection, named: Sequence[Named], *, seals: Collection[str]
) -> None:
    """Hold checkpoints against the store. `seals` are the fingerprints that are trusted; without
    one, any is. Raises Stopped."""
    for name, sealed in named:
        one = sealed.checkpoint
        report.counts.checkpoints += 1
        if not verify(sealed.public, one.message(), sealed.signature):
            report.add(fault(name, "its seal does not cover it: the checkpoint itself was changed"))
            continue
        mark = fingerprint(sealed.public)
        if seals and mark not in seals:
            report.add(fault(name, f"it bears seal {mark}, which is none of this centre's"))
            continue
        for text in _differences(connection, one):
            report.add(fault(name, text))


def compare_kept(
    report: Report, connection: Connection, office: str | None, *, seals: Collection[str]
) -> None:
    """Hold the pages the store keeps itself against it: whoever has no seal cannot write them anew.

    The newest of each office is compared with everything; an older one with its root, which the
    newest holds. Raises Stopped.
    """
    query = select(checkpoints.c.office, checkpoints.c.day, checkpoints.c.root, checkpoints.c.page)
    if office is not None:
        query = query.where(checkpoints.c.office == office)
    trusted = seals or frozenset(connection.scalars(select(seal_table.c.fingerprint)))
    before: _Kept | None = None
    rows = connection.execute(query.order_by(checkpoints.c.office, checkpoints.c.day)).all()
    for row, after in zip(rows, [*rows, None][1:], strict=True):
        if before is not None and before.office != row.office:
            before = None
        newest = after is None or after.office != row.office
        for text in _wrong_page(connection, row, before, trusted, newest=newest):
            report.add(fault(f"the kept checkpoint of office {row.office} for {row.day}", text))
        before = row


def _wrong_page(
    connection: Connection,
    row: _Kept,
    before: _Kept | None,
    trusted: Collection[str],
    *,
    newest: bool,
) -> list[str]:
    try:
        sealed = read_page(row.page)
    except NoCheckpoint as error:
        return [str(error)]
    one = sealed.checkpoint
    if not verify(sealed.public, one.message(), sealed.signature):
        return ["its seal does not cover it: the checkpoint itself was changed"]
    if fingerprint(sealed.public) not in trusted:
        return [f"it bears seal {fingerprint(sealed.public)}, which is none of this centre's"]
    if (one.office, one.day, one.root) != (row.office, row.day, row.root.hex()):
        return ["it stands under another office, day or root than its page says"]
    if one.previous != (before and (before.day.isoformat(), before.root.hex())):
        return ["it does not follow the one before it: one was taken out or put in"]
    return _differences(connection, one) if newest else _root_changed(connection, one)


def _root_changed(connection: Connection, one: Checkpoint) -> list[str]:
    root = connection.scalar(
        select(roots.c.root).where(roots.c.office == one.office, roots.c.day == one.day)
    )
    if root is None:
        return [
            f"office {one.office} had a root for {one.day} and has none any more: the end was cut "
            "off, or the store was set back to an older copy"
        ]
    if root.hex() == one.root:
        return []
    return [
        f"office {one.office} had root {one.root[:16]}... for {one.day} and has "
        f"{root.hex()[:16]}... now: what came up to that day was rewritten"
    ]


def _differences(connection: Connection, one: Checkpoint) -> list[str]:
    found = _root_changed(connection, one)
    known = set(_heads_known(connection, one))
    found += [
        f"height {height} of terminal {serial} ({kind}, outbox {outbox}) was another row then, or "
        "is gone"
        for outbox, serial, kind, height, link in one.chains
        if (outbox, serial, kind, height, link) not in known
    ]
    return found + _keys_changed(connection, one) + _log_changed(connection, one)


def _heads_known(connection: Connection, one: Checkpoint) -> list[tuple[str, str, str, int, str]]:
    """Return which of the heads of a checkpoint the store holds."""
    found = []
    for outbox, serial, kind, height, link in one.chains:
        held = connection.scalars(
            select(runs.c.after)
            .join(chains, chains.c.id == runs.c.chain_id)
            .join(terminals, terminals.c.id == chains.c.terminal_id)
            .where(
                chains.c.outbox == outbox,
                chains.c.kind == kind,
                terminals.c.serial == serial,
                runs.c.last == height,
            )
        )
        if any(after.hex() == link for after in held):
            found.append((outbox, serial, kind, height, link))
    return found


def _log_changed(connection: Connection, one: Checkpoint) -> list[str]:
    number, digest = one.audit
    held = audit.digest(connection, number)
    if not number or (held is not None and held == bytes.fromhex(digest)):
        return []
    return [
        f"line {number} of the audit log {'is gone' if held is None else 'was another then'}: what "
        "people did and decided was rewritten, or the store was set back to an older copy"
    ]


def _keys_changed(connection: Connection, one: Checkpoint) -> list[str]:
    until = datetime.strptime(one.until, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    now, then = set(_keys(connection, one.office, until)), set(one.keys)
    return [
        *(
            f"key {key} of bridge {bridge} was known then and is not now"
            for bridge, key in sorted(then - now)
        ),
        *(
            f"key {key} of bridge {bridge} is said to have been known then, and was not: it was "
            "put in by hand"
            for bridge, key in sorted(now - then)
        ),
    ]
