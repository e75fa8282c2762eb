"""What was erased when and why, what is held back from erasing, and who asked for data.

A paper of a case may lose its bytes, and nothing else, once the case is closed and nobody holds it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ERASED = (
    "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND length(NEW.content) = 0"
    " AND NEW.id = OLD.id AND NEW.case_id = OLD.case_id AND NEW.sha256 = OLD.sha256"
    " AND NEW.name = OLD.name AND NEW.size = OLD.size AND NEW.kept_at = OLD.kept_at"
    " AND EXISTS (SELECT 1 FROM cases WHERE cases.id = OLD.case_id"
    " AND cases.closed_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM privacy_holds"
    " WHERE privacy_holds.person_id = cases.person_id AND released_at IS NULL))"
)
"""The only change of a paper there is."""


def upgrade() -> None:
    _erasures()
    _privacy_holds()
    _privacy_requests()
    op.add_column("case_files", sa.Column("erased_at", MOMENT, nullable=True))
    if op.get_context().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_postgresql() -> None:
    op.execute("DROP TRIGGER case_files_frozen ON case_files")
    op.execute(
        "CREATE FUNCTION hadir_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_ERASED} THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION '% is never changed: % refused', TG_TABLE_NAME, TG_OP"
        " USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for trigger, verb, table, function in (
        ("case_files_erased", "UPDATE", "case_files", "hadir_erase_only"),
        ("case_files_frozen", "DELETE", "case_files", "hadir_refuse"),
        ("erasures_frozen", "UPDATE OR DELETE", "erasures", "hadir_refuse"),
    ):
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    op.execute(
        "CREATE TRIGGER erasures_kept BEFORE TRUNCATE ON erasures"
        " FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse()"
    )


def _guard_sqlite() -> None:
    op.execute("DROP TRIGGER case_files_no_update")
    for table, verb, condition in (
        ("case_files", "UPDATE", f" WHEN NOT ({_ERASED})"),
        ("erasures", "UPDATE", ""),
        ("erasures", "DELETE", ""),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}{condition}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is never changed: {verb} refused'); END"
        )


def _erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_kind_at"), "erasures", ["kind", "at"])


def _privacy_holds() -> None:
    op.create_table(
        "privacy_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("placed_by", sa.String(length=200), nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by", sa.String(length=200), nullable=True),
        sa.Column("released_why", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_privacy_holds_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_holds")),
    )
    op.create_index(op.f("ix_privacy_holds_person_id"), "privacy_holds", ["person_id"])
    op.create_index(
        "uq_privacy_holds_open",
        "privacy_holds",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
        sqlite_where=sa.text("released_at IS NULL"),
    )


def _privacy_requests() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("done_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_privacy_requests_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
    )
    op.create_index(op.f("ix_privacy_requests_person_id"), "privacy_requests", ["person_id"])
