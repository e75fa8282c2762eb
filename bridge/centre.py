"""The HTTP client of the centre: one request, one answer or one of our errors.

The token goes into one header and nowhere else: redirects are not followed, proxies and passwords
of the environment are not used, and no message repeats what was sent.
"""

import gzip
import ipaddress
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from bridge.errors import (
    BatchTooLarge,
    CentreBehind,
    CentreBusy,
    CentreError,
    CentreMisconfigured,
    CentreRefused,
    CentreUnreachable,
    TokenRefused,
)
from ingest import wire

MAX_REPLY = 4 << 20  # a receipt of 5,000 refusals is smaller
GZIP_LEVEL = 3
PIECE = 1 << 16
MAX_REASON = 300

_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")


class Centre:
    """The centre of this office. Used by one thread."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        *,
        ca_file: Path | None = None,
        timeout_s: float = 30.0,
        allow_plain_http: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`token` is asked for every request, so that a new one counts at once."""
        _check_url(url, allow_plain_http=allow_plain_http)
        self._url = url.rstrip("/")
        self._token = token
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca_file) if ca_file else True
        self._session.headers["User-Agent"] = f"hadir-bridge/{version('hadir')}"

    def post(self, batch: wire.Batch) -> wire.Receipt:
        """Send a batch; return the centre's receipt for it. Raises CentreError."""
        answer = self._ask("/v1/punches", wire.encode_batch(batch))
        with self._broken():
            return wire.decode_receipt(answer)

    def heartbeat(self, heartbeat: wire.Heartbeat) -> wire.HeartbeatReply:
        """Say that we live; return the centre's answer. Raises CentreError."""
        answer = self._ask("/v1/heartbeat", wire.encode_heartbeat(heartbeat))
        with self._broken():
            return wire.decode_heartbeat_reply(answer)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, path: str, body: bytes) -> bytes:
        headers = {
            "Authorization": f"Bearer {self._checked_token()}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Accept-Encoding": "identity",  # an answer is small; none can unfold into our memory
        }
        with self._reachable():
            response = self._session.post(
                self._url + path,
                data=gzip.compress(body, GZIP_LEVEL, mtime=0),
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            )
            with response:
                answer = self._answer(response)
        if response.status_code == 200:
            return answer
        raise self._refusal(response, _reason(answer))

    def _answer(self, response: requests.Response) -> bytes:
        """Read a body of bounded size in bounded time, however slowly it drips."""
        answer = bytearray()
        end = self._monotonic() + self._timeout_s
        while piece := response.raw.read1(PIECE):
            answer += piece
            if len(answer) > MAX_REPLY:
                raise CentreUnreachable(f"{self._url} answers with more than {MAX_REPLY} bytes")
            if self._monotonic() > end:
                raise CentreUnreachable(f"{self._url} answers too slowly; is it the centre?")
        return bytes(answer)

    def _refusal(self, response: requests.Response, reason: str) -> CentreError:
        status = response.status_code
        error: CentreError
        if status in (401, 403):
            error = TokenRefused(f"{self._url} refuses the token: {reason}; ask for a new one")
        elif status == 409:
            error = CentreBehind(f"{self._url} does not know our last receipt: {reason}")
        elif status == 413:
            error = BatchTooLarge(f"{self._url} refuses a body of this size: {reason}")
        elif status in (429, 503):
            wait_s = _retry_after(response.headers.get("Retry-After"))
            error = CentreBusy(f"{self._url} asks us to wait: {reason}", wait_s)
        elif 400 <= status < 500:
            error = CentreRefused(status, reason)
        elif 300 <= status < 400:
            error = CentreUnreachable(
                f"{self._url} sends us elsewhere with status {status}; "
                "put the address it means into the configuration"
            )
        else:
            error = CentreUnreachable(f"{self._url} answers with status {status}: {reason}")
        return error

    def _checked_token(self) -> str:
        token = self._token()
        if not _TOKEN.fullmatch(token):
            raise TokenRefused("the token is empty or not one word of plain characters; renew it")
        return token

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """Say in our words what keeps us from the centre."""
        try:
            yield
        except requests.exceptions.SSLError as error:
            raise CentreUnreachable(
                f"{self._url} shows a certificate we do not trust; compare its name, the date of "
                "this computer and ca_file"
            ) from error
        except requests.exceptions.Timeout as error:
            raise CentreUnreachable(
                f"{self._url} does not answer within {self._timeout_s:g} s"
            ) from error
        except (requests.exceptions.RequestException, HTTPError, OSError) as error:
            raise CentreUnreachable(
                f"{self._url} cannot be reached or hangs up; compare it with the network"
            ) from error

    @contextmanager
    def _broken(self) -> Iterator[None]:
        try:
            yield
        except wire.WireError as error:
            raise CentreUnreachable(
                f"{self._url} answers with no receipt of ours ({error}); is it the centre?"
            ) from error


def _check_url(url: str, *, allow_plain_http: bool) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise CentreMisconfigured(f"{url!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise CentreMisconfigured(f"{url!r} is no address of a centre; begin it with https://")
    if parts.username is not None or parts.password is not None:
        raise CentreMisconfigured("the centre's address holds a name or password; leave them out")
    if parts.scheme == "http" and not allow_plain_http and not _loopback(host):
        raise CentreMisconfigured(
            f"{url} would carry the token unprotected; use https, or allow_plain_http = true"
        )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(answer: bytes) -> str:
    """Return what the centre says, as one line that fits a log."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        found = None
    text = found.get("error") if isinstance(found, dict) else None
    if not isinstance(text, str) or not text:
        return "no reason given"
    return "".join(ch if ch.isprintable() else " " for ch in text)[:MAX_REASON]


def _retry_after(text: str | None) -> float | None:
    """Return the seconds that a Retry-After header means, or None."""
    if not text:
        return None
    if text.isascii() and text.strip().isdecimal():
        return float(text.strip())
    try:
        at = parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one whose zone leads out of the calendar
        return None
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
