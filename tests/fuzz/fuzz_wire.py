"""Bodies and headers between bridge and centre, as both sides read them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fuzz_loop import Trial
from fuzz_seeds import TESTS
from signed import Signer

from ingest import codes, columns, ledger_verify, wire
from ingest.ledger import bodies
from ingest.wire.chain import BAD_COLUMNS, PUNCH_COLUMNS

GOLDEN = TESTS / "ingest" / "golden"
WORDS = tuple(
    f'"{word}"'.encode()
    for word in (
        *("version", "outbox", "after", "punches", "bad", "runs", "id", "raw", "coverage"),
        *("parked", "accepted", "body", "code", "public_key", "proof", "key_id"),
    )
)


def golden(name: str) -> bytes:
    return (GOLDEN / f"v2-{name}.json").read_bytes()


def with_chains(body: bytes) -> bytes:
    """Give changed rows the links that belong to them, so that more of them come in."""
    try:
        found = json.loads(body)
        outbox = found["outbox"]
        for name, kind, order, entries in (
            ("punches", wire.PUNCH, PUNCH_COLUMNS, wire.punch_entries),
            ("bad", wire.BAD, BAD_COLUMNS, wire.bad_entries),
        ):
            told = entries([found[name][column] for column in order])
            _chain(found[name]["runs"], told, kind, outbox)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return body
    return json.dumps(found).encode()


def _chain(runs: list[Any], told: list[bytes], kind: str, outbox: str) -> None:
    """Let each run begin a chain of its own; the last one takes what is left."""
    start = 0
    for place, run in enumerate(runs):
        count = len(told) - start if place == len(runs) - 1 else min(run[2], len(told) - start)
        before = wire.genesis(kind, outbox, run[0])
        after = wire.extend(before, told[start : start + count])[-1]
        run[1:] = [1, count, before.hex(), after.hex()]
        start += count


@contextmanager
def batches() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        decoded = wire.decode_batch(_body(data))
        assert len(decoded.names) + len(decoded.rejected) == decoded.rows
        for reason in decoded.rejected.values():
            assert len(reason) <= 500
        if not decoded.rejected:
            assert wire.decode_batch(wire.encode_batch(decoded.batch)) == decoded
        wire.encode_receipt(wire.Receipt("0" * 32, "0" * 64, 0, decoded.rejected))

    yield Trial(run, _seeds(), (wire.WireError,), WORDS)


@contextmanager
def batches_by_columns() -> Iterator[Trial]:
    """The short way and the long way take the same bodies, and read the same out of them."""

    def run(data: bytes) -> None:
        body = _body(data)
        found = columns.read_batch(body)
        if isinstance(found, columns.SoundBatch):
            assert found.one_by_one() == wire.decode_batch(body)

    yield Trial(run, _seeds(), (wire.WireError,), WORDS)


@contextmanager
def batches_by_verifiers() -> Iterator[Trial]:
    """What the centre takes, both verifiers read, from deeper in a program, and as it did.

    A body that one of them cannot read would stand in the ledger as a fault for good.
    """

    def run(data: bytes) -> None:
        body = _body(data)
        found = columns.read_batch(body)
        taken = found.one_by_one() if isinstance(found, columns.SoundBatch) else found
        _beneath(200, lambda: _compare(taken, body))

    yield Trial(run, _seeds(), (wire.WireError,), (*WORDS, *_STRANGE))


_STRANGE = (
    b"NaN", b"1e400", b"-0", b"1.0", b"true", b"null", b'"\\ud800"', b'"\\u0000"', b"[[[]]]",
    b'{"x":1}', b"9" * 40, b'"\xef\xbc\x91"', b'"2026-03-09T08:00:00"', b'"ab cd"', b"\xef\xbb\xbf",
)  # fmt: skip


def _compare(taken: wire.DecodedBatch, body: bytes) -> None:
    opened = bodies.open_body(body)
    sets = ledger_verify.read_sets(ledger_verify.open_body(body))
    unreadable = set()
    for one in sets:
        assert opened.sets[one.kind].entries == one.entries
        assert opened.sets[one.kind].links == taken.links[one.kind]
        for place, row in enumerate(zip(*one.columns, strict=True)):
            if not ledger_verify.can_be_read(one.kind, row):
                unreadable.add(wire.row_name(one.kind, place))
    assert unreadable == set(taken.rejected)


def _beneath(frames: int, do: Callable[[], None]) -> None:
    if frames:
        _beneath(frames - 1, do)
    else:
        do()


def _body(data: bytes) -> bytes:
    return with_chains(data[1:]) if data[:1] > b"\x7f" else data[1:]


def _seeds() -> list[bytes]:
    whole = golden("batch")
    found = json.loads(whole)
    found["bad"] = {name: [] for name in found["bad"]}
    sound = json.dumps(found, ensure_ascii=False).encode()
    return [sign + body for sign in (b"\x00", b"\x80") for body in (whole, sound)]


def _both_ways(
    name: str, decode: Callable[[bytes], Any], encode: Callable[[Any], bytes]
) -> Iterator[Trial]:
    def run(data: bytes) -> None:
        found = decode(data)
        assert decode(encode(found)) == found

    yield Trial(run, [golden(name)], (wire.WireError,), WORDS)


@contextmanager
def receipts() -> Iterator[Trial]:
    yield from _both_ways("receipt", wire.decode_receipt, wire.encode_receipt)


@contextmanager
def heartbeats() -> Iterator[Trial]:
    yield from _both_ways("heartbeat", wire.decode_heartbeat, wire.encode_heartbeat)


@contextmanager
def heartbeat_replies() -> Iterator[Trial]:
    yield from _both_ways(
        "heartbeat-reply", wire.decode_heartbeat_reply, wire.encode_heartbeat_reply
    )


@contextmanager
def enrolments() -> Iterator[Trial]:
    """A body of `/v2/enrol` and the code in it, which a person typed."""

    def run(data: bytes) -> None:
        found = wire.decode_enrolment(data)
        assert wire.decode_enrolment(wire.encode_enrolment(found)) == found
        code = codes.read(found.code)
        assert codes.read(str(code)) == code

    good = json.loads(golden("enrolment"))
    typed = str(codes.Code(12, "7K3QF9XD2MR0C4TV8W6B5HJ1"))
    seeds = [json.dumps(good | {"code": code}).encode() for code in (typed, typed.lower(), "12")]
    yield Trial(run, seeds, (wire.WireError, codes.CodeMistyped), (*WORDS, *_signs()))


def _signs() -> tuple[bytes, ...]:
    return tuple(sign.encode() for sign in ("-", "0", "O", "I", "U", " ", "\u00bd", "\u0661"))


@contextmanager
def rotations() -> Iterator[Trial]:
    yield from _both_ways("rotation", wire.decode_rotation, wire.encode_rotation)


@contextmanager
def signed_headers() -> Iterator[Trial]:
    """Headers as a server hands them on: text of Latin-1, one a line."""

    def run(data: bytes) -> None:
        lines = (line.partition(": ") for line in data.decode("latin-1").split("\r\n"))
        found = wire.read_signed({name: value for name, _, value in lines})
        assert wire.read_signed(found.headers()) == found

    headers = Signer("a").sign("/v2/punches", b"", time=1_772_412_000, nonce="0" * 32).headers()
    seed = "\r\n".join(f"{name}: {value}" for name, value in headers.items()).encode()
    words = (*(name.encode() for name in headers), b"\xb2", b"+", b"_", b"\r\n", b"0" * 32)
    yield Trial(run, [seed], (wire.WireError,), words)
