"""What `check --connect` asks: who each terminal is, and whether the centre takes our key.

Nothing is kept.
"""

import time
from collections.abc import Iterator

from bridge import locks, render, statedir
from bridge.assembly import centre_of
from bridge.clock import measure
from bridge.config import Config
from bridge.errors import BridgeError
from bridge.outbox import Outbox
from bridge.reception import SILENT_S
from bridge.rounds import Result
from bridge.terminals import TerminalConfig
from drivers.errors import DriverError


def connect(config: Config) -> Iterator[Result]:
    """Talk to every terminal and to the centre; tell of each how it is."""
    for terminal in config.terminals:
        try:
            yield _caller(config, terminal) if terminal.calls else _terminal(config, terminal)
        except DriverError as error:
            yield f"{terminal.name}: {error}", False
    try:
        with centre_of(config) as centre:
            centre.probe()
    except BridgeError as error:
        yield f"centre: {error}", False
    else:
        yield f"centre: {config.centre.url} takes our key", True


def _caller(config: Config, terminal: TerminalConfig) -> Result:
    """Tell when a terminal last called: it cannot be asked."""
    place = config.state_dir / statedir.OUTBOX
    last_at = None
    if place.exists():
        with Outbox.existing(place) as outbox:
            state = outbox.callers.find(terminal.serial or "")
            last_at = state.last_at if state else None
    if last_at is None:
        port = config.listener.port if config.listener else 0
        told = f"has not called yet; set its cloud server to this computer, port {port}"
        return f"{terminal.name}: {told}", False
    silent_s = int(time.time()) - last_at
    if silent_s > SILENT_S:
        told = "is it on, and is its cloud server set to this computer?"
        return f"{terminal.name}: last called {silent_s // 60} minutes ago; {told}", False
    return f"{terminal.name}: calls us, last {silent_s} s ago", True


def _terminal(config: Config, terminal: TerminalConfig) -> Result:
    with locks.visit(config.state_dir, terminal.name), terminal.open() as opened:
        info = opened.info()
        offset_s = measure(opened, config.zone, time.time)
    if terminal.serial and info.serial != terminal.serial:
        told = (
            f"it is {info.serial}, but its section says {terminal.serial}; correct serial or host"
        )
        return f"{terminal.name}: {told}", False
    parts = [f"serial {info.serial}"]
    if info.model:
        parts.insert(0, render.plain(info.model))
    if info.records is not None:
        parts.append(f"records {info.records}")
    if offset_s is not None:
        parts.append(f"clock {render.seconds(offset_s)}")
    off = offset_s is not None and abs(offset_s) > config.bridge.clock_limit_s
    if off:
        parts.append("set its clock: days with a clock this far off are not judged")
    return f"{terminal.name}: {', '.join(parts)}", not off
