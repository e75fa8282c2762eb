"""Around each request: its id in the log and in the refusal, its count, its time."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest import logs
from ingest.answers import sentence
from ingest.auth import RequestRefused
from ingest.desk import CentreFull
from ingest.metrics import Counts
from ingest.observed import TOLD_EACH_MINUTE, Observed, Sparing, refusal_named

NONCE = "0123456789abcdef" * 2


class Ticking:
    """A clock that goes on by a quarter of a second each time it is asked."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.25
        return self.now


class Centre:
    """An application under the eye, and what was seen of it."""

    def __init__(
        self, answer: Callable[[], Response], monotonic: Callable[[], float] | None = None
    ) -> None:
        async def handle(_request: Request) -> Response:
            return answer()

        self.counts = Counts()
        self._app = Starlette(
            routes=[Route("/v2/punches", handle, methods=["POST"]), Route("/readyz", handle)],
            middleware=[Middleware(Observed, monotonic=monotonic or Ticking(), to=self.counts)],
        )

    def ask(self, path: str = "/v2/punches", nonce: str | None = NONCE, **more: Any) -> bytes:
        headers = [] if nonce is None else [(b"hadir-nonce", nonce.encode())]
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": path,
            "raw_path": path.encode(), "query_string": b"", "headers": headers, **more,
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self._app(scope, receive, send))
        return b"".join(one.get("body", b"") for one in sent)

    def value(self, name: str, **labels: str) -> float | None:
        return self.counts.registry.get_sample_value(name, labels)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the log says, each line with its facts."""
    caplog.set_level(logging.DEBUG, "ingest")
    lines: list[str] = []
    form = logs.formatter("text")

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(form.format(record))

    handler = Keeping()
    logging.getLogger("ingest").addHandler(handler)
    yield lambda: lines
    logging.getLogger("ingest").removeHandler(handler)


def taking(rows: int, new: int, parked: int) -> Callable[[], Response]:
    def answer() -> Response:
        logs.note(bridge=3, office="A", rows=rows, new=new, parked=parked)
        return Response(b"{}")

    return answer


def refusing(error: Exception, status: int) -> Callable[[], Response]:
    def answer() -> Response:
        refusal_named(error)
        return sentence(status, str(error))

    return answer


def test_a_batch_is_counted_and_told_under_its_nonce(told) -> None:
    centre = Centre(taking(rows=10, new=7, parked=1))
    centre.ask()
    assert told() == [
        "INFO ingest.observed: took 10 rows, 7 of them new, 1 refused "
        f"[request={NONCE} bridge=3 office=A rows=10 new=7 parked=1 path=/v2/punches status=200 "
        "took_ms=250]"
    ]
    counted = {one: centre.value("hadir_centre_rows_total", result=one) for one in ROWS}
    assert counted == {"new": 7, "known": 2, "refused": 1}
    assert centre.value("hadir_centre_batches_total") == 1
    assert centre.value("hadir_centre_requests_total", path="/v2/punches", status="200") == 1
    assert centre.value("hadir_centre_request_seconds_sum", path="/v2/punches") == 0.25


ROWS = ("new", "known", "refused")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RequestRefused(401, "clock", "your clock is off", now=1), "clock"),
        (CentreFull("come again"), "centre-full"),
    ],
)
def test_a_refusal_has_its_id_in_body_log_and_count(told, error: Exception, reason: str) -> None:
    centre = Centre(refusing(error, 401))
    body = centre.ask()
    assert f'"request": "{NONCE}"'.encode() in body
    (line,) = told()
    assert line.startswith(f"INFO ingest.observed: refused with 401: {reason} [request={NONCE}")
    assert centre.value("hadir_centre_refusals_total", reason=reason) == 1


@pytest.mark.parametrize("nonce", [None, "", "A" * 32, "0" * 31, "0" * 32 + "\nERROR all is lost"])
def test_what_is_no_nonce_names_no_request(nonce: str | None) -> None:
    body = Centre(refusing(CentreFull("come again"), 503)).ask(nonce=nonce)
    request = body.partition(b'"request": "')[2].partition(b'"')[0]
    assert len(bytes.fromhex(request.decode())) == 16
    assert request.decode() != nonce


def test_a_stranger_makes_no_labels() -> None:
    centre = Centre(taking(0, 0, 0))
    centre.ask("/wp-login.php")
    centre.ask("/.env")
    assert centre.value("hadir_centre_requests_total", path="elsewhere", status="404") == 2


def test_a_mistake_of_ours_is_counted_as_one(told) -> None:
    def broken() -> Response:
        raise ZeroDivisionError

    centre = Centre(broken)
    with pytest.raises(ZeroDivisionError):
        centre.ask()
    assert centre.value("hadir_centre_requests_total", path="/v2/punches", status="500") == 1
    assert [line.split()[0] for line in told()] == ["WARNING"]


def test_a_balancer_that_is_told_no_fills_no_log(told) -> None:
    centre = Centre(refusing(CentreFull("come again"), 503))
    centre.ask("/readyz", method="GET")
    assert told() == []
    assert centre.value("hadir_centre_refusals_total", reason="centre-full") == 1


def test_refusals_without_end_are_told_sparingly_and_counted_all(told) -> None:
    centre = Centre(refusing(CentreFull("come again"), 503), monotonic=lambda: 0.0)
    for _ in range(TOLD_EACH_MINUTE + 7):
        centre.ask()
    counted = centre.value("hadir_centre_refusals_total", reason="centre-full")
    assert counted == TOLD_EACH_MINUTE + 7
    assert len(told()) == TOLD_EACH_MINUTE


def test_sparing_says_how_many_were_held_back() -> None:
    now = [0.0]
    sparing = Sparing(2, lambda: now[0])
    assert [sparing.turn() for _ in range(5)] == [0, 0, None, None, None]
    now[0] = 60.0
    assert [sparing.turn() for _ in range(3)] == [3, 0, None]
