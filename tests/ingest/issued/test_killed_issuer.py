"""Whenever the process that issues a letter is killed: no number is lost, and none given twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.discipline.cases import Step
from ingest.store import letters
from ingest.store.database import reading
from ingest.store.decisions import faults
from ingest.store.tables_letters import letter_files, letter_series

PARTS = Path(__file__).parents[2] / "parts"


def started(office: Any, event: int, moment: str) -> "subprocess.Popen[str]":
    words = [str(office.config), office.followed.now.isoformat(), str(event), moment]
    paths = os.pathsep.join([str(PARTS.parents[1]), str(PARTS)])
    return subprocess.Popen(
        [sys.executable, str(PARTS / "killed_issuer.py"), *words], text=True,
        env=os.environ | {"PYTHONPATH": paths, "SUDO_USER": "ani"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("database_kind", "moment"),
    [
        ("sqlite", "pages"),
        ("sqlite", "written"),
        pytest.param("postgres", "written", marks=pytest.mark.postgres),
    ],
)
def test_who_waits_for_one_that_is_killed_gets_its_number(reprimanded: Any, moment: str) -> None:
    event = reprimanded.followed.state().waiting(Step.REPRIMAND).number
    with started(reprimanded, event, moment) as first:
        assert first.stdout is not None
        assert [first.stdout.readline() for _ in range(2)] == ["begins\n", "stopped\n"]
        with started(reprimanded, event, "never") as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "begins\n"
            first.send_signal(signal.SIGKILL)
            told, _ = second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (-signal.SIGKILL, 0)
    assert "letter 1: number 800.1.11/1/BKPSDM/III/2026" in told
    reprimanded("ani", "letters", "issue", "1", "--kind", "warning", "--why", "surat berikutnya")
    with reading(reprimanded.followed.engine) as connection:
        assert [one.running for one in letters.find(connection)] == [1, 2]
        assert list(faults(connection, reprimanded.followed.seal.fingerprint)) == []
    assert [row.last for row in reprimanded.followed.rows(letter_series)] == [2]
    assert {row.letter_id for row in reprimanded.followed.rows(letter_files)} == {1, 2}
    reprimanded("budi", "letters", "register", "--year", "2026")
