"""Who is enrolled, as the list that the centre imports: which user id stands for whom. Pure.

The columns are those of `hadir-ingest user-ids import`, and the name behind them, which is for the
person who fills in the NIPs and is not imported.
"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date

from drivers.base import User

COLUMNS = ("terminal", "office", "user_id", "nip", "from", "name")
_NIP = re.compile(r"[0-9]{18}")
_FORMULA = ("=", "+", "-", "@")


def sheet(users: Iterable[User], *, serial: str, first: date) -> str:
    """Return the list as CSV, by user id.

    The NIP is filled in where the user id is one. The office stays empty: the mapping holds for
    this terminal.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for user in sorted(users, key=_order):
        nip = user.user_id if _NIP.fullmatch(user.user_id) else ""
        writer.writerow((serial, "", user.user_id, nip, first.isoformat(), _cell(user.name)))
    return text.getvalue()


def _order(user: User) -> tuple[bool, int, str]:
    """Sort numbers by their value, before ids with letters."""
    number = user.user_id.isdecimal()
    return not number, int(user.user_id) if number else 0, user.user_id


def _cell(text: str) -> str:
    """Return a name that no spreadsheet takes for a formula: terminals hold anything."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
