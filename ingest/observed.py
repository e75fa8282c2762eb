"""Around every request: its id, how long it took, what came of it; counted, and told in one line.

The id is the signed nonce of the request. The bridge logs it where the request failed, each line
of ours about the request tells it, and so does the body of each refusal: both logs can be matched.

What was taken and is new is told at INFO, what was refused too, but not without end: whoever sends
nonsense in a loop must not fill a disk. The counters count all of it.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest import logs
from ingest.hooks import PATH as HOOK_PATH
from ingest.metrics import ELSEWHERE, Counts, counts
from ingest.wire import NONCE_HEADER

log = logging.getLogger(__name__)

HUNG_UP = 499
TOLD_EACH_MINUTE = 120
_NONCE = re.compile(r"[0-9a-f]{32}")
_HOOKS = HOOK_PATH.partition("{")[0]
_QUIET = frozenset({"/healthz", "/readyz"})

Monotonic = Callable[[], float]


def request_id(request: Request) -> str:
    """Return what both logs call a request: its nonce, or a name of our own where it has none."""
    told = request.headers.get(NONCE_HEADER, "")
    return told if _NONCE.fullmatch(told) else secrets.token_hex(16)


class Observed:
    """The application with an eye on it."""

    def __init__(
        self, app: ASGIApp, *, monotonic: Monotonic = time.monotonic, to: Counts | None = None
    ) -> None:
        self._app = app
        self._monotonic = monotonic
        self._counts = to or counts()
        self._sparing = Sparing(TOLD_EACH_MINUTE, monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = HUNG_UP, self._monotonic()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        with logs.about(request=request_id(Request(scope))) as facts:
            try:
                await self._app(scope, receive, sending)
            except Exception:
                status = 500  # Starlette has answered so, and raises on for the log
                raise
            finally:
                self._ended(_path(scope), status, self._monotonic() - began, facts)

    def _ended(self, path: str, status: int, took_s: float, facts: dict[str, Any]) -> None:
        self._counts.request(path, status, took_s)
        facts |= {"path": path, "status": status, "took_ms": round(1_000 * took_s)}
        if status >= 400:
            self._refused(path, status, facts.pop("refusal", None) or f"http-{status}")
            return
        rows = facts.get("rows")
        if rows is None:
            log.debug("answered")
            return
        new, parked = facts.get("new", 0), facts.get("parked", 0)
        self._counts.batch(new=new, known=rows - new - parked, parked=parked)
        level = logging.INFO if new or parked else logging.DEBUG
        log.log(level, "took %d rows, %d of them new, %d refused", rows, new, parked)

    def _refused(self, path: str, status: int, reason: str) -> None:
        self._counts.refused(reason)
        if path in _QUIET:  # asked each second by a balancer; the cause is told where it is found
            return
        untold = self._sparing.turn()
        if untold is None:
            return
        more = f"; {untold} refusals before it were not told" if untold else ""
        log.log(
            logging.WARNING if status >= 500 else logging.INFO,
            "refused with %d: %s%s", status, reason, more,
        )  # fmt: skip


class Sparing:
    """Lets so many through in a minute, and counts the rest. For one event loop, without a lock."""

    def __init__(self, each_minute: int, monotonic: Monotonic) -> None:
        self._each_minute = each_minute
        self._monotonic = monotonic
        self._began = monotonic()
        self._through = 0
        self._untold = 0

    def turn(self) -> int | None:
        """Return how many were held back before this one; None where it is held back itself."""
        now = self._monotonic()
        if now - self._began >= 60.0:
            self._began, self._through = now, 0
        if self._through >= self._each_minute:
            self._untold += 1
            return None
        self._through += 1
        untold, self._untold = self._untold, 0
        return untold


def refusal_named(error: Exception) -> None:
    """Note what a request is refused for: the fault's own code, or the name of its class."""
    code = getattr(error, "code", None)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()
    logs.note(refusal=code if isinstance(code, str) else words)


def _path(scope: Scope) -> str:
    """Return the path of the route, never what a stranger wrote."""
    if scope["path"].startswith(_HOOKS):
        return HOOK_PATH
    routes = getattr(scope.get("app"), "routes", ())
    known = {getattr(route, "path", None) for route in routes}
    return scope["path"] if scope["path"] in known else ELSEWHERE
