"""What terminals push, decoded: every sample to its sidecar, and whatever else may come."""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.adms import codec, rows
from drivers.adms.codec import Kind
from drivers.adms.receiver import AdmsReceiver
from drivers.base import BadRecord, RawPunch, Request
from drivers.errors import MalformedReply

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str) -> tuple[bytes, dict]:
    return (SAMPLES / name).read_bytes(), json.loads((SAMPLES / f"{name}.json").read_text())


def request(line: str, body: bytes = b"", **more: object) -> Request:
    method, target = line.split()[:2]
    path, _, text = target.partition("?")
    query = {name.lower(): value for name, value in reversed(parse_qsl(text))}
    return Request(method, unquote(path), query, {}, body, "127.0.0.1", **more)


def whole(name: str) -> tuple[Request, dict]:
    content, told = sample(name)
    head, _, body = content.partition(b"\r\n\r\n")
    return request(head.split(b"\r\n")[0].decode(), body), told["decode"]


def told_by(punch: RawPunch) -> dict:
    return {
        "pin": punch.user_id,
        "local_time": str(punch.local_time),
        "status": punch.state,
        "verify": punch.verify,
    }


def only(expected: dict) -> dict:
    return {key: expected[key] for key in ("pin", "local_time", "status", "verify")}


def test_the_greeting_of_an_x100c():
    asked, decode = whole("adms-x100c-handshake.http")
    call = codec.call_of(asked)
    assert (call.serial, call.kind) == ("SERIAL87654321", Kind.HELLO)
    assert asked.query == {key.lower(): value for key, value in decode["query"].items()}
    assert AdmsReceiver.describe(asked) == "push 2.4.0, language 73"


@pytest.mark.parametrize(
    "name", ["adms-x100c-attlog.http", "adms-senseface3a-attlog255.body", "adms-x903-attlog.body"]
)
def test_a_punch_of_seven_and_of_ten_columns(name):
    if name.endswith(".http"):
        asked, decode = whole(name)
        assert codec.call_of(asked).kind is Kind.ATTLOG
        body = asked.body
    else:
        body, told = sample(name)
        decode = told["decode"]
    (punch,) = rows.decode_attlog(body)
    assert told_by(punch) == only(decode["rows"][0])
    assert punch.raw == body.rstrip(b"\r\n")
    assert punch.work_code == decode["rows"][0]["workcode"].strip("0")


def test_nine_punches_of_the_makers_document():
    asked, decode = whole("adms-vendordoc-attlog9.http")
    punches = rows.decode_attlog(asked.body)
    assert len(punches) == decode["records"]
    assert told_by(punches[0]) == only(decode["first"])
    assert told_by(punches[-1]) == only(decode["last"])
    assert codec.ok(len(punches)).body == b"OK: 9"


def test_operations_are_counted_and_their_objects_forgotten():
    asked, decode = whole("adms-x100c-operlog.http")
    assert codec.call_of(asked).kind is Kind.OPERLOG
    operations, count = rows.decode_operlog(asked.body)
    assert count == decode["lines"]
    for found, expected in zip(operations, decode["rows"], strict=True):
        assert (found.number, str(found.local_time)) == (expected["op"], expected["local_time"])
    body, told = sample("adms-x903-operlog.body")
    operations, count = rows.decode_operlog(body)
    assert ([one.number for one in operations], count) == (told["decode"]["ops"], 3)


def test_the_settings_of_an_x903_and_of_a_speedface():
    body, told = sample("adms-x903-options.body")
    found = codec.decode_settings(body)
    assert len(found) == told["decode"]["keys"]
    for key in ("DeviceName", "OEMVendor", "Platform", "FWVersion", "PushVersion"):
        assert found[key] == told["decode"][key]
    assert found["TransactionCount"] == str(told["decode"]["TransactionCount"])
    body, told = sample("adms-speedface-options.body")
    found = codec.decode_settings(body)
    assert found["OEMVendor"] == told["decode"]["OEMVendor"]
    assert found["FWVersion"] == told["decode"]["FWVersion"]
    assert len(found) == told["decode"]["keys"]


@pytest.mark.timeout(10)
def test_settings_of_commas_alone_take_no_time():
    """A body of the largest size took minutes when each comma copied all before it."""
    assert codec.decode_settings(b"A=1" + b"," * (4 << 20)) == {"A": "1" + "," * 199}


