"""Excuses: given and taken back with approver and letter, listed, shown, verified."""

from dataclasses import asdict
from datetime import date, time
from typing import Any

import click
from sqlalchemy import Connection

from ingest import excuse_types
from ingest.calendar import ExcuseType
from ingest.calendar.excusing import Claim
from ingest.cli import scope, verdicts
from ingest.cli.acting import (
    NUMBER,
    Words,
    decisions,
    grounds,
    note,
    on_grounds,
    require_seal,
    trusted_root,
)
from ingest.cli.context import Centre, pass_centre
from ingest.cli.excuse_import import ACCEPT, import_excuses
from ingest.cli.excuse_quota import show_quotas
from ingest.cli.oneself import refuse_own
from ingest.cli.people import DAY, asked_office, day_of
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.errors import NotKnown, Refused
from ingest.imports.day_words import DayFault, read_clock
from ingest.imports.excuses import Ask, Entry
from ingest.imports.excusing import Given, Row, Taker
from ingest.rules import STATUS_TEXT, Status
from ingest.store import excuses as store


class _Clock(click.ParamType[time]):
    """A time of day as 07:30 or 07.30."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        try:
            return read_clock(str(value))
        except DayFault as error:
            self.fail(str(error), param, ctx)


CLOCK = _Clock()


@click.group()
def excuses() -> None:
    """What excuses people's days: leave, duty, sickness."""


@excuses.command("types")
@as_json
@pass_centre
def list_types(centre: Centre, as_json: bool) -> None:
    """List the types there are, with their units and bounds.

    \b
    Example:
        hadir-ingest excuses types
    """
    known = excuse_types.load(centre.config.excuses)
    rows = [{**asdict(one), "words": ", ".join(one.words)} for one in known.values()]
    columns = ("code", "name", "status", "unit", "most_days", "within_days", "letter", "mark")
    show(rows, (*columns, "source"), as_json=as_json)


@excuses.command("give")
@click.option("--nip", required=True, help="Whom.")
@click.option("--type", "code", required=True, help="Code of its type, such as CT.")
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--until", "last", type=DAY, help="Last day (default: the first).")
@click.option("--from-time", "since", type=CLOCK, help="Of a part of each day: from when.")
@click.option("--until-time", "until", type=CLOCK, help="Of a part of each day: until when.")
@click.option("--approver", type=Words(200), required=True, help="Who approved it.")
@on_grounds
@ACCEPT
@pass_centre
def give_excuse(
    centre: Centre,
    nip: str,
    code: str,
    first: date,
    last: date | None,
    since: time | None,
    until: time | None,
    approver: str,
    who: str,
    why: str,
    letter: str | None,
    accepted: str | None,
) -> None:
    """Excuse a person for days, or for hours of them.

    What overlaps is refused. What is doubtful (entered late, too long, without its letter, beside a
    touch of a terminal ...) is named and needs --accept-doubts.

    \b
    Example:
        hadir-ingest excuses give --nip 198609262015051001 --type CT --from 2026-03-02 \\
            --until 2026-03-04 --approver "Kepala Dinas" --letter 800/12 --why "cuti tahunan" \\
            --by "Kepala BKPSDM"
    """
    seal = require_seal(centre)
    if (since is None) != (until is None):
        raise click.UsageError("give --from-time and --until-time, or none of the two")
    hours = None if since is None or until is None else (since, until)
    begins = day_of(first) or first
    ends = day_of(last) or begins
    kind = _type(centre, code)
    ask = Ask((kind,), (kind.code,), kind.code, begins, ends, hours, letter or "", approver)
    with centre.writing() as connection:
        store.hold(connection)
        digits = known_nip(connection, nip, (begins, ends))
        refuse_own(connection, [digits], "excuse")
        row = _look(centre, connection, digits, ask, Given(why, accepted=accepted or ""))
        (made,) = store.give(
            connection,
            seal,
            grounds(who, why, letter),
            row.new,
            now=centre.now(),
            today=centre.today(),
        )
        note(centre, connection, "excuses.give", who=who, subject=f"nip {digits}",
             decisions=decisions(made), type=kind.code, days=[str(begins), str(ends)],
             doubts=row.accepted)  # fmt: skip
    for doubt in row.accepted:
        click.echo(f"accepted: {doubt}", err=True)
    click.echo(f"excuse {made.number}: {_told(row.new[0].claim)}; its days are judged again")


@excuses.command("withdraw")
@click.argument("number", type=NUMBER)
@on_grounds
@pass_centre
def withdraw_excuse(centre: Centre, number: int, who: str, why: str, letter: str | None) -> None:
    """Take back an excuse; both rows stay.

    Its days are judged again.

    \b
    Example:
        hadir-ingest excuses withdraw 3 --why "dinas luar dibatalkan" --by "Kepala BKPSDM"
    """
    seal = require_seal(centre)
    with centre.writing() as connection:
        store.hold(connection)
        one = _known(centre, connection, number)[0]
        refuse_own(connection, [one.nip], "excuse")
        made = store.withdraw(
            connection,
            seal,
            grounds(who, why, letter),
            number,
            now=centre.now(),
            today=centre.today(),
        )
        note(centre, connection, "excuses.withdraw", who=who, subject=f"nip {one.nip}",
             decisions=decisions(made), withdraws=number)  # fmt: skip
    click.echo(f"excuse {number} counts no longer, by excuse {made.number}")


