"""As whom somebody acts here."""

import click

from ingest.cli.context import Centre, pass_centre
from ingest.cli.users import NOBODY_YET
from ingest.store import users


@click.command()
@pass_centre
def whoami(centre: Centre) -> None:
    """Tell as whom you act here, and what you see.

    \b
    Example:
        hadir-ingest whoami
    """
    with centre.reading() as connection:
        known = users.find_all(connection)
    acting = centre.acting
    click.echo(f"account  {acting.account.text}")
    if acting.user is not None:
        click.echo(f"user     {acting.user.name} ({acting.user.full_name})")
        click.echo(f"role     {acting.role}")
        click.echo(f"office   {acting.office or 'every office'}")
    elif known:
        click.echo("user     none: ask an admin of hadir for hadir-ingest users add")
    else:
        click.echo(f"role     {acting.role}")
        click.echo(NOBODY_YET, err=True)
