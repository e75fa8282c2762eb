"""What commands about letters share: who sees which, by whom, and with what they are written."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import click
from sqlalchemy import Connection

from ingest.casework import issuing
from ingest.casework.issuing import Desk
from ingest.cli import scope
from ingest.cli.acting import note, require_seal
from ingest.cli.context import Centre
from ingest.errors import ConfigError, OutputExists, Refused
from ingest.identity import OutOfScope
from ingest.letters.base import Secrecy
from ingest.roles import Role
from ingest.store import letters
from ingest.store.case_events import By
from ingest.store.letters import StoredLetter
from ingest.store.sealed import Head


class Issued(NamedTuple):
    """A letter that was issued: its number here, as printed, and its code."""

    letter: int
    printed: str
    code: str


def require_desk(centre: Centre) -> Desk:
    """Return by what letters are made. Raises ConfigError."""
    found = issuing.desk_of(centre.config.letters)
    if found is None:
        raise ConfigError(
            [
                "ingest.letters.file: no letters are made here; describe heads, signers and series "
                "in a file, see docs/surat.md"
            ]
        )
    return found


def by_of(centre: Centre) -> By:
    """Return with what letters and events are written. Raises SealError."""
    return By(centre.now(), centre.acting.account.text, require_seal(centre))


def may_see(letter: StoredLetter, own: str | None) -> bool:
    """Say whether who is bound to an office sees a letter: what is addressed to the office, and of
    its own cases what is not confidential.

    Who was moved here has a case of another office: what that writes to this one is for it.
    """
    if own is None or letter.to == (None, own):
        return True
    return letter.office == own and letter.secrecy != Secrecy.CONFIDENTIAL


def find_seen_letter(connection: Connection, number: int) -> StoredLetter:
    """Return a letter that whoever acts may see. Raises NotKnown, OutOfScope."""
    found = letters.find_one(connection, number)
    require_seen(found)
    return found


def find_own_letter(connection: Connection, number: int) -> StoredLetter:
    """Return a letter whoever acts may write something down of: one of a case of the own office.

    By when a letter was received its clock runs: that is not for the office it is addressed to, if
    the case is another's. Raises NotKnown, OutOfScope.
    """
    found = letters.find_one(connection, number)
    scope.require_own(found.office)
    require_seen(found)
    return found


def require_seen(letter: StoredLetter) -> None:
    """Raise OutOfScope for a letter that is neither of the own office nor addressed to it, or is
    confidential and for somebody else."""
    if may_see(letter, scope.ask()):
        return
    scope.require_own(letter.office)
    raise OutOfScope(
        f"letter {letter.number} is confidential (RAHASIA) and not addressed to your office",
        f"letter {letter.number}",
    )


def require_admin(centre: Centre) -> str:
    """Return the name of the admin who acts; letters are issued by those alone. Raises Refused."""
    user = centre.acting.user
    if user is None or user.role is not Role.ADMIN:
        raise Refused("letters are issued and made void by an admin with a name; see users list")
    return f"{user.full_name} ({user.name})"[-200:]


def actor_name(centre: Centre) -> str:
    """Return the name of the user who acts. Raises Refused where there are no users yet."""
    user = centre.acting.user
    if user is None:
        raise Refused("this is done by users with a name; register them with users add")
    return f"{user.full_name} ({user.name})"[-200:]


def note_letter(
    centre: Centre, connection: Connection, act: str, nip: str, letter: int, **details: Any
) -> None:
    """Write what was done with a letter into the audit log."""
    note(
        centre, connection, f"letters.{act}", who=None, subject=f"nip {nip}", letter=letter,
        **details,
    )  # fmt: skip


def told(head: Head) -> dict[str, object]:
    """Return a signed row as the audit log names it."""
    return {"number": head.number, "digest": head.digest.hex()}


def write_new(files: Iterable[tuple[Path | None, bytes]]) -> None:
    """Write files that are not there yet; None is none. Raises OutputExists."""
    found = [(path, content) for path, content in files if path is not None]
    for path, _ in found:
        if path.exists():
            raise OutputExists(f"{path} is there already; name another file")
    for path, content in found:
        with path.open("xb") as file:
            file.write(content)
        click.echo(f"{len(content)} bytes written to {path}")
