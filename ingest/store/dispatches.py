"""Dispatches: one way for one notice, from the choice of it to what became of it.

    waiting -> sending -> accepted -> delivered -> read
    held       |-> waiting: it was not sent, and may be tried again
               |-> failed: it was not, and will not be by this channel
               '-> unknown: it may have been; only a receipt or a person says

A state only moves forward. Whoever wants to send first writes `sending` and commits.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal, select, update

from ingest.store.tables import Moment
from ingest.store.tables_cases import case_notices
from ingest.store.tables_notices import dispatches

STATES = (
    "waiting", "held", "sending", "accepted", "delivered", "read", "failed", "unknown", "dropped",
)  # fmt: skip
_RANK = {"accepted": 1, "delivered": 2, "read": 3}


@dataclass(frozen=True, slots=True)
class New:
    """A way that was chosen."""

    notice: int
    channel: str
    address: str
    not_before: datetime
    state: str = "waiting"
    storm: int | None = None
    why: str = ""


def add(connection: Connection, chosen: Sequence[New], now: datetime) -> None:
    """Keep ways that were chosen."""
    rows = [
        {
            "notice_id": one.notice, "channel": one.channel, "address": one.address,
            "state": one.state, "followed": one.state == "dropped",
            "reference": secrets.token_hex(16), "fault": "", "failure": "", "template": "",
            "template_sha256": "", "text": "", "text_sha256": "", "not_before": one.not_before,
            "made_at": now, "tries": 0, "why": one.why, "storm_id": one.storm,
        }
        for one in chosen
    ]  # fmt: skip
    if rows:
        connection.execute(insert(dispatches), rows)


def follow(connection: Connection, notice: int) -> None:
    """Note that what follows the ways of a notice so far was decided."""
    connection.execute(
        update(dispatches)
        .where(
            dispatches.c.notice_id == notice,
            dispatches.c.state.in_(("accepted", "delivered", "read", "failed")),
        )
        .values(followed=True)
    )


def begin(
    connection: Connection, number: int, *, template: str, digests: tuple[str, str], text: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Write that a message is about to be sent; say False where somebody else was faster.

    `digests` are those of the template and of the text.
    """
    done = connection.execute(
        update(dispatches)
        .where(dispatches.c.id == number, dispatches.c.state == "waiting")
        .values(
            state="sending", sending_at=now, tries=dispatches.c.tries + 1, template=template,
            template_sha256=digests[0], text=text, text_sha256=digests[1], fault="", failure="",
        )
    )  # fmt: skip
    return done.rowcount == 1


def accepted(
    connection: Connection, number: int, *, provider_id: str | None, now: datetime
) -> bool:
    """Write that a gateway took a message; say False where more is known of it already."""
    row = dispatches.c
    connection.execute(
        update(dispatches)
        .where(row.id == number)
        .values(
            provider_id=func.coalesce(row.provider_id, provider_id),
            accepted_at=func.coalesce(row.accepted_at, literal(now, Moment())),
        )
    )
    return _move(connection, number, ("sending", "unknown"), "accepted", fault="", failure="")


def failed(connection: Connection, number: int, *, fault: str, failure: str) -> bool:
    """Write that a message was not sent, and will not be by this channel."""
    states = ("sending", "unknown", "waiting")
    return _move(connection, number, states, "failed", fault=fault, failure=failure[:500])


def again(
    connection: Connection, number: int, *, fault: str, failure: str, not_before: datetime,
    counts: bool = True,
) -> bool:  # fmt: skip
    """Write that a message was not sent and is tried again; without `counts` as if it had not
    been tried."""
    values: dict[str, Any] = {"fault": fault, "failure": failure[:500], "not_before": not_before}
    if not counts:
        values["tries"] = dispatches.c.tries - 1
    return _move(connection, number, ("sending",), "waiting", **values)


def put_off(
    connection: Connection, number: int, not_before: datetime, *, fault: str = "", failure: str = ""
) -> None:
    """Let a message that waits go later."""
    connection.execute(
        update(dispatches)
        .where(dispatches.c.id == number, dispatches.c.state == "waiting")
        .values(not_before=not_before, fault=fault, failure=failure[:500])
    )


