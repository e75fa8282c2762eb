"""An exported ledger is proved without the centre, by a program that shares no code with it."""

import base64
import gzip
import json
import subprocess
import sys
import venv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ledgered import ZONE, touches
from signed import Signer

import ingest.ledger_verify
from ingest.ledger_verify import BEGIN, END, PUNCH, Fault, main, read_set
from ingest.seal import new
from ingest.store.database import reading
from ingest.store.ledger_checkpoints import page, take
from ingest.store.ledger_export import Wanted, export

Make = Callable[..., Any]
Lines = list[dict[str, Any]]


@pytest.fixture
def exported(told: Any, tmp_path: Path) -> Path:
    told.rotate(told.a, "a2")
    told.bring(told.a, *touches(13, 14))
    told.close_days()
    file = tmp_path / "ledger.gz"
    assert export(told.engine, file, Wanted(), zone=ZONE, now=told.now) == 5
    return file


def lines_of(file: Path) -> Lines:
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]


def rewritten(file: Path, change: Callable[[Lines], None]) -> Path:
    lines = lines_of(file)
    change(lines)
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    file.write_bytes(gzip.compress(text.encode()))
    return file


def batches(lines: Lines) -> Lines:
    return [line["batch"] for line in lines if "batch" in line]


def roots(lines: Lines) -> Lines:
    return [line["root"] for line in lines if "root" in line]


def keys(lines: Lines) -> Lines:
    return [line["key"] for line in lines if "key" in line]


def test_what_was_proved_is_told_in_plain_words(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(exported)]) == 0
    told = capsys.readouterr().out
    assert (
        "Proved: 5 bodies signed by 3 keys of 2 bridges; 15 punches and 1 bad records in 4 chains; "
        "2 days under roots, 2026-03-03 to 2026-03-04; offices A, B." in told
    )
    assert "2 rows were told again later." in told
    assert "Without a checkpoint from outside" in told


def test_each_proved_punch_is_listed_once(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(exported), "--list"]) == 0
    out = capsys.readouterr().out.split("\r\n")
    assert len(out) == 1 + 15 + 1
    assert out[1].startswith("A,S1,1,2026-03-02 07:01:00,0,1,,poll,0,2026-03-03 00:59:00+00:00,")
    assert out[1].endswith(",1,00000000000000000000000000000000,1")


