"""Log lines of an office: one a record, with its facts, as text and as JSON."""

import json
import logging
from collections.abc import Iterator

import pytest

from bridge import logs
from bridge.logs import JsonLine, OneLine


def record(text: str, **facts: object) -> logging.LogRecord:
    made = logging.LogRecord("bridge.forwarder", logging.WARNING, "", 1, "%s", (text,), None)
    made.__dict__.update(facts)
    return made


def failed() -> logging.LogRecord:
    made = record("it failed", request="ab")
    try:
        raise ValueError("seven")
    except ValueError as error:
        made.exc_info = (ValueError, error, error.__traceback__)
    return made


def test_facts_stand_behind_the_sentence() -> None:
    form = OneLine("%(message)s", priorities=True)
    assert form.format(record("it is away", request="ab", rows=0)) == (
        "<4>it is away [request=ab rows=0]"
    )
    assert form.format(record("it is away", request="")) == "<4>it is away"


def test_a_fact_cannot_begin_a_line() -> None:
    assert OneLine("%(message)s").format(record("a", request="b\nc")) == "a [request=b\\nc]"


def test_a_traceback_stays_behind_the_facts() -> None:
    first, second, *_ = OneLine("%(message)s").format(failed()).splitlines()
    assert (first, second) == ("it failed [request=ab]", "Traceback (most recent call last):")


def test_json_has_a_field_for_each_fact() -> None:
    found = json.loads(JsonLine("4.01").format(record("it\nis away", request="ab")))
    assert found.pop("at").endswith("+00:00")
    assert found == {
        "level": "warning",
        "logger": "bridge.forwarder",
        "event": "it\nis away",
        "office": "4.01",
        "loop": "MainThread",
        "request": "ab",
    }


def test_json_keeps_a_traceback_on_its_line() -> None:
    (line,) = JsonLine("4.01").format(failed()).splitlines()
    assert "ValueError: seven" in json.loads(line)["exception"]


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as it was before when the test is over."""
    found = logging.getLogger()
    handlers, level, other = found.handlers[:], found.level, logging.getLogger("urllib3").level
    yield found
    found.handlers[:] = handlers
    found.setLevel(level)
    logging.getLogger("urllib3").setLevel(other)


@pytest.mark.parametrize("journal", [{}, {"JOURNAL_STREAM": "8:1"}])
def test_json_is_what_the_configuration_asks_for(
    root: logging.Logger, journal: dict[str, str]
) -> None:
    logs.begin(logging.INFO, journal, form="json", office="4.01")
    assert isinstance(root.handlers[0].formatter, JsonLine)
    logs.begin(logging.INFO, journal)
    assert isinstance(root.handlers[0].formatter, OneLine)
