"""Rows that terminals push: attendance, events of doors, operations. Bytes in, entries out.

    ATTLOG    user id | time | state | verify | work code | reserved ...     apart by tabs
    rtlog     time= | pin= | cardno= | eventaddr= | event= | inoutstatus= | verifytype= | ...
    OPERLOG   OPLOG number | operator | time | four objects,   USER ...,   FP ...

Attendance comes with 5, 7, 9 or 10 columns and more; one more tab may stand before the end of the
line. What cannot be a punch is kept as a bad record, and acknowledged with the others: refusing one
row would bring the same rows for ever and hold up newer ones. A body that is damaged as a whole is
refused, because acknowledging it would lose what it held.

Of operations only number and time are taken. Users, passwords, cards and templates are counted, to
be acknowledged, and kept nowhere.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from drivers.base import BadRecord, Entry, RawPunch
from drivers.errors import MalformedReply

MAX_LINE = 1_024
MAX_ROWS = 250_000  # twenty bytes each would be more than is received at once
ENOUGH = 4  # tabs of a row after which nothing is cut off that we read
GRANTED = 20
"""Events of a door below this number let somebody through; those above refused, or warn."""
NO_STATE = 255

_USER_ID = re.compile(rb"[!-~]{1,64}")
_TIME = re.compile(rb"\d{4}-\d\d?-\d\d? \d\d?:\d\d:\d\d")
_CODE = re.compile(rb"\d{0,5}")
_WORK_CODE = re.compile(rb"[ -~]{0,32}")
_BLANKS = re.compile(rb"([!-~]{1,64}) +(\d{4}-\d\d?-\d\d? +\d\d?:\d\d:\d\d)(?: +(.*))?")
_CARD = re.compile(rb"(\tcardno=)[^\t]*", re.IGNORECASE)
_PRIVATE = re.compile(
    rb"(FP|FACE|FVEIN|BIODATA|BIOPHOTO|USERPIC|USER|IDCARD|FINGERTMP|FACETMP|TEMPLATE\w*)[ \t]"
    rb"|.*?\t(?:TMP|TEMPLATE|CONTENT)=",
    re.IGNORECASE | re.DOTALL,
)
"""What belongs into another table, whose rows are counted and kept nowhere."""
_HIDDEN = re.compile(rb"\t(?:TMP|TEMPLATE|CONTENT)=", re.IGNORECASE)
_OPERATION = re.compile(rb"OPLOG[ \t]+(\d{1,5})\t[^\t]*\t([^\t]*)", re.IGNORECASE)


class Operation(NamedTuple):
    """Something that was done at the terminal's menu."""

    number: int
    local_time: datetime | None


def decode_attlog(body: bytes, *, surplus: bool = False) -> list[Entry]:
    """Return the rows of `table=ATTLOG`. Raises MalformedReply where the body was damaged.

    `surplus`: the terminal sent more than it announced, so that the last row may be half of one.
    """
    lines = list(_lines(body))
    if lines and not body.endswith((b"\n", b"\r")):
        _check_last(lines, body, surplus)
    return [_touch(line) for line in lines]


def decode_rtlog(body: bytes, *, surplus: bool = False) -> tuple[list[Entry], int]:
    """Return the entries of `table=rtlog`, and how many rows there were: some are nobody's."""
    lines = list(_lines(body))
    if lines and surplus and not body.endswith((b"\n", b"\r")):
        raise MalformedReply("more bytes came than announced, and the last event is cut", body)
    entries = [entry for line in lines if (entry := _private(line) or _event(line)) is not None]
    return entries, len(lines)


def decode_operlog(body: bytes) -> tuple[list[Operation], int]:
    """Return the operations of `table=OPERLOG`, and how many rows there were in all."""
    operations, count = [], 0
    for line in _lines(body, check=False):
        count += 1
        if found := _OPERATION.match(line):
            operations.append(Operation(int(found[1]), _moment(found[2])))
    return operations, count


def unread_rows(body: bytes) -> list[Entry]:
    """Return rows of which nothing is understood, each as a bad record."""
    reason = "a row of a table of events that is not read yet"
    return [_private(line) or BadRecord(_kept(line), "line", reason, "") for line in _lines(body)]


def count_rows(body: bytes) -> int:
    """Return how many rows a body has, whatever they are."""
    return sum(1 for _ in _lines(body, check=False))


def _lines(body: bytes, *, check: bool = True) -> Iterator[bytes]:
    if check and (b"\0" in body or body.startswith(b"\x1f\x8b")):
        raise MalformedReply("rows of text were announced and something else came", body)
    count = 0
    for line in body.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        row = line.strip(b"\r")
        if not row.strip():
            continue
        count += 1
        if count > MAX_ROWS:
            raise MalformedReply(f"more than {MAX_ROWS} rows at once", body)
        yield row


