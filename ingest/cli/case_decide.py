"""What people decide of a case: clarifications, and the steps that wait for approval."""

from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from ingest.cli import letter_approving
from ingest.cli.acting import NUMBER, Words
from ingest.cli.case_acting import CASE, EVENT, WHY, act, papers_option, read_papers
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.discipline.cases import (
    PHASE_TEXT,
    Actor,
    Ask,
    CaseState,
    Event,
    Step,
    deeds,
    preparing,
)


class _Target(click.ParamType[tuple[int, int]]):
    """A case and the event that prepared its step, as `4:7`."""

    name = "case:event"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        case, colon, event = str(value).partition(":")
        if not colon or not case.isdecimal() or not event.isdecimal():
            self.fail(f"{value!r} is no case and event, such as 4:7", param, ctx)
        numbers = NUMBER(case, param, ctx), NUMBER(event, param, ctx)
        return int(numbers[0]), int(numbers[1])


_TARGET = _Target()
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
@click.option("--text", type=Words(10_000), required=True, help="What it says.")
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
@click.option(
    "--number", "--letter", "letter", type=Words(100),
    help="Number of the letter, by hand (default: the next one of its series).",
)  # fmt: skip
@click.option("--dated", type=DAY, help="Date of the letter (default: today).")
@click.option(
    "--with", "others", multiple=True, type=_TARGET, metavar="CASE:EVENT",
    help="Another case of the office, told of in the same letter (may be repeated).",
)  # fmt: skip
@click.option(
    "--despite", multiple=True, type=NUMBER, metavar="REQUEST",
    help="A request under UU 27/2022 that stands against it, and was weighed (may be repeated).",
)  # fmt: skip
@pass_centre
def approve(
    centre: Centre,
    number: int,
    event: int,
    why: str,
    letter: str | None,
    dated: date | None,
    others: tuple[tuple[int, int], ...],
    despite: tuple[int, ...],
) -> None:
    """Approve a step that waits; the last approval issues its letter.

    \b
    Example:
        hadir-ingest cases approve 3 5 --why "sesuai data"
    """
    done = letter_approving.approve(
        centre, [(number, event), *others], why=why, given=letter,
        dated=day_of(dated) or centre.today(), despite=despite,
    )  # fmt: skip
    for case, of in dict.fromkeys([(number, event), *others]):
        state = done.states[case]
        waits = any(one.number == of for one in state.pending)
        told = "approved; another admin has to approve it, too" if waits else "approved"
        click.echo(f"case {case}: {told}; {PHASE_TEXT[state.phase]}")
    if done.letter is not None:
        click.echo(
            f"letter {done.letter.letter}: number {done.letter.printed}, code {done.letter.code}; "
            f"hadir-ingest letters print {done.letter.letter} --pdf surat.pdf"
        )


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
