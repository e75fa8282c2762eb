"""One HTTP answer of the web service: bytes in, its body out. No sockets here.

    HTTP/1.0 200 OK CRLF  Server: ZK Web Server CRLF  ... CRLF CRLF   <- head
    CRLF <GetAttLogResponse> CRLF <Row>...</Row> CRLF ... </GetAttLogResponse>   <- body

Source: samples/soap-full-response-2020.http. Terminals send no Content-Length and hang up at the
end, so neither a length nor the hang-up proves that an answer is whole: its closing tag does, and
nothing else is asked. What an answer that stops before it means, `Answer.fault` says.
"""

import re

from drivers.errors import (
    DriverError,
    MalformedReply,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.soap import codec
from drivers.soap.codec import Request

MAX_HEAD = 16 << 10
MAX_PREAMBLE = 4 << 10  # of a body before its opening tag; a prolog and an envelope need 400 bytes
MAX_CHUNK_LINE = 1 << 10

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d\.\d +(\d{3})\b")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,7}")
_NO_SERVICE = (301, 302, 303, 307, 308, 404, 405, 410, 501)


class Answer:
    """Collects one answer as it arrives."""

    def __init__(self, request: Request) -> None:
        self.body = bytearray()
        self.whole = False
        """The closing tag has come: nothing is missing."""
        self._method = request.method
        self._most = request.most
        self._head = bytearray()
        self._status: int | None = None
        self._chunks: Chunks | None = None
        self._opened = False

    @property
    def hopeless(self) -> bool:
        """No further byte can make this the answer that was asked for."""
        if self._status is None:
            return False
        refused = self._status != 200
        return refused or (not self._opened and len(self.body) > MAX_PREAMBLE)

    def feed(self, received: bytes) -> None:
        """Take in what has arrived. Raises MalformedReply."""
        if self._status is None:
            received = self._feed_head(received)
        if self._chunks is not None:
            received = self._chunks.feed(received)
        searched = max(0, len(self.body) - codec.MAX_TAG)
        self.body += received
        if len(self.body) > self._most:
            raise MalformedReply(
                f"sends more than {self._most >> 10} KiB as the answer to {self._method}; "
                "this is no terminal",
                bytes(self.body[:4096]),
            )
        if not self._opened:
            self._opened = codec.opening(self._method).search(self.body, searched) is not None
        if self._opened and not self.whole:
            self.whole = codec.closing(self._method).search(self.body, searched) is not None

    def fault(self) -> DriverError:
        """Return what an answer that ended like this one means; only where it is not `whole`."""
        if self._status is None:
            return self._headless()
        return self._fault_of_body() if self._status == 200 else self._fault_of_status(self._status)

    def _fault_of_status(self, status: int) -> DriverError:
        if status in (401, 403):
            return TerminalRefused(f"rejects our key ({status}); {codec.KEY_HINT}")
        if status in _NO_SERVICE:
            return TerminalRefused(f"answers with HTTP status {status}; {codec.NO_SERVICE}")
        if status == 503:
            return TerminalBusy("says it is busy (503); try again later")
        return self._malformed(f"answers {self._method} with HTTP status {status}")

    def _fault_of_body(self) -> DriverError:
        in_a_tag = self.body.rfind(b"<") > self.body.rfind(b">")
        if self._opened or in_a_tag:
            return TerminalUnreachable(
                f"broke off in the middle of its answer to {self._method}, after "
                f"{len(self.body)} bytes; nothing of it is used"
            )
        if not self.body.strip():
            return TerminalBusy(
                f"answers {self._method} with nothing; it is busy, or wants another key: "
                f"{codec.KEY_HINT}"
            )
        return codec.refusal(bytes(self.body)) or self._malformed(
            f"answers {self._method} with something else"
        )

    def _feed_head(self, received: bytes) -> bytes:
        """Take in bytes of the head; return those of the body."""
        self._head += received
        end = _HEAD_END.search(self._head)
        if end is None:
            if len(self._head) > MAX_HEAD:
                raise self._malformed("sends a head without end")
            return b""
        status = _STATUS.match(self._head)
        if status is None:
            raise self._headless()
        self._status = int(status[1])
        names = self._head[: end.start()].lower()
        if re.search(rb"\ncontent-encoding:\s*(?!identity\b)\w", names):
            raise self._malformed("sends a compressed answer, which nobody asked for")
        if re.search(rb"\ntransfer-encoding:\s*chunked\b", names):
            self._chunks = Chunks()
        return bytes(self._head[end.end() :])

    def _headless(self) -> DriverError:
        if not self._head:
            return TerminalBusy("hangs up without an answer; try again later")
        if b"HTTP/".startswith(self._head[:5]) or _STATUS.match(self._head):
            return TerminalUnreachable(
                f"broke off at the beginning of its answer to {self._method}"
            )
        return self._malformed('does not speak HTTP; check "port"')

    def _malformed(self, what: str) -> MalformedReply:
        return MalformedReply(what, bytes(self._head[:1024] + self.body[:3072]))


class Chunks:
    """Takes the sizes out of a chunked body, which a proxy or a newer web server may send."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._left = 0
        self._ended = False

    def feed(self, received: bytes) -> bytes:
        """Return the bytes of the body among those received. Raises MalformedReply."""
        self._buffer += received
        body = bytearray()
        while self._buffer and not self._ended:
            if self._left:
                piece = self._buffer[: self._left]
                body += piece
                self._left -= len(piece)
                del self._buffer[: len(piece)]
                continue
            line, found, _ = self._buffer.partition(b"\n")
            if not found:
                break
            del self._buffer[: len(line) + 1]
            self._begin(bytes(line.partition(b";")[0].strip()))
        if len(self._buffer) > MAX_CHUNK_LINE and not self._ended:
            raise MalformedReply("sends a chunk without a size", bytes(self._buffer))
        return bytes(body)

    def _begin(self, size: bytes) -> None:
        if not size:  # the line end behind the chunk before
            return
        if not _CHUNK_SIZE.fullmatch(size):
            raise MalformedReply("sends a chunk without a size", size)
        self._left = int(size, 16)
        self._ended = self._left == 0
