"""What is marked is judged, what nobody marked is found at night, and no mark is lost between."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select

from ingest.days import close_days, evaluate_dirty, rounds
from ingest.errors import StoreError
from ingest.store import tables
from ingest.store.database import reading, writing
from ingest.store.days import mark_written
from ingest.store.dirty import Span, mark_spans
from ingest.store.marks import mark_office_days, mark_person_days, mark_user_days
from ingest.store.tables_time import roster_days, scheme_terms, service_breaks, shifts

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


def statuses(engine: Engine) -> dict[tuple[int, date], str]:
    with reading(engine) as connection:
        rows = connection.execute(
            select(tables.days.c.person_id, tables.days.c.day, tables.days.c.status)
        )
        return {(row.person_id, row.day): row.status for row in rows}


def marks_left(engine: Engine) -> int:
    with reading(engine) as connection:
        return sum(
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (tables.dirty_offices, tables.dirty_punches)
        )


class TestDirty:
    def test_a_mark_on_a_user_id_reaches_the_office_of_its_person(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        village = scene.add_office("7.02")
        guest = scene.person("Tamu", "12", office=village)
        terminal = scene.terminal()
        scene.map("12", guest, terminal)
        scene.person("Ani", "13")
        scene.punch(terminal, "12", "07:25")
        scene.mark_user(terminal, "12", TUESDAY)
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 1
        assert statuses(engine) == {(guest, TUESDAY): "PRESENT"}
        assert marks_left(engine) == 0

    def test_an_unmapped_user_id_concerns_everybody_where_it_was_seen(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        here = scene.person("Ani", "13")
        terminal = scene.terminal()
        scene.punch(terminal, "99", "07:25")
        scene.mark_user(terminal, "99", TUESDAY)
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 1
        assert statuses(engine) == {(here, TUESDAY): "UNVERIFIED"}

    def test_a_late_touch_judges_its_person_and_nobody_else_again(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        one, two = scene.person("Ani", "1"), scene.person("Budi", "2")
        terminal, first = scene.terminal(), scene.person("Citra", "3")
        scene.punch(terminal, "3", "07:00", "16:00")
        scene.add(tables.dirty_offices, office=scene.office, day=TUESDAY)
        scene.commit()
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        scene.punch(terminal, "1", "07:25", "16:05")
        scene.punch(terminal, "2", "07:25", "16:05")
        scene.mark_user(terminal, "1", TUESDAY)
        scene.commit()
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert statuses(engine) == {
            (first, TUESDAY): "PRESENT", (one, TUESDAY): "PRESENT", (two, TUESDAY): "ABSENT",
        }  # fmt: skip

    def test_the_first_touch_of_an_office_judges_everybody_again(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        """Until then its terminals may have been taken for dead."""
        scene = committed_scene
        people = [scene.person(f"P{number}", str(number)) for number in range(3)]
        terminal = scene.terminal()
        scene.add(tables.dirty_offices, office=scene.office, day=TUESDAY)
        scene.commit()
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert set(statuses(engine).values()) == {"UNVERIFIED"}
        scene.punch(terminal, "0", "07:25", "16:05")
        scene.mark_user(terminal, "0", TUESDAY)
        scene.commit()
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert [statuses(engine)[one, TUESDAY] for one in people] == ["PRESENT", "ABSENT", "ABSENT"]

    def test_a_mark_on_a_nip_reaches_its_person(self, committed_scene: Any, engine: Engine) -> None:
        scene = committed_scene
        elsewhere = scene.terminal("T9", office=scene.add_office("7.02"))
        person = scene.person()
        scene.punch(elsewhere, scene.nip_of(person), "07:25")
        scene.mark_user(elsewhere, scene.nip_of(person), TUESDAY)
        scene.commit()
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert statuses(engine) == {(person, TUESDAY): "PRESENT"}

    def test_a_mark_on_a_day_to_come_waits_for_its_night(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        scene.person(user_id="12")
        terminal = scene.terminal()
        scene.mark_user(terminal, "12", date(2038, 1, 19))
        scene.add(tables.dirty_offices, office=scene.office, day=date(2026, 3, 5))
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 0
        assert statuses(engine) == {}

    def test_a_second_round_has_nothing_to_do(self, committed_scene: Any, engine: Engine) -> None:
        scene = committed_scene
        scene.person(user_id="12")
        scene.terminal()
        scene.add(tables.dirty_offices, office=scene.office, day=TUESDAY)
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 1
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 0

    def test_a_fault_in_the_middle_keeps_the_mark(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        scene.person(user_id="12")
        scene.terminal()
        body = scene.connection.scalar(select(scheme_terms.c.body))
        scene.connection.execute(scheme_terms.update().values(body={"days": {"1": {}}}))
        scene.add(tables.dirty_offices, office=scene.office, day=TUESDAY)
        scene.commit()
        with pytest.raises(StoreError, match=r"scheme 5-hari, days\.selasa: start is missing"):
            evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert marks_left(engine) == 1
        scene.connection.execute(scheme_terms.update().values(body=body))
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 1

    def test_a_day_that_cannot_be_judged_keeps_no_other_away(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        """Neither those beside it, which are judged with it, nor older ones, nor other offices."""
        scene = committed_scene
        person, other = _rotten(scene)
        scene.commit()
        told = f"office {scene.office} on {TUESDAY}: .*unpaid"
        with pytest.raises(StoreError, match=told):
            evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        judged = {(person, MONDAY), (person, WEDNESDAY)} | {
            (other, day) for day in (MONDAY, TUESDAY, WEDNESDAY)
        }
        assert statuses(engine).keys() == judged
        assert marks_left(engine) == 1
        scene.connection.execute(service_breaks.delete())
        scene.commit()
        assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 1
        assert statuses(engine).keys() == judged | {(person, TUESDAY)}

    @pytest.mark.postgres
    @pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
    @pytest.mark.parametrize("way", ["store", "import", "calendar"])
    def test_a_mark_set_again_by_an_open_commit_is_not_taken_before_its_facts_are_seen(
        self, committed_scene: Any, engine: Engine, way: str
    ) -> None:
        """The race that would lose a punch: the mark stands, a saver sets it again and has not
        committed; taking it now would judge without the saver's punch, and the mark be gone."""
        scene = committed_scene
        person = scene.person(user_id="12")
        terminal = scene.terminal()
        scene.evaluate()
        scene.add(tables.dirty_offices, office=scene.office, day=TUESDAY)
        scene.commit()
        with engine.connect() as saver:
            scene.connection = saver
            scene.punch(terminal, "12", "07:25", "16:00")
            _mark(saver, scene.office, way)
            thread = threading.Thread(
                target=evaluate_dirty,
                args=(engine,),
                kwargs={"now": scene.now, "settings": scene.settings},
            )
            thread.start()
            _wait_until_blocked(engine)
            saver.commit()
        thread.join(20)
        assert not thread.is_alive()
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert statuses(engine) == {(person, TUESDAY): "PRESENT"}

    @pytest.mark.postgres
    @pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
    def test_an_excuse_over_days_of_shifts_and_the_judging_of_one_do_not_end_each_other(
        self, committed_scene: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The judging has taken Tuesday's marks and will mark Monday's shift; meanwhile somebody
        marks both days, Monday first, and waits for Tuesday."""
        scene = committed_scene
        person = scene.person(user_id="12")
        scene.terminal()
        scene.add(shifts, code="M", name="Malam", body={"start": "21:00", "end": "07:00"})
        scene.add(roster_days, person_id=person, day=MONDAY, shift="M")
        mark_office_days(scene.connection, [(scene.office, TUESDAY)])
        mark_person_days(scene.connection, [(scene.office, TUESDAY, person)])
        scene.commit()
        faults: list[Exception] = []
        both = [(scene.office, day, person) for day in (MONDAY, TUESDAY)]

        def excuse() -> None:
            try:
                with writing(engine) as connection:
                    mark_person_days(connection, both)
            except Exception as error:  # noqa: BLE001 - a thread's fault must fail the test
                faults.append(error)

        thread = threading.Thread(target=excuse)
        plain = rounds.judge_plain

        def judged(*args: Any, **told: Any) -> Any:
            if thread.ident is None:
                thread.start()
                _wait_until_blocked(engine)
            return plain(*args, **told)

        monkeypatch.setattr(rounds, "judge_plain", judged)
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        thread.join(20)
        assert not thread.is_alive()
        assert faults == []

    def test_batches_that_arrive_while_marks_are_taken_are_all_judged(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        people = {str(number): scene.person(f"P{number}", str(number)) for number in range(12)}
        terminal = scene.terminal()
        scene.commit()
        done = threading.Event()
        faults: list[Exception] = []

        def drain() -> None:
            try:
                while not done.is_set():
                    evaluate_dirty(engine, now=scene.now, settings=scene.settings)
            except Exception as error:  # noqa: BLE001 - a thread's fault must fail the test
                faults.append(error)

        drainers = [threading.Thread(target=drain) for _ in range(2)]
        for one in drainers:
            one.start()
        for user_id in people:
            with writing(engine) as connection:
                scene.connection = connection
                scene.punch(terminal, user_id, "07:25", "16:00")
                mark_user_days(connection, [(terminal, user_id, TUESDAY)])
                mark_office_days(connection, [(scene.office, TUESDAY)])
        done.set()
        for one in drainers:
            one.join(30)
        assert faults == []
        evaluate_dirty(engine, now=scene.now, settings=scene.settings)
        assert statuses(engine) == {(one, TUESDAY): "PRESENT" for one in people.values()}
        assert marks_left(engine) == 0


class TestClosing:
    def test_a_night_judges_what_nobody_judged(self, committed_scene: Any, engine: Engine) -> None:
        scene = committed_scene
        person = scene.person(user_id="12", since=MONDAY)
        scene.terminal()
        scene.commit()
        assert close_days(engine, now=scene.now, settings=scene.settings) == 2
        assert statuses(engine) == {(person, MONDAY): "ABSENT", (person, TUESDAY): "ABSENT"}

    def test_a_night_goes_on_after_a_day_that_cannot_be_judged(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person, other = _rotten(scene)
        scene.commit()
        with pytest.raises(StoreError, match=f"office {scene.office} on {TUESDAY}: .*unpaid"):
            close_days(engine, now=scene.now, settings=scene.settings, lookback_days=2)
        assert statuses(engine).keys() == {(person, MONDAY), (other, MONDAY), (other, TUESDAY)}

    def test_a_night_does_not_look_further_back_than_told(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person = scene.person(user_id="12")
        scene.terminal()
        scene.commit()
        assert close_days(engine, now=scene.now, settings=scene.settings, lookback_days=1) == 1
        assert set(statuses(engine)) == {(person, TUESDAY)}

    def test_a_later_night_judges_what_can_be_judged_by_then(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person = scene.person(user_id="12", since=TUESDAY)
        terminal = scene.terminal(read_until="12:00")
        scene.commit()
        close_days(engine, now=scene.now, settings=scene.settings)
        assert statuses(engine)[person, TUESDAY] == "UNVERIFIED"
        scene.covered(terminal, "11:00", "2026-03-10 07:00", source="usb")
        scene.commit()
        later = scene.now + timedelta(days=7)
        close_days(engine, now=later, settings=scene.settings)
        assert statuses(engine)[person, TUESDAY] == "ABSENT"

    def test_no_absence_outlives_its_proof_though_no_mark_was_set(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        person = scene.person(user_id="12", since=TUESDAY)
        terminal = scene.terminal()
        scene.commit()
        close_days(engine, now=scene.now, settings=scene.settings)
        assert statuses(engine)[person, TUESDAY] == "ABSENT"
        scene.clock(terminal, TUESDAY, 86_400)
        scene.commit()
        close_days(engine, now=scene.now + timedelta(days=1), settings=scene.settings)
        assert statuses(engine)[person, TUESDAY] == "UNVERIFIED"

    def test_a_judged_presence_is_left_alone_at_night(
        self, committed_scene: Any, engine: Engine
    ) -> None:
        scene = committed_scene
        scene.person(user_id="12", since=TUESDAY)
        scene.punch(scene.terminal(), "12", "07:25", "16:00")
        scene.commit()
        assert close_days(engine, now=scene.now, settings=scene.settings) == 1
        assert close_days(engine, now=scene.now, settings=scene.settings) == 0


def _rotten(scene: Any) -> tuple[int, int]:
    """Mark three days of two offices, of which the middle one of the first cannot be judged; return
    a person of each."""
    person = scene.person("Ani", "1", since=MONDAY)
    other = scene.person("Budi", "2", office=scene.add_office("7.02"), since=MONDAY)
    scene.add(
        service_breaks, person_id=person, first=TUESDAY, last=TUESDAY, kind="unpaid", letter="8"
    )
    for office in (scene.office, "7.02"):
        mark_office_days(scene.connection, [(office, day) for day in (MONDAY, TUESDAY, WEDNESDAY)])
    return person, other


def _mark(connection: Connection, office: str, way: str) -> None:
    if way == "store":
        mark_office_days(connection, [(office, TUESDAY)])
    elif way == "import":
        mark_spans(connection, [Span(office, TUESDAY, TUESDAY)], today=WEDNESDAY)
    else:
        mark_written(connection, TUESDAY, TUESDAY)


def _wait_until_blocked(engine: Engine) -> None:
    """Wait until a session waits for a lock, as the database itself sees it."""
    deadline = threading.Event()
    timer = threading.Timer(10, deadline.set)
    timer.start()
    try:
        while not deadline.is_set():
            with engine.connect() as connection:
                waiting = connection.exec_driver_sql(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted"
                ).scalar()
            if waiting:
                return
        pytest.fail("nobody waits for the open commit")
    finally:
        timer.cancel()
