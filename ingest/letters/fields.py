"""What a template may use, by Indonesian names: the same fields for typst and for Word. Pure.

Every field is a string of one line, a number, yes or no, or a list or a table of these. What is
not known is an empty string. `docs/templat.md` explains them to who writes templates.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from ingest.indonesian import WEEKDAYS, clock_text, day_text, full_day_text, month_text, nip_text
from ingest.letters.base import (
    Cosigner,
    EvidenceDay,
    LetterText,
    Listed,
    Meeting,
    Official,
    Secrecy,
    Signer,
)
from ingest.typesetting import cleaned

_ANNEX = "1 (satu) berkas"
IN_LETTER = 5
"""So many people stand in the letter itself; a longer list is its attachment."""


def fields(text: LetterText, *, paper: str) -> dict[str, object]:
    """Return all that a template may use."""
    evidence = any(one.evidence for one in text.about)
    annexed = len(text.about) > IN_LETTER
    return {
        "jenis": text.kind.value,
        "kertas": paper,
        "konsep": text.draft,
        "rahasia": text.secrecy is Secrecy.CONFIDENTIAL,
        "tanda_tangan_elektronik": text.electronic_footer,
        "kop": {"baris": _lines(text.head.lines), "logo": text.head.logo},
        "nomor": line(text.number),
        "tempat": line(text.head.place),
        "tanggal": day_text(text.dated),
        "hari_tanggal": full_day_text(text.dated),
        "sifat": text.secrecy.value,
        "lampiran": _ANNEX if evidence or annexed else "-",
        "hal": line(text.subject),
        "yth": _lines(text.to),
        "isi": _lines(text.body),
        "dasar_hukum": _lines(text.legal),
        "pegawai": [_listed(number, one) for number, one in enumerate(text.about, 1)],
        "daftar_terlampir": annexed,
        "ada_bukti": evidence,
        "pertemuan": _meeting(text.meeting),
        "penandatangan": _signer(text.signer),
        "ikut_tanda_tangan": [_cosigner(one) for one in text.cosigners],
        "tembusan": _lines(text.copies),
        "kode": line(text.code),
        "teks_periksa": line(text.verify_text),
        "perkara": line(text.case),
        "catatan": _lines(text.notes),
    }


def line(text: str) -> str:
    """Return a text as one line: a name with a line break in it forges no second line."""
    return " ".join(str(cleaned(text)).split())


def _lines(texts: Iterable[str]) -> list[str]:
    return [line(one) for one in texts]


def _official(one: Official) -> dict[str, object]:
    return {
        "nama": line(one.name),
        "nip": nip_text(line(one.nip)),
        "pangkat": line(one.rank),
        "jabatan": line(one.post),
        "unit": line(one.unit),
    }


def _signer(one: Signer) -> dict[str, object]:
    """`baris` are the lines over the name: on whose behalf, and as what."""
    behalf = line(one.on_behalf_of).removeprefix("a.n.").strip()
    post = f"{line(one.acting)} {line(one.post)}".strip()
    above = [f"a.n. {behalf}"] if behalf else []
    return {
        **_official(one),
        "plt": line(one.acting),
        "atas_nama": behalf,
        "baris": [*above, f"{post},"] if post else above,
    }


def _cosigner(one: Cosigner) -> dict[str, object]:
    return {**_official(one), "peran": line(one.role)}


def _listed(number: int, one: Listed) -> dict[str, object]:
    return {
        "no": number,
        **_official(one.person),
        "tanggal": days_text(one.days),
        "jumlah": len(one.days),
        "bukti": [_evidence(place, day) for place, day in enumerate(one.evidence, 1)],
    }


def _evidence(number: int, day: EvidenceDay) -> dict[str, object]:
    return {
        "no": number,
        "hari": WEEKDAYS[day.day.weekday()],
        "tanggal": day_text(day.day),
        "status": line(day.status),
        "jam_kerja": line(day.expected),
        "rekaman": _lines(day.punches),
        "kelengkapan": line(day.coverage),
        "aturan": line(day.rule),
    }


def _meeting(one: Meeting | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "hari": WEEKDAYS[one.on.weekday()],
        "tanggal": day_text(one.on),
        "pukul": "" if one.at is None else clock_text(one.at),
        "zona": "" if one.at is None else line(one.zone),
        "tempat": line(one.place),
        "pemeriksa": _official(one.examiner),
    }


def days_text(days: Iterable[date]) -> str:
    """Return `2, 3, dan 4 Maret 2026; 1 April 2026`."""
    months = groupby(sorted(set(days)), key=lambda day: (day.year, day.month))
    return "; ".join(_of_month(list(some)) for _, some in months)


def _of_month(days: list[date]) -> str:
    numbers = [str(day.day) for day in days]
    if len(numbers) > 2:
        numbers = [", ".join(numbers[:-1]) + ",", numbers[-1]]
    return f"{' dan '.join(numbers)} {month_text(days[0])}"
