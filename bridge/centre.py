"""The HTTP client of the centre: one request, one answer or one of our errors.

Each request is signed; the key itself never leaves this computer. Redirects are not followed,
proxies and passwords of the environment are not used, and no message repeats what was sent.
"""

import gzip
import hashlib
import ipaddress
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import certifi
import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as NotInTime

from bridge.errors import (
    CentreError,
    CentreMisconfigured,
    CentreUnreachable,
    KeyRefused,
    ReceiptUnfit,
)
from bridge.keys import ENROLLING, ROTATING, BridgeKey, KeyFiles
from bridge.replies import refusal_of
from bridge.trust import why_untrusted
from ingest import wire

log = logging.getLogger(__name__)

MAX_REPLY = 4 << 20  # a receipt of 5,000 refusals is smaller
GZIP_LEVEL = 3
PIECE = 1 << 16
MOST_AHEAD_S = 32 * 86_400
"""How far ahead of our own clock we sign. What is signed for a day to come could be held back until
then, so whoever answers in the centre's place must not choose it freely; a board without a clock
comes back from a long holiday with one that is weeks behind. TLS asks for as much of a clock."""


class Centre:
    """The centre of this office. Used by one thread."""

    def __init__(
        self,
        url: str,
        keys: KeyFiles,
        *,
        ca_file: Path | None = None,
        timeout_s: float = 30.0,
        allow_plain_http: bool = False,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """The key is read for every request, so that a new one counts at once."""
        _check_url(url, allow_plain_http=allow_plain_http)
        self._url = url.rstrip("/")
        self._keys = keys
        self._timeout_s = timeout_s
        self._clock = clock
        self._monotonic = monotonic
        self._ahead_s = 0
        self._request = ""
        self._ca_file = ca_file
        self._agent = f"hadir-bridge/{version('hadir')}"
        self._pool = urllib3.PoolManager(
            timeout=timeout_s,
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(ca_file) if ca_file else certifi.where(),
        )

    def post(self, batch: wire.Batch) -> wire.Receipt:
        """Send a batch; return the centre's receipt for it. Raises CentreError or KeyUnfit."""
        return self._receipt(_packed(wire.encode_batch(batch)), None)

    def heartbeat(self, heartbeat: wire.Heartbeat) -> wire.HeartbeatReply:
        """Say that we live; return the centre's answer. Raises CentreError or KeyUnfit."""
        answer = self._ask("/v2/heartbeat", _packed(wire.encode_heartbeat(heartbeat)))
        with self._broken():
            reply = wire.decode_heartbeat_reply(answer)
        self._correct(reply.now)
        return reply

    def enrol(self, enrolment: wire.Enrolment, key: BridgeKey) -> wire.Enrolled:
        """Make a key known by a code; it signs for itself. Raises CentreError."""
        answer = self._ask_as(key, "/v2/enrol", _packed(wire.encode_enrolment(enrolment)))
        with self._broken():
            return wire.decode_enrolled(answer)

    def rotate(self, key: BridgeKey, successor: BridgeKey) -> wire.Rotated:
        """Let one key take the place of another, which signs for it. Raises CentreError."""
        proof = successor.sign(wire.rotation_message(key.id, successor.public))
        body = wire.encode_rotation(wire.Rotation(successor.public, proof))
        answer = self._ask_as(key, "/v2/rotate", _packed(body))
        with self._broken():
            rotated = wire.decode_rotated(answer)
            if rotated.key_id != successor.id:
                raise wire.WireError("another key was taken than the one that was shown")
        return rotated

    def probe(self, key: BridgeKey | None = None) -> None:
        """Send an empty batch, to learn whether the centre takes our key. Raises as `post` does.

        That is as much as it takes to be recognised, and less than a heartbeat, which would say how
        the office does.
        """
        batch = wire.Batch(outbox=secrets.token_hex(16), after=None)
        self._receipt(_packed(wire.encode_batch(batch)), key)

    def close(self) -> None:
        """Let go of the connection."""
        self._pool.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _receipt(self, body: bytes, key: BridgeKey | None) -> wire.Receipt:
        path = "/v2/punches"
        answer = self._ask(path, body) if key is None else self._ask_as(key, path, body)
        with self._broken():
            receipt = wire.decode_receipt(answer)
        if receipt.body != hashlib.sha256(body).hexdigest():
            unfit = ReceiptUnfit(
                f"{self._url} answers with the receipt of another body; it settles nothing"
            )
            unfit.request = self._request
            raise unfit
        return receipt

    def _ask(self, path: str, body: bytes) -> bytes:
        """Ask with our key, or with the one that has taken its place."""
        key = self._keys.current()
        try:
            return self._ask_as(key, path, body)
        except KeyRefused as refusal:
            if refusal.code != "retired":
                raise
            return self._ask_successor(key, refusal, path, body)

    def _ask_successor(self, key: BridgeKey, refusal: KeyRefused, path: str, body: bytes) -> bytes:
        """Ask with a new key: in its place by now, or still where a lost answer has left it."""
        waiting = [(name, self._keys.waiting(name)) for name in (ROTATING, ENROLLING)]
        current = self._keys.current()  # after that look: one that moved meanwhile is here
        if current.id != key.id:
            return self._ask_as(current, path, body)
        for name, successor in waiting:
            if successor is None:
                continue
            try:
                answer = self._ask_as(successor, path, body)
            except KeyRefused:
                continue  # not the one that replaced ours
            self._keys.promote(name, successor)
            log.info("the centre knows the new key %s; it signs from now on", successor.id)
            return answer
        raise refusal from None

    def _ask_as(self, key: BridgeKey, path: str, body: bytes) -> bytes:
        """Ask with a key; once more by the centre's clock where it refuses ours."""
        try:
            return self._ask_once(key, path, body)
        except KeyRefused as refusal:
            if refusal.now is None:
                raise
            if not self._correct(refusal.now):
                days = (refusal.now - int(self._clock())) // 86_400
                raise KeyRefused(
                    f"{self._url} says it is {days} days later than our clock does; set the clock "
                    "of this computer",
                    refusal.code,
                ) from refusal
            log.error(
                "our clock is %+d s off the centre's; requests are signed by the centre's, set it",
                -self._ahead_s,
            )
            return self._ask_once(key, path, body)

    def _correct(self, now: int) -> bool:
        """Sign by the centre's time from now on, unless that is beyond what may be believed."""
        ahead_s = now - int(self._clock())
        if ahead_s > MOST_AHEAD_S:
            return False
        self._ahead_s = ahead_s
        return True

    def _ask_once(self, key: BridgeKey, path: str, body: bytes) -> bytes:
        signed = self._signed(key, path, body)
        self._request = signed.nonce
        try:
            return self._exchange(signed, path, body)
        except CentreError as error:
            error.request = signed.nonce
            raise

    def _exchange(self, signed: wire.Signed, path: str, body: bytes) -> bytes:
        headers = {
            **signed.headers(),
            "User-Agent": self._agent,
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Accept-Encoding": "identity",  # an answer is small; none can unfold into our memory
        }
        with self._reachable():
            response = self._pool.urlopen(
                "POST",
                self._url + path,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            with response:
                answer = self._answer(response)
        log.debug("request %s, %s: status %d", signed.nonce, path, response.status)
        if response.status == 200:
            return answer
        retry_after = response.headers.get("Retry-After")
        raise refusal_of(self._url, response.status, answer, retry_after)

    def _signed(self, key: BridgeKey, path: str, body: bytes) -> wire.Signed:
        """Sign the path as the centre knows it: what `url` has before it is its proxy's."""
        at = max(0, int(self._clock()) + self._ahead_s)
        nonce = secrets.token_hex(16)
        digest = hashlib.sha256(body).hexdigest()
        message = wire.signed_message("POST", path, at, nonce, digest)
        return wire.Signed(key.id, at, nonce, digest, key.sign(message))

    def _answer(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """Read a body of bounded size in bounded time, however slowly it drips."""
        answer = bytearray()
        end = self._monotonic() + self._timeout_s
        while piece := response.read1(PIECE):
            answer += piece
            if len(answer) > MAX_REPLY:
                raise CentreUnreachable(f"{self._url} answers with more than {MAX_REPLY} bytes")
            if self._monotonic() > end:
                raise CentreUnreachable(f"{self._url} answers too slowly; is it the centre?")
        return bytes(answer)

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """Say in our words what keeps us from the centre."""
        try:
            yield
        except (HTTPError, OSError) as error:
            raise CentreUnreachable(self._why(error)) from error

    def _why(self, error: Exception) -> str:
        match error:
            case SSLError():
                return why_untrusted(error, self._url, self._ca_file)
            case NotInTime() if not isinstance(error, NewConnectionError):  # nobody listens there
                return f"{self._url} does not answer within {self._timeout_s:g} s"
        return f"{self._url} cannot be reached or hangs up; compare it with the network"

    @contextmanager
    def _broken(self) -> Iterator[None]:
        try:
            yield
        except wire.WireError as error:
            broken = CentreUnreachable(
                f"{self._url} answers with no receipt of ours ({error}); is it the centre?"
            )
            broken.request = self._request
            raise broken from error


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
            f"{url} would show every punch on its way; use https, or allow_plain_http = true"
        )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _packed(body: bytes) -> bytes:
    """Return a body as it travels; what is signed and hashed is this."""
    return gzip.compress(body, GZIP_LEVEL, mtime=0)
