"""Log lines: one a record, with the facts of the request they belong to."""

import json
import logging
import threading
from contextvars import copy_context

import pytest

from ingest import logs

FORMS = ("text", "json")


def line(form: logs.Format, message: str, *values: object, **more: object) -> str:
    record = logging.LogRecord("ingest.api", logging.INFO, "", 1, message, values, None)
    record.__dict__.update(more)
    return logs.formatter(form).format(record)


def test_text_is_a_sentence_with_its_facts_behind_it() -> None:
    assert line("text", "took %d rows", 3) == "INFO ingest.api: took 3 rows"
    with logs.about(request="ab", office="A"):
        logs.note(rows=3)
        assert line("text", "took it") == "INFO ingest.api: took it [request=ab office=A rows=3]"
    assert line("text", "took it") == "INFO ingest.api: took it"


def test_json_is_one_object_with_its_facts_in_it() -> None:
    with logs.about(request="ab"):
        found = json.loads(line("json", "took %d rows", 3, office="A"))
    assert found.pop("at").endswith("Z")
    assert found == {
        "event": "took 3 rows",
        "level": "info",
        "logger": "ingest.api",
        "request": "ab",
        "office": "A",
    }


@pytest.mark.parametrize("form", FORMS)
def test_a_stranger_cannot_begin_a_line(form: logs.Format) -> None:
    with logs.about(path="a\nINFO ingest.api: all is well"):
        told = line(form, "refused %s", "x\nERROR ingest: forged\x1b[2J")
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told


@pytest.mark.parametrize("form", FORMS)
def test_a_fault_of_ours_keeps_its_traceback(form: logs.Format) -> None:
    try:
        raise ValueError("seven")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("ingest.api", logging.ERROR, "", 1, "it failed", (), info)
    told = logs.formatter(form).format(record)
    assert "Traceback (most recent call last)" in told
    assert "ValueError: seven" in told
    assert len(told.splitlines()) == 1 or form == "text"


def test_what_a_thread_notes_is_known_to_the_request_it_works_for() -> None:
    with logs.about(request="ab") as facts:
        context = copy_context()
        worker = threading.Thread(target=context.run, args=(lambda: logs.note(rows=3),))
        worker.start()
        worker.join()
    assert facts == {"request": "ab", "rows": 3}


def test_nothing_is_noted_where_no_request_is() -> None:
    logs.note(rows=3)
    assert logs.fact("rows") is None


def test_serve_turns_lines_into_json(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.to_stderr(logging.INFO):
        logging.getLogger("ingest.api").info("before")
        logs.use("json")
        logging.getLogger("ingest.api").info("behind")
        logging.getLogger("sqlalchemy").info("SELECT nothing of ours")
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "INFO ingest.api: before"
    assert [json.loads(one)["event"] for one in told[1:]] == ["behind"]
