"""Numbered letters: what each says, its pages, and when it was sent, received and answered."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing yet."""
