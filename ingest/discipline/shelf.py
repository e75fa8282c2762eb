"""All regulations and service rules together, and which of them holds for whom and when."""

from collections.abc import Iterable, Iterator, Sequence
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
    faults = [*_twice(documents), *_overlaps(documents), *_two_cases(documents)]
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
    return [
        f"{one.id} and {other.id} both hold for {kinds} from {first}; end {one.id} by valid_until"
        for one, other, kinds, first in _together(real)
    ]


def _two_cases(documents: list[Document]) -> list[str]:
    """Name service rules that would both keep somebody's cases."""
    keeping = [one for one in documents if isinstance(one, Service) and one.case is not None]
    return [
        f"{one.id} and {other.id} both keep cases of {kinds} from {first}; "
        f"leave [case] out of one, or end {one.id} by valid_until"
        for one, other, kinds, first in _together(keeping)
    ]


def _together(documents: Sequence[Dated]) -> Iterator[tuple[Dated, Dated, str, date]]:
    """Yield each two that hold for the same people: for whom, and from which day on."""
    ordered = sorted(documents, key=lambda one: (one.valid_from, one.id))
    for one, other in combinations(ordered, 2):
        kinds = sorted(set(one.kinds) & set(other.kinds))
        both = one.within(other.valid_from, other.valid_until or date.max)
        if kinds and both is not None and one.id != other.id:
            yield one, other, ", ".join(kinds), both[0]
