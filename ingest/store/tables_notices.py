"""The tables of notices: whom people can be reached at, what was sent to them, what became of it.

`case_notices` says who has to be told what. A row of `dispatches` is one way that was chosen for
one of them; its unique key is the promise that nobody is told one fact twice by one channel.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ingest.store.tables import BigId, Moment, metadata

# Numbers and mail addresses of people; the newest of a kind is the one in use.
contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("kind", String(8), nullable=False),  # phone, mail
    Column("value", String(254), nullable=False),  # E.164 without plus, or a mail address
    Column("source", String(200), nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("state", String(8), nullable=False),  # good, wrong, refused
    Column("state_at", Moment, nullable=False),
    Column("state_why", String(500), nullable=False),
    UniqueConstraint("person_id", "kind", "value"),
)

# The same of offices: who answers there for the office.
office_contacts = Table(
    "office_contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", ForeignKey("offices.code"), nullable=False),
    Column("post", String(200), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("value", String(254), nullable=False),
    Column("source", String(200), nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("state", String(8), nullable=False),
    Column("state_at", Moment, nullable=False),
    Column("state_why", String(500), nullable=False),
    UniqueConstraint("office", "kind", "value"),
)

# Mass warnings that wait for a person's yes: a mass absence is a data fault until proven otherwise.
storms = Table(
    "storms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("held_at", Moment, nullable=False),
    Column("warnings", Integer, nullable=False),  # how many when it was noticed
    Column("people", Integer, nullable=False),  # who serve, of whom these are a share
    Column("about", JSON, nullable=False),  # on which offices and days the mass was then
    Column("state", String(8), nullable=False),  # held, released, dropped
    Column("settled_at", Moment),
    Column("who", String(200), nullable=False),
    Column("why", String(500), nullable=False),
)

# One way for one notice. `sending` is committed before the gateway is called: a row that is found
# so afterwards may have been sent, and is never sent again by itself.
dispatches = Table(
    "dispatches",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("notice_id", ForeignKey("case_notices.id"), nullable=False),
    Column("channel", String(32), nullable=False),  # -paper: a letter; -none: nothing is sent
    Column("address", String(254), nullable=False),
    # waiting, held, sending, accepted, delivered, read, failed, unknown, dropped
    Column("state", String(12), nullable=False),
    Column("followed", Boolean, nullable=False),  # whether no other way comes after this one
    Column("reference", String(32), nullable=False, unique=True),
    Column("provider_id", String(200)),
    Column("fault", String(16), nullable=False),
    Column("failure", String(500), nullable=False),
    Column("template", String(32), nullable=False),
    Column("template_sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),  # taken away when it was kept long enough
    Column("text_sha256", String(64), nullable=False),  # stays
    Column("not_before", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("sending_at", Moment),  # of the last try
    Column("accepted_at", Moment),
    Column("delivered_at", Moment),
    Column("read_at", Moment),
    Column("asked_at", Moment),  # when its channel was asked last what became of it
    Column("tries", Integer, nullable=False),
    Column("why", String(500), nullable=False),  # of a person who settled it, or of dropping it
    Column("storm_id", ForeignKey("storms.id"), index=True),
    UniqueConstraint("notice_id", "channel"),
    Index(None, "state", "not_before"),
    Index(None, "channel", "sending_at"),
    Index(None, "channel", "provider_id"),
)

# What gateways told, as it came; the first receipt of a body keeps the body, until that has served.
receipts = Table(
    "receipts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("place", Integer, nullable=False),  # of the receipt within the body
    Column("provider_id", String(200)),
    Column("reference", String(32)),
    Column("state", String(12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("fault", String(16), nullable=False),
    Column("failure", String(500), nullable=False),
    Column("came_at", Moment, nullable=False),
    Column("body", LargeBinary),
    UniqueConstraint("channel", "digest", "place"),
    Index(None, "channel", "provider_id"),
    # Bodies that are still held: retention looks for old ones each night, and empties them.
    Index(
        "ix_receipts_held",
        "came_at",
        postgresql_where=text("body IS NOT NULL"),
        sqlite_where=text("body IS NOT NULL"),
    ),
)
