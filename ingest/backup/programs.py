"""PostgreSQL's own programs: which of them fits a server, and how one is run with our database.

The oldest that is not older than the server: pg_dump refuses a newer server, and pg_restore tells
an older one settings it does not know.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine

from ingest.errors import BackupError
from ingest.store.database import shown

_DEBIAN = Path("/usr/lib/postgresql")
_ASK_S = 30.0
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def server_version(connection: Connection) -> int:
    """Return the first number of the server's version, such as 18."""
    number = connection.exec_driver_sql("SHOW server_version_num").scalar()
    return int(str(number)) // 10_000


def find(name: str, *, server: int) -> Path:
    """Return where a program lies that can serve a server. Raises BackupError."""
    found = {version: path for path in _places(name) if (version := _version(path)) is not None}
    fit = [version for version in found if version >= server]
    if fit:
        return found[min(fit)]
    older = f"; the newest here is of {max(found)}" if found else ""
    raise BackupError(
        f"no {name} of PostgreSQL {server} or newer is installed{older}; "
        f"apt install postgresql-client-{server}"
    )


def run(program: Path, engine: Engine, *words: str) -> None:
    """Run a program on a database; its password is on no command line. Raises BackupError."""
    _, told = engine.dialect.create_connect_args(engine.url)
    # what is left out is no setting but an object for psycopg itself
    known: dict[str, Any] = {key: one for key, one in told.items() if isinstance(one, str | int)}
    environment = dict(os.environ)
    if (password := known.pop("password", None)) is not None:
        environment["PGPASSWORD"] = str(password)
    done = subprocess.run(
        [program, "--no-password", f"--dbname={make_conninfo(**known)}", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(
            f"{program.name} failed on the database {shown(engine.url)} ({_said(done.stderr)}); "
            "nothing of it was kept"
        )


def readable(program: Path, archive: Path) -> str | None:
    """Say why an archive cannot be read; None where its table of contents can."""
    done = subprocess.run(
        [program, "--list", archive],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    return None if done.returncode == 0 else _said(done.stderr)


def _places(name: str) -> Iterator[Path]:
    """Yield where a program may lie; of one version the last counts, which is the first of PATH."""
    yield from sorted(_DEBIAN.glob(f"*/bin/{name}"))
    for folder in reversed(os.get_exec_path()):
        path = Path(folder, name)
        if os.access(path, os.X_OK) and path.is_file():
            yield path


def _version(program: Path) -> int | None:
    """Return the first number of a program's version; None where it does not tell one."""
    try:
        told = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_ASK_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # a wrapper without its program, which is as good as not installed
    found = _VERSION.search(told.stdout)
    return None if found is None else int(found[1])


def _said(stderr: str) -> str:
    """Return the line that says what went wrong, without what follows of SQL and rows."""
    lines = [line for line in stderr.splitlines() if "error:" in line] or stderr.splitlines()
    return lines[0].strip()[:200] if lines else "it said nothing"
