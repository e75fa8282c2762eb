"""Who approves a step against somebody is told first of what he asked under UU 27/2022."""

import json
from typing import Any

import pytest
from followed import HEAD, PERSON, nip
from lettered import Office

from ingest.discipline.cases import Step
from ingest.store import audit
from ingest.store.database import reading

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def ask(office: Office, whose: int, kind: str = "restriction") -> None:
    text = ("--text", "harinya saya bantah", "--received", "2026-03-10 09:00")
    office("budi", "privacy", "requests", "add", nip(whose), "--kind", kind, *text)


def answer(office: Office, outcome: str) -> None:
    about = ("--outcome", outcome, "--answer", "hanya pesan", "--by", "Bu Kepala")
    office("budi", "privacy", "requests", "done", "1", *about)


def approve(office: Office, *words: str, code: int = 0, event: int = 3) -> Any:
    return office("ani", "cases", "approve", "1", str(event), "--why", "x", *words, code=code)


def test_a_step_against_him_waits_until_the_request_is_named(reprimanded: Office) -> None:
    ask(reprimanded, PERSON)
    before = reprimanded.followed.state()
    refused = approve(reprimanded, code=1).stderr
    assert "UU 27/2022 that stands: request 1 (restriction, not answered yet)" in refused
    assert "approve with --despite 1" in refused
    assert reprimanded.followed.state() == before
    told = approve(reprimanded, "--despite", "1", "--despite", "2", code=1).stderr
    assert "request 2 is none that stands against this" in told
    approve(reprimanded, "--despite", "1")
    assert reprimanded.followed.state().of(Step.REPRIMAND)
    with reading(reprimanded.followed.engine) as connection:
        lines = audit.find(connection, subject=f"nip {nip(PERSON)}")
    (line,) = [one for one in lines if one.what == "cases.approve"]
    assert line.details["despite"] == [1]


def test_the_superior_a_step_is_about_is_asked_for_too(reprimanded: Office) -> None:
    ask(reprimanded, HEAD, "objection")
    assert "request 1 (objection, not answered yet)" in approve(reprimanded, code=1).stderr
    shown = reprimanded("budi", "cases", "show", "1").stdout
    assert "Permintaan 1 menurut UU 27/2022, dari atasan NIP 19860926 201505 1 001: keberatan" in (
        shown
    )


def test_what_was_granted_stands_and_what_was_refused_does_not(reprimanded: Office) -> None:
    ask(reprimanded, PERSON)
    answer(reprimanded, "partly")
    assert "request 1 (restriction, partly)" in approve(reprimanded, code=1).stderr
    told = (
        "Permintaan 1 menurut UU 27/2022: pembatasan pemrosesan, diterima 10 Maret 2026, "
        "dikabulkan sebagian"
    )
    for command in ("show", "explain"):
        assert told in reprimanded("budi", "cases", command, "1").stdout.splitlines()
        assert "Permintaan" not in reprimanded("siti", "cases", command, "1").stdout
    as_json = json.loads(reprimanded("budi", "cases", "show", "1", "--json").stdout)
    assert as_json["requests"] == [told]


@pytest.mark.parametrize(("kind", "outcome"), [("restriction", "refused"), ("copy", None)])
def test_what_stands_against_nothing_is_not_asked_for(
    reprimanded: Office, kind: str, outcome: str | None
) -> None:
    ask(reprimanded, PERSON, kind)
    if outcome is not None:
        answer(reprimanded, outcome)
    assert "none that stands" in approve(reprimanded, "--despite", "1", code=1).stderr
    assert "approved" in approve(reprimanded).stdout


def test_nothing_is_asked_for_a_step_in_his_favour_nor_told_to_who_may_not_approve(
    reprimanded: Office,
) -> None:
    ask(reprimanded, PERSON)
    words = ("cases", "approve", "1", "3", "--why", "x")
    told = reprimanded("siti", *words, code=1).stderr
    assert "request" not in told
    assert "only one may approve" in told
    reprimanded("budi", "cases", "withdraw", "1", "--why", "keliru")
    event = reprimanded.followed.state().waiting(Step.WITHDRAWAL).number
    assert "approved" in approve(reprimanded, event=event).stdout
