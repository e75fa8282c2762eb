"""The queue between terminals and centre, on disk: nothing leaves it but by a receipt.

A row is `waiting` until a receipt names it, then `sent`, or `parked` when the centre refused it for
good. Sent rows stay for a while: a centre that comes back from an old copy gets them again.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from bridge import chains, ledger, pending, rows, schema
from bridge.callers import Callers
from bridge.database import Database
from bridge.errors import OutboxFull, OutboxUnusable
from bridge.ledger import Event, Ledger, Mark
from bridge.pending import Pending
from ingest import wire

MAX_WAITING = 1_000_000
BUSY_TIMEOUT_S = 30.0
PRUNE_ROWS = 5_000

# The place is written out: only then does SQLite use the index that is kept for it.
COUNT_WAITING = "SELECT count(*) FROM records WHERE place = 'waiting'"
MOST_WAITING = """
    SELECT ifnull((SELECT max(seq) FROM records WHERE place = 'waiting')
        - (SELECT min(seq) FROM records WHERE place = 'waiting') + 1, 0)"""
"""From the first that waits to the last: no more can wait, and two looks tell it."""
COUNT_PARKED = "SELECT count(*) FROM records WHERE place = 'parked'"

RETRY_PARKED = (
    "UPDATE records SET place = 'waiting', parked_because = NULL, settled_at = NULL "
    "WHERE place = 'parked'"
)

RowPlace = Literal["waiting", "sent", "parked"]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a receipt did."""

    accepted: int
    parked: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is where."""

    waiting: int
    sent: int
    parked: int
    oldest_waiting_at: int | None
    """When the oldest waiting row was taken off its terminal."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row, for people."""

    seq: int
    place: str
    body: rows.Body
    parked_because: str | None


