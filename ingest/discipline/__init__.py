"""Discipline: what absences come to under regulations, as an indication. Pure: no I/O, no clock.

Regulations are dated rows of data (`values`, `reading`, `shelf`), days are what judging made of
them (`days`), counters put the two together (`counters`, `clocks`, `superior`, `tally`).
"""

from ingest.discipline.authority import Superior, competent, most_steps
from ingest.discipline.counters import alarms, consecutive, cumulative
from ingest.discipline.days import EFFECTS, OPEN, Effect, JudgedDay, gaps, statuses
from ingest.discipline.findings import Finding, Officer
from ingest.discipline.reading import read_document
from ingest.discipline.regimes import Kinds, kind_on, kinds_of
from ingest.discipline.shelf import Shelf, make_shelf
from ingest.discipline.tally import Tally, tally
from ingest.discipline.values import MARK_TEXT, Document, Level, Regulation, Service

__all__ = [
    "EFFECTS",
    "MARK_TEXT",
    "OPEN",
    "Document",
    "Effect",
    "Finding",
    "JudgedDay",
    "Kinds",
    "Level",
    "Officer",
    "Regulation",
    "Service",
    "Shelf",
    "Superior",
    "Tally",
    "alarms",
    "competent",
    "consecutive",
    "cumulative",
    "gaps",
    "kind_on",
    "kinds_of",
    "make_shelf",
    "most_steps",
    "read_document",
    "statuses",
    "tally",
]
