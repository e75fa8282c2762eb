"""The rows of GetAttLog: the body of one whole answer in, a `Log` out. Pure.

    <Row><PIN>1</PIN><DateTime>2020-08-07 09:05:10</DateTime><Verified>4</Verified>
    <Status>0</Status><WorkCode>0</WorkCode></Row>                        (in one line)

Source: samples/soap-full-response-2020.http. How it was checked is told before how a state was
told, the other way round than in push, so the elements are taken by their names, in any order.

No XML parser reads this: it fails on a prolog that names `iso8859-1`, on names with bare `&` and
control bytes, and has no word for "the rest is fine". Between the two outer tags everything is
blank, or a row, or a bad record: nothing is skipped. Every code page that terminals use has ASCII
for the signs that matter here, so bytes are read without asking which one it is.

`raw` is the row as it came, with what does not belong to the punch taken out: blanks between tags,
prefixes, attributes, and elements that are not understood, because they may hold a person's name.
What is left does not depend on how a firmware lays out its lines, so the same row has the same
bytes at the next read, also after an update. Nearly every row is so from the beginning.
"""

import re
from array import array
from collections.abc import Iterator
from datetime import datetime

from drivers.base import BadRecord, Entry, Log, RawPunch, records_digest
from drivers.errors import MalformedReply
from drivers.soap import codec

MAX_ROW = 512  # bytes of a broken row that are kept; a whole one has about 125

_B = rb"[ \t\r\n]{0,9}"
_P = rb"(?:[\w.-]{1,32}:)?"
_A = rb"(?:[ \t\r\n][^<>]{0,200})?"
_ROW = re.compile(rb"<" + _B + rb"(/?)" + _B + _P + rb"Row" + _A + rb">", re.IGNORECASE)
_OPEN = re.compile(rb"<" + _B + _P + rb"Row" + _A + rb">" + _B, re.IGNORECASE)
_CLOSE = re.compile(_B + rb"<" + _B + rb"/" + _B + _P + rb"Row" + _B + rb">", re.IGNORECASE)
_ELEMENT = re.compile(
    rb"<" + _B + _P + rb"(?P<name>\w{1,32})" + _A
    + rb"(?:/" + _B + rb">|>(?P<value>[^<]*)<" + _B + rb"/" + _B + _P + rb"(?P=name)" + _B + rb">)"
    + rb"[ \t\r\n]*",
    re.IGNORECASE,
)  # fmt: skip
_UNKNOWN = re.compile(
    rb"<" + _B + _P + rb"(?P<name>\w{1,32})" + _A
    + rb">.*?<" + _B + rb"/" + _B + _P + rb"(?P=name)" + _B + rb">[ \t\r\n]*",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip  # names are not known to be escaped
_PLAIN = re.compile(
    rb"<Row>(?:<(PIN|DateTime|Verified|Status|WorkCode)>"
    rb"(?:[^<\s&]|[^<\s&][^<&]*[^<\s&])</\1>)+</Row>"
)
_PIECE = re.compile(rb"(<[^<>]*>)?([^<]*)")
_KNOWN_TAG = re.compile(rb"<" + _B + _P + rb"(?:PIN|DateTime|Verified|Status|WorkCode)\b", re.I)

_NAMES = {name.lower(): name for name in (b"PIN", b"DateTime", b"Verified", b"Status", b"WorkCode")}
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));")
_SIGNS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_USER_ID = re.compile(r"[!-~]{1,24}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]+\d\d:\d\d:\d\d")
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")


def read_log(body: bytes, serial: str) -> "SoapLog":
    """Return the log in a whole answer to GetAttLog. Raises TerminalRefused or MalformedReply."""
    first = codec.opening("GetAttLog").search(body)
    last = codec.closing("GetAttLog").search(body)
    if first is None or last is None:
        raise MalformedReply("a log without its two outer tags", body)
    if _ROW.search(body, last.end()):
        raise MalformedReply("sends rows behind the end of its log", body[last.start() :])
    start, end = min(first.end(), last.start()), last.start()
    short = end - start <= codec.MAX_REFUSAL
    if short and b"<pin" not in body[start:end].lower() and (fault := codec.refusal(body)):
        raise fault
    return SoapLog(serial, body, start, end)


class SoapLog(Log):
    """The rows of one answer. Its bytes are held once; entries are made as they are asked for."""

    claimed = None
    positional = True  # always the whole log, in the order of storage

    def __init__(self, serial: str, body: bytes, start: int, end: int) -> None:
        self.serial = serial
        self._body = body
        self._starts, self._ends = array("I"), array("I")
        for first, behind in _places(body, start, end):
            self._starts.append(first)
            self._ends.append(behind)

    def __len__(self) -> int:
        return len(self._starts)

    def raw(self, index: int) -> bytes:
        row = self._row(index)
        return row if _is_plain(row) else _decode(row).raw

    def digest(self, count: int) -> bytes:
        return records_digest(self.raw(index) for index in range(min(count, len(self))))

    def entries(self, start: int = 0) -> Iterator[Entry]:
        for index in range(start, len(self)):
            yield _decode(self._row(index))

    def _row(self, index: int) -> bytes:
        return self._body[self._starts[index] : self._ends[index]]


