"""Every target for a moment, as `make fuzz` runs it; and the fuzzer finds what there is to find."""

import subprocess
import sys
from pathlib import Path
from random import Random

import fuzz
import pytest
from fuzz_loop import Bounds, Finding, Tally
from fuzz_mutation import MAX_INPUT, Mutator

BOUNDS = Bounds(input_s=2.0, grows_mib=64)
PATIENT_S = 15.0  # beside all the other tests, a machine may be slow


def test_every_decoder_stands_a_moment_of_bad_input(tmp_path: Path) -> None:
    report = tmp_path / "fuzz.md"
    done = subprocess.run(
        [
            *(sys.executable, fuzz.__file__, "--seconds", "0.1", "--seed", "1"),
            *("--limit-s", str(PATIENT_S), "--findings", tmp_path / "found", "--report", report),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("seed 1\n")
    said = report.read_text()
    for name in fuzz.TARGETS:
        (row,) = [line for line in said.splitlines() if line.startswith(f"| {name} |")]
        inputs, kept, steps = (int(cell.replace(",", "")) for cell in row.split("|")[2:5])
        assert inputs >= kept > 0  # a slow target has time for little beyond its seeds
        assert steps > 20, "it goes through our code"
    assert "nothing found" in said


@pytest.mark.parametrize(
    ("name", "finds"),
    [
        ("refuses", None),
        ("trips", "KeyError at tests/fuzz/fuzz_faulty.py"),
        ("hoards", "memory grew by"),
        ("dies", "the process died"),
    ],
)
def test_what_breaks_the_promise_is_found_with_its_input(name: str, finds: str | None) -> None:
    (verdict,) = fuzz.examine({name: f"fuzz_faulty:{name}"}, seed=1, seconds=1, bounds=BOUNDS)
    found = verdict.tally.findings
    if finds is None:
        assert found == []
        assert verdict.tally.inputs > 100
        return
    assert finds in found[0].what
    assert len(found[0].data) >= 30


def test_an_input_that_hangs_is_found() -> None:
    (verdict,) = fuzz.examine(
        {"hangs": "fuzz_faulty:hangs"}, seed=1, seconds=1, bounds=Bounds(0.5, 64)
    )
    (found,) = verdict.tally.findings
    assert found.what == "takes over 0.5 s"
    assert len(found.data) >= 30


def test_a_finding_is_cut_down_to_what_is_needed() -> None:
    (verdict,) = fuzz.examine({"trips": "fuzz_faulty:trips"}, seed=1, seconds=1, bounds=BOUNDS)
    assert [len(found.data) for found in verdict.tally.findings] == [30]


def test_an_input_that_was_kept_can_be_tried_again(tmp_path: Path) -> None:
    tally = Tally(findings=[Finding("so and so", b"[[[")])
    (line,) = fuzz.keep([fuzz.Verdict("wire-receipt", tally)], tmp_path / "found")
    path = Path(line.rpartition(" ")[2])
    assert path.read_bytes() == b"[[["
    assert line.startswith("wire-receipt: so and so; the input is ")
    assert fuzz.again("wire-receipt", path.read_bytes()) is None


@pytest.mark.parametrize("data", [b"", b"\x00" * 40, b"a\tb\r\nc\td\r\n", b'\x80{"a":[1,{"b":2}]}'])
def test_changes_repeat_themselves_by_the_seed_and_stay_small(data: bytes) -> None:
    one, other, third = Mutator(Random("x")), Mutator(Random("x")), Mutator(Random("y"))
    changed = [one.change(data, b"other") for _ in range(500)]
    assert changed == [other.change(data, b"other") for _ in range(500)]
    assert changed != [third.change(data, b"other") for _ in range(500)]
    assert max(map(len, changed)) <= MAX_INPUT
    assert len(set(changed)) > 200
