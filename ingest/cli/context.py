"""What every command works with, and the one place where our errors become a sentence."""

import errno
import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.errors import ConfigError, ImportFaults, IngestError
from ingest.identity import OutOfScope

if TYPE_CHECKING:  # what a command needs is loaded when it runs: help needs none of it
    from sqlalchemy import Connection, Engine

    from ingest.cli.scope import Scope
    from ingest.config import IngestConfig
    from ingest.identity import Acting

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the real time; commands get it handed, as everything else does."""
    return datetime.now(UTC)


class Centre:
    """The configuration and the store of one command, each opened when first asked for."""

    def __init__(self, path: Path, *, clock: Clock = now) -> None:
        self.path = path
        self.clock = clock

    @cached_property
    def config(self) -> "IngestConfig":
        from ingest import config

        return config.load(self.path)

    @cached_property
    def bare_engine(self) -> "Engine":
        """The database, whoever asks: for `restore` alone, which fills an empty one."""
        from ingest.store import database

        engine = database.open_engine(self.config.database)
        click.get_current_context().find_root().call_on_close(engine.dispose)
        return engine

    @cached_property
    def scope(self) -> "Scope":
        """Who acts, and within which bound: whoever may not run this command gets no further.

        Raises Refused.
        """
        from ingest.cli import acting
        from ingest.cli.scope import Scope

        command, declared = acting.declared()
        return Scope(acting.admitted(self.bare_engine, command, declared), command, declared)

    @property
    def acting(self) -> "Acting":
        return self.scope.acting

    @cached_property
    def any_engine(self) -> "Engine":
        """The database, whatever its tables are: to migrate it, and to save it."""
        _ = self.scope
        return self.bare_engine

    @cached_property
    def engine(self) -> "Engine":
        """The database with the tables this program knows."""
        from ingest.store import database

        database.require_current(self.bare_engine)
        return self.any_engine

    @contextmanager
    def reading(self) -> Iterator["Connection"]:
        from ingest.store import database

        with database.reading(self.engine) as connection:
            yield connection
        self.scope.close()

    @contextmanager
    def writing(self) -> Iterator["Connection"]:
        """Open one transaction: a command is done whole or not at all."""
        from ingest.store import database

        with database.writing(self.engine) as connection:
            yield connection
            self.scope.close()

    def now(self) -> datetime:
        return self.clock()

    def today(self) -> date:
        """Return the day it is in the offices."""
        return self.clock().astimezone(self.config.zone).date()


pass_centre = click.make_pass_decorator(Centre)


class Group(click.Group):
    """A command group that tells our own errors once, in one sentence, and leaves with 1."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for one in args:  # no database takes it, and none of our names is written so
            if not _is_text(one):
                raise click.UsageError(f"{one!a} is no text in UTF-8", ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (IngestError, OSError) as error:
            if isinstance(error, OSError) and (
                error.errno == errno.EPIPE or error.filename is None
            ):
                raise  # whoever read our output has left, which click knows; or it is a bug
            if isinstance(error, OutOfScope):
                _note_refusal(ctx.obj, error)
            if ctx.params.get("verbose"):
                click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
            for line in _sentences(error):
                click.echo(line, err=True)
            # 2 keeps systemd from starting again what no restart mends
            ctx.exit(2 if isinstance(error, ConfigError) else 1)


def _note_refusal(centre: Centre, refused: OutOfScope) -> None:
    from ingest.cli.scope import note_refusal

    note_refusal(centre, refused)


def _is_text(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sentences(error: IngestError | OSError) -> list[str]:
    if isinstance(error, OSError):
        return [f"{error.filename}: {error.strerror}"]
    if isinstance(error, ImportFaults):
        return [*(f"{error.path}: {fault}" for fault in error.faults), str(error)]
    if isinstance(error, ConfigError):
        return error.faults
    return [str(error)]


def dump(value: object) -> str:
    """Return JSON as lists and exports write it."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
