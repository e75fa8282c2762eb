"""Two paths, one answer: what the statement writes for everybody is what explaining would say.

Of whole worlds, test_worlds.py asks the same.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ingest.coverage import Reason
from ingest.days import work_out
from ingest.days.bulk import judge_plain
from ingest.store import days as store
from ingest.store import tables
from ingest.store.tables_time import roster_days, shifts, special_days

TUESDAY = date(2026, 3, 3)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("kept_engine", ["postgres"], indirect=True),
]


def as_told(scene: Any, office: str, day: date) -> dict[int, tuple[object, ...]]:
    found = work_out(
        scene.connection, office=office, day=day, now=scene.now, settings=scene.settings
    )
    return {
        one.person_id: (
            one.status.value, one.first_in, one.last_out, one.late_minutes, one.early_minutes,
            one.because,
        )
        for one in found.people
    }  # fmt: skip


def as_written(scene: Any, day: date) -> dict[int, tuple[object, ...]]:
    rows = scene.connection.execute(select(tables.days).where(tables.days.c.day == day))
    return {
        row.person_id: (
            row.status, row.first_in, row.last_out, row.late_minutes, row.early_minutes,
            tuple(Reason(**one) for one in row.because),
        )
        for row in rows
    }  # fmt: skip


def judge(scene: Any, *pairs: tuple[str, date], few: bool = False) -> Any:
    """Judge office-days, by the statement for everybody or by that for a few people."""
    people = {}
    if few:
        everybody = set(scene.connection.scalars(select(tables.people.c.id)))
        pairs, people = (), dict.fromkeys(pairs, everybody)
    return judge_plain(scene.connection, pairs, people, now=scene.now, settings=scene.settings)


FEW = pytest.mark.parametrize("few", [False, True], ids=["everybody", "few"])


@FEW
def test_a_plain_day_is_judged_by_the_statement_alone(scene: Any, few: bool) -> None:
    door = scene.terminal()
    for number, times in enumerate(
        (["07:25", "16:03"], ["07:31", "16:00"], ["07:30:59", "15:59:59"], ["08:10", "15:00"],
         ["07:29"], ["07:29", "07:32"], ["15:58"], [], ["07:25", "12:00", "13:00", "16:03"])
    ):  # fmt: skip
        scene.person(f"Pegawai {number}", str(number))
        scene.punch(door, str(number), *times)
    left = judge(scene, (scene.office, TUESDAY), few=few)
    assert not left.whole
    assert not left.people
    assert as_written(scene, TUESDAY) == as_told(scene, scene.office, TUESDAY)
    statuses = [row[0] for row in as_written(scene, TUESDAY).values()]
    assert sorted(set(statuses)) == ["ABSENT", "EARLY", "INCOMPLETE", "LATE", "PRESENT"]


def test_a_change_is_noted_and_what_is_the_same_is_not_written_again(scene: Any) -> None:
    person, door = scene.person("Ani", "1"), scene.terminal()
    judge(scene, (scene.office, TUESDAY))
    scene.punch(door, "1", "07:20", "16:05")
    first = scene.now
    scene.now += timedelta(hours=1)
    judge(scene, (scene.office, TUESDAY))
    [change] = store.find_changes(scene.connection, person, TUESDAY)
    assert (change.was, change.became) == ("ABSENT", "PRESENT")
    scene.now += timedelta(hours=1)
    judge(scene, (scene.office, TUESDAY))
    written = scene.connection.scalar(select(tables.days.c.evaluated_at))
    assert written == first + timedelta(hours=1)


@FEW
@pytest.mark.parametrize(
    "unusual",
    [
        lambda scene, door: scene.punch(door, "99", "07:20"),
        lambda scene, door: scene.punch(scene.terminal("T2", registered=False), "1", "07:20"),
        lambda scene, door: [scene.person(f"Tak datang {n}", f"2{n}") for n in range(3)],
        lambda scene, door: (
            scene.map("1", scene.person("Kembar")), scene.punch(door, "1", "07:20"),
        ),
        lambda scene, door: scene.punch(door, "1", "2026-03-02 09:00", read_at="2026-03-03 10:00",
                                        after="2026-03-03 08:00"),
        lambda scene, door: scene.bad_record(door, "1"),
        lambda scene, door: scene.terminal("T2", read_until="12:00"),
        lambda scene, door: scene.terminal("T2", registered=False),
        lambda scene, door: scene.clock(door, TUESDAY, 4_000),
        lambda scene, door: scene.heard("17:00", "T1", "", parked=3),
    ],
)  # fmt: skip
def test_what_is_unusual_is_left_to_the_other_way(scene: Any, unusual: Any, few: bool) -> None:
    door = scene.terminal()
    scene.person("Ani", "1")
    unusual(scene, door)
    left = judge(scene, (scene.office, TUESDAY), few=few)
    pair = scene.office, TUESDAY
    everybody = set(scene.connection.scalars(select(tables.people.c.id)))
    assert left.whole == {pair} or (few and left.people == {pair: everybody})
    assert as_written(scene, TUESDAY) == {}


@FEW
def test_who_has_something_of_his_own_is_left_alone(scene: Any, few: bool) -> None:
    door = scene.terminal()
    plain = scene.person("Ani", "1")
    rostered = scene.person("Budi", "2")
    scene.add(shifts, code="M", name="malam", body={"start": "21:00", "end": "07:00"})
    scene.add(roster_days, person_id=rostered, day=TUESDAY - timedelta(days=1), shift="M")
    wfa = scene.person("Citra", "3")
    scene.add(special_days, person_id=wfa, first=TUESDAY, last=TUESDAY, kind="wfa", name="x",
              letter="y")  # fmt: skip
    unmapped = scene.person("Dewi")
    elsewhere = scene.person("Eka", "5")
    scene.map("5", elsewhere, scene.terminal("T9", office=scene.add_office("7.02")))
    scene.punch(door, "1", "07:20", "16:05")
    far = scene.terminal("T8", office=scene.add_office("7.03"))
    roaming = scene.person("Fani", "6")
    scene.punch(far, scene.nip_of(roaming), "2026-02-20 07:20")
    left = judge(scene, (scene.office, TUESDAY), few=few)
    alone = {rostered, wfa, unmapped, elsewhere, roaming}
    assert left.people == {(scene.office, TUESDAY): alone}
    assert set(as_written(scene, TUESDAY)) == {plain}


def test_only_those_asked_for_are_judged(scene: Any) -> None:
    scene.terminal()
    one, _ = scene.person("Ani", "1"), scene.person("Budi", "2")
    left = judge_plain(
        scene.connection, [], {(scene.office, TUESDAY): [one]}, now=scene.now,
        settings=scene.settings,
    )  # fmt: skip
    assert not left.whole
    assert not left.people
    assert set(as_written(scene, TUESDAY)) == {one}


def test_who_is_asked_for_and_no_longer_serves_is_left_to_the_other_way(scene: Any) -> None:
    """It takes away what was written of him."""
    scene.punch(scene.terminal(), "1", "07:20")
    scene.person("Ani", "1")
    moved = scene.person("Budi", "2", until=TUESDAY - timedelta(days=1))
    scene.serve(moved, scene.add_office("7.02"), TUESDAY)
    left = judge_plain(
        scene.connection, [], {(scene.office, TUESDAY): [moved]}, now=scene.now,
        settings=scene.settings,
    )  # fmt: skip
    assert left.people == {(scene.office, TUESDAY): {moved}}
    assert as_written(scene, TUESDAY) == {}
