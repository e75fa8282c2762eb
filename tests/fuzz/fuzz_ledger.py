"""The owner of a database, or of an exported file, changes it: verify names it, or docs says why.

What nobody can prove stands in the table "What no check reaches" of docs/ledger.md, which is read
here: a cell that is neither named nor written down there is a finding.
"""

import contextlib
import gzip
import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from fuzz_loop import Trial
from mutations import Owner
from proven import Proven

from ingest.ledger.checkpoints import NoCheckpoint, read_page
from ingest.ledger_verify import main
from ingest.store.database import migrate, open_engine

LEDGER_MD = Path(__file__).parents[2] / "docs" / "ledger.md"
SEEDS = [bytes([n]) for n in range(12)]


def unproven() -> frozenset[str]:
    """Return the cells that docs/ledger.md says nobody proves, as `table.column`."""
    told = LEDGER_MD.read_text("utf-8").split("### What no check reaches")[1].split("\nOf a row")[0]
    cells = [line.split("|")[1] for line in told.splitlines() if line.startswith("| `")]
    return frozenset(re.findall(r"`(\w+\.[\w*]+)`", " ".join(cells)))


@contextmanager
def proven() -> Iterator[Proven]:
    folder = Path(tempfile.mkdtemp(prefix="hadir-fuzz-"))
    file = folder / "hadir.db"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    store = Proven(file)
    try:
        yield store
    finally:
        store.close()
        shutil.rmtree(folder)


@contextmanager
def stores() -> Iterator[Trial]:
    """The source of chance is the input: each byte of it is another story."""
    allowed = unproven()
    with proven() as store:
        assert store.faults(outside=True) == []
        yield Trial(lambda data: strike(store, Random(data), allowed), SEEDS)


def strike(store: Proven, random: Random, allowed: frozenset[str]) -> str:
    """Change the store, look whether it is named, bring it back; return what was done."""
    try:
        what = Owner(store, random).strike()
        changed = store.differences()
        if changed:
            faults = store.faults(outside=True)
            said = "; ".join(map(str, faults))
            assert said.isprintable(), f"{what}: not one line: {said!a}"
            assert "nobody can read" not in said, f"{what}: stumbled over: {said}"
            open_ = {str(one) for one in changed} - allowed
            assert faults or not (open_ or _sealed_changed(store)), f"{what}: {sorted(open_)}"
        return what
    finally:
        store.bring_back()


def _sealed_changed(store: Proven) -> bool:
    """Of a page it is the sealed part that must be as it was."""
    pages = store.raw.execute("SELECT rowid, page FROM checkpoints").fetchall()
    was = dict(store.raw.execute("SELECT row, page FROM kept.checkpoints").fetchall())
    try:
        return any(read_page(_text(page)) != read_page(_text(was.get(row, page)))
                   for row, page in pages)  # fmt: skip
    except NoCheckpoint:
        return True


def _text(page: bytes) -> str:
    return page.decode("utf-8", "replace")


@contextmanager
def files() -> Iterator[Trial]:
    """What is exported, with a line, a word or a body of it changed."""
    with proven() as store, tempfile.TemporaryDirectory(prefix="hadir-fuzz-") as name:
        folder = Path(name)
        file, paper = folder / "ledger.gz", folder / "paper.txt"
        paper.write_text(store.page)
        store.export(file)
        whole = lines_of(file)
        assert verified(file, paper)[0] == 0

        def run(data: bytes) -> None:
            change_file(file, paper, whole, Random(data))

        yield Trial(run, SEEDS)


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]


def verified(file: Path, paper: Path) -> tuple[int, str]:
    """Return how the auditor's program leaves, and what it says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main([str(file), "--checkpoint", str(paper)])
    return code, said.getvalue()


def change_file(file: Path, paper: Path, whole: list[dict[str, Any]], random: Random) -> str:
    """Change an exported file somewhere; return where."""
    lines = json.loads(json.dumps(whole))
    where = _change(lines, random)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file.write_bytes(gzip.compress(text.encode(errors="surrogatepass"), 1, mtime=0))
    code, said = verified(file, paper)
    assert code in {0, 1, 2}
    if _same(lines, whole) or where in FREE:
        return where
    assert code, f"{where} was changed, and all is said to be proved"
    assert len(said.strip().splitlines()) == 1, said
    return where


FREE = frozenset({
    "file.made_at", "office.name", "key.retired_at", "key.enrolled_at", "key.grounds.invite",
    "key.grounds", "key.grounds.rotated_from", "file.office", "file.since", "file.until",
})  # fmt: skip
"""What stands in a file and is proved by nothing in it; docs/ledger.md says why."""
ODD: tuple[Any, ...] = (
    None, True, 0, 1, -1, 2, 1.5, 1e308, float("inf"), 10**30, "", "x", "00", "\x00", "\ud800",
    [], [1], {}, {"x": 1}, "2026-03-03", "2026-03-03T01:00:00.000000Z", "0" * 32, "f" * 64,
)  # fmt: skip


def _change(lines: list[dict[str, Any]], random: Random) -> str:
    choice, place = random.randrange(12), random.randrange(len(lines))
    (name,) = lines[place]
    if choice == 0:
        del lines[place]
        return f"a line of {name} taken out"
    if choice == 1:
        lines.insert(random.randrange(len(lines) + 1), lines[place])
        return f"a line of {name} put in"
    if choice == 2:
        other = random.randrange(len(lines))
        lines[place], lines[other] = lines[other], lines[place]
        return "lines that change places"
    return f"{name}.{_change_value(lines[place][name], random)}"


def _change_value(told: dict[str, Any], random: Random) -> str:
    if not told:
        told["x"] = 1
        return "x"
    key = random.choice(sorted(told))
    if isinstance(told[key], dict) and random.random() < 0.7:
        return f"{key}.{_change_value(told[key], random)}"
    if random.random() < 0.1:
        del told[key]
    elif random.random() < 0.4 and isinstance(told[key], str) and told[key]:
        at = random.randrange(len(told[key]))
        told[key] = told[key][:at] + random.choice("0123456789abcdefZ=") + told[key][at + 1 :]
    else:
        told[key] = random.choice(ODD)
    return key


def _same(lines: list[dict[str, Any]], whole: list[dict[str, Any]]) -> bool:
    """Say whether two files tell the same; in which order keys come is nothing told."""
    return _plain(lines) == _plain(whole)


def _plain(lines: list[dict[str, Any]]) -> list[str]:
    told = [json.dumps(line, sort_keys=True) for line in lines]
    keys = [place for place, line in enumerate(lines) if "key" in line]
    for place, line in zip(keys, sorted(told[one] for one in keys), strict=True):
        told[place] = line
    return told
