"""What became of letters: made void, sent, received, answered, scanned; and their cases told."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click
from sqlalchemy import Connection

from ingest.casework import Dossier, Wrote
from ingest.cli import letter_acting
from ingest.cli.acting import NUMBER, Words, decisions
from ingest.cli.case_acting import PAPER, WHY, actor, keeping
from ingest.cli.context import Centre, pass_centre
from ingest.cli.letter_acting import find_own_letter, note_letter
from ingest.cli.people import DAY, day_of
from ingest.discipline.cases import Action, Ask, CaseState, Event, NotAllowed, Paper, deeds
from ingest.errors import Refused
from ingest.letters.base import LetterKind
from ingest.store import case_events, case_files, letters
from ingest.store import cases as case_store
from ingest.store.case_events import By
from ingest.store.letters import Basis, MarkKind, StoredLetter

LETTER = click.argument("letter", type=NUMBER)
_ON = click.option("--on", type=DAY, required=True, help="The day it happened.")
_HOW = click.option("--how", type=Words(200), required=True, help="By which way.")
_SHOWN = click.option("--paper", "paper", type=PAPER, help="A paper that shows it, such as a slip.")
_ANSWERS = frozenset({LetterKind.WARNING, LetterKind.REPRIMAND, LetterKind.OFFICE})
_ACTIONS = ["summons-issued", "examination-filed", "decision-filed", "returned-and-reported"]
_Read = tuple[Paper, bytes]
_Deed = Callable[[StoredLetter, Basis, CaseState, Ask, Any], Event]


@click.command("void")
@LETTER
@WHY
@pass_centre
def void(centre: Centre, letter: int, why: str) -> None:
    """Make a letter void (batal); its number stays its own.

    \b
    Example:
        hadir-ingest letters void 7 --why "salah alamat"
    """
    letter_acting.require_admin(centre)
    _mark(centre, letter, "void", on=centre.today(), how="dinyatakan batal", why=why)
    click.echo(f"letter {letter}: void; its number is not given again")


@click.command("sent")
@LETTER
@_ON
@_HOW
@_SHOWN
@pass_centre
def sent(centre: Centre, letter: int, on: date, how: str, paper: Path | None) -> None:
    """Write down that a letter was sent.

    Clocks that begin with the date of a letter begin on that day.

    \b
    Example:
        hadir-ingest letters sent 7 --on 2026-05-04 --how "kurir"
    """
    _mark(centre, letter, "sent", on=day_of(on) or on, how=how, paper=paper)
    click.echo(f"letter {letter}: sent on {day_of(on)}")


@click.command("received")
@LETTER
@_ON
@_HOW
@_SHOWN
@pass_centre
def received(centre: Centre, letter: int, on: date, how: str, paper: Path | None) -> None:
    """Write down that a letter was received.

    Clocks that begin with its receipt begin on that day.

    \b
    Example:
        hadir-ingest letters received 7 --on 2026-05-05 --how "tanda terima" --paper bukti.pdf
    """
    _mark(centre, letter, "received", on=day_of(on) or on, how=how, paper=paper)
    click.echo(f"letter {letter}: received on {day_of(on)}")


@click.command("answered")
@LETTER
@_ON
@click.option("--text", type=Words(10_000), help="What the answer says.")
@click.option("--action", type=click.Choice(_ACTIONS), help="What the office says it did.")
@_SHOWN
@pass_centre
def answered(
    centre: Centre,
    letter: int,
    on: date,
    text: str | None,
    action: Any,
    paper: Path | None,
) -> None:
    """Write down the answer to a letter.

    With --text it is filed as clarification; with --action and its paper, as what the office did.

    \b
    Example:
        hadir-ingest letters answered 7 --on 2026-05-08 --text "sakit" --paper jawaban.pdf
    """
    on = day_of(on) or on
    if action is not None and paper is None:
        raise click.UsageError("what an office did is kept only with its paper; give --paper")
    deed = None if text is None and action is None else _answer(letter, on, text, action, paper)
    found = _mark(centre, letter, "answered", on=on, how="dijawab", paper=paper, deed=deed)
    click.echo(f"letter {letter}: answered on {on}")
    if deed is None:
        case = found.basis[0].case
        click.echo(
            f"nothing was filed in case {case}; see cases clarify {case}, or cases record action "
            f"{case}, cases record examination {case}, cases record hand-over {case}"
        )


@click.command("scan")
@LETTER
@click.option("--file", "file", type=PAPER, required=True, help="The signed paper, scanned.")
@pass_centre
def scan(centre: Centre, letter: int, file: Path) -> None:
    """Keep a scan of the signed paper, with its digest.

    \b
    Example:
        hadir-ingest letters scan 7 --file bertanda-tangan.pdf
    """
    _mark(centre, letter, "scan", on=centre.today(), how=file.name[:200], paper=file)
    click.echo(f"letter {letter}: scan kept")


def _mark(
    centre: Centre,
    number: int,
    kind: MarkKind,
    *,
    on: date,
    how: str,
    why: str = "",
    paper: Path | None = None,
    deed: _Deed | None = None,
) -> StoredLetter:
    """Add what became of a letter, and bring it into its cases, in one transaction."""
    by, who = letter_acting.by_of(centre), letter_acting.actor_name(centre)
    read = None if paper is None else case_files.read(paper)
    with centre.writing() as connection:
        found = find_own_letter(connection, number)
        _may_mark(found, kind, on, centre.today())
        tells = _telling(found, kind, on, how) if deed is None else None
        wrote = _bring(centre, connection, found, deed or tells, by, read if deed else None)
        if tells is not None:
            _told(connection, found, how, by)
        letters.hold(connection)  # whoever marks it at the same time has done so by now
        _may_mark(letters.find_one(connection, number), kind, on, centre.today())
        digest = None if read is None else _keep(connection, number, kind, read, by)
        head = letters.mark(
            connection, number, kind, day=on, how=how, why=why, who=who, by=by, sha256=digest
        )
        case = case_store.find_one(connection, found.basis[0].case)
        note_letter(
            centre, connection, kind, case.nip, number, marks=decisions(head),
            cases=[one.case for one in found.basis],
            decisions=decisions(*(one.head for one in wrote)),
        )  # fmt: skip
        return found


def _keep(connection: Connection, letter: int, kind: MarkKind, read: _Read, by: By) -> str:
    paper, content = read
    what: Literal["scan", "paper"] = "scan" if kind == "scan" else "paper"
    return letters.keep_file(connection, letter, what, paper.name, content, by.now)


def _may_mark(found: StoredLetter, kind: MarkKind, on: date, today: date) -> None:
    """Raise Refused for what cannot have become of a letter."""
    if found.void is not None and kind != "scan":
        raise Refused(f"letter {found.number} is void since {found.void.day}")
    before = found.mark(kind)
    if before is not None and kind in ("sent", "received"):
        raise Refused(f"letter {found.number}: {kind} was written down before, on {before.day}")
    if on > today:
        raise Refused(f"{on} has not come yet")
    if on < found.dated:
        raise Refused(f"letter {found.number} is dated {found.dated}; {on} lies before that")


def _bring(
    centre: Centre,
    connection: Connection,
    found: StoredLetter,
    deed: _Deed | None,
    by: By,
    read: _Read | None,
) -> list[Wrote]:
    """Do something to each case of a letter; the people are held in one order."""
    wrote: list[Wrote] = []
    if deed is None:
        return wrote
    cases = [case_store.find_one(connection, one.case) for one in found.basis]
    people = sorted({one.person_id for one in cases})
    dossiers = {one: Dossier(connection, keeping(centre), one) for one in people}
    for case, basis in zip(cases, found.basis, strict=True):
        who = actor(centre, connection, case)
        if read is not None:
            case_files.keep(connection, case.number, *read, by.now)
        wrote += dossiers[case.person_id].do(
            case.number,
            lambda state, ask, who=who, basis=basis: deed(  # type: ignore[misc]
                found, basis, state, ask, who
            ),
            by,
        )
    return wrote


def _telling(found: StoredLetter, kind: MarkKind, on: date, how: str) -> _Deed | None:
    """Return how a case hears that its letter was sent or received; None where none does."""
    told: dict[str, Literal["dated", "received"]] = {"sent": "dated", "received": "received"}
    if kind not in told or any(one.of is None for one in found.basis):
        return None
    text = f"surat {found.printed}, {how}"[:200]

    def deed(letter: StoredLetter, basis: Basis, state: CaseState, ask: Ask, who: Any) -> Event:
        whom = next((one for one in state.told if one.key == letter.to), None)
        if whom is None or basis.of is None:
            raise NotAllowed(f"letter {letter.number} is to somebody the case had not to tell")
        return deeds.tell(state, ask, who, of=basis.of, to=whom, what=told[kind], on=on, how=text)

    return deed


def _told(connection: Connection, found: StoredLetter, how: str, by: By) -> None:
    """Note with the notices of the cases that their addressee is told; the first time counts."""
    for one in found.basis:
        if one.approval is not None:
            case_events.tell(connection, one.case, one.approval, found.to, how=how, now=by.now)


def _answer(letter: int, on: date, text: str | None, action: Any, paper: Path | None) -> _Deed:
    """Return what an answer does to a case: a clarification, or what the office did."""

    def deed(found: StoredLetter, _basis: Basis, state: CaseState, ask: Ask, who: Any) -> Event:
        kind = LetterKind(found.kind)
        if kind not in _ANSWERS:
            raise NotAllowed(
                f"letter {letter} is a {kind}; its answer is filed by cases record examination, "
                "missed or hand-over"
            )
        papers = () if paper is None else (case_files.read(paper)[0],)
        warning = kind is LetterKind.WARNING
        if action is None:
            return deeds.clarify(
                state, ask, who, by="person" if warning else "office", text=text or "",
                handed_in=on, papers=papers,
            )  # fmt: skip
        if warning:
            raise NotAllowed("a warning is answered by a clarification: --text")
        told = f"Jawaban atas surat nomor {found.printed}."
        about = Action(action, on, text or told, papers)
        return deeds.act(state, ask, who, about=about, why=told)

    return deed
