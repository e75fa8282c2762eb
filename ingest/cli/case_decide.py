"""What people decide of a case: clarifications, and the steps that wait for approval."""

from datetime import date
from pathlib import Path
from typing import Literal

import click

from ingest.cli.case_acting import CASE, EVENT, WHY, act, papers_option, read_papers
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.discipline.cases import (
    PHASE_TEXT,
    Actor,
    Ask,
    CaseState,
    Event,
    Letter,
    Step,
    deeds,
    preparing,
)

_STEPS = {
    "reprimand": Step.REPRIMAND,
    "office-letter": Step.OFFICE_LETTER,
    "salary-stop": Step.SALARY_STOP,
    "salary-resume": Step.SALARY_RESUME,
}


@click.command("clarify")
@CASE
@click.option(
    "--from", "by", type=click.Choice(["person", "office"]), required=True, help="Whose it is."
)
@click.option("--text", required=True, help="What it says.")
@click.option("--handed-in", type=DAY, help="The day it was handed in (default: today).")
@click.option("--day", "days", type=DAY, multiple=True, help="Only of this day (may be repeated).")
@papers_option(required=False)
@pass_centre
def clarify(
    centre: Centre,
    number: int,
    by: Literal["person", "office"],
    text: str,
    handed_in: date | None,
    days: tuple[date, ...],
    papers: tuple[Path, ...],
) -> None:
    """Take in a clarification, with its papers.

    \b
    Example:
        hadir-ingest cases clarify 3 --from person --text "sakit" --file surat.pdf
    """
    read = read_papers(papers)
    asked = tuple(day_of(one) or one for one in days)
    done = act(
        centre,
        number,
        "clarify",
        lambda state, ask, who: deeds.clarify(
            state, ask, who, by=by, text=text, handed_in=day_of(handed_in) or centre.today(),
            days=asked, papers=tuple(paper for paper, _ in read),
        ),
        papers=read,
    )  # fmt: skip
    late = any(one.clarification.late for one in done.state.filed if one.number == done.number)
    told = ", late, which only an admin judges" if late else ""
    click.echo(f"case {number}: clarification {done.number}{told}; it waits to be judged")


@click.command("accept")
@CASE
@EVENT
@WHY
@pass_centre
def accept(centre: Centre, number: int, event: int, why: str) -> None:
    """Accept a clarification; what follows is said.

    \b
    Example:
        hadir-ingest cases accept 3 4 --why "surat dokter ada"
    """
    state = act(
        centre,
        number,
        "accept",
        lambda state, ask, who: deeds.judge(state, ask, who, of=event, accepted=True, why=why),
        event=event,
    ).state
    filed = next(one for one in state.filed if one.number == event)
    if filed.clarification.accepted == "closes-alarm":
        click.echo(f"case {number}: closed; the days stay as they are")
        return
    days = filed.clarification.days
    click.echo(
        f"case {number}: accepted; the days change once their excuse is given: hadir-ingest "
        f"excuses give --nip {state.subject.nip} --from {min(days)} --until {max(days)}"
    )


@click.command("approve")
@CASE
@EVENT
@WHY
@click.option("--letter", help="Number of the letter, with the last approval.")
@click.option("--dated", type=DAY, help="Date of the letter (default: today).")
@pass_centre
def approve(
    centre: Centre, number: int, event: int, why: str, letter: str | None, dated: date | None
) -> None:
    """Approve a step that waits; the last approval sends it.

    \b
    Example:
        hadir-ingest cases approve 3 5 --why "sesuai data" --letter 800/21/BKPSDM
    """
    known = None if letter is None else Letter(letter, day_of(dated) or centre.today())
    state = act(
        centre,
        number,
        "approve",
        lambda state, ask, who: deeds.approve(state, ask, who, of=event, why=why, letter=known),
        event=event,
    ).state
    waits = any(one.number == event for one in state.pending)
    told = "approved; another admin has to approve it, too" if waits else "approved"
    click.echo(f"case {number}: {told}; {PHASE_TEXT[state.phase]}")


@click.command("reject")
@CASE
@EVENT
@WHY
@pass_centre
def reject(centre: Centre, number: int, event: int, why: str) -> None:
    """Reject a clarification, or refuse a step that waits.

    \b
    Example:
        hadir-ingest cases reject 3 5 --why "datanya belum lengkap"
    """

    def make(state: CaseState, ask: Ask, who: Actor) -> Event:
        if any(one.number == event for one in state.pending):
            return deeds.refuse(state, ask, who, of=event, why=why)
        return deeds.judge(state, ask, who, of=event, accepted=False, why=why)

    state = act(centre, number, "reject", make, event=event).state
    click.echo(f"case {number}: rejected; {PHASE_TEXT[state.phase]}")


@click.command("withdraw")
@CASE
@click.option("--close", is_flag=True, help="Close it, rather than take it back.")
@WHY
@pass_centre
def withdraw(centre: Centre, number: int, close: bool, why: str) -> None:
    """Propose that a case be taken back; it waits for approval.

    Late proof takes cases back by itself.

    \b
    Example:
        hadir-ingest cases withdraw 3 --why "keliru pegawai"
    """
    done = act(
        centre,
        number,
        "withdraw",
        lambda state, ask, who: preparing.end(state, ask, who, withdraw=not close, why=why),
    )
    what = "closure" if close else "withdrawal"
    click.echo(f"case {number}: event {done.number}, its {what}, waits for approval")


@click.command("propose")
@CASE
@click.argument("step", type=click.Choice(list(_STEPS)))
@WHY
@pass_centre
def propose(centre: Centre, number: int, step: str, why: str) -> None:
    """Prepare a letter or proposal that no clock has brought.

    \b
    Example:
        hadir-ingest cases propose 3 salary-resume --why "masuk kembali 1 April 2026"
    """
    done = act(
        centre,
        number,
        "propose",
        lambda state, ask, who: preparing.propose(state, ask, who, step=_STEPS[step], why=why),
        step=step,
    )
    click.echo(f"case {number}: event {done.number}, {step}, waits for approval")
