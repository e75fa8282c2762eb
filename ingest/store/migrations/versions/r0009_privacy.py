"""What was erased when and why, what is held back from erasing, and who asked for data."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet."""
