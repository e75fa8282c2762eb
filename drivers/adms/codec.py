"""ADMS over HTTP: requests of a terminal to calls, what we answer to bytes. No sockets here.

    GET  cdata?SN=..&options=all            greets, wants its settings     -> settings
    POST cdata?SN=..&table=ATTLOG&Stamp=..  attendance rows                -> OK: n
    POST cdata?SN=..&table=OPERLOG&..       operations, users, templates   -> OK: n
    GET  getrequest?SN=..[&INFO=..]         asks for commands              -> OK, or C:id:command
    POST devicecmd?SN=..                    results of commands            -> OK

The path begins with `/iclock/`, sometimes twice, and may end in `.aspx` or a slash. What a request
is, its path and its query say; the Content-Type is often missing and never asked. Names in queries
differ in capitals.

Sources: tests/samples/adms-*; the README beside this file says what each fact rests on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from drivers.base import Reply, Request
from drivers.errors import MalformedReply

MAX_POST = 1 << 20  # what terminals are told a POST may hold
MAX_RESULTS = 100
MAX_FACTS = 400  # a terminal tells about fifty

DELAY_S = 15
ERROR_DELAY_S = 30
SERVER_VERSION = "2.4.1"
ASKED = (
    "UserCount,TransactionCount,FPCount,FaceCount,FWVersion,~DeviceName,~MaxAttLogCount,~Platform"
)

_PATH = re.compile(r"/+(?:iclock/+)+(\w+)(?:\.aspx)?/*", re.IGNORECASE)
_SERIAL = re.compile(r"[!-~]{1,64}")
_ID = re.compile(r"[A-Za-z0-9]{1,16}")
_NUMBER = re.compile(r"-?\d{1,9}")
_TEXT = (("Content-Type", "text/plain"),)


class Kind(Enum):
    """What a call is for."""

    HELLO = auto()
    """Wants its settings: after power-up and after a lost connection."""
    ATTLOG = auto()
    RTLOG = auto()
    """Events of an access terminal."""
    OPERLOG = auto()
    SETTINGS = auto()
    """Tells its own settings."""
    POLL = auto()
    RESULTS = auto()
    REGISTRY = auto()
    """Access terminals: wants to be registered."""
    CONFIGURE = auto()
    """Access terminals: wants its settings."""
    TABLE = auto()
    """Access terminals: hands in rows of a table by name."""
    OTHER = auto()
    """Photos, templates, pings: answered OK and forgotten."""
    PACKED = auto()
    """Attendance in an archive, which we cannot take and must not lose."""
    UNKNOWN = auto()
    """An upload of a table that we have no word for."""
    NOTHING = auto()
    """No call of ADMS, though it begins like one."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, as far as its head tells."""

    serial: str
    kind: Kind
    query: Mapping[str, str]
    """Names in small letters."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    id: str
    code: int
    """0 or the number of rows is good, below 0 is not."""
    command: str
    facts: Mapping[str, str] = field(default_factory=dict)


def call_of(request: Request) -> Call | None:
    """Return what a request is; None where it is not ADMS, or names no serial number."""
    path = _PATH.fullmatch(request.path)
    serial = request.query.get("sn", "").strip()
    if path is None or not _SERIAL.fullmatch(serial):
        return None
    kind = _kind(request, path[1].lower())
    return Call(serial, kind, request.query)


def _kind(request: Request, verb: str) -> Kind:  # noqa: PLR0911 - a table of paths
    post = request.method == "POST"
    match verb, post:
        case "cdata", False:
            return Kind.HELLO if "options" in request.query else Kind.OTHER
        case "cdata", True:
            return _upload(request)
        case "getrequest", False:
            return Kind.POLL
        case "devicecmd", True:
            return Kind.RESULTS
        case "registry", True:
            return Kind.REGISTRY
        case "push", True:
            return Kind.CONFIGURE
        case "querydata", True:
            return Kind.TABLE
        case ("ping", False) | ("fdata" | "rtdata" | "exchange", _):
            return Kind.OTHER
    return Kind.NOTHING


_TABLES = {
    "attlog": Kind.ATTLOG,
    "rtlog": Kind.RTLOG,
    "operlog": Kind.OPERLOG,
    "options": Kind.SETTINGS,
    "tabledata": Kind.TABLE,
}
_DROPPED = {
    "attphoto", "biodata", "idcard", "errorlog", "rtstate", "userpic", "biophoto", "fingertmp",
    "facetmp", "fvein", "remoteatt",
}  # fmt: skip


def _upload(request: Request) -> Kind:
    table = request.query.get("table", "").lower()
    if request.query.get("contenttype", "").lower() == "tgz":
        return Kind.PACKED if table == "attlog" else Kind.OTHER
    if not table:
        if request.body.lstrip()[:3].upper() == b"ID=":
            return Kind.RESULTS  # X100-C sends them here
        return Kind.OTHER if "type" in request.query else Kind.UNKNOWN
    if table in _TABLES:
        return _TABLES[table]
    return Kind.OTHER if table in _DROPPED else Kind.UNKNOWN


# -- what a terminal tells of itself -----------------------------------------------------------


def text_of(raw: bytes) -> str:
    """Return bytes as text: UTF-8, else Chinese (GB18030 holds GB2312), else byte by byte."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def decode_settings(body: bytes) -> dict[str, str]:
    """Return the settings of `table=options`: `name=value` apart by commas.

    A value may hold commas itself (`ZKTECO CO., LTD.`): a piece without `=` belongs to the one
    before it.
    """
    settings: list[list[str]] = []
    for piece in re.split(r"[,\r\n]", text_of(body)):
        if "=" in piece or not settings:
            settings.append([piece])
        else:
            settings[-1].append(piece)
    return _facts([",".join(pieces) for pieces in settings[:MAX_FACTS]])


