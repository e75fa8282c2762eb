"""What runs by itself: each night, each minute, and after a time of standing still."""

import logging
import pkgutil
import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from ingest import jobs
from ingest.days import Settings
from ingest.errors import StoreError
from ingest.jobs import SCHEDULE, Job, Round, Schedule, Times, known
from ingest.jobs.close_day import close_day
from ingest.jobs.due import first_due
from ingest.jobs.evaluate_marked import evaluate_marked
from ingest.jobs.watch_bridges import BridgeWatch
from ingest.jobs.work import Work
from ingest.store import bridges, job_runs, tables
from ingest.store.database import writing
from ingest.store.job_runs import JobRun

ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)  # nine in the morning in Makassar, a Tuesday
TIMES = Times(time(0, 30), 60)
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def work(engine, clock):
    return Work(engine, Settings(ZONE), clock, 3, timedelta(minutes=30))


@pytest.fixture
def staffed(engine):
    with engine.begin() as connection:
        connection.execute(insert(tables.offices).values(code="A", name="D", scheme="5-hari"))
        connection.execute(insert(tables.people).values(nip="1" * 18, name="Satu", kind="PNS"))
        connection.execute(
            insert(tables.assignments).values(person_id=1, office="A", valid_from=date(2026, 1, 1))
        )
    return engine


def judged(engine) -> list[tuple[date, str]]:
    with engine.connect() as connection:
        query = select(tables.days.c.day, tables.days.c.status).order_by(tables.days.c.day)
        return [(row.day, row.status) for row in connection.execute(query)]


def test_every_job_of_the_folder_is_in_the_schedule():
    files = {module.name for module in pkgutil.iter_modules(jobs.__path__)} - {"work", "due"}
    assert {job.name.replace("-", "_") for job in SCHEDULE} == files


class TestCloseDay:
    def test_judges_yesterday_and_what_earlier_nights_missed(self, staffed, work):
        close_day(work)
        assert [day.day for day, _ in judged(staffed)] == [7, 8, 9]

    @one_database
    def test_yesterday_is_the_one_of_the_office(self, staffed, work, clock):
        clock.now = datetime(2026, 3, 9, 16, 1, tzinfo=UTC)  # a minute past midnight there
        close_day(work)
        assert judged(staffed)[-1][0] == date(2026, 3, 9)
        clock.now = datetime(2026, 3, 10, 15, 59, tzinfo=UTC)
        close_day(work)
        assert judged(staffed)[-1][0] == date(2026, 3, 9)


class TestEvaluateMarked:
    def test_judges_what_is_marked_and_takes_the_marks(self, staffed, work):
        with staffed.begin() as connection:
            connection.execute(
                insert(tables.dirty_offices).values(office="A", day=date(2026, 2, 2))
            )
        evaluate_marked(work)
        assert judged(staffed) == [(date(2026, 2, 2), "UNVERIFIED")]
        with staffed.connect() as connection:
            assert connection.execute(select(tables.dirty_offices)).all() == []

    @one_database
    def test_without_marks_it_does_and_says_nothing(self, staffed, work, caplog):
        caplog.set_level(logging.INFO)
        evaluate_marked(work)
        assert judged(staffed) == []
        assert caplog.messages == []


class TestBridgeWatch:
    @pytest.fixture
    def bridge(self, staffed):
        with writing(staffed) as connection:
            return bridges.add(connection, office="A", name="pc-dinas", now=NOW)

    @pytest.fixture
    def said(self, caplog, work, bridge):
        caplog.set_level(logging.INFO)
        watch = BridgeWatch(work)

        def said() -> list[str]:
            caplog.clear()
            watch.step()
            return list(caplog.messages)

        return said

    def seen(self, engine, at):
        with engine.begin() as connection:
            connection.execute(update(tables.bridges).values(last_seen_at=at))

    def test_tells_once_when_one_falls_silent_and_once_when_it_is_back(self, engine, clock, said):
        assert said() == []
        clock.now = NOW + timedelta(minutes=30)
        assert said() == []  # a new one has that long to begin
        clock.now = NOW + timedelta(minutes=31)
        assert said() == [
            "bridge 1 (pc-dinas) of office A is silent since 2026-03-10 01:00 UTC; "
            "look whether its host is on"
        ]
        assert said() == []
        self.seen(engine, clock.now)
        assert said() == ["bridge 1 (pc-dinas) of office A is back"]
        assert said() == []

    @one_database
    def test_a_revoked_one_may_be_silent(self, engine, clock, said):
        with writing(engine) as connection:
            bridges.revoke(connection, 1, now=NOW)
        clock.now = NOW + timedelta(days=9)
        assert said() == []


@one_database
class TestRound:
    def test_tells_the_beginning_and_the_end_of_a_fault_and_lets_nothing_escape(self, caplog, work):
        caplog.set_level(logging.INFO)
        faults = iter([StoreError("no answer"), StoreError("no answer"), None, KeyError("x"), None])

        def run():
            fault = next(faults)
            if fault is not None:
                raise fault

        one = Round("close-day", run, work)
        for _ in range(5):
            one()
        assert caplog.messages == [
            "job close-day: no answer; it is tried again",
            "job close-day works again",
            "job close-day failed and is tried again: KeyError('x')",
            "job close-day works again",
        ]
        assert [bool(record.exc_info) for record in caplog.records] == [False, False, True, False]


def test_jobs_that_judge_take_turns():
    assert {job.name for job in SCHEDULE if job.executor == "judging"} == {
        "close-day",
        "evaluate-marked",
        "run-cases",
    }


