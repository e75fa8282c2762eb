"""The 18-digit employee number of a civil servant: is this one, and how is it written?

    | birth date 8 | start: year 4, month 2 | sex 1 | sequence 3 |     PNS and CPNS
    | birth date 8 | year 4, 21             | sex 1 | sequence 3 |     PPPK

There is no check digit, so shape is all that can be checked. The shape never decides what somebody
is: that is said by the master data. The number tells birth date and sex: it belongs in no log.
"""

import re
from dataclasses import dataclass
from datetime import date

LENGTH = 18
MIN_AGE = 16
KINDS = ("PNS", "CPNS", "PPPK", "PPPK-PW", "NON-ASN")
PPPK_MARKS = frozenset({"21"})  # digits 13-14 that are known; others are taken with a warning

_GAPS = re.compile(r"[ \t\u00a0.\-]")
_EXCEL = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")


class NipFault(ValueError):
    """Not a NIP. The text says why, and holds no digit of it."""


@dataclass(frozen=True, slots=True)
class Nip:
    """A number of the right shape."""

    digits: str
    shape: str
    """`PNS` or `PPPK`, as the digits suggest."""
    warnings: tuple[str, ...] = ()


def read_nip(text: str, *, kind: str | None = None) -> Nip:
    """Check a NIP as people write it, with spaces or without. Raises NipFault.

    `kind` is what the master data says: a shape that contradicts it is a warning, no fault.
    """
    written = text.strip().strip("'`\u2019")  # the apostrophe that keeps Excel's hands off
    if _EXCEL.fullmatch(written):
        raise NipFault(
            "Excel has turned the NIP into a rounded number (such as 1,98E+17); "
            "format the column as text and type it again"
        )
    digits = _GAPS.sub("", written)
    if not digits:
        raise NipFault("the NIP is empty")
    if not (digits.isascii() and digits.isdigit()):
        raise NipFault("the NIP holds something other than digits and spaces")
    if len(digits) != LENGTH:
        raise NipFault(f"the NIP has {len(digits)} digits, expected {LENGTH}")
    return _checked(digits, kind)


def appointed(digits: str) -> date | None:
    """Return the first day of the month in which service began, by the NIP of a PNS.

    None where it tells no month: a number of a PPPK, or none at all.
    """
    if len(digits) != LENGTH or not digits.isdigit():
        return None
    year, month = int(digits[8:12]), int(digits[12:14])
    return date(year, month, 1) if year and 1 <= month <= 12 else None


def _checked(digits: str, kind: str | None) -> Nip:
    born = _date(digits[:8])
    if born is None:
        raise NipFault("the NIP does not begin with a birth date (YYYYMMDD)")
    year, month = int(digits[8:12]), int(digits[12:14])
    shape = "PNS" if 1 <= month <= 12 else "PPPK"
    # PPPK numbers tell no month: the end of that year gives them the benefit of the doubt.
    if _age(born, year, month if shape == "PNS" else 12) < MIN_AGE:
        raise NipFault(
            f"by the NIP, service began in {year}, under {MIN_AGE} years after birth in {born.year}"
        )
    if digits[14] not in "12":
        raise NipFault("digit 15 of the NIP (sex) is neither 1 nor 2")
    if digits[15:] == "000":
        raise NipFault(
            "the NIP ends in 000, which no NIP does; Excel rounds 18 digits this way: "
            "format the column as text and type it again"
        )
    return Nip(digits, shape, tuple(_warnings(digits, shape, kind)))


def _warnings(digits: str, shape: str, kind: str | None) -> list[str]:
    found = []
    if shape == "PPPK" and digits[12:14] not in PPPK_MARKS:
        found.append("digits 13-14 of the NIP are neither a month nor a known PPPK mark (21)")
    elif kind in {"PNS", "CPNS"} and shape != "PNS":
        found.append(f"the NIP has the shape of a PPPK number, the kind says {kind}")
    elif kind in {"PPPK", "PPPK-PW"} and shape != "PPPK":
        found.append(f"the NIP has the shape of a PNS number, the kind says {kind}")
    return found


def _age(born: date, year: int, month: int) -> int:
    return year - born.year - (month < born.month)


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
