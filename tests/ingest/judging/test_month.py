"""A month of an office as a calendar: the verdict by which days are judged, and why."""

import random
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from tampered import tamper

import ingest
from ingest import seal as keys
from ingest.days import work_out
from ingest.days.advice import ADVICE
from ingest.days.month import Mark, OfficeMonth, hold_ups, month_of
from ingest.errors import NotKnown
from ingest.roles import Role
from ingest.rules import CORRECTIONS, Status
from ingest.store import adjustments, quarantine, resolutions, seals, tables
from ingest.store.audit import Actor
from ingest.store.decided import Grounds
from ingest.store.partitions import MonthAway

MARCH = date(2026, 3, 1)
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
GROUNDS = Grounds(Actor("Bu Kepala", "root", Role.ADMIN), "uji coba teknisi", "800/12")


def month(scene: Any, *offices: str, day: date = MARCH) -> list[OfficeMonth]:
    return month_of(
        scene.connection, offices=offices or (scene.office,), day=day, now=scene.now,
        settings=scene.settings,
    )  # fmt: skip


def marks(found: OfficeMonth) -> dict[int, str]:
    return {one.day.day: one.mark.value for one in found.days if one.mark is not Mark.TO_COME}


def held_by(found: OfficeMonth) -> list[tuple[str, str, int, int]]:
    return [(one.serial, one.code, one.first.day, one.last.day) for one in hold_ups(found.days)]


