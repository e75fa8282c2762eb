"""What the centre takes is read by whoever proves it later, however deep in a program he stands.

A body is kept for good. One that the centre's reader takes and a verifier's cannot would be a
fault in the ledger that nobody can mend.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from signed import Chains

from ingest import ledger_verify
from ingest.columns import read_batch
from ingest.ledger.bodies import BodyFault, open_body
from ingest.wire import Punch, WireError, encode_batch, punch_id

AT = datetime(2026, 3, 9, 8)
PUNCH = Punch(
    punch_id("S1", "7", AT), "S1", "7", AT, 1_773_014_400, 0, 1, "", "poll", 0, 1_773_014_500,
    None, b"x",
)  # fmt: skip
SOUND = encode_batch(Chains().batch(PUNCH))
PLACES = {
    "a word of the body": (b'{"version"', b'{"x":%s,"version"'),
    "a word of the columns": (b'"punches":{', b'"punches":{"x":%s,'),
    "a word of the empty columns": (b'"bad":{', b'"bad":{"x":%s,'),
}


def nested(place: str, depth: int) -> bytes:
    found, put = PLACES[place]
    made = SOUND.replace(found, put % (b"[" * depth + b"]" * depth), 1)
    assert made != SOUND
    return made


def beneath(frames: int, do: Callable[[], Any]) -> Any:
    """Do something from deep within a program."""
    return do() if frames == 0 else beneath(frames - 1, do)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("depth", [1, 6, 9, 100, 500, 800, 900, 20_000])
def test_a_body_that_is_taken_can_be_read_from_anywhere(place: str, depth: int) -> None:
    body = nested(place, depth)
    try:
        read_batch(body)
    except WireError:
        assert depth > 6
        return
    assert depth < 9
    for read in (open_body, lambda one: ledger_verify.read_sets(ledger_verify.open_body(one))):
        beneath(500, lambda read=read: read(body))


@pytest.mark.parametrize("depth", [950, 20_000])
def test_a_body_that_is_too_deep_is_a_fault_with_a_name(depth: int) -> None:
    """Whoever has written it: an older centre, or somebody with the database."""
    body = nested("a word of the body", depth)
    with pytest.raises(BodyFault):
        beneath(500, lambda: open_body(body))
    with pytest.raises(ledger_verify.Fault, match="not JSON"):
        beneath(500, lambda: ledger_verify.open_body(body))


@pytest.mark.parametrize("text", [b'{"x":%s}', b"%s"])
def test_a_file_that_is_too_deep_is_unusable(text: bytes) -> None:
    deep = text % (b"[" * 20_000 + b"]" * 20_000)
    with pytest.raises(ledger_verify.Unusable):
        ledger_verify.one_of(deep)
    page = f"{ledger_verify.BEGIN}{deep.decode()}{ledger_verify.END}"
    with pytest.raises(ledger_verify.Unusable):
        ledger_verify.read_checkpoint(page)


def test_a_word_nobody_knows_is_no_fault() -> None:
    found = read_batch(nested("a word of the body", 1))
    assert found.rows == 1
    assert found.links == read_batch(SOUND).links
    assert json.loads(SOUND)["punches"]["user_id"] == ["7"]
