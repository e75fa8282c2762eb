"""What the national personnel system tells of people and units, and what was sent to it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pulls()
    _told()
    _pushes()


def _pulls() -> None:
    op.create_table(
        "siasn_pulls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siasn_pulls")),
    )
    op.create_index(
        "uq_siasn_pulls_open",
        "siasn_pulls",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "siasn_tasks",
        sa.Column("pull_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["pull_id"], ["siasn_pulls.id"], name=op.f("fk_siasn_tasks_pull_id")
        ),
        sa.PrimaryKeyConstraint("pull_id", "number", name=op.f("pk_siasn_tasks")),
    )
    op.create_index("ix_siasn_tasks_waiting", "siasn_tasks", ["pull_id", "state", "number"])


def _told() -> None:
    op.create_table(
        "siasn_records",
        sa.Column("nip", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("pulled_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["pull_id"], ["siasn_pulls.id"], name=op.f("fk_siasn_records_pull_id")
        ),
        sa.PrimaryKeyConstraint("nip", "kind", "number", name=op.f("pk_siasn_records")),
    )
    op.create_table(
        "siasn_units",
        sa.Column("unit", sa.String(length=42), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("above", sa.String(length=42), nullable=False),
        sa.Column("parent", sa.String(length=42), nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.Column("pulled_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["pull_id"], ["siasn_pulls.id"], name=op.f("fk_siasn_units_pull_id")
        ),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_siasn_units")),
    )
    op.create_table(
        "siasn_unit_offices",
        sa.Column("unit", sa.String(length=42), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"], ["offices.code"], name=op.f("fk_siasn_unit_offices_office")
        ),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_siasn_unit_offices")),
    )
    op.create_index(op.f("ix_siasn_unit_offices_office"), "siasn_unit_offices", ["office"])


def _pushes() -> None:
    op.create_table(
        "siasn_pushes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("sent_by", sa.String(length=200), nullable=True),
        sa.Column("sending_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("told", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'sending', 'sent', 'refused', 'unknown', 'not-sent')",
            name=op.f("ck_siasn_pushes_known_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_siasn_pushes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siasn_pushes")),
        sa.UniqueConstraint(
            "case_id",
            "event",
            "mode",
            "attempt",
            name=op.f("uq_siasn_pushes_case_id_event_mode_attempt"),
        ),
    )
