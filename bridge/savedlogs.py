"""A log kept in a file of its own, before the terminal forgets it.

# hadir: the log of a terminal, saved before it was cleared
# terminal: front-door
# ...
31 30 31 ... as hexadecimal digits, one record a line, in storage order
"""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bridge import statedir
from bridge.errors import BridgeError
from drivers.base import Log, records_digest

FOLDER = "saved-logs"
_HEAD = "# hadir: the log of a terminal, saved before it was cleared"
_ODD = re.compile(r"[^A-Za-z0-9._-]")


class NotSaved(BridgeError):
    """A log could not be written down, or reads back otherwise: nothing may be cleared."""


def save(state_dir: Path, name: str, log: Log, at: int, told: Mapping[str, str]) -> Path:
    """Write a log down, closed to others, and read it back. Raises NotSaved.

    `told` is what else the file's head says.
    """
    moment = datetime.fromtimestamp(at, UTC)
    file = f"{name}-{_ODD.sub('_', log.serial)}-{moment:%Y%m%dT%H%M%SZ}.log"
    place = state_dir / FOLDER / file
    digest = log.digest(len(log)).hex()
    head = {
        "terminal": name,
        "serial": log.serial,
        **told,
        "records": str(len(log)),
        "sha256": digest,
        "read at": moment.isoformat(),
    }
    try:
        statedir.folder(place.parent)
        _write(place, _lines(head, log))
        if records_digest(records(place)).hex() != digest:
            raise NotSaved(f"{place} does not read back as it was written; look at the disk")
    except OSError as error:
        raise NotSaved(
            f"the log cannot be saved as {place} ({error.strerror}), so it is not cleared"
        ) from error
    return place


def records(place: Path) -> Iterator[bytes]:
    """Yield the records of a saved log."""
    with place.open(encoding="ascii") as file:
        for line in file:
            if not line.startswith("#"):
                yield bytes.fromhex(line)


def _lines(head: Mapping[str, str], log: Log) -> Iterator[str]:
    yield f"{_HEAD}\n"
    for key, value in head.items():
        told = "".join(sign if sign.isprintable() else "?" for sign in value)
        yield f"# {key}: {told}\n".encode("ascii", "replace").decode()
    for index in range(len(log)):
        yield f"{log.raw(index).hex()}\n"


def _write(place: Path, lines: Iterator[str]) -> None:
    """Write a whole file or none, and have it on the disk."""
    draft = place.with_suffix(".part")
    statedir.touch(draft)
    try:
        with draft.open("w", encoding="ascii") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
