"""What the national personnel system tells of people and units, and what was done with it."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing yet."""
