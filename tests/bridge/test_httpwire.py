"""Requests of terminals, from whole captures to hostile bytes."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import httpwire
from bridge.httpwire import MAX_BODY, MAX_HEAD, BadRequest, RequestReader
from drivers.base import Reply, Request

SAMPLES = sorted((Path(__file__).parents[1] / "samples").glob("adms-*.http"))


def read(*pieces: bytes) -> Request | None:
    reader = RequestReader("10.0.0.1")
    for piece in pieces:
        reader.feed(piece)
    return reader.request()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_captured_request_whole_byte_by_byte_and_with_more_behind_it(path):
    content = path.read_bytes()
    head, _, body = content.partition(b"\r\n\r\n")
    whole = read(content)
    assert whole.body == body
    assert whole.method.encode() == head.split(b" ")[0]
    assert whole.path.startswith("/iclock/")
    assert whole.query["sn"]
    assert whole.headers["user-agent"] == "iClock Proxy/1.09"
    assert not whole.surplus
    reader = RequestReader("10.0.0.1")
    for place in range(len(content)):
        assert reader.request() is None, f"whole after {place} bytes"
        reader.feed(content[place : place + 1])
    assert reader.request() == whole
    behind = read(content + b"\x00more")
    assert (behind.body, behind.surplus) == (body, True)


def test_queries_and_paths_are_decoded():
    found = read(
        b"GET /iclock/cdata?SN=A%2DB&sn=second&DeviceType=middle%20east&x HTTP/1.1\r\n\r\n"
    )
    assert found.path == "/iclock/cdata"
    assert found.query == {"sn": "A-B", "devicetype": "middle east", "x": ""}
    assert read(b"GET http://10.0.0.9:8081/iclock/ping?SN=A HTTP/1.0\n\n").path == "/iclock/ping"
    assert read(b"GET //iclock//ping?SN=A HTTP/1.1\r\n\r\n").path == "//iclock//ping"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
        (b"HELLO\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"PUT /iclock/cdata HTTP/1.1\r\n\r\n", 405),
        (b"POST /iclock/cdata HTTP/1.1\r\n\r\n", 411),
        (b"POST /iclock/cdata HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1_0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 9999999999999\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 65 + b"\r\n", 431),
        (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /?" + b"a=b&" * 40 + b" HTTP/1.1\r\n\r\n", 400),
        (b"x" * (MAX_HEAD + 1), 431),
        (b"GET / HTTP/1.1\r\nx: " + b"a" * MAX_HEAD + b"\r\n\r\n", 431),
    ],
)
def test_what_is_no_request_we_answer_has_its_status(request_bytes, status):
    with pytest.raises(BadRequest) as raised:
        read(request_bytes)
    assert raised.value.status == status


def test_a_reply_has_its_length_and_ends_the_connection():
    head, _, body = httpwire.encode(Reply(200, b"OK: 9", (("Date", "now"),))).partition(b"\r\n\r\n")
    assert body == b"OK: 9"
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 200 OK",
        b"Content-Type: text/plain",
        b"Date: now",
        b"Content-Length: 5",
        b"Connection: close",
    ]


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_do_worse_than_be_refused(content, cut):
    for pieces in (
        (content[:cut], content[cut:]),
        (b"POST /iclock/cdata?" + content,),
        (b"POST / HTTP/1.1\r\n" + content + b"\r\n\r\n",),
    ):
        with suppress(BadRequest):
            read(*pieces)
