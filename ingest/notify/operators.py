"""Tells who looks after the centre that something needs a person: by mail, Telegram and the like.

Apprise says only whether a service answered well, and takes some refusals for success: so it is for
alerts that stand in the log anyway, and never for what a person has to be told. The addresses hold
passwords; no text of ours repeats them.
"""

import logging
import warnings
from pathlib import Path

_MAX = 65_536
_LOG = logging.getLogger("apprise")


def addresses(file: Path) -> list[str]:
    """Return the addresses of a file, one a line; # begins a comment. Raises OSError."""
    text = file.read_text("utf-8") if file.stat().st_size <= _MAX else ""
    lines = (one.strip() for one in text.splitlines())
    return [one for one in lines if one and not one.startswith("#")]


def alert(file: Path, title: str, text: str) -> tuple[str, ...]:
    """Send an alert to every address of a file; return what went wrong, each by its line."""
    _LOG.setLevel(logging.CRITICAL)  # it would repeat addresses
    try:
        found = addresses(file)
    except (OSError, UnicodeDecodeError) as error:
        return (f"{file}: cannot be read ({type(error).__name__})",)
    if not found:
        return (f"{file}: holds no address",)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of services that nobody asked for
        faults = [_send(address, title, text) for address in found]
    return tuple(
        f"{file}: address {number} {fault}" for number, fault in enumerate(faults, 1) if fault
    )


def _send(address: str, title: str, text: str) -> str:
    """Send to one address; return what went wrong, or nothing."""
    from apprise import Apprise  # more than a hundred services: loaded when there is something

    one = Apprise()
    if not one.add(address):
        return "is none that apprise knows"
    return "" if one.notify(title=title, body=text) else "did not take the alert"