@excuses.command("list")
@click.option("--nip", help="Only of this person.")
@click.option("--office", help="Only of who serves in this office on a day of it.")
@click.option("--type", "code", help="Only of this type.")
@click.option("--from", "since", type=DAY, help="First day.")
@click.option("--until", type=DAY, help="Last day.")
@as_json
@pass_centre
def list_excuses(
    centre: Centre,
    nip: str | None,
    office: str | None,
    code: str | None,
    since: date | None,
    until: date | None,
    as_json: bool,
) -> None:
    """List excuses, and what each is worth now.

    \b
    Example:
        hadir-ingest excuses list --office 4.01.01 --from 2026-03-01
    """
    span = (day_of(since), day_of(until))
    with centre.reading() as connection:
        office = asked_office(connection, office)
        digits = None if nip is None else known_nip(connection, nip, span)
        found = store.find(
            connection,
            root=trusted_root(centre),
            nip=digits,
            office=office,
            type_code=code,
            first=span[0],
            last=span[1],
        )
        subject = f"nip {digits}" if digits else scope.of_office(office)
        people = [one.nip for one in found]
        scope.tell_read(centre, subject, people, since=span[0], until=span[1], type=code)
    columns = (
        "number", "kind", "worth", "nip", "type", "first", "last", "from_time", "until_time",
        "approver", "letter", "who", "why", "at",
    )  # fmt: skip
    show([_plain(one) for one in found], columns, as_json=as_json)


@excuses.command("show")
@click.argument("number", type=NUMBER)
@as_json
@pass_centre
def show_excuse(centre: Centre, number: int, as_json: bool) -> None:
    """Show one excuse, and what its days came to.

    What took it back is shown with it.

    \b
    Example:
        hadir-ingest excuses show 3
    """
    with centre.reading() as connection:
        found = _known(centre, connection, number)
        judged = store.find_judged(connection, found[0])
        scope.tell_read(centre, f"nip {found[0].nip}", 1, excuse=number)
    rows = [
        {"of": f"excuse {one.number}", "what": name, "says": value}
        for one in found
        for name, value in _plain(one).items()
        if value not in (None, "")
    ]
    rows += [
        {"of": str(day), "what": "status", "says": f"{status} ({STATUS_TEXT[Status(status)]})"}
        for day, status in judged.items()
    ]
    show(rows, ("of", "what", "says"), as_json=as_json)


@excuses.command("verify")
@pass_centre
def verify_excuses(centre: Centre) -> None:
    """Tell whether an excuse was changed, removed or forged.

    \b
    Example:
        hadir-ingest excuses verify
    """
    with centre.reading() as connection:
        found = store.faults(connection, trusted_root(centre))
        verdicts.tell("excuse", found, store.head(connection))


def _look(centre: Centre, connection: Connection, nip: str, ask: Ask, given: Given) -> Row:
    """Return the one row that may be given. Raises Refused."""
    taker = Taker(connection, [nip], given, today=centre.today(), own=scope.ask())
    (row,) = taker.take([Entry(1, (), nip, asks=[ask])])
    if row.same:
        raise Refused(f"{row.same[0]} says all of this already")
    if row.wrong:
        raise Refused("; ".join(row.wrong))
    return row


def _type(centre: Centre, code: str) -> ExcuseType:
    known = excuse_types.load(centre.config.excuses)
    found = {one.upper(): one for one in known}.get(code.upper())
    if found is None:
        raise NotKnown(f'no type "{code}"; known are {", ".join(known)} (excuses types)')
    return known[found]


def _known(centre: Centre, connection: Connection, number: int) -> list[store.StoredExcuse]:
    """Return an excuse and what took it back. Raises NotKnown, OutOfScope."""
    found = store.find(connection, root=trusted_root(centre), number=number)
    if not found:
        scope.ask()
        raise NotKnown(f"there is no excuse {number}; see hadir-ingest excuses list")
    scope.require_person(connection, found[0].nip, found[0].first, found[0].last)
    return found


def _told(claim: Claim) -> str:
    hours = f", {claim.hours[0]:%H:%M}-{claim.hours[1]:%H:%M}" if claim.hours else ""
    return f"{claim.type.name} from {claim.first} to {claim.last}{hours}"


def _plain(one: store.StoredExcuse) -> dict[str, object]:
    return {
        name: f"{value:%H:%M}" if isinstance(value, time) else value
        for name, value in asdict(one).items()
    }


excuses.add_command(import_excuses)
excuses.add_command(show_quotas)
