"""Excuses as they are given: what they do to days that were judged, and what is doubted first."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from recapped import recap
from sqlalchemy import Engine, select

from ingest.calendar.excusing import Claim, Doubt, doubts
from ingest.days import evaluate_dirty
from ingest.errors import NotKnown, Refused
from ingest.excuse_types import shipped
from ingest.imports.excuses import Ask, Entry
from ingest.imports.excusing import Given, Taker
from ingest.roles import Role
from ingest.rules import Status
from ingest.seal import Seal, new
from ingest.store import adjustments, seals, tables
from ingest.store import excuses as store
from ingest.store.audit import Actor
from ingest.store.database import writing
from ingest.store.decided import Grounds
from ingest.store.excuse_grounds import Concerned
from ingest.store.excuses import New
from ingest.store.tables_time import roster_days, scheme_terms, scheme_uses, shifts

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
TODAY = WEDNESDAY
GROUNDS = Grounds(Actor("Bu Kepala", "root", Role.ADMIN), "batal")
TYPES = shipped()


def claim(code: str = "CT", first: date = TUESDAY, last: date | None = None, **more: Any) -> Claim:
    return Claim(TYPES[code], first, last or first, letter="800/1", **more)


def sealed(scene: Any) -> Seal:
    seal = new()
    seals.register(scene.connection, seal, before=None, lost=False, now=scene.now)
    return seal


def give(scene: Any, seal: Seal, person: int, what: Claim) -> int:
    new_one = New(scene.nip_of(person), what, "Kepala Dinas", "diketahui")
    (made,) = store.give(
        scene.connection, seal, GROUNDS, [new_one], now=scene.now, today=TODAY
    )  # fmt: skip
    return made.number


def withdraw(scene: Any, seal: Seal, number: int) -> None:
    store.withdraw(scene.connection, seal, GROUNDS, number, now=scene.now, today=TODAY)


def marked(scene: Any) -> set[tuple[str, date, int]]:
    found = scene.connection.execute(select(tables.dirty_people))
    return {(row.office, row.day, row.person_id) for row in found}


def kinds(scene: Any, person: int, what: Claim, *, today: date = TODAY) -> dict[Doubt, str]:
    nip = scene.nip_of(person)
    known = Concerned(scene.connection, [nip]).of(nip)
    assert known is not None
    earlier = store.find_earlier(scene.connection, [nip])
    return {one.kind: one.text for one in doubts(what, known, earlier.get(nip, []), today)}


class TestWhatFollows:
    def test_one_that_comes_late_takes_the_absence_back_and_its_withdrawal_brings_it_back(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person, other = scene.person("Ani", "1"), scene.person("Budi", "2")
        scene.terminal()
        seal = sealed(scene)
        judged = scene.evaluate()
        assert {judged[one].status for one in (person, other)} == {Status.ABSENT}
        number = give(scene, seal, person, claim())
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert self.status(scene, person) == "LEAVE"
        assert self.status(scene, other) == "ABSENT"
        withdraw(scene, seal, number)
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert self.status(scene, person) == "ABSENT"
        changes = scene.connection.execute(
            select(tables.day_changes.c.was, tables.day_changes.c.became)
            .where(tables.day_changes.c.person_id == person)
            .order_by(tables.day_changes.c.id)
        ).all()
        assert [tuple(one) for one in changes][-2:] == [("ABSENT", "LEAVE"), ("LEAVE", "ABSENT")]

    def status(self, scene: Any, person: int) -> str:
        scene.connection.rollback()
        found = scene.connection.scalar(
            select(tables.days.c.status).where(
                tables.days.c.person_id == person, tables.days.c.day == TUESDAY
            )
        )
        return str(found)

    def test_each_day_of_it_up_to_today_is_marked_in_the_office_of_that_day(
        self, scene: Any
    ) -> None:
        other = scene.add_office("4.02.01")
        person = scene.person("Ani", until=MONDAY)
        scene.serve(person, other, TUESDAY)
        give(scene, sealed(scene), person, claim(first=MONDAY, last=date(2026, 3, 20)))
        assert marked(scene) == {
            (scene.office, MONDAY, person),
            (other, TUESDAY, person),
            (other, WEDNESDAY, person),
        }

    def test_one_of_days_to_come_marks_nothing(self, scene: Any) -> None:
        person = scene.person("Ani")
        give(scene, sealed(scene), person, claim(first=TODAY + timedelta(days=1)))
        assert marked(scene) == set()

    def test_days_further_back_than_a_year_are_marked_where_they_were_judged(
        self, scene: Any
    ) -> None:
        long_ago = TODAY - timedelta(days=600)
        person = scene.person("Ani", since=date(2024, 1, 1))
        scene.add(
            tables.days, person_id=person, day=long_ago, office=scene.office, status="ABSENT",
            because=[], evaluated_at=scene.now,
        )  # fmt: skip
        give(scene, sealed(scene), person, claim("TB", long_ago, TODAY))
        assert len(marked(scene)) == 401
        assert min(day for _, day, _ in marked(scene)) == long_ago

    def test_a_shift_of_the_day_before_is_marked_too(self, scene: Any) -> None:
        person = scene.person("Ani")
        scene.add(shifts, code="M", name="malam", body={"start": "21:00", "end": "07:00"})
        scene.add(roster_days, person_id=person, day=MONDAY, shift="M")
        give(scene, sealed(scene), person, claim())
        assert {day for _, day, _ in marked(scene)} == {MONDAY, TUESDAY}


class TestDoubts:
    def test_a_touch_on_a_day_of_leave_is_named(self, scene: Any) -> None:
        person, door = scene.person("Ani", "1"), scene.terminal()
        assert Doubt.TOUCHED not in kinds(scene, person, claim())
        scene.punch(door, "1", "07:25")
        told = kinds(scene, person, claim(first=MONDAY, last=TUESDAY))
        assert told == {Doubt.TOUCHED: "a terminal was touched at 2026-03-03 07:25 (of 2026-03-03)"}
        hours = (time(9), time(10))
        assert kinds(scene, person, claim("I", hours=hours)) == {}

    def test_so_is_one_by_the_own_nip_and_one_that_was_added(self, scene: Any) -> None:
        person, other = scene.person("Ani"), scene.person("Budi", "2")
        door = scene.terminal()
        scene.punch(door, scene.nip_of(person), "07:25")
        assert Doubt.TOUCHED in kinds(scene, person, claim())
        assert Doubt.TOUCHED not in kinds(scene, other, claim())
        seal, nip, at = sealed(scene), scene.nip_of(other), datetime.combine(TUESDAY, time(7, 20))
        added = adjustments.add_touch(
            scene.connection, seal, GROUNDS, nip=nip, local_time=at, now=scene.now,
            zone=scene.settings.zone,
        )  # fmt: skip
        assert "2026-03-03 07:20" in kinds(scene, other, claim())[Doubt.TOUCHED]
        adjustments.withdraw(scene.connection, seal, GROUNDS, added.number, now=scene.now)
        assert Doubt.TOUCHED not in kinds(scene, other, claim())

    def test_one_that_is_not_believed_and_one_of_somebody_else_are_not(self, scene: Any) -> None:
        person, door = scene.person("Ani", "1"), scene.terminal()
        scene.person("Budi", "2")
        scene.map("3", person, until=MONDAY)
        scene.punch(door, "2", "07:25")
        scene.punch(door, "3", "07:25")
        scene.punch(door, "1", "07:25", read_at="2026-03-02 09:00")
        assert kinds(scene, person, claim()) == {}

    def test_the_end_of_a_night_is_no_touch_of_the_day_after_it(self, scene: Any) -> None:
        person, door = scene.person("Ani", "1"), scene.terminal()
        scene.add(tables.schemes, code="piket", name="Piket")
        scene.add(scheme_terms, scheme="piket", valid_from=MONDAY, body={"roster": True})
        scene.add(scheme_uses, person_id=person, scheme="piket", first=MONDAY)
        scene.add(shifts, code="M", name="malam", body={"start": "21:00", "end": "07:00"})
        for day in (MONDAY, TUESDAY):
            scene.add(roster_days, person_id=person, day=day, shift="M")
        scene.punch(door, "1", "2026-03-02 20:55", "07:05")
        assert Doubt.TOUCHED not in kinds(scene, person, claim())
        scene.punch(door, "1", "2026-03-04 07:03")
        assert "2026-03-04 07:03 (of 2026-03-03)" in kinds(scene, person, claim())[Doubt.TOUCHED]

    def test_days_are_counted_by_the_own_plan_of_the_person(self, scene: Any) -> None:
        person = scene.person("Ani")
        friday, monday = date(2026, 3, 6), date(2026, 3, 9)
        two_days = claim("I", friday, monday)
        assert kinds(scene, person, two_days) == {}
        body = {"days": {"1": {"start": "07:30", "end": "14:00"}}}
        days = {str(n): body["days"]["1"] for n in range(1, 7)}
        scene.add(tables.schemes, code="6", name="6 hari")
        scene.add(scheme_terms, scheme="6", valid_from=MONDAY, body={"days": days})
        scene.add(scheme_uses, person_id=person, scheme="6", first=MONDAY)
        assert kinds(scene, person, two_days) == {Doubt.LONG: "3 working days, I lasts 2 at most"}
        scene.free(date(2026, 3, 7), "Hari jadi", "local", scene.office)
        assert kinds(scene, person, two_days) == {}

    def test_a_day_that_is_free_for_everybody_needs_no_excuse(self, scene: Any) -> None:
        person = scene.person("Ani")
        scene.free(TUESDAY, "Nyepi", "public")
        assert list(kinds(scene, person, claim())) == [Doubt.FREE]
        assert kinds(scene, person, claim(last=WEDNESDAY)) == {}


def test_recaps_show_what_excuses_a_day(scene: Any) -> None:
    people = [scene.person(name) for name in ("Ani", "Budi", "Citra")]
    scene.terminal()
    seal = sealed(scene)
    for person, code in zip(people, ("CT", "MR", "DL"), strict=True):
        give(scene, seal, person, claim(code))
    daily = recap(scene, "daily", TUESDAY)
    assert [row["status"] for row in daily.rows] == ["Cuti", "Hadir *", "Dinas luar"]
    assert "Dengan keterangan (2): Ani (cuti), Citra (dinas luar)" in daily.notes
    monthly = recap(scene, "monthly", TUESDAY)
    assert [row["2026-03-03"] for row in monthly.rows] == ["C", "H*", "DL"]
    assert [row["total_C"] for row in monthly.rows] == [1, 0, 0]
    assert [row["total_DL"] for row in monthly.rows] == [0, 0, 1]


def test_of_another_offices_people_nothing_is_said(scene: Any) -> None:
    other = scene.add_office("4.02.01")
    person = scene.person("Ani", "1", until=MONDAY)
    scene.serve(person, other, TUESDAY)
    give(scene, sealed(scene), person, claim())
    nip = scene.nip_of(person)

    def wrong(nip: str, first: date, last: date) -> list[str]:
        asks = [Ask((TYPES["DL"],), ("DL",), "DL", first, last, None, "800/1", "Kadis")]
        given = Given("x", accepted="ya")
        taker = Taker(scene.connection, [nip], given, today=TODAY, own=scene.office)
        (row,) = taker.take([Entry(1, (), nip, "Lain", asks=asks)])
        return row.wrong

    told = ["this person does not serve in office 4.01.01 on all of these days"]
    assert wrong(nip, TUESDAY, TUESDAY) == told
    assert wrong(nip, MONDAY, TUESDAY) == told
    assert wrong(scene.nip(999), TUESDAY, TUESDAY) == told
    assert wrong(nip, MONDAY, MONDAY) == []


def take(connection: Any, seal: Seal, nip: str, now: datetime) -> None:
    store.hold(connection)
    ask = Ask((TYPES["CT"],), ("CT",), "CT", TUESDAY, TUESDAY, None, "800/1", "Kadis")
    (row,) = Taker(connection, [nip], Given("x"), today=TODAY).take([Entry(1, (), nip, asks=[ask])])
    if row.same or row.wrong:
        raise Refused("; ".join((*row.same, *row.wrong)))
    store.give(connection, seal, GROUNDS, row.new, now=now, today=TODAY)


def test_of_two_who_give_the_same_at_once_one_is_refused(
    committed_scene: Any, engine: Engine
) -> None:
    scene = committed_scene
    nip, seal = scene.nip_of(scene.person("Ani")), sealed(scene)
    scene.commit()
    start, told = Barrier(2), list[str]()

    def act() -> None:
        start.wait(10)
        try:
            with writing(engine) as connection:
                take(connection, seal, nip, scene.now)
        except Refused as error:
            told.append(str(error))

    run_both(act)
    assert told == ["excuse 1"]
    with writing(engine) as connection:
        assert [one.number for one in store.find(connection)] == [1]


def run_both(act: Callable[[], None]) -> None:
    threads = [Thread(target=act) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)


def test_what_was_never_given_cannot_be_taken_back(scene: Any) -> None:
    with pytest.raises(NotKnown, match="no decision 4"):
        withdraw(scene, sealed(scene), 4)


def test_excuses_are_found_by_whom_where_when_and_what(scene: Any) -> None:
    other = scene.add_office("4.02.01")
    one, two = scene.person("Ani"), scene.person("Budi", office=other)
    seal = sealed(scene)
    give(scene, seal, one, claim(last=WEDNESDAY))
    give(scene, seal, two, claim("DL", WEDNESDAY))

    def numbers(**by: Any) -> list[int]:
        return [found.number for found in store.find(scene.connection, **by)]

    assert numbers() == [1, 2]
    assert numbers(nip=scene.nip_of(two)) == [2]
    assert numbers(office=other) == [2]
    assert numbers(type_code="CT") == [1]
    assert numbers(last=TUESDAY) == [1]
    assert numbers(first=WEDNESDAY) == [1, 2]
    assert store.find_types_in_force(scene.connection, None) == {"CT": 1, "DL": 1}
    withdraw(scene, seal, 1)
    assert numbers(number=1) == [1, 3]
    assert store.find_types_in_force(scene.connection, None) == {"DL": 1}
    assert list(store.faults(scene.connection)) == []
