"""The wire: old bodies are read for ever, and the worst of bodies is only refused.

The golden bodies are of version 2, the first that was released.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed import Chains, Signer

from ingest import wire
from ingest.wire import (
    MAX_ROWS,
    BadRecord,
    Batch,
    Coverage,
    Enrolled,
    Enrolment,
    Heartbeat,
    HeartbeatReply,
    Punch,
    Receipt,
    Rotated,
    Rotation,
    Run,
    TerminalHealth,
    WireError,
    bad_record_id,
    decode_batch,
    decode_enrolled,
    decode_enrolment,
    decode_heartbeat,
    decode_heartbeat_reply,
    decode_receipt,
    decode_rotated,
    decode_rotation,
    encode_batch,
    encode_enrolled,
    encode_enrolment,
    encode_heartbeat,
    encode_heartbeat_reply,
    encode_receipt,
    encode_rotated,
    encode_rotation,
    punch_id,
)
from ingest.wire.chain import BAD_COLUMNS, PUNCH_COLUMNS

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
BATCH = Chains().batch(*PUNCHES, BAD, outbox=OUTBOX, after=RECEIPT)
RECEIVED = Receipt(RECEIPT, "ab" * 32, 2, {"p1": "terminal of office B"}, 1)
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
OLD, NEW = Signer("old"), Signer("new")
ENROLMENT = Enrolment("H7-ABCD-EFGH", NEW.public_key, "0.2.0")
ENROLLED = Enrolled(3, "4.01.01", "pc-dinas", 1_772_412_061)
ROTATION = Rotation(NEW.public_key, NEW.prove(OLD.key_id))
ROTATED = Rotated(NEW.key_id, 1_772_412_061)


@pytest.mark.parametrize(
    ("name", "encode", "decode", "value"),
    [
        ("v2-batch", encode_batch, lambda body: decode_batch(body).batch, BATCH),
        ("v2-receipt", encode_receipt, decode_receipt, RECEIVED),
        ("v2-heartbeat", encode_heartbeat, decode_heartbeat, HEARTBEAT),
        ("v2-heartbeat-reply", encode_heartbeat_reply, decode_heartbeat_reply, REPLY),
        ("v2-enrolment", encode_enrolment, decode_enrolment, ENROLMENT),
        ("v2-enrolled", encode_enrolled, decode_enrolled, ENROLLED),
        ("v2-rotation", encode_rotation, decode_rotation, ROTATION),
        ("v2-rotated", encode_rotated, decode_rotated, ROTATED),
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


DECODERS = [
    decode_batch, decode_receipt, decode_heartbeat, decode_heartbeat_reply, decode_enrolment,
    decode_enrolled, decode_rotation, decode_rotated,
]  # fmt: skip


def body(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(encode_batch(BATCH))
    return found | changes


@pytest.mark.parametrize("version", [0, 1, "2", True, 2.0, None, [], "v" * 10_000, 10**400])
def test_another_version_is_refused_in_one_short_sentence(version: object) -> None:
    with pytest.raises(WireError, match="is not known here; this side speaks 2") as caught:
        decode_batch(json.dumps(body(version=version)).encode())
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    "hostile",
    [
        b"", b"\x00", b"\xff\xfe", b"[]", b"null", b"1", b"{", b"{}", b'{"version":2}',
        b"[" * 100_000, b'{"a":' * 100_000, b'{"version":' + b"9" * 5_000 + b"}",
        b'{"version":2,"version":1}', "{}".encode("utf-16"), b'"\\ud800"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("decode", DECODERS)
def test_a_body_that_is_none_is_refused(decode: Any, hostile: bytes) -> None:
    with pytest.raises(WireError):
        decode(hostile)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("user_id", "7\x00", "user_id"),
        ("user_id", "\ud800", "not valid text"),
        ("user_id", 7, "expected text"),
        ("local", "2026-03-02T07:31:05", "local: expected a whole number"),
        ("local", 10**12, "no later than the year 2230"),
        ("local", -8_000_000_000_000, "no later than the year 2230"),
        ("local", True, "expected a whole number"),
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
    ],
)
def test_one_bad_punch_is_named_and_holds_up_no_other(
    column: str, value: object, reason: str
) -> None:
    found = body()
    found["punches"][column][0] = value
    chain_anew(found)
    decoded = decode_batch(json.dumps(found).encode())
    assert decoded.batch.punches == PUNCHES[1:]
    assert decoded.batch.bad == (BAD,)
    assert (decoded.names, list(decoded.rejected), decoded.rows) == (("p1", "b0"), ["p0"], 3)
    assert reason in decoded.rejected["p0"]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("id", "x" * 32, "id: expected 32 hexadecimal digits"),
        ("kind", "", "kind: empty"),
        ("reason", "r" * 501, "at most 500"),
        ("near_from", "2026-02-30T00:00:00", "no such date"),
        ("near_from", "2026-W10-1T07:31:05", "expected YYYY-MM-DD"),
        ("near_from", "2026-03-02T07:31:05+08:00", "expected YYYY-MM-DD"),
        ("near_from", "2026-03-02T07:31:0\u0665", "expected YYYY-MM-DD"),
        ("near_until", 0, "expected YYYY-MM-DD"),
        ("raw", None, "raw: expected at most 1024 bytes"),
    ],
)
def test_one_bad_bad_record_is_named_and_holds_up_no_other(
    column: str, value: object, reason: str
) -> None:
    found = body()
    found["bad"][column][0] = value
    chain_anew(found)
    decoded = decode_batch(json.dumps(found).encode())
    assert (decoded.batch.punches, decoded.batch.bad) == (PUNCHES, ())
    assert reason in decoded.rejected["b0"]


@pytest.mark.parametrize(("name", "index"), [("punches", 0), ("punches", 1), ("bad", 0)])
def test_a_row_that_was_changed_after_it_was_chained_refuses_the_body(
    name: str, index: int
) -> None:
    columns = body()[name]
    for column in columns.keys() - {"runs"}:
        found = body()
        found[name][column][index] = "changed"
        with pytest.raises(WireError, match=r"of CKPG1 \([pb]\) do not fit their chain"):
            decode_batch(json.dumps(found).encode())


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, "", "terminal: empty"),
        (0, "x" * 65, "at most 64"),
        (0, "S\n1", "control characters"),
        (1, 0, "heights begin at 1"),
        (1, -1, "heights begin at 1"),
        (1, 1.0, "first: expected a whole number"),
        (2, 0, "no run is empty"),
        (2, 1, "the runs do not add up to the rows"),
        (2, 3, "the runs do not add up to the rows"),
        (2, True, "count: expected a whole number"),
        (3, "0" * 63, "before: expected 64 hexadecimal digits"),
        (3, "0" * 64, "do not fit their chain"),
        (4, "0" * 64, "do not fit their chain"),
        (4, "G" * 64, "after: expected 64 hexadecimal digits"),
        (4, None, "after: expected 64 hexadecimal digits"),
    ],
)
def test_a_run_that_cannot_be_refuses_the_body(place: int, value: object, reason: str) -> None:
    found = body()
    found["punches"]["runs"][0][place] = value
    with pytest.raises(WireError, match=reason):
        decode_batch(json.dumps(found).encode())


def test_rows_of_two_terminals_are_told_apart_by_their_runs() -> None:
    told = (*PUNCHES, replace(PUNCHES[0], terminal="OTHER"))
    decoded = decode_batch(encode_batch(Chains().batch(*told, outbox=OUTBOX)))
    assert [one.terminal for one in decoded.batch.punches] == ["CKPG1", "CKPG1", "OTHER"]
    assert len({one.id for one in decoded.batch.punches}) == 3


def test_links_are_made_as_the_design_says() -> None:
    """Written out again, so that no change of form goes unseen: others check these chains, too."""
    link = hashlib.sha256(f"hadir-chain-2\np\n{OUTBOX}\nCKPG1".encode()).digest()
    entry = (
        "007\x1f1772436665\x1f1772407865\x1f0\x1f1\x1f\x1fpoll\x1f2\x1f1772412000"
        "\x1f1772408400\x1f370001"
    )
    second = (
        "Ayu-\u00e9\x1f2147512447\x1f2147483647\x1f-\x1f-\x1f12\x1fusb\x1f-\x1f1772412000\x1f-\x1f"
    )
    first = hashlib.sha256(link + entry.encode()).digest()
    decoded = decode_batch(encode_batch(BATCH))
    assert BATCH.punch_runs == (
        Run("CKPG1", 1, 2, link, hashlib.sha256(first + second.encode()).digest()),
    )
    assert decoded.links["p"] == (first, BATCH.punch_runs[0].after)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_two_rows_share_an_entry(data: st.DataObject) -> None:
    """Whatever the texts hold, the sign that parts them too: else rows could change places."""
    texts = st.text(st.sampled_from("\x1f-1é"), max_size=4)
    rows = st.tuples(
        st.text(st.sampled_from("-1é"), min_size=1, max_size=3), st.integers(-2, 2),
        st.integers(-2, 2), st.none() | st.integers(0, 2), st.none() | st.integers(0, 2), texts,
        st.sampled_from(wire.SOURCES), st.none() | st.integers(-2, 2), st.integers(-2, 2),
        st.none() | st.integers(-2, 2), st.sampled_from(["", "00", "1f"]),
    )  # fmt: skip
    one, other = data.draw(rows), data.draw(rows)
    entries = wire.punch_entries([list(column) for column in zip(one, other, strict=True)])
    assert (entries[0] == entries[1]) == (one == other)


def chain_anew(found: dict[str, Any]) -> None:
    """Give a body the chains that belong to its rows, as a bridge that stored them so would."""
    for name, kind, columns, entries in (
        ("punches", wire.PUNCH, PUNCH_COLUMNS, wire.punch_entries),
        ("bad", wire.BAD, BAD_COLUMNS, wire.bad_entries),
    ):
        (run,) = found[name]["runs"]
        link = wire.genesis(kind, OUTBOX, run[0])
        told = entries([found[name][column] for column in columns])
        found[name]["runs"] = [
            [run[0], 1, len(told), link.hex(), wire.extend(link, told)[-1].hex()]
        ]


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
        decode_batch(encode_batch(Chains().batch(*PUNCHES[:1] * (MAX_ROWS + 1), outbox=OUTBOX)))


def test_more_runs_than_any_office_has_terminals_are_refused() -> None:
    told = [replace(PUNCHES[0], terminal=f"T{n}") for n in range(1_001)]
    with pytest.raises(WireError, match="1001 runs, at most 1000 are taken at once"):
        decode_batch(encode_batch(Chains().batch(*told, outbox=OUTBOX)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parked": {f"p{n}": "x" for n in range(2 * MAX_ROWS + 1)}}, "more rows than a body"),
        ({"parked": {"p\n": "x"}}, "control characters"),
        ({"parked": {"p0": 1}}, "expected text"),
        ({"accepted": ["p0"]}, "accepted: expected a whole number"),
        ({"accepted": True}, "accepted: expected a whole number"),
        ({"body": "ab"}, "body: expected 64 hexadecimal digits"),
        ({"receipt": "AB" * 16}, "receipt: expected 32 hexadecimal digits"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(changes: dict[str, Any], reason: str) -> None:
    found = json.loads(encode_receipt(RECEIVED)) | changes
    with pytest.raises(WireError, match=reason):
        decode_receipt(json.dumps(found).encode())


HEADERS = ["Hadir-Key", "Hadir-Time", "Hadir-Nonce", "Hadir-Body", "Hadir-Signature"]
SIGNED = Signer("a").sign("/v2/punches", b"body", time=1_772_412_000, nonce="0" * 32)


def test_a_signature_travels_in_five_headers() -> None:
    assert wire.read_signed(SIGNED.headers()) == SIGNED
    assert list(SIGNED.headers()) == HEADERS


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize(
    "value",
    [
        None, "", " ", "x", "-1", "+1", "1_0", "\u0661", "1e9", "0" * 31, "0" * 33, "A" * 32,
        "0" * 127, "0" * 129, "0" * 32 + "\n", "G" * 128, "0" * 10_000,
    ],
)  # fmt: skip
def test_a_header_that_is_none_is_named_and_not_repeated(name: str, value: str | None) -> None:
    found = SIGNED.headers() | {name: value}
    with pytest.raises(WireError, match=f"the header {name} is") as caught:
        wire.read_signed({key: text for key, text in found.items() if text is not None})
    assert len(str(caught.value)) < 100


def test_what_is_signed_is_written_out() -> None:
    told = wire.signed_message("POST", "/v2/punches", 1_772_412_000, "0" * 32, "ab" * 32)
    assert told == (
        b"hadir-request-2\nPOST\n/v2/punches\n1772412000\n" + b"0" * 32 + b"\n" + b"ab" * 32
        + b"\n"
    )  # fmt: skip
    assert wire.rotation_message("ab" * 16, b"\x01" * 32) == (
        b"hadir-rotate-2\n" + b"ab" * 16 + b"\n" + b"01" * 32 + b"\n"
    )
    assert wire.key_id(b"\x01" * 32) == hashlib.sha256(b"\x01" * 32).hexdigest()[:32]


def test_more_statements_than_any_office_has_are_refused() -> None:
    with pytest.raises(WireError, match="coverage: 1001 given"):
        decode_heartbeat(encode_heartbeat(replace(HEARTBEAT, coverage=HEARTBEAT.coverage * 1_001)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PARTS = st.sampled_from(
    [
        "version",
        "outbox",
        "after",
        "accepted",
        "parked",
        "receipt",
        "refused",
        "now",
        "coverage",
        "punches",
        "bad",
        "runs",
        "body",
        "code",
        "public_key",
        "proof",
        "key_id",
    ]
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
        found["version"] = 2
    text = json.dumps(found).encode()
    for decode in DECODERS:
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
    decoded = decode_batch(encode_batch(Chains().batch(told, outbox=OUTBOX)))
    assert decoded.rejected == {}
    assert decoded.batch.punches == (told,)
