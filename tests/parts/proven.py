"""A small store in which everything is proved, to be written to as only its owner can.

It has every kind of row that the ledger rests on, all of it under roots and a kept checkpoint, and
neither triggers nor constraints; whatever is done to it is brought back in a moment.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any

from ledgered import ZONE, Centre, add_office, touches, unreadable
from signed import Signer

from ingest.ledger.checkpoints import Sealed, read_page
from ingest.ledger.report import Fault, Kind
from ingest.seal import Seal, new
from ingest.store import ledger_copies, seals, tables
from ingest.store.database import open_engine, reading, writing
from ingest.store.ledger import verify
from ingest.store.ledger_checkpoints import page, take
from ingest.store.ledger_export import Wanted, export
from ingest.store.ledger_roots import make_roots
from ingest.store.ledger_shape import LOOKED_AT

LEDGER = {table.name: names for table, names in LOOKED_AT.items()} | {"punches": ()}
TABLES = tuple(sorted(LEDGER.keys() - {"archived_months"}))
Rows = dict[int, tuple[Any, ...]]
"""By rowid."""
State = dict[str, Rows]


@dataclass(frozen=True, slots=True)
class Difference:
    """What of a table is not as it was: a column, or whole rows."""

    table: str
    column: str
    """`*` where there are more or fewer rows."""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


class Proven:
    """The store, in a file of SQLite."""

    def __init__(self, file: Path) -> None:
        """`file` is a migrated store without a row in it."""
        self.file = file
        self.engine = open_engine(f"sqlite:///{file}")
        self.seal: Seal = new()
        self.centre = Centre(self.engine)
        self.page = self._live()
        self._loosen()
        self.raw = sqlite3.connect(file, isolation_level=None)
        self.raw.text_factory = bytes
        self.raw.execute("PRAGMA synchronous = OFF")
        self.raw.execute("ATTACH ':memory:' AS kept")
        for table in TABLES:
            self.raw.execute(f"CREATE TABLE kept.{table} AS SELECT rowid AS row, * FROM {table}")
        self.whole = self.state()

    def close(self) -> None:
        self.engine.dispose()
        self.raw.close()

    def _live(self) -> str:
        """Two bridges of an office, a rotation, a refusal, a contradiction, and a new outbox."""
        centre = self.centre
        a, b = add_office(self.engine, "A", "S1", "a", "b")
        (c,) = add_office(self.engine, "B", "S2", "c")
        self._enrol(a.id, b.id, c.id)
        first = touches(1, 2, 3, 4)
        centre.bring(a, *first, unreadable(), unreadable(b"\xfe"))
        centre.bring(a, *touches(6, 7, after=1_772_300_000), *touches(1, 2, terminal="NEW"))
        # S1 is another office's
        centre.bring(c, *touches(3, 4, terminal="S2"), *touches(5), outbox="3" * 32)
        centre.bring(b, replace(first[0], state=1), first[1], *touches(9), outbox="1" * 32)
        broken = replace(touches(8)[0], user_id="\n")
        centre.bring(b, broken, *touches(10), outbox="1" * 32)
        centre.close_days()
        with writing(self.engine) as connection:
            seals.register(connection, self.seal, before=None, lost=False, now=centre.now)
        self._keep_pages()
        centre.rotate(a, "a2")
        centre.bring(a, *touches(11, 12))
        centre.bring(b, *touches(13, hour=8), outbox="2" * 32)
        centre.close_days()
        return self._keep_pages()

    def _enrol(self, *bridges: int) -> None:
        """Let each bridge have asked for its key, which `add_office` gave by hand."""
        for bridge, name in zip(bridges, "abc", strict=True):
            body, nonce = f"enrolment of {name}".encode(), f"{bridge:032x}"
            at = int(self.centre.now.timestamp())
            signed = Signer(name).sign("/v2/enrol", body, time=at, nonce=nonce)
            grounds = {
                "invite": bridge, "path": "/v2/enrol", "time": at, "nonce": nonce,
                "signature": signed.signature.hex(),
                "body_sha256": hashlib.sha256(body).hexdigest(),
            }  # fmt: skip
            self.centre.tamper(
                "UPDATE bridge_keys SET grounds = :grounds WHERE bridge_id = :bridge",
                grounds=json.dumps(grounds),
                bridge=bridge,
            )

    def _keep_pages(self) -> str:
        """Make the checkpoint of each office; return the first one's."""
        with writing(self.engine) as connection:
            pages = []
            for office in ("A", "B"):
                taken = take(connection, office)
                assert taken is not None
                pages.append(page(taken, self.seal))
                now = self.centre.now
                ledger_copies.keep(connection, taken, pages[-1], ["folder:/x"], now=now)
        return pages[0]

    def _loosen(self) -> None:
        with sqlite3.connect(self.file, isolation_level=None) as raw:
            raw.execute("PRAGMA writable_schema = ON")
            raw.execute("DELETE FROM sqlite_master WHERE type = 'trigger'")
            named = ", ".join(f"'{one}'" for one in TABLES)
            raw.execute(
                "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')"
                f" WHERE type = 'table' AND name IN ({named})"
            )
        raw.close()
        self.engine.dispose()

    def state(self) -> State:
        return {table: {row: tuple(cells) for row, *cells in self.rows(table)} for table in TABLES}

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table: rowid, and of each cell its kind and bytes."""
        cells = ", ".join(f'typeof("{one}") || hex("{one}")' for one in columns_of(table))
        return self.raw.execute(f"SELECT rowid, {cells} FROM {table} ORDER BY rowid").fetchall()

    def differences(self) -> set[Difference]:
        """Return what is not as it was."""
        found = set()
        for table, rows in self.state().items():
            was = self.whole[table]
            if rows.keys() != was.keys():
                found.add(Difference(table, "*"))
            for row in rows.keys() & was.keys():
                for name, now, before in zip(columns_of(table), rows[row], was[row], strict=True):
                    if now != before:
                        found.add(Difference(table, name))
        return found

    def bring_back(self, changed: Iterable[str] = TABLES) -> None:
        self.raw.execute("BEGIN")
        for table in changed:
            names = ", ".join(f'"{one}"' for one in columns_of(table))
            self.raw.execute(f"DELETE FROM main.{table}")
            self.raw.execute(
                f"INSERT INTO main.{table} (rowid, {names}) SELECT row, {names} FROM kept.{table}"
            )
        self.raw.execute("COMMIT")

    def faults(self, *, outside: bool = False) -> list[Fault]:
        """Return the first fault, if any; `outside` with a checkpoint that was kept elsewhere."""
        papers: list[tuple[str, Sealed]] = [("paper.txt", read_page(self.page))] if outside else []
        report = verify(
            self.engine, checkpoints=papers, seals=[self.seal.fingerprint] if outside else ()
        )
        return [one for one in report.faults if one.kind is not Kind.LOCK]

    def make_roots_anew(self) -> None:
        """As whoever has the program, and no seal, would."""
        self.raw.execute("DELETE FROM roots")
        make_roots(self.engine, zone=ZONE, now=self.centre.now.astimezone(UTC))

    def export(self, file: Path) -> None:
        export(self.engine, file, Wanted(), zone=ZONE, now=self.centre.now)

    def sound(self) -> bool:
        with reading(self.engine) as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        return not self.faults(outside=True)


def columns_of(table: str) -> list[str]:
    return [one.name for one in tables.metadata.tables[table].columns]


def ledger_columns(table: str) -> list[str]:
    """Return the columns on which the ledger rests; what else a row tells is not its matter."""
    names = list(LEDGER[table]) or columns_of(table)
    # by its number no contradiction is known to anybody: it is another row then, and the same
    return [one for one in names if (table, one) != ("contradictions", "id")]
