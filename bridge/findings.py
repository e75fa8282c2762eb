"""What the doctor concludes from what was found: one line each, and what to do. Pure.

A fault keeps punches from coming in or days from being judged; a warning will become one, or is
something a person should know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bridge.clock import LEAST_S, TRUST_S
from bridge.ledger import CentreState, PastEvent, TerminalState
from drivers.base import Capability, TerminalInfo
from drivers.errors import DriverError, KeyRejected, TerminalBusy, TerminalUnreachable
from drivers.links import Silence

DAY_S = 86_400
STALE_S = 900  # a terminal that was not read for longer than this, or for three polls
FULL = 0.9
LOW_BYTES, NO_BYTES = 1 << 30, 200 << 20
OLD_S = DAY_S

ADVICE = {
    "replaced": "if nobody changed the terminal, ask who did",
    "cleared": "if nobody was told to, ask who did; what nobody read before is gone",
    "restored": "if nobody was told to, ask who did",
    "rotated": "clear the log on a free day",
    "full": "clear the log on a free day; until then new punches may be lost",
    "log-shrank": "if nobody deleted records at its menu, ask who did",
    "log-deleted": "if nobody was told to, ask who did",
    "clock-changed": "ask who set its clock",
    "unproven": "its days stay open; carry its log by USB, or read it over the network",
    "query-refused": "its days may stay open; carry its log by USB, or read it over the network",
    "unknown-table": "please report it, with model and firmware",
    "source": "correct its source if it was moved; else somebody calls in its name",
    "empty": "look at its menu whether people are still recorded",
    "short": "read it again; if it stays so, compare with its menu",
    "anew": "if nobody put this computer back to an older copy, ask who did",
    "same-serial": "give each terminal a serial number of its own, or keep only one",
    "future": "compare its clock with the time",
    "past": "compare its clock with the time",
    "backwards": "ask who set its clock",
    "bad-records": "they are kept; see `hadir-bridge read`",
    "clock-not-set": "set its clock at its menu",
}
"""What to do about an event; others need nobody."""


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    UNKNOWN = "unknown"


WAY = ("route", "port", "key")
"""The way to a terminal on the network, part by part."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a terminal is."""

    address: str
    networked: bool
    """On a network; else on a line, or a folder."""
    datagrams: bool = False
    """No connection is made, so silence means that nobody is there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str
    """A terminal's name, `centre` or `bridge`."""
    what: str
    state: State
    found: str
    do: str = ""
    """What to do about it; empty where nothing is to be done."""


def of_error(about: str, error: DriverError, place: Place) -> Iterator[Finding]:
    """Tell how far the way to a terminal is good, and where it ends."""
    what = _broken(error, place)
    yield from _good(about, place, until=what)
    found, do = _advised(about, error)
    yield Finding(about, what, State.FAULT, found, do)


def of_info(about: str, info: TerminalInfo, serial: str | None, place: Place) -> Iterator[Finding]:
    """Tell what a terminal said of itself."""
    yield from _good(about, place)
    if serial and serial != info.serial:
        yield Finding(
            about, "serial", State.FAULT, f"it is {info.serial}, its section says {serial}",
            "correct serial or host",
        )  # fmt: skip
    else:
        yield Finding(about, "serial", State.OK, info.serial)
    known = " ".join(part for part in (info.model, info.platform, info.firmware) if part)
    yield Finding(about, "firmware", State.OK if known else State.UNKNOWN, known)
    yield _fill(about, info)


def of_clock(about: str, offset_s: int | None, limit_s: int) -> Finding:
    """Tell how a terminal's clock is."""
    if offset_s is None:
        return Finding(about, "clock", State.UNKNOWN, "it has none that can be asked")
    found, do = f"{offset_s:+d} s", 'set it, or write clock = "set" in its section'
    if abs(offset_s) > limit_s:
        return Finding(about, "clock", State.FAULT, f"{found}: days are not judged by it", do)
    if abs(offset_s) >= LEAST_S:
        return Finding(about, "clock", State.WARNING, found, do)
    return Finding(about, "clock", State.OK, found)


def of_reads(about: str, known: TerminalState | None, poll_s: int, now: int) -> Iterator[Finding]:
    """Tell when a terminal was last read, and up to when its log is known."""
    if known is None or known.read_at is None:
        found, do = "never", "start the bridge, or read it once: `hadir-bridge once`"
        if known and known.error:
            why, do = _advised(about, known.error)
            found = f"never; {why}"
        yield Finding(about, "last read", State.WARNING, found, do)
        return
    stale_s = max(STALE_S, 3 * poll_s)
    ago = age(now - known.read_at)
    if known.error:
        found, do = _advised(about, known.error)
        yield Finding(about, "last read", State.FAULT, f"{ago} ago; since then {found}", do)
    elif now - known.read_at > stale_s:
        do = "is the bridge running? `systemctl status hadir-bridge`"
        yield Finding(about, "last read", State.FAULT, f"{ago} ago", do)
    else:
        yield Finding(about, "last read", State.OK, f"{ago} ago")
    if known.known_until is None:
        do = "its days stay open until a read proves something; see `hadir-bridge status`"
        yield Finding(about, "coverage", State.WARNING, "nothing is proven yet", do)
    elif known.read_at - known.known_until > stale_s:
        behind = age(known.read_at - known.known_until)
        do = "see what `hadir-bridge once` says of it"
        yield Finding(about, "coverage", State.WARNING, f"ends {behind} before the last read", do)
    else:
        since = age(now - (known.known_since or known.known_until))
        yield Finding(about, "coverage", State.OK, f"without a gap for {since}")


