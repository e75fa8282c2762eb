"""Looks at everything an office has: its terminals, the way to the centre, this computer.

Terminals are visited like anywhere else, one session each under its lock; where the daemon holds
one, what the daemon last knew of it counts. Several are visited at once, so that a mute one costs
its own time-out and no other's. Nothing is kept or changed.
"""

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bridge import findings, locks, statedir
from bridge.assembly import centre_of
from bridge.callers import WAITING
from bridge.clock import measure
from bridge.config import Config
from bridge.errors import BridgeError, KeyRefused, KeyUnfit, OutboxError
from bridge.findings import Finding, Place, State
from bridge.keys import KeyFiles
from bridge.ledger import OUTBOX
from bridge.outbox import Outbox
from bridge.reception import SILENT_S
from bridge.terminals import TerminalConfig
from drivers.errors import DriverError

AT_A_TIME = 8
EVENT_DAYS = 7


def examine(config: Config) -> Iterator[Finding]:
    """Yield what is found, the bridge first, then the centre, then each terminal."""
    now = int(time.time())
    place = config.state_dir / statedir.OUTBOX
    with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="doctor") as pool:
        visits = [pool.submit(_visit, config, one) for one in config.terminals]
        try:
            outbox = Outbox.existing(place) if place.exists() else None
        except OutboxError as error:
            outbox = None
            yield Finding("bridge", "outbox", State.FAULT, *findings.told(error))
        try:
            yield from _bridge(config, outbox, now)
            yield from _centre(config)
            for terminal, visit in zip(config.terminals, visits, strict=True):
                yield from visit.result()
                yield from _known(terminal, outbox, now)
        finally:
            if outbox is not None:
                outbox.close()


def _bridge(config: Config, outbox: Outbox | None, now: int) -> Iterator[Finding]:
    yield Finding("bridge", "version", State.OK, version("hadir"))
    running = locks.runner(config.state_dir)
    yield (
        Finding("bridge", "running", State.OK, running)
        if running
        else Finding(
            "bridge", "running", State.WARNING, "no", "`sudo systemctl start hadir-bridge`"
        )
    )
    for warning in config.warnings:
        yield Finding("bridge", "configuration", State.WARNING, *findings.told(warning))
    yield findings.of_disk(_free(config.state_dir), str(config.state_dir))
    if outbox is None:
        yield Finding("bridge", "backlog", State.UNKNOWN, "no outbox yet; the bridge never ran")
        return
    counts, most = outbox.counts(), config.bridge.max_waiting
    yield findings.of_backlog(counts.waiting, most, counts.oldest_waiting_at, now)
    yield findings.of_centre_state(outbox.ledger.centre(), now)
    events = outbox.ledger.events(now - EVENT_DAYS * findings.DAY_S)
    yield from findings.of_events("bridge", events, of=OUTBOX)
    for stretch, reason in outbox.ledger.refused().items():
        do = "tell the centre; these days stay open"
        yield Finding("bridge", "coverage", State.FAULT, f"refused: {stretch}: {reason}", do)
    for caller in outbox.callers.all():
        if caller.state == WAITING:
            do = f"`hadir-bridge terminals approve {caller.serial}`, or reject it"
            found = f"{caller.serial} calls from {caller.peer} and is not approved"
            yield Finding("bridge", "callers", State.WARNING, found, do)


def _centre(config: Config) -> Iterator[Finding]:
    url = config.centre.url
    try:
        key = KeyFiles(config.state_dir).current()
    except KeyUnfit as error:
        yield Finding("centre", "key", State.FAULT, *findings.told(error))
        return
    try:
        with centre_of(config) as centre:
            centre.probe()
    except KeyRefused as error:
        yield Finding("centre", "route", State.OK, url)
        yield Finding("centre", "key", State.FAULT, *findings.told(error))
    except BridgeError as error:
        yield Finding("centre", "route", State.FAULT, *findings.told(error))
    else:
        yield Finding("centre", "route", State.OK, url)
        yield Finding("centre", "key", State.OK, f"taken: {key.id}")


def _visit(config: Config, terminal: TerminalConfig) -> list[Finding]:
    """Ask a terminal itself. One that calls cannot be asked."""
    if terminal.calls:
        return []
    name, place = terminal.name, place_of(terminal.options)
    try:
        with locks.visit(config.state_dir, name), terminal.open() as opened:
            info = opened.info()
            offset_s = measure(opened, config.zone, time.time)
    except locks.Held as held:
        return [Finding(name, "session", State.OK, str(held))]
    except DriverError as error:
        return list(findings.of_error(name, error, place))
    if terminal.is_folder:
        return [Finding(name, "route", State.OK, place.address)]
    told = list(findings.of_info(name, info, terminal.serial, place))
    return [*told, findings.of_clock(name, offset_s, config.bridge.clock_limit_s)]


def _known(terminal: TerminalConfig, outbox: Outbox | None, now: int) -> Iterator[Finding]:
    """Tell what the outbox knows of a terminal."""
    if outbox is None:
        return
    name = terminal.name
    if terminal.calls:
        yield _call(terminal, outbox, now)
    known = next((one for one in outbox.ledger.terminals() if one.name == name), None)
    cursor = outbox.ledger.cursor(name)
    if cursor is not None and cursor.tail:
        layout = f"{cursor.layout or 'records'} of {len(cursor.tail[-1])} bytes"
        yield Finding(name, "layout", State.OK, layout)
    if not (terminal.is_folder or terminal.calls):
        yield from findings.of_reads(name, known, terminal.poll_s, now)
    serial = terminal.serial or (known.serial if known else "")
    if serial:
        yield findings.of_rows(name, *outbox.unsettled(serial))
    yield from findings.of_events(name, outbox.ledger.events(now - EVENT_DAYS * findings.DAY_S))


def _call(terminal: TerminalConfig, outbox: Outbox, now: int) -> Finding:
    state = outbox.callers.find(terminal.serial or "")
    if state is None or state.last_at is None:
        do = "set its cloud server to this computer, as [listener] says"
        return Finding(terminal.name, "last call", State.FAULT, "never", do)
    found = f"{findings.age(now - state.last_at)} ago from {state.peer}"
    if now - state.last_at > SILENT_S:
        do = "is it on, and is its cloud server set to this computer?"
        return Finding(terminal.name, "last call", State.FAULT, found, do)
    return Finding(terminal.name, "last call", State.OK, found)


def place_of(options: Any) -> Place:
    """Return where a terminal is, whatever kind of place that is."""
    for key in ("path", "port_url"):
        if place := getattr(options, key, ""):
            return Place(str(place), networked=False)
    address = f"{options.host}:{options.port}"
    transport = getattr(options, "transport", "")
    shown = f"{address}/{transport}" if transport else address
    return Place(shown, networked=True, datagrams=transport == "udp")


def _free(state_dir: Path) -> int:
    """Return the room on the disk that the state directory is on, or will be."""
    place = state_dir
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free