def _check_last(lines: list[bytes], body: bytes, surplus: bool) -> None:
    """Refuse a body whose last row may have been cut: acknowledged, its rest would be lost.

    Every captured body ends its last row. One that does not is taken when the row is whole.
    """
    tabs = [line.count(b"\t") for line in lines]
    time = lines[-1].split(b"\t")[1:2]
    alike = len(lines) > 1 and tabs[-1] == tabs[-2] and bool(time) and _moment(time[0]) is not None
    if surplus or (tabs[-1] < ENOUGH and not alike):
        raise MalformedReply("the last row was cut, so the whole of it is asked for again", body)


def _attendance(line: bytes) -> Entry:
    columns = line.split(b"\t")
    if len(columns) == 1 and (found := _BLANKS.fullmatch(line.strip())):
        # blanks instead of tabs: date and time belong together
        columns = [found[1], re.sub(rb" +", b" ", found[2]), *(found[3] or b"").split()]
    columns = [column.strip(b" ") for column in columns]
    if len(columns) < 2:
        return BadRecord(_kept(line), "line", "one column, where a user id and a time belong", "")
    user, time, state, verify, work_code = (*columns, b"", b"", b"")[:5]
    if fault := _user_id_fault(user):
        return BadRecord(_kept(line), "user-id", fault, "")
    user_id = user.decode("ascii")
    local_time = _moment(time)
    if local_time is None:
        return BadRecord(_kept(line), "date", f"no such date and time: {_shown(time)}", user_id)
    for name, code in (("state", state), ("verify", verify)):
        if not _CODE.fullmatch(code):
            reason = f"the {name} column holds {_shown(code)}, which is no number"
            return BadRecord(_kept(line), "line", reason, user_id)
    if not _WORK_CODE.fullmatch(work_code):
        reason = f"the work code column holds {_shown(work_code)}, which is none"
        return BadRecord(_kept(line), "line", reason, user_id)
    return RawPunch(
        user_id=user_id,
        local_time=local_time,
        state=_code(state),
        verify=_code(verify),
        # 0 is how a terminal writes "none": the same touch read over the network has no work code
        work_code=work_code.decode("ascii") if work_code.strip(b"0") else "",
        raw=_kept(line),
    )


def _event(line: bytes) -> Entry | None:  # noqa: PLR0911 - one fault, one return
    """Return what an event of a door stands for; None where nobody is named in it."""
    fields = {}
    for pair in line.split(b"\t"):
        name, _, value = pair.partition(b"=")
        fields[name.strip().lower()] = value.strip()
    kept = _kept(_CARD.sub(rb"\1", line))  # a card number opens doors: it is not kept
    user = fields.get(b"pin", b"")
    if b"time" in fields and not user.strip(b"0"):
        return None
    fault = _user_id_fault(user)
    user_id = "" if fault else user.decode("ascii")
    local_time = _moment(fields.get(b"time", b""))
    event, way, verify = (
        fields.get(name, b"") for name in (b"event", b"inoutstatus", b"verifytype")
    )
    if b"time" not in fields:
        return BadRecord(kept, "line", "an event without a time", user_id)
    if fault:
        return BadRecord(kept, "user-id", fault, "")
    if local_time is None:
        shown = _shown(fields[b"time"])
        return BadRecord(kept, "date", f"no such date and time: {shown}", user_id)
    if not event or not all(map(_CODE.fullmatch, (event, way, verify))):
        return BadRecord(kept, "line", "the codes of an event that are no numbers", user_id)
    if int(event) >= GRANTED:
        reason = f"event {int(event)} of a door, which let nobody through"
        return BadRecord(kept, "line", reason, user_id)
    state = _code(way)
    return RawPunch(
        user_id=user_id,
        local_time=local_time,
        state=NO_STATE if state == 2 else state,  # 2 is neither in nor out here, a break elsewhere
        verify=_code(verify),
        work_code="",
        raw=kept,
    )


def _user_id_fault(user: bytes) -> str | None:
    if not user:
        return "the user id is empty"
    if not _USER_ID.fullmatch(user):
        return "the user id is not 1 to 64 plain characters"
    return None


def _moment(time: bytes) -> datetime | None:
    if not _TIME.fullmatch(time):
        return None
    day, _, clock = time.decode("ascii").partition(" ")
    try:
        return datetime(*map(int, day.split("-")), *map(int, clock.split(":")))  # type: ignore[arg-type]  # six numbers by the expression above
    except ValueError:
        return None


def _code(column: bytes) -> int | None:
    return int(column) if column else None


def _shown(column: bytes) -> str:
    return repr(column[:40].decode("ascii", "replace"))


def _touch(line: bytes) -> Entry:
    """Return a touch, also of a user id that is called like a table of fingers; or a bad record."""
    found = _attendance(line)
    if isinstance(found, BadRecord) or _HIDDEN.search(line):
        return _private(line) or found
    return found


def _private(line: bytes) -> BadRecord | None:
    """Return what is kept of a row of fingers, faces or photos among touches: that it came."""
    found = _PRIVATE.match(line)
    if found is None:
        return None
    reason = "a row of fingers, faces or photos among touches; what it held was not kept"
    return BadRecord((found[1] or b"")[:16], "line", reason, "")


def _kept(line: bytes) -> bytes:
    return line[:MAX_LINE]
