"""What all of `people kinds`, `breaks` and `stand-ins` do alike."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

import click
from sqlalchemy import Connection

from ingest.cli import scope
from ingest.cli.acting import Words
from ingest.cli.context import Centre
from ingest.cli.people import DAY, asked_office, day_of
from ingest.cli.punches import known_nip
from ingest.cli.show import show, show_csv
from ingest.imports.sheet import Columns, Sheet
from ingest.store.people import find_assignments

LETTER = click.option("--letter", type=Words(200), required=True, help="The letter it rests on.")
FIRST = click.option("--from", "first", type=DAY, required=True, help="First day.")
OF_PERSON = click.option("--nip", help="Only of this person.")
OF_OFFICE = click.option("--office", help="Only of who serves in this office today.")
AS_CSV = click.option(
    "--csv", "as_csv", is_flag=True, help="Print a file that can be imported again."
)
SURE = click.option("--yes", is_flag=True, help="Do not ask.")


class _Theirs(Protocol):
    @property
    def nip(self) -> str: ...


_Row = TypeVar("_Row", bound=_Theirs)


def span(first: date, last: date | None) -> tuple[date, date | None]:
    """Return the days of `--from` and `--until`. Raises UsageError where they are turned round."""
    begins, ends = day_of(first) or first, day_of(last)
    if ends is not None and ends < begins:
        raise click.UsageError(f"--until {ends} lies before --from {begins}")
    return begins, ends


def days(first: date, last: date | None) -> list[str | None]:
    """Return a span as the audit log has it."""
    return [first.isoformat(), None if last is None else last.isoformat()]


def theirs(
    centre: Centre,
    connection: Connection,
    rows: Iterable[_Row],
    office: str | None,
    nip: str | None,
) -> list[_Row]:
    """Return the rows of a person, or of who serves in an office today, and note who looks.

    Raises NotKnown, OutOfScope.
    """
    if nip is not None:
        people = {known_nip(connection, nip)}
        asked = f"nip {next(iter(people))}"
        found = [one for one in rows if one.nip in people]
    else:
        office = asked_office(connection, office)
        found = list(rows)
        if office is not None:
            serving = find_assignments(connection, office=office, on=centre.today())
            here = {one.nip for one in serving}
            found = [one for one in found if one.nip in here]
        asked = scope.of_office(office)
    scope.tell_read(centre, asked, [one.nip for one in found])
    return found


def table(
    rows: list[dict[str, object]],
    columns: tuple[str, ...],
    file: Columns,
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Print rows, which have the columns of both."""
    if as_csv:
        show_csv(rows, file.names)
    else:
        show(rows, columns, as_json=as_json)


def read(file: Path, columns: Columns) -> Sheet:
    """Read a CSV file or a workbook. Raises ImportFaults."""
    from ingest.imports.workbook import read_table

    return read_table(file, columns)


def sure(question: str, *, yes: bool) -> None:
    """Ask whether it is meant; leave the program where it is not."""
    if not yes:
        click.confirm(question, abort=True, err=True)


def renamed(row: Mapping[str, object], **names: str) -> dict[str, object]:
    """Return a row with some of its columns under another name as well."""
    return {**row, **{new: row[old] for new, old in names.items()}}
