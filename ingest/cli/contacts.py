"""Where people and offices can be reached, and where they cannot."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from ingest.cli import scope
from ingest.cli.acting import Words, by, note, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import FILE, asked_office, require_office, tell
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.errors import Refused
from ingest.imports import contacts as files
from ingest.imports.workbook import read_table
from ingest.indonesian import day_text
from ingest.notify.phone import NoNumber, normalise, shown
from ingest.store import contacts as store
from ingest.store import unreachable
from ingest.store.contacts import Contact, Owner
from ingest.store.people import find_offices
from ingest.store.unreachable import Missing

_KIND = {"phone": "telepon", "mail": "surel"}
_NIP = click.option("--nip", help="NIP of the person.")
_OFFICE = click.option("--office", help="Code of the office.")


@click.group()
def contacts() -> None:
    """Where people can be reached, and where not."""


@contacts.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_contacts(centre: Centre, file: Path, who: str | None) -> None:
    """Read addresses from a CSV or Excel file.

    Columns: nip (or office and post), phone, mail. Landlines are refused.

    \b
    Example:
        hadir-ingest contacts import nomor-telepon.xlsx
    """
    sheet = read_table(file, files.COLUMNS)
    with centre.writing() as connection:
        outcome = files.import_contacts(
            connection, sheet, now=centre.now(), today=centre.today(), own=scope.ask()
        )
        note_import(centre, connection, "contacts.import", file, outcome, who=who)
    tell("contacts", outcome)


@contacts.command("list")
@_NIP
@_OFFICE
@as_json
@pass_centre
def list_contacts(centre: Centre, nip: str | None, office: str | None, as_json: bool) -> None:
    """List addresses; the last of each kind is the one in use.

    \b
    Example:
        hadir-ingest contacts list --office 4.01.01
    """
    with centre.reading() as connection:
        if nip is not None:
            digits = known_nip(connection, nip)
            found = store.find(connection, nip=digits)
            subject = f"nip {digits}"
        else:
            code = asked_office(connection, office)
            found = store.find(connection, office=code, on=_on(centre, code))
            subject = scope.of_office(code)
        scope.tell_read(centre, subject, [one.nip for one in found])
    columns = ("nip", "office", "name", "kind", "value", "state", "state_why", "entered_at")
    show([_row(one) for one in found], columns, as_json=as_json)


@contacts.command("set")
@_NIP
@_OFFICE
@click.option("--phone", help="The number, as people write it.")
@click.option("--mail", help="The mail address.")
@click.option("--post", type=Words(200), help="Who answers for the office.")
@click.option("--source", type=Words(200), required=True, help="From whom the address is.")
@by(required=False)
@pass_centre
def set_contact(
    centre: Centre,
    nip: str | None,
    office: str | None,
    phone: str | None,
    mail: str | None,
    post: str | None,
    source: str,
    who: str | None,
) -> None:
    """Put an address in use, whatever was known of it.

    \b
    Example:
        hadir-ingest contacts set --nip 198609262015051001 --phone 0812-3456-7890 --source sendiri
    """
    given = _given(phone, mail)
    with centre.writing() as connection:
        owner, subject = _owner(connection, nip, office)
        for kind, value in given:
            store.add(
                connection, owner, kind=kind, value=value, source=source, post=post or "",
                now=centre.now(),
            )  # fmt: skip
        kinds = [kind for kind, _ in given]
        note(centre, connection, "contacts.set", who=who, subject=subject, kinds=kinds)
    click.echo(f"{', '.join(kinds)} in use from now on")


@contacts.command("refuse")
@_NIP
@_OFFICE
@click.option("--kind", type=click.Choice(["phone", "mail"]), required=True, help="Which sort.")
@click.option("--why", type=Words(500), required=True, help="How it was said.")
@by(required=False)
@pass_centre
def refuse(
    centre: Centre, nip: str | None, office: str | None, kind: str, why: str, who: str | None
) -> None:
    """Write to somebody no more by phone or by mail.

    Paper takes its place.

    \b
    Example:
        hadir-ingest contacts refuse --nip 198609262015051001 --kind phone --why "surat 12 Maret"
    """
    with centre.writing() as connection:
        owner, subject = _owner(connection, nip, office)
        count = store.mark(
            connection, owner, kind=kind, state=store.REFUSED, why=why, now=centre.now()
        )
        if not count:
            raise Refused(f"no {kind} of {subject} is in use")
        note(centre, connection, "contacts.refuse", who=who, subject=subject, kind=kind, why=why)
    click.echo(f"{kind}: nothing is sent any more")


@contacts.command("wrong")
@_OFFICE
@click.option("--missing", is_flag=True, help="Also people of whom there is no number.")
@as_json
@pass_centre
def list_wrong(centre: Centre, office: str | None, missing: bool, as_json: bool) -> None:
    """List addresses that reach nobody, for the office to correct.

    \b
    Example:
        hadir-ingest contacts wrong --office 4.01.01
    """
    with centre.reading() as connection:
        code = asked_office(connection, office)
        found = store.find(connection, office=code, on=_on(centre, code), state=store.WRONG)
        none = unreachable.find_missing(connection, centre.today(), code) if missing else []
        scope.tell_read(
            centre, scope.of_office(code), [*(one.nip for one in found), *(one.nip for one in none)]
        )
    if as_json:
        show([*map(_row, found), *map(_nothing, none)], (), as_json=True)
        return
    _tell_wrong(centre, found)
    if none:
        click.echo("Belum ada nomor telepon yang tercatat:")
    for one in none:
        click.echo(f"  - {one.name} (NIP {one.nip}), kantor {one.office}")


def _tell_wrong(centre: Centre, found: Sequence[Contact]) -> None:
    if not found:
        click.echo("Semua alamat yang dipakai sampai sejauh ini.")
        return
    click.echo("Alamat yang tidak sampai; mohon diperbarui oleh kantor:")
    for one in found:
        whose = f"{one.name} (NIP {one.nip})" if one.nip else f"{one.name}, kantor {one.office}"
        since = day_text(one.state_at.astimezone(centre.config.zone).date())
        where = f"{_KIND[one.kind]} {_value(one)}"
        click.echo(f"  - {whose}: {where}, tidak sampai sejak {since}")


def _on(centre: Centre, office: str | None) -> date | None:
    return centre.today() if office is not None else None


def _given(phone: str | None, mail: str | None) -> list[tuple[str, str]]:
    found = []
    if phone is not None:
        try:
            found.append(("phone", normalise(phone)))
        except NoNumber as error:
            raise Refused(str(error)) from error
    if mail is not None:
        if not files.MAIL.fullmatch(mail):
            raise Refused(f"{mail!r} is no mail address")
        found.append(("mail", mail))
    if not found:
        raise click.UsageError("give --phone, --mail or both")
    return found


def _owner(connection: Connection, nip: str | None, office: str | None) -> tuple[Owner, str]:
    if (nip is None) == (office is None):
        raise click.UsageError("give --nip or --office, one of the two")
    if nip is not None:
        digits = known_nip(connection, nip)
        return (digits, None), f"nip {digits}"
    require_office(find_offices(connection), office)
    return (None, office), f"office {office}"


def _value(one: Contact) -> str:
    return shown(one.value) if one.kind == "phone" else one.value


def _nothing(one: Missing) -> dict[str, Any]:
    """Return somebody without a number, with the keys of an address."""
    told = {"nip": one.nip, "office": one.office, "name": one.name, "kind": "phone"}
    empty = dict.fromkeys(("value", "state_why", "entered_at", "source"))
    return {**told, **empty, "state": "missing"}


def _row(one: Contact) -> dict[str, Any]:
    return {
        "nip": one.nip, "office": one.office, "name": one.name, "kind": one.kind,
        "value": _value(one), "state": one.state, "state_why": one.state_why,
        "entered_at": one.entered_at, "source": one.source,
    }  # fmt: skip
