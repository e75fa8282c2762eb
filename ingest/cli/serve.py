"""The centre itself: serve, check, migrate."""

import click

from ingest.cli.context import Centre, pass_centre
from ingest.store import database


@click.command()
@pass_centre
def serve(centre: Centre) -> None:
    """Take punches from the bridges and judge days.

    Until told to stop by SIGTERM or Ctrl-C.

    \b
    Example:
        hadir-ingest --config /etc/hadir/ingest.toml serve
    """
    from ingest import daemon, logs

    logs.use(centre.config.log_format)
    daemon.serve(centre.config, centre.engine, clock=centre.clock)


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
