"""How log lines look: levels the journal understands under systemd, plain words elsewhere.

Everything goes to stderr. A line is one line: terminals and centres send texts, and none of them
may write a second line that looks like ours.
"""

import logging
import os
import sys
from collections.abc import Mapping

_PRIORITY = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}


class OneLine(logging.Formatter):
    """One record, one line; what cannot be shown is escaped."""

    def __init__(self, form: str, *, priorities: bool = False) -> None:
        super().__init__(form, datefmt="%Y-%m-%d %H:%M:%S")
        self._priorities = priorities

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if record.exc_info is None:  # a traceback is ours, and stays legible
            text = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
        if self._priorities:
            mark = f"<{_PRIORITY.get(record.levelname, 6)}>"
            text = "\n".join(mark + line for line in text.splitlines())
        return text


def begin(level: int, environment: Mapping[str, str] | None = None) -> None:
    """Send log lines of this level and above to stderr."""
    found = os.environ if environment is None else environment
    handler = logging.StreamHandler(sys.stderr)
    if "JOURNAL_STREAM" in found:  # the journal notes the time itself
        handler.setFormatter(OneLine("%(message)s", priorities=True))
    else:
        handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(max(level, logging.INFO))  # it would log every request
