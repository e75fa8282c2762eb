"""Receipts whose bodies are still held are found by their age: retention looks for them each night.

Only those stand in the index, so it stays as small as what is still held.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_index(
        op.f("ix_receipts_held"),
        "receipts",
        ["came_at"],
        postgresql_where=sa.text("body IS NOT NULL"),
        sqlite_where=sa.text("body IS NOT NULL"),
    )
