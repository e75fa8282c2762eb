"""Which files have come to rest: a file that is still being copied must not be taken. Pure.

A file rests when two looks, some seconds apart, find it alike. Its own time says nothing: a copy
may bear the time of the original from the beginning, and the clock of another computer may be off.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

REST_S = 10.0  # a slow stick or network may pause for some seconds in the middle of a copy


class Stamp(NamedTuple):
    """What changes when a file changes."""

    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Stamp":
        """Return the stamp of what `stat` found."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


class Resting:
    """Told of every look at a folder, it says which files rest."""

    def __init__(self, rest_s: float = REST_S) -> None:
        self._rest_s = rest_s
        self._since: dict[str, tuple[Stamp, float]] = {}

    def look(self, found: Mapping[str, Stamp], at: float) -> list[str]:
        """Return the files that rest, by name; `at` is monotonic."""
        known = self._since
        self._since = {
            name: known[name] if name in known and known[name][0] == stamp else (stamp, at)
            for name, stamp in found.items()
        }
        return sorted(
            name for name, (_, since) in self._since.items() if at - since >= self._rest_s
        )