def test_the_result_of_an_info():
    body, told = sample("adms-mb360-devicecmd-info.body")
    (result,) = codec.decode_results(body)
    (expected,) = told["decode"]["results"]
    assert (result.id, result.code, result.command) == (
        expected["id"],
        expected["ret"],
        expected["cmd"],
    )
    for key, value in told["decode"]["info"].items():
        assert result.facts[key] == str(value)


def test_an_event_of_a_door():
    body, told = sample("adms-senseface3a-acc-rtlog.body")
    (punch,), count = rows.decode_rtlog(body)
    (expected,) = told["decode"]["rows"]
    assert count == 1
    assert (punch.user_id, str(punch.local_time)) == (expected["pin"], expected["local_time"])
    assert (punch.state, punch.verify) == (expected["inoutstatus"], expected["verify"])
    assert b"\tcardno=\t" in punch.raw, "the number of a card is not kept"


def test_our_settings_say_what_a_vendors_server_says():
    content, _ = sample("adms-vendor-server-handshake-reply.body")
    theirs = dict(line.partition("=")[::2] for line in content.decode().splitlines()[1:])
    reply = codec.encode_settings("ZK-MOCK-001", stamp="0", op_stamp="0", timezone_h=3)
    lines = reply.body.decode().splitlines()
    ours = dict(line.partition("=")[::2] for line in lines[1:])
    assert lines[0] == content.decode().splitlines()[0]
    for key in ("ServerVer", "PushProtVer", "MaxPostSize", "TimeZone", "Stamp", "OpStamp"):
        assert ours[key] == theirs[key], key
    left_out = {"EncryptFlag", "MultiBioDataSupport", "MultiBioPhotoSupport"}
    assert set(theirs) - set(ours) == left_out
    assert ours["TransFlag"] == "TransData AttLog\tOpLog", "no users, fingers, faces or photos"


BODIES = [
    whole("adms-x100c-attlog.http")[0].body,
    whole("adms-vendordoc-attlog9.http")[0].body,
    sample("adms-senseface3a-attlog255.body")[0],
    sample("adms-x903-attlog.body")[0],
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_cut_within_a_row_is_refused(body):
    for end in range(1, len(body)):
        if not body[:end].endswith(b"\n"):
            with pytest.raises(MalformedReply, match="the last row was cut"):
                rows.decode_attlog(body[:end], surplus=True)


@pytest.mark.parametrize("body", BODIES)
def test_a_row_cut_before_what_we_read_of_it_is_refused_whatever_was_announced(body):
    row = body.split(b"\n")[0]
    end_of_codes = len(b"\t".join(row.split(b"\t")[:4]))
    for end in range(1, end_of_codes + 1):
        with pytest.raises(MalformedReply, match="the last row was cut"):
            rows.decode_attlog(row[:end])
    for end in range(1, len(row.split(b"\t")[0]) + 20):
        with pytest.raises(MalformedReply, match="the last row was cut"):
            rows.decode_attlog(body + row[:end])


@pytest.mark.parametrize("body", BODIES)
def test_ends_of_lines_and_empty_lines_do_not_matter(body):
    punches = rows.decode_attlog(body)
    assert rows.decode_attlog(body.replace(b"\n", b"\r\n")) == punches
    assert rows.decode_attlog(b"\n\r\n" + body + b"\n\n \n") == punches
    assert rows.decode_attlog(b"\xef\xbb\xbf" + body) == punches
    assert rows.decode_attlog(body.rstrip(b"\n")) == punches
    assert rows.decode_attlog(body + body) == punches * 2


@pytest.mark.parametrize(
    ("row", "kind", "user_id"),
    [
        (b"garbage", "line", ""),
        (b"12\tnot a date\t0\t1", "date", "12"),
        (b"12\t2026-02-30 07:00:00\t0\t1", "date", "12"),
        (b"12\t2026-02-03 25:00:00\t0\t1", "date", "12"),
        (b"\t2026-02-03 07:00:00\t0\t1", "user-id", ""),
        ("é\t2026-02-03 07:00:00\t0\t1".encode(), "user-id", ""),
        (b"1" * 65 + b"\t2026-02-03 07:00:00\t0\t1", "user-id", ""),
        (b"12\t2026-02-03 07:00:00\tin\t1", "line", "12"),
        (b"12\t2026-02-03 07:00:00\t0\t-1", "line", "12"),
        (b"12\t2026-02-03 07:00:00\t0\t1\t\xff", "line", "12"),
    ],
)
def test_a_row_that_is_no_punch_is_kept_and_the_others_go_on(row, kind, user_id):
    good = b"7\t2026-02-03 07:00:00\t0\t1\t0\t0\t0\n"
    first, bad, last = rows.decode_attlog(good + row + b"\n" + good)
    assert isinstance(first, RawPunch)
    assert first == last
    assert isinstance(bad, BadRecord)
    assert (bad.kind, bad.user_id, bad.raw) == (kind, user_id, row)
    assert bad.reason


def test_columns_apart_by_blanks_and_short_rows_are_read():
    (punch,) = rows.decode_attlog(b"12  2026-02-03 07:00:00 1 15\n")
    assert told_by(punch) == {
        "pin": "12",
        "local_time": "2026-02-03 07:00:00",
        "status": 1,
        "verify": 15,
    }
    (punch,) = rows.decode_attlog(b"007\t2026-02-03 07:00:00\n")
    assert (punch.user_id, punch.state, punch.verify, punch.work_code) == ("007", None, None, "")


@pytest.mark.parametrize("body", [b"\x1f\x8b\x08\0\0\0", b"12\t2026-02-03\0 07:00:00\t0\t1\n"])
def test_what_is_no_text_is_refused_whole(body):
    with pytest.raises(MalformedReply):
        rows.decode_attlog(body)


def test_events_of_a_door_that_are_no_punches():
    event = (
        b"time=2026-02-23 14:13:48\tpin=%s\tcardno=77\tevent=%d\tinoutstatus=2\tverifytype=4\r\n"
    )
    entries, count = rows.decode_rtlog(event % (b"0", 202) + event % (b"5", 0) + event % (b"6", 23))
    assert count == 3
    punch, refused = entries
    assert (punch.user_id, punch.state) == ("5", 255)
    assert isinstance(refused, BadRecord)
    assert refused.user_id == "6"
    assert b"77" not in punch.raw + refused.raw


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "latin-1"])
def test_names_are_counted_in_whatever_encoding_and_kept_nowhere(encoding):
    name = {"utf-8": "Siti 张伟", "gb2312": "张伟", "latin-1": "José"}[encoding]
    body = f"USER PIN=7\tName={name}\tPri=0\tPasswd=123\nFP PIN=7\tFID=1\tTMP=abc\n".encode(
        encoding
    )
    assert codec.text_of(name.encode(encoding)) == name
    assert rows.decode_operlog(body) == ([], 2)


