"""The web service `/iWsService` of ZK terminals and their rebrands: what is asked, what comes back.

    POST /iWsService HTTP/1.0 CRLF Content-Type: text/xml CRLF Content-Length: 118 CRLF CRLF
    <GetAttLog><ArgComKey xsi:type="xsd:integer">0</ArgComKey>
    <Arg><PIN xsi:type="xsd:integer">All</PIN></Arg></GetAttLog> CRLF     (in one line)

Source: samples/soap-request-x601.http, the request that nearly every script in use sends. The
prefixes are not declared, so this is no well-formed XML and is built as text; the CRLF behind it is
not counted in the length. The three requests below are all that is ever sent: the same service
sets clocks, shows passwords and erases logs, without asking.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from drivers.errors import DriverError, KeyRejected, MalformedReply, TerminalRefused

MAX_TAG = 300  # bytes a tag may have, attributes and blanks included
SMALL, LARGE = 64 << 10, 64 << 20
"""The most an answer may have: a value, and a log. 100,000 records have about 12 MB."""

MAX_REFUSAL = 2 << 10  # a refusal is a word or two

KEY_HINT = 'compare "comm_key" with its menu'
NO_SERVICE = (
    "this model has no /iWsService, or another product is at this address; "
    'check "host" and "port", or read it by another driver'
)

_BLANK = rb"[ \t\r\n]{0,9}"
_PREFIX = rb"(?:[\w.-]{1,32}:)?"
_ATTRIBUTES = rb"(?:[ \t\r\n][^<>]{0,200})?"

_REFUSALS = re.compile(rb"com\s*-?_?key|password|unauthori[sz]ed|denied|invalid", re.IGNORECASE)
_FAILED = re.compile(rb"<Result>\s*0\s*</Result>|\bFail\b", re.IGNORECASE)
_PAGE = re.compile(rb"<!doctype html|<html|<head|<form", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]{0,300}>")
_SERIAL = re.compile(rb"(?:~?SerialNumber\s*=\s*)?([0-9A-Za-z][0-9A-Za-z_-]{3,63})")
_DATE = re.compile(rb"(\d{4}-\d\d-\d\d)\D{1,9}(\d\d:\d\d:\d\d)")
_NO_SERIAL = (b"success", b"fail", b"error", b"null", b"none", b"unknown")


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a terminal."""

    method: str
    comm_key: int = field(repr=False)
    argument: str = ""
    most: int = SMALL
    """Bytes its answer may have."""

    def encode(self) -> bytes:
        """Return the bytes to send, in one piece."""
        key = f'<ArgComKey xsi:type="xsd:integer">{self.comm_key}</ArgComKey>'
        argument = f"<Arg>{self.argument}</Arg>" if self.argument else ""
        text = f"<{self.method}>{key}{argument}</{self.method}>"
        head = f"POST /iWsService HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: {len(text)}"
        return f"{head}\r\n\r\n{text}\r\n".encode("ascii")


def ask_log(comm_key: int) -> Request:
    """Return the request for the whole log; a part of it cannot be asked for."""
    return Request("GetAttLog", comm_key, '<PIN xsi:type="xsd:integer">All</PIN>', LARGE)


def ask_clock(comm_key: int) -> Request:
    """Return the request for the wall clock."""
    return Request("GetDate", comm_key)


def ask_serial(comm_key: int) -> Request:
    """Return the request for the serial number."""
    return Request("GetOption", comm_key, '<Name xsi:type="xsd:string">~SerialNumber</Name>')


@cache
def opening(method: str) -> re.Pattern[bytes]:
    """Return what begins the answer to a method."""
    name = f"{method}Response".encode()
    return re.compile(rb"<" + _BLANK + _PREFIX + name + _ATTRIBUTES + rb"/?>", re.IGNORECASE)


@cache
def closing(method: str) -> re.Pattern[bytes]:
    """Return what ends the answer to a method, and so proves that it came whole."""
    name = _PREFIX + f"{method}Response".encode()
    usual = rb"<" + _BLANK + rb"/" + _BLANK + name + _BLANK + rb">"
    empty = rb"<" + _BLANK + name + _ATTRIBUTES + rb"/" + _BLANK + rb">"
    return re.compile(rb"(?:" + usual + rb"|" + empty + rb")", re.IGNORECASE)


def read_clock(body: bytes) -> datetime:
    """Return the wall clock in an answer to GetDate. Raises MalformedReply."""
    content = _TAG.sub(b" ", _content(body, "GetDate"))
    if found := _DATE.search(content):
        try:
            return datetime.fromisoformat(f"{found[1].decode()} {found[2].decode()}")
        except ValueError as error:
            raise MalformedReply("tells a time that does not exist", body) from error
    if fault := refusal(body):
        raise fault
    raise MalformedReply("tells no time when asked for its clock", body)


def read_serial(body: bytes) -> str:
    """Return the serial number in an answer to GetOption; empty where there is none.

    No answer to it was ever published, so every word between its tags is looked at, and only one
    that can be a serial number, and is the only one, is taken.
    """
    words = set(_TAG.sub(b" ", _content(body, "GetOption")).split())
    found = {match[1] for word in words if (match := _SERIAL.fullmatch(word))}
    found = {one for one in found if any(sign in b"0123456789" for sign in one)}
    found = {one for one in found if not one.lower().startswith(_NO_SERIAL)}
    return found.pop().decode("ascii") if len(found) == 1 else ""


def refusal(body: bytes) -> DriverError | None:
    """Return what a short answer that is not the one asked for says; None where it says nothing."""
    if _PAGE.search(body):
        return TerminalRefused(f"shows a web page; {NO_SERVICE}")
    if len(body) > MAX_REFUSAL:
        return None
    if _REFUSALS.search(body):
        return KeyRejected(f"rejects our key; {KEY_HINT}")
    if _FAILED.search(body):
        return TerminalRefused(f"says that it failed; its key may be another: {KEY_HINT}")
    return None


def _content(body: bytes, method: str) -> bytes:
    """Return what stands between the tags of an answer that is known to be whole."""
    first, last = opening(method).search(body), closing(method).search(body)
    return body[first.end() : last.start()] if first and last else b""
