"""`hadir-bridge enrol`, `rotate-key` and `key`: the key that this bridge signs with."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

import click

from bridge.config import Config
from bridge.office import Office

if TYPE_CHECKING:
    from bridge.centre import Centre
    from bridge.keys import KeyFiles

MOST = 1_000  # characters read from stdin: a code is shorter


@click.command()
@click.argument("code")
@click.option("--again", is_flag=True, help="Put the new key in the place of one that is there.")
@click.pass_obj
def enrol(office: Office, code: str, again: bool) -> None:
    """Make this bridge's key, known to the centre by a code.

    The code is what `hadir-ingest bridges invite` prints. With - it is read from stdin and stands
    in no list of processes. A try that was cut off is repeated with the same code.

    \b
    Example:
        hadir-bridge enrol -
    """
    from bridge import enrolment

    if code == "-":
        code = sys.stdin.readline(MOST)
    if not code.strip():
        raise click.UsageError("the code is empty; it is what `hadir-ingest bridges invite` prints")
    loaded = office.config()
    with _parts(loaded) as (centre, keys):
        key, enrolled = enrolment.enrol(
            centre,
            keys,
            code.strip(),
            office=loaded.bridge.office,
            now=int(time.time()),
            bridge_version=version("hadir"),
            again=again,
        )
    known = f"bridge {enrolled.bridge} ({enrolled.name}) of office {enrolled.office}"
    click.echo(f"enrolled as {known}, key {key.id}", err=True)


@click.command("rotate-key")
@click.pass_obj
def rotate_key(office: Office) -> None:
    """Change this bridge's key for a new one.

    The old one vouches for it and counts no more afterwards. Works while the bridge runs.

    \b
    Example:
        hadir-bridge rotate-key
    """
    from bridge import enrolment

    with _parts(office.config()) as (centre, keys):
        key = enrolment.rotate(centre, keys, now=int(time.time()))
    click.echo(f"the new key is {key.id}", err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object; moments are UTC.")
@click.pass_obj
def key(office: Office, as_json: bool) -> None:
    """Show the id and age of this bridge's key; never the key itself.

    \b
    Example:
        hadir-bridge key
    """
    from bridge import findings, render
    from bridge.keys import ENROLLING, ROTATING, KeyFiles

    loaded = office.config()
    keys = KeyFiles(loaded.state_dir)
    found = keys.current()
    waiting = [one.id for name in (ENROLLING, ROTATING) if (one := keys.waiting(name))]
    if as_json:
        told = {"key": found.id, "made_at": render.utc(found.made_at), "waiting": waiting}
        render.lines([told])
        return
    made = "unknown"
    if found.made_at is not None:
        age = findings.age(int(time.time()) - found.made_at)
        made = f"{render.moment(found.made_at, loaded.zone)}, {age} ago"
    render.line(f"key   {found.id}")
    render.line(f"made  {made}")
    for key_id in waiting:
        click.echo(f"key {key_id} was shown and not confirmed; try that command again", err=True)


@contextmanager
def _parts(loaded: Config) -> Iterator[tuple["Centre", "KeyFiles"]]:
    """Lend the centre, and the key files in a state directory that is fit to hold them."""
    from bridge import statedir
    from bridge.assembly import centre_of
    from bridge.keys import KeyFiles

    statedir.prepare(loaded.state_dir)
    with centre_of(loaded) as centre:
        yield centre, KeyFiles(loaded.state_dir)
