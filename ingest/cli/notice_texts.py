"""The texts of messages: whether they can be used, and how they come out."""

import click

from ingest.cli.context import Centre, pass_centre
from ingest.notify import templates
from ingest.notify.settings import usual
from ingest.notify.templates import SAMPLE, WHATS, Templates


@click.group("templates")
def texts() -> None:
    """The texts that an admin may change."""


@texts.command("check")
@pass_centre
def check_texts(centre: Centre) -> None:
    """Tell whether all texts can be used, each fault with its file.

    \b
    Example:
        hadir-ingest notices templates check
    """
    load(centre)
    click.echo(f"{len(WHATS)} texts can be used")


@click.command()
@click.argument("what", type=click.Choice(WHATS))
@pass_centre
def preview(centre: Centre, what: str) -> None:
    """Show a text as it comes out, for somebody who does not exist.

    \b
    Example:
        hadir-ingest notices preview warning
    """
    found = load(centre).render(what, SAMPLE)
    click.echo(f"{found.subject}\n\n{found.text}\n")
    click.echo(f"{len(found.text)} characters; template {found.gateway or 'none'}", err=True)


def load(centre: Centre) -> Templates:
    """Return the texts of the configuration. Raises ConfigError."""
    sending = centre.config.notify or usual(centre.config.zone)
    return templates.load(sending.templates)
