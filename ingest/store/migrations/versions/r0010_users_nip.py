"""Users may be civil servants on record: nobody decides on his own case."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
