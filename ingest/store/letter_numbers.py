"""The running numbers of letters: without gaps and without doubles.

A number is taken in the transaction that issues its letter, while the row of its series and year is
held until that transaction ends. So whoever comes second waits, and gets the next one; and where
the transaction comes to nothing, by a fault or by a kill, the number was never taken.
"""

from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.errors import Refused
from ingest.letters.numbering import key
from ingest.letters.settings import Series
from ingest.store.tables_letters import letter_series, letters


class Counted(NamedTuple):
    """A series in a year, as far as it has come."""

    series: str
    year: int
    first: int
    last: int


def take(connection: Connection, series: Series, year: int) -> int:
    """Return the next running number, and hold the series until this transaction ends.

    Raises Refused where its file now begins it elsewhere than it began.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(letter_series)
        .values(series=series.id, year=year, first=series.first, last=series.first - 1)
        .on_conflict_do_nothing()
    )
    mine = (letter_series.c.series == series.id, letter_series.c.year == year)
    row = connection.execute(select(letter_series).where(*mine).with_for_update()).one()
    given = row.last >= row.first
    if given and row.first != series.first:
        raise Refused(
            f"series {series.id} began {year} with {row.first}, and now its file says "
            f"{series.first}; put back `first`, or give the series another id"
        )
    running = int(row.last) + 1 if given else series.first
    connection.execute(update(letter_series).where(*mine).values(first=series.first, last=running))
    return running


def require_free(connection: Connection, year: int, number: str) -> None:
    """Raise Refused where a letter of a year has this number already, however it is spelt."""
    query = select(letters.c.id).where(letters.c.year == year, letters.c.number_key == key(number))
    other = connection.scalar(query)
    if other is not None:
        raise Refused(
            f"number {number} of {year} is given already, to letter {other}; see hadir-ingest "
            "letters register"
        )


def find(connection: Connection, year: int) -> list[Counted]:
    """Return how far each series has come in a year."""
    query = select(letter_series).where(letter_series.c.year == year)
    return [Counted(*row) for row in connection.execute(query.order_by(letter_series.c.series))]
