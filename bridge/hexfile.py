"""A session as a text that an engineer can read and replay: the format of tests/captures.

A line is what passed at once, `C` from us and `D` from the terminal, in hexadecimal digits; what
begins with `#` is a comment. Pure: nothing is read or written here.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bridge import checking
from bridge.render import plain
from bridge.terminals import TerminalConfig
from drivers.base import TerminalInfo
from drivers.tap import Burst

PAUSE_S = 0.1  # shorter ones tell nothing about a protocol
WIDTH = 4_096  # bytes a line; what passed at once goes on in the next


def head(
    terminal: TerminalConfig, info: TerminalInfo | None, outcome: str, version: str, at: datetime
) -> Iterator[str]:
    """Yield what an engineer has to know of a session; no key is in it."""
    yield f"{terminal.name}, captured by hadir {version} on {at:%Y-%m-%d %H:%M:%S} UTC"
    told = " ".join(f"{name}={value!r}" for name, value in _settings(terminal.options))
    yield f"driver {terminal.driver}: {told}"
    if info is not None:
        yield (
            f"model {plain(info.model)}, platform {plain(info.platform)}, "
            f"firmware {plain(info.firmware)}, serial {plain(info.serial)}"
        )
    yield f"outcome: {plain(outcome)}"
    yield "C: sent by us, D: sent by the terminal"
    yield "Keys and what people enrolled are replaced by zeros. User ids and times are not."


def lines(heading: Iterable[str], bursts: Sequence[Burst]) -> Iterator[str]:
    """Yield the lines of the file."""
    for text in heading:
        yield f"# {text}"
    before_s = 0.0
    for after_s, direction, data, hidden in bursts:
        if after_s - before_s >= PAUSE_S:
            yield f"# {after_s:.2f} s"
        before_s = after_s
        if hidden:
            yield f"# hidden: {hidden}"
        for at in range(0, len(data), WIDTH):
            yield f"{direction} {data[at : at + WIDTH].hex()}"


def _settings(options: object) -> Iterator[tuple[str, object]]:
    """Yield what a terminal is configured with, and that it has a key, not which."""
    for field in dataclasses.fields(options):  # type: ignore[arg-type]  # a dataclass by contract
        value = getattr(options, field.name)
        if not checking.is_secret(field.name):
            yield field.name, value
        elif value not in (0, ""):
            yield field.name, "set"
