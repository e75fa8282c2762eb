"""The tally of a year under the regulations, as a report like the others."""

from sqlalchemy import Connection

from ingest.errors import Refused
from ingest.reports.base import Asked, Table
from ingest.reports.discipline import Year, count_all, discipline


def tally(connection: Connection, asked: Asked) -> Table:
    """Return what the year of a day came to, of who serves in the offices today.

    Raises Refused for a year of which no day is over.
    """
    span = Year(asked.day.year, asked.today)
    if not span.begun or asked.shelf is None:
        raise Refused(f"no day of {span.year} is over yet; nothing can be counted")
    found = count_all(connection, asked.shelf, span, office=asked.scope.office)
    if asked.scope.office is None:
        found = [one for one in found if one.person.office in {*asked.scope.offices, None}]
    table = discipline(connection, span, found, office=asked.scope.office)
    return Table(table.title, table.columns, table.rows, table.notes, people=len(found))
