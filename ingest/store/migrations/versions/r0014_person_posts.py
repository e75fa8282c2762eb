"""Rank and post of people are kept, each from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "person_posts",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.CheckConstraint("what IN ('rank', 'post')", name=op.f("ck_person_posts_known_what")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_posts_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "what", "valid_from", name=op.f("pk_person_posts")),
    )
