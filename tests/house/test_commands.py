"""Both programs speak alike: how they name themselves, and lists in which no sentence is cut."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from bridge.cli import cli as bridge_cli
from ingest.cli import cli as ingest_cli

PROGRAMS = {"hadir-bridge": bridge_cli, "hadir-ingest": ingest_cli}
WIDTH = 80


def groups(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    context = click.Context(group, info_name=" ".join(path), terminal_width=WIDTH)
    yield path, group.get_help(context)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from groups(command, (*path, name))


@pytest.mark.parametrize(("name", "program"), PROGRAMS.items(), ids=list(PROGRAMS))
def test_a_program_tells_its_version_alike(name: str, program: click.Command) -> None:
    told = CliRunner().invoke(program, ["--version"]).stdout
    assert told.split()[0] == name
    assert len(told.split()) == 2


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param(path, told, id=" ".join(path))
        for name, program in PROGRAMS.items()
        for path, told in groups(program, (name,))
    ],
)
def test_no_sentence_is_cut_in_a_list_of_commands(path: tuple[str, ...], told: str) -> None:
    _, _, listed = told.partition("Commands:\n")
    assert listed.strip(), "a group without commands"
    assert [line for line in listed.splitlines() if line.endswith("...")] == []
    assert max(len(line) for line in listed.splitlines()) <= WIDTH