def of_rows(about: str, waiting: int, parked: int) -> Finding:
    """Tell what of a terminal is still here."""
    if parked:
        do = "see why with `hadir-bridge outbox --parked`, and tell the centre"
        return Finding(about, "backlog", State.FAULT, f"{parked} parked", do)
    return Finding(about, "backlog", State.OK, f"{waiting} waiting for the centre")


def of_events(about: str, events: list[PastEvent], *, of: str | None = None) -> Iterator[Finding]:
    """Tell what happened that somebody should look at; `of` is whose events, if not `about`'s."""
    name = about if of is None else of
    for event in events:
        if event.name == name and event.kind in ADVICE and "by command" not in event.detail:
            yield Finding(about, event.kind, State.WARNING, event.detail, ADVICE[event.kind])


def of_centre_state(known: CentreState, now: int) -> Finding:
    """Tell how our own clock is, by the centre's."""
    if known.skew_s is None or known.ok_at is None:
        return Finding("bridge", "clock", State.UNKNOWN, "the centre has not confirmed it yet")
    found = f"{known.skew_s:+d} s against the centre's, {age(now - known.ok_at)} ago"
    if abs(known.skew_s) > TRUST_S:
        do = "set the clock of this computer, best by NTP"
        return Finding("bridge", "clock", State.FAULT, found, do)
    return Finding("bridge", "clock", State.OK, found)


def of_disk(free: int, place: str) -> Finding:
    """Tell how much room there is for punches."""
    found, do = f"{free >> 20} MiB free at {place}", "free some space"
    if free < NO_BYTES:
        return Finding("bridge", "disk", State.FAULT, found, do)
    return Finding("bridge", "disk", State.WARNING if free < LOW_BYTES else State.OK, found)


def of_backlog(waiting: int, most: int, oldest_at: int | None, now: int) -> Finding:
    """Tell how much waits for the centre, and how long."""
    since = f", the oldest for {age(now - oldest_at)}" if oldest_at is not None else ""
    found = f"{waiting} of at most {most} waiting{since}"
    if waiting > FULL * most:
        do = "bring the way to the centre back; what does not fit stays in the terminals"
        return Finding("bridge", "backlog", State.FAULT, found, do)
    if oldest_at is not None and now - oldest_at > OLD_S:
        do = "look at what is said of the centre; is the bridge running?"
        return Finding("bridge", "backlog", State.WARNING, found, do)
    return Finding("bridge", "backlog", State.OK, found)


def told(error: Exception | str) -> tuple[str, str]:
    """Return what a message of ours says, and what it says to do."""
    found, _, do = str(error).partition("; ")
    return found, do


def _advised(about: str, error: Exception | str) -> tuple[str, str]:
    """Return the same of a terminal; what a fault leaves open is to look, and then to ask us."""
    found, do = told(error)
    return found, do or (
        "look at it and its cable; if it stays so, send us the file of "
        f"`hadir-bridge capture {about}`"
    )


def age(seconds: int) -> str:
    """Return how long something is ago, roughly."""
    for size, unit in ((DAY_S, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 0)} s"


def _good(about: str, place: Place, until: str = "") -> Iterator[Finding]:
    """Tell which parts of the way to a terminal are good."""
    yet_to_come = {"answer": 2, "session": 3}.get(until, len(WAY))
    for part in WAY[:yet_to_come] if place.networked else WAY[:1]:
        if part == until:
            return
        yield Finding(about, part, State.OK, place.address if part == "route" else "")


def _broken(error: DriverError, place: Place) -> str:
    """Return the first part of the way that is not good."""
    if not place.networked:
        return "route"
    if isinstance(error, KeyRejected):
        return "key"
    if isinstance(error, Silence):
        return "route" if place.datagrams else "answer"
    cause = error.__cause__
    if isinstance(error, TerminalUnreachable) and isinstance(cause, OSError):
        if isinstance(cause, ConnectionRefusedError):
            return "port"
        return "answer" if isinstance(cause, ConnectionError) else "route"
    return "session" if isinstance(error, TerminalBusy) else "answer"


def _fill(about: str, info: TerminalInfo) -> Finding:
    if info.records is None:
        return Finding(about, "records", State.UNKNOWN, "it does not tell how many it holds")
    if not info.capacity:
        return Finding(about, "records", State.OK, str(info.records))
    share = info.records / info.capacity
    found = f"{info.records} of {info.capacity}, {share:.0%} full"
    if share < FULL:
        return Finding(about, "records", State.OK, found)
    by_us = f"`hadir-bridge terminals clear {about}`"
    how = by_us if Capability.CLEAR in info.can else "clear it at its menu"
    do = f"before it is full, on a free day: {how}"
    return Finding(about, "records", State.WARNING, found, do)