def decode_counts(info: str) -> dict[str, str]:
    """Return what the INFO of a poll tells: firmware, users, fingers, records, and more."""
    parts = info.split(",")
    if len(parts) < 5:
        return {}
    told = {"FWVersion": parts[0].strip(), "UserCount": parts[1], "TransactionCount": parts[3]}
    return {name: value.strip() for name, value in told.items() if value.strip()}


def decode_results(body: bytes) -> list[Result]:
    """Return the results a terminal sends, at most a hundred. Raises MalformedReply on none.

    Two shapes, of which several may follow one another, with facts of the result behind it:

        ID=17&Return=0&CMD=DATA         ID=68
                                        Return=0
                                        CMD=Shell
    """
    results: list[Result] = []
    fields: dict[str, str] = {}
    facts: list[str] = []

    def close() -> None:
        if (done := _result(fields, facts)) is not None and len(results) < MAX_RESULTS:
            results.append(done)
        fields.clear()
        facts.clear()

    for line in text_of(body).splitlines():
        line = line.strip("\r\n\0 ")  # noqa: PLW2901 - the same line, without its ends
        if line[:3].upper() == "ID=":
            close()
            pairs = line.split("&") if "&" in line else [line]
            fields.update(_pairs(pairs))
        elif line.upper().startswith(("RETURN=", "CMD=")) and "&" not in line:
            fields.update(_pairs([line]))
        elif line:
            facts.append(line)
    close()
    if not results:
        raise MalformedReply("results of commands without a single ID and Return", body)
    return results


