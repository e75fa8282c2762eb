"""Every command says what it does."""

import ast
import logging
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from ingest.cli import COMMANDS, cli

ONE = "198609262015051001"
MIDDLING = ["pydantic", "sqlalchemy"]


def commands(group: click.Group = cli, path: tuple[str, ...] = ()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize(
    ("path", "command"), [pytest.param(*one, id=" ".join(one[0])) for one in commands()]
)
def test_every_command_says_what_it_does_with_an_example_that_is_one(path, command):
    assert command.help
    example = command.help.split("Example:\n")[1].strip()
    assert example.startswith("hadir-ingest")
    assert " ".join(path) in example
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.name}"


def test_the_version_needs_no_configuration():
    result = CliRunner().invoke(cli, ["--config", "/nonexistent", "--version"])
    assert result.exit_code == 0
    assert re.fullmatch(r"hadir-ingest [0-9.]+\n", result.stdout)


def test_the_list_tells_each_command_by_its_own_first_sentence():
    for name, (_, sentence) in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert command.get_short_help_str(200) == sentence
    assert cli.get_command(click.Context(cli), "nonsense") is None


HEAVY = ["alembic", "apscheduler", "holidays", "starlette", "uvicorn", "psycopg"]


def loaded(code: str) -> list[str]:
    told = f"import sys; {code}; print([one for one in {HEAVY + MIDDLING} if one in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=True
    )
    return ast.literal_eval(done.stdout.splitlines()[-1])


def test_help_loads_nothing_that_a_command_needs():
    run = "from click.testing import CliRunner; from ingest.cli import cli"
    assert loaded(f"{run}; CliRunner().invoke(cli, ['--help'])") == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "words", ["report daily --office A", "punches list", "days explain {ONE} 2026-03-02"]
)
def test_who_only_looks_loads_no_server_and_no_migration(run, words):
    run.take("offices", "code,name\nA,Dinas\n")
    run.take("people", f"nip,name,kind,office,superior_nip,from\n{ONE},Satu,PNS,A,,2026-01-01\n")
    asked = ["--config", str(run.config), *words.format(ONE=ONE).split()]
    code = (
        "from click.testing import CliRunner; from ingest.cli import cli;"
        f"done = CliRunner().invoke(cli, {asked}); assert done.exit_code == 0, done.output"
    )
    assert loaded(code) == MIDDLING


def test_a_command_leaves_logging_as_it_found_it():
    ours, root = logging.getLogger("ingest"), logging.getLogger()
    before = (ours.level, list(root.handlers))
    CliRunner().invoke(cli, ["--config", "/nonexistent", "--verbose", "offices", "list"])
    assert (ours.level, list(root.handlers)) == before
