"""HTTP as terminals speak it: bytes of one connection in, one request out; a reply to bytes. Pure.

A terminal opens a connection for each request, announces its length and closes. So one request is
read from a connection and no more; whatever comes behind it is told as `surplus`. Every part has a
bound that no terminal reaches, because anybody in the office's network can connect.
"""

from urllib.parse import parse_qsl, unquote

from drivers.base import Reply, Request

MAX_HEAD = 16 << 10
MAX_HEADERS = 64
MAX_BODY = 4 << 20
MAX_TARGET = 4 << 10
MAX_QUERY = 32

_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    411: "Length Required",
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}


class BadRequest(Exception):
    """What came is no request that is answered; `status` says so to the sender."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RequestReader:
    """Collects bytes as they arrive, and gives the request when it is whole."""

    def __init__(self, peer: str, *, max_body: int = MAX_BODY) -> None:
        self._peer = peer
        self._max_body = max_body
        self._received = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._body_at = 0
        self.length: int | None = None
        """How many bytes of body are announced; None until the head is whole."""

    def feed(self, received: bytes) -> None:
        """Take in bytes in the order they came."""
        self._received += received

    def request(self) -> Request | None:
        """Return the request, or None until more bytes are fed. Raises BadRequest."""
        if self._head is None and not self._read_head():
            return None
        assert self._head is not None  # noqa: S101 - read just now
        assert self.length is not None  # noqa: S101 - known with the head
        end = self._body_at + self.length
        if len(self._received) < end:
            return None
        method, target, headers = self._head
        path, query = _target(target)
        return Request(
            method=method,
            path=path,
            query=query,
            headers=headers,
            body=bytes(self._received[self._body_at : end]),
            peer=self._peer,
            surplus=len(self._received) > end,
        )

    def _read_head(self) -> bool:
        found = [
            (at, mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := self._received.find(mark)) >= 0
        ]
        if not found or min(found)[0] > MAX_HEAD:
            if len(self._received) > MAX_HEAD:
                raise BadRequest(431, "the head of the request is too long")
            return False
        at, mark = min(found)
        self._body_at = at + len(mark)
        lines = bytes(self._received[:at]).decode("latin-1").split("\n")
        method, target = _request_line(lines[0].rstrip("\r"))
        headers = _headers(lines[1:])
        self.length = _length(method, headers, self._max_body)
        self._head = (method, target, headers)
        return True


def encode(reply: Reply) -> bytes:
    """Return a reply as bytes. The connection ends behind it."""
    lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}"]
    names = {name.lower() for name, _ in reply.headers}
    if "content-type" not in names:
        lines.append("Content-Type: text/plain")
    lines += [f"{name}: {value}" for name, value in reply.headers]
    lines += [f"Content-Length: {len(reply.body)}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body


def _request_line(line: str) -> tuple[str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/"):
        raise BadRequest(400, "this is no HTTP request")
    method, target, version = parts
    if not version.startswith("HTTP/1."):
        raise BadRequest(505, "only HTTP/1 is spoken here")
    if len(target) > MAX_TARGET:
        raise BadRequest(414, "the address asked for is too long")
    if method not in ("GET", "POST"):
        raise BadRequest(405, "only GET and POST are answered here")
    return method, target


def _headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > MAX_HEADERS:
        raise BadRequest(431, "too many headers")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.rstrip("\r").partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "a header that is none")
        name = name.lower()
        if name == "content-length" and headers.get(name, value.strip()) != value.strip():
            raise BadRequest(400, "two lengths for one body")
        headers.setdefault(name, value.strip())
    return headers


def _length(method: str, headers: dict[str, str], most: int) -> int:
    if "transfer-encoding" in headers:
        raise BadRequest(411, "a body in chunks is not read; announce its length")
    told = headers.get("content-length")
    if told is None:
        if method == "POST":
            raise BadRequest(411, "announce the length of the body")
        return 0
    if not told.isascii() or not told.isdecimal() or len(told) > 12:
        raise BadRequest(400, "the length of the body is no number")
    if int(told) > most:
        raise BadRequest(413, f"at most {most} bytes are taken at once")
    return int(told)


def _target(target: str) -> tuple[str, dict[str, str]]:
    path, _, text = target.partition("?")
    if path.lower().startswith("http://"):  # as a proxy is asked
        path = "/" + path[7:].partition("/")[2]
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_QUERY, encoding="utf-8")
    except ValueError:
        raise BadRequest(400, "too many words in the query") from None
    query: dict[str, str] = {}
    for name, value in pairs:
        query.setdefault(name.lower(), value)
    return unquote(path), query
