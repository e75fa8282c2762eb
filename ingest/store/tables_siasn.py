"""The tables of siasn: what BKN told, kept apart from what the centre believes, and what was sent.

They belong to `tables.metadata` like all others. Nothing here is judged by: it is compared, shown,
and taken over by a person. Only fields that `ingest.siasn.columns` keeps ever come here.
"""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from ingest.store.tables import Moment, metadata

# One reading of BKN. It is done task by task, each with its rows in one commit: what was cut off
# goes on at the first task that waits.
siasn_pulls = Table(
    "siasn_pulls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mode", String(12), nullable=False),  # training, production
    Column("who", String(200), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("told_on", Date, nullable=False),  # by the calendar of the centre
    Column("ended_at", Moment),
    Column("state", String(12), nullable=False),  # open, done, dropped
    Index(
        "uq_siasn_pulls_open",
        "state",
        unique=True,
        postgresql_where=text("state = 'open'"),
        sqlite_where=text("state = 'open'"),
    ),
)

siasn_tasks = Table(
    "siasn_tasks",
    metadata,
    Column("pull_id", ForeignKey("siasn_pulls.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),  # what is asked
    Column("nip", String(18)),  # of whom, or
    Column("place", Integer),  # from which place of the list of units
    Column("state", String(8), nullable=False),  # waiting, done, failed
    Column("fault", String(300), nullable=False),
    Column("done_at", Moment),
    Index("ix_siasn_tasks_waiting", "pull_id", "state", "number"),
)

# What BKN told of a person; a later answer takes the place of the earlier one of its kind. A row
# numbered 0 without a body tells that BKN knows nothing.
siasn_records = Table(
    "siasn_records",
    metadata,
    Column("nip", String(18), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", JSON, nullable=False),
    Column("pull_id", ForeignKey("siasn_pulls.id"), nullable=False),
    Column("told_on", Date, nullable=False),
    Column("pulled_at", Moment, nullable=False),
)

siasn_units = Table(
    "siasn_units",
    metadata,
    Column("unit", String(42), primary_key=True),
    Column("name", String(300), nullable=False),
    Column("above", String(42), nullable=False),  # empty at the top
    Column("parent", String(42), nullable=False),
    Column("pull_id", ForeignKey("siasn_pulls.id"), nullable=False),
    Column("pulled_at", Moment, nullable=False),
)

# Which office of ours a unit of theirs is. Units below it are of that office, too.
siasn_unit_offices = Table(
    "siasn_unit_offices",
    metadata,
    Column("unit", String(42), primary_key=True),
    Column("office", ForeignKey("offices.code"), nullable=False, index=True),
)

# Sanctions that were sent, or were to be. The mark that one is being sent is committed before it
# is: whoever finds that mark does not know whether BKN has it, and nobody sends it again.
siasn_pushes = Table(
    "siasn_pushes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("event", Integer, nullable=False),  # that prepared the decision
    Column("attempt", Integer, nullable=False),
    Column("mode", String(12), nullable=False),
    Column("nip", String(18), nullable=False),
    Column("body", LargeBinary, nullable=False),  # as it goes out
    Column("sha256", String(64), nullable=False),
    Column("state", String(8), nullable=False),  # asked, sending, sent, refused, unknown, not-sent
    Column("asked_by", String(200), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("sent_by", String(200)),
    Column("sending_at", Moment),
    Column("ended_at", Moment),
    Column("told", String(300), nullable=False),  # what BKN said, or who settled it and why
    UniqueConstraint("case_id", "event", "mode", "attempt"),
    CheckConstraint(
        "state IN ('asked', 'sending', 'sent', 'refused', 'unknown', 'not-sent')",
        name="known_state",
    ),
)
