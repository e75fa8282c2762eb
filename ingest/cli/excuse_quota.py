"""How much leave people have taken of a year, and what is left of it."""

from collections.abc import Iterator, Sequence
from datetime import date

import click
from sqlalchemy import Connection

from ingest import excuse_types
from ingest.calendar import ExcuseType
from ingest.calendar.taken import Account, Standing
from ingest.cli import scope
from ingest.cli.acting import trusted_root
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import asked_office
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show, show_csv
from ingest.errors import NotKnown
from ingest.store.excuse_grounds import Concerned
from ingest.store.excuses import find_earlier
from ingest.store.people import find_assignments

COLUMNS = ("nip", "name", "type", "days", "carried", "used", "left", "over", "notes")


@click.command("quota")
@click.option("--year", type=click.IntRange(2000, 2100), help="Which year (default: this one).")
@click.option("--office", help="Only of who serves in this office.")
@click.option("--nip", help="Only of this person.")
@click.option("--type", "code", help="Only this type (default: all that have a quota).")
@click.option("--over", "only_over", is_flag=True, help="Only who has taken more than is due.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV file.")
@as_json
@pass_centre
def show_quotas(
    centre: Centre,
    year: int | None,
    office: str | None,
    nip: str | None,
    code: str | None,
    only_over: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Tell how much leave people have taken of a year.

    Of who serves on its last day, or today: working days of the own plan that are due, carried from
    the year before, used, left and over. What nobody knows here is noted. The quotas are data:
    excuses types --json shows them with their sources.

    \b
    Example:
        hadir-ingest excuses quota --office 4.01.01 --year 2026
    """
    wanted = year or centre.today().year
    day = min(centre.today(), date(wanted, 12, 31))
    types = _types(centre, code)
    with centre.reading() as connection:
        if nip is not None:
            nips = [known_nip(connection, nip, (day, day))]
            asked = f"nip {nips[0]}"
        else:
            office = asked_office(connection, office)
            serving = find_assignments(connection, office=office, on=day)
            nips = list(dict.fromkeys(one.nip for one in serving))
            asked = scope.of_office(office)
        scope.tell_read(centre, asked, nips, year=wanted)
        found = _rows(connection, nips, types, wanted, trusted_root(centre))
        rows = [row for row in found if row["over"] or not only_over]
    show_csv(rows, COLUMNS) if as_csv else show(rows, COLUMNS, as_json=as_json)


def _types(centre: Centre, code: str | None) -> list[ExcuseType]:
    """Return the types that are counted. Raises NotKnown."""
    known = [one for one in excuse_types.load(centre.config.excuses).values() if one.quotas]
    found = [one for one in known if code is None or one.code == code.upper()]
    if not found:
        told = ", ".join(one.code for one in known) or "none"
        raise NotKnown(f"no type {code or 'at all'} has a quota; those that have: {told}")
    return found


def _rows(
    connection: Connection,
    nips: Sequence[str],
    types: Sequence[ExcuseType],
    year: int,
    root: str | None,
) -> Iterator[dict[str, object]]:
    people = Concerned(connection, nips)
    given = find_earlier(connection, nips, root)
    for nip in nips:
        person = people.of(nip)
        if person is None:
            continue
        for one in types:
            account = Account(one, person, given.get(nip, ()))
            if (standing := account.standing(year)) is not None:
                yield _row(nip, person.name, one.code, standing)


def _row(nip: str, name: str, code: str, one: Standing) -> dict[str, object]:
    return {
        "nip": nip,
        "name": name,
        "type": code,
        "days": one.days,
        "carried": one.carried,
        "used": one.used,
        "left": one.left,
        "over": one.over,
        "notes": "; ".join(one.notes),
    }
