"""Letters as they were issued: sealed rows in a chain, with their bytes; nothing is ever changed.

What became of one (void, sent, received, answered, scanned) is a row of its own, sealed as well.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, Select, insert, or_, select

from ingest.errors import NotKnown, Refused
from ingest.letters.base import LetterText
from ingest.letters.frozen import from_json, to_json
from ingest.letters.numbering import key
from ingest.store import sealed, seals
from ingest.store.case_events import By
from ingest.store.sealed import Head
from ingest.store.tables_letters import letter_cases, letter_files, letter_marks, letters

MarkKind = Literal["void", "sent", "received", "answered", "scan"]
FileKind = Literal["pdf", "docx", "paper", "scan"]
ACTS = (
    "cases.approve", "letters.answered", "letters.issue", "letters.received", "letters.scan",
    "letters.sent", "letters.void",
)  # fmt: skip
"""Under which the audit log tells of letters (`letters`) and of marks (`marks`)."""


class Basis(NamedTuple):
    """A case a letter is of, and its events that prepared and approved the step; None: no step."""

    case: int
    of: int | None
    approval: int | None


class Pages(NamedTuple):
    """The bytes of a letter, and by which template they were made."""

    pdf: bytes
    docx: bytes
    template: str
    template_digest: str


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to be kept. `series` and `running` are None where a person gave the number."""

    text: LetterText
    pages: Pages
    office: str
    basis: tuple[Basis, ...]
    to: tuple[str | None, str | None]
    """The addressee: NIP or office."""
    series: str | None
    running: int | None
    who: str
    why: str
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a letter."""

    number: int
    letter: int
    kind: MarkKind
    day: date
    how: str
    sha256: str | None
    why: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter with what became of it, oldest first."""

    number: int
    kind: str
    office: str
    basis: tuple[Basis, ...]
    to: tuple[str | None, str | None]
    secrecy: str
    code: str
    year: int
    series: str | None
    running: int | None
    printed: str
    dated: date
    text: LetterText
    template: str
    template_digest: str
    pdf_sha256: str
    docx_sha256: str
    replaces: int | None
    why: str
    who: str
    at: datetime
    marks: tuple[Mark, ...]

    @property
    def void(self) -> Mark | None:
        return self.mark("void")

    def mark(self, kind: MarkKind) -> Mark | None:
        """Return the first mark of a kind."""
        return next((one for one in self.marks if one.kind == kind), None)


def add(connection: Connection, new: NewLetter, by: By) -> tuple[int, Head]:
    """Keep a letter with its pages; return its number and its place in the chain.

    Raises Refused for one that no seal signs, SealError.
    """
    if by.seal is None:
        raise Refused("a letter is sealed; run hadir-ingest seal make")
    seals.require_known(connection, by.seal)
    text, pages = new.text, new.pages
    head = sealed.append(
        connection,
        letters,
        {
            "kind": text.kind.value,
            "office": new.office,
            "cases": [one._asdict() for one in new.basis],
            "to_nip": new.to[0],
            "to_office": new.to[1],
            "secrecy": text.secrecy.value,
            "code": text.code,
            "year": text.dated.year,
            "series": new.series,
            "running": new.running,
            "number": text.number,
            "number_key": key(text.number),
            "dated": text.dated,
            "text": to_json(text),
            "template": pages.template,
            "template_digest": pages.template_digest,
            "pdf_sha256": _digest(pages.pdf),
            "docx_sha256": _digest(pages.docx),
            "replaces": new.replaces,
            "why": new.why,
            "who": new.who,
            "os_user": by.os_user,
            "at": by.now,
        },
        by.seal,
    )
    cases = sorted({one.case for one in new.basis})
    rows = [{"letter_id": head.number, "case_id": case} for case in cases]
    connection.execute(insert(letter_cases), rows)
    for kind, content in (("pdf", pages.pdf), ("docx", pages.docx)):
        keep_file(connection, head.number, kind, f"surat.{kind}", content, by.now)  # type: ignore[arg-type]
    return head.number, head


