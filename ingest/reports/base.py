"""What a report is: a table that knows no format, and how every report is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from ingest.days import Settings

Cell = str | int | datetime | None


class Kind(StrEnum):
    """How a column is shown; JSON gives every value as it is."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"  # of a datetime only its hour and minute
    NIP = "nip"  # in groups, else a spreadsheet rounds it
    HIDDEN = "hidden"  # for programs only


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by the keys of their columns, and what must be said about them."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Cell]]
    notes: Sequence[str] = ()


class Report(Protocol):
    """Builds a table from the store; it writes nothing."""

    def __call__(
        self, connection: Connection, *, office: str, day: date, now: datetime, settings: Settings
    ) -> Table:
        """Return the report of an office for a day, or for the month in which it lies."""
