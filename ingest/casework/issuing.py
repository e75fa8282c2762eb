"""Letters issued: number, pages and row in the one transaction of the step they belong to.

The number is taken first and the pages are set with it; only then is anything written. Whatever
fails, or is killed, before the commit leaves no number taken, no event and no letter.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from ingest.errors import ConfigError, Refused
from ingest.lettering import Press
from ingest.letters.base import LetterKind, LetterText
from ingest.letters.codes import new_code
from ingest.letters.composing import numbered
from ingest.letters.numbering import MOST
from ingest.letters.settings import LetterSettings, read_settings
from ingest.store import letter_numbers, letters, sealed
from ingest.store.case_events import By
from ingest.store.letters import Basis, NewLetter, Pages
from ingest.store.sealed import Head
from ingest.store.tables_cases import case_events

_MAX_BYTES = 1 << 20


class Typeset(Protocol):
    """What typesetting returns."""

    @property
    def pdf(self) -> bytes: ...
    @property
    def docx(self) -> bytes: ...
    @property
    def template(self) -> str: ...
    @property
    def template_digest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """By what letters are made here."""

    settings: LetterSettings
    typeset: Callable[[LetterText], Typeset]
    verify: str
    electronic_footer: bool = False


class Ready(NamedTuple):
    """A letter with its number and pages; nothing of it is written yet but the number."""

    text: LetterText
    pages: Pages
    series: str | None
    running: int | None


def desk_of(press: Press | None) -> Desk | None:
    """Return by what letters are made; None where they are not. Raises ConfigError."""
    if press is None:
        return None
    from ingest.letters.pages import pages

    settings = load_settings(press)
    return Desk(
        settings,
        lambda text: pages(text, templates=press.templates, paper=press.paper, fonts=press.fonts),
        press.verify,
        press.electronic_footer,
    )


def load_settings(press: Press) -> LetterSettings:
    """Read the file of letters. Raises ConfigError."""
    path = press.file
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise ConfigError([f"{path}: larger than 1 MB; this is no file of letters"])
        return read_settings(str(path), data.decode())
    except OSError as error:
        raise ConfigError(
            [f"ingest.letters.file: {path} cannot be read ({error.strerror})"]
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 text; save it as UTF-8"]) from error


def set_draft(desk: Desk, draft: LetterText) -> Typeset:
    """Return the pages of a draft."""
    return desk.typeset(replace(draft, electronic_footer=desk.electronic_footer))


def prepare(
    connection: Connection, desk: Desk, draft: LetterText, office: str, given: str | None, by: By
) -> Ready:
    """Take the next number, or look whether the `given` one is free, and set the pages.

    Raises Refused, TypesettingFault: the transaction must not be committed then.
    """
    # everybody who issues a letter takes the two in this order, so nobody waits in a circle
    sealed.hold(connection, case_events)
    number, series, running = _number(connection, desk, draft.kind, office, draft.dated, given)
    text = numbered(draft, number, new_code(), desk.verify, by.now)
    text = replace(text, electronic_footer=desk.electronic_footer)
    made = desk.typeset(text)
    pages = Pages(made.pdf, made.docx, made.template, made.template_digest)
    return Ready(text, pages, series, running)


def keep(
    connection: Connection,
    ready: Ready,
    *,
    office: str,
    basis: tuple[Basis, ...],
    to: tuple[str | None, str | None],
    who: str,
    why: str,
    by: By,
    replaces: int | None = None,
) -> tuple[int, Head]:
    """Write a letter that is ready; return its number and its place in the chain."""
    new = NewLetter(
        ready.text, ready.pages, office, basis, to, ready.series, ready.running, who, why, replaces
    )
    return letters.add(connection, new, by)


def _number(
    connection: Connection,
    desk: Desk,
    kind: LetterKind,
    office: str,
    dated: date,
    given: str | None,
) -> tuple[str, str | None, int | None]:
    if given is not None:
        _require_own(desk, given, dated)
        letter_numbers.require_free(connection, dated.year, given)
        return given, None, None
    series = desk.settings.series_of(kind, office, dated)
    if series is None:
        raise Refused(
            f"no [[series]] gives numbers to {kind} on {dated}; give one by --number, as the "
            "register of the office has it"
        )
    running = letter_numbers.take(connection, series, dated.year)
    number = series.pattern.render(running, dated)
    letter_numbers.require_free(connection, dated.year, number)
    return number, series.id, running


def _require_own(desk: Desk, given: str, dated: date) -> None:
    """Raise Refused for a number that a series will give by itself, or that cannot be printed."""
    if not 0 < len(given) <= MOST or not given.isprintable():
        raise Refused(f"a number of a letter has 1 to {MOST} signs that can be printed")
    for one in desk.settings.all_series(dated.year):
        running = one.pattern.reads(given, dated.year)
        if running is not None and running >= one.first:
            raise Refused(
                f"number {given} belongs to series {one.id}, which gives its numbers itself; leave "
                "--number out"
            )
