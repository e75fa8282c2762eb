"""How a letter is shown: as lines, as a row, and by the people it tells of."""

from collections.abc import Iterable
from typing import Any

from ingest.indonesian import day_text, nip_text
from ingest.letters.base import LetterKind
from ingest.letters.wording import KIND_TEXT
from ingest.store.letters import StoredLetter

_MARKS = {
    "void": "batal", "sent": "dikirim", "received": "diterima", "answered": "dijawab",
    "scan": "dipindai",
}  # fmt: skip


def lines_of(found: StoredLetter) -> list[str]:
    """Tell a letter in Indonesian: what it is, its proofs, what became of it."""
    kind = KIND_TEXT[LetterKind(found.kind)].capitalize()
    nip, office = found.to
    lines = [
        f"{kind} nomor {found.printed}, tanggal {day_text(found.dated)}, {found.secrecy}",
        f"Hal: {found.text.subject}",
        f"Kepada: {nip_text(nip) if nip else office}; perkara: {cases_of(found)}",
        f"Keadaan: {state_of(found)}",
        f"Kode: {found.code}; templat: {found.template} ({found.template_digest[:12]})",
        f"PDF: {found.pdf_sha256}",
        f"DOCX: {found.docx_sha256}",
    ]
    for one in found.marks:
        paper = f", berkas {one.sha256[:12]}" if one.sha256 else ""
        why = f" ({one.why})" if one.why else ""
        lines.append(f"{_MARKS[one.kind]} {day_text(one.day)}: {one.how}{why}{paper}, {one.who}")
    return lines


def row_of(found: StoredLetter) -> dict[str, object]:
    """Return a letter as a row of a list."""
    return {
        "letter": found.number,
        "number": found.printed,
        "dated": found.dated,
        "kind": found.kind,
        "secrecy": found.secrecy,
        "office": found.office,
        "to": found.to[0] or found.to[1],
        "cases": cases_of(found),
        "code": found.code,
        "series": found.series,
        "running": found.running,
        "state": state_of(found),
    }


def state_of(found: StoredLetter) -> str:
    """Say what became of a letter so far."""
    gone = found.void
    if gone is not None:
        return f"batal {gone.day}: {gone.why} ({gone.who})"
    steps = [one for one in found.marks if one.kind != "scan"]
    return "; ".join(f"{_MARKS[one.kind]} {one.day}" for one in steps) or "belum dikirim"


def marks_of(found: StoredLetter) -> list[dict[str, Any]]:
    """Return each thing that became of a letter, for programs."""
    return [
        {"kind": one.kind, "day": one.day, "how": one.how, "why": one.why, "who": one.who,
         "at": one.at, "sha256": one.sha256}
        for one in found.marks
    ]  # fmt: skip


def cases_of(found: StoredLetter) -> str:
    """Name the cases that a letter is of."""
    return ", ".join(str(one.case) for one in found.basis)


def people_of(found: Iterable[StoredLetter]) -> list[str]:
    """Return the NIPs of whom letters tell."""
    return [one.person.nip for each in found for one in each.text.about]
