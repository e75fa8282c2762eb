"""The body of `POST /v2/heartbeat`, and its answer."""

from dataclasses import asdict
from typing import Any

from ingest.wire import checks
from ingest.wire.forms import VERSION, Coverage, Heartbeat, HeartbeatReply, TerminalHealth


def encode_heartbeat(heartbeat: Heartbeat) -> bytes:
    """Return the body of a heartbeat, uncompressed."""
    return checks.dump({"version": VERSION, **asdict(heartbeat)})


def decode_heartbeat(body: bytes) -> Heartbeat:
    """Read the body of a heartbeat. Raises WireError."""
    found = checks.load(body)
    after, oldest = found.get("after"), found.get("oldest_waiting_at")
    return Heartbeat(
        outbox=checks.identity(found.get("outbox"), "outbox"),
        after=None if after is None else checks.identity(after, "after"),
        sent_at=checks.number(found.get("sent_at"), "sent_at"),
        bridge_version=checks.text(found.get("bridge_version"), "bridge_version", 40),
        waiting=checks.number(found.get("waiting"), "waiting"),
        parked=checks.number(found.get("parked"), "parked"),
        oldest_waiting_at=checks.maybe_number(oldest, "oldest_waiting_at"),
        terminals=tuple(_health(one) for one in checks.few(found.get("terminals"), "terminals")),
        coverage=tuple(_coverage(one) for one in checks.few(found.get("coverage"), "coverage")),
    )


def encode_heartbeat_reply(reply: HeartbeatReply) -> bytes:
    """Return the answer to a heartbeat."""
    return checks.dump({"version": VERSION, **asdict(reply)})


def decode_heartbeat_reply(body: bytes) -> HeartbeatReply:
    """Read the answer to a heartbeat. Raises WireError."""
    found = checks.load(body)
    refused = checks.objects(found.get("refused"), "refused")
    return HeartbeatReply(
        now=checks.number(found.get("now"), "now"),
        refused={
            checks.text(key, "refused", 100): checks.text(why, "refused", 500)
            for key, why in refused.items()
        },
    )


def _health(found: Any) -> TerminalHealth:
    one = checks.objects(found, "terminals")
    return TerminalHealth(
        name=checks.word(one.get("name"), "name", 64),
        serial=checks.text(one.get("serial"), "serial", 64),
        driver=checks.word(one.get("driver"), "driver", 40),
        last_read_at=checks.maybe_number(one.get("last_read_at"), "last_read_at"),
        last_error=checks.text(one.get("last_error"), "last_error", 500),
        clock_offset_s=checks.maybe_number(one.get("clock_offset_s"), "clock_offset_s"),
        notes=tuple(
            checks.text(note, "notes", 300) for note in checks.few(one.get("notes"), "notes")
        ),
    )


def _coverage(found: Any) -> Coverage:
    one = checks.objects(found, "coverage")
    return Coverage(
        terminal=checks.word(one.get("terminal"), "terminal", 64),
        since=checks.number(one.get("since"), "since"),
        until=checks.number(one.get("until"), "until"),
        on_terminal=checks.maybe_number(one.get("on_terminal"), "on_terminal"),
        taken=checks.number(one.get("taken"), "taken"),
        parked=checks.number(one.get("parked"), "parked"),
        clock_offset_s=checks.maybe_number(one.get("clock_offset_s"), "clock_offset_s"),
        read_at=checks.number(one.get("read_at"), "read_at"),
        source=checks.source(one.get("source")),
        note=checks.text(one.get("note"), "note", 300),
    )
