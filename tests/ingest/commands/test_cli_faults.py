"""What, which one, what to do: a sentence for each fault, exit 1 or 2, nothing half-done."""

import stat

import pytest
from click.testing import CliRunner

from ingest.cli import cli

ONE = "198609262015051001"


@pytest.mark.parametrize("database_kind", ["sqlite"])
class TestFaults:
    def test_a_missing_configuration(self, run):
        run.config = run.folder / "none.toml"
        result = run("offices", "list", code=2)
        assert result.stderr == (
            f"{run.config}: no such file; name one by --config or HADIR_CONFIG\n"
        )
        assert result.stdout == ""

    def test_every_fault_of_the_configuration(self, run):
        run.config.write_text('[ingest]\ntimezon = "UTC"\nlisten = "x"\n')
        result = run("offices", "list", code=2)
        assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [
            "ingest.timezone",
            "ingest.timezon",
            "ingest.listen",
        ]

    def test_the_environment_names_the_configuration_too(self, run):
        result = CliRunner().invoke(
            cli, ["offices", "list"], env={"HADIR_CONFIG": str(run.folder / "other.toml")}
        )
        assert "other.toml: no such file" in result.stderr

    def test_a_database_that_is_newer(self, run, engine):
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert "does not know" in run("offices", "list", code=1).stderr
        assert "does not know" in run("serve", code=1).stderr

    def test_a_file_with_faulty_rows(self, run):
        result = run.take("offices", "code,name\nA,Dinas\n?,x\nC\n", code=1)
        path = run.folder / "import.csv"
        assert result.stderr == (
            f"{path}: line 4: 1 cells, the header has 2\n{path}: 1 fault(s), nothing imported\n"
        )
        result = run.take("offices", "code,name\nA,Dinas\n?,x\n", code=1)
        assert f"{path}: line 3: code" in result.stderr
        assert result.stdout == ""
        assert run.json("offices", "list") == []


class TestNames:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["people", "list", "--office", "X"],
            ["people", "export", "--office", "X"],
            ["terminals", "list", "--office", "X"],
            ["terminals", "add", "S9", "--name", "x", "--office", "X"],
            ["user-ids", "list", "--office", "X"],
            ["user-ids", "unmapped", "--office", "X"],
            ["bridges", "list", "--office", "X"],
            ["bridges", "invite", "--office", "X"],
            ["punches", "list", "--office", "X"],
            ["punches", "export", "--office", "X"],
            ["calendar", "add", "2026-05-05", "libur", "--office", "X"],
            ["calendar", "remove", "2026-05-05", "--office", "X", "--yes"],
            ["days", "evaluate", "--office", "X"],
            ["coverage", "--office", "X"],
            ["report", "daily", "--office", "X"],
            ["report", "monthly", "--office", "X"],
        ],
        ids=" ".join,
    )
    def test_an_office_nobody_knows(self, copied, arguments):
        result = copied(*arguments, code=1)
        assert "X" in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert result.stdout == ""

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["punches", "list", "--terminal", "S9"], 'no terminal "S9"'),
            (["punches", "list", "--nip", "198609262015051009"], "nobody has this NIP"),
            (["punches", "list", "--nip", "1,98E+17"], "Excel"),
            (["days", "explain", "123", "2026-03-02"], "3 digits"),
            (["days", "explain", "198609262015051009", "2026-03-02"], "nobody has this NIP"),
            (["bridges", "revoke", "77", "--yes"], "77"),
            (["calendar", "remove", "2026-05-05", "--yes"], "2026-05-05"),
            (["calendar", "confirm", "2031"], "calendar seed 2031"),
            (["calendar", "seed", "12"], "12"),
            (["terminals", "set", "S9", "--name", "x"], "terminals add"),
            (["terminals", "add", "S1", "--name", "x", "--office", "A"], "terminals set"),
            (["terminals", "set", "S1", "--counts-until", "2025-01-01"], "lies before"),
        ],
        ids=lambda one: " ".join(one) if isinstance(one, list) else "",
    )
    def test_a_thing_nobody_knows(self, copied, arguments, says):
        result = copied(*arguments, code=1)
        assert says in result.stderr

    @pytest.mark.parametrize(
        "arguments",
        [
            ["nonsense"],
            ["people", "list", "--on", "31/01/2026"],
            ["people", "list", "--on", "2026-01-01", "--all"],
            ["punches", "list", "--bad", "--nip", ONE],
            ["punches", "list", "--limit", "0"],
            ["days", "evaluate", "--from", "2026-03-05", "--until", "2026-03-04"],
            ["days", "evaluate", "--from", "2026-03-11"],
            ["calendar", "add", "2026-05-05", " "],
            ["calendar", "list", "0"],
            ["offices", "import"],
            ["report", "daily"],
            ["report", "monthly", "--office", "A", "--month", "2026-13"],
        ],
        ids=" ".join,
    )
    def test_misuse_leaves_with_2(self, copied, arguments):
        assert copied(*arguments, code=2).stdout == ""


class TestDatabases:
    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("sqlite:////nonexistent/folder/hadir.db", "unable to open"),
            ("postgresql://hadir:geheim@127.0.0.1:1/hadir", "does not answer"),
            ("mysql://hadir:geheim@localhost/x", "mysql"),
            ("geheim", "cannot be read"),
            ("sqlite://", "names no file"),
            ("sqlite:///hadir.db", "write its whole path"),
        ],
    )
    def test_a_database_that_is_none(self, command, tmp_path, url, says):
        run = command(tmp_path, url)
        for arguments in (["migrate"], ["offices", "list"], ["check"], ["serve"]):
            result = run(*arguments, code=1)
            assert says in result.stderr
            assert len(result.stderr.splitlines()) == 1
            assert "geheim" not in result.output

    def test_a_database_without_tables(self, command, tmp_path):
        run = command(tmp_path, f"sqlite:///{tmp_path}/new.db")
        for arguments in (["offices", "list"], ["serve"], ["check"]):
            assert "run hadir-ingest migrate" in run(*arguments, code=1).stderr
        assert not (tmp_path / "new.db").exists()
        run("migrate")
        run("migrate")
        assert run.json("offices", "list") == []
        assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600

    def test_verbose_shows_the_whole_chain(self, command, tmp_path):
        run = command(tmp_path, "sqlite:////nonexistent/folder/hadir.db")
        result = run("--verbose", "migrate", code=1)
        assert "Traceback" in result.stderr
        assert "sqlite3.OperationalError" in result.stderr
        assert result.stderr.splitlines()[-1].startswith("the database sqlite:")
