"""The runs of one chain laid side by side: do they agree where they meet, and is anything between?

A run is at most MAX_ROWS rows, so that runs in the order of their last heights can be compared with
a short memory, however long the chain.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.wire import MAX_ROWS


@dataclass(frozen=True, slots=True)
class Span:
    """The heights of one chain that a batch brought."""

    first: int
    last: int
    before: bytes
    after: bytes
    batch: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two batches that tell another past of the same height."""

    height: int
    batch: int
    other: int
    """0 where the other side is the beginning of the chain."""


Inner = Callable[[Span, int], bytes | None]
"""Returns the link at a height inside a run; None where its body cannot be read."""


class Chain:
    """Takes the runs of a chain in the order of their last heights."""

    def __init__(self, genesis: bytes, inner: Inner, *, start: int = 0) -> None:
        """`start` is the height up to which the chain is not looked at."""
        self._genesis = genesis
        self._inner = inner
        self._reach = start
        self._lasts: list[int] = []
        self._ends: list[Span] = []
        self._gaps: list[tuple[int, int]] = []

    def add(self, span: Span) -> Iterator[Meeting]:
        """Take the next run; yield where it contradicts another."""
        if span.first == 1 and span.before != self._genesis:
            yield Meeting(0, span.batch, 0)
        for other in self._ends[bisect_left(self._lasts, span.first - 1) :]:
            if self._link(span, other.last) != other.after:
                yield Meeting(other.last, span.batch, other.batch)
        self._fill(span)
        self._keep(span)

    def gaps(self) -> list[tuple[int, int]]:
        """Return the heights, first and last, that no run taken so far holds."""
        return list(self._gaps)

    def _link(self, span: Span, height: int) -> bytes | None:
        if height == span.first - 1:
            return span.before
        return span.after if height == span.last else self._inner(span, height)

    def _fill(self, span: Span) -> None:
        if span.first > self._reach + 1:
            self._gaps.append((self._reach + 1, span.first - 1))
        elif self._gaps and span.first <= self._gaps[-1][1]:
            self._gaps = [left for gap in self._gaps for left in without(gap, span)]
        self._reach = max(self._reach, span.last)

    def _keep(self, span: Span) -> None:
        if self._lasts and self._lasts[-1] == span.last:
            return  # another telling of the same rows; it was compared
        self._lasts.append(span.last)
        self._ends.append(span)
        if len(self._lasts) > 2 * MAX_ROWS:
            old = bisect_left(self._lasts, span.last - MAX_ROWS)
            del self._lasts[:old], self._ends[:old]


def without(gap: tuple[int, int], span: Span) -> list[tuple[int, int]]:
    """Return what is left of a gap beside a run."""
    first, last = gap
    if span.last < first or span.first > last:
        return [gap]
    parts = [(first, span.first - 1), (span.last + 1, last)]
    return [(start, end) for start, end in parts if start <= end]
