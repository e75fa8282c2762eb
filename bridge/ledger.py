"""What the outbox's file knows beside the rows: terminals, cursors, coverage, events, the centre.

`note` runs inside the transaction that adds rows: what is said of a terminal and the punches it
rests on are on the disk together or not at all.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bridge.cursor import Cursor
from bridge.database import Database
from ingest import wire

MERGE_S = 86_400  # the same event within a day is one that goes on
OUTBOX = ""
"""The name under which events of the outbox itself are kept: no terminal has it."""
SINGLE = frozenset({"replaced", "cleared", "restored", "file-taken", "file-refused", "anew"})
"""Each of these is a thing of its own."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What a terminal told of itself when its log was read."""

    driver: str
    serial: str
    model: str
    firmware: str
    records: int
    clock_offset_s: int | None
    read_at: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person should know of a terminal."""

    kind: str
    """`replaced`, `cleared`, `restored`, `rotated`, `full`, `empty`, `short`, `same-serial`,
    `clock`, `future`, `past`, `backwards`, `bad-records`, and what else drivers name."""
    detail: str
    at: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of coverage as one read proves it; `day` is the office's date of that read."""

    serial: str
    since: int
    until: int
    day: str
    on_terminal: int | None
    taken: int
    clock_offset_s: int | None
    read_at: int
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What is committed with the rows of one read; None leaves what is there."""

    name: str
    cursor: Cursor | None = None
    contact: Contact | None = None
    statement: Statement | None = None
    events: tuple[Event, ...] = ()
    also: Callable[[sqlite3.Connection], None] | None = None
    """Writes what else belongs into this commit."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How reading the end of its log alone goes with one terminal and firmware."""

    failed: int
    """How often in a row the end could not be used though the whole log went on."""
    at: int
    """When that was last found."""


@dataclass(frozen=True, slots=True)
class TerminalState:
    """A terminal as we last knew it."""

    name: str
    driver: str
    serial: str
    model: str
    firmware: str
    records: int | None
    """In its log at the last whole read."""
    clock_offset_s: int | None
    read_at: int | None
    """When the last whole read began."""
    error: str
    """Why the last attempt failed; empty when it did not."""
    error_at: int | None
    """When that began."""
    known_since: int | None
    known_until: int | None
    """The stretch of coverage that reaches furthest."""


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event as it is remembered."""

    name: str
    kind: str
    detail: str
    first_at: int
    last_at: int
    times: int


@dataclass(frozen=True, slots=True)
class CentreState:
    """How the way to the centre is."""

    ok_at: int | None = None
    error: str = ""
    error_at: int | None = None
    skew_s: int | None = None
    """Our clock minus the centre's."""


@dataclass(frozen=True, slots=True)
class Due:
    """Coverage that may be sent, because everything it rests on is settled."""

    coverage: wire.Coverage
    day: str


