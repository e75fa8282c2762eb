"""Who did what, what people decided, the seals under it, and tokens for programs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
FROZEN = ("audit_log", "adjustments", "resolutions", "seals")


def upgrade() -> None:
    _seals()
    _audit_log()
    _adjustments()
    _resolutions()
    _access_tokens()
    _freeze()


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("previous", sa.String(length=32), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("endorsement", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["previous"], ["seals.fingerprint"], name=op.f("fk_seals_previous")
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_seals")),
        sa.UniqueConstraint("previous", name=op.f("uq_seals_previous")),
    )


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("os_user", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_log_digest")),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"])
    op.create_index(op.f("ix_audit_log_subject"), "audit_log", ["subject"])


def _adjustments() -> None:
    op.create_table(
        "adjustments",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("withdraws", sa.BigInteger(), nullable=True),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("terminal", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("local_time", sa.DateTime(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        *_decision("adjustments"),
        sa.ForeignKeyConstraint(
            ["withdraws"], ["adjustments.id"], name=op.f("fk_adjustments_withdraws")
        ),
    )
    for column in ("local_day", "withdraws"):
        op.create_index(op.f(f"ix_adjustments_{column}"), "adjustments", [column])


def _resolutions() -> None:
    op.create_table(
        "resolutions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reopens", sa.BigInteger(), nullable=True),
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("local_time", sa.DateTime(), nullable=True),
        sa.Column("record", sa.String(length=32), nullable=True),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        *_decision("resolutions"),
        sa.ForeignKeyConstraint(
            ["reopens"], ["resolutions.id"], name=op.f("fk_resolutions_reopens")
        ),
    )
    for column in ("terminal", "record", "reopens"):
        op.create_index(op.f(f"ix_resolutions_{column}"), "resolutions", [column])


def _decision(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("os_user", sa.String(length=200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seal", sa.String(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seal"], ["seals.fingerprint"], name=op.f(f"fk_{table}_seal")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("digest", name=op.f(f"uq_{table}_digest")),
    ]


def _access_tokens() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
    )


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
