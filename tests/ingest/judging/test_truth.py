"""A small regency of which the truth is known: each day is judged as it was lived, and a rule that
is broken on purpose is found. `make truth` does the same with a year of 20,000 people."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import truth_world
from served import Slot
from sqlalchemy import Engine
from truth_compare import (
    MINUTES,
    MISSED_ABSENCE,
    STATUS,
    WRONG_ABSENCE,
    Comparison,
    compare,
    compared,
)
from truth_run import SETTINGS, Run, run
from truth_troubles import KINDS
from truth_world import TINY

from ingest.coverage import TerminalDay, Verdict
from ingest.days import assemble, evaluate
from ingest.rules import RULES
from ingest.store import facts, people
from ingest.store.plain import Pair

Break = Callable[[pytest.MonkeyPatch], None]


def trusting(patch: pytest.MonkeyPatch) -> None:
    """Take every terminal for complete."""
    found: Callable[..., TerminalDay] = lambda evidence, *_, **__: TerminalDay(  # noqa: E731 - a mock
        evidence.serial, evidence.name, Verdict.COMPLETE
    )
    patch.setattr(assemble, "terminal_day", found)


def blind_to_silence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts, "find_silent", lambda *_: {})


def lenient(patch: pytest.MonkeyPatch) -> None:
    """Let nobody be absent."""
    patch.setitem(RULES, "absence", lambda _: None)


def never_late(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(RULES, "late", lambda _: None)


BROKEN: dict[str, tuple[Break, str, str]] = {
    "a terminal that is not read": (trusting, "replaced", MINUTES),
    "electricity": (blind_to_silence, "no electricity", WRONG_ABSENCE),
    "absence": (lenient, "ABSENT", MISSED_ABSENCE),
    "lateness": (never_late, "LATE", STATUS),
}
"""How a rule is broken, on which days, and what must be reported."""


def test_each_day_is_judged_as_it_was_lived_and_a_broken_rule_is_found(
    engine: Engine, slots: list[Slot]
) -> None:
    done = run(engine, slots[0], TINY, bulk=False)
    for found in done.found:
        assert found.misses == []
        assert found.judged["ABSENT"] > 10
    assert done.found[0].explained_later > 0
    assert done.found[1].explained_later == 0
    assert done.counts.streaks > 0
    assert {one.kind for one in done.troubles.all} == set(KINDS)
    for name, (break_it, of, kind) in BROKEN.items():
        found = broken(done, engine, break_it, days_of(done, of))
        assert found.kinds[kind], f"{name} is not found"


def days_of(done: Run, of: str) -> list[Pair]:
    """Return some office-days with a trouble, or with a status."""
    named = [pair for pair, kinds in done.troubles.named.items() if of in kinds]
    lived = [
        (one.office, one.day)
        for person in done.world.people
        for one in compared(done.world, done.troubles, person)
        if one.expected[1].status == of
    ]
    return sorted(named + lived)[:3]


def broken(done: Run, engine: Engine, break_it: Break, days: list[Pair]) -> Comparison:
    """Judge some days by a broken rule, and compare; nothing of it stays."""
    with pytest.MonkeyPatch.context() as patch, engine.connect() as connection:
        break_it(patch)
        for office, day in days:
            evaluate(connection, office=office, day=day, now=done.world.now[1], settings=SETTINGS)
        ids = people.person_ids(connection)
        found = compare(connection, done.world, done.troubles, ids, 1)
        connection.rollback()
        return found


@pytest.mark.parametrize("name", ["truth_world", "truth_troubles", "truth_life"])
def test_who_makes_the_truth_knows_nothing_of_the_program(name: str) -> None:
    tree = ast.parse((Path(truth_world.__file__).parent / f"{name}.py").read_text())
    imported: set[Any] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {one.name.split(".")[0] for one in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert not imported & {"ingest", "bridge", "drivers"}