NIGHT = Job("close-day", lambda _: lambda: None, SCHEDULE[0].trigger, at_start=False)


class TestDue:
    """A night is caught up once, whatever happened in between."""

    def due(self, work, now, **last):
        run = JobRun("close-day", **{"good_at": None, "fault": "", "host": "", **last})
        return first_due(NIGHT.trigger(TIMES, work), run, now.astimezone(ZONE))

    @pytest.mark.parametrize(
        ("began", "ended", "now", "due"),
        [
            # it ran; the next is tonight
            ("2026-03-10 00:30", "2026-03-10 00:31", "2026-03-10 09:00", "2026-03-11 00:30"),
            # a restart a minute later
            ("2026-03-10 00:30", "2026-03-10 00:31", "2026-03-10 00:32", "2026-03-11 00:30"),
            # the power was away over one night, over five
            ("2026-03-09 00:30", "2026-03-09 00:31", "2026-03-10 06:00", "2026-03-10 06:00"),
            ("2026-03-05 00:30", "2026-03-05 00:31", "2026-03-10 06:00", "2026-03-10 06:00"),
            # killed in its middle
            ("2026-03-10 00:30", None, "2026-03-10 00:32", "2026-03-10 00:32"),
            # the clock was set back by an hour just after it: no second night
            ("2026-03-10 00:30", "2026-03-10 00:31", "2026-03-09 23:40", "2026-03-11 00:30"),
            # it ran by a clock that was a year ahead
            ("2027-03-10 00:30", "2027-03-10 00:31", "2026-03-10 09:00", "2026-03-10 09:00"),
        ],
    )
    @one_database
    def test_is_asked_of_its_last_round(self, work, began, ended, now, due):
        at = [None if one is None else datetime.fromisoformat(one).replace(tzinfo=ZONE)
              for one in (began, ended, now, due)]  # fmt: skip
        assert self.due(work, at[2], started_at=at[0], ended_at=at[1]) == at[3]

    @one_database
    def test_what_failed_is_tried_again_at_the_next_start(self, work):
        last = {"started_at": NOW, "ended_at": NOW, "fault": "no answer"}
        assert self.due(work, NOW, **last) == NOW
        assert first_due(NIGHT.trigger(TIMES, work), None, NOW) == NOW  # nor what never ran

    def test_a_round_leaves_when_it_ran_and_how_it_ended(self, work, engine, clock):
        fault = iter([None, StoreError("no answer")])

        def run():
            clock.now += timedelta(minutes=2)
            if (found := next(fault)) is not None:
                raise found

        one = Round("close-day", run, work)
        one()
        with engine.connect() as connection:
            last = job_runs.find(connection)["close-day"]
        assert (last.started_at, last.ended_at) == (NOW, NOW + timedelta(minutes=2))
        assert (last.good_at, last.fault) == (last.ended_at, "")
        one()
        with engine.connect() as connection:
            last = job_runs.find(connection)["close-day"]
            told = known(connection, work, TIMES)
        assert (last.good_at, last.fault) == (NOW + timedelta(minutes=2), "no answer")
        assert [one.job for one in told] == [one.name for one in SCHEDULE]
        assert {one.state for one in told} == {"failed", "never ran"}

    def test_a_process_that_died_in_a_round_left_it_to_the_next(self, work, engine):
        class Death(BaseException):
            """What kill -9 looks like from inside."""

        def die():
            raise Death

        with pytest.raises(Death):
            Round("close-day", die, work)()
        with engine.connect() as connection:
            [last] = [one for one in known(connection, work, TIMES) if one.job == "close-day"]
        assert (last.state, last.due_at) == ("begun", NOW)

    def test_a_restart_runs_no_night_again(self, work):
        ran = threading.Event()
        again = threading.Event()
        job = NIGHT._replace(run=lambda _: ran.set)
        other = Job("other", lambda _: again.set, SCHEDULE[1].trigger)
        for expected in (True, False):
            ran.clear()
            again.clear()
            schedule = Schedule(work, TIMES, jobs=[job, other])
            schedule.start()
            assert again.wait(10)
            schedule.stop()  # a job that is due was begun before one that was added after it
            assert ran.is_set() == expected


@one_database
class TestSchedule:
    def test_a_night_comes_at_its_time_in_the_offices(self, work):
        (job,) = [one for one in SCHEDULE if one.name == "close-day"]
        due = job.trigger(TIMES, work).get_next_fire_time(None, NOW)
        assert due == datetime(2026, 3, 11, 0, 30, tzinfo=ZONE)

    def test_marks_are_looked_for_as_often_as_configured(self, work):
        (job,) = [one for one in SCHEDULE if one.name == "evaluate-marked"]
        assert job.trigger(Times(time(0, 30), 7), work).interval == timedelta(seconds=7)

    def test_every_job_is_due_at_the_start_and_a_stop_waits_for_it(self, work):
        begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

        def slow() -> None:
            begun.set()
            assert may_end.wait(10)
            ended.set()

        job = Job("slow", lambda _: slow, SCHEDULE[0].trigger, "judging")
        schedule = Schedule(work, TIMES, jobs=[job])
        schedule.start()
        assert begun.wait(10)
        stopping = threading.Thread(target=schedule.stop)
        stopping.start()
        may_end.set()
        stopping.join(10)
        assert ended.is_set()
        assert not stopping.is_alive()
        schedule.stop()

    def test_tells_for_how_long_it_has_shown_no_life(self, work):
        moment = iter([100.0, 107.0])
        assert Schedule(work, TIMES, jobs=[], monotonic=lambda: next(moment)).silent_s() == 7.0
