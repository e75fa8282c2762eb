"""A letter's pages: the PDF that is signed and the Word file that is edited, from one text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

from ingest.letters import qr
from ingest.letters.base import LetterKind, LetterText
from ingest.letters.docx import Paper, docx
from ingest.letters.fields import fields
from ingest.letters.sample import sample, samples
from ingest.letters.shelf import PICTURES, Shelf, shelf
from ingest.typesetting import TypesettingFault, pdf


@dataclass(frozen=True, slots=True)
class Pages:
    """What a letter looks like, and by which version of which templates it was made."""

    pdf: bytes
    docx: bytes
    template: str
    """Names of the typst and the Word template."""
    template_digest: str
    """SHA-256, hex, over all template files and pictures that the letter was made with."""


def pages(
    text: LetterText,
    *,
    templates: Path | None = None,
    paper: Paper = "f4",
    fonts: Path | None = None,
) -> Pages:
    """Typeset a letter. Equal input gives equal bytes. Raises TypesettingFault.

    `templates` is the office's own folder, whose files take the place of ours of the same name;
    `fonts` a folder of fonts that its templates use.
    """
    held = shelf(templates)
    return Pages(
        pdf=_pdf(text, held, paper, fonts),
        docx=_docx(text, held, paper),
        template=f"{held.main(text.kind)}, {held.word(text.kind)}",
        template_digest=held.digest(_used(text, held)),
    )


def faults(
    *, templates: Path | None = None, paper: Paper = "f4", fonts: Path | None = None
) -> list[str]:
    """Typeset every kind of letter with made-up data and return what is wrong, a sentence each."""
    try:
        held = shelf(templates)
    except TypesettingFault as error:
        return [str(error)]
    found = held.strange()
    if fonts is not None and not fonts.is_dir():
        found.append(f"{fonts}: no folder of fonts")
    for text in samples():
        found += _fault_of(partial(_pdf, text, held, paper, fonts))
        found += _fault_of(partial(_docx, text, held, paper))
    return list(dict.fromkeys(found))


def logo_faults(
    logos: Iterable[str],
    *,
    templates: Path | None = None,
    paper: Paper = "f4",
    fonts: Path | None = None,
) -> list[str]:
    """Typeset a letter under each logo and return what is wrong with them, a sentence each."""
    try:
        held = shelf(templates)
    except TypesettingFault as error:
        return [str(error)]
    plain = sample(LetterKind.WARNING)
    found: list[str] = []
    for logo in logos:
        text = replace(plain, head=replace(plain.head, logo=logo))
        found += _fault_of(partial(_pdf, text, held, paper, fonts))
        found += _fault_of(partial(_docx, text, held, paper))
    return list(dict.fromkeys(found))


def _fault_of(make: Callable[[], bytes]) -> list[str]:
    try:
        make()
    except TypesettingFault as error:
        return [str(error)]
    return []


def _pdf(text: LetterText, held: Shelf, paper: Paper, fonts: Path | None) -> bytes:
    main = held.main(text.kind)
    _logo(text, held)
    files = {name: held.read(name) for name in [*held.shared(), *held.pictures()]}
    data = fields(text, paper=paper)
    if data["teks_periksa"]:
        files["qr.svg"] = qr.svg(str(data["teks_periksa"]))
    return pdf(
        _source(held, main),
        data,
        files=files,
        created=_created(text),
        fonts=() if fonts is None else (fonts,),
        name=main,
    )


def _docx(text: LetterText, held: Shelf, paper: Paper) -> bytes:
    name = held.word(text.kind)
    data = fields(text, paper=paper)
    check = str(data["teks_periksa"])
    return docx(
        held.read(name),
        data,
        name=name,
        paper=paper,
        created=_created(text),
        qr=qr.png(check) if check else b"",
        logo=_logo(text, held),
    )


def _source(held: Shelf, name: str) -> str:
    try:
        return held.read(name).decode()
    except UnicodeDecodeError as error:
        raise TypesettingFault(f"{held.files[name]}: is not text in UTF-8") from error


def _logo(text: LetterText, held: Shelf) -> bytes:
    name = text.head.logo
    if not name:
        return b""
    if Path(name).suffix.lower() not in PICTURES:
        raise TypesettingFault(f"logo {name!r} must be a .png or .jpg: Word shows no other")
    return held.read(name)


def _created(text: LetterText) -> datetime:
    return text.made_at or datetime.combine(text.dated, time(), UTC)


def _used(text: LetterText, held: Shelf) -> list[str]:
    logo = [text.head.logo] if text.head.logo else []
    return [held.main(text.kind), held.word(text.kind), *held.shared(), *logo]
