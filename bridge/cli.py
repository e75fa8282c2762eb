"""The `hadir-bridge` command: data to stdout, talk to stderr; exit 0 done, 1 failed, 2 misused.

The group turns every fault of ours into one sentence, once, for all commands. What a command does
stands in a module of its own and is imported when it is called.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from bridge import config, locks, logs, progress, render, statedir
from bridge.config import ConfigError
from bridge.errors import BridgeError
from bridge.office import Office, existing_outbox, tell
from drivers.base import DateOrder
from drivers.errors import DriverError
from ingest.wire import WireError

FAILED, MISUSED = 1, 2


ELSEWHERE: Mapping[str, str] = {
    "backfill": "bridge.commands.backfill:backfill",
    "capture": "bridge.commands.capture:capture",
    "compare": "bridge.commands.compare:compare",
    "doctor": "bridge.commands.doctor:doctor",
    "enrol": "bridge.commands.keys:enrol",
    "key": "bridge.commands.keys:key",
    "rotate-key": "bridge.commands.keys:rotate_key",
    "scan": "bridge.commands.scan:scan",
    "terminals": "bridge.commands.terminals:terminals",
    "users": "bridge.commands.users:users",
}
"""Commands in modules of their own, `module:function`, imported when they are called."""


class OneSentence(click.Group):
    """Tells a fault as a sentence; `--verbose` adds where it came from."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, function = ELSEWHERE[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), function)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read our output has enough: click knows how to leave
            raise
        except (DriverError, BridgeError, WireError, OSError) as error:
            for sentence in _said(error).splitlines():
                click.echo(sentence, err=True)
            if ctx.params.get("verbose"):
                for cause in _causes(error):
                    click.echo(f"  because of {type(cause).__name__}: {cause}", err=True)
            ctx.exit(MISUSED if isinstance(error, ConfigError) else FAILED)


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot use {error.filename or 'what it needs'}: {error.strerror}"
    return str(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    while (cause := error.__cause__ or error.__context__) is not None:
        yield cause
        error = cause


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=config.DEFAULT_PATH,
    envvar="HADIR_CONFIG",
    show_default=True,
    show_envvar=True,
    help="The configuration.",
)
@click.option("--verbose", is_flag=True, help="Tell what is going on, and why something failed.")
@click.version_option(version("hadir"), prog_name="hadir-bridge", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, path: Path, verbose: bool) -> None:
    """Read an office's attendance terminals and forward their punches to the centre."""
    ctx.obj = Office(path)
    usual = logging.INFO if ctx.invoked_subcommand == "run" else logging.WARNING
    logs.begin(logging.DEBUG if verbose else usual)


@cli.command()
@click.pass_obj
def run(office: Office) -> None:
    """Read the terminals and forward punches until stopped.

    \b
    Example:
        hadir-bridge --config /etc/hadir/bridge.toml run
    """
    from bridge import daemon

    loaded = office.config()
    table = loaded.bridge
    logs.begin(logging.getLogger().level, form=table.log_format, office=table.office)
    daemon.run(loaded)


@cli.command()
@click.option("--connect", is_flag=True, help="Also talk to every terminal and to the centre.")
@click.pass_obj
def check(office: Office, connect: bool) -> None:
    """Tell everything that is wrong with the configuration.

    \b
    Example:
        hadir-bridge check --connect
    """
    loaded = office.config()
    click.echo(f"{office.path} is sound; terminals: {len(loaded.terminals)}", err=True)
    if connect:
        from bridge import checks

        tell(checks.connect(loaded))


@cli.command()
@click.argument("terminal")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_obj
def read(office: Office, terminal: str, as_json: bool) -> None:
    """Read one terminal once and print its log; keep nothing.

    \b
    Example:
        hadir-bridge read front-door --json
    """
    loaded = office.config()
    chosen = loaded.terminal(terminal)
    visit = locks.visit(loaded.state_dir, chosen.name)
    with visit, progress.reading(chosen.name), chosen.open() as opened:
        info = opened.info()
        log = opened.read()
    rows = (render.entry(chosen.name, log.serial, one) for one in log.entries())
    bad = render.lines(rows) if as_json else render.punches(rows)
    told = f"{info.model} " if info.model else ""
    click.echo(f"{chosen.name}: {told}serial {log.serial}, records {len(log)}, bad {bad}", err=True)


