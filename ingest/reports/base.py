"""What a report is: a table that knows no format, and how every report is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from sqlalchemy import Connection

from ingest.days import Settings
from ingest.discipline import Shelf
from ingest.reports.forms import Forms

Cell = str | int | Decimal | date | datetime | None
Row = Mapping[str, Cell]


class Kind(StrEnum):
    """How a column is shown; JSON gives every value as it is."""

    TEXT = "text"
    CODE = "code"  # a letter or a few, in the middle of a narrow column
    NUMBER = "number"
    PERCENT = "percent"  # a Decimal, of a hundred
    TIME = "time"  # of a datetime only its hour and minute
    DATE = "date"
    MOMENT = "moment"
    NIP = "nip"  # in groups, else a spreadsheet rounds it
    HIDDEN = "hidden"  # for programs only


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    kind: Kind = Kind.TEXT
    summed: bool = False
    """Whether its sum over all rows means something; a spreadsheet gets it as a formula."""
    width: int | None = None
    """In characters, on paper and in a spreadsheet; None: by its kind."""
    counts: tuple[str, ...] = ()
    """The codes of which it tells on how many days of the row there is one; a spreadsheet gets it
    as a formula over the columns of codes: see `counting`."""


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Something one looks at rather than reads; values are of a hundred or counts, by `unit`."""

    title: str
    kind: Literal["column", "line"]
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: Literal["%", ""] = "%"


@dataclass(frozen=True, slots=True)
class Total:
    """On how many rows the column of codes holds one."""

    code: str
    meaning: str
    days: int
    cells: tuple[str, ...] = ()
    """By which codes the cells tell it, for a formula; none: they do not."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by the keys of their columns, and what must be said about them.

    Rows may come as they are read, once; the notes are whole when all rows have been taken.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    people: int | None = None
    """How many people it shows; None: a row each."""
    facts: Sequence[tuple[str, str]] = ()
    """What stands above the rows: a label and a value each."""
    totals: Sequence[Total] = ()
    portrait: bool = False
    """Whether it is one upright page of A4."""
    office: str | None = None
    """Whose head and signature it has, where that is not the office that was asked for."""
    name: str = ""
    """Of its sheet."""
    pages: Sequence["Table"] = ()
    """The same rows as sheets and pages of their own, for formats that have them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The offices of a report."""

    offices: Mapping[str, str]
    """Name by code, in order."""
    title: str
    office: str | None = None
    """Where it is one office that was asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every report is made from; each takes of it what concerns it."""

    scope: Scope
    day: date
    """The day, or one in the month or year that is asked for."""
    now: datetime
    settings: Settings
    forms: Forms
    nip: str = ""
    """The one person of a report that has one."""
    unseen_days: int = 14
    shelf: Shelf | None = None
    """The regulations, for those that count by them."""

    @property
    def today(self) -> date:
        return self.now.astimezone(self.settings.zone).date()


class Report(Protocol):
    """Builds a table from the store; it writes nothing."""

    def __call__(self, connection: Connection, asked: Asked, /) -> Table: ...
