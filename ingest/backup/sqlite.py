"""A store in a file: copied page by page as of one moment, while others write.

SQLite's own copying takes all pages under one read mark of the WAL, so that writers go on and the
copy is of one moment. It is turned from WAL into a single file, which nothing beside it can change.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ingest.backup.contents import ARCHIVE, Contents, Copied, names, take
from ingest.backup.folder import sync
from ingest.backup.manifest import Manifest
from ingest.errors import BackupError
from ingest.store.database import reading

_FILE = ARCHIVE["sqlite"]
_WAIT_S = 60.0
_BESIDE = ("-wal", "-shm", "-journal")


def copy(engine: Engine, folder: Path) -> Copied:
    """Copy a store into a folder. Raises BackupError."""
    source, target = Path(str(engine.url.database)), folder / _FILE
    if not source.is_file():
        raise BackupError(f"{source} is not there, so there is nothing to back up")
    _need_room(folder, sum(one.stat().st_size for one in _parts(source)))
    with _told(source), closing(_open(source, "rw")) as live, closing(_open(target, "rwc")) as made:
        live.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode = DELETE")
    contents = _inspect(target)
    return Copied(target, sqlite3.sqlite_version, contents)


def look(folder: Path, manifest: Manifest) -> None:
    """Count the rows of a backup again. Raises BackupError."""
    fault = manifest.contents.difference(_inspect(folder / _FILE))
    if fault is not None:
        raise BackupError(f"{folder} does not hold what its manifest says: {fault}; use another")


def restore(engine: Engine, folder: Path, manifest: Manifest) -> Contents:  # noqa: ARG001 - as PostgreSQL's
    """Put the copy where no store is, and return what is there then. Raises BackupError."""
    target = Path(str(engine.url.database))
    engine.dispose()
    _need_empty(engine, target)
    engine.dispose()
    half = target.with_name(f".{target.name}.restoring")
    _need_room(target.parent, (folder / _FILE).stat().st_size)
    try:
        shutil.copyfile(folder / _FILE, half)
        sync(half)
        for name in _BESIDE:  # of the empty one: its WAL would be played into the restored store
            target.with_name(target.name + name).unlink(missing_ok=True)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    sync(target.parent)
    with reading(engine) as connection:
        return _whole(take(connection), target)


def _need_empty(engine: Engine, target: Path) -> None:
    if not target.exists():
        for part in _parts(target):
            raise BackupError(
                f"{part} is left of a store that is gone and may hold its last punches; move it "
                "away before a backup is restored"
            )
        return
    with reading(engine) as connection:
        if names(connection):
            raise BackupError(
                f"{target} holds a store already; move it away, with its -wal and -shm, before a "
                "backup is restored"
            )


def _inspect(file: Path) -> Contents:
    """Return what a copy holds, after SQLite has looked over its pages. Raises BackupError."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    with _told(file), engine.connect() as connection:
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if sound != "ok":
            raise BackupError(f"{file} is damaged ({sound}); mend the store or its disk first")
        return _whole(take(connection), file)


def _whole(contents: Contents | None, file: Path) -> Contents:
    if contents is None:
        raise BackupError(f"{file} has no tables of hadir; is it the right database?")
    return contents


def _open(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, timeout=_WAIT_S)


def _parts(file: Path) -> list[Path]:
    beside = [file, *(file.with_name(file.name + name) for name in _BESIDE)]
    return [one for one in beside if one.exists()]


def _need_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"{folder} has room for {free >> 20} MB and the copy needs {needed >> 20} MB; make "
            "room there, or name a folder on another disk"
        )


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn what SQLite says into one sentence."""
    try:
        yield
    except DBAPIError as error:
        raise BackupError(f"{file} cannot be copied ({error.orig})") from error
    except sqlite3.Error as error:
        raise BackupError(f"{file} cannot be copied ({error})") from error
