"""Dispatches as they are read: what is to be sent, what hangs, what the numbers are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from ingest.errors import NotKnown
from ingest.store.tables_cases import case_notices
from ingest.store.tables_notices import dispatches


@dataclass(frozen=True, slots=True)
class Dispatch:
    number: int
    notice: int
    channel: str
    address: str
    state: str
    followed: bool
    reference: str
    provider_id: str | None
    fault: str
    failure: str
    not_before: datetime
    made_at: datetime
    sending_at: datetime | None
    accepted_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    tries: int
    why: str
    storm: int | None


def of_notices(connection: Connection, notices: Collection[int]) -> dict[int, list[Dispatch]]:
    """Return the ways that were chosen for each notice, oldest first."""
    found: dict[int, list[Dispatch]] = {number: [] for number in notices}
    known = sorted(notices)
    for place in range(0, len(known), 500):
        some = known[place : place + 500]
        query = select(dispatches).where(dispatches.c.notice_id.in_(some))
        for row in connection.execute(query.order_by(dispatches.c.id)):
            found[row.notice_id].append(_dispatch(row))
    return found


def unfollowed(connection: Connection) -> list[int]:
    """Return notices of which another way may have to be chosen."""
    over = ("accepted", "delivered", "read", "failed")
    query = select(dispatches.c.notice_id).where(
        dispatches.c.state.in_(over), dispatches.c.followed.is_(False)
    )
    return sorted(set(connection.scalars(query)))


def find_waiting(connection: Connection, now: datetime) -> list[Dispatch]:
    """Return what may be sent now, in order."""
    query = select(dispatches).where(
        dispatches.c.state == "waiting",
        dispatches.c.not_before <= now,
        dispatches.c.channel.not_like("-%"),
    )
    return _all(connection, query.order_by(dispatches.c.not_before, dispatches.c.id).limit(2_000))


def find_sending(connection: Connection, before: datetime) -> list[Dispatch]:
    """Return what somebody began to send before a moment and never said how it ended."""
    query = select(dispatches).where(
        dispatches.c.state == "sending", dispatches.c.sending_at <= before
    )
    return _all(connection, query.order_by(dispatches.c.id))


def find_unconfirmed(
    connection: Connection, channel: str, *, since: datetime, most: int
) -> list[Dispatch]:
    """Return what a channel took or may have taken since, longest unasked first."""
    query = select(dispatches).where(
        dispatches.c.channel == channel,
        dispatches.c.state.in_(("accepted", "unknown")),
        dispatches.c.sending_at >= since,
    )
    asked = func.coalesce(dispatches.c.asked_at, dispatches.c.sending_at)
    return _all(connection, query.order_by(asked, dispatches.c.id).limit(most))


def find_one(connection: Connection, number: int) -> Dispatch:
    """Return a dispatch. Raises NotKnown."""
    row = connection.execute(select(dispatches).where(dispatches.c.id == number)).one_or_none()
    if row is None:
        raise NotKnown(f"no message {number}; see hadir-ingest notices list")
    return _dispatch(row)


def used(connection: Connection, channel: str, since: datetime) -> int:
    """Return how many messages were handed to a channel since a moment, or may have been."""
    query = select(func.count()).where(
        dispatches.c.channel == channel, dispatches.c.sending_at > since
    )
    return connection.scalar(query) or 0


def is_stopped(connection: Connection, channel: str, now: datetime) -> bool:
    """Say whether a channel's account was found unusable a short while ago."""
    query = select(func.count()).where(
        dispatches.c.channel == channel,
        dispatches.c.state == "waiting",
        dispatches.c.fault == "account",
        dispatches.c.not_before > now,
    )
    return bool(connection.scalar(query))


def counts(connection: Connection) -> Mapping[tuple[str, str], int]:
    """Return how many dispatches there are, by channel and state."""
    query = select(dispatches.c.channel, dispatches.c.state, func.count()).group_by(
        dispatches.c.channel, dispatches.c.state
    )
    return {(channel, state): count for channel, state, count in connection.execute(query)}


def account_faults(connection: Connection) -> list[tuple[str, str]]:
    """Return the channels whose account is unusable, each with what its gateway said."""
    query = (
        select(dispatches.c.channel, func.max(dispatches.c.failure))
        .where(dispatches.c.state == "waiting", dispatches.c.fault.in_(("account", "text")))
        .group_by(dispatches.c.channel)
        .order_by(dispatches.c.channel)
    )
    return [(channel, failure) for channel, failure in connection.execute(query)]


def numbers_in(connection: Connection, state: str) -> list[int]:
    query = select(dispatches.c.id).where(dispatches.c.state == state).order_by(dispatches.c.id)
    return list(connection.scalars(query))


def untold_paper(connection: Connection) -> int:
    """Return how many notices are left for paper and not told."""
    query = (
        select(func.count())
        .select_from(dispatches)
        .join(case_notices, case_notices.c.id == dispatches.c.notice_id)
        .where(
            dispatches.c.channel == "-paper",
            dispatches.c.state == "waiting",
            case_notices.c.told_at.is_(None),
        )
    )
    return connection.scalar(query) or 0


def text_of(connection: Connection, number: int) -> tuple[str, str, str]:
    """Return the text of a message, its digest, and that of its template."""
    row = connection.execute(
        select(dispatches.c.text, dispatches.c.text_sha256, dispatches.c.template_sha256).where(
            dispatches.c.id == number
        )
    ).one()
    return row.text, row.text_sha256, row.template_sha256


def count_warnings(connection: Connection, since: datetime) -> int:
    """Return for how many warnings ways were chosen since a moment, but what was dropped."""
    query = (
        select(func.count(func.distinct(dispatches.c.notice_id)))
        .join(case_notices, case_notices.c.id == dispatches.c.notice_id)
        .where(
            case_notices.c.what == "warning",
            dispatches.c.made_at > since,
            dispatches.c.state != "dropped",
        )
    )
    return connection.scalar(query) or 0


def held(connection: Connection, storm: int) -> list[Dispatch]:
    query = select(dispatches).where(dispatches.c.storm_id == storm, dispatches.c.state == "held")
    return _all(connection, query.order_by(dispatches.c.id))


def _all(connection: Connection, query: Select[Any]) -> list[Dispatch]:
    return [_dispatch(row) for row in connection.execute(query)]


def _dispatch(row: Row[Any]) -> Dispatch:
    return Dispatch(
        row.id, row.notice_id, row.channel, row.address, row.state, row.followed, row.reference,
        row.provider_id, row.fault, row.failure, row.not_before, row.made_at, row.sending_at,
        row.accepted_at, row.delivered_at, row.read_at, row.tries, row.why, row.storm_id,
    )  # fmt: skip
