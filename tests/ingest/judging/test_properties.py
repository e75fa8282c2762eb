"""Generated offices: two paths give one answer, and no punch ever makes an absence."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from ingest.rules import Status

TUESDAY = date(2026, 3, 3)
SEEDS = 8
JUDGED = {Status.PRESENT, Status.LATE, Status.EARLY, Status.INCOMPLETE}


def generate(scene: Any, chance: random.Random) -> list[int]:
    """Fill an office with people and terminals in every state that a test can think of."""
    village = scene.add_office("7.02")
    tidy = chance.random() < 0.5  # else hardly anybody would ever be judged
    terminals = [
        scene.terminal(
            f"T{number}",
            office=chance.choice([scene.office, scene.office, village]),
            registered=tidy or chance.random() < 0.85,
            counts_from=chance.choice([date(2026, 1, 1)] * 3 + [date(2026, 3, 4)]),
            read_until=chance.choice(["2026-03-04 07:00"] * (99 if tidy else 6) + ["12:00", None]),
        )
        for number in range(chance.randint(1, 3))
    ]
    people = [
        scene.person(f"P{number}", office=chance.choice([scene.office] * 4 + [village]))
        for number in range(6)
    ]
    known: set[tuple[str, int | None, str]] = set()
    for number, person in enumerate(people):
        for _ in range(1 if tidy else chance.randint(0, 2)):
            user_id = str(number if tidy else chance.choice([number, number, chance.randint(0, 8)]))
            terminal = None if tidy else chance.choice([None, *terminals])
            if (user_id, terminal, str(person)) not in known:
                known.add((user_id, terminal, str(person)))
                scene.map(user_id, person, terminal)
    if chance.random() < 0.3:
        scene.map("8", None)
    for terminal in terminals:
        if chance.random() < 0.15:
            scene.clock(terminal, TUESDAY + timedelta(days=chance.randint(-1, 1)), 4_000)
        if chance.random() < 0.2:
            scene.bad_record(
                terminal, chance.choice(["", "1", "8"]), near_from="07:00", near_until="08:00"
            )
    for _ in range(chance.randint(0, 8)):
        touch(scene, chance, terminals, people)
    if tidy:  # of a day on which nobody touched anything nobody would be absent
        scene.map("alive", None)
        scene.punch(terminals[0], "alive", "06:00")
    scene.terminals = terminals
    return people


def touch(scene: Any, chance: random.Random, terminals: list[int], people: list[int]) -> None:
    """Add a punch, mostly believable, mostly of a number that stands for somebody."""
    user_id = chance.choice(
        [
            *(str(chance.randint(0, 5)) for _ in range(4)),
            str(chance.randint(0, 8)),
            scene.nip_of(chance.choice(people)),
        ]
    )
    clock = f"{chance.randint(6, 17):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
    terminal = chance.choice(terminals)
    kind = chance.random()
    if kind < 0.75:
        scene.punch(terminal, user_id, clock)
    elif kind < 0.9:
        scene.punch(terminal, user_id, clock, after="05:00", read_at="05:30")
    else:
        lost = f"2000-01-0{chance.randint(1, 9)} {clock}"
        after = chance.choice([None, "2026-03-02 17:00"])
        scene.punch(terminal, user_id, lost, after=after, read_at="2026-03-04 06:00")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_everybodys_path_and_one_persons_path_give_the_same_day(scene: Any, seed: int) -> None:
    people = generate(scene, random.Random(seed))
    together = scene.evaluate() | scene.evaluate(office="7.02")
    assert set(together) == set(people)
    for person in people:
        assert scene.explain(person).judged == together[person]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_punch_makes_an_absence_nor_takes_a_presence_away(scene: Any, seed: int) -> None:
    """But one on a silent day, which shows that a terminal was alive."""
    chance = random.Random(1_000 + seed)
    people = generate(scene, chance)
    before = scene.evaluate() | scene.evaluate(office="7.02")
    for _ in range(4):
        touch(scene, chance, scene.terminals, people)
        after = scene.evaluate() | scene.evaluate(office="7.02")
        for person in people:
            was, became = before[person].status, after[person].status
            silent = {one.code for one in before[person].because} == {"silent"}
            assert became is not Status.ABSENT or was is Status.ABSENT or silent
            assert was not in JUDGED or became in JUDGED
        before = after


def test_the_generated_offices_come_to_every_judgement(scene: Any) -> None:
    """Else the two tests above would prove less than they say."""
    seen: set[Status] = set()
    for seed in range(SEEDS):
        point = scene.connection.begin_nested()
        generate(scene, random.Random(seed))
        seen |= {one.status for one in scene.evaluate().values()}
        point.rollback()
        scene.restart()
    assert {Status.PRESENT, Status.ABSENT, Status.UNVERIFIED, Status.INCOMPLETE} <= seen
