"""The tables of the centre, nothing else. Migrations in `migrations/` build exactly these.

Two kinds of time stand side by side: a `Moment` is an instant, kept in UTC; `local_time` and
`local_day` are what the terminal's wall clock said, without a zone, never corrected.

Every unique key of a punch begins with its terminal and holds its time, so that the table can be
cut into months and spread over machines without another key.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An instant: `timestamptz` on PostgreSQL, UTC without a zone on SQLite. Aware in Python."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts only INTEGER PRIMARY KEY up

# Their hours are dated: see `tables_time.scheme_terms`.
schemes = Table(
    "schemes",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
)

offices = Table(
    "offices",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("scheme", ForeignKey("schemes.code"), nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nip", String(18), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),  # PNS, CPNS, PPPK, PPPK-PW, NON-ASN
)

# Where a person serves and under whom, dated: `valid_until` is the last day, None while it lasts.
assignments = Table(
    "assignments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("office", ForeignKey("offices.code"), nullable=False, index=True),
    Column("superior_id", ForeignKey("people.id")),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    UniqueConstraint("person_id", "valid_from"),
)

# A terminal that nobody registered is kept as `registered = false` in the office of the bridge that
# first spoke for it: its punches are stored, flagged, and count from the day it is registered.
terminals = Table(
    "terminals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("serial", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("office", ForeignKey("offices.code"), nullable=False, index=True),
    Column("registered", Boolean, nullable=False),
    Column("counts_from", Date),  # first day on which this terminal must be complete
    Column("counts_until", Date),
    Column("first_seen_at", Moment, nullable=False),
)

# Which person a user id stands for, on one terminal or on all terminals of an office, dated.
# Without a person it is known to be nobody we judge (a guest, a guard): a user id of which nothing
# is known could be anybody's, and keeps the whole office from being called absent.
user_ids = Table(
    "user_ids",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id")),
    Column("office", ForeignKey("offices.code")),
    Column("user_id", String(64), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    CheckConstraint("(terminal_id IS NULL) <> (office IS NULL)", name="one_scope"),
    Index(None, "office", "user_id"),
    Index(None, "terminal_id", "user_id"),
)

bridges = Table(
    "bridges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", ForeignKey("offices.code"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("last_seen_at", Moment),
    Column("health", JSON),  # the last heartbeat, as it came
)

# One-time codes by which a bridge makes its key known; the code itself is kept nowhere.
invites = Table(
    "invites",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", ForeignKey("offices.code"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("bridge_id", ForeignKey("bridges.id")),  # a known bridge that gets another key
    Column("code_hash", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("key_id", String(32)),  # by which key it was used: the same one may ask again
)

# Every key that was ever a bridge's: what it signed has to stay provable.
bridge_keys = Table(
    "bridge_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bridge_id", ForeignKey("bridges.id"), nullable=False, index=True),
    Column("key_id", String(32), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),  # Ed25519, 32 bytes
    Column("enrolled_at", Moment, nullable=False),
    Column("retired_at", Moment),  # it signs nothing after this
    Column("grounds", JSON, nullable=False),  # the invite, or the request signed by the old key
)

# Nonces that were used, for as long as the time in their request could still be taken.
nonces = Table(
    "nonces",
    metadata,
    Column("key_id", ForeignKey("bridge_keys.id"), primary_key=True, autoincrement=False),
    Column("nonce", String(32), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

# One row a receipt: what a bridge sent and was told, and the proof of both. `body` is what was
# signed, as it travelled; punches are what was read out of it. Before revision 0002 nobody signed.
batches = Table(
    "batches",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("bridge_id", ForeignKey("bridges.id"), nullable=False),
    Column("office", ForeignKey("offices.code"), nullable=False),  # the bridge's
    Column("outbox", String(32), nullable=False, index=True),
    Column("receipt", String(32), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("key_id", ForeignKey("bridge_keys.id")),
    Column("signed_at", BigInteger),  # epoch seconds, by the signer's clock
    Column("nonce", String(32)),
    Column("signature", LargeBinary),
    Column("clock_limit_s", Integer),  # by which the doubts about its punches were judged
    Column("refused", JSON),  # row name to reason: rows of the body that were not taken
    Column("body", LargeBinary),
    UniqueConstraint("office", "receipt"),
    Index(None, "received_at"),  # the batches of a day
)

# A chain of one outbox: its punches (`p`) or its bad records (`b`) of one terminal.
chains = Table(
    "chains",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outbox", String(32), nullable=False),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False),
    Column("kind", String(1), nullable=False),
    UniqueConstraint("outbox", "terminal_id", "kind"),
)

# Which heights of a chain a batch brought, and the links at both ends: what comes later must agree.
runs = Table(
    "runs",
    metadata,
    Column("chain_id", ForeignKey("chains.id"), primary_key=True, autoincrement=False),
    Column("last", BigInteger, primary_key=True, autoincrement=False),
    Column("batch_id", ForeignKey("batches.id"), primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
    # the chain's, in the key without need: by it the table can be spread over machines
    Column("terminal_id", ForeignKey("terminals.id"), primary_key=True, autoincrement=False),
    Index(None, "batch_id"),
)

# What an office's batches of one day came to: a Merkle root, chained to that of the day before. A
# batch is of the first day that ends after its arrival; once there is a root, none comes to it.
roots = Table(
    "roots",
    metadata,
    Column("office", ForeignKey("offices.code"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("until", Moment, nullable=False),  # the midnight that ended it
    Column("first_batch", BigInteger),
    Column("last_batch", BigInteger),
    Column("batches", Integer, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# Pages that pin an office down to a day, as they were sealed: see ingest.ledger.checkpoints.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("office", ForeignKey("offices.code"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    Column("page", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# Where each page has to go, and whether it came there: one that did not is tried again.
checkpoint_copies = Table(
    "checkpoint_copies",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("way", String(300), primary_key=True),  # a folder, or a mail address
    Column("tries", Integer, nullable=False),
    Column("tried_at", Moment),
    Column("fault", String(500)),
    Column("delivered_at", Moment),
    ForeignKeyConstraint(["office", "day"], ["checkpoints.office", "checkpoints.day"]),
    Index(
        "ix_checkpoint_copies_waiting",
        "office",
        postgresql_where=text("delivered_at IS NULL"),
        sqlite_where=text("delivered_at IS NULL"),
    ),
)

# Raw punches: inserted, never updated, never deleted. Triggers refuse both. On PostgreSQL they lie
# in months by `local_time`, made ahead: see ingest.store.partitions.
punches = Table(
    "punches",
    metadata,
    Column("terminal_id", ForeignKey("terminals.id"), primary_key=True, autoincrement=False),
    Column("user_id", String(64), primary_key=True),
    Column("local_time", DateTime, primary_key=True),
    Column("local_day", Date, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("state", Integer),
    Column("verify", Integer),
    Column("work_code", String(32), nullable=False),
    Column("source", String(8), nullable=False),
    Column("clock_offset_s", BigInteger),
    Column("read_at", Moment, nullable=False),
    Column("after_at", Moment),
    Column("received_at", Moment, nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("doubt", String(20)),  # why the claimed time is not believed: see ingest.coverage
    Column("raw", LargeBinary, nullable=False),
    Index(None, "local_day", "terminal_id", "user_id", "local_time"),
    Index(None, "batch_id", postgresql_using="brin"),  # a body beside what was read out of it
    # Every day asks for the doubtful punches of its terminals, and there are few among millions.
    Index(
        "ix_punches_doubtful",
        "terminal_id",
        "read_at",
        postgresql_where=text("doubt IS NOT NULL"),
        sqlite_where=text("doubt IS NOT NULL"),
    ),
    # Where somebody used the own NIP as user id; it holds nothing where user ids are short numbers.
    Index(
        "ix_punches_own_nip",
        "user_id",
        "local_day",
        "terminal_id",
        postgresql_where=text("length(user_id) = 18"),
        sqlite_where=text("length(user_id) = 18"),
    ),
)

# Months that were taken out of the table into a file. While `returned_at` is empty their punches
# are there and not here: archived, not missing.
archived_months = Table(
    "archived_months",
    metadata,
    Column("month", Date, primary_key=True),  # its first day
    Column("rows", BigInteger, nullable=False),
    Column("first_batch", BigInteger, nullable=False),
    Column("last_batch", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the file
    Column("file", String(1000), nullable=False),
    Column("archived_at", Moment, nullable=False),
    Column("returned_at", Moment),
)

# The same touch told with other codes (by USB, by another bridge): kept beside the first telling.
contradictions = Table(
    "contradictions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("local_time", DateTime, nullable=False),
    Column("state", Integer),
    Column("verify", Integer),
    Column("work_code", String(32), nullable=False),
    Column("source", String(8), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("key", String(80), nullable=False, unique=True),  # punch id and the other codes
    Index(None, "batch_id"),
)

bad_records = Table(
    "bad_records",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("near_from", DateTime),
    Column("near_until", DateTime),
    Column("source", String(8), nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Index(None, "batch_id"),
)

# A stretch over which a terminal's log is known without a gap, as one bridge proved it. `until`
# moves forward; a cleared, replaced or rotated-away log begins a new stretch.
coverage = Table(
    "coverage",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False),
    Column("bridge_id", ForeignKey("bridges.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("on_terminal", BigInteger),
    Column("taken", BigInteger, nullable=False),
    Column("parked", BigInteger, nullable=False),
    Column("clock_offset_s", BigInteger),
    Column("read_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("source", String(8), nullable=False),
    Column("note", String(300), nullable=False),
    UniqueConstraint("terminal_id", "bridge_id", "since"),
)

# The worst a terminal's clock was seen off on each day: a clock that is right again today does not
# make yesterday's times right.
clock_days = Table(
    "clock_days",
    metadata,
    Column("terminal_id", ForeignKey("terminals.id"), primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("worst_offset_s", BigInteger, nullable=False),
)

holidays = Table(
    "holidays",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("office", ForeignKey("offices.code")),  # None: every office
    Column("name", String(200), nullable=False),
    Column("category", String(12), nullable=False),  # public, government (cuti bersama), local
    UniqueConstraint("day", "office", "name"),
)

calendar_years = Table(
    "calendar_years",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("seeded_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
)

# What each day came to. Worked out from everything else and written for everybody every night, so
# without references: they would take longer than the rows.
days = Table(
    "days",
    metadata,
    Column("person_id", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("office", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("first_in", DateTime),
    Column("last_out", DateTime),
    Column("late_minutes", Integer),
    Column("early_minutes", Integer),
    Column("because", JSON, nullable=False),
    Column("evaluated_at", Moment, nullable=False),
    Index(None, "office", "day"),
    # What may still change or harm somebody: few, and looked for each night and in each tally.
    Index(
        "ix_days_harmful",
        "person_id",
        "day",
        "status",
        postgresql_where=text("status IN ('ABSENT', 'UNVERIFIED')"),
        sqlite_where=text("status IN ('ABSENT', 'UNVERIFIED')"),
    ),
)

# Every change of a judged day: what it was, what it became, on what ground. Never updated.
day_changes = Table(
    "day_changes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("was", String(16)),
    Column("became", String(16), nullable=False),
    Column("because", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)

# The seals this centre ever had. A newer one vouches for the one before it by its signature; the
# older one endorses the newer, unless it was lost.
seals = Table(
    "seals",
    metadata,
    Column("fingerprint", String(32), primary_key=True),
    Column("public_key", LargeBinary, nullable=False),  # Ed25519, 32 bytes
    Column("made_at", Moment, nullable=False),
    Column("previous", ForeignKey("seals.fingerprint"), unique=True),
    Column("signature", LargeBinary, nullable=False),
    Column("endorsement", LargeBinary),
)


def link_columns() -> list[Column[Any]]:
    """Return the columns by which each row holds the one before it: see `store.sealed`."""
    return [
        Column("previous", LargeBinary, nullable=False),
        Column("digest", LargeBinary, nullable=False, unique=True),
    ]


def decision_columns() -> list[Column[Any]]:
    """Return what every decision of a person tells, and its seal."""
    return [
        Column("why", String(500), nullable=False),
        Column("letter", String(200), nullable=False),
        Column("who", String(200), nullable=False),
        Column("os_user", String(200), nullable=False),
        Column("at", Moment, nullable=False),
        Column("seal", ForeignKey("seals.fingerprint"), nullable=False),
        *link_columns(),
        Column("signature", LargeBinary, nullable=False),
    ]


# Who did what. Never updated, and each line holds the digest of the one before it.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("who", String(200), nullable=False),
    Column("os_user", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("what", String(64), nullable=False),
    Column("subject", String(300), nullable=False, index=True),
    Column("details", JSON, nullable=False),
    *link_columns(),
    Column("actor", String(64)),  # the user, where there are users; `who` is in whose name
)

# A touch that a person adds, a punch that must not count, or the withdrawal of one of the two.
adjustments = Table(
    "adjustments",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),  # touch, void, withdraw
    Column("withdraws", ForeignKey("adjustments.id"), index=True),
    Column("nip", String(18)),  # of a touch
    Column("terminal", String(64)),  # of a void: serial and user id
    Column("user_id", String(64)),
    Column("local_time", DateTime, nullable=False),
    Column("local_day", Date, nullable=False, index=True),
    *decision_columns(),
)

# What a person decided of evidence that is not believed, or must not be believed any longer.
resolutions = Table(
    "resolutions",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),  # punch, record, coverage
    Column("verdict", String(8), nullable=False),  # accept, reject, withdraw, reopen
    Column("reopens", ForeignKey("resolutions.id"), index=True),
    Column("terminal", String(64), nullable=False, index=True),  # serial
    Column("user_id", String(64)),
    Column("local_time", DateTime),
    Column("record", String(32), index=True),
    Column("since", Moment),
    Column("until", Moment),
    *decision_columns(),
)

# What lets a program ask by HTTP, for one role; the token itself is kept nowhere.
access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("hash", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

# Who may give commands at the centre: see ingest.identity. A name is never given to another.
users = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("full_name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("office", ForeignKey("offices.code")),  # the only one they see; None: every office
    Column("os_user", String(200)),  # an account of the operating system, as the audit log tells it
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("nip", String(18)),  # where the user is a civil servant: nobody decides on himself
    CheckConstraint("role <> 'operator' OR office IS NOT NULL", name="operator_of_an_office"),
    Index(
        "uq_users_nip",
        "nip",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index(
        "uq_users_os_user",
        "os_user",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
)

# What must be evaluated again, marked in the same commit as its cause: a punch, whose terminal is
# looked up already.
dirty_punches = Table(
    "dirty_punches",
    metadata,
    Column("terminal_id", Integer, primary_key=True, autoincrement=False),
    Column("user_id", String(64), primary_key=True),
    Column("local_day", Date, primary_key=True),
)
dirty_offices = Table(
    "dirty_offices",
    metadata,
    Column("office", ForeignKey("offices.code"), primary_key=True),
    Column("day", Date, primary_key=True),
)
# Somebody of an office whose day alone has to be looked at again. Without references, as the marks
# on user ids: a mark is made of rows that were just read.
dirty_people = Table(
    "dirty_people",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("person_id", Integer, primary_key=True, autoincrement=False),
)
