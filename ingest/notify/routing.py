"""Which way is tried next for a notice, given what became of those before. Pure.

Channels are tried in the order of the configuration: as a rule WhatsApp before SMS before mail.
The next one follows when the one before failed, or when it was taken and nobody told within some
hours that it arrived. What may have been sent waits for a person; where no way is left, paper is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.notify.base import Kind

PAPER, NOTHING = "-paper", "-none"
"""Instead of the name of a channel, which begins with a letter or digit."""
PHONE, MAIL = "phone", "mail"
NEEDS = {Kind.WHATSAPP: PHONE, Kind.SMS: PHONE, Kind.MAIL: MAIL}
"""Which sort of address a channel takes."""
ARRIVED = frozenset({"delivered", "read"})
TAKEN = frozenset({"accepted", *ARRIVED})
MAY_HAVE_REACHED = frozenset({"sending", "unknown", *TAKEN})


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as it is chosen."""

    channel: str
    kind: Kind
    tells: bool
    """Whether it tells that a message arrived."""

    @property
    def needs(self) -> str:
        return NEEDS[self.kind]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a way."""

    channel: str
    state: str
    fault: str
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The way to take now."""

    channel: str
    address: str


class Wait:
    """Nothing now; something may follow."""


class Done:
    """Nothing any more."""


Next = Choice | Wait | Done


def choose(
    ways: Sequence[Way],
    addresses: Mapping[str, str],
    tried: Sequence[Tried],
    *,
    now: datetime,
    fallback_after: timedelta,
) -> Next:
    """Return what follows for one notice; `addresses` are those in use, by `PHONE` and `MAIL`,
    `tried` what was tried before, oldest first.
    """
    states = {one.state for one in tried}
    if states & ARRIVED:
        return Done()
    if tried:
        last = tried[-1]
        if last.channel in (PAPER, NOTHING) or last.state == "dropped":
            return Done()
        if last.state == "accepted" and not _is_missed(last, ways, now, fallback_after):
            return Wait() if _tells(last, ways) else Done()
        if last.state not in ("accepted", "failed"):
            return Wait()
    used = {one.channel for one in tried}
    for way in ways:
        if way.channel not in used and addresses.get(way.needs):
            return Choice(way.channel, addresses[way.needs])
    return Done() if states & TAKEN else Choice(PAPER, "")


def is_wrong(tried: Sequence[Tried], ways: Sequence[Way]) -> str | None:
    """Return the sort of address that was just found to reach nobody: by every channel that takes
    it. That somebody is not on WhatsApp says nothing of the number, while SMS is not tried.
    """
    if not tried or (tried[-1].state, tried[-1].fault) != ("failed", "address"):
        return None
    needs = next((one.needs for one in ways if one.channel == tried[-1].channel), None)
    same = {one.channel for one in ways if one.needs == needs}
    missed = {one.channel for one in tried if (one.state, one.fault) == ("failed", "address")}
    return needs if same <= missed else None


def _tells(one: Tried, ways: Sequence[Way]) -> bool:
    return any(way.tells for way in ways if way.channel == one.channel)


def _is_missed(one: Tried, ways: Sequence[Way], now: datetime, fallback_after: timedelta) -> bool:
    """Say whether a message that was taken should have been told as delivered by now."""
    return (
        _tells(one, ways)
        and one.accepted_at is not None
        and now - one.accepted_at >= fallback_after
    )
