"""The outbox's file: its schema, its connections, and what SQLite's faults mean to a person.

`synchronous=FULL` makes every commit wait for the disk: a row that was acknowledged survives a
power cut. Frequent checkpoints, not the syncing, cost time, so the write-ahead log may grow to
CHECKPOINT_PAGES before it is folded in, and is cut back to WAL_BYTES afterwards.

Each thread has a connection of its own; a transaction that writes begins by taking the lock, so
that it waits its turn at the start instead of failing in the middle.
"""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.errors import OutboxBusy, OutboxDamaged, OutboxError, OutboxFull, OutboxUnusable

VERSION = 1
CHECKPOINT_PAGES = 8_000
WAL_BYTES = 64 << 20
CACHE_KIB = 256  # for each connection, and there is one a terminal: SQLite's 2 MiB add up

_MARK = 0x68616469  # in the header of every outbox: no other database is taken for one

_SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    # Punches and bad records in one table, for one order: `fault` is null for a punch.
    """CREATE TABLE records (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id BLOB NOT NULL,
        place TEXT NOT NULL CHECK (place IN ('waiting', 'sent', 'parked')),
        terminal TEXT NOT NULL,
        user_id TEXT NOT NULL,
        local_time TEXT,
        occurred_at INTEGER,
        state INTEGER,
        verify INTEGER,
        work_code TEXT NOT NULL,
        source TEXT NOT NULL,
        clock_offset_s INTEGER,
        read_at INTEGER NOT NULL,
        after INTEGER,
        raw BLOB NOT NULL,
        fault TEXT,
        why TEXT,
        near_from TEXT,
        near_until TEXT,
        parked_because TEXT,
        settled_at INTEGER,
        CHECK (fault IS NOT NULL OR (local_time IS NOT NULL AND occurred_at IS NOT NULL))
    ) STRICT""",
    # The same touch with other codes is another row: the centre must see the contradiction.
    """CREATE UNIQUE INDEX records_touch
        ON records (id, ifnull(state, -1), ifnull(verify, -1), work_code)""",
    "CREATE INDEX records_waiting ON records (seq) WHERE place = 'waiting'",
    "CREATE INDEX records_waiting_of ON records (terminal, seq) WHERE place = 'waiting'",
    "CREATE INDEX records_parked ON records (terminal) WHERE place = 'parked'",
    """CREATE TABLE cursors (
        name TEXT PRIMARY KEY,
        serial TEXT NOT NULL,
        count INTEGER NOT NULL,
        digest BLOB NOT NULL,
        tail TEXT NOT NULL,
        proven_at INTEGER,
        since INTEGER,
        peak TEXT,
        note TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # One row a stretch and day, so that a clock that was off on Monday is still told of Monday
    # when the centre is reached on Thursday.
    """CREATE TABLE coverage (
        serial TEXT NOT NULL,
        since INTEGER NOT NULL,
        day TEXT NOT NULL,
        until INTEGER NOT NULL CHECK (until >= since),
        on_terminal INTEGER,
        taken INTEGER NOT NULL,
        clock_offset_s INTEGER,
        read_at INTEGER NOT NULL,
        source TEXT NOT NULL,
        note TEXT NOT NULL,
        upto INTEGER NOT NULL,
        unsent INTEGER NOT NULL DEFAULT 1,
        sent_parked INTEGER NOT NULL DEFAULT 0,
        refused TEXT,
        PRIMARY KEY (serial, since, day)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        times INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX events_of ON events (name, kind, last_at)",
    """CREATE TABLE terminals (
        name TEXT PRIMARY KEY,
        driver TEXT NOT NULL,
        serial TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        firmware TEXT NOT NULL DEFAULT '',
        records INTEGER,
        clock_offset_s INTEGER,
        read_at INTEGER,
        error TEXT NOT NULL DEFAULT '',
        error_at INTEGER
    ) STRICT, WITHOUT ROWID""",
)

# Tables that came after version 1 was in use. A file without them gets them when it is opened; a
# program that does not know them leaves them alone.
_LATER = {
    # Terminals that call us, and those that would like to.
    "callers": """CREATE TABLE IF NOT EXISTS callers (
        serial TEXT PRIMARY KEY,
        driver TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'rejected')),
        name TEXT,
        source TEXT,
        peer TEXT NOT NULL DEFAULT '',
        told TEXT NOT NULL DEFAULT '',
        first_at INTEGER,
        last_at INTEGER,
        refused INTEGER NOT NULL DEFAULT 0,
        notebook TEXT NOT NULL DEFAULT '',
        held INTEGER NOT NULL DEFAULT 0,
        since INTEGER,
        peak TEXT,
        proven_at INTEGER,
        counted INTEGER NOT NULL DEFAULT 0,
        clock_offset_s INTEGER
    ) STRICT, WITHOUT ROWID""",
    # What a cursor holds of records that were read without those before them.
    "ends": """CREATE TABLE IF NOT EXISTS ends (
        name TEXT PRIMARY KEY,
        count INTEGER NOT NULL,
        base INTEGER NOT NULL,
        link BLOB NOT NULL,
        whole_at INTEGER,
        layout TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # Which terminals hand over the end of their log alone.
    "trials": """CREATE TABLE IF NOT EXISTS trials (
        serial TEXT NOT NULL,
        firmware TEXT NOT NULL,
        failed INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (serial, firmware)
    ) STRICT, WITHOUT ROWID""",
    # Every record of the log a caller has now, and how often it is in there.
    "pushed": """CREATE TABLE IF NOT EXISTS pushed (
        serial TEXT NOT NULL,
        record BLOB NOT NULL,
        times INTEGER NOT NULL,
        PRIMARY KEY (serial, record)
    ) STRICT, WITHOUT ROWID""",
}


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
            current = _pragma(connection, "user_version") == VERSION and self._ours(connection)
            if current and _LATER.keys() <= _tables(connection):
                return
        with self.writing() as connection:
            version = _pragma(connection, "user_version")
            if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in _SCHEMA:
                    connection.execute(statement)
                connection.execute(
                    "INSERT INTO meta VALUES ('outbox', ?)", (secrets.token_hex(16),)
                )
                connection.execute(f"PRAGMA application_id = {_MARK}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif not self._ours(connection):
                raise OutboxUnusable(f"{self.path} is a database, but not an outbox; move it away")
            elif version != VERSION:
                raise OutboxUnusable(
                    f"{self.path} has version {version} and this program knows {VERSION}; "
                    "install the version of hadir that wrote it, or a newer one"
                )
            for statement in _LATER.values():
                connection.execute(statement)

    def _ours(self, connection: sqlite3.Connection) -> bool:
        return _pragma(connection, "application_id") == _MARK

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


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
