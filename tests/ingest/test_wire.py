"""The wire: old bodies are read for ever, and the worst of bodies is only refused."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.wire import (
    MAX_ROWS,
    BadRecord,
    Batch,
    Coverage,
    Heartbeat,
    HeartbeatReply,
    Punch,
    Receipt,
    TerminalHealth,
    WireError,
    bad_record_id,
    decode_batch,
    decode_heartbeat,
    decode_heartbeat_reply,
    decode_receipt,
    encode_batch,
    encode_heartbeat,
    encode_heartbeat_reply,
    encode_receipt,
    punch_id,
)

GOLDEN = Path(__file__).parent / "golden"
OUTBOX = "00112233445566778899aabbccddeeff"
RECEIPT = "ffeeddccbbaa99887766554433221100"


def punch(user_id: str, local_time: datetime, occurred_at: int, **other: Any) -> Punch:
    found: dict[str, Any] = {
        "state": 0, "verify": 1, "work_code": "", "source": "poll", "clock_offset_s": 2,
        "read_at": 1_772_412_000, "after": 1_772_408_400, "raw": b"\x37\x00\x01",
    }  # fmt: skip
    return Punch(
        punch_id("CKPG1", user_id, local_time), "CKPG1", user_id, local_time, occurred_at,
        **(found | other),
    )  # fmt: skip


PUNCHES = (
    punch("007", datetime(2026, 3, 2, 7, 31, 5), 1_772_407_865),
    punch(
        "Ayu-é", datetime(2038, 1, 19, 11, 14, 7), 2_147_483_647, state=None, verify=None,
        work_code="12", source="usb", clock_offset_s=None, after=None, raw=b"",
    ),
)  # fmt: skip
BAD = BadRecord(
    id=bad_record_id("CKPG1", b"\xff" * 4), terminal="CKPG1", kind="date", reason="month 13",
    user_id="9", near_from=datetime(2026, 3, 2, 7, 31, 5), near_until=None, source="poll",
    read_at=1_772_412_000, raw=b"\xff" * 4,
)  # fmt: skip
BATCH = Batch(OUTBOX, RECEIPT, PUNCHES, (BAD,))
RECEIVED = Receipt(RECEIPT, (PUNCHES[0].id, BAD.id), {PUNCHES[1].id: "terminal of office B"}, 1)
HEARTBEAT = Heartbeat(
    outbox=OUTBOX, after=None, sent_at=1_772_412_060, bridge_version="0.1.0", waiting=3, parked=1,
    oldest_waiting_at=1_772_400_000,
    terminals=(
        TerminalHealth("front-door", "CKPG1", "zk", 1_772_412_000, "", 2, ("log cleared",)),
        TerminalHealth("hall", "", "zk", None, "no answer within 10 s", None),
    ),
    coverage=(
        Coverage(
            "CKPG1", 1_772_300_000, 1_772_411_990, 3, 3, 0, 2, 1_772_412_000, "poll", "first read"
        ),
    ),
)  # fmt: skip
REPLY = HeartbeatReply(1_772_412_061, {"CKPG1:1772300000": "it lies in the future"})


@pytest.mark.parametrize(
    ("name", "encode", "decode", "value"),
    [
        ("v1-batch", encode_batch, lambda body: decode_batch(body).batch, BATCH),
        ("v1-receipt", encode_receipt, decode_receipt, RECEIVED),
        ("v1-heartbeat", encode_heartbeat, decode_heartbeat, HEARTBEAT),
        ("v1-heartbeat-reply", encode_heartbeat_reply, decode_heartbeat_reply, REPLY),
    ],
)
def test_the_golden_bodies_are_read_and_written(
    name: str, encode: Any, decode: Any, value: Any
) -> None:
    """These files are never written anew: a change of form is another version beside them."""
    golden = (GOLDEN / f"{name}.json").read_bytes()
    assert decode(golden) == value
    assert json.loads(encode(value)) == json.loads(golden)


def test_a_batch_of_nothing_is_a_batch() -> None:
    assert decode_batch(encode_batch(Batch(OUTBOX, None))).batch == Batch(OUTBOX, None)


def test_the_id_is_the_same_from_every_source_and_never_ambiguous() -> None:
    at = datetime(2026, 3, 2, 7, 31, 5)
    assert punch_id("CKPG1", "7", at) == "d007eba12c620fd3730e527f6cce807a"
    assert punch_id("S", "17", at) != punch_id("S1", "7", at)
    assert punch_id("S", "07", at) != punch_id("S", "7", at)


def body(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(encode_batch(BATCH))
    return found | changes


@pytest.mark.parametrize("version", [0, 2, "1", True, 1.0, None, [], "v" * 10_000, 10**400])
def test_another_version_is_refused_in_one_short_sentence(version: object) -> None:
    with pytest.raises(WireError, match="is not known here; this side speaks 1") as caught:
        decode_batch(json.dumps(body(version=version)).encode())
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    "hostile",
    [
        b"", b"\x00", b"\xff\xfe", b"[]", b"null", b"1", b"{", b"{}", b'{"version":1}',
        b"[" * 100_000, b'{"a":' * 100_000, b'{"version":' + b"9" * 5_000 + b"}",
        b'{"version":1,"version":2}', "{}".encode("utf-16"), b'"\\ud800"',
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "decode", [decode_batch, decode_receipt, decode_heartbeat, decode_heartbeat_reply]
)
def test_a_body_that_is_none_is_refused(decode: Any, hostile: bytes) -> None:
    with pytest.raises(WireError):
        decode(hostile)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("terminal", "", "terminal: empty"),
        ("terminal", "x" * 65, "at most 64"),
        ("terminal", "S\n1", "control characters"),
        ("user_id", "7\x00", "user_id"),
        ("user_id", "\ud800", "not valid text"),
        ("user_id", 7, "expected text"),
        ("local_time", "2026-02-30T00:00:00", "no such date"),
        ("local_time", "2026-W10-1T07:31:05", "expected YYYY-MM-DD"),
        ("local_time", "2026-03-02T07:31:05+08:00", "expected YYYY-MM-DD"),
        ("local_time", "2026-03-02T07:31:0\u0665", "expected YYYY-MM-DD"),
        ("local_time", 0, "expected YYYY-MM-DD"),
        ("occurred_at", 1_772_407_865 + 24 * 3_600, "further apart than any time zone"),
        ("occurred_at", 10**30, "no later than the year 2230"),
        ("occurred_at", float("nan"), "expected a whole number"),
        ("occurred_at", float("inf"), "expected a whole number"),
        ("occurred_at", 1.0, "expected a whole number"),
        ("occurred_at", True, "expected a whole number"),
        ("occurred_at", None, "expected a whole number"),
        ("state", -1, "0 to 65535"),
        ("state", 65_536, "0 to 65535"),
        ("verify", "1", "0 to 65535"),
        ("work_code", None, "expected text"),
        ("work_code", "9" * 33, "at most 32"),
        ("source", "elsewhere", "source"),
        ("source", [], "source"),
        ("raw", "zz", "not hexadecimal"),
        ("raw", "a", "not hexadecimal"),
        ("raw", "\u0665\u0665", "not hexadecimal"),
        ("raw", "00" * 1_025, "at most 1024 bytes"),
        ("id", "0" * 32, "does not belong"),
    ],
)
def test_one_bad_punch_is_named_and_holds_up_no_other(
    column: str, value: object, reason: str
) -> None:
    found = body()
    found["punches"][column][0] = value
    decoded = decode_batch(json.dumps(found).encode())
    assert decoded.batch.punches == PUNCHES[1:]
    assert decoded.batch.bad == (BAD,)
    (why,) = decoded.rejected.values()
    assert reason in why


@pytest.mark.parametrize("value", [None, "", "x" * 32, "0" * 31, "A" * 32, 7, ["0" * 32]])
def test_a_row_without_a_name_refuses_the_body(value: object) -> None:
    """It could not be named in the receipt, and would be sent for ever."""
    found = body()
    found["punches"]["id"][0] = value
    with pytest.raises(WireError, match=r"punches\.id: expected 32 hexadecimal digits"):
        decode_batch(json.dumps(found).encode())


def test_columns_of_different_lengths_are_refused() -> None:
    found = body()
    found["punches"]["state"].append(0)
    with pytest.raises(WireError, match="the columns differ in length"):
        decode_batch(json.dumps(found).encode())


def test_a_missing_column_is_refused_by_name() -> None:
    found = body()
    del found["bad"]["kind"]
    with pytest.raises(WireError, match=r"bad\.kind: expected a list"):
        decode_batch(json.dumps(found).encode())


def test_more_rows_than_agreed_are_refused() -> None:
    with pytest.raises(WireError, match="at most 5000 are taken at once"):
        decode_batch(encode_batch(replace(BATCH, punches=PUNCHES[:1] * (MAX_ROWS + 1))))


def test_more_statements_than_any_office_has_are_refused() -> None:
    with pytest.raises(WireError, match="coverage: 1001 given"):
        decode_heartbeat(encode_heartbeat(replace(HEARTBEAT, coverage=HEARTBEAT.coverage * 1_001)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PARTS = st.sampled_from(
    ["version", "outbox", "after", "accepted", "parked", "receipt", "refused", "now", "coverage"]
)


def refusal(decode: Any, text: bytes) -> str:
    """Return why a body is refused, empty where it is taken; any other error fails the test."""
    try:
        decode(text)
    except WireError as error:
        return str(error)
    return ""


@settings(max_examples=150, deadline=None)
@given(found=st.dictionaries(PARTS | st.text(max_size=3), JSON, max_size=9), known=st.booleans())
def test_any_json_is_read_or_refused(found: dict[str, Any], known: bool) -> None:
    if known:
        found["version"] = 1
    text = json.dumps(found).encode()
    for decode in (decode_batch, decode_receipt, decode_heartbeat, decode_heartbeat_reply):
        assert len(refusal(decode, text)) < 300


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_value_in_any_place_of_a_good_body_is_read_or_refused(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["punches", "bad", "terminals", "coverage", "top"]))
    heart = kind in {"terminals", "coverage"}
    found = json.loads(encode_heartbeat(HEARTBEAT)) if heart else body()
    place = found if kind == "top" else found[kind][0] if heart else found[kind]
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(
        JSON | st.lists(JSON, min_size=2, max_size=2)
    )
    decode = decode_heartbeat if heart else decode_batch
    assert len(refusal(decode, json.dumps(found).encode())) < 300


@settings(max_examples=100, deadline=None)
@given(
    user_id=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=64),
    local_time=st.datetimes(datetime(1900, 1, 1), datetime(2133, 12, 31)),
    state=st.none() | st.integers(0, 65_535),
    raw=st.binary(max_size=1_024),
)
def test_what_was_written_is_read_unaltered(
    user_id: str, local_time: datetime, state: int | None, raw: bytes
) -> None:
    local_time = local_time.replace(microsecond=0)
    since_1970 = (local_time - datetime(1970, 1, 1)).total_seconds()
    told = punch(user_id, local_time, int(since_1970) - 8 * 3_600, state=state, raw=raw)
    decoded = decode_batch(encode_batch(Batch(OUTBOX, None, (told,))))
    assert decoded.rejected == {}
    assert decoded.batch.punches == (told,)
