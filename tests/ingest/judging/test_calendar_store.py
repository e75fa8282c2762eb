"""The calendar table: filled once, owned by people, and days are judged again when it changes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from ingest.calendar import Category
from ingest.errors import IngestError, NotKnown
from ingest.rules import Status
from ingest.store import tables, tables_time
from ingest.store.calendar import (
    add_free_day,
    confirm_year,
    find_free_days,
    find_years,
    is_confirmed,
    remove_free_day,
    seed_year,
)

TUESDAY = date(2026, 3, 3)


def marked(scene: Any) -> set[tuple[str, date]]:
    rows = scene.connection.execute(select(tables.dirty_offices)).all()
    return {(row.office, row.day) for row in rows}


@pytest.fixture
def empty(scene: Any) -> Any:
    scene.connection.execute(tables.calendar_years.delete())
    return scene


def test_a_year_holds_both_kinds_of_free_days(empty: Any) -> None:
    seeded = seed_year(empty.connection, 2026, now=empty.now)
    assert (seeded.added, seeded.already, seeded.warnings) == (25, False, ())
    found = {one.day: one.category for one in find_free_days(empty.connection, 2026)}
    assert found[date(2026, 3, 19)] is Category.PUBLIC
    assert found[date(2026, 3, 20)] is Category.GOVERNMENT


def test_a_year_with_estimates_is_filled_with_warnings(empty: Any) -> None:
    warnings = seed_year(empty.connection, 2027, now=empty.now).warnings
    assert any("10 Maret 2027: Hari Raya Idul Fitri (perkiraan)" in one for one in warnings)
    assert confirm_year(empty.connection, 2027, now=empty.now) == tuple(
        f"{one.day}: {one.name}"
        for one in find_free_days(empty.connection, 2027)
        if "(perkiraan)" in one.name
    )


def test_filling_again_never_touches_what_people_changed(empty: Any) -> None:
    seed_year(empty.connection, 2026, now=empty.now)
    remove_free_day(empty.connection, date(2026, 12, 24))
    add_free_day(empty.connection, date(2026, 9, 29), "Hari jadi", Category.LOCAL)
    before = find_free_days(empty.connection, 2026)
    again = seed_year(empty.connection, 2026, now=empty.now)
    assert (again.added, again.already) == (0, True)
    assert find_free_days(empty.connection, 2026) == before


def test_what_was_typed_in_before_filling_stands_once(empty: Any) -> None:
    name = "Hari Kemerdekaan Republik Indonesia"
    add_free_day(empty.connection, date(2026, 8, 17), name, Category.PUBLIC)
    assert seed_year(empty.connection, 2026, now=empty.now).added == 24


def test_filling_marks_the_days_that_could_not_be_judged(empty: Any) -> None:
    person = empty.person(user_id="12")
    empty.terminal()
    assert empty.evaluate()[person].status is Status.UNVERIFIED
    seed_year(empty.connection, 2026, now=empty.now)
    assert marked(empty) == {(empty.office, TUESDAY)}
    assert empty.evaluate()[person].status is Status.UNVERIFIED


def test_a_year_is_judged_once_a_person_confirmed_it(empty: Any) -> None:
    person = empty.person(user_id="12")
    empty.terminal()
    seed_year(empty.connection, 2026, now=empty.now)
    [why] = empty.evaluate()[person].because
    assert why.text == "kalender tahun 2026 belum dikonfirmasi"
    confirm_year(empty.connection, 2026, now=empty.now)
    assert (empty.office, TUESDAY) in marked(empty)
    assert empty.evaluate()[person].status is Status.ABSENT


def test_neither_a_shift_nor_a_special_day_of_work_is_judged_before_that(empty: Any) -> None:
    nurse, clerk = empty.person("Citra", "7"), empty.person("Ani", "12")
    empty.terminal()
    empty.add(tables.schemes, code="piket", name="Piket")
    empty.add(
        tables_time.scheme_terms, scheme="piket", valid_from=date(2026, 1, 1), body={"roster": True}
    )
    empty.add(tables_time.scheme_uses, person_id=nurse, scheme="piket", first=date(2026, 1, 1))
    hours = {"start": "07:00", "end": "14:00"}
    empty.add(tables_time.shifts, code="P", name="P", body=hours)
    empty.add(tables_time.roster_days, person_id=nurse, day=TUESDAY, shift="P")
    empty.add(
        tables_time.special_days, person_id=clerk, first=TUESDAY, last=TUESDAY, kind="work",
        name="Pengganti", letter="800/13", body=hours,
    )  # fmt: skip
    before = empty.evaluate()
    for person in (nurse, clerk):
        assert before[person].status is Status.UNVERIFIED
        assert before[person].because[0].text == "kalender tahun 2026 belum diisi"
    seed_year(empty.connection, 2026, now=empty.now)
    confirm_year(empty.connection, 2026, now=empty.now)
    after = empty.evaluate()
    assert [after[one].status for one in (nurse, clerk)] == [Status.ABSENT, Status.ABSENT]


def test_a_late_holiday_takes_an_absence_back(scene: Any) -> None:
    person = scene.person(user_id="12")
    scene.terminal()
    scene.evaluate()
    assert add_free_day(scene.connection, TUESDAY, "Libur", Category.GOVERNMENT)
    assert marked(scene) == {(scene.office, TUESDAY)}
    assert scene.evaluate()[person].status is Status.JOINT
    assert remove_free_day(scene.connection, TUESDAY, name="Libur") == ["Libur"]
    assert scene.evaluate()[person].status is Status.ABSENT


def test_a_holiday_of_one_office_marks_that_office(scene: Any) -> None:
    village = scene.add_office("7.02")
    scene.person("Ani", "12")
    scene.person("Budi", "13", office=village)
    scene.evaluate()
    scene.evaluate(office=village)
    add_free_day(scene.connection, TUESDAY, "Libur desa", Category.LOCAL, office=village)
    assert marked(scene) == {(village, TUESDAY)}


def test_the_same_free_day_is_added_once(scene: Any) -> None:
    assert add_free_day(scene.connection, TUESDAY, "Libur", Category.LOCAL)
    assert not add_free_day(scene.connection, TUESDAY, "Libur", Category.LOCAL)
    assert add_free_day(scene.connection, TUESDAY, "Libur", Category.LOCAL, office=scene.office)
    assert len(find_free_days(scene.connection, 2026)) == 2


def test_confirming_is_noted(scene: Any) -> None:
    scene.connection.execute(tables.calendar_years.update().values(confirmed_at=None))
    assert not is_confirmed(scene.connection, 2026)
    assert confirm_year(scene.connection, 2026, now=scene.now) == ()
    assert is_confirmed(scene.connection, 2026)
    assert [one.confirmed_at for one in find_years(scene.connection)] == [scene.now]


def test_what_cannot_be_is_named(scene: Any) -> None:
    with pytest.raises(NotKnown, match="calendar of 2031 is empty; run hadir-ingest calendar seed"):
        confirm_year(scene.connection, 2031, now=scene.now)
    with pytest.raises(NotKnown, match="does not hold any free day on 2026-03-03"):
        remove_free_day(scene.connection, TUESDAY)
    with pytest.raises(NotKnown, match=r'no office "9\.99"'):
        add_free_day(scene.connection, TUESDAY, "Libur", Category.LOCAL, office="9.99")
    with pytest.raises(IngestError, match="year 1900 cannot be filled"):
        seed_year(scene.connection, 1900, now=scene.now)
