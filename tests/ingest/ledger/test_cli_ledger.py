"""The commands of the ledger: one sentence a fault, and an exit code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingest.cli import cli
from ingest.ledger_verify import main

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class Command:
    def __init__(self, told: Any, folder: Path) -> None:
        self.told, self.config = told, folder / "ingest.toml"
        url = told.engine.url.render_as_string()
        self.config.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\nseal_file = "seal.key"\n'
        )

    def __call__(self, *arguments: str, code: int = 0) -> Result:
        given = ["--config", str(self.config), *arguments]
        result = CliRunner().invoke(cli, given, obj=lambda: self.told.now)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result


@pytest.fixture
def run(told: Any, tmp_path: Path) -> Iterator[Command]:
    yield Command(told, tmp_path)
    told.tamper(*(f"DELETE FROM {one}" for one in ("checkpoint_copies", "checkpoints", "seals")))


@one_database
def test_a_sound_store_is_told_in_one_line(run: Command) -> None:
    result = run("ledger", "verify")
    assert result.stdout == (
        "proved: 4 batches, 13 punches, 1 bad records, 2 rows told again, 2 keys, 4 chains, "
        "1 roots\n"
    )
    assert "note: 1 batches of office A are under no root yet" in result.stderr
    assert "3 batches" not in run("ledger", "verify", "--since", "2026-03-04").stdout
    run("ledger", "verify", "--office", "A")
    assert "no office" in run("ledger", "verify", "--office", "C", code=1).stderr


@one_database
def test_the_first_fault_is_told_and_all_with_all(run: Command) -> None:
    run.told.tamper("DELETE FROM punches WHERE user_id IN ('3', '7')")
    first = run("ledger", "verify", code=1)
    assert first.stdout == (
        "missing: the punch of user 3 at 2026-03-02 07:03:00 on terminal S1 (batch 1, row p2, "
        "height 3 of its chain) is not in the store any more\n"
    )
    assert "NOT PROVED: 1 fault(s) among" in first.stderr
    assert "--all goes on after it" in first.stderr
    assert len(run("ledger", "verify", "--all", code=1).stdout.splitlines()) == 2


@one_database
def test_an_export_is_proved_by_the_other_program(
    run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.gz"
    assert run("ledger", "export", str(file)).stdout == f"{file}: 4 batches\n"
    assert main([str(file)]) == 0
    assert "13 punches" in capsys.readouterr().out
    again = run("ledger", "export", str(file), code=1)
    assert "is there already, and is not overwritten" in again.stderr
    assert file.stat().st_mode & 0o077 == 0
    part = tmp_path / "b.gz"
    run("ledger", "export", str(part), "--office", "A", "--until", "2026-03-03")
    assert main([str(part)]) == 0


@one_database
def test_a_checkpoint_is_written_and_held_against_the_store(run: Command, tmp_path: Path) -> None:
    assert (
        "hadir-ingest seal make"
        in run("ledger", "checkpoint", "--to", str(tmp_path), code=1).stderr
    )
    run("seal", "make", "--by", "Kepala")
    written = Path(run("ledger", "checkpoint", "--to", str(tmp_path)).stdout.strip())
    assert written.name == "titik-periksa-A-2026-03-03.txt"
    result = run("ledger", "verify", "--checkpoint", str(written))
    assert "1 checkpoints held" in result.stdout
    run("ledger", "checkpoint", "--to", str(tmp_path), "--office", "A", "--day", "2026-03-03")
    for arguments in (["--office", "B"], ["--day", "2026-03-04"]):
        none = run("ledger", "checkpoint", "--to", str(tmp_path), *arguments, code=1)
        assert "no such day has a root yet" in none.stderr
    other = tmp_path / "other.txt"
    other.write_text("x")
    none = run("ledger", "verify", "--checkpoint", str(other), code=1)
    assert "is no checkpoint" in none.stderr
    run.told.tamper("DELETE FROM roots")
    gone = run("ledger", "verify", "--checkpoint", str(written), code=1)
    assert gone.stdout.startswith(f"checkpoint: {written}: office A had a root for 2026-03-03")


@one_database
def test_where_pages_went_is_listed(run: Command) -> None:
    assert json.loads(run("ledger", "checkpoints", "--json").stdout) == []
    assert "office" in run("ledger", "checkpoints", "--waiting").stdout


def test_a_long_look_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.cli.ledger import _progress
    from ingest.ledger.report import Counts

    said: list[str] = []
    monkeypatch.setattr("click.echo", lambda text, err: said.append(text))
    clock = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    tell = _progress(lambda: next(clock))
    for _ in range(4):
        tell(Counts(batches=3, rows=6_000_000))
    assert said == [
        "3 batches, 6000000 rows, 1,000,000 a second",
        "3 batches, 6000000 rows, 500,000 a second",
    ]


@one_database
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE batches SET body = 'x' WHERE id = 2", "batches with id 2 holds 'x' in body"),
        ("UPDATE batches SET received_at = 7 WHERE id = 1", "holds 7 in received_at"),
        ("UPDATE roots SET root = 1.5", "holds 1.5 in root, where only bytes can stand"),
        ("UPDATE bridge_keys SET grounds = '[]'", "holds '[]' in grounds"),
        ("UPDATE batches SET outbox = CAST(x'1b5b326a0a' AS text) WHERE id = 1", "outbox"),
        ("UPDATE batches SET outbox = CAST(x'fffe' AS text) WHERE id = 1", "outbox"),
    ],
)
def test_whatever_a_cell_holds_it_is_one_sentence(
    run: Command, told: Any, tmp_path: Path, change: str, said: str
) -> None:
    told.tamper(change)
    result = run("ledger", "verify", code=1)
    (line,) = result.stdout.splitlines()
    assert said in line
    assert line.isprintable()
    assert "NOT PROVED: 1 fault(s)" in result.stderr
    assert "Traceback" not in result.output
    file = tmp_path / "ledger.gz"
    if "outbox" in change:  # it is text, if none that a bridge wrote: the auditor is told
        run("ledger", "export", str(file))
        assert main([str(file)]) == 1
    else:
        assert said in run("ledger", "export", str(file), code=1).stderr
        assert not file.exists()
