"""What a request is answered when it is refused: one sentence in JSON, and a status to act on."""

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest import logs
from ingest.auth import RequestRefused
from ingest.bodies import BodyRefused
from ingest.codes import CodeMistyped
from ingest.desk import CentreFull
from ingest.errors import IngestError, StoreUnavailable
from ingest.notify.base import ReceiptRefused
from ingest.store.chains import ChainForked
from ingest.turns import BridgeBusy
from ingest.wire import WireError


class ReceiptUnknown(IngestError):
    """The bridge holds a receipt this store did not give: the store is an older copy."""


_STATUS: dict[type[Exception], int] = {
    WireError: 400,
    CodeMistyped: 400,
    ReceiptRefused: 401,
    ReceiptUnknown: 409,
    ChainForked: 412,
    BridgeBusy: 429,
    CentreFull: 503,
    StoreUnavailable: 503,
}
_HEADERS: dict[type[Exception], dict[str, str]] = {
    BridgeBusy: {"Retry-After": "1"},
    CentreFull: {"Retry-After": "5"},
    StoreUnavailable: {"Retry-After": "15"},
}


def refusal(error: Exception) -> Response | None:
    """Return the answer to a fault that is known; None where it is a fault of ours."""
    kind = type(error)
    if isinstance(error, BodyRefused):
        return sentence(error.status, str(error))
    if isinstance(error, RequestRefused):
        told: dict[str, object] = {"error": str(error), "code": error.code}
        if error.now is not None:
            told["now"] = error.now
        wait = {} if error.wait_s is None else {"Retry-After": str(error.wait_s)}
        return _refused(error.status, told, wait)
    if kind not in _STATUS:
        return None
    text = str(error)
    if kind is StoreUnavailable:  # where the database stands is nobody's business outside
        text = "the centre's database does not answer just now; come again"
    return sentence(_STATUS[kind], text, _HEADERS.get(kind))


async def not_here(request: Request, error: Exception) -> Response:
    """Answer what no route takes; Starlette's own answer is plain text."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return sentence(405, f"{request.method} is not taken here", dict(error.headers or {}))
    return sentence(404, "nothing is known by this path")


def sentence(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """Return a refusal."""
    return _refused(status, {"error": text}, headers)


def _refused(
    status: int, told: dict[str, object], headers: dict[str, str] | None = None
) -> Response:
    """Return a refusal with the request's id, by which it is found in the logs of both sides."""
    request = logs.fact("request")
    return as_json(status, told if request is None else told | {"request": request}, headers)


def as_json(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    """Return an answer."""
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        status_code=status,
        headers=headers,
        media_type="application/json",
    )
