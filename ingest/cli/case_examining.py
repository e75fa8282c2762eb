"""From the summons to an examination to the hand-over of what an officer decided."""

from datetime import date, time
from pathlib import Path
from typing import Any

import click

from ingest.cli.acting import NUMBER, Words
from ingest.cli.case_acting import (
    CASE,
    ON,
    TEXT,
    WHY,
    act,
    done,
    one_paper,
    papers_option,
    zone_name,
)
from ingest.cli.context import Centre, pass_centre
from ingest.cli.excuses import CLOCK
from ingest.cli.people import DAY, day_of
from ingest.cli.punches import known_nip
from ingest.discipline.cases import Appointment, Decree, deeds, preparing
from ingest.store.people import find_people


@click.command("summons")
@CASE
@click.option("--on", type=DAY, required=True, help="The day of the examination.")
@click.option("--at", type=CLOCK, required=True, help="The hour, by the office's clock.")
@click.option("--place", type=Words(200), required=True, help="Where.")
@click.option("--examiner", type=Words(200), help="Who examines, by name or post.")
@click.option("--examiner-nip", "nip", help="Who examines, by NIP: with rank, post and unit.")
@WHY
@pass_centre
def record_summons(
    centre: Centre,
    number: int,
    on: date,
    at: time,
    place: str,
    examiner: str | None,
    nip: str | None,
    why: str,
) -> None:
    """Prepare a summons to an examination; it waits for approval.

    \b
    Example:
        hadir-ingest cases record summons 3 --on 2026-05-04 --at 09:00 \\
            --place "ruang rapat" --examiner "Kepala Bidang" --why "pemeriksaan"
    """
    if (examiner is None) == (nip is None):
        raise click.UsageError("say who examines: --examiner or --examiner-nip")
    day = day_of(on) or on
    name, digits = _examiner(centre, examiner, nip)
    done(
        number,
        act(
            centre, number, "record.summons",
            lambda state, ask, who: preparing.summon(
                state, ask, who, why=why,
                appointment=Appointment(
                    day, place, name, at,
                    zone_name(centre, state.subject.office, day, at), digits,
                ),
            ),
        ),
    )  # fmt: skip


def _examiner(centre: Centre, name: str | None, nip: str | None) -> tuple[str, str | None]:
    """Return name and NIP of who examines. Raises NotKnown, OutOfScope."""
    if nip is None:
        return name or "", None
    with centre.reading() as connection:
        digits = known_nip(connection, nip)
        return find_people(connection)[digits].name, digits


@click.command("missed")
@CASE
@click.option("--event", type=NUMBER, required=True, help="That prepared the summons.")
@papers_option(required=True)
@WHY
@pass_centre
def record_missed(
    centre: Centre, number: int, event: int, papers: tuple[Path, ...], why: str
) -> None:
    """Write down that somebody did not come to an examination.

    \b
    Example:
        hadir-ingest cases record missed 3 --event 9 --file bap.pdf --why "tidak hadir"
    """
    ((paper, content),) = one_paper(papers)
    done(
        number,
        act(
            centre, number, "record.missed",
            lambda state, ask, who: deeds.miss(state, ask, who, of=event, paper=paper, why=why),
            papers=[(paper, content)], event=event,
        ),
    )  # fmt: skip


@click.command("examination")
@CASE
@ON
@papers_option(required=True)
@WHY
@pass_centre
def record_examination(
    centre: Centre, number: int, on: date, papers: tuple[Path, ...], why: str
) -> None:
    """Write down an examination, with its record (BAP).

    \b
    Example:
        hadir-ingest cases record examination 3 --on 2026-05-04 --file bap.pdf --why "diperiksa"
    """
    ((paper, content),) = one_paper(papers)
    at = day_of(on) or on
    done(
        number,
        act(
            centre, number, "record.examination",
            lambda state, ask, who: deeds.examine(state, ask, who, on=at, paper=paper, why=why),
            papers=[(paper, content)],
        ),
    )  # fmt: skip


@click.command("decision")
@CASE
@click.option("--decree", "decree", type=Words(100), required=True, help="Its number.")
@click.option("--set-on", type=DAY, required=True, help="The day it was set.")
@click.option("--officer", type=Words(200), required=True, help="The officer who set it.")
@click.option(
    "--level", type=click.Choice(["ringan", "sedang", "berat", "tidak terbukti"]), required=True,
    help="As it says.",
)  # fmt: skip
@click.option("--text", type=TEXT, required=True, help="What it says.")
@papers_option(required=True)
@WHY
@pass_centre
def record_decision(
    centre: Centre,
    number: int,
    decree: str,
    set_on: date,
    officer: str,
    level: Any,
    text: str,
    papers: tuple[Path, ...],
    why: str,
) -> None:
    """Record an officer's decision; it waits for approval.

    \b
    Example:
        hadir-ingest cases record decision 3 --decree 800/40 --set-on 2026-05-18 \\
            --officer "Kepala Dinas" --level ringan --text "teguran lisan" --file sk.pdf --why SK
    """
    ((paper, content),) = one_paper(papers)
    told = Decree(decree, day_of(set_on) or set_on, officer, level, text, paper)
    done(
        number,
        act(
            centre, number, "record.decision",
            lambda state, ask, who: preparing.decide(state, ask, who, decree=told, why=why),
            papers=[(paper, content)],
        ),
    )  # fmt: skip


@click.command("hand-over")
@CASE
@click.option(
    "--how", type=click.Choice(["handed", "absent", "sent", "received"]), required=True,
    help="Handed to him, he was absent, sent to him, received by him.",
)  # fmt: skip
@ON
@papers_option(required=False)
@WHY
@pass_centre
def record_hand_over(
    centre: Centre, number: int, how: Any, on: date, papers: tuple[Path, ...], why: str
) -> None:
    """Write down how a decision reached him, or did not yet.

    \b
    Example:
        hadir-ingest cases record hand-over 3 --how handed --on 2026-05-20 --why "diserahkan"
    """
    read = one_paper(papers) if papers else []
    paper = read[0][0] if read else None
    at = day_of(on) or on
    done(
        number,
        act(
            centre, number, "record.hand-over",
            lambda state, ask, who: deeds.hand_over(
                state, ask, who, how=how, on=at, why=why, paper=paper
            ),
            papers=read,
        ),
    )  # fmt: skip