def _pairs(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        found[name.strip().upper()] = value.strip()
    return found


def _result(fields: Mapping[str, str], facts: list[str]) -> Result | None:
    code = fields.get("RETURN", "")
    if not _ID.fullmatch(fields.get("ID", "")) or not _NUMBER.fullmatch(code):
        return None
    return Result(fields["ID"], int(code), fields.get("CMD", "")[:40], _facts(facts))


def _facts(pieces: list[str]) -> dict[str, str]:
    """Return `name=value` pairs, names without the tilde that some wear."""
    found: dict[str, str] = {}
    for piece in pieces[:MAX_FACTS]:
        name, sign, value = piece.partition("=")
        name = name.strip().removeprefix("~")
        if sign and name:
            found[name[:64]] = value.strip()[:200]
    return found


# -- what we answer ----------------------------------------------------------------------------


class Ask(Enum):
    """Everything that is ever ordered of a terminal. None of it changes what it holds."""

    COUNT = "INFO"
    GREET = "CHECK"
    QUERY = "DATA QUERY ATTLOG"


def ok(count: int | None = None) -> Reply:
    """Return the acknowledgement, of a number of rows where rows came."""
    return Reply(200, b"OK" if count is None else b"OK: %d" % count, _TEXT)


def text_reply(text: str) -> Reply:
    """Return a reply of lines."""
    return Reply(200, text.encode("ascii"), _TEXT)


def not_kept(reason: str) -> Reply:
    """Return the reply after which a terminal keeps its records and tries again."""
    return Reply(503, reason.encode("ascii", "replace"), _TEXT)


def encode_settings(serial: str, *, stamp: str, op_stamp: str, timezone_h: int | None) -> Reply:
    """Return the answer to a greeting.

    `stamp` is where the terminal goes on with its attendance log, `0` makes it send all of it;
    `op_stamp` is the same for its log of operations.
    Users, fingers, faces and photos are not asked for. Without `timezone_h` the terminal's clock is
    not touched.
    """
    lines = [
        f"GET OPTION FROM: {serial}",
        f"ATTLOGStamp={stamp}",
        f"Stamp={stamp}",  # the same, as old firmware calls it
        f"OPERLOGStamp={op_stamp}",
        f"OpStamp={op_stamp}",
        "ATTPHOTOStamp=None",
        "PhotoStamp=None",
        f"ErrorDelay={ERROR_DELAY_S}",
        f"Delay={DELAY_S}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransFlag=TransData AttLog\tOpLog",
        "Realtime=1",
        "Encrypt=0",
        f"ServerVer={SERVER_VERSION}",
        f"PushProtVer={SERVER_VERSION}",
        "PushOptionsFlag=1",
        f"PushOptions={ASKED}",
        "SupportPing=1",
        f"MaxPostSize={MAX_POST}",
    ]
    if timezone_h is not None:
        lines.append(f"TimeZone={timezone_h}")
    return text_reply("\n".join(lines) + "\n")


def encode_registration(serial: str, *, greeting: bool) -> Reply:
    """Return the settings of an access terminal; as answer to its greeting they say it is known."""
    lines = ["registry=ok", f"RegistryCode={registry_code(serial)}"] if greeting else []
    lines += [
        f"ServerVersion={SERVER_VERSION}",
        "ServerName=hadir",
        f"PushProtVer={SERVER_VERSION}",
        f"ErrorDelay={ERROR_DELAY_S}",
        f"RequestDelay={DELAY_S}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransTables=Transaction",
        "Realtime=1",
        f"SessionID={registry_code(serial)}",
        "TimeoutSec=10",
    ]
    return text_reply("\n".join(lines) + "\n")


def registry_code(serial: str) -> str:
    """Return what an access terminal is registered under. No secret: it proves nothing to us."""
    return "".join(sign for sign in serial if sign.isalnum())[:32] or "hadir"


def query_text(since: datetime, until: datetime) -> str:
    """Return the order to send all attendance between two times of the terminal's own clock."""
    return f"{Ask.QUERY.value} StartTime={_time(since)}\tEndTime={_time(until)}"


def _time(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")


_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_ALLOWED = re.compile(rf"INFO|CHECK|DATA QUERY ATTLOG StartTime={_TIME}\tEndTime={_TIME}")


def encode_command(command_id: str, text: str) -> Reply:
    """Return one order, as answer to a poll. ValueError for whatever is not on the list.

    The list stands here and nowhere else: no file, no centre and no person adds to it, because
    whoever orders a terminal can also empty it.
    """
    if not _ID.fullmatch(command_id) or not _ALLOWED.fullmatch(text):
        raise ValueError(f"not an order we give to terminals: {command_id!r} {text!r}")
    return text_reply(f"C:{command_id}:{text}\n")
