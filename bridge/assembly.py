"""The parts of a bridge, put together from its configuration; who runs them is not said here."""

import random
import time
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from bridge import locks
from bridge.centre import Centre
from bridge.clock import ClockKeeper
from bridge.config import Config
from bridge.dropfolder import DropFolder
from bridge.forwarder import Forwarder
from bridge.health import Health
from bridge.intake import Intake
from bridge.keys import KeyFiles
from bridge.listener import Listener
from bridge.live import Live
from bridge.opener import Opener
from bridge.outbox import Outbox
from bridge.poller import Poller
from bridge.reception import Reception
from bridge.terminals import TerminalConfig
from drivers import registry


@dataclass(frozen=True, slots=True)
class Reader:
    """One terminal's poller, and what opens its terminal."""

    name: str
    driver: str
    poller: Poller
    opener: Opener


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that runs in a bridge."""

    outbox: Outbox
    health: Health
    readers: tuple[Reader, ...]
    centre: Centre
    forwarder: Forwarder
    folders: tuple[DropFolder, ...] = ()

    def close(self) -> None:
        """Let go of centre and outbox; the loops must have ended."""
        self.centre.close()
        self.outbox.close()


def assemble(config: Config, outbox: Outbox, what: str) -> Parts:
    """Put the parts together; nothing starts and nothing is connected."""
    draw = random.random
    health = Health()
    intake = Intake(outbox, zone=config.zone, clock_limit_s=config.bridge.clock_limit_s)
    readers, folders = [], []
    for terminal in config.terminals:
        if terminal.calls:
            continue
        if terminal.is_folder:
            folders.append(_folder(terminal, config, outbox, intake, health))
            continue
        opener = Opener(terminal, config.state_dir, what)
        poller = Poller(
            name=terminal.name,
            driver=terminal.driver,
            opener=opener,
            intake=intake,
            ledger=outbox.ledger,
            health=health,
            zone=config.zone,
            poll_s=terminal.poll_s,
            random=draw,
            live=partial(Live, name=terminal.name, outbox=outbox, zone=config.zone),
            wanted=partial(locks.wanted, config.state_dir, terminal.name),
            keeper=ClockKeeper(terminal.name, outbox, config.zone)
            if terminal.clock == "set"
            else None,
        )
        readers.append(Reader(terminal.name, terminal.driver, poller, opener))
    centre = centre_of(config)
    forwarder = Forwarder(
        outbox,
        centre,
        health=health,
        heartbeat_s=config.centre.heartbeat_s,
        bridge_version=version("hadir"),
        random=draw,
        key_mark=KeyFiles(config.state_dir).mark,
    )
    return Parts(outbox, health, tuple(readers), centre, forwarder, tuple(folders))


def _folder(
    terminal: TerminalConfig, config: Config, outbox: Outbox, intake: Intake, health: Health
) -> DropFolder:
    return DropFolder(
        name=terminal.name,
        driver=terminal.driver,
        options=terminal.options,
        reader=registry.importer(terminal.driver),
        intake=intake,
        outbox=outbox,
        health=health,
        zone=config.zone,
        poll_s=terminal.poll_s,
        random=random.random,
    )


def listener_of(config: Config, parts: Parts) -> Listener | None:
    """Return what terminals call, nothing begun; None where none may call."""
    if config.listener is None:
        return None
    reception = Reception(
        parts.outbox,
        config.terminals,
        zone=config.zone,
        clock_limit_s=config.bridge.clock_limit_s,
        clock=time.time,
    )
    host, port = config.listener.host, config.listener.port
    return Listener(reception, host=host, port=port, health=parts.health)


def centre_of(config: Config) -> Centre:
    """Return the client of the configured centre; nothing is connected."""
    return Centre(
        config.centre.url,
        KeyFiles(config.state_dir),
        ca_file=config.ca_file,
        timeout_s=config.centre.timeout_s,
        allow_plain_http=config.centre.allow_plain_http,
    )
