"""Terminals that call us: who may, what their driver noted of them, what of their log we hold.

One that no `[[terminal]]` names waits for a person. How many wait is bounded: whoever can reach the
listener can invent serial numbers.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge.database import Database
from bridge.errors import BridgeError
from bridge.rows import Body
from ingest import wire

MAX_WAITING = 64
STALE_S = 86_400  # after which one that waits makes room for another

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"

_SELECT = """
    SELECT serial, driver, state, name, source, peer, told, first_at, last_at, refused, notebook,
        held, since, peak, proven_at, counted, clock_offset_s
    FROM callers"""


class UnknownCaller(BridgeError):
    """No terminal with this serial number ever called."""


class NameTaken(BridgeError):
    """Another terminal has this name."""


@dataclass(frozen=True, slots=True)
class CallerState:
    """One terminal that calls, as we last knew it."""

    serial: str
    driver: str
    state: str
    """`waiting`, `approved` or `rejected`."""
    name: str | None
    source: str | None
    """The address or network it was approved for; None is any."""
    peer: str
    """Where it last called from."""
    told: str
    """What it says of itself."""
    first_at: int | None
    last_at: int | None
    refused: int
    """Minutes in which calls were turned away."""
    notebook: str = ""
    held: int = 0
    """Records of its present log on our disk."""
    since: int | None = None
    """When the present stretch of coverage begins; before it is proven, where it may begin."""
    peak: str | None = None
    proven_at: int | None = None
    """Up to when its log was last proven to be on our disk."""
    counted: int = 0
    """1 where that was proven by its count, so that what comes later was made later."""
    clock_offset_s: int | None = None
    """Its clock minus true time, as punches show it that came at once since the last proof: each is
    a little late, so the least late one tells."""


class Callers:
    """Reads and keeps what is known of terminals that call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, serial: str) -> CallerState | None:
        """Return what is known of a serial number."""
        with self._database.reading() as connection:
            row = connection.execute(f"{_SELECT} WHERE serial = ?", (serial,)).fetchone()
        return None if row is None else _state(row)

    def all(self) -> list[CallerState]:
        """Return every terminal that ever called or was approved, those that wait first."""
        with self._database.reading() as connection:
            found = connection.execute(
                f"{_SELECT} ORDER BY state <> 'waiting', name, serial"
            ).fetchall()
        return [_state(row) for row in found]

    def knock(self, serial: str, driver: str, peer: str, told: str, at: int) -> bool:
        """Note a call that is turned away; False where too many unknown ones are waiting."""
        with self._database.writing() as connection:
            known = connection.execute(
                """UPDATE callers SET last_at = ?, peer = ?, refused = refused + 1,
                    told = iif(? = '', told, ?) WHERE serial = ?""",
                (at, peer, told, told, serial),
            ).rowcount
            if known:
                return True
            connection.execute(
                "DELETE FROM callers WHERE state = 'waiting' AND last_at < ?", (at - STALE_S,)
            )
            (waiting,) = connection.execute(
                "SELECT count(*) FROM callers WHERE state = 'waiting'"
            ).fetchone()
            if waiting >= MAX_WAITING:
                return False
            connection.execute(
                """INSERT INTO callers (serial, driver, state, peer, told, first_at, last_at,
                    refused) VALUES (?, ?, 'waiting', ?, ?, ?, ?, 1)""",
                (serial, driver, peer, told, at, at),
            )
        return True

    def admit(self, serial: str, driver: str, name: str, source: str | None = None) -> None:
        """Let a terminal in, whether it has called already or not."""
        with self._database.writing() as connection:
            taken = connection.execute(
                "SELECT serial FROM callers WHERE name = ? AND serial <> ? AND state = 'approved'",
                (name, serial),
            ).fetchone()
            if taken:
                raise NameTaken(f"{name} is {taken[0]} already; give another --name")
            connection.execute(
                """INSERT INTO callers (serial, driver, state, name, source)
                VALUES (?, ?, 'approved', ?, ?)
                ON CONFLICT (serial) DO UPDATE SET state = 'approved', driver = excluded.driver,
                    name = excluded.name, source = excluded.source""",
                (serial, driver, name, source),
            )

    def reject(self, serial: str) -> None:
        """Turn a terminal away until it is approved. UnknownCaller where it never called."""
        with self._database.writing() as connection:
            found = connection.execute(
                "UPDATE callers SET state = 'rejected' WHERE serial = ?", (serial,)
            ).rowcount
        if not found:
            raise UnknownCaller(
                f"no terminal {serial} ever called; see `hadir-bridge terminals list`"
            )

    def unknown(self, serial: str, bodies: Sequence[Body]) -> list[Body]:
        """Return those of the rows that are not yet held of the terminal's present log."""
        keys = [record_key(body) for body in bodies]
        with self._database.reading() as connection:
            known = {
                key
                for key in set(keys)
                if connection.execute(
                    "SELECT 1 FROM pushed WHERE serial = ? AND record = ?", (serial, key)
                ).fetchone()
            }
        return [body for key, body in zip(keys, bodies, strict=True) if key not in known]


def record_key(body: Body) -> bytes:
    """Return what a record is recognised by: who, when, how; or its bytes where it is no punch."""
    text = body.id
    if isinstance(body, wire.Punch):
        text = f"{body.id} {body.state} {body.verify} {body.work_code}"
    return hashlib.sha256(text.encode()).digest()[:16]


def note(
    connection: sqlite3.Connection,
    state: CallerState,
    bodies: Iterable[Body],
    *,
    anew: bool,
) -> None:
    """Write what is known of a caller after a call, in the transaction under way.

    A record counts as often as it stood in one upload: the same in two uploads is a repetition.
    """
    held = state.held
    if anew:
        connection.execute("DELETE FROM pushed WHERE serial = ?", (state.serial,))
        held = 0
    for key, times in Counter(map(record_key, bodies)).items():
        before = connection.execute(
            "SELECT times FROM pushed WHERE serial = ? AND record = ?", (state.serial, key)
        ).fetchone()
        if before is None or before[0] < times:
            held += times - (before[0] if before else 0)
            connection.execute(
                "INSERT OR REPLACE INTO pushed VALUES (?, ?, ?)", (state.serial, key, times)
            )
    connection.execute(
        """UPDATE callers SET driver = ?, name = ?, peer = ?, told = ?,
            first_at = ifnull(first_at, ?), last_at = ?, notebook = ?, held = ?, since = ?,
            peak = ?, proven_at = ?, counted = ?, clock_offset_s = ? WHERE serial = ?""",
        (
            state.driver,
            state.name,
            state.peer,
            state.told,
            state.first_at,
            state.last_at,
            state.notebook,
            held,
            state.since,
            state.peak,
            state.proven_at,
            state.counted,
            state.clock_offset_s,
            state.serial,
        ),
    )


def peak_of(state: CallerState) -> datetime | None:
    """Return the latest believable time of its log so far."""
    return None if state.peak is None else datetime.fromisoformat(state.peak)


def _state(row: sqlite3.Row) -> CallerState:
    return CallerState(*row)
