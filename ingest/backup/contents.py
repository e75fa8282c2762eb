"""What a store holds at one moment, as far as two stores are compared by it: counts, not rows."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, table, text

ARCHIVE = {"sqlite": "hadir.db", "postgresql": "hadir.dump"}
"""What the copy is called in a backup."""

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%'"
    " ESCAPE '^' ORDER BY name",
    # a month of a table is counted with the table
    "postgresql": "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
    " AND relnamespace = current_schema()::regnamespace ORDER BY relname",
}


@dataclass(frozen=True, slots=True)
class LastBatch:
    """The newest batch: what a bridge was told last by this store."""

    id: int
    receipt: str


@dataclass(frozen=True, slots=True)
class Contents:
    revision: str
    tables: dict[str, int]
    """Rows by table."""
    last_batch: LastBatch | None

    def difference(self, other: "Contents") -> str | None:
        """Say what the other holds differently; None where nothing is."""
        if self.revision != other.revision:
            return f"revision {other.revision} instead of {self.revision}"
        for name in sorted(self.tables.keys() | other.tables.keys()):
            here, there = self.tables.get(name), other.tables.get(name)
            if here != there:
                return f"{_rows(there)} in {name} instead of {_rows(here)}"
        if self.last_batch != other.last_batch:
            return "another newest batch"
        return None


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of copying a store."""

    file: Path
    server: str
    """Version of the database it was copied from."""
    contents: Contents


def names(connection: Connection) -> list[str]:
    """Return the tables there are."""
    return list(connection.scalars(text(_TABLES[connection.dialect.name])))


def take(connection: Connection) -> Contents | None:
    """Count everything; None where there is no store."""
    found = names(connection)
    if "alembic_version" not in found or "batches" not in found:
        return None
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    newest = connection.execute(
        text("SELECT id, receipt FROM batches ORDER BY id DESC LIMIT 1")
    ).first()
    return Contents(
        revision=str(revision),
        tables={
            name: connection.scalar(select(func.count()).select_from(table(name))) or 0
            for name in found
        },
        last_batch=None if newest is None else LastBatch(int(newest.id), str(newest.receipt)),
    )


def _rows(count: int | None) -> str:
    return "no table" if count is None else f"{count} rows"
