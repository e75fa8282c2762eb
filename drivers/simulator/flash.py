"""The terminal's flash: what it wrote stays, whatever happens to its power.

A file of JSON lines. The first says whose memory it is, every other line is one commit: a list of
changes that happened together or not at all. A line without its end was cut off while it was being
written, was never promised to anybody, and is taken away on opening.
"""

import json
import os
from pathlib import Path

Change = tuple[str | int, ...]
"""What happened, by name, and its values: see `Memory`."""


class FlashError(Exception):
    """A state file that cannot be used. The text says which and why."""


class Flash:
    """One state file, open for appending. To be closed."""

    def __init__(self, path: Path, head: dict[str, str | int]) -> None:
        """Open the file, or begin it with `head`. FlashError where it begins otherwise."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self.commits = self._take_up(path, head)
        except BaseException:
            self.close()
            raise

    def append(self, changes: list[Change]) -> None:
        """Write one commit; it is on disk when this returns."""
        self._write(changes)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _take_up(self, path: Path, head: dict[str, str | int]) -> list[list[Change]]:
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.ftruncate(self._file, whole)
        lines = content[:whole].splitlines()
        if not lines:
            self._write(head)
            return []
        try:
            found, *commits = [json.loads(line) for line in lines]
        except ValueError as error:
            raise FlashError(f"{path} is no state file of a simulator ({error})") from error
        if found != head:
            raise FlashError(
                f"{path} belongs to another terminal ({found}); give it the same options,"
                " or name another file"
            )
        return [[tuple(change) for change in commit] for commit in commits]

    def _write(self, value: object) -> None:
        left = memoryview(json.dumps(value, separators=(",", ":")).encode() + b"\n")
        while left:
            left = left[os.write(self._file, left) :]
        os.fsync(self._file)
