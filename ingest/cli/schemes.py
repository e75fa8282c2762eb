"""Schemes and shifts: taken from a file, shown, exported."""

import hashlib
from datetime import date
from importlib import resources
from pathlib import Path

import click

from ingest.calendar import Document, Scheme, in_force, render_document, terms_body
from ingest.cli.acting import Words, by, counts, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.owners import again
from ingest.cli.people import DAY, FILE, day_of, tell
from ingest.cli.scheme_uses import use_scheme, uses
from ingest.cli.show import as_json, show
from ingest.errors import ImportFaults, OutputExists
from ingest.imports import schemes as files
from ingest.imports.sheet import read_content
from ingest.store import schemes as store


@click.group()
def schemes() -> None:
    """The hours of work (jam kerja) and shifts, and who keeps which."""


@schemes.command("examples")
def show_examples() -> None:
    """Print a file of examples, to be changed and imported.

    \b
    Example:
        hadir-ingest schemes examples > skema.toml
    """
    example = resources.files("ingest.calendar") / "data" / "contoh-skema.toml"
    click.echo(example.read_text(encoding="utf-8"), nl=False)


@schemes.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_schemes(centre: Centre, file: Path, who: str | None) -> None:
    """Take schemes and shifts from a TOML file.

    What the file does not name stays as it is.

    \b
    Example:
        hadir-ingest schemes import skema.toml
    """
    content = read_content(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFaults(str(file), ["not UTF-8; save it as UTF-8"]) from error
    with centre.writing() as connection:
        outcome, marked = files.import_schemes(connection, str(file), text, today=centre.today())
        told = {"sha256": hashlib.sha256(content).hexdigest(), **counts(outcome)}
        note(centre, connection, "schemes.import", who=who, subject=file.name, **told)
    tell("schemes and shifts", outcome)
    again(marked)


@schemes.command("list")
@as_json
@pass_centre
def list_schemes(centre: Centre, as_json: bool) -> None:
    """List every scheme as it is today, and every shift.

    \b
    Example:
        hadir-ingest schemes list
    """
    with centre.reading() as connection:
        found = store.find_document(connection)
    rows: list[dict[str, object]] = [
        {"what": "scheme", "code": one.code, "name": one.name, "asks": _asks(one, centre.today())}
        for one in found.schemes.values()
    ]
    rows += [
        {
            "what": "shift",
            "code": one.code,
            "name": one.name,
            "asks": f"{one.hours.start:%H:%M}-{one.hours.end:%H:%M}",
        }
        for one in found.shifts.values()
    ]
    show(rows, ("what", "code", "name", "asks"), as_json=as_json)


@schemes.command("show")
@click.argument("code")
@click.option("--on", type=DAY, help="Only what it asks on this day.")
@as_json
@pass_centre
def show_scheme(centre: Centre, code: str, on: date | None, as_json: bool) -> None:
    """Show a scheme as a file that can be imported.

    \b
    Example:
        hadir-ingest schemes show 5-hari --on 2026-03-02
    """
    with centre.reading() as connection:
        store.require_scheme(connection, code)
        scheme = store.find_document(connection).schemes[code]
    if on is not None:
        scheme = _on(scheme, day_of(on) or on)
    if as_json:
        show(_bodies(scheme), (), as_json=True)
    else:
        click.echo(render_document(Document({code: scheme}, {})), nl=False)


@schemes.command("export")
@click.argument("file", type=FILE, required=False)
@pass_centre
def export_schemes(centre: Centre, file: Path | None) -> None:
    """Write every scheme and shift as a file that can be imported.

    Without FILE it is printed.

    \b
    Example:
        hadir-ingest schemes export skema.toml
    """
    with centre.reading() as connection:
        text = render_document(store.find_document(connection))
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as error:
        raise OutputExists(f"{file} exists already and is not overwritten") from error


@schemes.command("remove")
@click.argument("code")
@click.option("--terms", type=DAY, help="First day of the terms to take away.")
@click.option("--overlay", type=Words(200), help="Name of the overlay to take away.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by(required=False)
@pass_centre
def remove_part(
    centre: Centre, code: str, terms: date | None, overlay: str | None, yes: bool, who: str | None
) -> None:
    """Take away terms or an overlay of a scheme.

    \b
    Example:
        hadir-ingest schemes remove 5-hari --overlay "Ramadan 1447 H"
    """
    if (terms is None) == (overlay is None):
        raise click.UsageError("give --terms or --overlay, one of the two")
    first = day_of(terms)
    what = f"terms from {first}" if first else f'overlay "{overlay}"'
    if not yes:
        click.confirm(f"take the {what} of scheme {code} away?", abort=True, err=True)
    with centre.writing() as connection:
        if first is not None:
            marked = files.remove_terms(connection, code, first, today=centre.today())
        else:
            marked = files.remove_overlay(connection, code, overlay or "", today=centre.today())
        note(centre, connection, "schemes.remove", who=who, subject=f"scheme {code}", part=what)
    click.echo(f"scheme {code}: {what} is gone")
    again(marked)


def _on(scheme: Scheme, day: date) -> Scheme:
    """Return the part of a scheme that holds on a day."""
    terms = in_force(list(scheme.terms.items()), day)
    return Scheme(
        scheme.code,
        scheme.name,
        {first: one for first, one in scheme.terms.items() if one is terms and first <= day},
        tuple(one for one in scheme.overlays if one.first <= day <= one.last),
    )


def _bodies(scheme: Scheme) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"what": "terms", "name": None, "from": first, "until": None, **terms_body(one)}
        for first, one in scheme.terms.items()
    ]
    return rows + [
        {
            "what": "overlay",
            "name": one.name,
            "from": one.first,
            "until": one.last,
            **terms_body(one.terms),
        }
        for one in scheme.overlays
    ]


def _asks(scheme: Scheme, today: date) -> str:
    terms = in_force(list(scheme.terms.items()), today)
    if terms is None:
        return f"nothing before {min(scheme.terms)}" if scheme.terms else "nothing"
    if terms.roster:
        return "by roster"
    over = [one.name for one in scheme.overlays if one.first <= today <= one.last]
    days = f"{len(terms.hours)} days a week, {terms.manner.taps} touches"
    return f"{days}; now {over[0]}" if over else days


schemes.add_command(use_scheme)
schemes.add_command(uses)
