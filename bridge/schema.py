"""What the outbox's file holds: the tables of its first version, and every step since.

A new file is made of the first version and all steps, so that it cannot differ from one that came
the whole way. A step and its version number are in one transaction.
"""

import secrets
import sqlite3

from bridge import chains

VERSION = 2

_FIRST = (
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

_SECOND = (
    # The row's place in its chain (`bridge.chains`); all three null while it is in none.
    "ALTER TABLE records ADD COLUMN height INTEGER",
    "ALTER TABLE records ADD COLUMN before BLOB",
    "ALTER TABLE records ADD COLUMN link BLOB",
    # Costs nothing while every waiting row is chained, and finds those that are not.
    """CREATE INDEX records_unchained ON records (seq)
        WHERE place = 'waiting' AND height IS NULL""",
    # The last row of each chain: rows go in time, the ends of their chains stay.
    """CREATE TABLE chains (
        serial TEXT NOT NULL,
        kind TEXT NOT NULL,
        height INTEGER NOT NULL,
        link BLOB NOT NULL,
        PRIMARY KEY (serial, kind)
    ) STRICT, WITHOUT ROWID""",
)


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether nothing is to be made."""
    return version(connection) == VERSION and _LATER.keys() <= _tables(connection)


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the file; 0 is what an empty one has."""
    (value,) = connection.execute("PRAGMA user_version").fetchone()
    return int(value)


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether the file holds nothing at all."""
    return version(connection) == 0 and not _tables(connection)


def make(connection: sqlite3.Connection) -> None:
    """Make the first version in an empty file, in the transaction that is under way."""
    for statement in _FIRST:
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('outbox', ?)", (new_name(),))
    connection.execute("PRAGMA user_version = 1")


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring a file that is no newer than we are to this version, in the same transaction."""
    if version(connection) < 2:
        for statement in _SECOND:
            connection.execute(statement)
        chains.chain_waiting(connection)
    for statement in _LATER.values():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def new_name() -> str:
    """Return a name that no other outbox has."""
    return secrets.token_hex(16)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
