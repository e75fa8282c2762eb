"""Where backups stand: one folder each, under its time, and how one comes and goes in one step."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import BackupError

_NAME = re.compile(r"hadir-\d{8}T\d{6}Z")
_HALF = re.compile(r"\.hadir-\d{8}T\d{6}Z\.partial")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of backups that nobody else writes to as long as it is open."""

    folder: Path

    def place(self, now: datetime) -> Path:
        """Return where a backup of a moment stands."""
        return self.folder / f"hadir-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    def backups(self) -> list[Path]:
        """Return the backups there are, oldest first."""
        return sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name))

    @contextmanager
    def new(self, now: datetime) -> Iterator[Path]:
        """Give a folder to write to; it becomes a backup when the block ends well."""
        place = self.place(now)
        if place.exists():
            raise BackupError(f"{place} is there already and is not overwritten; try again later")
        half = _half(place)
        half.mkdir(mode=0o700)
        try:
            yield half
            for file in half.iterdir():
                sync(file)
            sync(half)
            half.rename(place)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)  # the fault that ended it is the one to tell
            raise
        sync(self.folder)

    def keep(self, count: int) -> list[Path]:
        """Take away the oldest until so many are left; return what is gone."""
        gone = self.backups()[:-count]
        for path in gone:
            half = _half(path)
            path.rename(half)  # first: what is half gone must not bear the name of a backup
            shutil.rmtree(half)
        if gone:
            sync(self.folder)
        return gone

    def sweep(self) -> None:
        """Take away what a backup that was killed left behind."""
        for path in self.folder.iterdir():
            if _HALF.fullmatch(path.name):
                shutil.rmtree(path)


@contextmanager
def open_shelf(folder: Path) -> Iterator[Shelf]:
    """Open a folder of backups, made if need be. Raises BackupError while another has it."""
    if folder.exists() and not folder.is_dir():
        raise BackupError(f"{folder} is a file; name a folder to keep backups in")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"another backup to {folder} is under way; wait for it") from error
        shelf = Shelf(folder)
        shelf.sweep()
        yield shelf
    finally:
        os.close(held)


def _half(place: Path) -> Path:
    return place.with_name(f".{place.name}.partial")


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