def test_what_a_file_leaves_out_and_whose_key_nobody_asked_for_is_told(
    told: Any, exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = tmp_path / "part.gz"
    wanted = Wanted(office="A", until=date(2026, 3, 3))
    export(told.engine, part, wanted, zone=ZONE, now=told.now)
    assert main([str(part)]) == 0
    out = capsys.readouterr().out
    assert "It says of itself that it is not everything: office A, until 2026-03-03." in out
    assert f"Key {Signer('a').key_id} came by no invitation and after no other." in out


def test_a_checkpoint_of_a_seal_of_somebodys_own_is_no_traceback(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its seal covers it, whatever is in it: only what it says can be wrong."""
    seal, paper = new(), tmp_path / "paper.txt"
    for told in ([], 1, {}, {"office": []}, {"office": "A", "day": {}}, {"office": "\ud800"}):
        body = json.dumps(told, sort_keys=True, separators=(",", ":"))
        signature = seal.sign(f"hadir-checkpoint-1\n{body}".encode())
        paper.write_text(
            f"{BEGIN}\n{body}\n{END}\npublic: {seal.public.hex()}\nsignature: {signature.hex()}\n"
        )
        assert main([str(exported), "--checkpoint", str(paper)]) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_body_with_numbers_that_are_none_is_no_traceback() -> None:
    told = {name: [] for name in PUNCH} | {"runs": [["S1", float("inf"), 1, "00", "00"]]}
    with pytest.raises(Fault, match="not in the columns"):
        read_set({"punches": told}, "p", "punches", PUNCH)


def test_the_same_evidence_is_the_same_file(told: Any, exported: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.gz"
    export(told.engine, again, Wanted(), zone=ZONE, now=told.now)
    assert again.read_bytes() == exported.read_bytes()
    with pytest.raises(FileExistsError):
        export(told.engine, again, Wanted(), zone=ZONE, now=told.now)


@pytest.mark.parametrize(
    ("wanted", "bodies", "days", "note"),
    [
        (Wanted(office="A"), 5, 2, ""),
        (Wanted(office="B"), 0, 0, ""),
        (Wanted(until=date(2026, 3, 3)), 3, 1, ""),
        (Wanted(since=date(2026, 3, 4)), 2, 1, "goes on from height 9"),
        (Wanted(since=date(2026, 3, 5)), 0, 0, ""),
    ],
)
def test_whole_days_of_an_office_are_proved_alone(
    told: Any, exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    wanted: Wanted, bodies: int, days: int, note: str,
) -> None:  # fmt: skip
    file = tmp_path / "part.gz"
    assert export(told.engine, file, wanted, zone=ZONE, now=told.now) == bodies
    assert main([str(file)]) == 0
    out = capsys.readouterr().out
    assert f"Proved: {bodies} bodies" in out
    assert f"{days} days under roots" in out
    assert note in out


def _drop(of: str, place: int) -> Callable[[Lines], None]:
    def change(lines: Lines) -> None:
        found = [line for line in lines if of in line]
        lines.remove(found[place])
        lines[-1]["end"][of] -= 1

    return change


def _body(change: Callable[[dict[str, Any]], None]) -> Callable[[Lines], None]:
    def do(lines: Lines) -> None:
        told = batches(lines)[0]
        body = json.loads(gzip.decompress(base64.b64decode(told["body"])))
        change(body)
        told["body"] = base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()

    return do


def _swap(lines: Lines) -> None:
    first, second = (lines.index({"batch": one}) for one in batches(lines)[:2])
    lines[first], lines[second] = lines[second], lines[first]


def _resign(lines: Lines) -> None:
    """Change a punch and sign its body with a key that is put in beside the true one."""
    _body(lambda body: body["punches"]["state"].__setitem__(0, 1))(lines)
    told, forger = batches(lines)[0], Signer("forger")
    body = base64.b64decode(told["body"])
    signed = forger.sign("/v2/punches", body, time=told["signed_at"], nonce=told["nonce"])
    told["signature"], told["key"] = signed.signature.hex(), forger.key_id
    true = keys(lines)[0]
    lines.insert(1, {"key": true | {
        "key_id": forger.key_id, "public_key": forger.public_key.hex(), "grounds": {},
        "retired_at": true["enrolled_at"],
    }})  # fmt: skip
    lines[-1]["end"]["key"] += 1


def _set(find: Callable[[Lines], Lines], place: int, **values: Any) -> Callable[[Lines], None]:
    return lambda lines: find(lines)[place].update(values)


TAMPERED: dict[str, tuple[Callable[[Lines], None], str]] = {
    "a punch in a body": (
        _body(lambda body: body["punches"]["local"].__setitem__(0, 0)),
        "batch 1 of office A: it is not what key",
    ),
    "a batch taken out": (_drop("batch", 1), "batch 4 of office A: its bridge held receipt"),
    "the last batch taken out": (_drop("batch", -1), "the root for 2026-03-04 of office A"),
    "a batch moved": (_swap, "batch 2 of office A: its bridge held receipt"),
    "a body signed anew": (_resign, "batch 1 of office A"),
    "a root": (_set(roots, 0, root="00" * 32), "the root for 2026-03-03 of office A"),
    "a root's day": (_set(roots, 1, day="2026-03-06"), "it does not follow that of 2026-03-03"),
    "a root's link": (_set(roots, 1, previous="00" * 32), "does not hold the root of 2026-03-03"),
    "a root's count": (_set(roots, 0, batches=4), "it is over 4 batches"),
    "a root taken out": (_drop("root", 0), "it does not begin its office's roots"),
    "an arrival": (
        _set(batches, 2, received_at="2026-03-03T01:03:30.000000Z"),
        "the root for 2026-03-03 of office A: it is not that of its batches",
    ),
    "an arrival by hours": (
        _set(batches, 2, received_at="2026-03-03T05:03:00.000000Z"),
        "it was signed at another time than it is said to have come",
    ),
    "a limit": (_set(batches, 0, clock_limit_s=1), "it is not that of its batches"),
    "a count": (_set(batches, 0, sent=9), "it is kept as one of 9 rows"),
    "a refusal": (_set(batches, 0, refused={"p0": "no"}), "row p0 was refused, or was not"),
    "a refusal of none": (_set(batches, 0, refused={"p99": "no"}), "a refused row p99"),
    "a body gone": (_set(batches, 0, body=None), "its body is gone"),
    "a whole batch unsigned": (
        _set(batches, 1, body=None, signature=None, key=None),
        "a batch that came before it is signed",
    ),
    "an outbox": (_set(batches, 0, outbox="2" * 32), "kept as one of another outbox"),
    "a bridge": (_set(batches, 0, bridge=2), "which is of bridge 1"),
    "an office": (_set(batches, 0, office="B"), "stands under another office"),
    "a key": (_set(keys, 0, public_key="00" * 32), "is another key than its name says"),
    "a rotation": (
        lambda lines: keys(lines)[2]["grounds"].update(nonce="0" * 32),
        "without both signatures",
    ),
    "a key's time": (
        _set(keys, 0, retired_at="2026-03-09T00:00:00.000000Z"),
        "were in use at the same time",
    ),
    "a key behind the offices": (
        lambda lines: lines.insert(
            -1, {"key": keys(lines)[0] | {"key_id": Signer("forger").key_id}}
        ),
        "stands behind the offices, or twice",
    ),
    "a key twice": (
        lambda lines: lines.insert(1, lines[1]),
        "stands behind the offices, or twice",
    ),
    "a batch behind the roots": (
        lambda lines: lines.insert(
            lines.index({"root": roots(lines)[0]}),
            lines.pop(lines.index({"batch": batches(lines)[-1]})),
        ),
        "batch 5 of office A: it stands behind the roots of its office",
    ),
    "the days it is said to hold": (
        lambda lines: lines[0]["file"].update(since="2026-03-04"),
        "the root for 2026-03-03 is of none of the days",
    ),
    "the office it is said to hold": (
        lambda lines: lines[0]["file"].update(office="B"),
        "it is said to hold office B, and holds others",
    ),
    "a rotation's time": (
        lambda lines: (
            keys(lines)[0].update(retired_at="2026-03-04T09:00:00.000000Z")
            or keys(lines)[2].update(enrolled_at="2026-03-04T09:00:00.000000Z")
        ),
        "is said to have come at another time than it asked to",
    ),
    "the key before a rotation": (
        _set(keys, 0, retired_at="2026-03-03T12:00:00.000000Z"),
        "which was retired before",
    ),
    "the end": (lambda lines: lines.pop() and None, "it was cut off"),
    "more behind the end": (lambda lines: lines.append(lines[1]), "behind the end"),
    "a line of another kind": (lambda lines: lines.insert(1, {"x": {}}), "which nobody writes"),
    "a field gone": (lambda lines: batches(lines)[0].pop("nonce") and None, "is not whole"),
}


@pytest.mark.parametrize("name", TAMPERED)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_whatever_is_changed_in_the_file_is_named(
    exported: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    change, text = TAMPERED[name]
    assert main([str(rewritten(exported, change))]) == 1
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_file_cut_off_or_of_another_kind(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = exported.read_bytes()
    exported.write_bytes(whole[:-20])
    assert main([str(exported)]) == 1
    exported.write_bytes(whole + b"x")
    assert main([str(exported)]) == 1
    for other in (b"no gzip", gzip.compress(b"{}\n"), gzip.compress(b'{"file": {}}\n'), b""):
        exported.write_bytes(other)
        assert main([str(exported)]) in {1, 2}
    assert main([str(tmp_path / "none")]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_checkpoints_and_keys_known_from_elsewhere(
    told: Any, exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal, paper, known = new(), tmp_path / "paper.txt", tmp_path / "keys.txt"
    with reading(told.engine) as connection:
        taken = take(connection, "A")
    assert taken is not None
    text = page(taken, seal)
    paper.write_text(text.replace("\n", "\r\n"))
    known.write_text(f"kantor A: {Signer('a').key_id} {Signer('b').key_id}")
    given = [str(exported), "--checkpoint", str(paper), "--keys", str(known)]
    assert main([*given, "--seal", seal.fingerprint]) == 0
    assert "The checkpoint holds: office A, 2026-03-04" in capsys.readouterr().out
    assert main([*given, "--seal", "0" * 32]) == 1
    known.write_text(Signer("a").key_id)
    assert main(given) == 1
    assert f"key {Signer('b').key_id} of bridge" in capsys.readouterr().err
    for old, changed, said in (
        (taken.root, "f" * 64, "the checkpoint itself was changed"),
        ("END HADIR", "EMD", "it is not a checkpoint"),
    ):
        paper.write_text(text.replace(old, changed))
        assert main([str(exported), "--checkpoint", str(paper)]) in {1, 2}
        assert said in capsys.readouterr().err
    _drop("root", -1)(lines := lines_of(exported))
    rewritten(exported, lambda other: other.__setitem__(slice(None), lines))
    paper.write_text(text)
    assert main([str(exported), "--checkpoint", str(paper)]) == 1
    assert "has no root for 2026-03-04 in this file" in capsys.readouterr().err


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_past_written_anew_whole_is_named_by_a_checkpoint(
    told: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the database and a bridge's key can write a ledger in which all fits."""
    with reading(told.engine) as connection:
        taken = take(connection, "A")
    assert taken is not None
    paper = tmp_path / "paper.txt"
    paper.write_text(page(taken, new()))
    told.tamper(*(f"DELETE FROM {name}" for name in (
        "punches", "contradictions", "bad_records", "runs", "chains", "roots", "batches",
        "dirty_punches",
    )))  # fmt: skip
    told.chains.forget()
    told.after.clear()
    told.now = told.now.replace(day=3, hour=1, minute=0)
    told.bring(told.a, *touches(1, 2, 3, 4, hour=6))
    told.close_days()
    assert told.verify().sound
    file = tmp_path / "ledger.gz"
    export(told.engine, file, Wanted(), zone=ZONE, now=told.now)
    assert main([str(file)]) == 0
    assert main([str(file), "--checkpoint", str(paper)]) == 1
    assert "the past was rewritten" in capsys.readouterr().err


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_program_needs_nothing_of_ours(exported: Path, tmp_path: Path) -> None:
    """The one file runs in an environment that has cryptography, and knows no package of ours."""
    home = tmp_path / "auditor"
    venv.create(home / "venv", with_pip=False, symlinks=True)
    program = home / "ledger_verify.py"
    program.write_bytes(Path(ingest.ledger_verify.__file__).read_bytes())
    site = next((home / "venv").glob("lib/python*/site-packages"))
    for name in ("cryptography", "cffi", "_cffi_backend"):
        for found in Path(sys.prefix).glob(f"lib/python*/site-packages/{name}*"):
            if "dist-info" not in found.name:
                (site / found.name).symlink_to(found)
    python = home / "venv" / "bin" / "python"
    done = subprocess.run(
        [python, "-I", "-c", "import ingest"], capture_output=True, check=False, cwd=home
    )
    assert done.returncode == 1
    done = subprocess.run(
        [python, "-I", program, exported], capture_output=True, text=True, check=False, cwd=home
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.startswith("Proved: 5 bodies")
