"""Every command says what it does."""

import logging

import click
import pytest
from click.testing import CliRunner

from ingest.cli import cli


def commands(group: click.Group = cli, path: tuple[str, ...] = ()):
    for name, command in group.commands.items():
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
    assert result.stdout.startswith("hadir-ingest, version ")


def test_a_command_leaves_logging_as_it_found_it():
    ours, root = logging.getLogger("ingest"), logging.getLogger()
    before = (ours.level, list(root.handlers))
    CliRunner().invoke(cli, ["--config", "/nonexistent", "--verbose", "offices", "list"])
    assert (ours.level, list(root.handlers)) == before