class World:
    """Two offices and twelve days in which anything may go wrong, and in each office somebody whom
    its terminals know and who touched none."""

    def __init__(self, scene: Any, seed: int) -> None:
        self.scene = scene
        self.dice = random.Random(seed)
        scene.now = datetime(2026, 3, 13, 8, tzinfo=scene.settings.zone)
        self.offices = (scene.office, scene.add_office("7.02"))
        self.seal = keys.new()
        seals.register(scene.connection, self.seal, before=None, lost=False, now=scene.now)
        self.quiet = {one: scene.person(f"Z {one}", "999", office=one) for one in self.offices}
        self.people = [scene.person(f"P{n}", office=self.office()) for n in range(5)]
        self.terminals = [self.terminal(f"T{n}") for n in range(self.dice.randint(2, 5))]
        for n in range(6):
            self.mapping(str(n))
        for _ in range(self.dice.randint(0, 12)):
            self.touch()
        for what in (self.fault, self.clock, self.record, self.decide):
            for _ in range(self.dice.randint(0, 2)):
                what()

    def office(self) -> str:
        return self.dice.choice(self.offices)

    def moment(self, first: int = 1, last: int = 12) -> str:
        hour, minute = self.dice.randint(0, 23), self.dice.randint(0, 59)
        return f"2026-03-{self.dice.randint(first, last):02} {hour:02}:{minute:02}"

    def day(self) -> date:
        return MARCH + timedelta(days=self.dice.randint(-3, 14))

    def terminal(self, serial: str) -> int:
        dice = self.dice
        found: int = self.scene.terminal(
            serial,
            office=self.office(),
            registered=dice.random() < 0.8,
            counts_from=dice.choice([date(2026, 1, 1), None, self.day()]),
            counts_until=dice.choice([None, None, self.day()]),
            read_until=None,
        )
        since = "2026-02-01 07:00"
        for _ in range(dice.choice([0, 1, 1, 1, 2])):
            until = dice.choice(["2026-03-13 07:00", self.moment()])
            if since < until:
                self.scene.covered(found, since, until, parked=dice.choice([0] * 9 + [2]))
            since = self.moment()
        return found

    def mapping(self, user_id: str) -> None:
        dice = self.dice
        self.scene.map(
            user_id,
            dice.choice([*self.people, None]),
            dice.choice([None, *self.terminals]),
            office=self.office(),
            since=dice.choice([date(2026, 1, 1), self.day()]),
            until=dice.choice([None, None, date(2026, 3, 20)]),
        )

    def user_id(self) -> str:
        who = self.dice.choice(self.people)
        return self.dice.choice([*map(str, range(9)), self.scene.nip_of(who)])

    def touch(self) -> None:
        dice, key = self.dice, (self.dice.choice(self.terminals), self.user_id())
        times = sorted(self.moment() for _ in range(3))
        kind = dice.random()
        if kind < 0.6:
            self.scene.punch(*key, f"{times[0]}:{dice.randint(2, 59):02}")
        elif kind < 0.8:  # it lay in the terminal long after it claims to have come
            self.scene.punch(*key, f"{times[0]}:01", after=times[1], read_at=times[2])
        else:
            lost = f"2000-01-01 00:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}"
            after = dice.choice([None, times[0]])
            self.scene.punch(*key, lost, after=after, read_at=times[1])

    made: tuple[object, ...] = ()

    def fault(self) -> None:
        kept = self.dice.choice([0, 0, 3])
        self.scene.heard(self.moment(), f"T{self.dice.randint(0, 4)}", "no answer", parked=kept)

    def clock(self) -> None:
        terminal, day = self.dice.choice(self.terminals), self.day()
        if (terminal, day) not in self.made:
            self.made = (*self.made, (terminal, day))
            self.scene.clock(terminal, day, self.dice.choice([0, 60, 4_000, -90_000]))

    def record(self) -> None:
        times = sorted(self.moment() for _ in range(3))
        name = self.dice.choice(["", "1", "2", "7", "8"])
        self.scene.bad_record(
            self.dice.choice(self.terminals), name, near_from=times[0], near_until=times[1],
            read_at=times[2],
        )  # fmt: skip

    def decide(self) -> None:
        connection, now = self.scene.connection, self.scene.now
        judging = {"zone": self.scene.settings.zone, "clock_limit_s": 300}
        waiting = quarantine.find_waiting(connection)
        if waiting and self.dice.random() < 0.7:
            verdict = self.dice.choice([resolutions.ACCEPT, resolutions.REJECT])
            some = [self.dice.choice(waiting)]
            if verdict == resolutions.REJECT or some[0].kind == quarantine.PUNCH:
                resolutions.resolve(
                    connection, self.seal, GROUNDS, some, verdict, now=now, **judging
                )
        elif self.dice.random() < 0.5:
            first = MARCH + timedelta(days=self.dice.randint(-3, 9))
            serial = f"T{self.dice.randrange(len(self.terminals))}"
            resolutions.withdraw_coverage(
                connection, self.seal, GROUNDS, terminal=serial, first=first,
                last=first + timedelta(days=2), now=now, **judging,
            )  # fmt: skip

    def tampered(self) -> None:
        """Let a decision be there that nobody signed."""
        self.dice = random.Random(1)
        self.scene.punch(self.terminals[0], "77", "2026-03-04 07:11")
        serial = self.scene.connection.scalar(
            tables.terminals.select().with_only_columns(tables.terminals.c.serial).where(
                tables.terminals.c.id == self.terminals[0]
            )
        )  # fmt: skip
        adjustments.void(
            self.scene.connection, self.seal, GROUNDS, terminal=serial, user_id="77",
            local_time=datetime(2026, 3, 4, 7, 11), now=self.scene.now,
        )  # fmt: skip
        tamper(self.scene.connection, "adjustments", "UPDATE adjustments SET why = 'lain'")


def assert_as_judged(world: World) -> None:
    """Insist that each day says of its office what judging says of it, and of who touched nothing
    what his day came to."""
    scene = world.scene
    for found in month(scene, *world.offices):
        for one in (one for one in found.days if one.mark is not Mark.TO_COME):
            judged = work_out(
                scene.connection, office=found.office, day=one.day, now=scene.now,
                settings=scene.settings,
            )  # fmt: skip
            (quiet,) = (who for who in judged.people if who.person_id == world.quiet[found.office])
            assert one.coverage == judged.coverage
            assert one.expected.text == judged.expected_text
            if not one.free:
                absent = quiet.status is Status.ABSENT
                assert absent == (one.mark is Mark.COMPLETE), (one, quiet)
                assert absent or set(one.reasons) <= set(quiet.because)
                own = {reason.code for reason in set(quiet.because) - set(one.reasons)}
                assert absent or own <= {"no-user-id", *CORRECTIONS}


@pytest.mark.parametrize("seed", range(6))
def test_the_calendar_says_what_judging_says(scene: Any, seed: int) -> None:
    assert_as_judged(World(scene, seed))


