"""How the centre's log lines look, and the facts that stand beside each sentence.

A line is a sentence for people. Facts of the request it belongs to (its id, the bridge, the office)
follow it in text and are fields of their own in JSON:

    INFO ingest.observed: took 40 rows, 38 of them new [request=9f.. bridge=3 office=4.01.01]
    {"event": "took 40 rows, 38 of them new", "request": "9f..", "bridge": 3, ...}

Never a token, a NIP, a user id or a name of a person: neither in a sentence nor in a fact.
"""

import json
import logging
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import click

Format = Literal["text", "json"]

_PLAIN = "%(levelname)s %(name)s: %(message)s"
_facts: ContextVar[dict[str, Any] | None] = ContextVar("facts", default=None)


@contextmanager
def about(**facts: Any) -> Iterator[dict[str, Any]]:
    """Let every line of this block, also from threads it hands work to, tell these facts."""
    found = dict(facts)
    token = _facts.set(found)
    try:
        yield found
    finally:
        _facts.reset(token)


def note(**facts: Any) -> None:
    """Add to what is known of the request at hand; nothing where none is."""
    found = _facts.get()
    if found is not None:
        found.update(facts)


def fact(name: str) -> Any:
    """Return what is known of the request at hand, or None."""
    return (_facts.get() or {}).get(name)


class Stderr(logging.Handler):
    """Writes to whatever stderr is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


@contextmanager
def to_stderr(level: int) -> Iterator[None]:
    """Send logs to stderr, for the journal to date, as long as the block lasts.

    Libraries speak from WARNING on: SQLAlchemy's INFO would write statements, and nothing of what
    people did belongs into a log.
    """
    root, ours, handler = logging.getLogger(), logging.getLogger("ingest"), Stderr()
    handler.setFormatter(logging.Formatter(_PLAIN))
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(level)
    try:
        yield
    finally:
        ours.setLevel(before)
        root.removeHandler(handler)


def use(form: Format) -> None:
    """Write what goes to stderr from now on in this form, with facts: what `serve` begins with."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Stderr):
            handler.setFormatter(formatter(form))


def formatter(form: Format) -> logging.Formatter:
    """Return what makes a line of a record and of the facts at hand."""
    import structlog  # a command that prints a list has no use for it

    json_lines = structlog.processors.JSONRenderer(ensure_ascii=False, serializer=_dump)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            _add_facts,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            json_lines if form == "json" else _text,
        ],
    )


def _add_facts(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    event.update(_facts.get() or {})
    return event


def _text(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    """Return one line; whatever a stranger sent cannot begin a second one. A traceback is ours."""
    level, logger = str(event.pop("level")).upper(), event.pop("logger")
    event.pop("at")  # the journal notes the time itself
    trace = event.pop("exception", "")
    line = f"{level} {logger}: {event.pop('event')}"
    if event:
        line += f" [{' '.join(f'{name}={value}' for name, value in event.items())}]"
    line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in line)
    return f"{line}\n{trace}" if trace else line


def _dump(event: Any, **options: Any) -> str:
    """Return JSON on one line, whatever a fact is made of."""
    options["default"] = str
    return json.dumps(event, **options)
