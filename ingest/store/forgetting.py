"""What may be forgotten, kind by kind: which rows, from when on, and how.

A kind that is not listed here is never forgotten. Evidence cannot be listed: triggers refuse to
delete it, whoever asks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    null,
    or_,
    select,
    update,
)

from ingest.retention import Retention
from ingest.store.bridges import kept_refused
from ingest.store.tables import access_tokens, bridges, invites, nonces

NONCES_S = 900
"""As long as a request of that time could still be taken, and as long again: `ingest.auth`."""

Served = Callable[[Retention, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is forgotten when it has served."""

    name: str
    what: str
    """Which of them are forgotten, for people."""
    table: Table
    served: Served
    """The rows that have served, given the settings and the present."""
    emptied: str | None = None
    """The column that is emptied where the row itself stays; None where the row goes."""


def _before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


KINDS: tuple[Kind, ...] = (
    Kind(
        "nonces",
        "nonces of requests too old to be taken again",
        nonces,
        lambda _settings, now: nonces.c.at < now - timedelta(seconds=NONCES_S),
    ),
    Kind(
        "invites",
        "invitations that ran out unused",
        invites,
        lambda settings, now: and_(
            invites.c.used_at.is_(None), invites.c.expires_at < _before(now, settings.invites_days)
        ),
    ),
    Kind(
        "tokens",
        "access tokens that were revoked or ran out",
        access_tokens,
        lambda settings, now: or_(
            access_tokens.c.revoked_at < _before(now, settings.tokens_days),
            access_tokens.c.expires_at < _before(now, settings.tokens_days),
        ),
    ),
    Kind(
        "health",
        "last reports of bridges that are silent and keep nothing that was refused",
        bridges,
        lambda settings, now: and_(
            bridges.c.health.is_not(None),
            bridges.c.last_seen_at < _before(now, settings.health_days),
            # touches that were refused hold days open: were they forgotten, somebody was absent
            or_(
                bridges.c.revoked_at.is_not(None),
                func.coalesce(kept_refused(), 0) == 0,
            ),
        ),
        emptied="health",
    ),
)


def count(connection: Connection, kind: Kind, settings: Retention, *, now: datetime) -> int:
    """Return how many would be forgotten."""
    query = select(func.count()).select_from(kind.table).where(kind.served(settings, now))
    return connection.scalar(query) or 0


def forget(connection: Connection, kind: Kind, settings: Retention, *, now: datetime) -> int:
    """Forget what has served; return how many."""
    served = kind.served(settings, now)
    if kind.emptied is None:
        return connection.execute(delete(kind.table).where(served)).rowcount
    return connection.execute(
        update(kind.table).where(served).values({kind.emptied: null()})
    ).rowcount


def forget_all(
    connection: Connection, settings: Retention, *, now: datetime, kinds: Iterable[Kind] = KINDS
) -> dict[str, int]:
    """Forget every kind; return how many of each."""
    return {kind.name: forget(connection, kind, settings, now=now) for kind in kinds}
