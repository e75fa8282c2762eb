"""Swaps of duty are kept beside the roster: who with whom, what each had, who approved it, why."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

FROZEN = ("roster_swaps",)


def upgrade() -> None:
    op.create_table(
        "roster_swaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("asked_shift", sa.String(length=16), nullable=True),
        sa.Column("other_shift", sa.String(length=16), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.Column("approver", sa.String(length=200), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("os_user", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("asked_id <> other_id", name=op.f("ck_roster_swaps_two_people")),
        sa.ForeignKeyConstraint(["asked_id"], ["people.id"], name=op.f("fk_roster_swaps_asked_id")),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_roster_swaps_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_swaps")),
    )
    op.create_index(op.f("ix_roster_swaps_asked_id_day"), "roster_swaps", ["asked_id", "day"])
    op.create_index(op.f("ix_roster_swaps_other_id_day"), "roster_swaps", ["other_id", "day"])
    _freeze()


def _freeze() -> None:
    if op.get_context().dialect.name == "postgresql":
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
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is never changed: {verb} refused'); END"
            )
