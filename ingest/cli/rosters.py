"""Rosters: taken from a file or a pattern, shown as a calendar, exported, swapped."""

import calendar
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from ingest.cli import scope
from ingest.cli.acting import Words, by, counts, note, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.oneself import refuse_own
from ingest.cli.owners import again
from ingest.cli.people import DAY, FILE, asked_office, day_of, require_office, tell
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show, show_csv
from ingest.errors import ImportFaults, Refused
from ingest.imports import rosters as files
from ingest.imports.rostering import take_roster
from ingest.imports.sheet import Columns, Faults
from ingest.store import rosters as store
from ingest.store.people import find_offices
from ingest.store.schemes import find_shifts
from ingest.store.swaps import Approval

TURNS = Columns(required=("nip",), optional=("name", "start"))


class _Month(click.ParamType[date]):
    """A month as 2026-03; it becomes its first day."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            found = date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(f"{value!r} is no month such as 2026-03", param, ctx)
        if not 1970 <= found.year <= 2999:
            self.fail(f"{value!r} is no month from 1970 to 2999", param, ctx)
        return found


MONTH = _Month()


@click.group()
def rosters() -> None:
    """Who has which shift (piket) on which day, and who is off."""


@rosters.command("import")
@click.argument("file", type=FILE)
@click.option("--month", type=MONTH, help="Of which columns 1 to 31 are the days.")
@click.option("--office", help="Take nobody who does not serve in this office.")
@by(required=False)
@pass_centre
def import_rosters(
    centre: Centre, file: Path, month: date | None, office: str | None, who: str | None
) -> None:
    """Take a roster from a CSV or Excel file.

    Its columns: nip, date, shift; or nip, name, 1, 2, ... 31 with --month. A shift is its code,
    "-" is off, "?" takes away what stands there; an empty day of a month is left as it is.

    \b
    Example:
        hadir-ingest rosters import piket-maret.xlsx --month 2026-03 --office 4.01.01
    """
    from ingest.imports.workbook import read_table

    sheet = read_table(file, files.COLUMNS)
    faults = Faults(sheet.name)
    with centre.writing() as connection:
        office = asked_office(connection, office)
        wishes = files.read_roster(sheet, month, faults)
        outcome, marked = take_roster(
            connection, wishes, faults, office=office, today=centre.today()
        )
        outcome.warnings += files.check_names(connection, sheet)
        note_import(centre, connection, "rosters.import", file, outcome, who=who)
    tell("rosters", outcome)
    again(marked)


@rosters.command("cycle")
@click.option("--nip", "nips", multiple=True, help="Of whom; may be given more than once.")
@click.option("--file", type=FILE, help="Of whom: columns nip and, where they differ, start.")
@click.option("--pattern", required=True, help='Shifts in their order, "-" is off: "P,P,S,M,-,-".')
@click.option(
    "--start",
    type=click.IntRange(1, 400),
    default=1,
    show_default=True,
    help="Place in the pattern on the first day.",
)
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--until", "last", type=DAY, required=True, help="Last day.")
@click.option("--office", help="Take nobody who does not serve in this office.")
@by(required=False)
@pass_centre
def cycle_rosters(
    centre: Centre,
    nips: Sequence[str],
    file: Path | None,
    pattern: str,
    start: int,
    first: date,
    last: date,
    office: str | None,
    who: str | None,
) -> None:
    """Write a roster that goes round by a pattern.

    24 hours on and 48 off is "24,-,-".

    \b
    Example:
        hadir-ingest rosters cycle --nip 198609262015051001 --pattern "24,-,-" \\
            --from 2026-03-01 --until 2026-12-31
    """
    if (file is None) == (not nips):
        raise click.UsageError("give --nip or --file, one of the two")
    begins, ends = day_of(first) or first, day_of(last) or last
    if not begins <= ends <= begins + files.LONGEST:
        raise click.UsageError(f"--until {ends} does not lie within 400 days after {begins}")
    marks = [one.strip() for one in pattern.split(",")]
    faults = Faults(str(file) if file else "--nip")
    with centre.writing() as connection:
        office = asked_office(connection, office)
        _check_pattern(marks, find_shifts(connection), start)
        if file is not None:
            turns = _turns(file, len(marks), start, faults)
        else:
            turns = [
                (n, known_nip(connection, one, (begins, ends)), start)
                for n, one in enumerate(nips, 1)
            ]
        wishes = files.go_round(turns, marks, begins, ends)
        outcome, marked = take_roster(
            connection, wishes, faults, office=office, today=centre.today()
        )
        told = {"pattern": pattern, "people": len(turns), "days": [str(begins), str(ends)]}
        subject = turns[0][1] if len(turns) == 1 else f"{len(turns)} people"
        note(centre, connection, "rosters.cycle", who=who, subject=subject, **told,
             nips=[one for _, one, _ in turns], **counts(outcome))  # fmt: skip
    tell("rosters", outcome)
    again(marked)


@rosters.command("show")
@click.option("--office", required=True, help="Code of the office.")
@click.option("--month", type=MONTH, required=True, help="Such as 2026-03.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a file that can be imported again.")
@as_json
@pass_centre
def show_rosters(centre: Centre, office: str, month: date, as_csv: bool, as_json: bool) -> None:
    """Show a month of an office's roster as a calendar.

    \b
    Example:
        hadir-ingest rosters show --office 4.01.01 --month 2026-03
    """
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    with centre.reading() as connection:
        require_office(find_offices(connection), office)
        found = store.find(connection, month, last, office=office)
        people = [one.nip for one in found]
        scope.tell_read(centre, scope.of_office(office), people, month=f"{month:%Y-%m}")
    months: defaultdict[tuple[str, str], dict[str, object]] = defaultdict(dict)
    for one in found:
        months[one.nip, one.name][str(one.day.day)] = one.shift or store.OFF
    columns = ("nip", "name", *(str(n) for n in range(1, last.day + 1)))
    rows = [
        {**dict.fromkeys(columns, ""), "nip": nip, "name": name, **shifts}
        for (nip, name), shifts in months.items()
    ]
    show_csv(rows, columns) if as_csv else show(rows, columns, as_json=as_json)


@rosters.command("export")
@click.option("--office", help="Only this office.")
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--until", "last", type=DAY, required=True, help="Last day.")
@pass_centre
def export_rosters(centre: Centre, office: str | None, first: date, last: date) -> None:
    """Print rosters as a CSV file that can be imported.

    \b
    Example:
        hadir-ingest rosters export --from 2026-03-01 --until 2026-03-31 > piket.csv
    """
    begins, ends = day_of(first) or first, day_of(last) or last
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = store.find(connection, begins, ends, office=office)
        people = [one.nip for one in found]
        scope.tell_read(centre, scope.of_office(office), people, first=begins, last=ends)
    rows = [{"nip": one.nip, "date": one.day, "shift": one.shift or store.OFF} for one in found]
    show_csv(rows, files.LONG)


@rosters.command("swap")
@click.option("--nip", required=True, help="Who asks for it.")
@click.option("--on", type=DAY, required=True, help="The day they exchange.")
@click.option("--with", "other", required=True, help="The NIP of the other.")
@click.option("--on-other", type=DAY, help="The day they exchange in return.")
@click.option("--why", type=Words(500), required=True, help="Why, for who asks later.")
@click.option("--letter", type=Words(200), help="The letter it rests on.")
@pass_centre
def swap_rosters(
    centre: Centre,
    nip: str,
    on: date,
    other: str,
    on_other: date | None,
    why: str,
    letter: str | None,
) -> None:
    """Approve that two people swap their duty.

    On each of the days they exchange what the roster says of them. Whoever runs this approves it: a
    user with a name, and neither of the two.

    \b
    Example:
        hadir-ingest rosters swap --nip 198609262015051001 --on 2026-03-03 \\
            --with 198609262015051002 --on-other 2026-03-05 \\
            --why "anak sakit" --letter 800/7
    """
    approval = _approval(centre, why, letter or "")
    days = list(dict.fromkeys(day_of(one) or one for one in (on, on_other) if one is not None))
    with centre.writing() as connection:
        for day in days:
            one, two = (known_nip(connection, each, (day, day)) for each in (nip, other))
        refuse_own(connection, [one, two], "swap")
        told, marked = store.swap(
            connection, one, two, days, approval=approval, today=centre.today()
        )
        rows = [
            {
                "day": str(row.day),
                "nip": row.nip,
                "was": row.was or "-",
                "became": row.became or "-",
            }
            for row in told
        ]
        note(centre, connection, "rosters.swap", who=None, subject=f"{one} and {two}",
             rows=rows, why=why, letter=approval.letter)  # fmt: skip
    for row in rows:
        click.echo(f"{row['day']} {row['nip']}: {row['was']} -> {row['became']}")
    again(marked)


def _approval(centre: Centre, why: str, letter: str) -> Approval:
    """Return by whom a swap is approved: whoever acts. Raises Refused where that has no name."""
    acting = centre.acting
    if acting.user is None:
        raise Refused(
            "swaps are approved by users with a name, and there are none yet; register them with "
            "hadir-ingest users add"
        )
    user = acting.user
    return Approval(user.full_name, user.name, acting.account.text, why, letter, centre.now())


def _check_pattern(marks: Sequence[str], shifts: Collection[str], start: int) -> None:
    known = {one.upper() for one in (*shifts, store.OFF, files.UNSAID)}
    wrong = [one for one in marks if one.upper() not in known]
    if wrong:
        names = ", ".join([*shifts, store.OFF])
        raise Refused(f'pattern: no shift "{wrong[0]}"; known are {names}')
    if start > len(marks):
        raise Refused(f"the pattern has {len(marks)} places, and none has the number {start}")


def _turns(file: Path, places: int, start: int, faults: Faults) -> list[tuple[int, str, int]]:
    """Return line, NIP and place in the pattern of everybody a file names."""
    from ingest.imports.workbook import read_table

    found = []
    for row in read_table(file, TURNS).rows:
        text = row.cells.get("start", "") or str(start)
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= places:
            faults.add(row.line, f'start: "{text}" is no place in a pattern of {places}')
            text = "1"
        found.append((row.line, files.read_person(row, faults), int(text)))
    faults.raise_if_any()
    if not found:
        raise ImportFaults(str(file), ["names nobody"])
    return found
