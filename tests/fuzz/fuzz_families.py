"""Terminals of other families: their frames, tables and pages, without the wire."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from fuzz_loop import Trial
from fuzz_seeds import captured, payloads
from fuzz_zk import examine_log, examine_way

from bridge import httpwire
from bridge.httpwire import BadRequest, RequestReader
from drivers.adms.receiver import AdmsReceiver
from drivers.anviz import codec as anviz_codec
from drivers.anviz import records as anviz
from drivers.anviz import talks
from drivers.base import Caller, ListLog, Request
from drivers.c3 import codec as c3_codec
from drivers.c3 import events as c3_events
from drivers.c3 import tables as c3
from drivers.c3.session import Session
from drivers.errors import DriverError
from drivers.soap import codec as soap
from drivers.soap.answer import Answer
from drivers.soap.rows import read_log

AT = 1_772_500_000
NEXT = b"\n--next--\n"


@contextmanager
def adms_calls() -> Iterator[Trial]:
    """Calls of one terminal, one after the other, through the HTTP they come in."""

    def run(data: bytes) -> None:
        notebook, now = "", AT
        for number, piece in enumerate(data.split(NEXT, 20)[:20]):
            request = _request(piece)
            if request is None:
                continue
            serial = AdmsReceiver.serial_of(request)
            if serial is None:
                continue
            AdmsReceiver.describe(request)
            receiver = AdmsReceiver(AdmsReceiver.Options(serial, clock="set"))
            now += 30 * number
            caller = Caller(
                now, ZoneInfo("Asia/Makassar"), notebook, number, 30, clock_trusted=True
            )
            heard = receiver.handle(request, caller)
            httpwire.encode(heard.reply)
            examine_way(ListLog(serial, heard.entries), number)
            notebook = notebook if heard.notebook is None else heard.notebook

    calls = [data for data in captured("adms-") if b"HTTP/1." in data[:200]]
    for table in ("ATTLOG", "OPERLOG", "rtlog", "options", "tabledata&tablename=transaction"):
        calls += [_call(f"cdata?table={table}", data) for data in captured("adms-")]
    calls += [_call("devicecmd?a=1", data) for data in captured("adms-")]
    polls = [b"GET /iclock/getrequest?SN=A1&INFO=Ver,1,2,3,4 HTTP/1.1\r\n\r\n"]
    hello = [b"GET /iclock/cdata?SN=A1&options=all&pushver=2.4.1 HTTP/1.1\r\n\r\n"]
    visit = NEXT.join([*hello, *polls, _call("cdata?table=ATTLOG", captured("adms-x903-att")[0])])
    registry = [_call("registry?a=1", b"~SerialNumber=A1,DeviceType=acc,PushVersion=3.1.2")]
    words = (NEXT, b"ID=1&Return=0&CMD=DATA\n", b"&table=ATTLOG", b"&Stamp=9999", b"%00", b"%FF")
    yield Trial(run, [visit, *calls, *polls, *hello, *registry], (DriverError, BadRequest), words)


def _request(piece: bytes) -> Request | None:
    reader = RequestReader("127.0.0.1")
    whole = None
    for start, end in pairwise((0, len(piece) // 2, len(piece))):
        reader.feed(piece[start:end])
        whole = reader.request()
    return whole


def _call(path: str, body: bytes) -> bytes:
    sign = "&" if "?" in path else "?"
    head = f"POST /iclock/{path}{sign}SN=A1 HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def anviz_answers() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        sign, stream = data[:1], data[1:]
        reader = anviz_codec.FrameReader()
        reader.feed(stream)
        frames = 0
        while (frame := reader.next_frame()) is not None:
            assert reader.skipped <= len(stream)
            assert anviz_codec.encode(frame) in stream
            frames += 1
        while reader.give_up():
            reader.next_frame()
        for decode in (anviz.decode_counts, anviz.decode_time, anviz.decode_users):
            _leniently(decode, stream)
        anviz.decode_capacity(stream)
        anviz.decode_serial(stream)
        assert anviz.decode_text(stream).isprintable()
        whole = stream[: len(stream) // anviz.RECORD_SIZE * anviz.RECORD_SIZE]
        entries = list(anviz.decode_records(whole, anviz.EPOCH))
        assert b"".join(one.raw for one in entries) == whole
        examine_way(ListLog("S1", entries), sign[0] if sign else 0)
        if not frames and sign > b"\x7f":
            _download(stream)

    made = b"".join(
        anviz.encode_record(str(n), datetime(2026, 3, 2, 7, n), state=n % 2) for n in range(1, 9)
    )
    block = bytes([8]) + made
    yield Trial(run, [b"\x00" + data for data in [*payloads("anviz-"), made]] + [b"\x80" + block])


def _download(script: bytes) -> None:
    """Carry out the whole reading of a log with blocks cut from a script."""
    talk, at = talks.download(script[0] if script else 0), 0
    try:
        asked = next(talk)
        while at < len(script):
            length = script[at]
            block = script[at + 1 : at + 1 + length * 14 + 1]
            at += 1 + len(block)
            asked = talk.send(anviz_codec.Frame(1, asked.command, length % 2, block))
    except (StopIteration, DriverError):
        return
    talk.close()


@contextmanager
def c3_answers() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        reader, session = c3_codec.FrameReader(), Session()
        session.greeting("", with_session=True)
        reader.feed(data)
        _leniently(lambda _: _converse(reader, session), data)
        for decode in (c3_events.decode_events, c3_events.decode_text_events):
            _leniently(decode, data)
        c3.decode_parameters(data)
        head, _, rows = data.partition(b"\x00\x00\x00")
        for table in c3.decode_description(head).values():
            _leniently(partial(_transactions, table), rows)

    described = (
        b"user=1,CardNo=i1,Pin=i2\r\n"
        b"transaction=5,Cardno=i1,Pin=i2,Verified=i3,DoorID=i4,EventType=i5,InOutState=i6,"
        b"Time_second=i7\r\n"
    )
    rows = (
        b"\x05\x05\x02\x03\x05\x06\x07"
        + b"\x01\x07\x01\x01\x01\x00\x01\x00\x04\x10\x20\x30\x31" * 3
    )
    words = (b"=i", b"=s20", b"transaction=5,", b"=256", b"\x00\x00\x00")
    yield Trial(run, [*payloads("pull-"), described + b"\x00\x00\x00" + rows], (), words)


def _converse(reader: c3_codec.FrameReader, session: Session) -> None:
    while (frame := reader.next_frame()) is not None:
        if session.begun:
            session.answer(frame)
        else:
            session.begin(frame)
        session.request(1)


def _transactions(table: c3.Table, rows: bytes) -> None:
    asked = c3.ask_transactions(table)
    for data in (rows, asked[:-2] + rows[7:]):
        found = c3.decode_rows(data, asked)
        assert b"".join(row.raw for row in found) == data[len(asked) - 2 :]
        examine_way(ListLog("S1", list(c3.decode_transactions(table, found))), len(rows) % 256)


def _leniently(decode: Callable[[bytes], object], data: bytes) -> None:
    try:
        decode(data)
    except DriverError:
        return


@contextmanager
def soap_answers() -> Iterator[Trial]:
    """An answer in any segmentation, and the log in it."""
    asks = (soap.ask_log(0), soap.ask_clock(0), soap.ask_serial(0))

    def run(data: bytes) -> None:
        sign = data[0] if data else 0
        step = 1 + sign // 3 * 7
        answer = Answer(asks[sign % 3])
        pieces = re.findall(b"(?s).{1,%d}" % max(step, len(data) // 50), data[1:])
        for piece in pieces:
            if answer.whole or answer.hopeless:
                break
            answer.feed(piece)
        if not answer.whole:
            raise answer.fault()
        body = bytes(answer.body)
        if sign % 3 == 1:
            soap.read_clock(body)
        elif sign % 3 == 2:
            assert soap.read_serial(body).isascii()
        else:
            log = read_log(body, "S1")
            examine_log(log)
            examine_way(log, sign)

    bodies = [data for data in captured("soap-") if b"POST" not in data[:4]]
    whole = [
        data if data.startswith(b"HTTP") else b"HTTP/1.0 200 OK\r\n\r\n" + data for data in bodies
    ]
    date = b"<GetDateResponse><Row>2026-03-02 07:31:05</Row></GetDateResponse>"
    serial = b"<GetOptionResponse><Value>A1B2C3D4</Value></GetOptionResponse>"
    made = [b"HTTP/1.0 200 OK\r\n\r\n" + one for one in (date, serial)]
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked = head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(date), date)
    seeds = [b"\xf0" + one for one in whole]
    seeds += [b"\xf1" + made[0], b"\xf2" + made[1], b"\x01" + chunked]
    words = (
        *(b"<Row>", b"</Row>", b"<PIN>7</PIN>", b"<DateTime>2026-03-02 07:31:05</DateTime>"),
        *(b"<Status>", b"</GetAttLogResponse>", b"&#", b"&amp;", b"&#x10ffff;", b"<a:", b"/>"),
    )
    yield Trial(run, seeds, (DriverError,), words)
