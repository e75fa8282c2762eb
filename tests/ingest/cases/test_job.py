"""The job that keeps cases: everybody each hour, changed days at once, and nobody named."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from followed import ANI, BUDI, HEAD, MONDAY, PERSON, SHELF

from ingest.discipline import Shelf
from ingest.discipline.cases import Letter, NotAllowed, Step, deeds
from ingest.discipline.values import Service
from ingest.errors import StoreError
from ingest.jobs.centre_days import centre_day
from ingest.jobs.run_cases import EVERYBODY, CaseRounds
from ingest.jobs.work import Work
from ingest.store.tables_cases import case_events, centre_days

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class Clock:
    """Of the office's today, and so much later."""

    def __init__(self, followed):
        self.followed = followed
        self.later = timedelta()

    def __call__(self):
        return self.followed.now + self.later


@pytest.fixture
def clock(followed):
    return Clock(followed)


@pytest.fixture
def work(followed, clock):
    return Work(followed.engine, followed.settings(), clock, 45, timedelta(minutes=30))


@pytest.fixture
def absent(followed):
    """Three days of absence are judged, and nobody has asked for cases."""
    followed.round = lambda: None
    followed.go(3)
    del followed.round
    return followed


@one_database
def test_the_first_round_asks_everybody_and_the_log_names_nobody(absent, work, caplog):
    caplog.set_level(logging.INFO)
    CaseRounds(work).step()
    assert absent.kinds() == ["OPENED"]
    assert caplog.messages == ["cases: 1 OPENED"]


def test_late_proof_takes_back_in_the_next_round_and_a_new_streak_waits_for_the_hour(
    absent, work, clock
):
    job = CaseRounds(work)
    job.step()
    absent.punch(PERSON, MONDAY)
    absent.judge()
    clock.later = timedelta(minutes=1)
    job.step()
    assert absent.kinds() == ["OPENED", "WITHDRAWN"]
    absent.person(3)
    absent.round = lambda: None
    absent.go(5, present=(HEAD, PERSON))
    del absent.round
    job.step()
    clock.later = EVERYBODY
    job.step()
    assert absent.kinds(2, 3) == ["OPENED"]


@one_database
def test_who_waits_to_be_judged_is_asked_again_in_the_next_round(absent, work, clock, caplog):
    caplog.set_level(logging.INFO)
    job = CaseRounds(work)
    absent.punch(HEAD, MONDAY + timedelta(days=1), hours=(12,))
    job.step()
    assert (absent.cases(), caplog.messages) == (
        [], ["cases: 1 people wait until their days are judged again"],
    )  # fmt: skip
    absent.judge()
    clock.later = timedelta(minutes=1)
    job.step()
    assert absent.kinds() == ["OPENED"]


@one_database
def test_a_case_that_no_rule_keeps_any_more_does_not_hold_up_the_others(followed):
    followed.go(3)
    kept = [one for one in SHELF.documents if not isinstance(one, Service)]
    service = next(one for one in SHELF.documents if isinstance(one, Service))
    late = replace(service, valid_from=MONDAY + timedelta(days=4))
    followed.shelf = Shelf((*kept, late))
    followed.person(3)
    followed.round = lambda: None
    followed.go(6, present=(HEAD, PERSON))
    del followed.round
    with pytest.raises(StoreError, match="cases of 1 people were left alone"):
        followed.round()
    assert followed.kinds(2, 3) == ["OPENED"]


@one_database
def test_two_admins_approve_where_the_rules_ask_for_two(followed):
    followed.rules(approvers=2)
    followed.go(3)
    followed.told()
    followed.go(16, present=(HEAD, PERSON), each=False)
    pending = followed.state().waiting(Step.REPRIMAND)
    followed.approve(Step.REPRIMAND, ANI)
    assert followed.state().waiting(Step.REPRIMAND).approvals == (ANI,)
    with pytest.raises(NotAllowed, match="another one must"):
        followed.approve(Step.REPRIMAND, ANI)
    followed.approve(Step.REPRIMAND, BUDI)
    assert followed.state().of(Step.REPRIMAND)[0].number == pending.number
    letter = Letter("800/9", followed.today)
    with pytest.raises(NotAllowed, match="waits for no approval"):
        followed.do(
            lambda state, ask: deeds.approve(
                state, ask, BUDI, of=pending.number, why="x", letter=letter
            )
        )


def test_an_absence_that_is_proven_again_opens_another_case(followed):
    followed.go(3)
    followed.excuse(PERSON, MONDAY, MONDAY)
    followed.round()
    assert followed.state().phase == "WITHDRAWN"
    followed.unexcuse(1)
    followed.round()
    assert [one.state for one in followed.cases()] == ["WITHDRAWN", "OPEN"]
    assert followed.kinds(2) == ["OPENED"]
    assert {row.case_id for row in followed.rows(case_events)} == {1, 2}


def test_the_centre_writes_that_it_is_awake(work, followed, clock):
    centre_day(work)
    clock.later = timedelta(hours=2)
    centre_day(work)
    (row,) = followed.rows(centre_days)
    assert (row.day, row.longest_silence_s) == (MONDAY, 9 * 3_600)  # from midnight to nine
    assert row.last_at == followed.now + timedelta(hours=2)
