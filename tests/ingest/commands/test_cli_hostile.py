"""Whatever is typed, a command answers with a sentence and leaves the store as it is."""

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from ingest.cli import cli
from ingest.store import tables
from ingest.store.database import open_engine, reading

WHY = ("--why", "daftar hadir", "--by", "Bu Kepala")
NIP = "198609262015051001"
HUGE, WIDE = "9" * 30, str(2**31)
NO_TEXT = "\udcff"  # a byte of a command line that is no UTF-8
VOID = ("adjustments", "void", "--user-id", "7", "--time", "2026-03-09 10:04", *WHY)
TYPED = [
    *(
        (*words, number)
        for number in (HUGE, WIDE, "0", "-1")
        for words in (
            ("adjustments", "withdraw", *WHY, "--"),
            ("quarantine", "reopen", *WHY, "--"),
            ("tokens", "revoke", "--yes", "--by", "x", "--"),
            ("bridges", "revoke", "--yes", "--"),
            ("audit", "list", "--limit"),
        )
    ),
    (*VOID, "--terminal", NO_TEXT),
    (*VOID, "--terminal", "x" * 100_000),
    (*VOID, "--terminal", "S1'; DROP TABLE punches; --"),
    (*VOID, "--terminal", 'S1"; DELETE FROM audit_log; --'),
    ("audit", "list", "--since", "0001-01-01"),
    ("audit", "verify", "--head", f"{HUGE}:{'00' * 32}"),
    ("tokens", "add", "x", "--role", "admin", "--until", "9999-12-31", "--by", "y"),
    ("coverage", "withdraw", "--terminal", "S1", "--from", "0001-01-01", "--until", "2026-03-09",
     *WHY),
    ("coverage", "withdraw", "--terminal", "S1", "--from", "2026-03-09", "--until", "9999-12-31",
     *WHY),
    ("adjustments", "list", "--from", "0001-01-01"),
    ("adjustments", "add-touch", "--nip", NIP, "--at", "0001-01-01 00:00", *WHY),
    ("adjustments", "add-touch", "--nip", NIP, "--at", "9999-12-31 23:59", *WHY),
    ("quarantine", "resolve", "--terminal", "S1", "--time", "0001-01-01 00:00", "--reject", *WHY),
    ("quarantine", "list", "--terminal", NO_TEXT),
    ("seal", "make", "--after", "/nowhere", "--by", "x"),
]  # fmt: skip


@pytest.fixture
def hostile(staffed):
    staffed.config.write_text(staffed.config.read_text() + 'seal_file = "seal.key"\n')
    staffed("seal", "make", "--by", "Bu Kepala")
    return staffed


def test_it_is_refused_in_a_sentence_and_leaves_no_trace(hostile):
    before = _rows(hostile.url)
    for words in TYPED:
        done = CliRunner().invoke(cli, ["--config", str(hostile.config), *words], obj=_now(hostile))
        assert isinstance(done.exception, SystemExit), (words, done.exception)
        assert done.exit_code in {1, 2}, words
        assert done.stderr.strip(), words
    assert _rows(hostile.url) == before


def test_a_day_is_one_of_a_calendar_that_people_use(copied):
    said = copied("audit", "list", "--since", "0001-01-01", code=2).stderr
    assert "'0001-01-01' is no day from 1970 to 2999" in said


def test_each_number_of_a_row_is_bounded():
    """A command that takes any number hands it to a database that does not."""
    loose = [
        f"{' '.join(path)} {one.name}"
        for path, command in _commands(cli, ())
        for one in command.params
        if one.type is click.INT and one.name != "year"
    ]
    assert loose == []


def _now(run):
    return lambda: run.now


def _commands(group, path):
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from _commands(found, (*path, name))


def _rows(url):
    engine = open_engine(url)
    with reading(engine) as connection:
        found = {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in tables.metadata.tables.items()
        }
    engine.dispose()
    return found
