"""A month of an office as a calendar: the verdict by which days are judged, and why."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from tampered import tamper

from ingest import seal as keys
from ingest.days import work_out
from ingest.days.month import HoldUp, Mark, OfficeMonth, hold_ups, month_of
from ingest.roles import Role
from ingest.rules import CORRECTIONS, Status
from ingest.store import adjustments, quarantine, resolutions, seals, tables
from ingest.store.adjustments import Grounds
from ingest.store.audit import Actor

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
        self.scene, self.dice = scene, random.Random(seed)
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