def unknown(connection: Connection, number: int, *, failure: str) -> bool:
    """Write that nobody knows whether a message was sent."""
    values = {"fault": "unknown", "failure": failure[:500]}
    return _move(connection, number, ("sending",), "unknown", **values)


def drop(connection: Connection, numbers: Iterable[int], why: str) -> int:
    """Write that messages which did not go out never will; return how many."""
    some = sorted(numbers)
    return sum(
        _move(connection, number, ("waiting", "held"), "dropped", followed=True, why=why[:500])
        for number in some
    )


def settle(connection: Connection, number: int, *, sent: bool, why: str, now: datetime) -> bool:
    """Write what a person found out of a message of which nobody knew."""
    if sent:
        values: dict[str, Any] = {"accepted_at": now, "why": why}
        return _move(connection, number, ("unknown",), "accepted", **values)
    return _move(connection, number, ("unknown",), "failed", why=why)


def asked(connection: Connection, number: int, now: datetime) -> None:
    connection.execute(update(dispatches).where(dispatches.c.id == number).values(asked_at=now))


def received(
    connection: Connection,
    channel: str,
    *,
    state: str,
    at: datetime,
    provider_id: str | None,
    reference: str | None,
    fault: str,
    failure: str,
) -> bool:
    """Take what a gateway tells of a message; say whether it is one of ours.

    `state` is `sent`, `delivered`, `read` or `failed`. Repeated and out of order it is harmless: a
    state only moves forward, and that a message arrived outweighs that it failed.
    """
    row = _named(connection, channel, provider_id, reference)
    if row is None:
        return False
    values: dict[str, Any] = {"provider_id": func.coalesce(dispatches.c.provider_id, provider_id)}
    now = {"sent": "accepted"}.get(state, state)
    if now == "failed":
        if row.state in ("sending", "unknown", "accepted", "waiting"):
            values |= {"state": "failed", "fault": fault, "failure": failure[:500]}
            values["followed"] = False
    else:
        values |= _forward(row, now, at)
    connection.execute(update(dispatches).where(dispatches.c.id == row.id).values(values))
    return True


def _forward(row: Row[Any], state: str, at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "accepted_at": func.coalesce(dispatches.c.accepted_at, literal(at, Moment()))
    }
    if state in ("delivered", "read"):
        values["delivered_at"] = func.coalesce(dispatches.c.delivered_at, literal(at, Moment()))
    if state == "read":
        values["read_at"] = func.coalesce(dispatches.c.read_at, literal(at, Moment()))
    if row.state == "failed" and state == "accepted":
        return {}  # told late: what followed is known
    if _RANK[state] > _RANK.get(row.state, 0):
        values |= {"state": state, "fault": "", "failure": ""}
    return values


def _named(
    connection: Connection, channel: str, provider_id: str | None, reference: str | None
) -> Row[Any] | None:
    query = select(dispatches).where(dispatches.c.channel == channel)
    if reference:
        found = connection.execute(query.where(dispatches.c.reference == reference)).one_or_none()
        if found is not None or not provider_id:
            return found
    if not provider_id:
        return None
    mine = query.where(dispatches.c.provider_id == provider_id)
    return connection.execute(mine.order_by(dispatches.c.id.desc()).limit(1)).one_or_none()


def _move(
    connection: Connection, number: int, states: Sequence[str], to: str, **values: Any
) -> bool:
    done = connection.execute(
        update(dispatches)
        .where(dispatches.c.id == number, dispatches.c.state.in_(states))
        .values(state=to, **values)
    )
    return done.rowcount == 1


def hold_back(connection: Connection, whats: Sequence[str], storm: int, *, since: datetime) -> None:
    """Hold what was chosen since for such notices, waits, and was never tried."""
    of = select(case_notices.c.id).where(case_notices.c.what.in_(whats))
    connection.execute(
        update(dispatches)
        .where(
            dispatches.c.state == "waiting",
            dispatches.c.tries == 0,
            dispatches.c.made_at > since,
            dispatches.c.notice_id.in_(of),
        )
        .values(state="held", storm_id=storm)
    )


def let_go(connection: Connection, storm: int, now: datetime) -> int:
    """Let everything go out that a storm held; return how much."""
    done = connection.execute(
        update(dispatches)
        .where(dispatches.c.storm_id == storm, dispatches.c.state == "held")
        .values(state="waiting", not_before=now)
    )
    return done.rowcount
