"""What every command that does something to a case shares: who acts, and one transaction."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import click
from sqlalchemy import Connection

from ingest import regulations as files
from ingest.casework import Dossier, Keeping, Wrote
from ingest.cli import scope
from ingest.cli.acting import NUMBER, Words, note, require_seal
from ingest.cli.context import Centre
from ingest.cli.days import settings
from ingest.cli.oneself import refuse_own
from ingest.cli.people import DAY
from ingest.discipline.cases import PHASE_TEXT, Actor, Ask, CaseState, Event, Paper
from ingest.errors import Refused
from ingest.roles import Role
from ingest.store import case_files
from ingest.store import cases as store
from ingest.store.case_events import By
from ingest.store.cases import StoredCase

Make = Callable[[CaseState, Ask, Actor], Event]


class Done(NamedTuple):
    """What somebody did: its number within the case, and what the case has come to."""

    number: int
    event: Event
    state: CaseState


_Command = Callable[..., None]
CASE = click.argument("number", type=NUMBER)
EVENT = click.argument("event", type=NUMBER)
WHY = click.option("--why", type=Words(500), required=True, help="Why, for who asks later.")
ON = click.option("--on", type=DAY, required=True, help="The day it happened.")
TEXT = Words(1_000)
PAPER = click.Path(path_type=Path, exists=True, dir_okay=False)


def papers_option(*, required: bool) -> Callable[[_Command], _Command]:
    """Give a command the option `--file`, once or more often."""
    return click.option(
        "--file",
        "papers",
        type=PAPER,
        multiple=True,
        required=required,
        help="A paper, kept with its digest (may be repeated).",
    )


def keeping(centre: Centre) -> Keeping:
    """Return by what cases are kept. Raises ConfigError."""
    return Keeping(files.load(centre.config.regulations), settings(centre), centre.now())


def zone_name(centre: Centre, office: str, on: date, at: time) -> str:
    """Return the short name of the zone of an office's clock: WIB, WITA, WIT."""
    from ingest.notify.settings import usual

    window = (centre.config.notify or usual(centre.config.zone)).window
    return datetime.combine(on, at, window.of(office)).tzname() or ""


def find_own(connection: Connection, number: int) -> StoredCase:
    """Return a case of the own office. Raises NotKnown, OutOfScope."""
    found = store.find_one(connection, number)
    scope.require_own(found.office)
    return found


def read_papers(paths: Sequence[Path]) -> list[tuple[Paper, bytes]]:
    """Read papers. Raises Refused for one that is empty or too large."""
    return [case_files.read(one) for one in paths]


def one_paper(paths: Sequence[Path]) -> list[tuple[Paper, bytes]]:
    """Return the one paper that is asked for. Raises UsageError, Refused."""
    if len(paths) != 1:
        raise click.UsageError(f"one --file is asked for, not {len(paths)}")
    return read_papers(paths)


def done(number: int, what: Done) -> None:
    """Tell what was recorded, and where the case stands by it."""
    click.echo(f"case {number}: recorded as event {what.number}; {PHASE_TEXT[what.state.phase]}")


def act(
    centre: Centre,
    number: int,
    what: str,
    make: Make,
    *,
    papers: Sequence[tuple[Paper, bytes]] = (),
    then: Callable[[Connection, Event], None] | None = None,
    **details: Any,
) -> Done:
    """Do something to a case: all of it, with what follows by itself and its line in the audit log,
    in one transaction. `then` does what belongs to the event beside it. Raises Refused, SealError.
    """
    seal = require_seal(centre)
    with centre.writing() as connection:
        case = find_own(connection, number)
        who = actor(centre, connection, case)
        for paper, content in papers:
            case_files.keep(connection, number, paper, content, centre.now())
        dossier = Dossier(connection, keeping(centre), case.person_id)
        by = By(centre.now(), centre.acting.account.text, seal)
        wrote = dossier.do(number, lambda state, ask: make(state, ask, who), by)
        (event,) = (one.event for one in wrote if one.event.who == who)
        if then is not None:
            then(connection, event)
        note(
            centre, connection, f"cases.{what}", who=None, subject=f"nip {case.nip}", case=number,
            events=[one.event.kind.value for one in wrote], decisions=_decisions(wrote), **details,
        )  # fmt: skip
        at = next(one.number for one in dossier.events[number] if one.event is event)
        return Done(at, event, dossier.states[number])


def actor(centre: Centre, connection: Connection, case: StoredCase) -> Actor:
    """Return the user who acts. Cases are decided by people who are known by name: as long as there
    are no users, by nobody. Raises Refused."""
    user = centre.acting.user
    if user is None:
        raise Refused(
            "cases are decided by users with a name, and there are none yet; register them with "
            "hadir-ingest users add"
        )
    refuse_own(connection, [case.nip], "case")
    role = "admin" if user.role is Role.ADMIN else "operator"
    name = f"{user.full_name} ({user.name})"[-200:]
    office = user.office or case.office
    return Actor(
        name,
        "admin" if role == "admin" else "operator",
        user.nip,
        office if role == "operator" else None,
    )


def _decisions(wrote: Sequence[Wrote]) -> list[dict[str, object]]:
    return [{"number": one.head.number, "digest": one.head.digest.hex()} for one in wrote]