class Ledger:
    """Reads and keeps what is known; the rows themselves are the Outbox's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self, name: str) -> Cursor | None:
        """Return how far the log of the terminal of this name was taken."""
        with self._database.reading() as connection:
            row = connection.execute(
                """SELECT serial, c.count, ifnull(base, c.count), digest, ifnull(link, x''), tail,
                    proven_at, since, peak, note, whole_at, ifnull(layout, '')
                FROM cursors c LEFT JOIN ends e ON e.name = c.name AND e.count = c.count
                WHERE c.name = ?""",
                (name,),
            ).fetchone()
        if row is None:
            return None
        serial, count, base, digest, link, tail, proven_at, since, peak, note, whole_at, layout = (
            row
        )
        return Cursor(
            serial=serial,
            count=count,
            base=base,
            digest=digest,
            link=link,
            tail=tuple(bytes.fromhex(raw) for raw in json.loads(tail)),
            proven_at=proven_at,
            since=since,
            peak=None if peak is None else datetime.fromisoformat(peak),
            note=note,
            whole_at=whole_at,
            layout=layout,
        )

    def trial(self, serial: str, firmware: str) -> Trial | None:
        """Return how reading the end of its log alone went with a terminal, None if untried."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT failed, at FROM trials WHERE serial = ? AND firmware = ?",
                (serial, firmware),
            ).fetchone()
        return None if row is None else Trial(*row)

    def note_trial(self, serial: str, firmware: str, trial: Trial) -> None:
        """Keep how it went."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO trials VALUES (?, ?, ?, ?)",
                (serial, firmware, trial.failed, trial.at),
            )

    def terminals(self) -> list[TerminalState]:
        """Return every terminal ever tried, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                """SELECT name, driver, serial, model, firmware, records, clock_offset_s, read_at,
                    error, error_at,
                    (SELECT since FROM coverage c WHERE c.serial = t.serial
                        ORDER BY until DESC LIMIT 1),
                    (SELECT max(until) FROM coverage c WHERE c.serial = t.serial)
                FROM terminals t ORDER BY name"""
            ).fetchall()
        return [TerminalState(*row) for row in rows]

    def events(self, since_at: int = 0) -> list[PastEvent]:
        """Return the events that went on at `since_at` or later, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT name, kind, detail, first_at, last_at, times FROM events "
                "WHERE last_at >= ? ORDER BY last_at DESC, id DESC",
                (since_at,),
            ).fetchall()
        return [PastEvent(*row) for row in rows]

    def note_failure(self, name: str, driver: str, error: str, at: int) -> None:
        """Keep why a terminal could not be read; the time is kept from the first failure on."""
        with self._database.writing() as connection:
            connection.execute(
                """INSERT INTO terminals (name, driver, error, error_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET driver = excluded.driver, error = excluded.error,
                    error_at = iif(error = '', excluded.error_at, error_at)""",
                (name, driver, error, at),
            )

    def note_well(self, name: str) -> None:
        """Forget why a terminal could not be read: there is no fault any more."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE terminals SET error = '', error_at = NULL WHERE name = ?", (name,)
            )

    def centre(self) -> CentreState:
        """Return how the way to the centre is."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = 'centre'").fetchone()
        return CentreState() if row is None else CentreState(**json.loads(row[0]))

    def note_centre(self, state: CentreState) -> None:
        """Keep how the way to the centre is."""
        kept = {name: getattr(state, name) for name in CentreState.__slots__}
        with self._database.writing() as connection:
            put(connection, "centre", json.dumps(kept))

    def due(self, most: int) -> list[Due]:
        """Return coverage to send, oldest first.

        A statement waits for the last row that was there when it was made. It is told once, and
        again when it grew or when the number of parked rows changed.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                """WITH told AS (
                    SELECT c.*, (
                        SELECT count(*) FROM records r
                        WHERE r.place = 'parked' AND r.terminal = c.serial
                    ) AS parked
                    FROM coverage c
                )
                SELECT serial, since, until, on_terminal, taken, parked, clock_offset_s, read_at,
                    source, note, day
                FROM told
                WHERE (unsent = 1 OR (parked <> sent_parked AND day = (
                        SELECT max(day) FROM coverage l
                        WHERE l.serial = told.serial AND l.since = told.since)))
                    AND NOT EXISTS (
                        SELECT 1 FROM records w WHERE w.place = 'waiting'
                        AND w.terminal = told.serial AND w.seq <= told.upto)
                ORDER BY read_at, serial, since, day LIMIT ?""",
                (most,),
            ).fetchall()
        return [Due(wire.Coverage(*row[:-1]), row[-1]) for row in rows]

    def told(self, due: list[Due], refused: dict[str, str]) -> None:
        """Remember what the centre was told, and what of it the centre refused."""
        with self._database.writing() as connection:
            for one in due:
                told = one.coverage
                connection.execute(
                    """UPDATE coverage SET sent_parked = ?, refused = ?,
                        unsent = (until <> ? OR read_at <> ? OR clock_offset_s IS NOT ?)
                    WHERE serial = ? AND since = ? AND day = ?""",
                    (
                        told.parked,
                        refused.get(f"{told.terminal}:{told.since}"),
                        told.until,
                        told.read_at,
                        told.clock_offset_s,
                        told.terminal,
                        told.since,
                        one.day,
                    ),
                )

    def untold(self, serial: str) -> int:
        """Return how many statements of one terminal the centre was not told yet."""
        with self._database.reading() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM coverage WHERE serial = ? AND unsent = 1", (serial,)
            ).fetchone()
        return int(count)

    def refused(self) -> dict[str, str]:
        """Return coverage the centre refused, as `serial:since`, with its reason."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT serial || ':' || since, refused FROM coverage c WHERE refused IS NOT NULL "
                "AND day = (SELECT max(day) FROM coverage l "
                "WHERE l.serial = c.serial AND l.since = c.since)"
            ).fetchall()
        return dict(rows)


def note(connection: sqlite3.Connection, mark: Mark) -> None:
    """Write a mark, in the transaction that is under way."""
    if mark.cursor:
        _note_cursor(connection, mark.name, mark.cursor)
    if mark.contact:
        _note_contact(connection, mark.name, mark.contact)
    if mark.statement:
        _note_statement(connection, mark.statement)
    for event in mark.events:
        _note_event(connection, mark.name, event)
    if mark.also:
        mark.also(connection)


def put(connection: sqlite3.Connection, key: str, value: str | None) -> None:
    """Set one word of the file's own, or take it away."""
    if value is None:
        connection.execute("DELETE FROM meta WHERE key = ?", (key,))
    else:
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _note_cursor(connection: sqlite3.Connection, name: str, cursor: Cursor) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            cursor.serial,
            cursor.count,
            cursor.digest,
            json.dumps([raw.hex() for raw in cursor.tail]),
            cursor.proven_at,
            cursor.since,
            None if cursor.peak is None else cursor.peak.isoformat(),
            cursor.note,
        ),
    )
    connection.execute(
        "INSERT OR REPLACE INTO ends VALUES (?, ?, ?, ?, ?, ?)",
        (name, cursor.count, cursor.base, cursor.link, cursor.whole_at, cursor.layout),
    )


