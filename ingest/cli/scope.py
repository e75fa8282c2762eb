"""Whose records a command may look at or change, and the line that says it showed some.

Every command that declares `Reach.OFFICE` asks here before its transaction ends, and every one that
declares `reads` tells here what it is about to show; else it fails (`context.Centre`). Offices and
people that are asked for by name come through `people.require_office` and `punches.known_nip`,
which ask for them.
"""

from collections.abc import Iterable
from datetime import date

import click
from sqlalchemy import Connection, exists, select

from ingest.cli.context import Centre
from ingest.declared import Declared, Reach, act_of
from ingest.identity import Acting, OutOfScope
from ingest.store.people import serves
from ingest.store.tables import terminals


class Scope:
    """The bound of one command: an office, or none; and whether the command asked and told."""

    def __init__(self, acting: Acting, command: str, declared: Declared) -> None:
        self.acting = acting
        self.command = command
        self._declared = declared
        self._asked = False
        self._told = False

    def ask(self) -> str | None:
        """Return the only office there is for this command; None: there is no bound."""
        self._asked = True
        return self.acting.office

    def told(self) -> None:
        self._told = True

    def close(self) -> None:
        """Look whether a command did what it declares: called as its transaction ends."""
        if self._declared.reach is Reach.OFFICE and not self._asked:
            raise RuntimeError(
                f'"{self.command}" declares Reach.OFFICE: let it ask ingest.cli.scope'
            )
        if self._declared.reads and not self._told:
            raise RuntimeError(f'"{self.command}" declares reads: let it call scope.tell_read')


def current() -> Centre:
    """Return the centre of the command that runs."""
    found = click.get_current_context().find_object(Centre)
    if found is None:
        raise RuntimeError("no command runs")
    return found


def ask() -> str | None:
    """Return the only office there is for whoever acts; None: there is no bound."""
    return current().scope.ask()


def narrow(office: str | None) -> str | None:
    """Return the office to look at where `office` was asked for: None: all. Raises OutOfScope."""
    own = ask()
    if own is None:
        return office
    require_own(office or own)
    return own


def require_own(*offices: str | None) -> None:
    """Raise OutOfScope unless all of these are offices of whoever acts; None is every office's."""
    own = ask()
    if own is None:
        return
    for one in offices:
        if one is None:
            raise OutOfScope(
                f"your user is of office {own} alone; say --office {own}", "every office"
            )
        if one != own:
            raise OutOfScope(f"your user is of office {own} and sees no other", f"office {one}")


def require_person(connection: Connection, nip: str, first: date | None, last: date | None) -> None:
    """Raise OutOfScope unless a person serves in the own office on a day of this span.

    What is said is the same of everybody else, whether the store knows them or not.
    """
    own = ask()
    if own is not None and not serves(connection, nip, own, first, last):
        span = f"on {first}" if first == last else f"from {first or 'ever'} to {last or 'ever'}"
        raise OutOfScope(
            f"this person does not serve in office {own} {span}; your user sees no other office",
            f"nip {nip}",
        )


def require_terminal(connection: Connection, serial: str) -> None:
    """Raise OutOfScope unless a terminal is of the own office."""
    own = ask()
    query = exists().where(terminals.c.serial == serial, terminals.c.office == own)
    if own is not None and not connection.scalar(select(query)):
        raise OutOfScope(
            f"terminal {serial} is none of office {own}, and your user sees no other",
            f"terminal {serial}",
        )


def tell_read(
    centre: Centre, subject: str, people: Iterable[str | None] | int | None, **told: object
) -> None:
    """Write which records a command is about to show, and of how many people, at once.

    `subject` is a person ("nip ..."), an office ("office ...") or "every office"; `people` counts,
    or names, some more than once; None is not known beforehand. It is a transaction of its own: who
    may change nothing else leaves a line, too, and where none can be written nothing is shown.
    """
    from ingest.cli.acting import actor_of
    from ingest.store import audit, database

    count = people if people is None or isinstance(people, int) else len(set(people) - {None})
    details = {"people": count} | {
        key: str(one) if isinstance(one, date) else one
        for key, one in told.items()
        if one is not None
    }
    with database.writing(centre.engine) as connection:
        audit.note(
            connection,
            actor_of(centre.acting, None),
            act_of(centre.scope.command),
            subject=subject,
            details=details,
            now=centre.now(),
        )
    centre.scope.told()


def of_office(office: str | None) -> str:
    """Return an office as the audit log names it."""
    return "every office" if office is None else f"office {office}"


def note_refusal(centre: Centre, refused: OutOfScope) -> None:
    """Write that somebody asked for what is another office's."""
    from ingest.cli.acting import actor_of
    from ingest.store import audit, database

    with database.writing(centre.engine) as connection:
        audit.note(
            connection,
            actor_of(centre.acting, None),
            "users.refused",
            subject=refused.subject,
            details={"asked": centre.scope.command},
            now=centre.now(),
        )
