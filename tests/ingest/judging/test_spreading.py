"""Whom a change reaches: shifts beside it, offices far from it, and no mark lost in between."""

import threading
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select

from ingest.calendar import Category
from ingest.days import close_days, evaluate_dirty, rounds
from ingest.store import clocks, tables
from ingest.store import days as store
from ingest.store.calendar import add_free_day
from ingest.store.database import reading, writing
from ingest.store.marks import mark_office_days
from ingest.store.resolution_marks import mark_coverage
from ingest.store.spreading import find_spread, take_few
from ingest.store.tables_time import roster_days, scheme_terms, scheme_uses, shifts

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


def judge(scene: Any, engine: Engine) -> None:
    scene.commit()
    evaluate_dirty(engine, now=scene.now, settings=scene.settings)


def row(engine: Engine, person: int, day: date = TUESDAY) -> Any:
    with reading(engine) as connection:
        return connection.execute(
            select(tables.days).where(tables.days.c.person_id == person, tables.days.c.day == day)
        ).one_or_none()


def come_late(scene: Any) -> tuple[int, int]:
    """Let somebody come late, and mark the day; return the person and the terminal."""
    person, door = scene.person("Ani", "1"), scene.terminal()
    scene.punch(door, "1", "08:10", "16:00")
    mark_office_days(scene.connection, [(scene.office, TUESDAY)])
    return person, door


def marked(engine: Engine) -> set[tuple[str, date]]:
    with reading(engine) as connection:
        return set(store.find_marked(connection, today=date(2026, 3, 10)))


@pytest.fixture
def ward(committed_scene: Any) -> Any:
    """A nurse with a night shift on Tuesday, looked at on Thursday."""
    scene = committed_scene
    scene.now = datetime(2026, 3, 5, 8, 0, tzinfo=scene.settings.zone)
    scene.door = scene.terminal(read_until="2026-03-05 07:00")
    scene.add(tables.schemes, code="piket", name="Piket")
    scene.add(scheme_terms, scheme="piket", valid_from=date(2026, 1, 1), body={"roster": True})
    scene.add(shifts, code="M", name="malam", body={"start": "21:00", "end": "07:00"})
    return scene


def nurse(scene: Any, until: date | None = None) -> int:
    person: int = scene.person("Citra", "7", until=until)
    scene.add(scheme_uses, person_id=person, scheme="piket", first=date(2026, 1, 1))
    scene.add(roster_days, person_id=person, day=TUESDAY, shift="M")
    scene.punch(scene.door, "7", "20:55")
    mark_office_days(scene.connection, [(scene.office, TUESDAY)])
    return person


