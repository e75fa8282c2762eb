"""`hadir-bridge users`: who is enrolled, for the list of user ids at the centre."""

from datetime import datetime

import click

from bridge.office import Office


@click.command()
@click.argument("terminal")
@click.option(
    "--from",
    "first",
    type=click.DateTime(["%Y-%m-%d"]),
    help="From which day on the user ids count.  [today]",
)
@click.pass_obj
def users(office: Office, terminal: str, first: datetime | None) -> None:
    """List who is enrolled on one terminal, as CSV.

    It is what `hadir-ingest user-ids import` takes: fill in the NIP where the user id is none, or
    "nobody". Fingers, faces, passwords and cards are not read.

    \b
    Example:
        hadir-bridge users front-door --from 2026-11-01 > pin.csv
    """
    from bridge import locks, progress
    from bridge.userlist import sheet

    loaded = office.config()
    chosen = loaded.terminal(terminal)
    visit = locks.visit(loaded.state_dir, chosen.name)
    with visit, progress.reading(chosen.name), chosen.open() as opened:
        serial = opened.info().serial
        found = opened.users()
    begins = (first or datetime.now(loaded.zone)).date()
    click.echo(sheet(found, serial=serial, first=begins), nl=False)
    click.echo(f"{chosen.name}: serial {serial}, users {len(found)}", err=True)
