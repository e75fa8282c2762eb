"""Alerts reach whoever looks after the centre, and no address is in a fault."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from served import Slot
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from told import Fault, Telling, failure

from ingest.jobs.send_notices import NoticeRounds
from ingest.notify.operators import alert

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def heard(slots: list[Slot]) -> list[Any]:
    found: list[Any] = []

    async def take(request: Request) -> Response:
        found.append(await request.json())
        return Response(status_code=500 if "bad" in request.url.path else 200)

    slots[0].app = Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])
    return found


def test_every_address_gets_it_and_a_fault_names_none(
    heard: list[Any], slots: list[Slot], tmp_path: Path
) -> None:
    port = slots[0].port
    file = tmp_path / "operators"
    file.write_text(
        f"# who is on duty\njson://u:geheim@127.0.0.1:{port}/ok\n\nnonsense\n"
        f"json://u:geheim@127.0.0.1:{port}/bad\n"
    )
    faults = alert(file, "judul", "isi")
    assert [one["message"] for one in heard] == ["isi", "isi"]
    assert len(faults) == 2
    assert "address 2 is none" in faults[0]
    assert "address 3 did not take" in faults[1]
    assert "geheim" not in " ".join(faults)


def test_a_file_that_is_not_there_or_empty_is_named(tmp_path: Path) -> None:
    (fault,) = alert(tmp_path / "none", "x", "y")
    assert "cannot be read" in fault
    (tmp_path / "empty").write_text("# nobody\n")
    (fault,) = alert(tmp_path / "empty", "x", "y")
    assert "holds no address" in fault


@one_database
def test_a_fact_is_told_once_while_it_lasts(telling: Telling) -> None:
    told: list[str] = []

    def listen(_file: Path, _title: str, text: str) -> Sequence[str]:
        told.append(text)
        return ()

    telling.settings["operators_file"] = "operators"
    rounds = NoticeRounds(telling.work(), alert=listen)
    wa = telling.channels[0]
    wa.answers = [failure(Fault.ACCOUNT)]
    rounds.round(telling.outlets)
    rounds.round(telling.outlets)
    assert told == ["nothing is sent by wa: it said account"]
    telling.pass_(minutes=10)
    rounds.round(telling.outlets)
    assert len(told) == 1
    telling.channels[1].answers = [failure(Fault.ACCOUNT)]
    telling.pass_(hours=4)
    rounds.round(telling.outlets)
    assert told[1:] == ["nothing is sent by sms: it said account"]
