"""Whose working time a command speaks of: an office's or a person's."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol, TypeVar

import click
from sqlalchemy import Connection

from ingest.cli import scope
from ingest.cli.people import require_office
from ingest.cli.punches import known_nip
from ingest.identity import OutOfScope
from ingest.store.people import find_offices, person_ids, serves
from ingest.store.touched import Owner, of_people

_Command = Callable[..., None]


class Owned(Protocol):
    """A dated row of an office or of a person."""

    @property
    def office(self) -> str | None: ...
    @property
    def nip(self) -> str | None: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date | None: ...


_Owned = TypeVar("_Owned", bound=Owned)


def of_whom(command: _Command) -> _Command:
    """Give a command `--office` and `--nip`, of which it takes one."""
    for option in (
        click.option("--nip", help="Of one person."),
        click.option("--office", help="Of a whole office."),
    ):
        command = option(command)
    return command


def owner(
    connection: Connection, office: str | None, nip: str | None, first: date, last: date | None
) -> tuple[Owner, str]:
    """Return whose it is on these days, and in words.

    Raises NotKnown, OutOfScope, and UsageError unless one of the two is given.
    """
    if (office is None) == (nip is None):
        raise click.UsageError("give --office or --nip, one of the two")
    if office is not None:
        require_office(find_offices(connection), office)
        return Owner(office, None), f"office {office}"
    digits = known_nip(connection, nip or "", (first, last))
    _require_all_own(connection, digits, first, last)
    return Owner(None, person_ids(connection)[digits]), digits


def require_own(connection: Connection, row: Owned) -> None:
    """Raise OutOfScope unless a row is the own office's, or of who serves there on all its days."""
    if row.nip is None:
        scope.require_own(row.office)
    else:
        scope.require_person(connection, row.nip, row.first, row.last)
        _require_all_own(connection, row.nip, row.first, row.last)


def within(
    connection: Connection, rows: Iterable[_Owned], office: str | None, nip: str | None
) -> list[_Owned]:
    """Return the rows asked for: of an office itself, of a person, or all there are for who asks.

    Raises NotKnown, OutOfScope.
    """
    if office is not None:
        require_office(find_offices(connection), office)
        return [one for one in rows if one.office == office]
    if nip is not None:
        digits = known_nip(connection, nip)
        return [one for one in rows if one.nip == digits]
    own = scope.ask()
    return [one for one in rows if own is None or _is_of(connection, one, own)]


def again(marked: int) -> None:
    """Say how many days come to something else, perhaps, by what was just done."""
    if marked:
        click.echo(f"{marked} office-days will be judged again", err=True)


def subject(row: Owned) -> str:
    """Return whose a row is, as the audit log names it."""
    return f"office {row.office}" if row.office is not None else row.nip or ""


def _require_all_own(connection: Connection, nip: str, first: date, last: date | None) -> None:
    """Raise OutOfScope where a person serves elsewhere on some of the days that would change."""
    own = scope.ask()
    spans = of_people(connection, [person_ids(connection)[nip]], first, last)
    if own is not None and any(one.office != own for one in spans):
        raise OutOfScope(
            f"this person does not serve in office {own} on all of these days; give only those, "
            "or ask an admin of hadir",
            f"nip {nip}",
        )


def _is_of(connection: Connection, row: Owned, office: str) -> bool:
    if row.nip is None:
        return row.office == office
    return serves(connection, row.nip, office, row.first, row.last)
