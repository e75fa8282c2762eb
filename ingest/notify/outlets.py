"""The channels of a centre, opened, in the order in which they are tried."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ingest.notify.base import Channel
from ingest.notify.registry import ChannelConfig
from ingest.notify.routing import Way


@dataclass(frozen=True, slots=True)
class Outlet:
    """A channel, and how much may be asked of it."""

    channel: Channel
    per_minute: int
    per_day: int

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def way(self) -> Way:
        return Way(self.channel.name, self.channel.kind, bool(self.channel.receipts_by))


@contextmanager
def opened(configured: Sequence[ChannelConfig]) -> Iterator[tuple[Outlet, ...]]:
    """Open channels for as long as the block lasts."""
    found: list[Outlet] = []
    try:
        for one in configured:
            found.append(Outlet(one.open(), one.per_minute, one.per_day))
        yield tuple(found)
    finally:
        for outlet in found:
            outlet.channel.close()
