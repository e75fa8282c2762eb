"""A mail server that takes mail over a real socket and keeps it: SMTP with STARTTLS and a password.

As much of RFC 5321, 3207 and 4954 as `smtplib` speaks; it refuses what it is told to refuse.
"""

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class Mailbox:
    """What came, and what is not to come."""

    tls: ssl.SSLContext | None = None
    password: str | None = None
    refused: dict[str, str] = field(default_factory=dict)
    """Address to answer."""
    busy: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    port: int = 0


class _Session(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        self._box: Mailbox = cast("_Server", self.server).box
        self._secure, self._known, self._to = False, self._box.password is None, ""
        self._say("421 busy" if self._box.busy else "220 mailbox")
        with contextlib.suppress(OSError):
            while line := self.rfile.readline(2_000):
                if not self._answer(line.decode().strip()):
                    return

    def finish(self) -> None:
        """Close what STARTTLS put around the socket, too."""
        super().finish()
        self.rfile.close()
        self.request.close()

    def _answer(self, line: str) -> bool:
        verb = line.split(" ", maxsplit=1)[0].upper()
        if verb == "EHLO":
            offers = ["STARTTLS"] * (self._box.tls is not None and not self._secure)
            self._say("250-mailbox", *(f"250-{one}" for one in offers), "250 AUTH PLAIN")
        elif verb == "STARTTLS" and self._box.tls is not None:
            self._say("220 go on")
            self.request = self._box.tls.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
            self._secure = True
        elif verb == "AUTH":
            given = base64.b64decode(line.split(" ")[2]).decode().split("\0")[2]
            self._known = given == self._box.password
            self._say("235 well" if self._known else "535 no such user or password")
        elif verb == "RCPT":
            self._to = line.partition("<")[2].partition(">")[0]
            self._say(self._box.refused.get(self._to, "250 well"))
        elif verb == "DATA":
            self._take()
        elif verb == "QUIT":
            self._say("221 farewell")
            return False
        else:
            self._say("250 well" if self._known or verb in {"RSET", "NOOP"} else "530 who are you")
        return True

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        self._box.mails.append(
            cast("EmailMessage", message_from_bytes(b"".join(lines), policy=policy.default))
        )
        self._box.secured.append(self._secure)
        self._say("250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, box: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.box = box

    def handle_error(self, *_: object) -> None:
        """Whoever left in the middle is not waited for."""


@contextlib.contextmanager
def listening(box: Mailbox) -> Iterator[Mailbox]:
    """Let a mailbox listen on a port of this computer."""
    with _Server(box) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield box
        server.shutdown()
        thread.join()
