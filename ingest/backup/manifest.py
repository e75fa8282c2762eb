"""What a backup says of itself: when, by whom, of what, how much, and the sum of every byte."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from ingest.backup.contents import ARCHIVE, Contents, LastBatch
from ingest.errors import BackupError

FORMAT = 1
NAME = "manifest.json"
_MAX_BYTES = 1 << 20
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    made_at: str
    """ISO 8601, UTC."""
    hadir: str
    """Version of the program that made it."""
    database: str
    """`sqlite` or `postgresql`."""
    server: str
    """Version of that."""
    revision: str
    tables: dict[str, int]
    last_batch: LastBatch | None
    files: dict[str, File]

    @property
    def contents(self) -> Contents:
        return Contents(self.revision, self.tables, self.last_batch)

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"
        (folder / NAME).write_text(text, encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raises BackupError."""
    path = folder / NAME
    try:
        with path.open("rb") as file:
            found = msgspec.json.decode(file.read(_MAX_BYTES), type=Manifest)
    except FileNotFoundError as error:
        raise BackupError(
            f"{folder} is no backup: it has no {NAME}; name a folder that hadir-ingest backup made"
        ) from error
    except NotADirectoryError as error:
        raise BackupError(
            f"{folder} is no backup but a file; name the folder that hadir-ingest backup made"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupError(
            f"{path} cannot be read ({error}); this backup was damaged: use another one"
        ) from error
    if found.format != FORMAT or found.database not in ARCHIVE:
        raise BackupError(f"{path} was written by a newer hadir ({found.hadir}); install that one")
    if set(found.files) != {ARCHIVE[found.database]}:
        raise BackupError(f"{path} names other files than a backup has; use another backup")
    return found


def summed(folder: Path) -> dict[str, File]:
    """Return the size and sum of each file in a folder."""
    return {path.name: _sum(path) for path in sorted(folder.iterdir()) if path.name != NAME}


def check_files(folder: Path, manifest: Manifest) -> None:
    """Read every byte of a backup. Raises BackupError, which names the file that is not as made."""
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"{path} is missing; this backup is not whole: use another one")
        found = _sum(path)
        if found.bytes != expected.bytes:
            raise BackupError(
                f"{path} has {found.bytes} bytes instead of {expected.bytes}; this backup was "
                "damaged: use another one"
            )
        if found.sha256 != expected.sha256:
            raise BackupError(
                f"{path} is not as it was written (its sum differs); this backup was damaged or "
                "altered: use another one"
            )


def _sum(path: Path) -> File:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return File(size, digest.hexdigest())
