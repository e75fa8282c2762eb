"""A file that was carried by hand goes into the outbox like a log that was read."""

from collections.abc import Iterator
from pathlib import Path

from bridge import progress, render
from bridge.config import Config
from bridge.errors import BridgeError
from bridge.intake import CHUNK, Intake, Reading, Taken
from bridge.outbox import Outbox
from bridge.terminals import TerminalConfig
from drivers import registry
from drivers.base import DateOrder

ZK_FILES = "usb"
"""Terminals of the ZK family, whatever driver reads them over the network, write the same files."""


class SerialUnknown(BridgeError):
    """A file does not say which terminal it is from, and nobody else does."""


def take(
    config: Config,
    outbox: Outbox,
    file: Path,
    terminal: TerminalConfig,
    serial: str | None,
    now: int,
    date_order: DateOrder | None = None,
) -> Taken:
    """Put a file's punches into the outbox. Whatever raises, nothing that was there is lost."""
    family = terminal.driver if terminal.driver in registry.IMPORTERS else ZK_FILES
    order = date_order or (terminal.options.date_order if terminal.is_folder else "auto")
    log = registry.importer(family)(file, _serial(outbox, terminal, serial), order)
    intake = Intake(outbox, zone=config.zone, clock_limit_s=config.bridge.clock_limit_s)
    reading = Reading(terminal.name, terminal.driver, log, read_at=now)
    with progress.bar(terminal.name, "records") as shown:
        return intake.take(reading, progress.Steps(shown, CHUNK, len(log)))


def report(file: Path, taken: Taken, config: Config) -> Iterator[str]:
    """Yield what the import did, for people."""
    known = taken.records - taken.new
    yield (
        f"{file.name}: {taken.records} records of {taken.name} ({taken.serial}): "
        f"{taken.new} new, {known} known, {taken.bad} bad"
    )
    for index, reason in taken.first_bad:
        yield f"record {index + 1}: {reason}"
    if taken.bad > len(taken.first_bad):
        yield f"and {taken.bad - len(taken.first_bad)} more bad records"
    if taken.statement is None:
        yield f"covers nothing: {taken.uncovered}"
    else:
        since, until = taken.statement.since, taken.statement.until
        yield (f"covers {render.moment(since, config.zone)} to {render.moment(until, config.zone)}")
    for event in taken.events:
        if event.kind != "bad-records":  # told one by one above
            yield f"{event.kind}: {event.detail}"


def _serial(outbox: Outbox, terminal: TerminalConfig, given: str | None) -> str:
    configured = terminal.serial
    if given and configured and given != configured:
        raise SerialUnknown(
            f"--serial says {given}, but the configuration says that {terminal.name} is "
            f"{configured}; correct one of the two"
        )
    met = {state.name: state.serial for state in outbox.ledger.terminals()}
    found = given or configured or met.get(terminal.name)
    if not found:
        raise SerialUnknown(
            f"{terminal.name} was never read, so its serial number is not known; read it first, "
            'give --serial, or write serial = "..." in its section'
        )
    return found
