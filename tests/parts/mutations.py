"""What the owner of a database may do to it, drawn by chance: a cell, a row, or much at once."""

import contextlib
import gzip
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from proven import TABLES, Proven, columns_of, ledger_columns
from signed import Signer

OF_BATCHES = ("punches", "contradictions", "bad_records", "runs")
CONFUSED = (
    "NULL", "''", "'x'", "x''", "x'ff00'", "0", "7", "-1", "9223372036854775807", "0.5", "'{}'",
    "'[1]'", "'{'", "'null'", "CAST(x'fffe' AS text)", "'3' || char(0)", "'2026-02-30'",
    "'2026-02-30 07:00:00.000000'", "'2026-03-01 24:00:00.000000'", "'0000-00-00'", "1e300",
    "'9999-12-31 23:59:59.999999'", "'0001-01-01 00:00:00.000000'", "zeroblob(40)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can write whatever he likes, by a source of chance."""

    store: Proven
    random: Random

    def strike(self) -> str:
        """Do something; return what."""
        name = self.random.choices(list(STRIKES), [weight for weight, _ in STRIKES.values()])[0]
        STRIKES[name][1](self)
        return name

    def row(self, table: str) -> int:
        rows = [row for (row,) in self.store.raw.execute(f"SELECT rowid FROM {table}")]
        return int(self.random.choice(rows)) if rows else 0

    def table(self) -> str:
        return self.random.choice(TABLES)

    def do(self, *statements: str) -> None:
        for statement in statements:
            with contextlib.suppress(sqlite3.IntegrityError):  # it cannot stand there
                self.store.raw.execute(statement.replace("UPDATE ", "UPDATE OR IGNORE ", 1))

    def confuse(self) -> None:
        table = self.table()
        column, value = self.random.choice(ledger_columns(table)), self.random.choice(CONFUSED)
        self._set(table, column, value)

    def nudge(self) -> None:
        """Change a cell a little, so that it stays of its kind."""
        table = self.table()
        column = self.random.choice(ledger_columns(table))
        name = f'"{column}"'
        place = self.random.randrange(1, 9)
        values = (
            f"{name} + 1", f"{name} - 1", f"{name} || '0'", f"upper({name})", f"trim({name}, '0')",
            f"strftime('%Y-%m-%d %H:%M:%S.000000', {name}, '+{place} minutes')",
            f"strftime('%Y-%m-%d %H:%M:%S.000000', {name}, '-1 day')", f"date({name}, '+1 day')",
            f"CAST(substr({name}, 1, {place}) || x'00' || substr({name}, {place + 2}) AS blob)",
            f"replace({name}, '{place}', '{place - 1}')", f"CAST({name} AS blob)", f"hex({name})",
        )  # fmt: skip
        self._set(table, column, self.random.choice(values))

    def copy(self) -> None:
        """Let a cell say what that of another row does."""
        table = self.table()
        column = self.random.choice(ledger_columns(table))
        other = self.row(table)
        self._set(table, column, f'(SELECT "{column}" FROM {table} WHERE rowid = {other})')

    def exchange(self) -> None:
        """Let two rows change what stands in some of their columns."""
        table = self.table()
        one, other = self.row(table), self.row(table)
        names = ledger_columns(table)
        some = self.random.sample(names, min(len(names), self.random.randrange(1, 4)))
        names = ", ".join(f'"{name}"' for name in some)
        old = self.store.raw.execute(
            f"SELECT {names} FROM {table} WHERE rowid IN ({one}, {other}) ORDER BY rowid"
        ).fetchall()
        kinds = self.store.raw.execute(
            f"SELECT {', '.join(f'typeof({chr(34)}{name}{chr(34)})' for name in some)} FROM {table}"
            f" WHERE rowid IN ({one}, {other}) ORDER BY rowid"
        ).fetchall()
        if len(old) == 2:
            put = ", ".join(_put(name, kind) for name, kind in zip(some, kinds[1], strict=True))
            self.store.raw.execute(
                f"UPDATE OR IGNORE {table} SET {put} WHERE rowid = {min(one, other)}", old[1]
            )
            put = ", ".join(_put(name, kind) for name, kind in zip(some, kinds[0], strict=True))
            self.store.raw.execute(
                f"UPDATE OR IGNORE {table} SET {put} WHERE rowid = {max(one, other)}", old[0]
            )

    def delete(self) -> None:
        table = self.table()
        self.do(f"DELETE FROM {table} WHERE rowid = {self.row(table)}")

    def double(self) -> None:
        """Put a row in that is like another but for one column."""
        table = self.table()
        names = columns_of(table)
        other, value = self.random.choice(names), self.random.choice((*CONFUSED, "77", "'zz'"))
        values = ", ".join(value if one == other else f'"{one}"' for one in names)
        quoted = ", ".join(f'"{one}"' for one in names)
        self.do(
            f"INSERT OR IGNORE INTO {table} ({quoted}) SELECT {values} FROM {table}"
            f" WHERE rowid = {self.row(table)}"
        )

    def take_batch_out(self) -> None:
        self._out(f"= {self.row('batches')}")

    def cut_end(self) -> None:
        self._out(f">= {self.row('batches')}")

    def sign_anew(self) -> None:
        """Sign another body with a key that is known, or with one that is put in."""
        batch = self.row("batches")
        query = f"SELECT body, signed_at, nonce, key_id FROM batches WHERE id = {batch}"
        body, at, nonce, key = self.store.raw.execute(query).fetchone()
        told = json.loads(gzip.decompress(body))
        column = self.random.choice(["user_id", "state", "source", "raw"])
        if told["punches"][column]:
            told["punches"][column][0] = self.random.choice(["9", 1, "usb", "00"])
        forged = gzip.compress(json.dumps(told).encode(), mtime=0)
        signer = Signer(self.random.choice(["a", "b", "c", "a2", "forger"]))
        signed = signer.sign("/v2/punches", forged, time=at, nonce=nonce.decode())
        names = [one.decode() for (one,) in self.store.raw.execute(
            "SELECT key_id FROM bridge_keys ORDER BY id")]  # fmt: skip
        number = names.index(signer.key_id) + 1 if signer.key_id in names else key
        self.store.raw.execute(
            "UPDATE batches SET body = ?, signature = ?, key_id = ? WHERE id = ?",
            (forged, signed.signature, number, batch),
        )

    def backdate(self) -> None:
        """Move the life of a key by hours."""
        column = self.random.choice(["retired_at", "enrolled_at"])
        by = f"'{self.random.choice('+-')}{self.random.randrange(1, 60)} hours'"
        self._set("bridge_keys", column, f"strftime('%Y-%m-%d %H:%M:%S.000000', {column}, {by})")

    def all_alike(self) -> None:
        """Change punches, runs, batches and roots so that they fit each other."""
        choice = self.random.randrange(4)
        if choice == 0:
            self.take_batch_out()
        elif choice == 1:
            self.cut_end()
        elif choice == 2:
            self.do("UPDATE batches SET clock_limit_s = 299 WHERE clock_limit_s IS NOT NULL")
        else:
            self.do(
                """UPDATE batches SET refused = '{"p2": "no", "p3": "no"}' WHERE id = 2""",
                "DELETE FROM runs WHERE batch_id = 2 AND terminal_id = (SELECT id FROM terminals"
                " WHERE serial = 'NEW')",
                "DELETE FROM punches WHERE terminal_id = (SELECT id FROM terminals"
                " WHERE serial = 'NEW')",
            )
        self.store.make_roots_anew()

    def _out(self, which: str) -> None:
        self.do(*(f"DELETE FROM {one} WHERE batch_id {which}" for one in OF_BATCHES))
        self.do(f"DELETE FROM batches WHERE id {which}")

    def _set(self, table: str, column: str, value: str) -> None:
        row = self.row(table)
        if column == "id" and table != "bad_records":  # SQLite takes only whole numbers there
            value = f"ifnull(CAST({value} AS integer), 0)"
        self.do(f'UPDATE {table} SET "{column}" = {value} WHERE rowid = {row}')


def _put(name: str, kind: bytes) -> str:
    """Text was read as bytes, so that it may be none."""
    return f'"{name}" = CAST(? AS text)' if kind == b"text" else f'"{name}" = ?'


STRIKES: dict[str, tuple[int, Callable[[Owner], Any]]] = {
    "a cell of another kind": (6, Owner.confuse),
    "a cell a little other": (8, Owner.nudge),
    "a cell like another": (4, Owner.copy),
    "cells that change places": (3, Owner.exchange),
    "a row taken out": (3, Owner.delete),
    "a row put in": (3, Owner.double),
    "a batch taken out": (1, Owner.take_batch_out),
    "the end cut off": (1, Owner.cut_end),
    "a body signed anew": (2, Owner.sign_anew),
    "a key backdated": (2, Owner.backdate),
    "all of it alike": (1, Owner.all_alike),
}
"""Name to how often, and what."""
