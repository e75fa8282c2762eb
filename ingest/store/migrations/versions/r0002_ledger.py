"""Bodies are signed and kept, every terminal's punches are chained, punches are cut into months."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Filled in the next commits."""
