"""What reached somebody of a case, and what an office did by itself."""

from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

import click
from sqlalchemy import Connection

from ingest.casework import Dossier
from ingest.casework.approvals import step_and_notice
from ingest.cli.acting import NUMBER, Words
from ingest.cli.case_acting import (
    CASE,
    ON,
    TEXT,
    WHY,
    act,
    done,
    find_own,
    keeping,
    papers_option,
    read_papers,
)
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import day_of
from ingest.discipline.cases import Action, Addressee, CaseState, Event, NotAllowed, deeds
from ingest.discipline.cases.about import Telling
from ingest.store import case_events


@click.command("told")
@CASE
@click.option(
    "--event", type=NUMBER, required=True,
    help="Of which the notice is; of a step, what prepared or approved it.",
)  # fmt: skip
@click.option("--to", required=True, help="NIP of the person, or code of the office.")
@click.option(
    "--what", type=click.Choice(["accepted", "dated", "received"]), required=True,
    help="Taken by the provider, written as a letter, or received.",
)  # fmt: skip
@ON
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

    step, notice = _step_and_notice(centre, number, event)

    def make(state: CaseState, ask: Any, who: Any) -> Event:
        whom = _addressee(state, to)
        return deeds.tell(
            state, ask, who, of=step, to=whom, what=what, on=day_of(on) or on, how=how
        )

    def then(connection: Connection, made: Event) -> None:
        whom = cast(Telling, made.about).to
        case_events.tell(connection, number, notice, whom.key, how=how, now=centre.now())

    done(number, act(centre, number, "record.told", make, then=then, event=event))


@click.command("action")
@CASE
@click.option(
    "--what", required=True, help="What the office did.",
    type=click.Choice(
        ["summons-issued", "examination-filed", "decision-filed", "returned-and-reported"]
    ),
)  # fmt: skip
@ON
@click.option("--text", type=TEXT, required=True, help="In its own words.")
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
    done(
        number,
        act(
            centre, number, "record.action",
            lambda state, ask, who: deeds.act(state, ask, who, about=about, why=why),
            papers=read,
        ),
    )  # fmt: skip


def _step_and_notice(centre: Centre, number: int, event: int) -> tuple[int, int]:
    with centre.reading() as connection:
        case = find_own(connection, number)
        dossier = Dossier(connection, keeping(centre), case.person_id, look=True)
        return step_and_notice(dossier.events[number], event)


def _addressee(state: CaseState, to: str) -> Addressee:
    """Return who had to be told, by the NIP or the office that was given. Raises NotAllowed."""
    wanted = to.replace(" ", "") if to.replace(" ", "").isdigit() else to
    for one in state.told:
        if wanted in (one.nip, one.office):
            return one
    raise NotAllowed(f"nobody with the NIP or office {to} had to be told anything of this case")
