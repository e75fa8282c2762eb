"""Whom people can be reached at, what was sent to them, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROZEN = "receipts"


def upgrade() -> None:
    _contacts()
    _office_contacts()
    _storms()
    _dispatches()
    _receipts()
    _freeze()


def _freeze() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {FROZEN}_frozen BEFORE UPDATE OR DELETE ON {FROZEN}"
            " FOR EACH ROW EXECUTE FUNCTION hadir_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {FROZEN}_kept BEFORE TRUNCATE ON {FROZEN}"
            " FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {FROZEN}_no_{verb.lower()} BEFORE {verb} ON {FROZEN}"
            f" BEGIN SELECT RAISE(ABORT, '{FROZEN} is never changed: {verb} refused'); END"
        )


def _address() -> list[sa.Column[object]]:
    return [
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("state_why", sa.String(length=500), nullable=False),
    ]


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *_address(),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contacts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint(
            "person_id", "kind", "value", name=op.f("uq_contacts_person_id_kind_value")
        ),
    )


def _office_contacts() -> None:
    op.create_table(
        "office_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        *_address(),
        sa.ForeignKeyConstraint(
            ["office"], ["offices.code"], name=op.f("fk_office_contacts_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_contacts")),
        sa.UniqueConstraint(
            "office", "kind", "value", name=op.f("uq_office_contacts_office_kind_value")
        ),
    )


def _storms() -> None:
    op.create_table(
        "storms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storms")),
    )


def _dispatches() -> None:
    moments = ("sending_at", "accepted_at", "delivered_at", "read_at", "asked_at")
    op.create_table(
        "dispatches",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("notice_id", BIG_ID, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("provider_id", sa.String(length=200), nullable=True),
        sa.Column("fault", sa.String(length=16), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("template", sa.String(length=32), nullable=False),
        sa.Column("template_sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in moments),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["case_notices.id"], name=op.f("fk_dispatches_notice_id")
        ),
        sa.ForeignKeyConstraint(["storm_id"], ["storms.id"], name=op.f("fk_dispatches_storm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
        sa.UniqueConstraint("notice_id", "channel", name=op.f("uq_dispatches_notice_id_channel")),
        sa.UniqueConstraint("reference", name=op.f("uq_dispatches_reference")),
    )
    op.create_index(op.f("ix_dispatches_storm_id"), "dispatches", ["storm_id"])
    for columns in (
        ["state", "not_before"], ["channel", "sending_at"], ["channel", "provider_id"],
    ):  # fmt: skip
        op.create_index(op.f(f"ix_dispatches_{'_'.join(columns)}"), "dispatches", columns)


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fault", sa.String(length=16), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("came_at", MOMENT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "channel", "digest", "place", name=op.f("uq_receipts_channel_digest_place")
        ),
    )
    op.create_index(op.f("ix_receipts_channel_provider_id"), "receipts", ["channel", "provider_id"])
