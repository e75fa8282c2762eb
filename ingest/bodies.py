"""Bodies as they arrive, with a limit on everything: size, inflated size, time.

Whoever speaks to us may be mistaken or hostile; nothing here holds more than the limits allow.
"""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from ingest.errors import IngestError

DISCARDED = 4
"""How many times the largest body is read only to let a refusal through."""
GZIP = 16 + zlib.MAX_WBITS


class BodyRefused(IngestError):
    """A body that is not taken; `status` is the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a body is taken."""

    body_bytes: int
    """As it travels."""
    inflated_bytes: int
    timeout_s: float
    """For the whole body: a sender of single bytes is not waited for."""
    discard_timeout_s: float
    """For what is read only so that a refusal reaches its sender."""


class Incoming:
    """The body of one request while it arrives."""

    def __init__(self, request: Request, limits: Limits) -> None:
        self._receive = request.receive
        self._limits = limits
        self._whole = False
        self.encoding = request.headers.get("content-encoding", "").strip().lower()
        self._announced = _length(request.headers.get("content-length", ""))
        self._held_back = "expect" in request.headers

    async def read(self) -> bytes:
        """Return the body as it travelled. Raises BodyRefused, ClientDisconnect."""
        most, timeout_s = self._limits.body_bytes, self._limits.timeout_s
        if self.encoding not in {"", "identity", "gzip"}:
            raise BodyRefused(
                415, f"content encoding {self.encoding[:40]!a} is not taken; send gzip"
            )
        if self._announced > most:
            raise _too_large(most)
        body = bytearray()
        try:
            async with asyncio.timeout(timeout_s):
                async for chunk in self._chunks():
                    body += chunk
                    if len(body) > most:
                        raise _too_large(most)
        except TimeoutError as error:
            raise BodyRefused(
                408, f"the body did not arrive within {timeout_s:g} seconds"
            ) from error
        return bytes(body)

    async def discard(self) -> None:
        """Read what is still being sent, within limits, and keep nothing of it.

        Closing a connection with unread bytes in it resets it, and the sender would find a broken
        connection where we wrote a refusal.
        """
        most = DISCARDED * self._limits.body_bytes
        if self._held_back or self._announced > most:
            return
        seen = 0
        with contextlib.suppress(TimeoutError, ClientDisconnect):  # nobody is left to be heard by
            async with asyncio.timeout(self._limits.discard_timeout_s):
                async for chunk in self._chunks():
                    seen += len(chunk)
                    if seen > most:
                        return

    async def _chunks(self) -> AsyncIterator[bytes]:
        # Request.stream cannot be taken up again where it was left
        while not self._whole:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            self._whole = not message.get("more_body", False)
            yield message.get("body", b"")


def inflate(body: bytes, encoding: str, limits: Limits) -> bytes:
    """Return the body as it was written. Raises BodyRefused; never holds more than the limit."""
    if encoding != "gzip":
        return body
    stream = zlib.decompressobj(GZIP)
    try:
        inflated = stream.decompress(body, limits.inflated_bytes + 1)
    except zlib.error as error:
        raise BodyRefused(400, "the body is not gzip") from error
    if len(inflated) > limits.inflated_bytes:
        raise BodyRefused(
            413, f"the body inflates to more than {limits.inflated_bytes} bytes; send less at once"
        )
    if not stream.eof:
        raise BodyRefused(400, "the gzip body is cut short")
    if stream.unused_data:
        raise BodyRefused(400, "something follows the gzip body")
    return inflated


def _length(announced: str) -> int:
    if not announced.isascii() or not announced.isdigit():
        return 0  # what arrives is counted anyway
    return int(announced[:20])


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, f"the body is larger than {most} bytes; send less at once")
