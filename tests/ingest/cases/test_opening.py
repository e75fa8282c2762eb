"""A case from real punches and coverage: opened once, and only on days that are proven."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from followed import HEAD, MONDAY, PERSON, nip
from sqlalchemy import delete, insert, update

from ingest.store import audit, tables
from ingest.store.case_checks import case_faults, chain_faults
from ingest.store.database import reading, writing
from ingest.store.tables_cases import case_events, case_notices

THREE = tuple(MONDAY + timedelta(days=n) for n in range(3))


def test_a_case_opens_when_the_third_day_is_over_and_tells_person_and_superior(followed):
    followed.go(2)
    assert followed.cases() == []
    followed.go(1)
    (case,) = followed.cases()
    assert (case.nip, case.office, case.state, case.opened_on) == (
        nip(PERSON), "A", "OPEN", date(2026, 3, 5),
    )  # fmt: skip
    assert followed.state().days == THREE
    told = {(one.what, one.nip) for one in followed.rows(case_notices)}
    assert told == {("warning", nip(PERSON)), ("knowledge", nip(HEAD))}


def test_its_facts_are_the_terminals_and_what_the_day_was_judged_from(followed):
    followed.go(3)
    (row,) = followed.rows(case_events)
    days = row.body["facts"]["days"]
    assert [one["day"] for one in days] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert all(one["status"] == "ABSENT" and len(one["ground"]) == 64 for one in days)
    assert days[0]["terminals"] == [{"terminal": "T1", "complete": True, "why": "lengkap"}]
    assert len({one["ground"] for one in days}) == 3


def test_who_comes_has_none_and_the_next_round_changes_nothing(followed):
    followed.go(3)
    again = followed.round()
    assert (again.wrote, len(followed.rows(case_events))) == (0, 1)
    followed.go(1, present=(HEAD, PERSON))
    assert followed.kinds() == ["OPENED"]


@pytest.mark.parametrize("way", ["unread", "calendar", "terminal"])
def test_no_case_stands_on_a_day_that_is_not_proven(followed, way):
    if way == "calendar":
        with writing(followed.engine) as connection:
            connection.execute(update(tables.calendar_years).values(confirmed_at=None))
    if way == "terminal":
        with writing(followed.engine) as connection:
            connection.execute(
                insert(tables.terminals).values(
                    id=2, serial="T2", name="belakang", office="A", registered=True,
                    counts_from=date(2026, 1, 1), first_seen_at=followed.now,
                )
            )  # fmt: skip
    followed.go(5, read=way != "unread")
    assert followed.cases() == []
    if way == "unread":  # and when the file comes in, it opens
        followed.read()
        with writing(followed.engine) as connection:
            connection.execute(
                insert(tables.dirty_offices),
                [{"office": "A", "day": MONDAY + timedelta(days=n)} for n in range(5)],
            )
        followed.judge()
        followed.round()
        assert len(followed.state().days) == 5


def test_nobody_is_asked_while_one_of_his_days_waits_to_be_judged_again(followed):
    followed.go(2)
    followed.today += timedelta(days=1)
    followed.read()
    followed.judge()
    followed.punch(PERSON, MONDAY)
    assert (followed.round().waiting, followed.cases()) == (1, [])
    followed.judge()
    assert (followed.round().waiting, followed.cases()) == (0, [])


def test_a_day_that_is_stored_otherwise_than_it_would_be_judged_is_marked(followed):
    followed.go(2)
    followed.today += timedelta(days=1)
    followed.read()
    followed.judge()
    followed.punch(PERSON, MONDAY)
    with writing(followed.engine) as connection:  # a mark that was lost
        connection.execute(delete(tables.dirty_punches))
    assert (followed.round().waiting, followed.cases()) == (1, [])
    assert [(row.day, row.person_id) for row in followed.rows(tables.dirty_people)] == [
        (MONDAY, PERSON)
    ]


def test_two_at_once_open_one_case(followed):
    followed.go(2)
    followed.today += timedelta(days=1)
    followed.read()
    followed.judge()
    start, wrote = Barrier(2), []

    def go():
        start.wait(10)
        wrote.append(followed.round().wrote)

    threads = [Thread(target=go) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(wrote) == [0, 1]
    assert len(followed.cases()) == len(followed.rows(case_events)) == 1


def test_what_the_machine_does_is_in_the_audit_log_and_verifies(followed):
    followed.go(5)
    assert followed.kinds() == ["OPENED", "CONTINUED", "CONTINUED"]
    with reading(followed.engine) as connection:
        lines = audit.find(connection, subject=f"nip {nip(PERSON)}")
        assert [(one.what, one.role, one.details["events"]) for one in lines] == [
            ("cases.run", "service", ["OPENED"]),
            ("cases.run", "service", ["CONTINUED"]),
            ("cases.run", "service", ["CONTINUED"]),
        ]
        assert list(chain_faults(connection)) == []
        assert list(case_faults(connection, followed.seal.fingerprint)) == []


def test_no_log_line_names_anybody(followed, caplog):
    caplog.set_level("DEBUG")
    followed.go(4)
    followed.punch(PERSON, MONDAY)
    followed.round()
    text = "\n".join(caplog.messages)
    assert nip(PERSON) not in text
    assert "Orang" not in text
