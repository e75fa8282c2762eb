"""The outbox's file: its connections, and what SQLite's faults mean to a person.

`synchronous=FULL` makes every commit wait for the disk: a row that was acknowledged survives a
power cut. Frequent checkpoints, not the syncing, cost time, so the write-ahead log may grow to
CHECKPOINT_PAGES before it is folded in, and is cut back to WAL_BYTES afterwards.

Each thread has a connection of its own; a transaction that writes begins by taking the lock, so
that it waits its turn at the start instead of failing in the middle.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge import schema
from bridge.errors import OutboxBusy, OutboxDamaged, OutboxError, OutboxFull, OutboxUnusable

CHECKPOINT_PAGES = 8_000
WAL_BYTES = 64 << 20
CACHE_KIB = 256  # for each connection, and there is one a terminal: SQLite's 2 MiB add up
STATEMENTS = 12  # kept ready by each; a commit of an intake uses nine, and 128 add up as well

_MARK = 0x68616469  # in the header of every outbox: no other database is taken for one


class Database:
    """One outbox file, made if it is not there unless `must_exist`."""

    def __init__(self, path: Path, *, busy_timeout_s: float, must_exist: bool = False) -> None:
        self.path = path
        self._busy_timeout_s = busy_timeout_s
        self._must_exist = must_exist
        self._threads = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def check(self) -> None:
        """Read the whole file and raise OutboxDamaged unless it is sound."""
        with self.reading() as connection:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            raise self._damaged(answer)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend this thread's connection; several reads may see different commits."""
        try:
            yield self._connection()
        except sqlite3.Error as error:
            raise self._translated(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Lend this thread's connection for reads that all see the same commit."""
        with self.reading() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend this thread's connection for one transaction: all of it on the disk, or nothing."""
        try:
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def close(self) -> None:
        """Close the connections of all threads; they must not be using them."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._threads = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if found is None:
            found = self._threads.connection = self._connect()
        return found

    def _connect(self) -> sqlite3.Connection:
        mode = "rw" if self._must_exist else "rwc"
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=self._busy_timeout_s,
            isolation_level=None,
            cached_statements=STATEMENTS,
            check_same_thread=False,  # `close` comes from the thread that made this object
        )
        with self._lock:
            self._all.append(connection)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
        return connection

    def _prepare(self) -> None:
        with self.reading() as connection:
            if self._ours(connection) and schema.is_current(connection):
                return
        with self.writing() as connection:
            if schema.is_empty(connection):
                connection.execute(f"PRAGMA application_id = {_MARK}")
                schema.make(connection)
            elif not self._ours(connection):
                raise OutboxUnusable(f"{self.path} is a database, but not an outbox; move it away")
            elif (version := schema.version(connection)) > schema.VERSION:
                raise OutboxUnusable(
                    f"{self.path} has version {version} and this program knows {schema.VERSION}; "
                    "install the version of hadir that wrote it, or a newer one"
                )
            schema.upgrade(connection)

    def _ours(self, connection: sqlite3.Connection) -> bool:
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
        return bool(mark == _MARK)

    def _translated(self, error: sqlite3.Error) -> OutboxError:
        """Say in our words what SQLite means; only the low byte of its code tells the class."""
        code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
        match code:
            case sqlite3.SQLITE_FULL:
                return OutboxFull(f"no room on the disk for {self.path}; free some space")
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return OutboxBusy(f"{self.path} is held by another process; try again later")
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return self._damaged(str(error))
            case sqlite3.SQLITE_CANTOPEN if self._must_exist and not self.path.exists():
                return OutboxUnusable(f"there is no outbox at {self.path}; has the bridge run yet?")
            case _:
                return OutboxUnusable(
                    f"{self.path} cannot be used: {error}; check the disk and who owns the folder"
                )

    def _damaged(self, detail: str) -> OutboxDamaged:
        return OutboxDamaged(
            f"{self.path} is damaged ({_line(detail)}); stop the bridge, move it with its -wal and "
            "-shm aside and keep them, start again: terminals are then read from their beginning"
        )


def _line(detail: str) -> str:
    return " ".join(detail.replace("*** in database main ***", "").split())
