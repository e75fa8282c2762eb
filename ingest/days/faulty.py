"""Office-days that cannot be judged: none keeps another away, and the round is told of them.

A break of no known kind, terms that cannot be read, a mistake of ours: whatever it is, it would
else stop the judging of everybody at the same place in every round, and an absence elsewhere would
outlive the proof that came for it. A database that does not answer is no fault of a day.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ingest.errors import IngestError, StoreError, StoreUnavailable
from ingest.store.plain import Pair

T = TypeVar("T")
MOST = 100
"""Days at fault in one round: of more, something else is, and the round ends."""


class NotJudged(StoreError):
    """Some office-days could not be judged; all others were."""


class Faulty:
    """The office-days of a round that could not be judged, and why not."""

    def __init__(self) -> None:
        self._why: dict[Pair, Exception] = {}

    def __contains__(self, pair: Pair) -> bool:
        return pair in self._why

    def add(self, pair: Pair, error: Exception) -> tuple[()]:
        """Take a day down; nothing is left to do of it. Raises as `tell` does if it is one too
        many."""
        self._why[pair] = error
        if len(self._why) == MOST:
            self.tell()
        return ()

    def tell(self) -> None:
        """Raise NotJudged if there are any; a mistake of ours as it is, so that its trace is told.

        Of several the first that was met is told.
        """
        for (office, day), error in self._why.items():
            told = f"office {office} on {day}"
            if not isinstance(error, IngestError):
                error.add_note(f"while {told} was judged")
                raise error
            more = len(self._why) - 1
            others = f" ({more} more office-days cannot be judged either)" if more else ""
            raise NotJudged(f"{told}: {error}{others}") from error


def in_halves(
    pairs: Sequence[Pair],
    judge: Callable[[Sequence[Pair]], Iterable[T]],
    alone: Callable[[Pair, Exception], Iterable[T]],
) -> list[T]:
    """Judge office-days together, and where that fails each half of them, down to the one at fault.

    `judge` is one transaction, `alone` says what becomes of that one. Returns what both return.
    Raises StoreUnavailable.
    """
    if not pairs:
        return []
    try:
        return list(judge(pairs))
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - told in the end of the round, by `Faulty.tell`
        if len(pairs) == 1:
            return list(alone(pairs[0], error))
    half = len(pairs) // 2
    return [
        *in_halves(pairs[:half], judge, alone),
        *in_halves(pairs[half:], judge, alone),
    ]
