"""What every command starts from: the configuration, the outbox that is there, and how it ends."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge import config, statedir
from bridge.config import Config
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from bridge.outbox import Outbox


class Failed(BridgeError):
    """A command that ran to its end and did not succeed in all of it."""


class Office:
    """The configuration, read when a command asks for it: `--help` needs none."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def config(self) -> Config:
        """Return the configuration; what works and should be put right is told."""
        loaded = config.load(self.path)
        for warning in loaded.warnings:
            click.echo(f"{self.path}: {warning}", err=True)
        return loaded


@contextmanager
def existing_outbox(loaded: Config) -> Iterator["Outbox"]:
    """Lend the outbox that is there, for a look while others may work on it."""
    from bridge.outbox import Outbox

    with Outbox.existing(loaded.state_dir / statedir.OUTBOX) as opened:
        yield opened


def tell(results: Iterable[tuple[str, bool]]) -> None:
    """Print results as they come; fail at the end if one of them is a failure."""
    failed = 0
    for text, good in results:
        click.echo(text, file=sys.stdout if good else sys.stderr)
        failed += not good
    if failed:
        raise Failed(f"failed: {failed}")