class TestShifts:
    def test_who_retires_after_a_night_leaves_on_a_day_on_which_he_serves_nowhere(
        self, ward: Any, engine: Engine
    ) -> None:
        person = nurse(ward, until=TUESDAY)
        judge(ward, engine)
        assert row(engine, person).status == "INCOMPLETE"
        ward.punch(ward.door, "7", "2026-03-04 07:05")
        ward.mark_user(ward.door, "7", WEDNESDAY)
        judge(ward, engine)
        assert row(engine, person).status == "PRESENT"

    def test_a_mark_that_comes_while_a_round_runs_reaches_the_shift_beside_it(
        self, ward: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Such as that of a touch which somebody added, after marks were spread."""
        person = nurse(ward)
        judge(ward, engine)
        asked = rounds.find_archived

        def meanwhile(connection: Any) -> Any:
            if not done:
                done.append(True)
                with writing(engine) as other:
                    ward.connection = other
                    ward.punch(ward.door, "7", "2026-03-04 07:05")
                    mark_office_days(other, [(ward.office, WEDNESDAY)])
            return asked(connection)

        done: list[bool] = []
        monkeypatch.setattr(rounds, "find_archived", meanwhile)
        evaluate_dirty(engine, now=ward.now, settings=ward.settings)
        assert row(engine, person).status == "PRESENT"
        assert marked(engine) == set()

    def test_two_shifts_on_unusual_days_do_not_mark_each_other_for_ever(
        self, ward: Any, engine: Engine
    ) -> None:
        """Whoever is marked alone is looked at alone, also where somebody unknown was here."""
        person = nurse(ward)
        ward.add(roster_days, person_id=person, day=WEDNESDAY, shift="M")
        for day in (2, 3, 4):
            ward.punch(ward.door, "99", f"2026-03-0{day} 10:00")
        judge(ward, engine)
        judge(ward, engine)
        assert marked(engine) == set()

    def test_a_touch_of_a_clock_that_is_ahead_waits_for_its_day(
        self, ward: Any, engine: Engine
    ) -> None:
        person = nurse(ward)
        judge(ward, engine)
        ward.punch(ward.door, "7", "2026-03-04 00:01")
        ward.mark_user(ward.door, "7", WEDNESDAY)
        ward.commit()
        late = datetime(2026, 3, 3, 23, 58, tzinfo=ward.settings.zone)
        evaluate_dirty(engine, now=late, settings=ward.settings)
        assert (ward.office, WEDNESDAY) in marked(engine)
        judge(ward, engine)
        assert row(engine, person).last_out == datetime(2026, 3, 4, 0, 1)


class TestWhose:
    """Whom marks on user ids reach."""

    def come(self, scene: Any, person: int, *days: date, office: str | None = None) -> None:
        """Let somebody have come: a day on which nobody did concerns everybody."""
        for day in days:
            scene.add(
                tables.days, person_id=person, day=day, office=office or scene.office,
                status="PRESENT", first_in=datetime(2026, 3, 2, 7, 0), because=[],
                evaluated_at=scene.now,
            )  # fmt: skip

    def test_it_is_who_the_user_id_stood_for_on_that_day(self, scene: Any) -> None:
        door, other = scene.terminal(), scene.terminal("T2")
        before, after, owner = scene.person("Ani"), scene.person("Budi"), scene.person("Citra")
        scene.map("1", before, until=MONDAY)
        scene.map("1", after, other, since=TUESDAY)
        self.come(scene, before, MONDAY, TUESDAY)
        for user_id, day in (("1", MONDAY), (scene.nip_of(owner), MONDAY)):
            scene.mark_user(door, user_id, day)
        scene.mark_user(other, "1", TUESDAY)
        found = find_spread(scene.connection, today=WEDNESDAY)
        assert found.offices == set()
        assert found.people == {
            (scene.office, MONDAY, before), (scene.office, MONDAY, owner),
            (scene.office, TUESDAY, after),
        }  # fmt: skip

    def test_a_user_id_of_nobody_reaches_all_who_are_known_there_and_serve_that_day(
        self, scene: Any
    ) -> None:
        door, far, gone = scene.terminal(), scene.add_office("7.02"), scene.add_office("7.03")
        scene.map("5", scene.person("Tamu", office=far), door)
        scene.map("6", scene.person("Dulu", office=gone, until=MONDAY))
        scene.map("7", None)
        scene.map("99", scene.person("Jauh"), scene.terminal("T9", office=far))
        for user_id in ("7", "99"):
            scene.mark_user(door, user_id, TUESDAY)
        found = find_spread(scene.connection, today=WEDNESDAY)
        assert found == ({(scene.office, TUESDAY), (far, TUESDAY)}, set())


class TestOwnNip:
    def test_the_first_use_elsewhere_takes_minutes_back_that_it_may_change(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person, door = scene.person("Ani", "1"), scene.terminal()
        elsewhere = scene.terminal("T9", office=scene.add_office("7.02"), read_until=None)
        scene.punch(door, "1", "08:10", "16:00")
        mark_office_days(scene.connection, [(scene.office, TUESDAY)])
        judge(scene, engine)
        assert (row(engine, person).status, row(engine, person).late_minutes) == ("LATE", 40)
        scene.punch(elsewhere, scene.nip_of(person), "2026-02-20 07:20")
        scene.mark_user(elsewhere, scene.nip_of(person), date(2026, 2, 20))
        judge(scene, engine)
        assert (row(engine, person).status, row(engine, person).late_minutes) == ("PRESENT", None)

    @pytest.mark.parametrize("way", ["coverage", "clock"])
    def test_what_is_taken_back_there_takes_minutes_back_here(
        self, committed_scene: Any, engine: Engine, way: str
    ) -> None:
        scene = committed_scene
        person, door = scene.person("Ani", "1"), scene.terminal()
        far = scene.add_office("7.02")
        elsewhere = scene.terminal("T9", office=far)
        scene.punch(door, "1", "08:10", "16:00")
        scene.punch(elsewhere, scene.nip_of(person), "2026-02-20 07:20")
        mark_office_days(scene.connection, [(scene.office, TUESDAY)])
        judge(scene, engine)
        assert row(engine, person).late_minutes == 40
        limit, zone = scene.settings.clock_limit_s, scene.settings.zone
        if way == "clock":
            clocks.note(
                scene.connection, {(elsewhere, TUESDAY): 4_000}, office=far,
                counted=frozenset({elsewhere}), today=WEDNESDAY, limit_s=limit,
            )  # fmt: skip
        else:
            mark_coverage(
                scene.connection, "T9", TUESDAY, TUESDAY, now=scene.now, zone=zone,
                clock_limit_s=limit,
            )  # fmt: skip
        scene.commit()
        assert (scene.office, TUESDAY) in marked(engine)

    def test_whoever_goes_there_each_day_is_judged_again_for_one_day_only(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person, door = scene.person("Ani", "1"), scene.terminal()
        elsewhere = scene.terminal("T9", office=scene.add_office("7.02"))
        for day in range(1, 28):
            scene.punch(elsewhere, scene.nip_of(person), f"2026-02-{day:02} 07:20")
        for day in (MONDAY, TUESDAY):
            scene.punch(door, "1", f"{day} 07:20")
            mark_office_days(scene.connection, [(scene.office, day)])
        judge(scene, engine)
        scene.punch(elsewhere, scene.nip_of(person), "16:05")
        scene.mark_user(elsewhere, scene.nip_of(person), TUESDAY)
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 1

    def test_a_night_counts_the_minutes_that_waited_for_a_terminal_far_away(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        """Its coverage marks who is known there by a mapping, and nobody who came by NIP."""
        scene = committed_scene
        person, door = scene.person("Ani", "1", since=TUESDAY), scene.terminal()
        elsewhere = scene.terminal("T9", office=scene.add_office("7.02"), read_until=None)
        scene.punch(door, "1", "08:10", "16:00")
        scene.punch(elsewhere, scene.nip_of(person), "2026-02-20 07:20")
        mark_office_days(scene.connection, [(scene.office, TUESDAY)])
        judge(scene, engine)
        assert row(engine, person).late_minutes is None
        scene.covered(elsewhere, "2026-01-05 07:00", "2026-03-04 07:00")
        scene.commit()
        close_days(engine, now=scene.now, settings=scene.settings)
        assert (row(engine, person).status, row(engine, person).late_minutes) == ("LATE", 40)


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
class TestWaiting:
    """Who waits for whom: nobody in a circle, and nobody too late."""

    def test_two_who_judge_one_office_day_do_not_wait_for_each_other(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        pair = scene.office, TUESDAY
        mark_office_days(scene.connection, [pair])
        scene.commit()
        with engine.connect() as first:
            store.take_marks(first, [pair])
            second = _beside(
                rounds._evaluate_marked,
                engine,
                [pair],
                set(),
                now=scene.now,
                settings=scene.settings,
            )
            _wait_until_blocked(engine)
            store.hold(first, *pair)
            first.commit()
        assert second() == []

    def test_marks_are_spread_in_the_order_in_which_they_are_stored(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        near, far = scene.office, scene.add_office("7.02")
        door = scene.terminal("T9", office=far)
        scene.map("5", scene.person("Tamu"), door)
        scene.mark_user(door, "99", TUESDAY)
        mark_office_days(scene.connection, [(near, TUESDAY), (far, TUESDAY)])
        scene.commit()
        with engine.connect() as saver:
            mark_office_days(saver, [(near, TUESDAY)])
            judge = _beside(evaluate_dirty, engine, now=scene.now, settings=scene.settings)
            _wait_until_blocked(engine)
            mark_office_days(saver, [(far, TUESDAY)])
            saver.commit()
        assert judge() == []

    def test_who_stores_a_touch_of_what_is_just_taken_waits_and_marks_it_again(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person, door = come_late(scene)
        judge(scene, engine)
        scene.mark_user(door, "1", TUESDAY)
        scene.commit()
        with engine.connect() as judging:
            taken = take_few(judging, most=10, today=WEDNESDAY)
            assert taken == (set(), {(scene.office, TUESDAY, person)})

            def store_one() -> None:
                with writing(engine) as connection:
                    scene.connection = connection
                    scene.punch(door, "1", "07:20")
                    scene.mark_user(door, "1", TUESDAY)

            bridge = _beside(store_one)
            _wait_until_blocked(engine)
            judging.commit()
        assert bridge() == []
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert row(engine, person).status == "PRESENT"

    def test_a_free_day_reaches_a_day_that_is_just_being_judged_for_the_first_time(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person, _ = come_late(scene)
        scene.commit()
        with engine.connect() as judging:
            store.take_marks(judging, [(scene.office, TUESDAY)])
            scene.connection = judging
            scene.evaluate()

            def decree() -> None:
                with writing(engine) as connection:
                    add_free_day(connection, TUESDAY, "Nyepi", Category.PUBLIC)

            admin = _beside(decree)
            _wait_until_blocked(engine)
            judging.commit()
        assert admin() == []
        assert row(engine, person).status == "LATE"
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert row(engine, person).status == "HOLIDAY"


def _beside(act: Any, *args: Any, **kwargs: Any) -> Any:
    """Start something beside the test; return what waits for its end and tells its faults."""
    faults: list[Exception] = []

    def run() -> None:
        try:
            act(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a thread's fault must fail the test
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    def end() -> list[Exception]:
        thread.join(20)
        assert not thread.is_alive()
        return faults

    return end


def _wait_until_blocked(engine: Engine) -> None:
    """Wait until a session of this store waits for a lock, as the database itself sees it."""
    deadline = threading.Event()
    timer = threading.Timer(10, deadline.set)
    timer.start()
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    try:
        while not deadline.is_set():
            with engine.connect() as connection:
                if connection.exec_driver_sql(query).scalar():
                    return
        pytest.fail("nobody waits")
    finally:
        timer.cancel()
