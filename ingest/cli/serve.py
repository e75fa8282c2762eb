"""The centre itself: serve, check, migrate."""

from dataclasses import replace

import click

from ingest.cli.context import Centre, pass_centre
from ingest.store import database


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that answer bridges, instead of the configuration's number.",
)
@pass_centre
def serve(centre: Centre, workers: int | None) -> None:
    """Take punches from the bridges and judge days.

    Until told to stop by SIGTERM or Ctrl-C. On PostgreSQL any number of hosts may serve one store;
    one of them judges.

    \b
    Example:
        hadir-ingest --config /etc/hadir/ingest.toml serve --workers 4
    """
    from ingest import daemon, excuse_types, logs

    logs.use(centre.config.log_format)
    config = centre.config if workers is None else replace(centre.config, workers=workers)
    excuse_types.load(config.excuses)  # a fault is told now, and not when a night begins to judge
    daemon.serve(config, centre.engine, clock=centre.clock)


@click.command()
@pass_centre
def migrate(centre: Centre) -> None:
    """Make the tables, or bring them up to date.

    Harmless to repeat: what is stored stays.

    \b
    Example:
        hadir-ingest migrate
    """
    database.migrate(centre.any_engine)
    click.echo("the tables are up to date", err=True)
