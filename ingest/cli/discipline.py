"""Discipline: the regulations, and what people's years come to under them."""

import shutil
import sys
from dataclasses import fields
from datetime import date

import click

from ingest import regulations as files
from ingest.cli import scope
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.people import DAY, asked_office, day_of
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.discipline import MARK_TEXT, Document, Regulation, Service, Shelf
from ingest.discipline.findings import span_text
from ingest.discipline.values import Alarm, Band, Clock, Sourced
from ingest.nip import KINDS
from ingest.reports.discipline import Result, Year, count_all, count_one, plain, story
from ingest.reports.discipline import discipline as year_table
from ingest.reports.render import render


@click.group()
def discipline() -> None:
    """Regulations, and what absences come to under them.

    What is told is an indication or a proposal, never a sanction.
    """


@discipline.command("regulations")
@click.argument("name", required=False)
@click.option("--at", type=DAY, help="Only what is in force on this day.")
@click.option("--kind", type=click.Choice(KINDS), help="Only what concerns these people.")
@as_json
@pass_centre
def show_regulations(
    centre: Centre, name: str | None, at: date | None, kind: str | None, as_json: bool
) -> None:
    """List the regulations, or show one with its articles and marks.

    H: two sources or more. M: one. L: none yet, an office must decide it.

    \b
    Example:
        hadir-ingest discipline regulations PP-94-2021
    """
    shelf = files.load(centre.config.regulations)
    if name is not None:
        if at is not None or kind is not None:
            raise click.UsageError("--at and --kind go without a name")
        _show_one(shelf.find(name), as_json=as_json)
        return
    found = [one for one in shelf.documents if _asked(one, day_of(at), kind)]
    rows = [
        {
            "id": one.id,
            "kinds": list(one.kinds) if as_json else ", ".join(one.kinds),
            "valid_from": one.valid_from,
            "valid_until": one.valid_until,
            "applies": not _is_example(one),
            "mark": one.mark,
            "title": one.title,
        }
        for one in found
    ]
    columns = ("id", "kinds", "valid_from", "valid_until", "applies", "mark", "title")
    show(rows, columns, as_json=as_json)


@discipline.command("tally")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="The calendar year.")
@click.option("--office", help="Only who serves in this office today.")
@click.option("--nip", help="Only this person, with every day and source.")
@as_json
@pass_centre
def show_tally(
    centre: Centre, year: int, office: str | None, nip: str | None, as_json: bool
) -> None:
    """Count a year's absences and tell what they indicate.

    Days that are not verified never count; how many there are is told with each indication.

    \b
    Example:
        hadir-ingest discipline tally --year 2026 --office 4.01.01
    """
    span = Year(year, centre.today())
    if office is not None and nip is not None:
        raise click.UsageError("--office and --nip exclude each other")
    if not span.begun:
        raise click.UsageError(f"no day of {year} is over yet; nothing can be counted")
    shelf = files.load(centre.config.regulations)
    if nip is not None:
        _tell_one(centre, shelf, span, nip, as_json=as_json)
    else:
        _tell_all(centre, shelf, span, office, as_json=as_json)


def _tell_one(centre: Centre, shelf: Shelf, span: Year, nip: str, *, as_json: bool) -> None:
    with centre.reading() as connection:
        digits = known_nip(connection, nip)
        found = count_one(connection, shelf, span, nip=digits)
        scope.tell_read(centre, f"nip {digits}", 1, year=span.year)
    if as_json:
        click.echo(_json(span, [found], []))
    else:
        for line in story(found, span):
            click.echo(line)


def _tell_all(
    centre: Centre, shelf: Shelf, span: Year, office: str | None, *, as_json: bool
) -> None:
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = count_all(connection, shelf, span, office=office)
        table = year_table(connection, span, found, office=office)
        scope.tell_read(centre, scope.of_office(office), len(found), year=span.year)
    if as_json:
        click.echo(_json(span, found, list(table.notes)))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(render(table, "table", screen_width=width), nl=False)


def _json(span: Year, found: list[Result], notes: list[str]) -> str:
    people = [plain(one) for one in found]
    return dump({"year": span.year, "until": span.until, "people": people, "notes": notes})


def _asked(one: Document, at: date | None, kind: str | None) -> bool:
    return (kind is None or kind in one.kinds) and (at is None or one.within(at, at) is not None)


def _is_example(one: Document) -> bool:
    return isinstance(one, Regulation) and one.example


def _show_one(one: Document, *, as_json: bool) -> None:
    if as_json:
        from pydantic import TypeAdapter

        click.echo(TypeAdapter[Document](Regulation | Service).dump_json(one, indent=2))
        return
    for line in _told(one):
        click.echo(line)


def _told(one: Document) -> list[str]:
    until = f" sampai {one.valid_until}" if one.valid_until else ""
    lines = [
        f"{one.id}: {one.title}",
        f"{', '.join(one.kinds)}; berlaku mulai {one.valid_from}{until} ({_sure(one)})",
    ]
    if _is_example(one):
        lines.append("CONTOH: tidak diterapkan kepada siapa pun")
    if isinstance(one, Service):
        rows: list[Alarm | Clock] = [*one.alarms, *one.clocks]
        for row in rows:
            lines += ["", f"{row.title}: {_figures(row)}", f"  {_sure(row)}"]
        if one.case is not None:
            lines += ["", f"perkara: {_figures(one.case)}", f"  {_sure(one.case)}"]
        return lines
    for band in one.bands:
        lines += ["", *_band(band)]
    lines += ["", f"hitungan: {_figures(one.counting)}", f"  {_sure(one.counting)}"]
    lines += [f"konversi menit: {_figures(one.late_conversion)}", f"  {_sure(one.late_conversion)}"]
    for who in one.authority:
        lines += [f"pejabat, tingkat {who.level}: {who.officer}", f"  {_sure(who)}"]
    if one.superior is not None:
        lines += [f"kelalaian atasan: {_figures(one.superior)}", f"  {_sure(one.superior)}"]
    for limit in one.limits:
        lines += [f"{limit.title}: {_figures(limit)}", f"  {_sure(limit)}"]
    return lines


def _band(band: Band) -> list[str]:
    how = "berturut-turut" if band.count == "consecutive" else "kumulatif"
    lines = [
        f"{span_text(band.min_days, band.max_days)} hari kerja {how} ({band.period}): "
        f"tingkat {band.level}, {band.sanction}",
        f"  {_sure(band)}",
    ]
    if band.substitute is not None:
        state = "berlaku" if band.substitute.active else "tidak berlaku"
        lines += [
            f"  pengganti ({state}): {band.substitute.sanction}",
            f"    {_sure(band.substitute)}",
        ]
    for effect in band.side_effects:
        lines += [f"  {effect.proposal}", f"    {_sure(effect)}"]
    return lines


def _sure(table: Sourced) -> str:
    """Return article, mark, the marks of single figures, and source."""
    marks = "".join(f", {key} {mark}" for key, mark in table.marks.items())
    article = f"{table.article}; " if table.article else ""
    return f"{article}tanda {table.mark}{marks} ({MARK_TEXT[table.mark]}): {table.source}"


def _figures(table: Sourced) -> str:
    """Return what a table sets, by the keys of its file, so that it can be found there."""
    told = {one.name for one in fields(Sourced)} | {"title"}
    return ", ".join(
        f"{one.name} = {_value(getattr(table, one.name))}"
        for one in fields(table)
        if one.name not in told
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(str(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {one}" for key, one in value.items()) + "}"
    return str(value)
