"""The index of a day holds all that a day is judged by, in the order in which it is grouped.

Both first and last touch of everybody are then read from it alone. It takes the place of one that
held the day and the terminal.
"""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_index(op.f("ix_punches_local_day_terminal_id"), "punches")
    op.create_index(
        op.f("ix_punches_local_day_terminal_id_user_id_local_time"),
        "punches",
        ["local_day", "terminal_id", "user_id", "local_time"],
    )