class Outbox:
    """One outbox file. Its methods may be called from any thread."""

    def __init__(
        self,
        path: Path,
        *,
        max_waiting: int = MAX_WAITING,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        """Open the file, or make it, and make sure it is sound."""
        self._open(Database(path, busy_timeout_s=busy_timeout_s), max_waiting)
        try:
            self._database.check()
            self.name  # noqa: B018 - raises where there is none
        except BaseException:
            self.close()
            raise

    @classmethod
    def existing(cls, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Self:
        """Open a file that is there, without reading it through: for a look while others work."""
        outbox = cls.__new__(cls)
        outbox._open(Database(path, busy_timeout_s=busy_timeout_s, must_exist=True), MAX_WAITING)
        try:
            outbox.name  # noqa: B018 - raises where there is none
        except BaseException:
            outbox.close()
            raise
        return outbox

    @property
    def name(self) -> str:
        """This outbox's random name, as it is now: it is another after `begin_anew`."""
        with self._database.reading() as connection:
            return self._name(connection)

    def add(self, bodies: Sequence[rows.Body], *, mark: Mark | None = None) -> int:
        """Keep rows, and what is said of their terminal with them; return how many are new.

        All of it is on the disk when this returns, and none of it if this raises.
        """
        with self._database.writing() as connection:
            new = self._insert(connection, bodies)
            if mark:
                ledger.note(connection, mark)
        return new

    def add_again(self, bodies: Sequence[rows.Body]) -> tuple[int, int]:
        """Keep rows, and let those wait again that were sent; return how many were new, and sent.

        What is parked stays so: `retry_parked` is for that.
        """
        with self._database.writing() as connection:
            new = self._insert(connection, bodies)
            again = connection.executemany(
                "UPDATE records SET place = 'waiting', settled_at = NULL "
                "WHERE id = ? AND place = 'sent'",
                [(bytes.fromhex(body.id),) for body in bodies],
            ).rowcount
            chains.chain_waiting(connection)
        return new, max(again, 0)

    def next_batch(self, most: int) -> Pending:
        """Return the oldest waiting rows, at most as many as a body may hold runs."""
        with self._database.snapshot() as connection:
            found = rows.fetch(
                connection,
                f"{rows.SELECT} WHERE place = 'waiting' ORDER BY seq LIMIT ?",
                (min(most, wire.MAX_STATEMENTS),),
            )
            name, after = self._name(connection), _word(connection, "after")
        return pending.gather(found, name, after)

    def settle(self, receipt: wire.Receipt, sent: Pending, at: int) -> Settled:
        """Do what a receipt says to the rows that were sent, and to no others.

        Raises ReceiptUnfit, and settles nothing, where it does not account for each of them. Rows
        that were sent under a name the outbox has no more wait on: their new chain lacks them.
        """
        accepted, parked = pending.verdict(receipt, sent)
        with self._database.writing() as connection:
            if self._name(connection) != sent.batch.outbox:
                return Settled(0, 0)
            self._park(connection, parked, at)
            done = connection.executemany(
                "UPDATE records SET place = 'sent', settled_at = ? "
                "WHERE seq = ? AND place = 'waiting'",
                [(at, seq) for seq in accepted],
            ).rowcount
            ledger.put(connection, "after", receipt.receipt)
        return Settled(max(done, 0), len(parked))

    def park(self, sent: Pending, reason: str, at: int) -> None:
        """Set the rows of a batch aside, for a person to see; not if they have new places now."""
        with self._database.writing() as connection:
            if self._name(connection) == sent.batch.outbox:
                self._park(connection, dict.fromkeys(sent.seqs.values(), reason), at)

    def set_aside(self, unsound: Mapping[int, str]) -> None:
        """Park rows that the disk has changed, for a person to see; the others go on."""
        with self._database.writing() as connection:
            chains.set_aside(connection, unsound)

    def retry_parked(self) -> int:
        """Let every parked row wait again; return how many."""
        with self._database.writing() as connection:
            return self._retry_parked(connection)

    def requeue_all(self) -> int:
        """Let every sent row wait again and forget all that was told: the centre forgot it too."""
        with self._database.writing() as connection:
            requeued = connection.execute(
                "UPDATE records SET place = 'waiting', settled_at = NULL WHERE place = 'sent'"
            ).rowcount
            chains.chain_waiting(connection)
            self._forget_told(connection)
        return requeued

    def begin_anew(self, reason: str, at: int, *, parked_too: bool = False) -> int:
        """Take another name and begin new chains with what waits; return how many rows that are.

        What was sent stays with the old name, whose chains the centre holds; it gets a place in
        the new ones only if it must be sent again. Rows that the disk has changed are set aside;
        with `parked_too`, a person wants all of them to go on as they are now.
        """
        with self._database.writing() as connection:
            ledger.put(connection, "outbox", schema.new_name())
            chains.forget(connection)
            if parked_too:
                connection.execute(RETRY_PARKED)
            changed = chains.chain_waiting(connection, as_they_are=parked_too)
            self._forget_told(connection)
            waiting = _count(connection, COUNT_WAITING)
            detail = f"{reason}; {waiting} waiting rows begin new chains"
            if changed:
                how = "sent as they are now" if parked_too else "set aside"
                detail += f", {changed} that had changed on the disk are {how}"
            ledger.note(connection, Mark(ledger.OUTBOX, events=(Event("anew", detail, at),)))
        return waiting

    def after(self) -> str | None:
        """Return the last receipt."""
        with self._database.reading() as connection:
            return _word(connection, "after")

    def counts(self) -> Counts:
        """Return how much is where."""
        with self._database.reading() as connection:
            waiting = _count(connection, COUNT_WAITING)
            parked = _count(connection, COUNT_PARKED)
            total = _count(connection, "SELECT count(*) FROM records")
            oldest = connection.execute(
                "SELECT read_at FROM records WHERE place = 'waiting' ORDER BY seq LIMIT 1"
            ).fetchone()
        return Counts(waiting, total - waiting - parked, parked, oldest and oldest[0])

    def unsettled(self, serial: str) -> tuple[int, int]:
        """Return how many rows of one terminal wait, and how many are parked."""
        with self._database.reading() as connection:
            waiting, parked = (
                connection.execute(f"{one} AND terminal = ?", (serial,)).fetchone()[0]
                for one in (COUNT_WAITING, COUNT_PARKED)
            )
        return int(waiting), int(parked)

    def listing(self, place: RowPlace, most: int = 1_000) -> list[Kept]:
        """Return the oldest rows of a place."""
        columns = rows.SELECT.replace("SELECT seq", "SELECT parked_because, seq", 1)
        with self._database.reading() as connection:
            found = rows.fetch(
                connection, f"{columns} WHERE place = ? ORDER BY seq LIMIT ?", (place, most)
            )
        return [Kept(row["seq"], place, rows.shown(row), row["parked_because"]) for row in found]

    def shown_between(self, terminal: str, since: int, until: int, *, limit_s: int) -> set[str]:
        """Return the ids of punches that a terminal itself showed with times between two moments.

        One that cannot have come when it claims may be of another log and is left out.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT id FROM records WHERE terminal = ? AND occurred_at BETWEEN ? AND ?"
                " AND source <> 'usb' AND occurred_at <= read_at + ?"
                " AND (after IS NULL OR occurred_at >= after - ?)",
                (terminal, since, until, limit_s, limit_s),
            ).fetchall()
        return {row["id"].hex() for row in rows}

    def parked_reasons(self) -> dict[str, int]:
        """Return why rows are parked, and how many for each reason, most first."""
        with self._database.reading() as connection:
            return dict(
                connection.execute(
                    "SELECT parked_because, count(*) FROM records WHERE place = 'parked' "
                    "GROUP BY 1 ORDER BY 2 DESC"
                )
            )

    def prune(self, before: int) -> int:
        """Forget what was settled before a moment; return how many rows. Waiting rows never go."""
        gone = 0
        while True:
            with self._database.writing() as connection:
                some = connection.execute(
                    "DELETE FROM records WHERE seq IN (SELECT seq FROM records "
                    "WHERE place = 'sent' AND settled_at < ? LIMIT ?)",
                    (before, PRUNE_ROWS),
                ).rowcount
            gone += some
            if some < PRUNE_ROWS:
                break
        with self._database.writing() as connection:
            connection.execute("DELETE FROM events WHERE last_at < ?", (before,))
            connection.execute(
                "DELETE FROM coverage WHERE unsent = 0 AND read_at < ? AND day < (SELECT max(day) "
                "FROM coverage l WHERE l.serial = coverage.serial AND l.since = coverage.since)",
                (before,),
            )
        return gone

    def close(self) -> None:
        """Close the file; threads must have ended."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, database: Database, max_waiting: int) -> None:
        self._database = database
        self._max_waiting = max_waiting
        self.path = database.path
        self.ledger = Ledger(database)
        self.callers = Callers(database)

    def _name(self, connection: sqlite3.Connection) -> str:
        name = _word(connection, "outbox")
        if name is None:
            raise OutboxUnusable(f"{self.path} has lost its name; move it aside and start again")
        return name

    def _insert(self, connection: sqlite3.Connection, bodies: Sequence[rows.Body]) -> int:
        new = rows.new_among(connection, bodies)
        self._insist_on_room(connection, len(new))
        places = chains.extend(connection, new)
        connection.executemany(
            rows.INSERT,
            [(*rows.values(body), *place) for body, place in zip(new, places, strict=True)],
        )
        return len(new)

    def _insist_on_room(self, connection: sqlite3.Connection, new: int) -> None:
        # Counting takes the longer the more waits, so it is done only where it may matter.
        if not new or _count(connection, MOST_WAITING) + new <= self._max_waiting:
            return
        before = _count(connection, COUNT_WAITING)
        if before + new > self._max_waiting:
            raise OutboxFull(
                f"{before} punches wait in {self.path} and at most {self._max_waiting} may; "
                "terminals keep their logs until the centre has taken some"
            )

    @staticmethod
    def _retry_parked(connection: sqlite3.Connection) -> int:
        retried = connection.execute(RETRY_PARKED).rowcount
        chains.chain_waiting(connection)
        return retried

    @staticmethod
    def _forget_told(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE coverage SET unsent = 1, sent_parked = 0")
        ledger.put(connection, "after", None)

    @staticmethod
    def _park(connection: sqlite3.Connection, reasons: Mapping[int, str], at: int) -> None:
        connection.executemany(
            "UPDATE records SET place = 'parked', parked_because = ?, settled_at = ? "
            "WHERE seq = ? AND place = 'waiting'",
            [(why, at, seq) for seq, why in reasons.items()],
        )


def _count(connection: sqlite3.Connection, question: str) -> int:
    (count,) = connection.execute(question).fetchone()
    return int(count)


def _word(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])
