"""Shows a person how far something long has come: a bar on a screen, a line now and then elsewhere.

All of it goes to stderr; data has stdout for itself. What ends soon leaves no line in a file.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

import click

from drivers import progress

EVERY_S = 10.0

Unit = Literal["bytes", "records", "hosts"]


class Bar(Protocol):
    """Something that can be told how far one is."""

    def update(self, done: int, total: int) -> None:
        """Show that so much of so much is done; 0 in all is not known."""


class Lines:
    """Says how far one is in plain lines, at most one every ten seconds."""

    def __init__(
        self,
        what: str,
        unit: Unit,
        *,
        say: Callable[[str], None] = lambda text: click.echo(text, err=True),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._unit = unit
        self._say = say
        self._monotonic = monotonic
        self._next_at = monotonic() + EVERY_S

    def update(self, done: int, total: int) -> None:
        if self._monotonic() < self._next_at:
            return
        self._next_at = self._monotonic() + EVERY_S
        of = f" of {total}" if total else ""
        self._say(f"{self._what}: {done}{of} {self._unit}")


class Steps:
    """A bar that goes on by equal steps, for those who cannot count."""

    def __init__(self, bar: Bar, step: int, total: int) -> None:
        self._bar = bar
        self._step = step
        self._total = total
        self._done = 0

    def __call__(self) -> None:
        """Go on by one step, not beyond the total."""
        self._done = min(self._done + self._step, self._total)
        self._bar.update(self._done, self._total)


@contextmanager
def bar(what: str, unit: Unit) -> Iterator[Bar]:
    """Show progress while the block runs; nothing of the bar stays on the screen."""
    if not sys.stderr.isatty():
        yield Lines(what, unit)
        return
    with _drawn(what, unit) as shown:
        yield shown


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Show the progress of reads that are made in this block, in this thread."""
    with bar(what, "bytes") as shown, progress.watched_by(shown.update):
        yield


@contextmanager
def _drawn(what: str, unit: Unit) -> Iterator[Bar]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    counted = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    console = Console(stderr=True, markup=False, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), counted)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as drawn:
        task = drawn.add_task(what, total=None)  # without a total the bar pulses

        class Drawn:
            def update(self, done: int, total: int) -> None:
                drawn.update(task, completed=done, total=total or None)

        yield Drawn()
