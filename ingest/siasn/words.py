"""Days and names as the national personnel system writes them. Pure."""

import re
from collections.abc import Mapping
from datetime import date

from ingest.ranks import grade, rank_text

_DAY_FIRST = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_KINDS = (
    ("paruh waktu", "PPPK-PW"), ("pppk", "PPPK"), ("p3k", "PPPK"), ("cpns", "CPNS"), ("pns", "PNS"),
)  # fmt: skip
_LEFT = ("pensiun", "meninggal", "berhenti", "diberhentikan", "pindah instansi", "mencapai bup")
FIRST_YEAR, LAST_YEAR = 1950, 2100


def read_day(text: str | None) -> date | None:
    """Return a day written 31-01-2026 or 2026-01-31, with a time behind it or not; None else."""
    written = (text or "").strip()
    if found := _DAY_FIRST.fullmatch(written):
        day, month, year = map(int, found.groups())
    elif found := _YEAR_FIRST.fullmatch(written):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if FIRST_YEAR <= read.year <= LAST_YEAR else None


def write_day(day: date) -> str:
    """Return a day as bodies have it: 31-01-2026."""
    return f"{day:%d-%m-%Y}"


def full_name(row: Mapping[str, str]) -> str:
    """Return a name with its titles as offices write it; empty where there is none."""
    before, name, after = (row.get(one, "") for one in ("title_before", "name", "title_after"))
    if not name:
        return ""
    return f"{before} {name}".strip() + (f", {after}" if after else "")


def rank_of(row: Mapping[str, str]) -> str:
    """Return a rank as letters write it; empty where BKN tells none."""
    name, code = row.get("rank_name", ""), row.get("rank", "")
    if not code or grade(code) is not None:
        return rank_text(code or name)  # the name of a known grade is known here
    return f"{name} ({code})" if name else code


def kind_of(row: Mapping[str, str]) -> str | None:
    """Return the kind of servant a person is; None where no word of it is known."""
    for told in (row.get("kind_name", ""), row.get("kind", "")):
        plain = told.casefold()
        for word, kind in _KINDS:
            if re.search(rf"\b{word}\b", plain):
                return kind
    return None


def has_left(row: Mapping[str, str]) -> bool:
    """Say whether the standing of a person tells that the service is over."""
    return any(one in row.get("standing", "").casefold() for one in _LEFT)