def _places(body: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each row begins and ends, and whatever stands between rows and is not blank."""
    at = start
    for tag in _ROW.finditer(body, start, end):
        behind = tag.end() if tag[1] else tag.start()
        if place := _unblank(body, at, behind):
            yield place
        at = behind
    if place := _unblank(body, at, end):
        yield place


def _unblank(body: bytes, start: int, end: int) -> tuple[int, int] | None:
    while start < end and body[start] in b" \t\r\n\0":
        start += 1
    while end > start and body[end - 1] in b" \t\r\n\0":
        end -= 1
    return (start, end) if start < end else None


def _is_plain(row: bytes) -> bool:
    return len(row) <= MAX_ROW and _PLAIN.fullmatch(row) is not None


def _decode(row: bytes) -> Entry:
    elements = _elements(row)
    if isinstance(elements, str):
        return BadRecord(_without_words(row), "line", elements, "")
    raw = b"<Row>%s</Row>" % b"".join(
        b"<%s>%s</%s>" % (_NAMES[name], value, _NAMES[name]) for name, value in elements.items()
    )
    if len(raw) > MAX_ROW:
        return BadRecord(_without_words(row), "line", "longer than any row is", "")
    texts = {name: _text(value) for name, value in elements.items()}
    user_id = texts.get(b"pin", "")
    if not _USER_ID.fullmatch(user_id):
        why = "is not 1 to 24 plain characters" if user_id else "is missing"
        return BadRecord(raw, "user-id", f"the user id (PIN) {why}", "")
    codes = {}
    for name in (b"verified", b"status", b"workcode"):
        text = texts.get(name, "")
        if text and not (text.isascii() and text.isdigit() and int(text[:9]) <= 65_535):
            reason = f"{_NAMES[name].decode()} is no number from 0 to 65535"
            return BadRecord(raw, "line", reason, user_id)
        codes[name] = int(text) if text else None
    local_time = _time(texts.get(b"datetime", ""))
    if isinstance(local_time, str):
        return BadRecord(raw, "date", local_time, user_id)
    return RawPunch(
        user_id=user_id,
        local_time=local_time,
        state=codes[b"status"],
        verify=codes[b"verified"],
        work_code=str(codes[b"workcode"] or ""),  # 0 is how these terminals write "none"
        raw=raw,
    )


def _elements(row: bytes) -> dict[bytes, bytes] | str:
    """Return the values of the elements we know, in the order they came, or why it is no row."""
    begin, end = _OPEN.match(row), _CLOSE.search(row)
    if begin is None or end is None or end.end() != len(row):
        return "stands outside of any row, or is a row cut off"
    found: dict[bytes, bytes] = {}
    at = begin.end()
    while at < end.start():
        stop = end.start()
        element = _ELEMENT.match(row, at, stop) or _UNKNOWN.match(row, at, stop)
        if element is None:
            return "something in this row is no element"
        at = element.end()
        name = element["name"].lower()
        if name not in _NAMES:
            continue
        if element.re is _UNKNOWN:
            return f"{_NAMES[name].decode()} of this row holds other elements"
        if name in found:
            return f"this row has {_NAMES[name].decode()} twice"
        found[name] = (element["value"] or b"").strip()
    return found


def _text(value: bytes) -> str:
    """Return a value as text, entities resolved. Latin-1 cannot fail, and these are plain ASCII."""
    text = value.decode("latin-1")
    return _ENTITY.sub(_sign, text).strip() if "&" in text else text


def _sign(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return _SIGNS[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"


def _time(text: str) -> datetime | str:
    """Return a local time, or why it is none."""
    if not _TIME.fullmatch(text):
        return "holds no date written YYYY-MM-DD HH:MM:SS" if text else "holds no date"
    try:
        return datetime.fromisoformat(f"{text[:10]} {text[-8:]}")
    except ValueError:
        return f"there is no such date and time: {text}"


def _without_words(row: bytes) -> bytes:
    """Return what may be kept of a broken row: its tags, and words only where no name can stand."""
    kept = b"".join(
        tag + (b"" if _LETTER.search(text) and not _KNOWN_TAG.match(tag) else text)
        for tag, text in _PIECE.findall(row[: 4 * MAX_ROW])
    )
    return kept[:MAX_ROW] or b"<Row>"
