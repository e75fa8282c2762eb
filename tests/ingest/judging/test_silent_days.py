"""A day on which nobody of an office touched anything: its terminals may have had no electricity.

Such a terminal keeps its log, which is read unbroken afterwards; that nobody touched it is proven,
and proves nothing.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ingest.days.bulk import evaluate_many
from ingest.days.month import Mark, month_of
from ingest.rules import Status
from ingest.store import tables
from ingest.store.tables_time import (
    roster_days,
    scheme_terms,
    scheme_uses,
    service_breaks,
    shifts,
)

TUESDAY = date(2026, 3, 3)


@pytest.fixture
def office(scene: Any) -> Any:
    """An office of three, whose terminal was read to the end."""
    scene.door = scene.terminal()
    scene.team = [scene.person(f"Pegawai {n}", str(n)) for n in range(3)]
    return scene


def roster(scene: Any, person: int, day: date, code: str, start: str, end: str) -> None:
    if not scene.connection.scalar(select(shifts.c.code)):
        scene.add(shifts, code=code, name=code, body={"start": start, "end": end})
        scene.add(tables.schemes, code="piket", name="Piket")
        scene.add(scheme_terms, scheme="piket", valid_from=date(2026, 1, 1), body={"roster": True})
    scene.add(scheme_uses, person_id=person, scheme="piket", first=date(2026, 1, 1))
    scene.add(roster_days, person_id=person, day=day, shift=code)


def statuses(found: dict[int, Any]) -> set[Status]:
    return {one.status for one in found.values()}


def test_nobody_is_absent_where_nobody_touched_anything(office: Any) -> None:
    found = office.evaluate()
    assert statuses(found) == {Status.UNVERIFIED}
    [reason] = found[office.team[0]].because
    assert reason.code == "silent"
    assert reason.text == (
        "tidak ada satu pun rekaman pada semua mesin kantor ini, padahal 3 pegawai harus masuk; "
        "mesin mungkin mati"
    )


def test_one_touch_of_anybody_shows_that_a_terminal_was_alive(office: Any) -> None:
    office.punch(office.door, "1", "07:25", "16:05")
    found = office.evaluate()
    assert found[office.team[1]].status is Status.PRESENT
    assert found[office.team[0]].status is Status.ABSENT


def test_two_may_both_stay_away(office: Any) -> None:
    office.add(
        service_breaks, person_id=office.team[0], first=TUESDAY, kind="ended", letter="800/1"
    )
    found = office.evaluate()
    assert [found[one].status for one in office.team[1:]] == [Status.ABSENT, Status.ABSENT]


def test_a_touch_of_another_office_shows_nothing(office: Any) -> None:
    other = office.terminal("T9", office=office.add_office("7.02"))
    office.map("1", office.person("Dewi", office="7.02"), other)
    office.punch(other, "1", "07:25")
    assert statuses(office.evaluate()) == {Status.UNVERIFIED}


def test_a_day_off_on_which_nobody_came_is_nothing_strange(office: Any) -> None:
    sunday = TUESDAY - timedelta(days=2)
    assert statuses(office.evaluate(day=sunday)) == {Status.OFF}


def test_a_night_shift_waits_where_its_morning_was_silent(office: Any) -> None:
    """Nobody of the shift can have left by a terminal that was dead on that morning."""
    nurse, monday = office.person("Citra", "7"), TUESDAY - timedelta(days=1)
    roster(office, nurse, monday, "M", "21:00", "07:00")
    office.punch(office.door, "1", "2026-03-02 07:25")
    found = office.evaluate(day=monday)
    assert found[nurse].status is Status.UNVERIFIED
    assert {one.code for one in found[nurse].because} == {"silent"}


def test_shifts_of_a_day_off_count_as_people_who_had_to_come(office: Any) -> None:
    sunday = TUESDAY - timedelta(days=2)
    for one in office.team:
        roster(office, one, sunday, "P", "07:00", "14:00")
    assert statuses(office.evaluate(day=sunday)) == {Status.UNVERIFIED}


def test_it_is_said_of_no_day_that_is_not_over(office: Any) -> None:
    office.now = office.at("12:00")
    found = office.evaluate()
    assert "silent" not in {one.code for one in found[office.team[0]].because}


def test_what_is_not_read_yet_is_not_called_silent(office: Any) -> None:
    office.terminal("T2", read_until="12:00")
    found = office.evaluate()
    assert {one.code for one in found[office.team[0]].because} == {"behind"}


def test_the_statement_leaves_a_silent_day_to_the_way_that_explains(office: Any) -> None:
    evaluate_many(
        office.connection, [(office.office, TUESDAY)], now=office.now, settings=office.settings
    )
    assert statuses(office.evaluate()) == {Status.UNVERIFIED}


def test_the_calendar_of_the_month_says_so(office: Any) -> None:
    [month] = month_of(
        office.connection, offices=[office.office], day=TUESDAY, now=office.now,
        settings=office.settings,
    )  # fmt: skip
    day = month.days[TUESDAY.day - 1]
    assert day.mark is Mark.GAP
    assert [one.code for one in day.reasons] == ["silent"]
