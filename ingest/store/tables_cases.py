"""The tables of cases: what was done about somebody's absence, by whom, on what facts; and of the
clock under them: when the centre was up, and what its jobs did.

They belong to `tables.metadata` like all others. `case_events` is the truth; `cases` is what it
comes to, and can be made again from it.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from ingest.store.tables import BigId, Moment, link_columns, metadata

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("office", ForeignKey("offices.code"), nullable=False, index=True),
    Column("opened_on", Date, nullable=False),
    Column("state", String(24), nullable=False, index=True),
    Column("changed_at", Moment, nullable=False),
    Column("closed_on", Date),
    Column("events", Integer, nullable=False),  # how many it has: who adds one says which
)

# Append-only and chained over all cases. What a person decided is signed by the centre's seal.
case_events = Table(
    "case_events",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),  # within its case
    Column("kind", String(32), nullable=False),
    Column("day", Date, nullable=False),  # by the calendar of the centre
    Column("at", Moment, nullable=False),
    Column("who", String(200), nullable=False),
    Column("os_user", String(200), nullable=False),
    Column("why", String(500), nullable=False),
    Column("body", JSON, nullable=False),  # the event with the facts it stands on
    Column("seal", ForeignKey("seals.fingerprint")),
    *link_columns(),
    Column("signature", LargeBinary),
    UniqueConstraint("case_id", "number"),
)

# What was handed in, as it was handed in.
case_files = Table(
    "case_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("erased_at", Moment),  # its bytes were kept long enough; what it was stays
    UniqueConstraint("case_id", "sha256"),
)

# Who has to be told what, written in the commit of the step that says so.
case_notices = Table(
    "case_notices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("event", Integer, nullable=False),  # its number within the case
    Column("what", String(32), nullable=False),
    Column("nip", String(18)),  # a person, or
    Column("office", String(32)),  # an office
    Column("due_at", Moment, nullable=False),
    Column("told_at", Moment),
    Column("how", String(200)),
    UniqueConstraint("case_id", "event", "what", "nip", "office"),
    Index(None, "told_at"),
)

# How long the centre was awake on a day: a clock does not run on days it was not.
centre_days = Table(
    "centre_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("longest_silence_s", Integer, nullable=False),
)

# When each job ran last. Its due time outlives the process: what a power cut kept from running is
# caught up once, and what ran does not run again because of a restart.
job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(32), primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),  # None: it is at work, or was cut off
    Column("good_at", Moment),  # when a round last went well
    Column("fault", String(500), nullable=False),  # of the last round; empty where it went well
    Column("host", String(200), nullable=False),  # and process
)
