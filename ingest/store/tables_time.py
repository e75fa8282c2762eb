"""The tables of working time: schemes, rosters, what changes them, and what excuses people.

They belong to `tables.metadata` like all others. Everything is dated; a last day is part of its
span, and None while it lasts. Where one of two columns says whose a row is (an office's or a
person's), the other is empty.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Time,
    UniqueConstraint,
)

from ingest.store.tables import Moment, decision_columns, metadata

ONE_OWNER = "(office IS NULL) <> (person_id IS NULL)"

# What a scheme asks, from a day on: see ingest.calendar.scheme for the body.
scheme_terms = Table(
    "scheme_terms",
    metadata,
    Column("scheme", ForeignKey("schemes.code"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("body", JSON, nullable=False),
)

# Other hours for a time, such as Ramadan: they win over the terms of the scheme.
scheme_overlays = Table(
    "scheme_overlays",
    metadata,
    Column("scheme", ForeignKey("schemes.code"), primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
    Column("name", String(200), nullable=False),
    Column("body", JSON, nullable=False),
)

# Another scheme than the office's own: of an office, or of one person, who wins over the office.
scheme_uses = Table(
    "scheme_uses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", ForeignKey("offices.code"), index=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("scheme", ForeignKey("schemes.code"), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date),
    CheckConstraint(ONE_OWNER, name="one_owner"),
)

# The shifts that rosters name: see ingest.calendar.scheme for the body.
shifts = Table(
    "shifts",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("body", JSON, nullable=False),
)

# Who works which shift; without one the person is off by roster. A shift is of the day it starts.
roster_days = Table(
    "roster_days",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("shift", ForeignKey("shifts.code")),
    Index(None, "day"),
)

# Who exchanged a day with whom, and what each had before. Never updated; a shift is a word here, so
# that the row outlives it.
roster_swaps = Table(
    "roster_swaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("asked_id", ForeignKey("people.id"), nullable=False),
    Column("other_id", ForeignKey("people.id"), nullable=False),
    Column("asked_shift", String(16)),
    Column("other_shift", String(16)),
    Column("why", String(500), nullable=False),
    Column("letter", String(200), nullable=False),
    Column("approver", String(200), nullable=False),
    Column("approved_by", String(64), nullable=False),  # a name of `users`
    Column("os_user", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("asked_id <> other_id", name="two_people"),
    Index(None, "asked_id", "day"),
    Index(None, "other_id", "day"),
)

# Days on which an office or a person works elsewhere (wfa), shorter (half), or after all (work).
special_days = Table(
    "special_days",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", ForeignKey("offices.code"), index=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("name", String(200), nullable=False),
    Column("letter", String(200), nullable=False),
    Column("body", JSON),  # the hours, where they differ
    CheckConstraint(ONE_OWNER, name="one_owner"),
)

# What kind of servant somebody is, from a day on; before the first row it is what `people` says.
person_kinds = Table(
    "person_kinds",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("valid_from", Date, primary_key=True),
    Column("kind", String(20), nullable=False),
)

# Times in which a person has no duty to attend: suspended, ended.
service_breaks = Table(
    "service_breaks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("first", Date, nullable=False),
    Column("last", Date),
    Column("kind", String(12), nullable=False),
    Column("letter", String(200), nullable=False),
    UniqueConstraint("person_id", "first"),
)

# Who acts for a superior (plh), or as head of an office that has none (plt, pj).
stand_ins = Table(
    "stand_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", ForeignKey("offices.code"), index=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("stand_in_id", ForeignKey("people.id"), nullable=False),
    Column("how", String(4), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date),
    Column("letter", String(200), nullable=False),
    CheckConstraint(ONE_OWNER, name="one_owner"),
)

# What excuses a person's days, or the withdrawal of it. Sealed, and never updated.
excuses = Table(
    "excuses",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),  # give, withdraw
    Column("withdraws", ForeignKey("excuses.id"), index=True),
    Column("nip", String(18), nullable=False),
    Column("type", String(12), nullable=False),  # see ingest/calendar/data/excuses.toml
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("from_time", Time),  # of a part of each day
    Column("until_time", Time),
    Column("approver", String(200), nullable=False),
    *decision_columns(),
    Index(None, "nip", "first"),
    Index(None, "last"),
)
