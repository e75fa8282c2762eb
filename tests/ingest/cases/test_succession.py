"""Who comes to answer for a person while a case is open: told, from what the store knows."""

from contextlib import contextmanager
from datetime import date

import pytest
from followed import HEAD, MONDAY, PERSON, nip
from sqlalchemy import insert, update

from ingest.casework import Dossier
from ingest.discipline.cases import Addressee, Step
from ingest.store import tables
from ingest.store.database import reading, writing
from ingest.store.plans import SUSPENDED
from ingest.store.tables_cases import case_notices
from ingest.store.tables_time import service_breaks, stand_ins

NEW, BOSS, ELSEWHERE = 3, 4, 5
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def opened(followed):
    """A case whose warning was received on the day it opened, and somebody else of the office."""
    followed.person(NEW)
    followed.go(3, present=(HEAD, NEW)).told()
    return followed


def come(followed, days):
    return followed.go(days, present=(HEAD, PERSON, NEW))


def put_under(followed, superior, person=PERSON):
    with writing(followed.engine) as connection:
        connection.execute(
            update(tables.assignments)
            .where(tables.assignments.c.person_id == person)
            .values(superior_id=superior)
        )


def new_ones(followed):
    rows = followed.rows(case_notices)
    return [(one.what, one.nip, one.office) for one in rows if one.event > 1]


@one_database
def test_a_new_superior_is_told_and_reprimanded_only_after_his_own_time(opened):
    put_under(opened, NEW)
    come(opened, 1)
    assert opened.kinds() == ["OPENED", "TOLD", "SUCCEEDED"]
    assert new_ones(opened) == [("knowledge", nip(NEW), None)]
    come(opened, 20)
    assert opened.state().pending == ()
    opened.told(of=3, to=Addressee("atasan langsung", nip=nip(NEW)))
    come(opened, 16)
    (pending,) = opened.state().pending
    assert (pending.proposal.step, pending.proposal.concerns) == (Step.REPRIMAND, nip(NEW))


@one_database
def test_the_office_somebody_was_moved_to_is_told(opened):
    opened.open_office("B")
    opened.move("B", superior=NEW)
    opened.round()
    assert opened.kinds() == ["OPENED", "TOLD", "SUCCEEDED", "SUCCEEDED"]
    assert new_ones(opened) == [("knowledge", nip(NEW), None), ("knowledge", None, "B")]
    assert opened.state().subject.office == "A"


@one_database
def test_nothing_is_told_while_nothing_changes(opened):
    come(opened, 3)
    assert opened.kinds() == ["OPENED", "TOLD"]


@one_database
@pytest.mark.parametrize("stands_in", [None, HEAD])
def test_the_proposal_goes_above_who_was_reprimanded_and_not_above_who_answers_now(
    opened, stands_in
):
    """HEAD, who stays, is reprimanded; the person gets NEW, who is under somebody else. BOSS is
    above HEAD: there, or away with somebody in his place."""
    for person in (BOSS, ELSEWHERE):
        opened.person(person)
    put_under(opened, BOSS, HEAD)
    put_under(opened, ELSEWHERE, NEW)
    put_under(opened, ELSEWHERE, BOSS)
    opened.go(16, present=(HEAD, PERSON, NEW), each=False)
    opened.approve(Step.REPRIMAND)
    opened.approve(Step.OFFICE_LETTER)
    put_under(opened, NEW)
    if stands_in is not None:
        with writing(opened.engine) as connection:
            until_further_notice = {"first": MONDAY, "letter": "1", "person_id": BOSS}
            connection.execute(
                insert(service_breaks).values(kind=SUSPENDED, **until_further_notice)
            )
            connection.execute(
                insert(stand_ins).values(stand_in_id=stands_in, how="plh", **until_further_notice)
            )
    opened.go(29, present=(HEAD, PERSON, NEW, BOSS, ELSEWHERE), each=False)
    (pending,) = opened.state().pending
    assert (pending.proposal.step, pending.proposal.concerns) == (Step.SUPERIOR_PROPOSAL, nip(HEAD))
    (to,) = pending.proposal.to
    meant = {None: BOSS, HEAD: ELSEWHERE}[stands_in]
    assert to.nip == nip(meant)
    assert to.role == {
        BOSS: "atasan langsung dari yang ditegur", ELSEWHERE: "atasan tingkat 2 dari yang ditegur",
    }[meant]  # fmt: skip


@contextmanager
def situation(followed):
    with reading(followed.engine) as connection:
        yield Dossier(connection, followed.keeping(), PERSON, look=True).situation(1)


def begins_anew(followed, terminal, day):
    """Let what is known of a terminal begin anew in the morning of a day, which is not known."""
    with writing(followed.engine) as connection:
        connection.execute(
            update(tables.coverage)
            .where(tables.coverage.c.terminal_id == terminal)
            .values(since=followed._moment(day))
        )


@one_database
def test_the_days_of_clocks_are_those_of_the_office_where_he_serves_and_of_the_one_that_was_asked(
    opened,
):
    """The reprimand and the letter are of office A; then he moves to B, which has days of its own:
    those count for him, and A's for what A has to do."""
    opened.open_office("B")
    opened.go(16, present=(HEAD, PERSON, NEW), each=False)
    opened.approve(Step.REPRIMAND)
    opened.approve(Step.OFFICE_LETTER)
    with situation(opened) as now:
        assert (opened.today, now.asked) == (date(2026, 3, 21), {})
    opened.move("B", superior=NEW)
    with writing(opened.engine) as connection:
        for code, day in (("A", date(2026, 3, 24)), ("B", date(2026, 3, 25))):
            connection.execute(
                insert(tables.holidays).values(day=day, name="x", category="local", office=code)
            )
    opened.go(7, present=(HEAD, NEW), each=False)
    begins_anew(opened, 1, date(2026, 3, 22))
    begins_anew(opened, 2, date(2026, 3, 23))
    monday, tuesday, wednesday = (date(2026, 3, n) for n in (23, 24, 25))
    with situation(opened) as now:
        asked = now.asked["A"]
        for known, worked in ((now, [True, True, False]), (asked, [True, False, True])):
            assert [known.is_working(one) for one in (monday, tuesday, wednesday)] == worked
    assert now.paused[monday] == "data mesin kantor B tidak lengkap"
    assert monday not in asked.paused
    assert asked.paused[date(2026, 3, 22)] == "data mesin perangkat daerah tidak lengkap"
