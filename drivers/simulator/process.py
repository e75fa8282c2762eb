"""What a simulated terminal does as a process: where its log is from, how it talks, how it ends."""

import json
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType

import click

from drivers.simulator.touches import Touch, read_attlog, shifted


def say(answer: Mapping[str, object]) -> None:
    """Print one line of JSON, at once."""
    click.echo(json.dumps(answer))
    sys.stdout.flush()


def from_export(path: Path, newest: datetime | None) -> list[Touch]:
    """Return the touches of a real export, its newest moved to a day. ClickException."""
    export = read_attlog(path.read_bytes())
    for number in export.refused:
        click.echo(f"{path}, line {number}: no attendance record, left out", err=True)
    if not export.touches:
        raise click.ClickException(f"{path} holds no attendance record; is it an attlog.dat?")
    return shifted(export.touches, newest.date()) if newest else export.touches


def end_on_signals() -> None:
    """Make SIGTERM and Ctrl-C end the process in order."""

    def end(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # once is enough: let the sockets close
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
