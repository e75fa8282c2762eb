"""The web service's answers as bytes: samples, broken rows, and whatever chance makes."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import BadRecord, Entry, RawPunch, records_digest
from drivers.errors import (
    DriverError,
    KeyRejected,
    MalformedReply,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.soap import answer, codec
from drivers.soap.answer import Answer
from drivers.soap.rows import MAX_ROW, read_log

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "samples"
SERIAL = "X100C0000001"
HEAD = b"HTTP/1.0 200 OK\r\nServer: ZK Web Server\r\nContent-Type: text/xml\r\n\r\n"
FULL = (SAMPLES / "soap-full-response-2020.http").read_bytes()
ROW = (
    b"<Row><PIN>12</PIN><DateTime>2020-08-07 09:05:10</DateTime>"
    b"<Verified>4</Verified><Status>1</Status><WorkCode>0</WorkCode></Row>"
)
PUNCH = RawPunch("12", datetime(2020, 8, 7, 9, 5, 10), 1, 4, "", ROW)


def logged(*rows: bytes) -> bytes:
    return b"\r\n".join([b"\r\n<GetAttLogResponse>", *rows, b"</GetAttLogResponse>"])


def entries(*rows: bytes) -> list[Entry]:
    return list(read_log(logged(*rows), SERIAL).entries())


def only(*rows: bytes) -> Entry:
    (entry,) = entries(*rows)
    return entry


def fed(*pieces: bytes, request: codec.Request | None = None) -> Answer:
    found = Answer(request or codec.ask_log(0))
    for piece in pieces:
        found.feed(piece)
    return found


SAMPLE_BODIES = {
    "soap-full-response-2020.http": FULL,
    "soap-verified-codes-2024.xml": HEAD + (SAMPLES / "soap-verified-codes-2024.xml").read_bytes(),
    "soap-empty.xml": HEAD + (SAMPLES / "soap-empty.xml").read_bytes(),
}


def test_no_answer_among_the_samples_is_left_out():
    kept = {path.name for path in SAMPLES.glob("soap-*") if path.suffix != ".json"}
    assert kept == {*SAMPLE_BODIES, "soap-request-x601.http"}


@pytest.mark.parametrize("name", SAMPLE_BODIES)
def test_a_sample_decodes_to_its_sidecar(name):
    told = json.loads((SAMPLES / f"{name}.json").read_text())["decode"]
    whole = fed(SAMPLE_BODIES[name])
    assert whole.whole
    log = read_log(bytes(whole.body), SERIAL)
    found = list(log.entries())
    assert len(log) == len(found) == told["records"]
    assert all(isinstance(entry, RawPunch) for entry in found)
    for place, row in ((0, told.get("first")), (-1, told.get("last"))):
        if row:
            one = found[place]
            assert one.user_id == row["pin"]
            assert one.local_time == datetime.fromisoformat(row["local_time"])
            assert (one.verify, one.state) == (row["verify"], row["status"])


@pytest.mark.parametrize("name", SAMPLE_BODIES)
def test_a_sample_is_the_same_whole_and_byte_by_byte_and_with_bytes_behind_it(name):
    sample = SAMPLE_BODIES[name]
    whole = fed(sample)
    slow = Answer(codec.ask_log(0))
    complete_at = []
    for place in range(len(sample)):
        slow.feed(sample[place : place + 1])
        if slow.whole and not complete_at:
            complete_at.append(place)
    assert slow.body == whole.body
    assert sample[: complete_at[0] + 1].endswith(b"</GetAttLogResponse>")
    behind = fed(sample, b"\r\n\r\n\x00")
    first = read_log(bytes(whole.body), SERIAL)
    again = read_log(bytes(behind.body), SERIAL)
    assert list(first.entries()) == list(again.entries())
    assert first.digest(len(first)) == again.digest(len(again))


def test_an_answer_cut_anywhere_is_never_a_whole_log():
    end = FULL.index(b"</GetAttLogResponse>") + len(b"</GetAttLogResponse>")
    for length in range(len(FULL)):
        cut = fed(FULL[:length])
        assert cut.whole == (length >= end)
        if not cut.whole:
            assert isinstance(cut.fault(), TerminalUnreachable | TerminalBusy), length


def test_the_request_is_the_one_that_terminals_know():
    sample = (SAMPLES / "soap-request-x601.http").read_bytes()
    assert codec.ask_log(0).encode() == sample
    keyed = codec.ask_log(4_294_967_295).encode()
    length, text = re.search(rb"Length: (\d+)\r\n\r\n(.*)\r\n$", keyed, re.DOTALL).groups()
    assert int(length) == len(text)
    assert b">4294967295<" in text


def test_a_key_is_not_shown():
    assert "4711" not in repr(codec.ask_log(4711))


def test_nothing_but_the_three_harmless_questions_stands_in_the_code():
    asked = {codec.ask_log(0).method, codec.ask_clock(0).method, codec.ask_serial(0).method}
    assert asked == {"GetAttLog", "GetDate", "GetOption"}
    sources = [*ROOT.glob("drivers/**/*.py"), *ROOT.glob("bridge/**/*.py")]
    assert any("soap" in str(path) for path in sources)
    forbidden = re.compile(
        r"Clear" r"Data|Set" r"Date|Delete" r"User|SetUser" r"Info|Refresh" r"DB"
    )
    assert [str(path) for path in sources if forbidden.search(path.read_text())] == []


class TestRows:
    def test_a_row_is_a_punch(self):
        assert entries(ROW, ROW) == [PUNCH, PUNCH]

    @pytest.mark.parametrize(
        "row",
        [
            ROW.replace(b"><", b">\r\n  <"),
            b"< Row >" + ROW[5:].replace(b"</", b"< / "),
            re.sub(rb"<(/?)(\w)", rb"<\1zk:\2", ROW),
            re.sub(rb"<(\w+)>", rb'<\1 xsi:type="xsd:string">', ROW),
            ROW.replace(b"<Row>", b"<Row><Name>Siti & \xfb\x86 <1></Name>"),
            ROW.replace(b"</Row>", b"<MaskFlag>0</MaskFlag><Photo/></Row>"),
            ROW.replace(b">12<", b">\t12 <"),
            ROW.lower(),
        ],
        ids=["lines", "blanks", "prefix", "attributes", "name", "unknown", "padded", "small"],
    )
    def test_how_a_row_is_written_changes_neither_punch_nor_bytes(self, row):
        assert only(row) == PUNCH
        assert read_log(logged(row), SERIAL).raw(0) == ROW

    def test_elements_are_taken_by_name_whatever_their_order(self):
        row = (
            b"<Row><Status>1</Status><Verified>4</Verified>"
            b"<DateTime>2020-08-07 09:05:10</DateTime><PIN>12</PIN></Row>"
        )
        assert only(row)._replace(raw=ROW) == PUNCH
        assert only(row).raw == row

    def test_what_is_not_told_is_none(self):
        row = b"<Row><PIN>1</PIN><DateTime>2020-08-07 09:05:10</DateTime><Status></Status></Row>"
        assert only(row) == RawPunch("1", PUNCH.local_time, None, None, "", row)

    def test_a_work_code_of_zero_is_none(self):
        assert only(ROW.replace(b"Code>0<", b"Code>7<")).work_code == "7"
        assert only(ROW).work_code == ""

    @pytest.mark.parametrize("pin", [b"&#49;2", b"1&#x32;", b"12"])
    def test_entities_are_resolved(self, pin):
        row = ROW.replace(b">12<", b">%s<" % pin)
        assert only(row).user_id == "12"
        assert only(row).raw == row

    def test_user_ids_keep_their_zeros_and_letters(self):
        assert only(ROW.replace(b">12<", b">007<")).user_id == "007"
        assert only(ROW.replace(b">12<", b">A&amp;9<")).user_id == "A&9"

    @pytest.mark.parametrize("layout", [b"", b"\n", b"\r\n", b" \t\r\n\x00 "])
    def test_rows_may_stand_in_lines_or_not(self, layout):
        body = b"<GetAttLogResponse>" + layout.join([ROW] * 3) + b"</GetAttLogResponse>"
        assert list(read_log(body, SERIAL).entries()) == [PUNCH] * 3

    def test_prolog_and_envelope_are_nothing(self):
        body = logged(ROW)
        for before in (b'<?xml version="1.0" encoding="iso8859-1"?>', b"\xef\xbb\xbf", b"<E:Body>"):
            assert list(read_log(before + body, SERIAL).entries()) == [PUNCH]

    @pytest.mark.parametrize(
        ("row", "kind", "user_id", "reason"),
        [
            (ROW.replace(b"08-07", b"02-31"), "date", "12", "no such date and time: 2020-02-31"),
            (ROW.replace(b"2020-08-07 ", b""), "date", "12", "no date written"),
            (
                ROW.replace(b"<DateTime>2020-08-07 09:05:10</DateTime>", b""),
                "date",
                "12",
                "no date",
            ),
            (ROW.replace(b"<PIN>12</PIN>", b""), "user-id", "", "is missing"),
            (ROW.replace(b">12<", b">1 2<"), "user-id", "", "plain characters"),
            (ROW.replace(b">12<", b">1\x012<"), "user-id", "", "plain characters"),
            (ROW.replace(b">12<", b">" + b"1" * 25 + b"<"), "user-id", "", "plain characters"),
            (ROW.replace(b"us>1<", b"us>in<"), "line", "12", "Status is no number"),
            (ROW.replace(b"us>1<", b"us>65536<"), "line", "12", "Status is no number"),
            (ROW.replace(b"ied>4<", b"ied>\xb2<"), "line", "12", "Verified is no number"),
            (ROW.replace(b"</PIN>", b"</PIN><PIN>13</PIN>"), "line", "", "PIN twice"),
            (ROW.replace(b"</PIN>", b""), "line", "", "no element"),
            (ROW.replace(b">12<", b"><b>12</b><"), "line", "", "holds other elements"),
            (ROW.replace(b"<Row>", b"<Row>x"), "line", "", "no element"),
            (ROW.removesuffix(b"</Row>"), "line", "", "a row cut off"),
            (b"<Row/>", "line", "", "outside of any row"),
            (b"12 2020-08-07 09:05:10", "line", "", "outside of any row"),
            (ROW.replace(b"de>0<", b"de>" + b"0" * MAX_ROW + b"<"), "line", "", "longer than"),
        ],
    )
    def test_what_is_no_punch_is_kept_and_the_rest_goes_on(self, row, kind, user_id, reason):
        first, bad, last = entries(ROW, row, ROW)
        assert (first, last) == (PUNCH, PUNCH)
        assert isinstance(bad, BadRecord)
        assert (bad.kind, bad.user_id) == (kind, user_id)
        assert reason in bad.reason
        assert 0 < len(bad.raw) <= MAX_ROW

    def test_a_name_is_kept_neither_of_a_whole_row_nor_of_a_broken_one(self):
        named = ROW.replace(b"</PIN>", b"</PIN><Name>Siti</Name>")
        for row in (named, named.removesuffix(b"</Row>"), named + b"Siti", b"Siti" + named):
            log = read_log(logged(row, ROW), SERIAL)
            assert "Siti" not in repr(list(log.entries()))
            assert b"Siti" not in b"".join(log.raw(place) for place in range(len(log)))

    def test_rows_behind_the_end_are_refused(self):
        with pytest.raises(MalformedReply, match="behind the end"):
            read_log(logged(ROW) + ROW, SERIAL)

    @pytest.mark.parametrize(
        "body", [b"<GetAttLogResponse/>", b"<zk:GetAttLogResponse />", logged(), logged(b" ")]
    )
    def test_an_empty_log_is_one(self, body):
        log = read_log(body, SERIAL)
        assert (len(log), log.claimed, log.positional) == (0, None, True)

    def test_a_log_without_its_tags_is_none(self):
        with pytest.raises(MalformedReply, match="outer tags"):
            read_log(b"<GetDateResponse></GetDateResponse>", SERIAL)

    @pytest.mark.parametrize(
        ("word", "told"),
        [
            (
                b"<Row><Result>0</Result><Information>Fail!</Information></Row>",
                "says that it failed",
            ),
            (b"<Information>Invalid ComKey</Information>", "rejects our key"),
        ],
    )
    def test_a_refusal_inside_the_tags_is_no_log(self, word, told):
        with pytest.raises(TerminalRefused, match=told):
            read_log(logged(word), SERIAL)

    def test_rows_are_found_by_their_place(self):
        rows = [ROW.replace(b">12<", b">%d<" % number) for number in range(20)]
        log = read_log(logged(*rows), SERIAL)
        assert [log.raw(place) for place in range(20)] == rows
        assert log.digest(7) == records_digest(iter(rows[:7]))
        assert [entry.user_id for entry in log.entries(15)] == ["15", "16", "17", "18", "19"]


class TestSmallAnswers:
    def test_tells_its_clock(self):
        body = (
            b"\r\n<GetDateResponse>\r\n<Row><Date>2020-02-29</Date><Time>23:59:59</Time></Row>\r\n"
            b"</GetDateResponse>"
        )
        assert codec.read_clock(body) == datetime(2020, 2, 29, 23, 59, 59)

    @pytest.mark.parametrize(
        ("content", "error", "told"),
        [
            (b"", MalformedReply, "tells no time"),
            (b"<Date>2020-02-30</Date><Time>23:59:59</Time>", MalformedReply, "does not exist"),
            (b"<Row><Result>0</Result></Row>", TerminalRefused, "says that it failed"),
        ],
    )
    def test_a_clock_that_is_none_is_refused(self, content, error, told):
        with pytest.raises(error, match=told):
            codec.read_clock(b"<GetDateResponse>%s</GetDateResponse>" % content)

    @pytest.mark.parametrize(
        ("content", "serial"),
        [
            (b"<Row><Value>OGT7030056</Value></Row>", "OGT7030056"),
            (b"~SerialNumber=3551155100173", "3551155100173"),
            (b"<Row><Value>A1B2C3</Value><Information>Success!</Information></Row>", "A1B2C3"),
            (b"", ""),
            (b"<Information>Fail!</Information>", ""),
            (b"<Row><Result>0</Result></Row>", ""),
            (b"<a>A1B2C3</a><b>D4E5F6</b>", ""),
            (b"<Value>A1 \xff\xfe</Value>", ""),
        ],
    )
    def test_a_serial_number_is_taken_only_where_nothing_else_can_be_one(self, content, serial):
        body = b"<GetOptionResponse>%s</GetOptionResponse>" % content
        assert codec.read_serial(body) == serial


class TestHttp:
    def test_line_ends_may_be_bare(self):
        assert fed(FULL.replace(b"\r\n", b"\n")).whole

    def test_chunks_are_joined(self):
        body = logged(ROW, ROW)
        chunks = b"".join(
            b"%x;x=y\r\n%s\r\n" % (len(body[at : at + 10]), body[at : at + 10])
            for at in range(0, len(body), 10)
        )
        told = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunks + b"0\r\n\r\nmore"
        for pieces in ([told], [told[at : at + 1] for at in range(len(told))]):
            whole = fed(*pieces)
            assert whole.whole
            assert whole.body == body

    @pytest.mark.parametrize("size", [b"xyz\r\n", b"12345678\r\n", b"-1\r\n", b"\x00" * 2_000])
    def test_chunks_without_a_size_are_refused(self, size):
        with pytest.raises(MalformedReply, match="chunk without a size"):
            fed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size)

    def test_a_compressed_answer_is_refused(self):
        with pytest.raises(MalformedReply, match="compressed"):
            fed(b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b")
        assert not fed(b"HTTP/1.0 200 OK\r\nContent-Encoding: identity\r\n\r\n").hopeless

    @pytest.mark.parametrize("told", [b"\x50\x50\x82\x7d" * 8, b"SSH-2.0-x\r\n\r\n"])
    def test_what_is_no_http_is_refused(self, told):
        with pytest.raises(MalformedReply, match="does not speak HTTP"):
            raise fed(told).fault()

    def test_a_head_without_end_is_refused(self):
        with pytest.raises(MalformedReply, match="head without end"):
            fed(b"HTTP/1.0 200 OK\r\n" + b"x: y\r\n" * 4_000)

    def test_an_answer_without_end_is_refused(self):
        request = codec.ask_clock(0)
        with pytest.raises(MalformedReply, match="more than 64 KiB as the answer to GetDate"):
            fed(HEAD + b"<GetDateResponse>" + b" " * (64 << 10), request=request)

    @pytest.mark.parametrize(
        ("told", "error", "text"),
        [
            (b"", TerminalBusy, "hangs up without an answer"),
            (b"HT", TerminalUnreachable, "at the beginning of its answer"),
            (HEAD, TerminalBusy, "with nothing; it is busy, or wants another key"),
            (HEAD + b"\r\n", TerminalBusy, "with nothing"),
            (HEAD + logged(ROW)[:-5], TerminalUnreachable, "in the middle of its answer"),
            (HEAD + b"<html>login</html>", TerminalRefused, "shows a web page"),
            (HEAD + b"<Response>Invalid ComKey</Response>", KeyRejected, "rejects our key"),
            (HEAD + b"Fail!", TerminalRefused, "says that it failed"),
            (HEAD + b"good day", MalformedReply, "something else"),
            (HEAD.replace(b"200", b"401"), TerminalRefused, "rejects our key"),
            (HEAD.replace(b"200", b"404"), TerminalRefused, "no /iWsService"),
            (HEAD.replace(b"200", b"302"), TerminalRefused, "no /iWsService"),
            (HEAD.replace(b"200", b"503"), TerminalBusy, "busy"),
            (HEAD.replace(b"200", b"500"), MalformedReply, "HTTP status 500"),
        ],
    )
    def test_an_answer_that_is_none_says_what_it_means(self, told, error, text):
        found = fed(told)
        assert not found.whole
        assert type(found.fault()) is error
        assert text in str(found.fault())

    def test_a_refusal_is_not_read_to_its_end(self):
        assert fed(HEAD.replace(b"200", b"404")).hopeless
        assert fed(HEAD + b"x" * (answer.MAX_PREAMBLE + 1)).hopeless
        assert not fed(HEAD + b"x" * 100).hopeless
        assert not fed(FULL[:-1]).hopeless


PIECES = (
    *(ROW, b"<Row>", b"</Row>", b"<Row ", b"< / Row >", b"<PIN>", b"</PIN>", b"1", b" ", b"\r\n"),
    *(b"<DateTime>2020-13-01 00:00:00</DateTime>", b"<PIN>&#9999999;</PIN>", b"<", b">", b"&"),
    *(b"</GetAttLogResponse>", b"<GetAttLogResponse>", b"<Name>A & B</Name>", b"\x00", b"\xff"),
)


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=40))
def test_any_bytes_are_read_or_refused_and_every_one_of_them_is_accounted_for(pieces):
    body = b"<GetAttLogResponse>" + b"".join(pieces)
    try:
        log = read_log(body, SERIAL)
    except DriverError:
        return
    found = list(log.entries())
    assert [entry.raw for entry in found] == [log.raw(place) for place in range(len(log))]
    assert all(0 < len(entry.raw) <= 1024 for entry in found)
    inside = body[len(b"<GetAttLogResponse>") : codec.closing("GetAttLog").search(body).start()]
    assert sum(inside.count(row) for row in (ROW,)) <= len(found)
    if not found:
        assert not inside.strip(b" \t\r\n\x00")


@given(st.lists(st.sampled_from((FULL[:40], *PIECES)) | st.binary(max_size=9), max_size=30))
def test_any_answer_is_taken_or_refused(pieces):
    found = Answer(codec.ask_log(0))
    try:
        for piece in (HEAD, *pieces):
            found.feed(piece)
    except MalformedReply:
        return
    if not found.whole:
        assert isinstance(found.fault(), DriverError)


def test_a_hostile_log_takes_time_in_proportion_to_its_length():
    times = 60_000  # what grew with the square of this would run into the time limit of the suite
    hostile = logged(b"<Row>" * times, b"<" * times, b"<Row " * times, b" " * times)
    log = read_log(hostile, SERIAL)
    assert len(log) >= times
    assert all(isinstance(entry, BadRecord) for entry in log.entries())
