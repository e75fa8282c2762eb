"""Users may be civil servants on record: nobody decides on his own case."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("users", sa.Column("nip", sa.String(length=18), nullable=True))
    op.create_index(
        "uq_users_nip",
        "users",
        ["nip"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
