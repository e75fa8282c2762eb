"""How long to wait after a failure: longer each time, and never all offices at the same moment."""

from collections.abc import Callable


class Backoff:
    """Doubles from `first_s` to `most_s`; each wait is drawn from its upper half.

    The draw keeps seventy offices apart that lost the same centre in the same second.
    """

    def __init__(self, *, first_s: float, most_s: float, random: Callable[[], float]) -> None:
        self._first_s = first_s
        self._most_s = max(first_s, most_s)
        self._random = random
        self._next_s = first_s
        self.fresh = True
        """True until the first failure and after each success."""

    def next(self) -> float:
        """Return the seconds to wait after one more failure."""
        whole = self._next_s
        self._next_s = min(self._most_s, self._next_s * 2)
        self.fresh = False
        return whole * (0.5 + self._random() / 2)

    def reset(self) -> None:
        """Start over: it works again."""
        self._next_s = self._first_s
        self.fresh = True


def jittered(seconds: float, random: Callable[[], float]) -> float:
    """Return `seconds` give or take a tenth, so that loops of one length drift apart."""
    return seconds * (0.9 + 0.2 * random())
