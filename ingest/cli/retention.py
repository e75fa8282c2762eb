"""Retention: what is kept for how long, what is due to be forgotten, and what was."""

from datetime import date, datetime, time

import click

from ingest.cli.acting import actor, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.cli.show import as_json, show


@click.group()
def retention() -> None:
    """What is forgotten, and when; evidence never is."""


@retention.command("list")
@as_json
@pass_centre
def list_kinds(centre: Centre, as_json: bool) -> None:
    """List what is forgotten when, and how much is due.

    Of a person nothing is due while a case of theirs is open or `privacy hold` keeps it.

    \b
    Example:
        hadir-ingest retention list
    """
    from ingest.store import forgetting

    settings, now = centre.config.retention, centre.now()
    with centre.reading() as connection:
        rows = [
            {
                "kind": one.name,
                "days": getattr(settings, one.setting) if one.setting else None,
                "due": forgetting.count(connection, one, settings, now=now),
                "what": one.what,
            }
            for one in forgetting.KINDS
        ]
    show(rows, ("kind", "days", "due", "what"), as_json=as_json)


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@as_json
@pass_centre
def run_retention(centre: Centre, dry_run: bool, as_json: bool) -> None:
    """Forget now what has served, as the service does by itself.

    What a terminal told, what a person decided, letters, and how days were judged is never
    forgotten, by no setting; whole months of punches are taken out by `hadir-ingest partitions`.

    \b
    Example:
        hadir-ingest retention run --dry-run
    """
    from ingest.store import forgetting

    settings, now, kinds = centre.config.retention, centre.now(), forgetting.KINDS
    if dry_run:
        with centre.reading() as connection:
            counts = [forgetting.count(connection, one, settings, now=now) for one in kinds]
    else:
        with centre.writing() as connection:
            who = actor(None).name
            gone = forgetting.forget_all(connection, settings, now=now, who=who)
            note(centre, connection, "retention.run", who=None, erased=gone)
        counts = [gone[one.name] for one in kinds]
    rows = [
        {"kind": one.name, "count": count, "what": one.what}
        for one, count in zip(kinds, counts, strict=True)
    ]
    show(rows, ("kind", "count", "what"), as_json=as_json)


@retention.command("report")
@click.option("--since", type=DAY, help="First day.")
@as_json
@pass_centre
def report_erasures(centre: Centre, since: date | None, as_json: bool) -> None:
    """Tell what was erased, when and by whom.

    Each round that erased something of people left a line, in the commit that erased it. With
    --json also which rows: papers by case and digest, texts and addresses by their numbers.

    \b
    Example:
        hadir-ingest retention report --since 2026-01-01
    """
    from ingest.store.privacy import find_erasures

    first = day_of(since)
    begin = None if first is None else datetime.combine(first, time(), centre.config.zone)
    with centre.reading() as connection:
        found = find_erasures(connection, since=begin)
    columns = ("at", "kind", "count", "who", *(("rows",) if as_json else ()))
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    show(rows, columns, as_json=as_json)