@pytest.mark.parametrize(
    "path",
    [
        "/iclock/cdata",
        "/iclock/cdata.aspx",
        "/iclock/iclock/cdata",
        "/iclock/cdata/",
        "//iclock//cdata",
        "/ICLOCK/CDATA",
    ],
)
def test_every_way_a_path_is_written(path):
    asked = request(f"POST {path}?sn=ABC&TABLE=attlog")
    assert codec.call_of(asked) == codec.Call("ABC", Kind.ATTLOG, asked.query)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("GET /iclock/getrequest?SN=A", Kind.POLL),
        ("POST /iclock/devicecmd?SN=A", Kind.RESULTS),
        ("GET /iclock/ping?SN=A", Kind.OTHER),
        ("POST /iclock/cdata?SN=A&table=BIODATA&Stamp=1", Kind.OTHER),
        ("POST /iclock/cdata?SN=A&table=OPERLOG&ContentType=tgz", Kind.OTHER),
        ("POST /iclock/cdata?SN=A&table=ATTLOG&ContentType=tgz", Kind.PACKED),
        ("POST /iclock/cdata?SN=A&table=rtstate", Kind.OTHER),
        ("POST /iclock/cdata?SN=A&table=tabledata&tablename=user", Kind.TABLE),
        ("POST /iclock/querydata?SN=A&type=tabledata", Kind.TABLE),
        ("POST /iclock/cdata?SN=A&type=PostVerifyData", Kind.OTHER),
        ("GET /iclock/cdata?SN=A&table=RemoteAtt&PIN=1", Kind.OTHER),
        ("POST /iclock/cdata?SN=A&table=surprise", Kind.UNKNOWN),
        ("POST /iclock/registry?SN=A", Kind.REGISTRY),
        ("POST /iclock/push?SN=A", Kind.CONFIGURE),
        ("POST /iclock/exchange?SN=A&type=factors", Kind.OTHER),
        ("GET /iclock/file?SN=A&url=x", Kind.NOTHING),
        ("DELETE /iclock/devicecmd?SN=A", Kind.NOTHING),
    ],
)
def test_what_a_call_is_its_path_and_query_say(line, kind):
    assert codec.call_of(request(line)).kind is kind


