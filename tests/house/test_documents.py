"""What the documents say is so: every command and driver is in the README, every target exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bridge.cli import cli as bridge_cli
from drivers import registry
from drivers.base import Capability
from ingest.cli import cli as ingest_cli

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield (*path, name)
            yield from commands(command, (*path, name))


def command_at(group: click.Command, path: tuple[str, ...]) -> click.Command:
    for name in path:
        assert isinstance(group, click.Group)
        found = group.get_command(click.Context(group), name)
        assert found is not None
        group = found
    return group


ALL = [
    *(
        pytest.param(bridge_cli, path, id=f"bridge {' '.join(path)}")
        for path in commands(bridge_cli)
    ),
    *(
        pytest.param(ingest_cli, path, id=f"ingest {' '.join(path)}")
        for path in commands(ingest_cli)
    ),
]


@pytest.mark.parametrize(("group", "path"), ALL)
def test_every_command_has_help_and_stands_in_the_readme(
    group: click.Command, path: tuple[str, ...]
) -> None:
    command = command_at(group, path)
    assert command.help, "a command without help"
    documented = [line for line in README.splitlines() if line.startswith("|")]
    assert any(
        all(re.search(rf"\b{re.escape(word)}\b", line) for word in path) for line in documented
    )


@pytest.mark.parametrize("name", list(registry.BUILT_IN))
def test_every_driver_stands_in_the_readme(name: str) -> None:
    assert f"| `{name}` |" in README


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/design.md"])
def test_every_link_and_make_target_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in re.findall(r"`make ([a-z-]+)`", text):
        assert name in targets, name
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        if not link.startswith("http"):
            assert (ROOT / link).exists(), link


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*.md")), ids=lambda one: one.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    for link, anchor in re.findall(
        r"\]\((?!http)([^)#]*)(?:#([^)]*))?\)", document.read_text(encoding="utf-8")
    ):
        target = document.parent / link if link else document
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), f"{link}#{anchor}"


def _anchors(document: Path) -> set[str]:
    """Return what headings are called in an address: small, spaces as dashes, other signs gone."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


TERMINALS = (ROOT / "docs/terminals.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*registry.BUILT_IN, *registry.RECEIVERS])
def test_every_driver_says_what_is_proven_of_it(name: str) -> None:
    assert f"| `{name}` |" in TERMINALS


@pytest.mark.parametrize("capability", list(Capability))
def test_every_capability_says_which_drivers_have_it(capability: Capability) -> None:
    assert f"| `{capability}` |" in TERMINALS


FAILURES = (ROOT / "docs/failures.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+::\w+)`", FAILURES))))
def test_every_failure_of_others_has_its_test(named: str) -> None:
    place, _, test = named.partition("::")
    folder, _, module = place.rpartition("/")
    file = ROOT / "tests" / folder / f"test_{module}.py"
    assert f"def test_{test}(" in file.read_text(encoding="utf-8")
