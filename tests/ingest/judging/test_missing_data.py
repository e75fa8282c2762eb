"""Data that are missing where nobody would look for them: each keeps people from being absent."""

from datetime import date, timedelta
from typing import Any

import pytest
from signed import Signer
from sqlalchemy import Engine, select, update

from ingest.days import PersonDay, evaluate_dirty
from ingest.rules import Status
from ingest.store import coverage, marks, punches, tables
from ingest.store.bridges import Bridge, add_key, find_bridges
from ingest.store.database import writing
from ingest.wire import BadRecord, Coverage, bad_record_id

TUESDAY = date(2026, 3, 3)


def codes(day: PersonDay) -> set[str]:
    return {one.code for one in day.because}


class TestRefusedAtTheDoor:
    """A terminal carried from another office: the centre refuses its punches, the bridge keeps
    them, and whoever touched it looks as if nobody had seen them."""

    def test_punches_that_a_bridge_keeps_refused_may_be_anybodys(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.heard("2026-03-04 07:59", "T1", "", parked=2)
        (day,) = scene.evaluate().values()
        assert (day.status, codes(day)) == (Status.UNVERIFIED, {"refused"})
        assert "2 rekaman" in day.because[0].text

    def test_a_revoked_bridge_keeps_nothing_of_ours(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.heard("2026-03-04 07:59", "T1", "", parked=2)
        scene.connection.execute(update(tables.bridges).values(revoked_at=scene.now))
        (day,) = scene.evaluate().values()
        assert day.status is Status.ABSENT

    def test_a_bridge_of_another_office_keeps_nothing_of_ours(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.heard("2026-03-04 07:59", "T1", "", parked=2)
        village = scene.add_office("7.02")
        scene.terminal("T9", office=village)
        there = scene.person("Tamu", "12", office=village)
        assert scene.evaluate(office=village)[there].status is Status.ABSENT


class TestTerminalNobodyRegistered:
    """It stands in the office, so people may touch it."""

    def test_one_that_was_read_and_fell_silent_holds_up_the_day(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.terminal("NEW", registered=False, read_until="10:00")
        (day,) = scene.evaluate().values()
        assert (day.status, codes(day)) == (Status.UNVERIFIED, {"behind"})
        assert "pintu-NEW" in day.because[0].text

    def test_one_that_is_read_to_the_end_holds_up_nothing(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.terminal("NEW", registered=False)
        (day,) = scene.evaluate().values()
        assert day.status is Status.ABSENT

    def test_one_that_came_later_holds_up_no_day_before_it(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.terminal(
            "NEW",
            registered=False,
            read_since="2026-03-04 06:00",
            read_until="2026-03-04 07:00",
        )
        (day,) = scene.evaluate().values()
        assert day.status is Status.ABSENT

    def test_alone_it_is_no_terminal_of_the_office(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal("NEW", registered=False)
        (day,) = scene.evaluate().values()
        assert (day.status, codes(day)) == (Status.UNVERIFIED, {"no-terminal", "no-user-id"})


def test_no_minutes_are_counted_beside_a_punch_that_may_have_come_earlier_that_day(
    scene: Any,
) -> None:
    """Whose first touch got a wrong date came no later for that."""
    person, door = scene.person("Ani", "12"), scene.terminal()
    scene.punch(door, "12", "2026-02-03 07:21", after="07:00", read_at="12:00")
    scene.punch(door, "12", "10:00", "16:05")
    day = scene.evaluate()[person]
    assert (day.status, day.late_minutes) == (Status.PRESENT, None)
    assert "doubtful" in codes(day)


class TestElsewhere:
    """Somebody of this office who is known on a terminal of another one."""

    @pytest.fixture
    def guest(self, scene: Any) -> tuple[int, int]:
        """Return Ani, who serves here and is known on the village's terminal; Budi is not."""
        scene.terminal()
        village = scene.add_office("7.02")
        terminal = scene.terminal("T9", office=village)
        ani = scene.person("Ani", "12")
        scene.person("Budi", "13")
        scene.map("4", ani, terminal)
        return ani, terminal

    def test_an_unmapped_user_id_there_may_be_their_new_number(
        self, scene: Any, guest: tuple[int, int]
    ) -> None:
        ani, terminal = guest
        scene.punch(terminal, "77", "07:25", "16:03")
        found = scene.evaluate()
        assert (found.pop(ani).status, codes(scene.evaluate()[ani])) == (
            Status.UNVERIFIED, {"unmapped"},
        )  # fmt: skip
        assert [one.status for one in found.values()] == [Status.ABSENT]


class TestMarksElsewhere:
    """What becomes doubtful about a terminal reopens the days of everybody known on it."""

    @pytest.fixture
    def absent(self, committed_scene: Any) -> Any:
        """Make somebody of 4.01.01 absent who is known on a terminal of 7.02 alone."""
        scene = committed_scene
        village = scene.add_office("7.02")
        scene.bridge = scene.add_bridge(village)
        scene.village_terminal = scene.terminal("T9", office=village)
        scene.terminal("T1")
        scene.ani = scene.person("Ani")
        scene.map("4", scene.ani, scene.village_terminal)
        assert scene.evaluate()[scene.ani].status is Status.ABSENT
        scene.commit()
        return scene

    def status(self, engine: Engine, scene: Any) -> str:
        evaluate_dirty(engine, now=scene.now + timedelta(days=90), settings=scene.settings)
        with engine.connect() as connection:
            return str(connection.scalar(select(tables.days.c.status)))

    def village(self, scene: Any, engine: Engine) -> Bridge:
        with engine.connect() as connection:
            return find_bridges(connection, office="7.02")[0]

    def tell(self, engine: Engine, scene: Any, **changed: Any) -> None:
        told = {
            "terminal": "T9",
            "since": int(scene.at("2026-01-05 07:00").timestamp()),
            "until": int(scene.at("2026-03-04 07:00").timestamp()),
            "on_terminal": 10,
            "taken": 10,
            "parked": 0,
            "clock_offset_s": 0,
            "read_at": int(scene.at("2026-03-04 07:00").timestamp()),
            "source": "poll",
        }
        bridge = self.village(scene, engine)
        with writing(engine) as connection:
            coverage.save(
                connection,
                bridge,
                [Coverage(**(told | changed))],
                scene.now + timedelta(days=90),
                zone=scene.settings.zone,
                clock_limit_s=300,
            )

    def test_parked_punches_that_are_told_late(self, absent: Any, engine: Engine) -> None:
        self.tell(engine, absent, parked=1)
        assert self.status(engine, absent) == "UNVERIFIED"

    def test_a_wrong_clock_that_is_told_late(
        self, absent: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(marks, "MAX_DAYS", 120)  # 400 would all be judged again: 8 s, no more
        read_at = int(absent.at("12:00").timestamp())
        self.tell(engine, absent, clock_offset_s=7_200, until=read_at, read_at=read_at)
        assert self.status(engine, absent) == "UNVERIFIED"

    def test_an_unreadable_record_that_comes_late(
        self, absent: Any, engine: Engine, batch: Any, deliver: Any
    ) -> None:
        near = absent.local("07:20")
        raw = b"rubbish"
        bad = BadRecord(
            bad_record_id("T9", raw), "T9", "date", "no such date", "", near, absent.local("07:31"),
            "usb", int(absent.at("2026-03-05 07:00").timestamp()), raw,
        )  # fmt: skip
        bridge = self.village(absent, engine)
        with writing(engine) as connection:
            key = Signer(bridge.name).public_key
            add_key(connection, bridge.id, key, now=absent.now, grounds={})
        told = deliver(batch(bad), bridge)
        with writing(engine) as connection:
            punches.save(
                connection,
                bridge,
                told,
                absent.now + timedelta(days=90),
                zone=absent.settings.zone,
                clock_limit_s=300,
            )
        assert self.status(engine, absent) == "UNVERIFIED"

    def test_an_unmapped_user_id_that_comes_late(self, absent: Any, engine: Engine) -> None:
        absent.punch(absent.village_terminal, "77", "07:25")
        absent.mark_user(absent.village_terminal, "77", TUESDAY)
        absent.commit()
        assert self.status(engine, absent) == "UNVERIFIED"
