"""Who did what: one line for each act that changes something, in the transaction of the act."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, inspect, or_, select

from ingest.declared import require
from ingest.roles import Role
from ingest.store import sealed
from ingest.store.sealed import Fault, Head
from ingest.store.tables import audit_log


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: in whose name, the account of the operating system, and whose account that is."""

    name: str
    os_user: str
    role: Role
    user: str = ""
    """The registered user; empty for machines, and as long as there are no users."""


@dataclass(frozen=True, slots=True)
class Line:
    id: int
    at: datetime
    who: str
    os_user: str
    role: str
    what: str
    subject: str
    details: Mapping[str, Any]
    actor: str | None
    """The registered user who acted; `who` is in whose name."""


def note(
    connection: Connection,
    actor: Actor,
    what: str,
    *,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
    now: datetime,
) -> Head:
    """Write a line; call it last, for others who act wait until the transaction ends.

    `what` is one of `declared.ACTS`; `details` are plain JSON. Raises Refused where the role of the
    actor does not allow the act.
    """
    require(actor.role, what)
    row: dict[str, Any] = {
        "at": now,
        "who": actor.name,
        "os_user": actor.os_user,
        "role": actor.role.value,
        "what": what,
        "subject": subject[:300],
        "details": dict(details or {}),
    }
    if actor.user:  # a store from before there were users has no such column, and may be backed up
        row["actor"] = actor.user
    return sealed.append(connection, audit_log, row)


def is_kept(connection: Connection) -> bool:
    """Say whether a store is young enough to have a log."""
    return inspect(connection).has_table(audit_log.name)


def find(
    connection: Connection,
    *,
    subject: str | None = None,
    who: str | None = None,
    since: datetime | None = None,
    newest: int | None = None,
) -> list[Line]:
    """Return lines, oldest first, or only the newest few; `who` is a name, a user or an account."""
    query = select(audit_log).order_by(audit_log.c.id.desc())
    if subject is not None:
        query = query.where(audit_log.c.subject == subject)
    if who is not None:
        names = (audit_log.c.who, audit_log.c.os_user, audit_log.c.actor)
        query = query.where(or_(*(one == who for one in names)))
    if since is not None:
        query = query.where(audit_log.c.at >= since)
    if newest is not None:
        query = query.limit(newest)
    return [_line(row) for row in connection.execute(query)][::-1]


def _line(row: Row[Any]) -> Line:
    return Line(
        row.id, row.at, row.who, row.os_user, row.role, row.what, row.subject, row.details,
        row.actor,
    )  # fmt: skip


def head(connection: Connection) -> Head:
    """Return the last line's number and digest, to be kept outside with each checkpoint."""
    return sealed.head(connection, audit_log)


def digest(connection: Connection, number: int) -> bytes | None:
    """Return the digest of a line; None where there is none of that number."""
    query = select(audit_log.c.digest).where(audit_log.c.id == number)
    found: bytes | None = connection.scalar(query)
    return found


def faults(connection: Connection, known: Head | None = None) -> Iterator[Fault]:
    """Yield what is wrong with the log; `known` is a head that was kept elsewhere."""
    yield from sealed.faults(connection, audit_log)
    if known is not None and digest(connection, known.number) != known.digest:
        yield Fault(known.number, "is not the one that was kept elsewhere: the end was replaced")


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(audit_log)) or 0


def last(connection: Connection, what: str) -> datetime | None:
    """Return when something was done last; None where it never was."""
    query = select(audit_log.c.at).where(audit_log.c.what == what)
    found: datetime | None = connection.scalar(query.order_by(audit_log.c.id.desc()).limit(1))
    return found


def decisions(connection: Connection, acts: Collection[str]) -> dict[int, str]:
    """Return number and digest, in hex, of each decision the log tells of under these acts."""
    query = select(audit_log.c.details).where(audit_log.c.what.in_(acts))
    return {
        int(one["number"]): str(one["digest"])
        for details in connection.scalars(query)
        for one in details.get("decisions", ())
    }
