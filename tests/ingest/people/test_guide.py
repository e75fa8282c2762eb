"""What the guide for admins shows can be done just so."""

import re
from pathlib import Path
from typing import Any

import click
import pytest

from ingest.cli import cli

GUIDE = (Path(__file__).parents[3] / "docs" / "kepegawaian.md").read_text(encoding="utf-8")
FILES = re.findall(r"```csv\n(.*?)```", GUIDE, re.S)
CALLS = [
    line.split("#")[0].split()
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.S)
    for line in block.replace("\\\n", " ").splitlines()
]


def test_every_file_of_the_guide_can_be_imported(run: Any) -> None:
    run("offices", "import", run.file("code,name\n4.01.01,Dinas Pendidikan\n"))
    rooms = ["people", *(f"people {one}" for one in ("kinds", "posts", "breaks", "stand-ins"))]
    for text, room in zip(FILES, rooms, strict=True):
        told = run(*room.split(), "import", run.file(text)).stdout
        assert f"{len(text.splitlines()) - 1} new, 0 changed, 0 as before" in told


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_every_command_of_the_guide_is_one(words: list[str]) -> None:
    command: click.Command = cli
    context = click.Context(cli)
    rest = words[1:]
    while isinstance(command, click.Group):
        found = command.get_command(context, rest.pop(0))
        assert found is not None
        command = found
    command.make_context(words[-1], [*rest, "--yes"] if "remove" in words else rest)
