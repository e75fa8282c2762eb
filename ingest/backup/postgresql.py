"""A store on a server: dumped by pg_dump as of the moment at which its rows were counted.

Owners and rights stay out of the dump: they belong to the server it comes to, and
deploy/postgres-roles.sql gives them again.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, text

from ingest.backup import programs
from ingest.backup.contents import ARCHIVE, Contents, Copied, take
from ingest.backup.manifest import Manifest
from ingest.errors import BackupError
from ingest.store.database import reading, shown, writing

_FILE = ARCHIVE["postgresql"]
_NO_RIGHTS = ("--no-owner", "--no-privileges")
_LOCKED_S = 60
"""How long a table may be held by a migration before the backup gives up."""


def copy(engine: Engine, folder: Path) -> Copied:
    """Dump a store into a folder. Raises BackupError."""
    at_once = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(at_once) as connection:
        version = programs.server_version(connection)
        program = programs.find("pg_dump", server=version)
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        contents = _whole(connection, engine)
        programs.run(
            program,
            engine,
            "--format=custom",
            *_NO_RIGHTS,
            f"--snapshot={snapshot}",
            f"--lock-wait-timeout={_LOCKED_S}s",
            f"--file={folder / _FILE}",
        )
    return Copied(folder / _FILE, str(version), contents)


def look(folder: Path, manifest: Manifest) -> None:
    """Read the table of contents of a dump. Raises BackupError."""
    program = programs.find("pg_restore", server=int(manifest.server))
    fault = programs.readable(program, folder / _FILE)
    if fault is not None:
        raise BackupError(f"{folder / _FILE} cannot be read ({fault}); use another backup")


def restore(engine: Engine, folder: Path, manifest: Manifest) -> Contents:
    """Bring a dump into an empty database and return what is there then. Raises BackupError.

    All of it in one transaction: what fails leaves the database as empty as it was.
    """
    with reading(engine) as connection:
        _need_empty(connection, engine)
        needed = max(programs.server_version(connection), int(manifest.server))
    program = programs.find("pg_restore", server=needed)
    programs.run(
        program, engine, "--exit-on-error", "--single-transaction", *_NO_RIGHTS, str(folder / _FILE)
    )
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE")  # a dump brings no statistics to plan by
    with reading(engine) as connection:
        return _whole(connection, engine)


def _need_empty(connection: Connection, engine: Engine) -> None:
    there = connection.scalar(
        text(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
            " ORDER BY relname LIMIT 1"
        )
    )
    if there is not None:
        raise BackupError(
            f"the database {shown(engine.url)} is not empty (it has {there}); make a new one with "
            "createdb and name that in the configuration"
        )


def _whole(connection: Connection, engine: Engine) -> Contents:
    contents = take(connection)
    if contents is None:
        raise BackupError(
            f"the database {shown(engine.url)} has no tables of hadir; is it the right database?"
        )
    return contents
