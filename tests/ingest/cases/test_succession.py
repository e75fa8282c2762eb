"""Who comes to answer for a person while a case is open: told, from what the store knows."""

from datetime import timedelta

import pytest
from followed import HEAD, PERSON, nip
from sqlalchemy import insert, update

from ingest.discipline.cases import Addressee, Step
from ingest.store import tables
from ingest.store.database import writing
from ingest.store.tables_cases import case_notices

NEW = 3
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def opened(followed):
    """A case whose warning was received on the day it opened, and somebody else of the office."""
    followed.person(NEW)
    followed.go(3, present=(HEAD, NEW)).told()
    return followed


def come(followed, days):
    return followed.go(days, present=(HEAD, PERSON, NEW))


def put_under(followed, superior):
    with writing(followed.engine) as connection:
        connection.execute(
            update(tables.assignments)
            .where(tables.assignments.c.person_id == PERSON)
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
    with writing(opened.engine) as connection:
        connection.execute(insert(tables.offices).values(code="B", name="Badan", scheme="5-hari"))
        moved = tables.assignments.c.person_id == PERSON
        until = opened.today - timedelta(days=1)
        connection.execute(update(tables.assignments).where(moved).values(valid_until=until))
        connection.execute(
            insert(tables.assignments).values(
                person_id=PERSON, office="B", superior_id=NEW, valid_from=opened.today
            )
        )
    opened.round()
    assert opened.kinds() == ["OPENED", "TOLD", "SUCCEEDED", "SUCCEEDED"]
    assert new_ones(opened) == [("knowledge", nip(NEW), None), ("knowledge", None, "B")]
    assert opened.state().subject.office == "A"


@one_database
def test_nothing_is_told_while_nothing_changes(opened):
    come(opened, 3)
    assert opened.kinds() == ["OPENED", "TOLD"]
