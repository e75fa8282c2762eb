"""Days and hours as people of an office write them: `3/3/2026`, `3 Maret 2026`, `3 s.d. 5 Maret`.

A day comes before its month, as everywhere in Indonesia. A year of two digits is not guessed.
"""

import re
from datetime import date, time
from typing import NamedTuple

from ingest.indonesian import MONTHS, WEEKDAYS

_FIRST_YEAR, _LAST_YEAR = 1970, 2999
_NUMBERS = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?")
_SERIAL = re.compile(r"[2-6]\d{4}")  # of 1954 to 2091
_WORDS = re.compile(r"(\d{1,2})(?:[ \-]?([A-Za-z]+)\.?)?(?:[ \-,]*(\d{4}))?")
_WEEKDAY = re.compile(rf"^(?:{'|'.join((*WEEKDAYS, 'Jum.at', 'Ahad'))})\s*[,/]?\s+", re.IGNORECASE)
_UNTIL = re.compile(
    r"\s*(?:\bs\s*[./]?\s*d\b\.?|\bsampai(?:\s+dengan)?\b|\bhingga\b|\s[-\u2013]\s|\u2013)\s*",
    re.IGNORECASE,
)
_SHORT_SPAN = re.compile(r"(\d{1,2})\s*-\s*(\d{1,2}\s+[A-Za-z].*)")
_CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})(?:[.:]00)?")
_MONTH_NUMBERS = {name.lower(): n for n, name in enumerate(MONTHS, 1)} | {
    "pebruari": 2, "nopember": 11, "agt": 8, "ags": 8, "agu": 8, "nop": 11, "peb": 2, "sept": 9,
    "mrt": 3, "may": 5, "aug": 8, "oct": 10, "dec": 12,
}  # fmt: skip
_SHORT = {name[:3].lower(): n for n, name in enumerate(MONTHS, 1)}


class DayFault(ValueError):
    """What was written is no day. The text says why."""


class Written(NamedTuple):
    """A day, and how sure it is that day and month were not exchanged."""

    first: date
    last: date
    numeric: bool
    """Whether day and month are two numbers that could be read the other way, too."""


def read_days(text: str) -> Written:
    """Return a day, or the first and last of a span written in one cell. Raises DayFault."""
    told = " ".join(text.split())
    parts = [one for one in _UNTIL.split(told) if one.strip()]
    if len(parts) == 1 and (short := _SHORT_SPAN.fullmatch(parts[0])) is not None:
        parts = [short[1], short[2]]
    if len(parts) > 2 or not parts:
        raise DayFault(f'"{text}" is no day such as 31/01/2026, and no span of two')
    last, numeric = _day(parts[-1], None)
    if len(parts) == 1:
        return Written(last, last, numeric)
    first, other = _day(parts[0], last)
    return Written(first, last, numeric or other)


def is_month_first(text: str) -> bool:
    """Say whether a text is a day only where its month comes first, as American Excel writes."""
    found = _NUMBERS.fullmatch(text.strip())
    return found is not None and int(found[3]) > 12 >= int(found[1]) >= 1 and int(found[3]) <= 31


def read_clock(text: str) -> time:
    """Return a time such as 07.30 or 7:30. Raises DayFault."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise DayFault(f'"{text}" is no time such as 07.30')
    return time(int(found[1]), int(found[2]))


def _day(text: str, ends: date | None) -> tuple[date, bool]:
    """Return a day; one that names no month or year has those of the day that ends its span."""
    told = _WEEKDAY.sub("", text.strip())
    if iso := _ISO.fullmatch(told):
        return _date(text, int(iso[1]), int(iso[2]), int(iso[3])), False
    if numbers := _NUMBERS.fullmatch(told):
        day, month = int(numbers[1]), int(numbers[3])
        return _date(text, int(numbers[4]), month, day), day <= 12 and day != month
    if _SERIAL.fullmatch(told):
        raise DayFault(f'"{text}" is how Excel counts days; give the cell the format of a date')
    words = _WORDS.fullmatch(told)
    if words is None:
        raise DayFault(f'"{text}" is no day such as 31/01/2026 or 31 Januari 2026')
    if words[2] is None and (ends is None or words[3] is not None):
        raise DayFault(f'"{text}" names no month')
    month = _month(text, words[2]) if words[2] else ends.month if ends else 0
    if words[3] is None and ends is None:
        raise DayFault(f'"{text}" names no year; write four digits of it')
    year = int(words[3]) if words[3] else ends.year if ends else 0
    return _date(text, year, month, int(words[1])), False


def _month(text: str, word: str) -> int:
    found = _MONTH_NUMBERS.get(word.lower()) or _SHORT.get(word.lower())
    if found is None:
        raise DayFault(f'"{text}": "{word}" is no month')
    return found


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise DayFault(f'"{text}" is no day: day, month, year in this order') from error
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise DayFault(f'"{text}": the year {year} is not meant')
    return found
