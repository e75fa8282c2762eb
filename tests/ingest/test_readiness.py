"""Whether a process lives, and whether a balancer should send it requests."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from ingest.api import create_app
from ingest.desk import Desk
from ingest.store.database import open_engine, writing
from ingest.turns import Turns

Answer = tuple[int, dict[str, Any]]


def app_of(engine: Engine, **settings: Any) -> Any:
    return create_app(engine, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300, **settings)


async def asking(app: Any, path: str) -> Answer:
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "headers": [],
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def ask(app: Any, path: str) -> Answer:
    return asyncio.run(asking(app, path))


def test_a_centre_at_its_work_lives_and_is_ready(engine: Engine) -> None:
    app = app_of(engine)
    assert ask(app, "/healthz") == (200, {"ok": True})
    assert ask(app, "/readyz") == (200, {"ok": True})


def test_it_lives_without_a_database_but_is_not_ready(tmp_path: Path) -> None:
    app = app_of(open_engine(f"sqlite:///{tmp_path}/none/hadir.db"))
    assert ask(app, "/healthz")[0] == 200
    status, told = ask(app, "/readyz")
    assert (status, told["error"]) == (
        503,
        "the centre's database does not answer just now; come again",
    )
    assert str(tmp_path) not in str(told)


def test_older_tables_are_not_ready(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    status, told = ask(app_of(engine), "/readyz")
    assert (status, told["error"]) == (503, "the tables are not those of this program; migrate")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_process_that_stops_is_not_ready(engine: Engine) -> None:
    stopping = [False]
    app = app_of(engine, stopping=lambda: stopping[0])
    assert ask(app, "/readyz")[0] == 200
    stopping[0] = True
    assert ask(app, "/readyz")[0] == 503
    assert ask(app, "/healthz")[0] == 200


def test_a_desk_is_full_while_nobody_else_may_come() -> None:
    async def look() -> list[bool]:
        desk, leave, inside = Desk(workers=1, queue=0), threading.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            loop.call_soon_threadsafe(inside.set)
            leave.wait(10)

        seen = [desk.full]
        at_work = asyncio.create_task(desk.do(work))
        await asyncio.wait_for(inside.wait(), 10)
        seen.append(desk.full)
        leave.set()
        await at_work
        return [*seen, desk.full]

    assert asyncio.run(look()) == [False, True, False]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_however_many_strangers_ask_a_balancer_is_told_the_truth(
    engine: Engine, monkeypatch: Any
) -> None:
    """They share one look at the database: a crowd must not take a host out of its service."""
    looks, leave = [], threading.Event()

    def look(_: Engine) -> None:
        looks.append(1)
        assert leave.wait(20)

    monkeypatch.setattr("ingest.api.require_current", look)
    app = app_of(engine)

    async def crowd() -> list[Answer]:
        asked = [asyncio.create_task(asking(app, "/readyz")) for _ in range(400)]
        await asyncio.sleep(0)  # each has come in
        leave.set()
        return await asyncio.gather(*asked)

    assert {status for status, _ in asyncio.run(crowd())} == {200}
    assert len(looks) == 1
    assert ask(app, "/readyz")[0] == 200
    assert len(looks) == 2


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_full_desk_is_not_ready(engine: Engine, monkeypatch: Any) -> None:
    full: Callable[[Turns], bool] = lambda _turns: True  # noqa: E731
    monkeypatch.setattr(Turns, "full", property(full))
    status, told = ask(app_of(engine), "/readyz")
    assert (status, told["error"].partition(";")[0]) == (503, "the centre has its hands full")
