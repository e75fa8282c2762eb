"""Whom people can be reached at, what was sent to them, and what became of it."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing yet."""
