"""The `hadir-ingest` command: each noun is a file, each file a line in COMMANDS."""

import logging
import os
from importlib.metadata import version
from pathlib import Path

import click

from ingest.cli import bridges, calendar, check, days, people, punches, reports, serve, terminals
from ingest.cli.context import Centre, Group, logs, now
from ingest.config import DEFAULT_PATH

COMMANDS: tuple[click.Command, ...] = (
    serve.serve,
    check.check,
    serve.migrate,
    people.offices,
    people.people,
    terminals.terminals,
    terminals.user_ids,
    bridges.bridges,
    punches.punches,
    calendar.calendar,
    days.days,
    days.coverage,
    reports.report,
)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="HADIR_CONFIG",
    default=DEFAULT_PATH,
    show_default=True,
    show_envvar=True,
    help="The configuration file.",
)
@click.option("--verbose", is_flag=True, help="Tell more, and show the whole chain of an error.")
@click.version_option(version("hadir"), prog_name="hadir-ingest")
@click.pass_context
def cli(context: click.Context, config: Path, verbose: bool) -> None:
    """The centre: takes punches from the bridges, keeps them, judges days."""
    quiet = logging.INFO if context.invoked_subcommand == serve.serve.name else logging.WARNING
    context.with_resource(logs(logging.DEBUG if verbose else quiet))
    before = os.umask(0o077)  # whatever we make, a store above all, holds personal data
    context.call_on_close(lambda: os.umask(before))
    clock = context.obj or now  # tests hand in theirs
    context.obj = Centre(config, clock=clock)


for command in COMMANDS:
    cli.add_command(command)
