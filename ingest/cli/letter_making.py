"""Letters made: drafted without a number, and issued with one."""

from datetime import date, time
from pathlib import Path

import click

from ingest.casework import Dossier, issuing
from ingest.casework.lettered import Asked, Free, draft, plan
from ingest.cli import letter_acting, letter_issuing, scope
from ingest.cli.acting import NUMBER, Words
from ingest.cli.case_acting import CASE, WHY, find_own, keeping
from ingest.cli.context import Centre, pass_centre
from ingest.cli.excuses import CLOCK
from ingest.cli.letter_acting import write_new
from ingest.cli.people import DAY, day_of
from ingest.identity import OutOfScope
from ingest.letters.base import Secrecy
from ingest.letters.wording import MinutesOf

_NEW = click.Path(path_type=Path, dir_okay=False)
_TO = click.option("--to", default="", help="NIP or office, of a withdrawal.")
_MINUTES = click.option(
    "--minutes", type=click.Choice(["missed", "examined", "handed-over"]),
    help="Of what, with --kind minutes (default: missed).",
)  # fmt: skip
_WHERE = click.option("--place", type=Words(200), help="Where, of minutes.")
_HAPPENED = click.option("--happened-on", type=DAY, help="The day, of minutes.")
_KIND = click.Choice(["warning", "minutes", "withdrawal"])


@click.command("draft")
@CASE
@click.option("--of", "of", type=NUMBER, help="The event that prepared the step.")
@click.option("--kind", type=_KIND, help="A letter that has no step.")
@_TO
@_MINUTES
@_WHERE
@_HAPPENED
@click.option("--pdf", type=_NEW, help="A new file for the PDF.")
@click.option("--docx", type=_NEW, help="A new file for Word.")
@pass_centre
def draft_letter(
    centre: Centre,
    number: int,
    of: int | None,
    kind: Free | None,
    to: str,
    minutes: MinutesOf | None,
    place: str | None,
    happened_on: date | None,
    pdf: Path | None,
    docx: Path | None,
) -> None:
    """Set the draft of a letter, without a number.

    It is marked KONSEP, and nothing is changed by it.

    \b
    Example:
        hadir-ingest letters draft 3 --pdf konsep.pdf
    """
    if pdf is None and docx is None:
        raise click.UsageError("name a file by --pdf or --docx")
    asked = Asked(of, kind, to, minutes, day_of(happened_on), place or "")
    with centre.reading() as connection:
        case = find_own(connection, number)
        desk = letter_acting.require_desk(centre)
        dossier = Dossier(connection, keeping(centre), case.person_id, look=True)
        planned = plan(dossier, number, asked)
        text = draft(connection, keeping(centre), desk, [planned], centre.today())
        _require_open(text.secrecy, planned.to.key, number)
        scope.tell_read(centre, f"nip {case.nip}", 1, case=number)
    made = issuing.set_draft(desk, text)
    write_new([(pdf, made.pdf), (docx, made.docx)])


@click.command("issue")
@CASE
@click.option("--kind", type=_KIND, help="A letter that has no step.")
@click.option("--of", "of", type=NUMBER, help="An approved step whose letter was made void.")
@_TO
@_MINUTES
@_WHERE
@_HAPPENED
@click.option("--at", type=CLOCK, help="The hour, of a summons that was approved without one.")
@click.option("--number", "given", type=Words(100), help="By hand (default: of its series).")
@click.option("--dated", type=DAY, help="Date of the letter (default: today).")
@WHY
@pass_centre
def issue_letter(
    centre: Centre,
    number: int,
    kind: Free | None,
    of: int | None,
    to: str,
    minutes: MinutesOf | None,
    place: str | None,
    happened_on: date | None,
    at: time | None,
    given: str | None,
    dated: date | None,
    why: str,
) -> None:
    """Issue a letter that no approval issues, with its number.

    A warning on paper, minutes (berita acara), a withdrawal; or once more, in the place of one that
    was made void.

    \b
    Example:
        hadir-ingest letters issue 3 --kind warning --why "tidak dapat dihubungi"
    """
    if (kind is None) == (of is None):
        raise click.UsageError("say which letter: --kind, or --of for a step")
    asked = Asked(of, kind, to, minutes, day_of(happened_on), place or "")
    on = day_of(dated) or centre.today()
    done = letter_issuing.issue(centre, number, asked, why=why, given=given, dated=on, at=at)
    click.echo(
        f"letter {done.letter}: number {done.printed}, code {done.code}; "
        f"hadir-ingest letters print {done.letter} --pdf surat.pdf"
    )


def _require_open(secrecy: Secrecy, to: tuple[str | None, str | None], case: int) -> None:
    own = scope.ask()
    if own is not None and secrecy is Secrecy.CONFIDENTIAL and to != (None, own):
        raise OutOfScope(
            "this letter is confidential (RAHASIA) and not addressed to your office",
            f"case {case}",
        )
