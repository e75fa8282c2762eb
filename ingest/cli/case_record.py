"""What happened to a case outside of this program: told, summoned, examined, decided."""

from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

import click
from sqlalchemy import Connection

from ingest.cli.acting import NUMBER, Words
from ingest.cli.case_acting import CASE, WHY, Done, act, papers_option, read_papers
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.discipline.cases import (
    PHASE_TEXT,
    Action,
    Addressee,
    Appointment,
    CaseState,
    Decree,
    Event,
    NotAllowed,
    Paper,
    deeds,
    preparing,
)
from ingest.discipline.cases.about import Telling
from ingest.store import case_events

_On = click.option("--on", type=DAY, required=True, help="The day it happened.")
_TEXT = Words(1_000)


@click.group()
def record() -> None:
    """Write down what happened outside of this program."""


@record.command("told")
@CASE
@click.option("--event", type=NUMBER, required=True, help="Of which the notice is.")
@click.option("--to", required=True, help="NIP of the person, or code of the office.")
@click.option(
    "--what", type=click.Choice(["accepted", "dated", "received"]), required=True,
    help="Taken by the provider, written as a letter, or received.",
)  # fmt: skip
@_On
@click.option("--how", type=Words(200), required=True, help="By which way.")
@pass_centre
def record_told(
    centre: Centre,
    number: int,
    event: int,
    to: str,
    what: Literal["accepted", "dated", "received"],
    on: date,
    how: str,
) -> None:
    """Write down that a notice reached somebody.

    Clocks begin by it.

    \b
    Example:
        hadir-ingest cases record told 3 --event 1 --to 198609262015051001 --what received \\
            --on 2026-03-05 --how "diantar kurir"
    """

    def make(state: CaseState, ask: Any, who: Any) -> Event:
        whom = _addressee(state, to)
        return deeds.tell(
            state, ask, who, of=event, to=whom, what=what, on=day_of(on) or on, how=how
        )

    def then(connection: Connection, made: Event) -> None:
        whom = cast(Telling, made.about).to
        case_events.tell(connection, number, event, whom.key, how=how, now=centre.now())

    _done(number, act(centre, number, "record.told", make, then=then, event=event))


@record.command("summons")
@CASE
@click.option("--on", type=DAY, required=True, help="The day of the examination.")
@click.option("--place", type=Words(200), required=True, help="Where.")
@click.option("--examiner", type=Words(200), required=True, help="Who examines.")
@WHY
@pass_centre
def record_summons(
    centre: Centre, number: int, on: date, place: str, examiner: str, why: str
) -> None:
    """Prepare a summons to an examination; it waits for approval.

    \b
    Example:
        hadir-ingest cases record summons 3 --on 2026-05-04 --place "ruang rapat" \\
            --examiner "Kepala Bidang" --why "pemeriksaan"
    """
    meeting = Appointment(day_of(on) or on, place, examiner)
    _done(
        number,
        act(
            centre, number, "record.summons",
            lambda state, ask, who: preparing.summon(
                state, ask, who, appointment=meeting, why=why
            ),
        ),
    )  # fmt: skip


@record.command("missed")
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
    ((paper, content),) = _one(papers)
    _done(
        number,
        act(
            centre, number, "record.missed",
            lambda state, ask, who: deeds.miss(state, ask, who, of=event, paper=paper, why=why),
            papers=[(paper, content)], event=event,
        ),
    )  # fmt: skip


@record.command("examination")
@CASE
@_On
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
    ((paper, content),) = _one(papers)
    at = day_of(on) or on
    _done(
        number,
        act(
            centre, number, "record.examination",
            lambda state, ask, who: deeds.examine(state, ask, who, on=at, paper=paper, why=why),
            papers=[(paper, content)],
        ),
    )  # fmt: skip


@record.command("decision")
@CASE
@click.option("--decree", "decree", type=Words(100), required=True, help="Its number.")
@click.option("--set-on", type=DAY, required=True, help="The day it was set.")
@click.option("--officer", type=Words(200), required=True, help="The officer who set it.")
@click.option(
    "--level", type=click.Choice(["ringan", "sedang", "berat", "tidak terbukti"]), required=True,
    help="As it says.",
)  # fmt: skip
@click.option("--text", type=_TEXT, required=True, help="What it says.")
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
    ((paper, content),) = _one(papers)
    told = Decree(decree, day_of(set_on) or set_on, officer, level, text, paper)
    _done(
        number,
        act(
            centre, number, "record.decision",
            lambda state, ask, who: preparing.decide(state, ask, who, decree=told, why=why),
            papers=[(paper, content)],
        ),
    )  # fmt: skip


@record.command("hand-over")
@CASE
@click.option(
    "--how", type=click.Choice(["handed", "absent", "sent", "received"]), required=True,
    help="Handed to him, he was absent, sent to him, received by him.",
)  # fmt: skip
@_On
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
    read = _one(papers) if papers else []
    paper = read[0][0] if read else None
    at = day_of(on) or on
    _done(
        number,
        act(
            centre, number, "record.hand-over",
            lambda state, ask, who: deeds.hand_over(
                state, ask, who, how=how, on=at, why=why, paper=paper
            ),
            papers=read,
        ),
    )  # fmt: skip


@record.command("action")
@CASE
@click.option(
    "--what", required=True, help="What the office did.",
    type=click.Choice(
        ["summons-issued", "examination-filed", "decision-filed", "returned-and-reported"]
    ),
)  # fmt: skip
@_On
@click.option("--text", type=_TEXT, required=True, help="In its own words.")
@papers_option(required=True)
@WHY
@pass_centre
def record_action(
    centre: Centre,
    number: int,
    what: Any,
    on: date,
    text: str,
    papers: tuple[Path, ...],
    why: str,
) -> None:
    """Write down what the office did by itself, with its paper.

    \b
    Example:
        hadir-ingest cases record action 3 --what examination-filed --on 2026-04-10 \\
            --text "diperiksa Kabid" --file bap.pdf --why "laporan kantor"
    """
    read = read_papers(papers)
    about = Action(what, day_of(on) or on, text, tuple(paper for paper, _ in read))
    _done(
        number,
        act(
            centre, number, "record.action",
            lambda state, ask, who: deeds.act(state, ask, who, about=about, why=why),
            papers=read,
        ),
    )  # fmt: skip


def _one(papers: tuple[Path, ...]) -> list[tuple[Paper, bytes]]:
    """Return the one paper that is asked for."""
    if len(papers) != 1:
        raise click.UsageError(f"one --file is asked for, not {len(papers)}")
    return read_papers(papers)


def _addressee(state: CaseState, to: str) -> Addressee:
    """Return who had to be told, by the NIP or the office that was given. Raises NotAllowed."""
    wanted = to.replace(" ", "") if to.replace(" ", "").isdigit() else to
    for one in state.told:
        if wanted in (one.nip, one.office):
            return one
    raise NotAllowed(f"nobody with the NIP or office {to} had to be told anything of this case")


def _done(number: int, done: Done) -> None:
    click.echo(f"case {number}: recorded as event {done.number}; {PHASE_TEXT[done.state.phase]}")
