"""All regulations and service rules together, and which of them holds for whom and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from ingest.discipline.values import Dated, Document, Regulation, Service
from ingest.errors import ConfigError, NotKnown


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every document, by the name of its file and its id."""

    documents: tuple[Document, ...]

    def regulations(self, kind: str, first: date, last: date) -> tuple[Regulation, ...]:
        """Return what holds for a kind of people in a span, oldest first; never an example."""
        found = [
            one
            for one in self.documents
            if isinstance(one, Regulation) and not one.example and _holds(one, kind, first, last)
        ]
        return tuple(sorted(found, key=lambda one: one.valid_from))

    def services(self, kind: str, first: date, last: date) -> tuple[Service, ...]:
        """Return the service rules that hold for a kind of people in a span, oldest first."""
        found = [
            one
            for one in self.documents
            if isinstance(one, Service) and _holds(one, kind, first, last)
        ]
        return tuple(sorted(found, key=lambda one: one.valid_from))

    def find(self, name: str) -> Document:
        """Return a document by its id. Raises NotKnown."""
        for one in self.documents:
            if one.id.casefold() == name.casefold():
                return one
        known = ", ".join(one.id for one in self.documents)
        raise NotKnown(f'no regulation "{name}"; there are {known}')


def make_shelf(shipped: Iterable[Document], own: Iterable[Document] = ()) -> Shelf:
    """Put documents together; one of the office's own takes the place of a shipped one of its id.

    Raises ConfigError where two hold for the same people on the same day.
    """
    mine = list(own)
    replaced = {one.id for one in mine}
    documents = [*mine, *(one for one in shipped if one.id not in replaced)]
    faults = [*_twice(documents), *_overlaps(documents)]
    if faults:
        raise ConfigError(faults)
    return Shelf(tuple(sorted(documents, key=lambda one: (one.document, one.valid_from, one.id))))


def _holds(one: Dated, kind: str, first: date, last: date) -> bool:
    return kind in one.kinds and one.within(first, last) is not None


def _twice(documents: list[Document]) -> list[str]:
    ids = [one.id for one in documents]
    return [
        f'the id "{name}" stands in two files; give each document its own'
        for name in sorted({one for one in ids if ids.count(one) > 1})
    ]


def _overlaps(documents: list[Document]) -> list[str]:
    """Name what cannot both hold; service rules may stand side by side."""
    real = [one for one in documents if isinstance(one, Regulation) and not one.example]
    faults = []
    for one, other in combinations(sorted(real, key=lambda one: (one.valid_from, one.id)), 2):
        kinds = sorted(set(one.kinds) & set(other.kinds))
        both = one.within(other.valid_from, other.valid_until or date.max)
        if kinds and both is not None and one.id != other.id:
            faults.append(
                f"{one.id} and {other.id} both hold for {', '.join(kinds)} from {both[0]}; "
                f"end {one.id} by valid_until"
            )
    return faults
