"""Nothing can be run at the centre that does not say what it asks of whoever runs it."""

from collections.abc import Iterator

import click
import pytest
from hostile import HOSTILE

from ingest.cli import cli
from ingest.declared import ACTS, COMMANDS, Reach, act_of
from ingest.roles import NEEDS, PEOPLES, Right, Role, may


def callable_commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield " ".join((*path, name))
            yield from callable_commands(command, (*path, name))
        else:
            yield " ".join((*path, name))


def test_every_command_is_declared_and_nothing_else() -> None:
    assert sorted(callable_commands(cli)) == sorted(COMMANDS)


def test_what_an_operator_may_run_is_tried_with_what_is_another_offices() -> None:
    may_run = {
        name
        for name, one in COMMANDS.items()
        if one.reach is Reach.OFFICE and may(Role.OPERATOR, one.right)
    }
    assert set(HOSTILE) == may_run


def test_what_reads_people_is_no_business_of_who_only_measures() -> None:
    rights = {one.right for one in COMMANDS.values() if one.reads}
    assert rights == {Right.READ, Right.AUDIT}
    assert [name for name, one in COMMANDS.items() if one.reads and one.reach is Reach.NONE] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_asks_for_the_right_of_the_act_it_leaves_in_the_log(name: str) -> None:
    if act_of(name) in NEEDS:
        assert NEEDS[act_of(name)] is COMMANDS[name].right
    assert ACTS[act_of(name)] is COMMANDS[name].right


def test_every_role_of_people_may_run_something_and_no_machine_decides() -> None:
    for role in PEOPLES:
        assert [one for one in COMMANDS.values() if may(role, one.right)]
    strangers = {name: one.stranger for name, one in COMMANDS.items() if one.stranger is not None}
    assert {name for name, role in strangers.items() if role is Role.ADMIN} == {
        "restore",
        "users recover",
    }
    assert [name for name in strangers if COMMANDS[name].reads] == []