def test_where_a_seal_does_not_fit_each_day_says_what_judging_says(scene: Any) -> None:
    world = World(scene, 1)
    world.tampered()
    found = month(scene, *world.offices)
    assert {"unproven"} <= {one.code for each in found for one in hold_ups(each.days)}
    assert_as_judged(world)


def test_generated_worlds_have_days_of_every_kind(scene: Any) -> None:
    assert {one for one in month(scene)[0].days if one.mark is Mark.TO_COME}
    seen = set()
    for seed in range(3):
        point = scene.connection.begin_nested()
        seen |= {
            one.mark for each in month(scene, *World(scene, seed).offices) for one in each.days
        }
        point.rollback()
        scene.restart()
    assert seen == set(Mark)


class TestADay:
    """What is known of it, each thing that can go wrong by itself."""

    def test_a_month_that_is_read_to_its_end_is_complete(self, scene: Any) -> None:
        scene.terminal(read_until="2026-04-02 07:00")
        scene.now = datetime(2026, 4, 2, 8, tzinfo=scene.settings.zone)
        (found,) = month(scene)
        assert set(marks(found).values()) == {"complete"}
        assert len(found.days) == 31
        assert hold_ups(found.days) == []

    def test_what_is_missing_is_held_together_over_days(self, scene: Any) -> None:
        door = scene.terminal(read_until="2026-03-02 10:00")
        scene.covered(door, "2026-03-04 11:00", "2026-03-06 12:00")
        scene.now = datetime(2026, 3, 8, 8, tzinfo=scene.settings.zone)
        (found,) = month(scene)
        assert marks(found) == {
            1: "complete", 2: "gap", 3: "gap", 4: "gap", 5: "complete", 6: "not-yet", 7: "not-yet",
            8: "not-yet",
        }  # fmt: skip
        assert held_by(found) == [
            ("T1", "hole", 2, 4),
            ("T1", "behind", 6, 8),
            ("", "not-ended", 8, 8),
        ]
        hole = hold_ups(found.days)[0]
        assert "2 Maret 2026 pukul 10.00" in hole.texts[0]
        assert "4 Maret 2026 pukul 11.00" in hole.texts[-1]

    def test_an_unmapped_user_id_holds_up_a_day_of_complete_terminals(self, scene: Any) -> None:
        door = scene.terminal()
        scene.punch(door, "57", "07:25", "16:00")
        scene.punch(door, "58", "2026-03-02 07:25")
        scene.map("58", None)
        (found,) = month(scene)
        assert marks(found) == {1: "complete", 2: "complete", 3: "held", 4: "not-yet"}
        assert [one.code for one in found.days[2].reasons] == ["unmapped"]
        assert "pintu-T1: 57" in found.days[2].reasons[0].text

    def test_a_mapping_counts_on_its_days_alone(self, scene: Any) -> None:
        door = scene.terminal()
        scene.map("57", scene.person(), door, since=TUESDAY)
        scene.punch(door, "57", "2026-03-02 07:25", "07:25")
        scene.map("58", scene.person(), door, until=MONDAY)
        scene.punch(door, "58", "2026-03-02 07:25")
        assert marks(month(scene)[0]) == {1: "complete", 2: "held", 3: "complete", 4: "not-yet"}
        scene.punch(door, "58", "07:25")
        assert marks(month(scene)[0])[3] == "held"

    def test_a_punch_made_void_holds_up_nothing_and_the_one_beside_it_does(
        self, scene: Any
    ) -> None:
        door, seal = scene.terminal(), keys.new()
        seals.register(scene.connection, seal, before=None, lost=False, now=scene.now)
        scene.punch(door, "57", "2026-03-02 07:25", "07:25", "07:26")
        for day, minute in ((2, 25), (3, 25)):
            adjustments.void(
                scene.connection, seal, GROUNDS, terminal="T1", user_id="57",
                local_time=datetime(2026, 3, day, 7, minute), now=scene.now,
            )  # fmt: skip
        assert marks(month(scene)[0]) == {1: "complete", 2: "complete", 3: "held", 4: "not-yet"}

    @pytest.mark.parametrize(
        ("claimed", "after", "read_at"),
        [
            pytest.param("07:25", "2026-02-27 16:00", "2026-02-27 17:00", id="long before"),
            pytest.param("07:25", "09:00", "10:00", id="on the day itself"),
        ],
    )
    def test_a_rejected_punch_of_an_unmapped_user_id_holds_up_nothing(
        self, scene: Any, claimed: str, after: str, read_at: str
    ) -> None:
        door, seal = scene.terminal(), keys.new()
        seals.register(scene.connection, seal, before=None, lost=False, now=scene.now)
        scene.punch(door, "57", claimed, after=after, read_at=read_at)
        assert marks(month(scene)[0])[3] == "held"
        resolutions.resolve(
            scene.connection, seal, GROUNDS, quarantine.find_waiting(scene.connection),
            resolutions.REJECT, now=scene.now, zone=scene.settings.zone, clock_limit_s=300,
        )  # fmt: skip
        assert marks(month(scene)[0])[3] == "complete"

    def test_a_bad_record_is_younger_than_the_days_before_it_was_read_alone(
        self, scene: Any
    ) -> None:
        scene.bad_record(scene.terminal(), read_at="2026-03-02 23:58")
        assert marks(month(scene)[0]) == {1: "gap", 2: "gap", 3: "complete", 4: "not-yet"}

    def test_terminals_that_do_not_count_are_told_with_their_days(self, scene: Any) -> None:
        scene.terminal()
        scene.terminal("OLD", counts_until=MONDAY, read_until=None)
        scene.terminal("NEW", registered=False, read_until=None)
        (found,) = month(scene)
        assert marks(found) == {1: "not-yet", 2: "not-yet", 3: "complete", 4: "not-yet"}
        told = {
            one.serial: (one.registered, [day.day for day in one.days]) for one in found.uncounted
        }
        assert told == {"NEW": (False, [1, 2, 3, 4]), "OLD": (True, [3, 4])}

    def test_a_free_day_is_free_whatever_is_known_of_it(self, scene: Any) -> None:
        scene.free(TUESDAY, "Hari jadi", "local", scene.office)
        scene.terminal(read_until="2026-03-02 10:00")
        (found,) = month(scene)
        free = {one.day.day for one in found.days if one.free}
        assert free >= {1, 3, 7, 8}
        assert 2 not in free
        assert marks(found)[3] == "not-yet"

    def test_an_unknown_office_and_a_month_that_is_away_are_named(self, scene: Any) -> None:
        with pytest.raises(NotKnown, match=r'no office "9\.99"'):
            month(scene, "9.99")
        scene.add(
            tables.archived_months, month=MARCH, rows=1, first_batch=1, last_batch=1,
            sha256="0" * 64, file="march.csv", archived_at=scene.now,
        )  # fmt: skip
        with pytest.raises(MonthAway, match=r"march\.csv"):
            month(scene)


