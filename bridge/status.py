"""What `status` tells: how each terminal, the outbox and the way to the centre do. Reads only.

It looks at the outbox's file and not at the daemon, so it tells the same whether the daemon runs,
hangs or is down.
"""

from dataclasses import asdict
from typing import Any

from bridge import locks, render
from bridge.callers import APPROVED, WAITING, CallerState
from bridge.config import Config
from bridge.errors import KeyUnfit
from bridge.keys import KeyFiles
from bridge.ledger import OUTBOX, PastEvent, TerminalState
from bridge.outbox import Outbox

ASKED = "asked"  # by us, whenever it is due
EVENT_DAYS = 30


def gather(config: Config, outbox: Outbox, now: int) -> dict[str, Any]:
    """Return the status; moments are epoch seconds."""
    counts = outbox.counts()
    known = {state.name: state for state in outbox.ledger.terminals()}
    events = outbox.ledger.events(now - EVENT_DAYS * 86_400)
    roll_ = roll(config, outbox)
    configured = [one["name"] for one in roll_ if one["state"] in (ASKED, APPROVED)]
    return {
        "office": config.bridge.office,
        "key": _key(config),
        "outbox": str(outbox.path),
        "running": locks.runner(config.state_dir),
        "centre": {"url": config.centre.url, **asdict(outbox.ledger.centre())},
        "waiting": counts.waiting,
        "oldest_waiting_at": counts.oldest_waiting_at,
        "sent": counts.sent,
        "parked": counts.parked,
        "parked_because": outbox.parked_reasons(),
        "coverage_refused": outbox.ledger.refused(),
        "outbox_events": _events(events, OUTBOX),
        "to_be_approved": [one for one in roll_ if one["state"] == WAITING],
        "terminals": [
            _terminal(name, known.get(name), configured, events)
            for name in [*configured, *(name for name in known if name not in configured)]
        ],
    }


def roll(config: Config, outbox: Outbox) -> list[dict[str, Any]]:
    """Return every terminal that is configured, was approved, or called and was turned away."""
    known = {state.name: state for state in outbox.ledger.terminals()}
    callers = {state.serial: state for state in outbox.callers.all()}
    rows = []
    for one in config.terminals:
        caller = callers.pop(one.serial, None) if one.calls and one.serial else None
        serial = one.serial or (known[one.name].serial if one.name in known else "")
        state = APPROVED if one.calls else ASKED
        rows.append(_row(caller, serial=serial, name=one.name, driver=one.driver, state=state))
    for caller in callers.values():
        rows.append(
            _row(
                caller,
                serial=caller.serial,
                name=caller.name,
                driver=caller.driver,
                state=caller.state,
            )
        )
    return rows


def _row(caller: CallerState | None, **told: Any) -> dict[str, Any]:
    called: dict[str, Any] = {"peer": None, "last_at": None, "told": None}
    if caller is not None:
        called = {"peer": caller.peer, "last_at": caller.last_at, "told": caller.told}
    return {**told, **called}


def _terminal(
    name: str, state: TerminalState | None, configured: list[str], events: list[PastEvent]
) -> dict[str, Any]:
    found = {} if state is None else asdict(state)
    for moment in ("since", "until"):
        found[f"known_{moment}_at"] = found.pop(f"known_{moment}", None)
    return {
        **found,
        "name": name,
        "configured": name in configured,
        "events": _events(events, name),
    }


def _events(events: list[PastEvent], name: str) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in asdict(event).items() if key != "name"}
        for event in events
        if event.name == name
    ]


def _key(config: Config) -> dict[str, Any]:
    try:
        key = KeyFiles(config.state_dir).current()
    except KeyUnfit as fault:
        return {"id": None, "made_at": None, "error": str(fault)}
    return {"id": key.id, "made_at": key.made_at, "error": ""}


def plain(status: dict[str, Any]) -> dict[str, Any]:
    """Return the status for programs: every moment as UTC text."""
    return {key: _plain(key, value) for key, value in status.items()}


def _plain(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _plain(inner, one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_plain(key, one) for one in value]
    if isinstance(value, int) and key.endswith("_at"):
        return render.utc(value)
    return value


def show(status: dict[str, Any], config: Config) -> None:
    """Print the status for people."""
    _show_bridge(status, config)
    zone = config.zone
    render.heading("terminals")
    render.table(
        (
            "TERMINAL",
            "SERIAL",
            "LAST READ",
            "KNOWN SINCE",
            "KNOWN UNTIL",
            "RECORDS",
            "CLOCK",
            "STATE",
        ),
        [
            (
                one["name"],
                one.get("serial"),
                render.moment(one.get("read_at"), zone),
                render.moment(one["known_since_at"], zone),
                render.moment(one["known_until_at"], zone),
                one.get("records"),
                render.seconds(one.get("clock_offset_s")),
                _state(one, config),
            )
            for one in status["terminals"]
        ],
    )
    events = [
        (
            one["name"],
            event["kind"],
            render.moment(event["last_at"], zone),
            event["times"],
            event["detail"],
        )
        for one in [{"name": "outbox", "events": status["outbox_events"]}, *status["terminals"]]
        for event in one["events"]
    ]
    if events:
        render.heading(f"named in the last {EVENT_DAYS} days")
        render.table(("ABOUT", "WHAT", "LAST", "TIMES", "DETAIL"), events)
    if status["parked_because"]:
        render.heading("parked: refused by the centre, or changed on this disk")
        render.table(("ROWS", "REASON"), [(n, why) for why, n in status["parked_because"].items()])
    if status["to_be_approved"]:
        render.heading("call and are not approved; see `hadir-bridge terminals approve`")
        render.table(
            ("SERIAL", "FROM", "LAST CALL", "TELLS"),
            [
                (one["serial"], one["peer"], render.moment(one["last_at"], zone), one["told"])
                for one in status["to_be_approved"]
            ],
        )
    if status["coverage_refused"]:
        render.heading("coverage refused by the centre")
        render.table(("STRETCH", "REASON"), list(status["coverage_refused"].items()))


def _show_bridge(status: dict[str, Any], config: Config) -> None:
    centre, zone = status["centre"], config.zone
    if centre["error"]:
        way = f"{centre['error']} (since {render.moment(centre['error_at'], zone)})"
    elif centre["ok_at"] is None:
        way = "not reached yet"
    else:
        way = f"answered {render.moment(centre['ok_at'], zone)}"
    oldest = render.moment(status["oldest_waiting_at"], zone)
    waiting = str(status["waiting"]) + (f", the oldest since {oldest}" if oldest else "")
    pairs = [
        ("office", status["office"]),
        ("bridge", status["running"] or "not running"),
        ("centre", f"{centre['url']}: {way}"),
        ("key", status["key"]["error"] or status["key"]["id"]),
        ("outbox", status["outbox"]),
        ("waiting", waiting),
        ("sent", status["sent"]),
        ("parked", status["parked"]),
    ]
    if centre["skew_s"] is not None and abs(centre["skew_s"]) > config.bridge.clock_limit_s:
        pairs.append(("our clock", f"{render.seconds(centre['skew_s'])} against the centre's"))
    for name, value in pairs:
        render.line(f"{name:<10}{render.plain(value)}")


def _state(one: dict[str, Any], config: Config) -> str:
    if not one["configured"]:
        return "no longer configured"
    if one.get("error"):
        return f"{one['error']} (since {render.moment(one['error_at'], config.zone)})"
    return "never read" if one.get("read_at") is None else "ok"
