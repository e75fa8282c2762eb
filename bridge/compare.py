"""The same log by two drivers that share no code, record by record. Pure.

What is compared is what counts: who, when, and the two codes. Work codes and raw bytes are each
driver's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from drivers.base import BadRecord, Entry, Log


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that the two read otherwise."""

    place: int
    """In the log, from 0."""
    ours: str
    theirs: str


def differences(first: Log, second: Log) -> Iterator[Difference]:
    """Yield where two reads of one log differ.

    What the later read has more at its end was made meanwhile, and is no difference.
    """
    pairs = zip_longest(first.entries(), second.entries())
    for place, (one, other) in enumerate(pairs):
        if one is None:
            return
        ours, theirs = told(one), told(other)
        if ours != theirs:
            yield Difference(place, ours, theirs)


def told(entry: Entry | None) -> str:
    """Return a record in one line; nothing where there is none."""
    if entry is None:
        return ""
    if isinstance(entry, BadRecord):
        return f"no punch ({entry.kind})"
    return f"{entry.user_id} {entry.local_time} state {entry.state} verify {entry.verify}"