def questions(scene: Any, *offices: str) -> int:
    asked = 0

    def count_one(*_arguments: object) -> None:
        nonlocal asked
        asked += 1

    event.listen(scene.connection, "before_cursor_execute", count_one)
    month(scene, *offices)
    event.remove(scene.connection, "before_cursor_execute", count_one)
    return asked


def test_a_month_of_many_offices_takes_as_many_questions_as_one(scene: Any) -> None:
    offices = [scene.office, *(scene.add_office(f"7.{n:02}") for n in range(20))]
    for number, office in enumerate(offices):
        door = scene.terminal(f"T{number}", office=office)
        scene.punch(door, "57", *(f"2026-03-0{day} 07:2{n}" for day in (2, 3) for n in range(5)))
        scene.bad_record(door, "3", near_from="07:00", near_until="08:00")
    few = questions(scene, scene.office)
    assert questions(scene, *offices) == few
    assert few <= 32


def test_every_reason_that_can_hold_up_an_office_has_its_advice() -> None:
    folder = Path(ingest.__file__).parent
    texts = [file.read_text() for file in (folder / "coverage.py", *(folder / "days").glob("*.py"))]
    codes = {code for text in texts for code in re.findall(r'Reason\(\s*"([a-z-]+)"', text)}
    of_people = {"conflict", "unregistered", "doubtful", "no-user-id", "ended"}
    assert codes - of_people == set(ADVICE)
