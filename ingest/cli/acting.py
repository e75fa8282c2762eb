"""Who acts at the command line, on what ground, and the line it leaves in the audit log."""

import hashlib
import os
import pwd
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Engine

from ingest import seal as seals
from ingest.cli.context import Centre
from ingest.cli.scope import current
from ingest.declared import COMMANDS, Declared
from ingest.identity import Account, Acting, admit, require_own_name
from ingest.imports.outcome import Outcome
from ingest.seal import Seal
from ingest.store import audit, database, users
from ingest.store.audit import Actor
from ingest.store.decided import Grounds
from ingest.store.sealed import Head

MAX_CHANGES = 200  # of an import, told one by one
_Command = Callable[..., None]
MAX_NUMBER = 2**31 - 1
NUMBER = click.IntRange(1, MAX_NUMBER)
"""Of a row, as the narrowest of our keys holds it."""


class Words(click.ParamType[str]):
    """One line of text that a person can read: spaces made single, none at the ends."""

    name = "text"

    def __init__(self, most: int) -> None:
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = " ".join(str(value).split())
        if not 0 < len(text) <= self._most:
            self.fail(f"expected 1 to {self._most} characters, got {len(text)}", param, ctx)
        if not text.isprintable():
            self.fail("holds a character that cannot be printed", param, ctx)
        return text


def by(*, required: bool) -> Callable[[_Command], _Command]:
    """Give a command the option `--by`; it is required where the act has legal effect.

    Once there are users it may be left out: who acts is known. Only an admin names somebody else.
    """
    text = "Who decides this, by name." if required else "Who does this (default: the OS user)."
    return click.option(
        "--by",
        "who",
        type=Words(200),
        callback=_required if required else None,
        help=text,
    )


def _required(context: click.Context, option: click.Parameter, named: str | None) -> str | None:
    if named is not None or context.resilient_parsing:
        return named
    user = current().acting.user
    if user is None:
        raise click.MissingParameter(ctx=context, param=option)
    return user.full_name


def on_grounds(command: _Command) -> _Command:
    """Give a command `--by`, `--why` and `--letter`."""
    for option in (
        click.option("--letter", type=Words(200), default=None, help="The letter it rests on."),
        click.option("--why", type=Words(500), required=True, help="Why, for who asks later."),
        by(required=True),
    ):
        command = option(command)
    return command


def declared() -> tuple[str, Declared]:
    """Return the command that runs, and what it asks of whoever runs it."""
    context: click.Context | None = click.get_current_context()
    words: list[str] = []
    while context is not None and context.parent is not None:
        words.insert(0, context.info_name or "")
        context = context.parent
    name = " ".join(words)
    if name not in COMMANDS:
        raise RuntimeError(f'"{name}" is not declared in ingest/declared.py')
    return name, COMMANDS[name]


def admitted(engine: Engine, command: str, asks: Declared) -> Acting:
    """Return who acts, by the account this program runs as. Raises Refused."""
    if database.is_missing(engine):  # a file that `migrate` will make
        return admit([], account(), command, asks)
    with database.reading(engine) as connection:
        known = users.find_all(connection) if users.is_kept(connection) else []
    return admit(known, account(), command, asks)


def account() -> Account:
    """Return the account this program runs as, and who became it by sudo."""
    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = f"uid {uid}"
    before = os.environ.get("SUDO_USER", "")
    return Account(name, before if before.isprintable() else "", root=uid == 0)


def actor(name: str | None) -> Actor:
    """Return who acts, in whose name. Raises Refused for a name that is not theirs to give."""
    return actor_of(current().acting, name)


def actor_of(acting: Acting, name: str | None) -> Actor:
    text = acting.account.text
    named = require_own_name(acting, name)
    return Actor(named or text, text, acting.role, acting.user.name if acting.user else "")


def grounds(who: str, why: str, letter: str | None) -> Grounds:
    return Grounds(actor(who), why, letter or "")


def require_seal(centre: Centre) -> Seal:
    """Return the seal that signs decisions. Raises SealError."""
    return seals.require(centre.config.seal_file)


def trusted_root(centre: Centre) -> str | None:
    """Return the fingerprint of the seal by which decisions are proven; None: the last known."""
    return seals.root(centre.config.seal_file)


def note(
    centre: Centre,
    connection: Connection,
    what: str,
    *,
    who: str | None,
    subject: str = "",
    **details: Any,
) -> None:
    """Write what was done into the audit log, last in the transaction that does it."""
    audit.note(connection, actor(who), what, subject=subject, details=details, now=centre.now())


def note_import(
    centre: Centre,
    connection: Connection,
    what: str,
    file: Path,
    outcome: Outcome,
    *,
    who: str | None,
) -> None:
    """Write what an import changed, and the digest of its file."""
    note(
        centre,
        connection,
        what,
        who=who,
        subject=file.name,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        **counts(outcome),
    )


def counts(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "new": outcome.new,
        "changed": outcome.changed,
        "changes": outcome.changes[:MAX_CHANGES],
        "changes_not_told": max(0, len(outcome.changes) - MAX_CHANGES),
    }


def decisions(*made: Head) -> list[dict[str, object]]:
    """Return decisions as the audit log names them: one that is missing later is noticed."""
    return [{"number": one.number, "digest": one.digest.hex()} for one in made]
