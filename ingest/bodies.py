"""Bodies as they arrive, with a limit on everything: size, inflated size, time, and what is in it.

Whoever speaks to us may be mistaken or hostile, also with a good key; nothing here holds more than
the limits allow. What JSON costs once it is read has little to do with its length: two bytes make a
list of 56, and one sign beyond Latin-1 makes a text four times as large. So signs that begin a list
or part two values are counted before anything is read. The worst body that passes takes 120 MB
while it is read (tests/ingest/test_bodies.py), and two are read at once.
"""

import asyncio
import zlib
from dataclasses import dataclass

from starlette.requests import Request

from ingest.errors import IngestError

GZIP = 16 + zlib.MAX_WBITS
MAX_INFLATED = 12 << 20  # the largest batch of punches that the wire allows is 11 MB
MAX_NESTS = 20_000
"""Lists and objects in a body. A batch of a thousand terminals has 2,000; brackets in texts count,
too, since telling them apart would be to read it."""
MAX_VALUES = 400_000
"""Values in a body: the largest batch has 110,000."""


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


async def read_body(request: Request, limits: Limits) -> bytes:
    """Return the body as it travelled. Raises BodyRefused, ClientDisconnect."""
    encoding = encoding_of(request)
    if encoding not in {"", "identity", "gzip"}:
        raise BodyRefused(415, f"content encoding {encoding[:40]!a} is not taken; send gzip")
    if _length(request.headers.get("content-length", "")) > limits.body_bytes:
        raise _too_large(limits.body_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(limits.timeout_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.body_bytes:
                    raise _too_large(limits.body_bytes)
    except TimeoutError as error:
        raise BodyRefused(
            408, f"the body did not arrive within {limits.timeout_s:g} seconds"
        ) from error
    return bytes(body)


def announced(request: Request, limits: Limits) -> int:
    """Return how many bytes a body will hold at most, before any of it is here."""
    return _length(request.headers.get("content-length", "")) or limits.body_bytes


def encoding_of(request: Request) -> str:
    """Return how the body is written on its way, in lower case; empty where it is not told."""
    return request.headers.get("content-encoding", "").strip().lower()


def inflate(body: bytes, encoding: str, limits: Limits) -> bytes:
    """Return the body as it was written. Raises BodyRefused; never holds more than the limit."""
    found = body if encoding != "gzip" else _gunzip(body, limits)
    _check_contents(found)
    return found


def _gunzip(body: bytes, limits: Limits) -> bytes:
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


def _check_contents(body: bytes) -> None:
    """Raise BodyRefused if reading the body would make more of it than any bridge has to say."""
    if body.count(b"[") + body.count(b"{") > MAX_NESTS or body.count(b",") > MAX_VALUES:
        raise BodyRefused(
            413, "the body holds more lists or values than any office has to tell; send less"
        )


def _length(announced: str) -> int:
    if not announced.isascii() or not announced.isdigit():
        return 0  # what arrives is counted anyway
    return int(announced[:20])


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, f"the body is larger than {most} bytes; send less at once")
