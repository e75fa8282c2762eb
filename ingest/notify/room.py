"""How many messages a channel still takes: what is counted is in the store, so that no restart
begins anew.

What people are told by their cases and what offices are asked once a month go through the same
account of a gateway, and count alike.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from ingest.notify.outlets import Outlet
from ingest.store import dispatch_rows
from ingest.store.unreachable import count_asked

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def room(connection: Connection, outlet: Outlet, now: datetime) -> int:
    """Return how many messages a channel takes now; none where its account is unusable."""
    if dispatch_rows.is_stopped(connection, outlet.name, now):
        return 0
    left = (
        outlet.per_minute - _used(connection, outlet.name, now - _MINUTE),
        outlet.per_day - _used(connection, outlet.name, now - _DAY),
    )
    return max(0, min(left))


def room_beside(connection: Connection, outlet: Outlet, now: datetime) -> int:
    """Return how many it takes of what is not urgent: what waits to be told goes first."""
    waiting = dispatch_rows.find_waiting(connection, now)
    first = sum(one.channel == outlet.name for one in waiting)
    return max(0, room(connection, outlet, now) - first)


def _used(connection: Connection, channel: str, since: datetime) -> int:
    told = dispatch_rows.used(connection, channel, since)
    return told + count_asked(connection, channel, since)
