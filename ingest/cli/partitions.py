"""The months that punches lie in on PostgreSQL: which there are, taken out, put back."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.acting import by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.show import as_json, show
from ingest.errors import Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.store.archives import Archive
    from ingest.store.partitions import Log

MONTH = click.DateTime(["%Y-%m"])


@click.group()
def partitions() -> None:
    """The months punches lie in, on PostgreSQL."""


@partitions.command("list")
@as_json
@pass_centre
def list_partitions(centre: Centre, as_json: bool) -> None:
    """List the months: in the store, outside of it, without one.

    `default` are punches of months that have no partition of their own: most of them claim times
    that cannot be.

    \b
    Example:
        hadir-ingest partitions list
    """
    from ingest.store import partitions as store

    with centre.reading() as connection:
        _require_months(connection)
        rows: list[dict[str, object]] = [
            {"month": f"{one.month:%Y-%m}", "where": "store", "punches": one.punches,
             "bytes": one.bytes, "file": ""}
            for one in store.find_months(connection)
        ]  # fmt: skip
        rows += [
            {"month": f"{month:%Y-%m}", "where": "default", "punches": count, "bytes": None,
             "file": ""}
            for month, count in store.find_strays(connection).items()
        ]  # fmt: skip
        rows += [
            {"month": f"{month:%Y-%m}", "where": "archive", "punches": None, "bytes": None,
             "file": file}
            for month, file in store.find_archived(connection).items()
        ]  # fmt: skip
    rows.sort(key=lambda row: str(row["month"]))
    show(rows, ("month", "where", "punches", "bytes", "file"), as_json=as_json)


@partitions.command("archive")
@click.option("--before", type=MONTH, required=True, help="Months that ended before this one.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder of the files.",
)
@by(required=False)
@pass_centre
def archive_partitions(centre: Centre, before: datetime, folder: Path, who: str | None) -> None:
    """Take old months out into files.

    A month leaves the store when its file was written, brought to disk and read again. Its days
    stay as they were judged, and are not judged again until the file is attached. Needs the role
    that owns the tables.

    \b
    Example:
        hadir-ingest partitions archive --before 2024-01 --to /srv/hadir-archive
    """
    from ingest.store import partitions as store

    with centre.reading() as connection:
        _require_months(connection)
        months = store.may_go(connection, before.date(), today=centre.today())
    for month in months:
        made = store.archive(
            centre.engine,
            month,
            folder,
            now=centre.now(),
            log=_logging(centre, "partitions.archive", who),
        )
        click.echo(f"{_named(month)}: {made.rows} punches are in {made.file}")
    if not months:
        click.echo("nothing to take out: no month is that old")


@partitions.command("attach")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@by(required=False)
@pass_centre
def attach_partition(centre: Centre, file: Path, who: str | None) -> None:
    """Bring a month back from its file.

    The manifest has to lie beside it. Needs the role that owns the tables.

    \b
    Example:
        hadir-ingest partitions attach /srv/hadir-archive/punches-2023-12.csv.gz
    """
    from ingest.store import partitions as store

    with centre.reading() as connection:
        _require_months(connection)
    found, again = store.attach(
        centre.engine, file, now=centre.now(), log=_logging(centre, "partitions.attach", who)
    )
    told = f"; {again} of them were told again in the meantime" if again else ""
    click.echo(f"{_named(found.month)}: {found.rows} punches are back in the store{told}")


def _logging(centre: Centre, what: str, who: str | None) -> "Log":
    def log(connection: "Connection", moved: "Archive") -> None:
        note(
            centre,
            connection,
            what,
            who=who,
            subject=_named(moved.month),
            file=str(moved.file),
            rows=moved.rows,
            sha256=moved.sha256,
        )

    return log


def _require_months(connection: "Connection") -> None:
    from ingest.store import partitions as store

    if not store.has_months(connection):
        raise Refused(
            "only a store on PostgreSQL is cut into months; one in a file needs none of this"
        )


def _named(month: date) -> str:
    return f"{month:%Y-%m}"
