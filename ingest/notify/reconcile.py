"""What became of messages of which nobody said how they ended: asked where somebody can say.

A message in `sending` is of a round that was cut off. Where the gateway knows messages by our
reference, it says whether it has this one; where it does not know it after some minutes, it was
never sent and may go. Everywhere else nobody can say, so nobody sends it again but a person.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from ingest.notify.base import Channel, ChannelAway, Receipt
from ingest.notify.outlets import Outlet
from ingest.notify.receiving import told_of
from ingest.store import dispatch_rows, dispatches, receipts
from ingest.store.database import reading, writing
from ingest.store.dispatch_rows import Dispatch

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=5)
"""Longer than any channel waits for its gateway: what was begun before is nobody's any more, and a
gateway that took a message knows of it by then."""
ASK_DAYS = 3
"""For how long a gateway is asked what became of a message."""
ASK_MOST = 100
_CUT_OFF = "this program ended while the message was sent; it may have gone out"


def reconcile(engine: Engine, outlets: Sequence[Outlet], now: datetime) -> int:
    """Settle what was cut off; return how many messages only a person can settle."""
    channels = {one.name: one.channel for one in outlets}
    with reading(engine) as connection:
        hanging = dispatch_rows.find_sending(connection, now - GRACE)
    return sum(not _settled(engine, channels.get(one.channel), one, now) for one in hanging)


def _settled(engine: Engine, channel: Channel | None, one: Dispatch, now: datetime) -> bool:
    """Settle one message; say whether no person is needed."""
    if channel is None or not channel.finds:
        with writing(engine) as connection:
            dispatches.unknown(connection, one.number, failure=_CUT_OFF)
        log.warning("message %d may have been sent by %s; nobody knows", one.number, one.channel)
        return False
    try:
        found = channel.find(one.reference, one.provider_id, now=now)
    except ChannelAway as away:
        log.info("message %d stays open: %s", one.number, away)
        return True
    with writing(engine) as connection:
        if found is None:
            dispatches.again(
                connection, one.number, fault="later", failure="cut off before it was sent",
                not_before=now,
            )  # fmt: skip
        else:
            _take(connection, one, found, now)
    return True


def ask(engine: Engine, outlets: Sequence[Outlet], now: datetime) -> int:
    """Ask each channel that is to be asked what became of its messages; return how many answers
    told more than was known."""
    told = 0
    for outlet in outlets:
        if outlet.channel.receipts_by == "poll" or outlet.channel.finds:
            told += _ask(engine, outlet.channel, now)
    return told


def _ask(engine: Engine, channel: Channel, now: datetime) -> int:
    since = now - timedelta(days=ASK_DAYS)
    with reading(engine) as connection:
        waiting = dispatch_rows.find_unconfirmed(
            connection, channel.name, since=since, most=ASK_MOST
        )
    told = 0
    for one in waiting:
        if one.state == "accepted" and channel.receipts_by != "poll":
            continue
        try:
            found = channel.find(one.reference, one.provider_id, now=now)
        except ChannelAway as away:
            log.info("channel %s cannot be asked: %s", channel.name, away)
            return told
        with writing(engine) as connection:
            dispatches.asked(connection, one.number, now)
            if found is not None:
                _take(connection, one, found, now)
                told += 1
    return told


def _take(connection: Connection, one: Dispatch, found: Receipt, now: datetime) -> None:
    """Keep what a gateway answered, under the reference that was asked."""
    told = told_of(found, reference=one.reference)
    receipts.take(connection, one.channel, [told], None, now)