def mark(
    connection: Connection,
    letter: int,
    kind: MarkKind,
    *,
    day: date,
    how: str,
    why: str,
    who: str,
    by: By,
    sha256: str | None = None,
) -> Head:
    """Add what became of a letter. Raises Refused, SealError."""
    if by.seal is None:
        raise Refused("what becomes of a letter is sealed; run hadir-ingest seal make")
    seals.require_known(connection, by.seal)
    values = {
        "letter_id": letter, "kind": kind, "day": day, "how": how, "sha256": sha256, "why": why,
        "who": who, "os_user": by.os_user, "at": by.now,
    }  # fmt: skip
    return sealed.append(connection, letter_marks, values, by.seal)


def keep_file(
    connection: Connection, letter: int, kind: FileKind, name: str, content: bytes, now: datetime
) -> str:
    """Keep the bytes of a letter, or of a paper about it; return their digest."""
    digest = _digest(content)
    known = select(letter_files.c.id).where(
        letter_files.c.letter_id == letter, letter_files.c.sha256 == digest
    )
    if connection.scalar(known) is None:
        connection.execute(
            insert(letter_files).values(
                letter_id=letter, kind=kind, sha256=digest, name=name[:200], size=len(content),
                content=content, kept_at=now,
            )
        )  # fmt: skip
    return digest


def fetch_file(connection: Connection, letter: int, sha256: str) -> bytes:
    """Return bytes of a letter. Raises NotKnown, Refused if they are not those that were kept."""
    content = connection.scalar(
        select(letter_files.c.content).where(
            letter_files.c.letter_id == letter, letter_files.c.sha256 == sha256
        )
    )
    if content is None:
        raise NotKnown(f"letter {letter} has no file {sha256[:12]}")
    if not isinstance(content, bytes) or _digest(content) != sha256:
        raise Refused(f"file {sha256[:12]} of letter {letter} is not as it was kept")
    return content


def find(
    connection: Connection,
    *,
    office: str | None = None,
    case: int | None = None,
    year: int | None = None,
    number: int | None = None,
    code: str | None = None,
) -> list[StoredLetter]:
    """Return letters with what became of them, in the order in which they were issued; with an
    `office` those of its cases, and those that are addressed to it."""
    query = select(letters).order_by(letters.c.id)
    if office is not None:
        query = query.where(or_(letters.c.office == office, letters.c.to_office == office))
    for column, wanted in (
        (letters.c.year, year),
        (letters.c.id, number),
        (letters.c.code, code),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if case is not None:
        mine = select(letter_cases.c.letter_id).where(letter_cases.c.case_id == case)
        query = query.where(letters.c.id.in_(mine))
    rows = connection.execute(query).all()
    marks = _marks(connection, query) if rows else {}
    return [_stored(row, marks.get(row.id, ())) for row in rows]


def find_one(connection: Connection, number: int) -> StoredLetter:
    """Return a letter. Raises NotKnown."""
    found = find(connection, number=number)
    if not found:
        raise NotKnown(f"no letter {number}; see hadir-ingest letters list")
    return found[0]


def hold(connection: Connection) -> None:
    """Let nobody else add letters or marks until this transaction ends."""
    sealed.hold(connection, letters)


def _marks(connection: Connection, query: Select[Any]) -> dict[int, list[Mark]]:
    wanted = select(query.order_by(None).subquery().c.id)
    rows = connection.execute(
        select(letter_marks).where(letter_marks.c.letter_id.in_(wanted)).order_by(letter_marks.c.id)
    )
    found: dict[int, list[Mark]] = {}
    for row in rows:
        found.setdefault(row.letter_id, []).append(
            Mark(
                row.id, row.letter_id, row.kind, row.day, row.how, row.sha256, row.why, row.who,
                row.at,
            )
        )  # fmt: skip
    return found


def _stored(row: Row[Any], marks: Iterable[Mark]) -> StoredLetter:
    return StoredLetter(
        row.id, row.kind, row.office, tuple(Basis(**one) for one in row.cases),
        (row.to_nip, row.to_office), row.secrecy, row.code, row.year, row.series, row.running,
        row.number, row.dated, from_json(row.text), row.template, row.template_digest,
        row.pdf_sha256, row.docx_sha256, row.replaces, row.why, row.who, row.at, tuple(marks),
    )  # fmt: skip


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
