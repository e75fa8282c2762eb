"""One process among all judges: it begins with the lock and ends with it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

from ingest.judge import Judge
from ingest.store.leader import JudgeLock

PATIENCE_S = 60.0


class Lock:
    def __init__(self) -> None:
        self.held = False

    def holds(self) -> bool:
        return self.held


class Schedule:
    def __init__(self) -> None:
        self.did: list[str] = []
        self.silent = 0.0

    def start(self) -> None:
        self.did.append("start")

    def stop(self) -> None:
        self.did.append("stop")

    def silent_s(self) -> float:
        return self.silent


class TestJudge:
    @pytest.fixture
    def lock(self):
        return Lock()

    @pytest.fixture
    def schedule(self):
        return Schedule()

    @pytest.fixture
    def now(self):
        return [0.0]

    @pytest.fixture
    def judge(self, lock, schedule, now):
        lost = lambda: schedule.did.append("lost")  # noqa: E731 - a word of what was done
        return Judge(lock, lambda: schedule, lost=lost, monotonic=lambda: now[0])

    def test_stands_by_until_it_has_the_lock_and_says_each_once(
        self, judge, lock, schedule, caplog
    ):
        caplog.set_level(logging.INFO)
        judge.step()
        judge.step()
        assert schedule.did == []
        lock.held = True
        judge.step()
        judge.step()
        assert schedule.did == ["start"]
        assert caplog.messages == [
            "another process judges; this one stands by",
            "this process judges from now on",
        ]

    def test_ends_what_judges_here_when_the_lock_is_lost(self, judge, lock, schedule, caplog):
        lock.held = True
        judge.step()
        lock.held = False
        judge.step()
        assert schedule.did == ["start", "lost"]
        assert "may not judge any more" in caplog.text

    def test_finishes_the_round_in_hand_when_told_to_stop(self, judge, lock, schedule):
        lock.held = True
        stop = threading.Event()
        judge.step()
        stop.set()
        judge.run(stop)
        assert schedule.did == ["start", "stop"]

    def test_is_as_silent_as_its_looking_or_its_schedule(self, judge, lock, schedule, now):
        judge.step()
        now[0] = 7.0
        assert judge.silent_s() == 7.0
        lock.held = True
        judge.step()
        schedule.silent = 90.0
        assert judge.silent_s() == 90.0


@pytest.mark.postgres
class TestJudgeLock:
    @pytest.fixture
    def url(self, postgres_url):
        return make_url(postgres_url)

    @pytest.fixture
    def locks(self, url) -> Iterator[tuple[JudgeLock, JudgeLock]]:
        both = (JudgeLock(url), JudgeLock(url))
        yield both
        for lock in both:
            lock.close()

    def end_sessions(self, url) -> int:
        """End every session that holds or asks, as a server does that goes down."""
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            found = connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity "
                    "WHERE application_name = 'hadir-judge' AND datname = current_database()"
                )
            ).all()
        engine.dispose()
        return len(found)

    def wait_until(self, true: Callable[[], bool]) -> None:
        end, pause = time.monotonic() + PATIENCE_S, threading.Event()
        while not true():
            assert time.monotonic() < end, "it never came true"
            pause.wait(0.01)

    def test_one_holds_it_and_keeps_it(self, locks):
        first, second = locks
        assert [first.holds(), second.holds(), first.holds(), second.holds()] == [
            True, False, True, False,
        ]  # fmt: skip

    def test_who_gives_it_up_leaves_it_to_the_next(self, locks):
        first, second = locks
        assert first.holds()
        first.close()
        self.wait_until(second.holds)  # the server ends a session after its client
        assert not first.holds()

    def test_a_holder_whose_session_ended_knows_it_at_its_next_look(self, locks, url, caplog):
        first, second = locks
        assert first.holds()
        assert self.end_sessions(url) == 1
        assert second.holds()
        assert not first.holds()
        assert "the judge's lock cannot be asked for" in caplog.text
        assert not first.holds()

    def test_who_stands_by_keeps_no_connection(self, locks, url):
        first, second = locks
        assert first.holds()
        assert not second.holds()
        assert self.end_sessions(url) == 1

    def test_two_databases_of_one_server_have_a_judge_each(self, locks, url, postgres_empty_url):
        other = JudgeLock(make_url(postgres_empty_url))
        assert [locks[0].holds(), other.holds()] == [True, True]
        other.close()

    def test_a_server_that_is_not_there_gives_it_to_nobody_and_is_told_of_once(
        self, tmp_path, caplog
    ):
        lock = JudgeLock(make_url(f"postgresql+psycopg:///none?host={tmp_path}"))
        assert [lock.holds(), lock.holds()] == [False, False]
        assert len(caplog.messages) == 1
        lock.close()
