"""Which days are worked, and from when to when. Pure."""

from ingest.calendar.expected import (
    CATEGORY_TEXT,
    Category,
    Expected,
    FreeDay,
    Holiday,
    Joint,
    Off,
    Unknown,
    WorkDay,
    expected,
)
from ingest.calendar.scheme import Scheme, read_scheme

__all__ = [
    "CATEGORY_TEXT",
    "Category",
    "Expected",
    "FreeDay",
    "Holiday",
    "Joint",
    "Off",
    "Scheme",
    "Unknown",
    "WorkDay",
    "expected",
    "read_scheme",
]
