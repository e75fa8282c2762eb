"""Numbers of mobile phones in Indonesia, however people write them.

Kept as E.164 without plus (`628...`), shown as people know it (`08...`). Only what leads to one
phone for certain is taken: a number that was guessed reaches a stranger.
"""

import re

from ingest.errors import IngestError

_MARKS = re.compile(r"[\s\u00a0\u200b-\u200f\u202a-\u202e\u2010-\u2015().'-]")
"""What people and spreadsheets put between the digits and around them."""
_MOBILE = re.compile(r"628[1-9][0-9]{6,10}")
_LONGEST = 40


class NoNumber(IngestError):
    """What stands there is no number of a mobile phone in Indonesia; the text says why."""


def normalise(text: str) -> str:
    """Return a number as E.164 without plus. Raises NoNumber.

    08xx, 8xx, 62 8xx, +62 8xx, 0062 8xx and +62 (0)8xx are the same number.
    """
    told = _MARKS.sub("", text[: _LONGEST + 1])
    digits = told.removeprefix("+")
    if len(text) > _LONGEST or not (digits.isascii() and digits.isdigit()):
        raise NoNumber(f"{_quoted(text)} is no number; write one number of digits, such as 08...")
    number = _with_country(digits, abroad=told.startswith("+"))
    if not number.startswith("62"):
        raise NoNumber(f"{_quoted(text)} is no number of Indonesia; write 08... or +62 8...")
    if not number.startswith("628"):
        raise NoNumber(f"{_quoted(text)} is a landline, which gets no messages; ask for a mobile")
    if number.startswith("6280"):
        raise NoNumber(f"{_quoted(text)} is a service number (080...), not one person's phone")
    if not _MOBILE.fullmatch(number):
        raise NoNumber(
            f"{_quoted(text)} has {len(number) - 1} digits counted from 08; a mobile number has 9 "
            "to 13"
        )
    return number


def shown(number: str) -> str:
    """Return a number of `normalise` as people write it: 08..."""
    return "0" + number.removeprefix("62")


def _with_country(digits: str, *, abroad: bool) -> str:
    if digits.startswith("00"):
        digits, abroad = digits[2:], True
    if digits.startswith("62"):
        return "62" + digits[2:].removeprefix("0")
    if not abroad and digits.startswith("0"):
        return "62" + digits[1:]
    if not abroad and digits.startswith("8"):
        return "62" + digits
    return digits


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")
