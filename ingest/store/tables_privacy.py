"""The tables of privacy: what was erased when, what is held back from erasing, who asked for what.

They belong to `tables.metadata` like all others. `erasures` is only ever added to: a paper whose
bytes are gone is sound where a row of it says so, and a fault where none does.
"""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from ingest.store.tables import BigId, Moment, metadata

# What one round erased of one kind.
erasures = Table(
    "erasures",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("count", Integer, nullable=False),
    Column("rows", JSON, nullable=False),  # which, by their keys, where a key tells of nobody
    Column("who", String(200), nullable=False),
    Index(None, "kind", "at"),
)

# Nothing of a person is erased while one of these is open, as while a case of theirs is.
privacy_holds = Table(
    "privacy_holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("why", String(500), nullable=False),
    Column("letter", String(200), nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("placed_by", String(200), nullable=False),
    Column("released_at", Moment),
    Column("released_by", String(200)),
    Column("released_why", String(500)),
    Index(
        "uq_privacy_holds_open",
        "person_id",
        unique=True,
        postgresql_where=text("released_at IS NULL"),
        sqlite_where=text("released_at IS NULL"),
    ),
)

# What people asked of us under UU 27/2022, with the moment by which it must be dealt with.
privacy_requests = Table(
    "privacy_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("done_at", Moment),
    Column("outcome", String(8)),
    Column("answer", Text),
    Column("done_by", String(200)),
)