@cli.command()
@click.pass_obj
def once(office: Office) -> None:
    """Read every terminal, store, forward; fail if any of it failed.

    \b
    Example:
        hadir-bridge once
    """
    from bridge import rounds

    loaded = office.config()
    outbox = statedir.prepare(loaded.state_dir)
    with locks.instance(loaded.state_dir, "once"):
        tell(rounds.once(loaded, outbox))


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--terminal", required=True, help="The terminal the file was taken from.")
@click.option("--serial", help="Its serial number, where neither file nor outbox knows it.")
@click.option(
    "--date-order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="Of its dates, where the file does not tell day from month.",
)
@click.pass_obj
def import_(
    office: Office, file: Path, terminal: str, serial: str | None, date_order: DateOrder | None
) -> None:
    """Take punches from a file that was carried by hand.

    Such as attlog.dat, GLG_001.TXT or AGL_001.TXT.

    \b
    Example:
        hadir-bridge import /media/usb/1_attlog.dat --terminal front-door
    """
    from bridge import imports
    from bridge.outbox import Outbox

    loaded = office.config()
    chosen = loaded.terminal(terminal)
    place = statedir.prepare(loaded.state_dir)
    with Outbox(place, max_waiting=loaded.bridge.max_waiting) as opened:
        now = int(time.time())
        taken = imports.take(loaded, opened, file, chosen, serial, now, date_order)
    for text in imports.report(file, taken, loaded):
        render.line(text)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="One object; moments are UTC.")
@click.pass_obj
def status(office: Office, as_json: bool) -> None:
    """Tell how terminals, outbox and centre do.

    Works while the bridge runs.

    \b
    Example:
        hadir-bridge status
    """
    from bridge import status as gathered

    loaded = office.config()
    with existing_outbox(loaded) as outbox:
        found = gathered.gather(loaded, outbox, int(time.time()))
    if as_json:
        render.lines([gathered.plain(found)])
    else:
        gathered.show(found, loaded)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.option("--parked", is_flag=True, help="What is parked and why, instead of what waits.")
@click.option("--retry-parked", is_flag=True, help="Let what is parked wait again.")
@click.option("--begin-anew", is_flag=True, help="Chain all rows anew, as they are now.")
@click.option("--limit", type=click.IntRange(1), default=1_000, show_default=True, help="Rows.")
@click.pass_obj
def outbox(
    office: Office, as_json: bool, parked: bool, retry_parked: bool, begin_anew: bool, limit: int
) -> None:
    """List what waits for the centre, or what is parked.

    A row is parked where the centre refused it, or where it changed on this disk after it was
    stored. --begin-anew sends those as they are now, under a new name, and that is kept where
    `status` shows it; one that cannot be read any more goes as a record that is no punch.

    \b
    Example:
        hadir-bridge outbox --parked
    """
    if (retry_parked or begin_anew) and (as_json or parked or (retry_parked and begin_anew)):
        raise click.UsageError("--retry-parked and --begin-anew list nothing; give one alone")
    loaded = office.config()
    with existing_outbox(loaded) as opened:
        if retry_parked:
            click.echo(f"waiting again: {opened.retry_parked()}", err=True)
            return
        if begin_anew:
            count = opened.begin_anew("by command", int(time.time()), parked_too=True)
            click.echo(f"waiting, in new chains: {count}", err=True)
            return
        rows = opened.listing("parked" if parked else "waiting", limit)
        counts = opened.counts()
    if as_json:
        render.lines(render.kept(row) for row in rows)
    else:
        render.kept_table(rows, loaded.zone)
    total = counts.parked if parked else counts.waiting
    if total > len(rows):
        click.echo(f"shown: the oldest {len(rows)} of {total}; --limit shows more", err=True)
