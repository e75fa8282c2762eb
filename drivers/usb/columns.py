"""What every text that a terminal writes on a stick has in common, whatever its columns. Pure."""

import re
from array import array
from collections import Counter

LINE = re.compile(rb"[^\r\n]+")
MAX_LINE = 512  # bytes of a broken line that are kept; a whole one has fewer than 150
LETTER = re.compile(rb"[A-Za-z\x80-\xff]")

ODD_LINES = 10  # one line in so many may break the layout; more is another layout
ODD_MACHINES = 100  # one line in so many may name another machine

_USER_ID = re.compile(rb"[!-+\-/-:<-~]{1,24}")  # visible ASCII without comma, point, semicolon
_SPREADSHEET = re.compile(rb"\d*[.,]\d*(?:E[+-]?\d+)?|\d+E\+\d+", re.IGNORECASE)


def user_id_fault(user_id: bytes) -> str | None:
    """Return why these bytes are no user id; None where they are one."""
    if not user_id:
        return "the user id is empty"
    if _SPREADSHEET.fullmatch(user_id):
        return (
            f'a spreadsheet has rounded the user id to "{user_id.decode("ascii")}" and its digits '
            f"are gone; hand in the file as the terminal wrote it"
        )
    if not _USER_ID.fullmatch(user_id):
        return "the user id is not 1 to 24 plain characters"
    return None


def few(odd: int, of: int, one_in: int) -> bool:
    """Tell whether so few lines are odd that they are faults of their own, not of the whole."""
    return odd <= max(1, of // one_in) and odd * 2 < of


def majority(machines: Counter[bytes]) -> bytes | None:
    """Return the machine number (nearly) all lines name; None where they name several."""
    machine, most = machines.most_common(1)[0]
    return machine if few(machines.total() - most, machines.total(), ODD_MACHINES) else None


def line_at(text: bytes, start: int) -> bytes:
    """Return the line that begins at a place, without its end."""
    match = LINE.match(text, start)
    return match.group() if match else b""


def line_number(text: bytes, start: int) -> int:
    """Return which line of a file begins at a place, from 1, as an editor counts."""
    return 1 + len(re.findall(rb"\r\n|\r|\n", text[:start]))


def filled_lines(text: bytes) -> "array[int]":
    """Return where each line begins that is not blank."""
    return array("I", (found.start() for found in LINE.finditer(text) if found.group().strip()))


def is_text(line: bytes) -> bool:
    """Tell text from what a terminal encrypted, or never was text."""
    strange = sum(byte > 0x7E for byte in line)
    return not re.search(rb"[\x00-\x08\x0e-\x1f]", line) and strange * 2 <= len(line)
