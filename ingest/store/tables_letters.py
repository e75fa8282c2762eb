"""The tables of letters. They belong to `tables.metadata` like all others.

A letter, what became of it, and its bytes are only ever added. `letter_series` alone is written
over: it holds the last number of each series and year, and whoever takes one holds its row.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from ingest.store.tables import BigId, Moment, link_columns, metadata

# One letter to one addressee, as it was issued. Chained and sealed; `text` is all that it says.
letters = Table(
    "letters",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(24), nullable=False),
    Column("office", ForeignKey("offices.code"), nullable=False, index=True),  # of its cases
    Column("cases", JSON, nullable=False),  # each with the events that prepared and approved it
    Column("to_nip", String(18)),  # the addressee: a person, or
    Column("to_office", String(32)),  # an office
    Column("secrecy", String(16), nullable=False),
    Column("code", String(16), nullable=False, unique=True),
    Column("year", Integer, nullable=False),  # of its date
    Column("series", String(32)),  # None where the number was given by hand
    Column("running", Integer),
    Column("number", String(100), nullable=False),
    Column("number_key", String(100), nullable=False),  # as numbers are compared
    Column("dated", Date, nullable=False),
    Column("text", JSON, nullable=False),
    Column("template", String(200), nullable=False),
    Column("template_digest", String(64), nullable=False),
    Column("pdf_sha256", String(64), nullable=False),
    Column("docx_sha256", String(64), nullable=False),
    Column("replaces", ForeignKey("letters.id")),
    Column("why", String(500), nullable=False),
    Column("who", String(200), nullable=False),
    Column("os_user", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("seal", ForeignKey("seals.fingerprint"), nullable=False),
    *link_columns(),
    Column("signature", LargeBinary, nullable=False),
    UniqueConstraint("year", "number_key"),
    UniqueConstraint("series", "year", "running"),
)

# Which cases a letter is of: by this they are found; what counts is `letters.cases`.
letter_cases = Table(
    "letter_cases",
    metadata,
    Column("letter_id", ForeignKey("letters.id"), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True, index=True),
)

# What became of a letter: made void, sent, received, answered, its signed paper scanned.
letter_marks = Table(
    "letter_marks",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("letter_id", ForeignKey("letters.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("how", String(200), nullable=False),
    Column("sha256", String(64)),  # of a paper that shows it
    Column("why", String(500), nullable=False),
    Column("who", String(200), nullable=False),
    Column("os_user", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("seal", ForeignKey("seals.fingerprint"), nullable=False),
    *link_columns(),
    Column("signature", LargeBinary, nullable=False),
)

# The bytes: pages as they were made, papers and scans as they were handed in.
letter_files = Table(
    "letter_files",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("letter_id", ForeignKey("letters.id"), nullable=False),
    Column("kind", String(8), nullable=False),  # pdf, docx, paper, scan
    Column("sha256", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
    UniqueConstraint("letter_id", "sha256"),
)

# The last running number that was given, in the commit of the letter that has it.
letter_series = Table(
    "letter_series",
    metadata,
    Column("series", String(32), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),  # first - 1 before any
)
