"""An owner who changes his store or his file by chance: a small, fixed part of `make fuzz`.

The strikes are those of `tests/fuzz/fuzz_ledger.py`, which is read from there.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from mutations import STRIKES, Owner
from proven import Proven

from ingest.ledger.report import Kind
from ingest.store import tables

FUZZ = Path(__file__).parents[2] / "fuzz"


@pytest.fixture(scope="module")
def fuzz_ledger() -> Iterator[Any]:
    sys.path.append(str(FUZZ))
    try:
        import fuzz_ledger

        yield fuzz_ledger
    finally:
        sys.path.remove(str(FUZZ))


@pytest.fixture(scope="module")
def store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proven]:
    file = tmp_path_factory.mktemp("proven") / "hadir.db"
    shutil.copyfile(sqlite_template, file)
    found = Proven(file)
    assert found.faults(outside=True) == []
    yield found
    found.close()


@pytest.mark.parametrize("name", STRIKES)
def test_whatever_is_done_to_a_store_is_named(store: Proven, fuzz_ledger: Any, name: str) -> None:
    allowed, done = fuzz_ledger.unproven(), set()
    for chance in range(400):
        if Random(chance).choices(list(STRIKES), [one for one, _ in STRIKES.values()]) == [name]:
            done.add(fuzz_ledger.strike(store, Random(chance), allowed))
            if chance > 120:
                break
    assert done == {name}
    assert store.differences() == set()


def test_a_strike_that_is_not_named_is_found_out(store: Proven, fuzz_ledger: Any) -> None:
    """The campaign itself can fail: what the table allows is a finding without it."""
    allowed = fuzz_ledger.unproven()
    missed = 0
    for chance in range(1_000):
        random = Random(chance)
        if "made_at" not in _struck(store, Random(chance)):
            continue
        with pytest.raises(AssertionError, match="made_at"):
            fuzz_ledger.strike(store, random, allowed - {"roots.made_at", "checkpoints.made_at"})
        missed += 1
        if missed == 2:
            return
    pytest.fail("no chance struck what nobody proves")


def _struck(store: Proven, random: Random) -> str:
    """Return what a chance changes and verify does not name."""
    Owner(store, random).strike()
    changed = store.differences()
    try:
        one = len(changed) == 1 and str(next(iter(changed)))
        return str(one) if one and one.endswith("made_at") and not store.faults() else ""
    finally:
        store.bring_back()


def test_whatever_is_done_to_a_file_is_named(
    store: Proven, fuzz_ledger: Any, tmp_path: Path
) -> None:
    file, paper = tmp_path / "ledger.gz", tmp_path / "paper.txt"
    paper.write_text(store.page)
    store.export(file)
    whole = fuzz_ledger.lines_of(file)
    assert fuzz_ledger.verified(file, paper)[0] == 0
    where = {fuzz_ledger.change_file(file, paper, whole, Random(one)) for one in range(250)}
    assert {"a line of key put in", "lines that change places", "batch.body"} <= where


def test_what_no_check_reaches_names_cells_that_are_there(fuzz_ledger: Any) -> None:
    told = fuzz_ledger.unproven()
    assert len(told) > 8
    for cell in told:
        table, column = cell.split(".")
        assert column == "*" or column in tables.metadata.tables[table].c
    of_evidence = re.compile(r"(punches|batches|runs|bad_records)\.")
    assert [one for one in told if of_evidence.match(one)] == []


@pytest.mark.parametrize("alike", ["a batch", "the end", "the limit", "a refusal"])
def test_what_fits_together_is_named_by_what_was_kept_outside(store: Proven, alike: str) -> None:
    """Roots made anew fit whatever they are made of; the pages in the store are taken out, too."""
    number = ["a batch", "the end", "the limit", "a refusal"].index(alike)
    try:
        for one in ("DELETE FROM checkpoints", *ALIKE[number]):
            store.raw.execute(one)
        store.make_roots_anew()
        inside = store.faults()
        (outside,) = store.faults(outside=True)
        assert outside.kind in {Kind.CHECKPOINT, *(one.kind for one in inside)}
        if number:  # these are what docs/ledger.md says an owner can still do
            assert inside == []
            assert outside.kind is Kind.CHECKPOINT
    finally:
        store.bring_back()


ALIKE = (
    tuple(
        f"DELETE FROM {table} WHERE {column} = 2"
        for table, column in (("punches", "batch_id"), ("runs", "batch_id"), ("batches", "id"))
    ),
    tuple(
        f"DELETE FROM {table} WHERE {column} >= 6"
        for table, column in (("punches", "batch_id"), ("runs", "batch_id"), ("batches", "id"))
    ),
    ("UPDATE batches SET clock_limit_s = 299",),
    (
        """UPDATE batches SET refused = '{"p2": "no", "p3": "no"}' WHERE id = 2""",
        "DELETE FROM runs WHERE terminal_id = (SELECT id FROM terminals WHERE serial = 'NEW')",
        "DELETE FROM chains WHERE terminal_id = (SELECT id FROM terminals WHERE serial = 'NEW')",
        "DELETE FROM punches WHERE terminal_id = (SELECT id FROM terminals WHERE serial = 'NEW')",
    ),
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE checkpoints SET page = replace(page, '2026', '2027') WHERE day = '2026-03-03'",
         "its seal does not cover it"),
        ("UPDATE checkpoints SET page = 'x'", "it is no checkpoint, or not whole any more"),
        ("UPDATE checkpoints SET root = zeroblob(32)", "than its page says"),
        ("DELETE FROM checkpoints WHERE day = '2026-03-03'", "one was taken out or put in"),
        ("UPDATE seals SET fingerprint = fingerprint || 'z'", "which is none of this centre's"),
    ],
)  # fmt: skip
def test_a_kept_checkpoint_that_is_not_as_it_was(store: Proven, change: str, said: str) -> None:
    try:
        store.raw.execute(change)
        (fault,) = store.faults()
        assert fault.kind is Kind.CHECKPOINT
        assert fault.text.startswith("the kept checkpoint of office A for 2026-03-0")
        assert said in fault.text
    finally:
        store.raw.execute("UPDATE seals SET fingerprint = replace(fingerprint, 'z', '')")
        store.bring_back()
