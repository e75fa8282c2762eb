"""Who a user id is, is looked up by its place: the office or the terminal on which it is known.

A late batch concerns few of them, and without this each look reads those of every office.
"""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    for place in ("office", "terminal_id"):
        op.create_index(op.f(f"ix_user_ids_{place}_user_id"), "user_ids", [place, "user_id"])
