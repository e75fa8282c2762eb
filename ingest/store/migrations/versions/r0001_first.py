"""The first tables, the scheme everybody starts with, and the locks on what is never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROZEN = ("punches", "contradictions", "bad_records", "day_changes")


def upgrade() -> None:
    _tables()
    _freeze()
    _first_scheme()


def _freeze() -> None:
    """Refuse to change or delete what is evidence, whoever asks."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION hadir_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION '% is never changed: % refused', TG_TABLE_NAME, TG_OP"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for table in FROZEN:
            op.execute(
                f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION hadir_refuse()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse()"
            )
        return
    for table in FROZEN:
        for verb in ("UPDATE", "DELETE"):  # TRUNCATE does not exist there
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is never changed: {verb} refused'); END"
            )


def _first_scheme() -> None:
    """Five days: 37.5 hours a week, Friday half an hour longer for the prayer at noon."""
    hours = {str(day): ["07:30", "16:00"] for day in range(4)} | {"4": ["07:30", "16:30"]}
    schemes = sa.table(
        "schemes",
        sa.column("code", sa.String),
        sa.column("name", sa.String),
        sa.column("hours", sa.JSON),
        sa.column("tolerance_s", sa.Integer),
    )
    op.bulk_insert(
        schemes, [{"code": "5-hari", "name": "5 hari kerja", "hours": hours, "tolerance_s": 0}]
    )


def _tables() -> None:
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seeded_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("nip", name=op.f("uq_people_nip")),
    )
    op.create_table(
        "schemes",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("tolerance_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_schemes")),
    )
    op.create_table(
        "day_changes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("was", sa.String(length=16), nullable=True),
        sa.Column("became", sa.String(length=16), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_day_changes_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_changes")),
    )
    op.create_index(op.f("ix_day_changes_person_id"), "day_changes", ["person_id"], unique=False)
    op.create_table(
        "offices",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["scheme"], ["schemes.code"], name=op.f("fk_offices_scheme")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_offices")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("superior_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_assignments_office")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_assignments_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["superior_id"], ["people.id"], name=op.f("fk_assignments_superior_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "person_id", "valid_from", name=op.f("uq_assignments_person_id_valid_from")
        ),
    )
    op.create_index(op.f("ix_assignments_office"), "assignments", ["office"], unique=False)
    op.create_table(
        "bridges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("last_seen_at", MOMENT, nullable=True),
        sa.Column("health", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_bridges_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bridges")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_bridges_token_hash")),
    )
    op.create_index(op.f("ix_bridges_office"), "bridges", ["office"], unique=False)
    op.create_table(
        "days",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("first_in", sa.DateTime(), nullable=True),
        sa.Column("last_out", sa.DateTime(), nullable=True),
        sa.Column("late_minutes", sa.Integer(), nullable=True),
        sa.Column("early_minutes", sa.Integer(), nullable=True),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("evaluated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_days_office")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_days_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_days")),
    )
    op.create_index(op.f("ix_days_office_day"), "days", ["office", "day"], unique=False)
    op.create_table(
        "dirty_offices",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_dirty_offices_office")),
        sa.PrimaryKeyConstraint("office", "day", name=op.f("pk_dirty_offices")),
    )
    op.create_table(
        "holidays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_holidays_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
        sa.UniqueConstraint("day", "office", "name", name=op.f("uq_holidays_day_office_name")),
    )
    op.create_table(
        "terminals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=True),
        sa.Column("counts_until", sa.Date(), nullable=True),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_terminals_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminals")),
        sa.UniqueConstraint("serial", name=op.f("uq_terminals_serial")),
    )
    op.create_index(op.f("ix_terminals_office"), "terminals", ["office"], unique=False)
    op.create_table(
        "batches",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("bridge_id", sa.Integer(), nullable=False),
        sa.Column("outbox", sa.String(length=32), nullable=False),
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bridge_id"], ["bridges.id"], name=op.f("fk_batches_bridge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("receipt", name=op.f("uq_batches_receipt")),
    )
    op.create_index(op.f("ix_batches_outbox"), "batches", ["outbox"], unique=False)
    op.create_table(
        "clock_days",
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("worst_offset_s", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_clock_days_terminal_id")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "day", name=op.f("pk_clock_days")),
    )
    op.create_table(
        "coverage",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("bridge_id", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("on_terminal", sa.BigInteger(), nullable=True),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("parked", sa.BigInteger(), nullable=False),
        sa.Column("clock_offset_s", sa.BigInteger(), nullable=True),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["bridge_id"], ["bridges.id"], name=op.f("fk_coverage_bridge_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_coverage_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint(
            "terminal_id",
            "bridge_id",
            "since",
            name=op.f("uq_coverage_terminal_id_bridge_id_since"),
        ),
    )
    op.create_table(
        "dirty_punches",
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_dirty_punches_terminal_id")
        ),
        sa.PrimaryKeyConstraint(
            "terminal_id", "user_id", "local_day", name=op.f("pk_dirty_punches")
        ),
    )
    op.create_table(
        "user_ids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=True),
        sa.Column("office", sa.String(length=32), nullable=True),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(terminal_id IS NULL) <> (office IS NULL)", name=op.f("ck_user_ids_one_scope")
        ),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_user_ids_office")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_user_ids_person_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_user_ids_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_ids")),
    )
    op.create_index(op.f("ix_user_ids_person_id"), "user_ids", ["person_id"], unique=False)
    op.create_index(op.f("ix_user_ids_user_id"), "user_ids", ["user_id"], unique=False)
    op.create_table(
        "bad_records",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("near_from", sa.DateTime(), nullable=True),
        sa.Column("near_until", sa.DateTime(), nullable=True),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_bad_records_batch_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_bad_records_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bad_records")),
    )
    op.create_index(
        op.f("ix_bad_records_terminal_id"), "bad_records", ["terminal_id"], unique=False
    )
    op.create_table(
        "contradictions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("local_time", sa.DateTime(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=True),
        sa.Column("verify", sa.Integer(), nullable=True),
        sa.Column("work_code", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_contradictions_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_contradictions_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contradictions")),
        sa.UniqueConstraint("key", name=op.f("uq_contradictions_key")),
    )
    op.create_table(
        "punches",
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("local_time", sa.DateTime(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("state", sa.Integer(), nullable=True),
        sa.Column("verify", sa.Integer(), nullable=True),
        sa.Column("work_code", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("clock_offset_s", sa.BigInteger(), nullable=True),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("after_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("doubt", sa.String(length=20), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_punches_batch_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_punches_terminal_id")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "user_id", "local_time", name=op.f("pk_punches")),
    )
    op.create_index(
        op.f("ix_punches_local_day_terminal_id"),
        "punches",
        ["local_day", "terminal_id"],
        unique=False,
    )
    op.create_index(
        "ix_punches_doubtful",
        "punches",
        ["terminal_id", "read_at"],
        unique=False,
        postgresql_where=sa.text("doubt IS NOT NULL"),
        sqlite_where=sa.text("doubt IS NOT NULL"),
    )
    op.create_index(
        "ix_punches_own_nip",
        "punches",
        ["user_id", "local_day", "terminal_id"],
        unique=False,
        postgresql_where=sa.text("length(user_id) = 18"),
        sqlite_where=sa.text("length(user_id) = 18"),
    )
