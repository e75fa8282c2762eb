"""Which days a clock counts: worked ones, the centre awake, and the log of the office known."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from followed import HEAD, MONDAY, PERSON, Followed, nip
from sqlalchemy import insert, update

from ingest.casework.working import PlannedDays, WorkingDays
from ingest.discipline import Shelf
from ingest.discipline.cases import Step
from ingest.discipline.values import Service
from ingest.excuse_types import shipped
from ingest.store import centre_days, tables
from ingest.store.database import reading, writing
from ingest.store.rungs import find_rungs
from ingest.store.tables_cases import case_events
from ingest.store.tables_time import (
    roster_days,
    scheme_terms,
    scheme_uses,
    service_breaks,
    shifts,
    stand_ins,
)

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
"""What a case comes to is no matter of SQL; what is asked of a store for it is asked on both."""
ZONE = ZoneInfo("Asia/Makassar")
TUESDAY = MONDAY + timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


class TestTheClarification:
    """Warned on Thursday, 5 March 2026: the tenth working day is Thursday the 19th."""

    def awake(self, followed: Followed, days: int, *, but: int = -1) -> None:
        """Write that the centre was awake on all days but one."""
        with writing(followed.engine) as connection:
            for n in range(days):
                for hour in range(0, 24, 3):
                    if n != but or hour < 9:
                        now = at(MONDAY + timedelta(days=n), hour)
                        centre_days.beat(connection, now=now, zone=ZONE)

    def lapses_on(self, followed: Followed) -> date:
        followed.go(13, present=(HEAD, PERSON), each=False)
        for _ in range(6):
            followed.go(1, present=(HEAD, PERSON))
            pending = followed.state().waiting(Step.REPRIMAND)
            if pending is not None:
                return pending.prepared_on
        raise AssertionError("it does not lapse")

    def test_ten_working_days_and_then_a_letter_waits(self, followed):
        self.awake(followed, 30)
        followed.go(3).told()
        assert self.lapses_on(followed) == date(2026, 3, 20)
        row = followed.rows(case_events)[-1]
        assert row.body["facts"]["numbers"]["clock_days"] == 10
        assert row.body["about"]["to"][0]["nip"] == nip(HEAD)

    @one_database
    def test_it_does_not_run_on_a_day_the_centre_was_down(self, followed):
        self.awake(followed, 30, but=7)  # Monday, 9 March, down from nine on
        followed.go(3).told()
        assert self.lapses_on(followed) == date(2026, 3, 21)
        facts = followed.rows(case_events)[-1].body["facts"]
        assert facts["paused"] == [{"day": "2026-03-09", "why": "pusat tidak berjalan 18 jam"}]

    def test_nor_on_a_day_of_which_the_terminals_are_not_known(self, followed):
        followed.go(3).told()
        with writing(followed.engine) as connection:  # what is known begins anew on the 10th
            connection.execute(
                insert(tables.coverage).values(
                    terminal_id=1, bridge_id=1, since=at(date(2026, 3, 10), 0),
                    until=at(date(2026, 4, 10), 0), on_terminal=1, taken=1, parked=0,
                    clock_offset_s=0, read_at=at(date(2026, 3, 10), 1),
                    received_at=at(date(2026, 3, 10), 1), source="poll", note="",
                )
            )  # fmt: skip
            connection.execute(
                update(tables.coverage)
                .where(tables.coverage.c.since < at(date(2026, 3, 9), 0))
                .values(until=at(date(2026, 3, 9), 12))
            )
        followed.read = lambda: None
        assert self.lapses_on(followed) == date(2026, 3, 21)
        (row,) = (one for one in followed.rows(case_events) if one.kind == "PREPARED")
        (paused,) = row.body["facts"]["paused"]
        assert paused == {"day": "2026-03-09", "why": "data mesin perangkat daerah tidak lengkap"}

    @one_database
    def test_before_anybody_was_told_none_runs(self, followed):
        followed.go(20, each=False)
        state = followed.state()
        assert not state.marks
        assert [one.proposal.step for one in state.pending] == [Step.SALARY_STOP]  # by its days


class TestCentreDays:
    def silences(self, engine, first=MONDAY, last=MONDAY + timedelta(days=3)):
        with reading(engine) as connection:
            return centre_days.find_silences(connection, first, last, zone=ZONE)

    def test_the_longest_silence_counts_from_midnight_to_midnight(self, engine):
        with writing(engine) as connection:
            for hour in (2, 3, 8, 20):
                centre_days.beat(connection, now=at(MONDAY, hour), zone=ZONE)
        assert self.silences(engine)[MONDAY] == 12 * 3_600  # from eight to twenty
        assert self.silences(engine)[MONDAY + timedelta(days=1)] == 24 * 3_600

    def test_days_before_the_first_sign_are_not_held_against_it(self, engine):
        assert self.silences(engine) == {}
        with writing(engine) as connection:
            centre_days.beat(connection, now=at(MONDAY + timedelta(days=1), 0, 1), zone=ZONE)
        assert MONDAY not in self.silences(engine)

    def test_a_clock_that_was_set_back_makes_no_silence(self, engine):
        with writing(engine) as connection:
            for hour in (10, 4, 11):
                centre_days.beat(connection, now=at(MONDAY, hour), zone=ZONE)
        assert self.silences(engine)[MONDAY] == 13 * 3_600  # from eleven to midnight


class TestWorkingDays:
    def working(self, connection):
        return WorkingDays(connection, "A")

    def test_they_are_the_offices_and_unknown_until_the_year_is_confirmed(self, followed):
        with writing(followed.engine) as connection:
            connection.execute(
                insert(tables.holidays).values(day=date(2026, 3, 3), name="x", category="public")
            )
            known = self.working(connection)
            days = [known(MONDAY + timedelta(days=n)) for n in range(7)]
            assert days == [True, False, True, True, True, False, False]
            assert known(date(2027, 3, 2)) is None

    def test_an_office_that_works_by_a_roster_is_there_from_monday_to_friday(self, followed):
        with writing(followed.engine) as connection:
            connection.execute(
                insert(tables.holidays).values(day=date(2026, 3, 3), name="x", category="public")
            )
            connection.execute(insert(tables.schemes).values(code="piket", name="piket"))
            connection.execute(
                insert(scheme_terms).values(
                    scheme="piket", valid_from=date(2020, 1, 1), body={"roster": True}
                )
            )
            connection.execute(update(tables.offices).values(scheme="piket"))
            known = self.working(connection)
            assert [known(MONDAY + timedelta(days=n)) for n in (0, 1, 5)] == [True, False, False]
            assert known(date(2027, 3, 2)) is None


def add_roster(connection, person_id: int, days: dict[date, str | None]) -> None:
    """Let somebody work by a roster, from seven to four; an office keeps its own days beside."""
    body = {"start": "07:00", "end": "16:00"}
    connection.execute(insert(tables.schemes).values(code="piket", name="piket"))
    connection.execute(
        insert(scheme_terms).values(
            scheme="piket", valid_from=date(2020, 1, 1), body={"roster": True}
        )
    )
    connection.execute(insert(shifts).values(code="P", name="pagi", body=body))
    connection.execute(
        insert(scheme_uses).values(person_id=person_id, scheme="piket", first=date(2026, 1, 1))
    )
    connection.execute(
        insert(roster_days),
        [{"person_id": person_id, "day": day, "shift": one} for day, one in days.items()],
    )


class TestThePersonsOwnDays:
    def test_those_to_come_are_what_the_roster_says_and_unknown_where_it_says_nothing(
        self, followed
    ):
        with writing(followed.engine) as connection:
            add_roster(connection, PERSON, {MONDAY: "P", date(2026, 3, 8): "P", TUESDAY: None})
            connection.execute(
                insert(service_breaks).values(
                    person_id=HEAD, first=TUESDAY, kind="ended", letter="800/1"
                )
            )
            planned, head = PlannedDays(connection, PERSON), PlannedDays(connection, HEAD)
            days = (MONDAY, TUESDAY, date(2026, 3, 4), date(2026, 3, 8))
            assert [planned(day) for day in days] == [True, False, None, True]
            assert [head(day) for day in days] == [True, False, False, False]
            assert planned(date(2025, 12, 31)) is None  # he serves nowhere yet

    @one_database
    def test_ten_duties_every_third_day_end_after_four_weeks(self, followed):
        days = [MONDAY + timedelta(days=n) for n in range(60)]
        with writing(followed.engine) as connection:
            add_roster(
                connection, PERSON, {day: None if n % 3 else "P" for n, day in enumerate(days)}
            )
        followed.shelf = Shelf(
            tuple(
                replace(one, clocks=tuple(replace(row, calendar="person") if row.unit == "working"
                                          else row for row in one.clocks))
                if isinstance(one, Service) else one
                for one in followed.shelf.documents
            )
        )  # fmt: skip
        followed.go(7, each=False).told()
        assert followed.state().days == (MONDAY, days[3], days[6])
        followed.go(29, each=False)
        assert followed.state().waiting(Step.REPRIMAND) is None
        followed.go(1)  # the tenth duty since Monday the 9th was Tuesday, 7 April
        pending = followed.state().waiting(Step.REPRIMAND)
        assert pending.prepared_on == date(2026, 4, 8)
        assert "10 hari kerja menurut jadwal pegawai" in pending.proposal.text


class TestSuperiors:
    def rungs(self, followed, person_id=PERSON, on=MONDAY):
        with reading(followed.engine) as connection:
            return find_rungs(
                connection, person_id, on=on, types=shipped(), root=followed.seal.fingerprint
            )

    def add(self, followed, table, **values):
        with writing(followed.engine) as connection:
            connection.execute(insert(table).values(**values))

    def test_the_chain_ends_with_who_has_nobody_above(self, followed):
        followed.person(3, superior=PERSON)
        assert [one.nip for one in self.rungs(followed, 3)] == [nip(PERSON), nip(HEAD)]
        assert [one.post for one in self.rungs(followed, 3)] == [
            "atasan langsung", "atasan tingkat 2",
        ]  # fmt: skip
        assert self.rungs(followed, HEAD) == ()

    def test_a_superior_on_leave_is_away_and_who_stands_in_is_known(self, followed):
        followed.person(3)
        followed.excuse(HEAD, MONDAY, MONDAY + timedelta(days=4))
        self.add(
            followed, stand_ins, person_id=HEAD, stand_in_id=3, how="plh", first=MONDAY,
            last=MONDAY + timedelta(days=4), letter="800/5",
        )  # fmt: skip
        (rung,) = self.rungs(followed)
        assert [(one.last, one.why) for one in rung.away] == [
            (MONDAY + timedelta(days=4), "cuti tahunan")
        ]
        assert [(one.nip, one.how) for one in rung.stand_ins] == [(nip(3), "plh")]

    def test_one_who_has_ended_leaves_the_post_vacant(self, followed):
        self.add(
            followed, service_breaks, person_id=HEAD, first=date(2026, 2, 1), kind="ended",
            letter="x",
        )  # fmt: skip
        (rung,) = self.rungs(followed)
        assert (rung.nip, rung.away) == (None, ())

    def test_an_office_without_a_head_is_led_by_who_acts_as_one(self, followed):
        followed.person(3)
        self.add(
            followed, stand_ins, office="A", stand_in_id=3, how="plt", first=MONDAY, letter="x"
        )
        (rung,) = self.rungs(followed, HEAD)
        assert (rung.post, rung.nip) == ("pimpinan perangkat daerah", None)
        assert rung.stand_ins[0].nip == nip(3)

    def test_a_chain_in_a_circle_comes_to_an_end(self, followed):
        with writing(followed.engine) as connection:
            connection.execute(
                update(tables.assignments)
                .where(tables.assignments.c.person_id == HEAD)
                .values(superior_id=PERSON)
            )
        assert [one.nip for one in self.rungs(followed)] == [nip(HEAD)]
