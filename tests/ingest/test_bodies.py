"""Bodies within their limits, and what the worst of them costs once it is read."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from signed import OUTBOX, Chains

from ingest import bodies
from ingest.bodies import MAX_INFLATED, MAX_NESTS, MAX_VALUES, BodyRefused, Limits, inflate
from ingest.wire import MAX_ROWS, MAX_STATEMENTS, BadRecord, Punch, encode_batch

LIMITS = Limits(body_bytes=4 << 20, inflated_bytes=MAX_INFLATED, timeout_s=30.0)
WORST_MB = 120


@pytest.mark.parametrize(
    "body",
    [
        b"[" * (MAX_NESTS + 1),
        b'{"a":' * (MAX_NESTS + 1),
        b"[],{}" * (MAX_NESTS // 2 + 1),
        b"0," * (MAX_VALUES + 1),
    ],
    ids=["lists", "objects", "both", "values"],
)
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_body_of_too_many_things_is_refused_before_it_is_read(body: bytes, encoding: str) -> None:
    travelled = gzip.compress(body) if encoding else body
    with pytest.raises(BodyRefused, match="more lists or values") as caught:
        inflate(travelled, encoding, LIMITS)
    assert caught.value.status == 413


def test_the_largest_batch_of_the_wire_holds_fewer(punch: object) -> None:
    """As many rows as may be, of as many terminals as may be."""
    rows: list[Punch | BadRecord] = []
    for n in range(MAX_ROWS):
        serial = f"T{n % MAX_STATEMENTS}"
        rows.append(punch(str(n), terminal=serial))  # type: ignore[operator]
        rows.append(
            BadRecord(f"{n:032x}", serial, "date", "[Errno 5]", "", None, None, "poll", 0, b"")
        )
    body = encode_batch(Chains().batch(*rows))
    assert inflate(gzip.compress(body, 1), "gzip", LIMITS) == body
    assert body.count(b",") < MAX_VALUES / 2


def fill(piece: str, most: int, *, size: int = MAX_INFLATED) -> bytes:
    """Return a list of as many pieces as a body may hold and `most` allows."""
    count = min(most, (size - 100) // (len(piece.encode()) + 1))
    return f'{{"version":2,"x":[{",".join([piece] * count)}]}}'.encode()


def hostile() -> dict[str, bytes]:
    """Return bodies that are small as they travel, pass the limits, and cost most to read."""
    long_text = "x" * (MAX_INFLATED - 200) + "\U0001f600"
    golden = json.loads((Path(__file__).parent / "golden" / "v2-batch.json").read_text())
    values = MAX_VALUES // 21
    golden["punches"] |= {
        name: ["\U0001f600" * 6] * values for name in golden["punches"] if name != "runs"
    }
    return {
        "lists": fill("[]", MAX_NESTS - 2),
        "objects": fill('{"":0}', MAX_NESTS - 2),
        "numbers": fill("12345678901234567890", MAX_VALUES - 9),
        "texts": fill('"\U0001f600a"', MAX_VALUES - 9),
        "keys": fill(",".join(f'{{"{n}\U0001f600":{n}}}' for n in range(MAX_NESTS - 2)), 1),
        "long": json.dumps({"version": 2, "x": long_text}, ensure_ascii=False).encode(),
        "long after": f'{{"version":2,"x":"{long_text[:-20]}","y":"\U0001f600"}}'.encode(),
        "columns": json.dumps(golden, ensure_ascii=False).encode(),
        "number": b'{"version":' + b"9" * (MAX_INFLATED - 100) + b"}",
    }


READ = """
import gzip, sys
from ingest import columns, wire
from ingest.bodies import Limits, inflate

def peak_kib():  # not ru_maxrss: a process inherits that of whoever started it
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))

columns.read_batch(gzip.decompress(open(sys.argv[1], "rb").read()))
travelled = open(sys.argv[2], "rb").read()
before = peak_kib()
try:
    columns.read_batch(inflate(travelled, "gzip", Limits(4 << 20, int(sys.argv[3]), 1.0)))
except wire.WireError:
    print(peak_kib() - before)
else:
    sys.exit("a hostile body was taken")
"""


def test_the_worst_bodies_stay_within_the_memory_that_is_told(tmp_path: Path) -> None:
    """Each in a process of its own, so that the peak is its own; a good body goes before it."""
    good, grew = tmp_path / "good", {}
    good.write_bytes(gzip.compress(encode_batch(Chains().batch(outbox=OUTBOX))))
    for name, body in hostile().items():
        assert len(body) <= MAX_INFLATED
        bad = tmp_path / "bad"
        bad.write_bytes(gzip.compress(body, 1))
        assert bad.stat().st_size < LIMITS.body_bytes
        done = subprocess.run(
            [sys.executable, "-c", READ, good, bad, str(MAX_INFLATED)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, (name, done.stderr)
        grew[name] = int(done.stdout) / 1024
    assert max(grew.values()) < WORST_MB, grew
    assert f"takes {WORST_MB} MB" in (bodies.__doc__ or "").replace("\n", " ")