def _note_contact(connection: sqlite3.Connection, name: str, contact: Contact) -> None:
    connection.execute(
        """INSERT OR REPLACE INTO terminals
            (name, driver, serial, model, firmware, records, clock_offset_s, read_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            name,
            contact.driver,
            contact.serial,
            contact.model,
            contact.firmware,
            contact.records,
            contact.clock_offset_s,
            contact.read_at,
        ),
    )


def _note_statement(connection: sqlite3.Connection, told: Statement) -> None:
    """Keep the furthest `until` of a stretch and day, and the worst its clock was seen off.

    What reaches beyond the present was said by a clock of ours that was ahead: it is not true yet,
    and must not become true by waiting.
    """
    connection.execute(
        "DELETE FROM coverage WHERE serial = ? AND until > ?", (told.serial, told.read_at)
    )
    (upto,) = connection.execute("SELECT ifnull(max(seq), 0) FROM records").fetchone()
    connection.execute(
        """INSERT INTO coverage (serial, since, day, until, on_terminal, taken, clock_offset_s,
            read_at, source, note, upto)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (serial, since, day) DO UPDATE SET
            until = excluded.until, on_terminal = excluded.on_terminal, taken = excluded.taken,
            clock_offset_s = CASE
                WHEN excluded.clock_offset_s IS NULL
                    OR abs(clock_offset_s) > abs(excluded.clock_offset_s)
                THEN clock_offset_s ELSE excluded.clock_offset_s END,
            read_at = excluded.read_at, source = excluded.source, note = excluded.note,
            upto = excluded.upto, unsent = 1
        WHERE excluded.until >= until""",
        (
            told.serial,
            told.since,
            told.day,
            told.until,
            told.on_terminal,
            told.taken,
            told.clock_offset_s,
            told.read_at,
            told.source,
            told.note,
            upto,
        ),
    )


def _note_event(connection: sqlite3.Connection, name: str, event: Event) -> None:
    merged = 0
    if event.kind not in SINGLE:
        merged = connection.execute(
            """UPDATE events SET last_at = ?, detail = ?, times = times + 1
            WHERE id = (SELECT max(id) FROM events WHERE name = ? AND kind = ? AND last_at >= ?)""",
            (event.at, event.detail, name, event.kind, event.at - MERGE_S),
        ).rowcount
    if not merged:
        connection.execute(
            "INSERT INTO events (name, kind, detail, first_at, last_at, times) "
            "VALUES (?, ?, ?, ?, ?, 1)",
            (name, event.kind, event.detail, event.at, event.at),
        )
