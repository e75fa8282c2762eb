"""Retention: what is kept for how long, and what is due to be forgotten."""

import click

from ingest.cli.context import Centre, pass_centre
from ingest.cli.show import as_json, show


@click.group()
def retention() -> None:
    """What is forgotten, and when; evidence never is."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@as_json
@pass_centre
def run_retention(centre: Centre, dry_run: bool, as_json: bool) -> None:
    """Forget now what has served, as the service does by itself.

    What a terminal told, what a person decided and how days were judged is never forgotten, by no
    setting; whole months of punches are taken out by `hadir-ingest partitions` alone.

    \b
    Example:
        hadir-ingest retention run --dry-run
    """
    from ingest.store import forgetting

    settings, now = centre.config.retention, centre.now()
    act = forgetting.count if dry_run else forgetting.forget
    with centre.reading() if dry_run else centre.writing() as connection:
        counts = {one: act(connection, one, settings, now=now) for one in forgetting.KINDS}
    rows = [{"kind": one.name, "count": n, "what": one.what} for one, n in counts.items()]
    show(rows, ("kind", "count", "what"), as_json=as_json)