@pytest.mark.parametrize(
    "line",
    [
        "GET /?SN=A",
        "GET /iclock/cdata",
        "GET /iclock/cdata?SN=",
        "GET /iclock/cdata?SN=a%20b",
        "GET /iclock/cdata?SN=" + "a" * 65,
        "GET /iclock/cdata?SN=a%00",
        "GET /other/cdata?SN=A",
        "GET /iclock/../etc/passwd?SN=A",
    ],
)
def test_what_is_no_call_of_ours(line):
    assert codec.call_of(request(line)) is None


def test_results_in_both_shapes_and_where_an_x100c_sends_them():
    body = b"ID=h17&Return=0&CMD=DATA\nID=h18&Return=-1002&CMD=INFO\n"
    first, second = codec.decode_results(body)
    assert (first.id, first.code, second.id, second.code) == ("h17", 0, "h18", -1002)
    (result,) = codec.decode_results(b"ID=68\r\nSN=1\r\nReturn=3\r\nCMD=DATA\r\nContent=x\r\n")
    assert (result.id, result.code, result.command) == ("68", 3, "DATA")
    assert codec.call_of(request("POST /iclock/cdata?SN=A", body)).kind is Kind.RESULTS
    for nothing in (b"", b"Return=0", b"ID=1", b"ID=%&Return=0", b"ID=1&Return=yes"):
        with pytest.raises(MalformedReply):
            codec.decode_results(nothing)


@pytest.mark.parametrize(
    "text",
    [
        "CLEAR LOG",
        "CLEAR DATA",
        "REBOOT",
        "SHELL ls",
        "INFO\nCLEAR LOG",
        "CHECK ",
        "SET OPTION Delay=30",
        "DATA DELETE USERINFO PIN=1",
        "DATA QUERY USERINFO",
        "DATA QUERY ATTLOG StartTime=2026-01-01 00:00:00\tEndTime=2026-01-02 00:00:00\nREBOOT",
        "VERIFY SUM ATTLOG",
    ],
)
def test_nothing_but_three_orders_is_ever_given(text):
    with pytest.raises(ValueError, match="not an order we give"):
        codec.encode_command("h1", text)


def test_the_three_orders():
    assert codec.encode_command("h1", "INFO").body == b"C:h1:INFO\n"
    assert codec.encode_command("h2", "CHECK").body == b"C:h2:CHECK\n"
    text = codec.query_text(datetime(2026, 1, 1), datetime(2026, 1, 2, 3, 4, 5))
    assert codec.encode_command("h3", text).body == (
        b"C:h3:DATA QUERY ATTLOG StartTime=2026-01-01 00:00:00\tEndTime=2026-01-02 03:04:05\n"
    )
    with pytest.raises(ValueError, match="not an order"):
        codec.encode_command("h3\n", "INFO")


@given(st.binary(max_size=400))
def test_no_bytes_do_worse_than_be_refused(body):
    for decode in (rows.decode_attlog, rows.decode_rtlog, codec.decode_results):
        try:
            decode(body)
        except MalformedReply:
            continue
    rows.decode_operlog(body)
    rows.unread_rows(body.replace(b"\0", b"").removeprefix(b"\x1f"))
    codec.decode_settings(body)
    assert rows.count_rows(body) <= body.count(b"\n") + 1


USER_IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=24)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(
    lambda at: at.replace(microsecond=0)
)


@given(
    st.lists(
        st.tuples(USER_IDS, TIMES, st.integers(0, 255), st.integers(0, 200)), min_size=1, max_size=9
    ),
    st.sampled_from([b"", b"\t0\t0\t0", b"\t\t0\t0\t", b"\t0\t0\t0\t0\t36.2\t0\t"]),
    st.sampled_from([b"\n", b"\r\n"]),
)
def test_every_punch_comes_out_as_it_went_in(touches, rest, end):
    body = b"".join(
        f"{user}\t{at}\t{state}\t{verify}".encode() + rest + end
        for user, at, state, verify in touches
    )
    found = rows.decode_attlog(body)
    assert [(one.user_id, one.local_time, one.state, one.verify) for one in found] == touches


@pytest.mark.parametrize("user_id", ["FP", "USER", "face", "TEMPLATE7"])
def test_a_user_id_that_is_called_like_a_table_of_fingers_is_a_user_id(user_id: str) -> None:
    (found,) = rows.decode_attlog(f"{user_id}\t2026-03-02 07:21:00\t0\t1\n".encode())
    assert found.user_id == user_id
    assert not isinstance(found, BadRecord)
