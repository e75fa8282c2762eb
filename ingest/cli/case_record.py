"""What happened to a case outside of this program: a command for each sort of it."""

import click

from ingest.cli.case_examining import (
    record_decision,
    record_examination,
    record_hand_over,
    record_missed,
    record_summons,
)
from ingest.cli.case_telling import record_action, record_told


@click.group()
def record() -> None:
    """Write down what happened outside of this program."""


for _one in (
    record_told,
    record_summons,
    record_missed,
    record_examination,
    record_decision,
    record_hand_over,
    record_action,
):
    record.add_command(_one)
