"""Numbered letters: what each says, its pages, and when it was sent, received and answered."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROZEN = ("letters", "letter_cases", "letter_marks", "letter_files")


def upgrade() -> None:
    _letters()
    _letter_cases()
    _letter_marks()
    _letter_files()
    _letter_series()
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


def _sealed(table: str) -> list[Any]:
    return [
        sa.Column("why", sa.String(length=500), nullable=False),
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


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.Column("to_nip", sa.String(length=18), nullable=True),
        sa.Column("to_office", sa.String(length=32), nullable=True),
        sa.Column("secrecy", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=32), nullable=True),
        sa.Column("running", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("number_key", sa.String(length=100), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("template", sa.String(length=200), nullable=False),
        sa.Column("template_digest", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("docx_sha256", sa.String(length=64), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=True),
        *_sealed("letters"),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_letters_office")),
        sa.ForeignKeyConstraint(["replaces"], ["letters.id"], name=op.f("fk_letters_replaces")),
        sa.UniqueConstraint("code", name=op.f("uq_letters_code")),
        sa.UniqueConstraint("year", "number_key", name=op.f("uq_letters_year_number_key")),
        sa.UniqueConstraint(
            "series", "year", "running", name=op.f("uq_letters_series_year_running")
        ),
    )
    op.create_index(op.f("ix_letters_office"), "letters", ["office"])


def _letter_cases() -> None:
    op.create_table(
        "letter_cases",
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_cases_letter_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_letter_cases_case_id")),
        sa.PrimaryKeyConstraint("letter_id", "case_id", name=op.f("pk_letter_cases")),
    )
    op.create_index(op.f("ix_letter_cases_case_id"), "letter_cases", ["case_id"])


def _letter_marks() -> None:
    op.create_table(
        "letter_marks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("how", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        *_sealed("letter_marks"),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_marks_letter_id")
        ),
    )
    op.create_index(op.f("ix_letter_marks_letter_id"), "letter_marks", ["letter_id"])


def _letter_files() -> None:
    op.create_table(
        "letter_files",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_files_letter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_files")),
        sa.UniqueConstraint("letter_id", "sha256", name=op.f("uq_letter_files_letter_id_sha256")),
    )


def _letter_series() -> None:
    op.create_table(
        "letter_series",
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_letter_series")),
    )
