"""How a verification ends: a line for each fault, and exit code 1; or that all is well."""

from collections.abc import Iterable
from itertools import islice

import click

from ingest.store.sealed import Fault, Head

MOST = 100


def tell(what: str, faults: Iterable[Fault], head: Head) -> None:
    """Print what is wrong with rows called `what`, and leave with 1 where anything is."""
    found = list(islice(faults, MOST + 1))
    for one in found[:MOST]:
        click.echo(f"{what} {one.number} {one.what}")
    if len(found) > MOST:
        click.echo(f"and more; these are the first {MOST}", err=True)
    if found:
        click.get_current_context().exit(1)
    click.echo(f"{head.number} rows agree; the last is {head.number}:{head.digest.hex()}")
