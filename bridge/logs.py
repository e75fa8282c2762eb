"""How log lines look: levels the journal understands under systemd, plain words elsewhere.

Everything goes to stderr. A line is one line: terminals and centres send texts, and none of them
may write a second line that looks like ours. Facts that a line carries (`extra`), such as the id of
a request, stand behind it in brackets; as JSON they are fields. The standard library does it: a
library for structured logs would take a tenth of what a bridge may.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PRIORITY = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}


class OneLine(logging.Formatter):
    """One record, one line; what cannot be shown is escaped."""

    def __init__(self, form: str, *, priorities: bool = False) -> None:
        super().__init__(form, datefmt="%Y-%m-%d %H:%M:%S")
        self._priorities = priorities

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if facts := facts_of(record):
            first, _, trace = text.partition("\n") if record.exc_info else (text, "", "")
            text = f"{first} [{' '.join(f'{key}={value}' for key, value in facts.items())}]"
            text += f"\n{trace}" if trace else ""
        if record.exc_info is None:  # a traceback is ours, and stays legible
            text = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
        if self._priorities:
            mark = f"<{_PRIORITY.get(record.levelname, 6)}>"
            text = "\n".join(mark + line for line in text.splitlines())
        return text


class JsonLine(logging.Formatter):
    """One record, one JSON object on one line."""

    def __init__(self, office: str) -> None:
        super().__init__()
        self._office = office

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "office": self._office,
            "loop": record.threadName,
            **facts_of(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a record was given as `extra`, without what is empty."""
    return {key: value for key, value in vars(record).items() if key not in _USUAL and value != ""}


def begin(
    level: int,
    environment: Mapping[str, str] | None = None,
    *,
    form: Literal["text", "json"] = "text",
    office: str = "",
) -> None:
    """Send log lines of this level and above to stderr."""
    found = os.environ if environment is None else environment
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        handler.setFormatter(JsonLine(office))
    elif "JOURNAL_STREAM" in found:  # the journal notes the time itself
        handler.setFormatter(OneLine("%(message)s", priorities=True))
    else:
        handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(max(level, logging.INFO))  # it would log every request
