"""Whole copies of the store, made while it is used, and brought back where nothing is yet.

A backup is a folder: the copy itself, and a manifest that says what must be in it. It is written
under a name nobody takes for a backup, told to the disk, and renamed as the last step: what bears
the name of a backup is one. Each database is copied by its own means (`sqlite`, `postgresql`), as
of one moment, and nobody who writes has to wait meanwhile.
"""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine

from ingest.backup import postgresql, sqlite
from ingest.backup.contents import Contents
from ingest.backup.folder import Shelf, open_shelf
from ingest.backup.manifest import FORMAT, Manifest, check_files, read, summed
from ingest.errors import BackupError
from ingest.store.database import knows_revision, shown

_MEANS = {"sqlite": sqlite, "postgresql": postgresql}

__all__ = ["Manifest", "Shelf", "check", "make", "open_shelf", "restore"]


def make(engine: Engine, shelf: Shelf, *, now: datetime) -> Path:
    """Add one backup of a store to a shelf and return its folder. Raises BackupError."""
    kind = engine.dialect.name
    with shelf.new(now) as folder:
        copied = _MEANS[kind].copy(engine, folder)
        manifest = Manifest(
            format=FORMAT,
            made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            hadir=version("hadir"),
            database=kind,
            server=copied.server,
            revision=copied.contents.revision,
            tables=copied.contents.tables,
            last_batch=copied.contents.last_batch,
            files=summed(folder),
        )
        manifest.write(folder)
    return shelf.place(now)


def check(folder: Path) -> Manifest:
    """Return what a backup says it holds, after a look at every byte. Raises BackupError.

    What the bytes mean is looked at too, as far as that goes without a server: SQLite counts its
    rows again, PostgreSQL reads the table of contents of its archive.
    """
    manifest = read(folder)
    check_files(folder, manifest)
    _MEANS[manifest.database].look(folder, manifest)
    return manifest


def restore(engine: Engine, folder: Path, manifest: Manifest) -> None:
    """Bring a checked backup into an empty database, and count again. Raises BackupError."""
    if manifest.database != engine.dialect.name:
        raise BackupError(
            f"{folder} is a backup of {manifest.database} and the database "
            f"{shown(engine.url)} is none; restore it into one of its kind"
        )
    if not knows_revision(manifest.revision):
        raise BackupError(
            f"{folder} holds a store of revision {manifest.revision}, which this program does not "
            f"know; install hadir {manifest.hadir} or newer to restore it"
        )
    found = _MEANS[manifest.database].restore(engine, folder, manifest)
    _compare(manifest.contents, found, f"the database {shown(engine.url)}")


def _compare(expected: Contents, found: Contents, what: str) -> None:
    fault = expected.difference(found)
    if fault is not None:
        raise BackupError(f"{what} does not hold what its backup does: {fault}; do not use it")
