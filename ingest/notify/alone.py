"""One who sends at a time, on whatever host: else a message in hand would look like one cut off.

On PostgreSQL it is a lock of a session, on a connection that does nothing else; with a store in a
file, a lock on a file beside it. Both end with the process, however it ends.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

_LOCK = 0x6B61626172  # any number, as long as no other program takes the same in this database


@contextmanager
def alone(engine: Engine) -> Iterator[bool]:
    """Say whether we are the one who sends while the block lasts; nobody is waited for."""
    if engine.dialect.name == "postgresql":
        with _session(engine) as mine:
            yield mine
    else:
        with _file(Path(f"{engine.url.database}-notices")) as mine:
            yield mine


@contextmanager
def _session(engine: Engine) -> Iterator[bool]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}))
        try:
            yield mine
        finally:
            try:
                if mine:
                    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            except DBAPIError:
                connection.invalidate()  # the session is gone, and the lock with it


@contextmanager
def _file(path: Path) -> Iterator[bool]:
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
