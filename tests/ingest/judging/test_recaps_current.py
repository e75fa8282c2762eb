"""A recap shows what is true now: what is written, and what waits to be judged, judged for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from ingest import reporting
from ingest.coverage import Reason
from ingest.reports import REPORTS, Asked, Scope, Table
from ingest.reports.judged import Judged
from ingest.store import reported, tables
from ingest.store.days import StoredDay, put_days
from ingest.store.tables_time import excuses

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
OFFICE, OTHER = "4.01.01", "4.01.02"


@pytest.fixture
def office(scene: Any) -> Any:
    """Ani and Budi at one terminal that is read to the end; Monday and Tuesday are judged."""
    door = scene.terminal("T1", read_until="2026-03-04 07:55")
    for number, name in enumerate(("Ani", "Budi"), 1):
        scene.person(name, str(number), door)
    scene.punch(door, "1", "2026-03-02 07:21", "2026-03-02 16:04", "07:20", "16:10")
    scene.punch(door, "2", "2026-03-02 08:10", "2026-03-02 15:30")
    for day in (MONDAY, TUESDAY):
        scene.evaluate(day=day)
    return scene


def built(
    scene: Any, name: str, day: date, *, offices: Sequence[str] = (OFFICE,), **asked: Any
) -> Table:
    alone = offices[0] if len(offices) == 1 else None
    within = Scope({one: f"Kantor {one}" for one in offices}, "x", alone)
    made = Asked(within, day, scene.now, scene.settings, reporting.load())
    found = REPORTS[name].make(scene.connection, replace(made, **asked))
    return replace(found, rows=list(found.rows))


def codes(table: Table, name: str, *days: int) -> list[Any]:
    (row,) = (one for one in table.rows if one["name"] == name)
    return [row[f"2026-03-{day:02}"] for day in days]


def write(scene: Any, **values: Any) -> None:
    days = tables.days
    scene.connection.execute(
        update(days)
        .where(days.c.day == MONDAY, days.c.person_id == person(scene, "Ani"))
        .values(**values)
    )


def person(scene: Any, name: str) -> int:
    people = tables.people
    return int(scene.connection.scalar(select(people.c.id).where(people.c.name == name)))


def marks(scene: Any) -> int:
    found = (tables.dirty_punches, tables.dirty_offices, tables.dirty_people)
    return sum(len(scene.connection.execute(select(one)).all()) for one in found)


def test_a_month_is_the_same_read_as_worked_out(office: Any) -> None:
    read = built(office, "monthly", MONDAY)
    office.connection.execute(delete(tables.days))
    anew = built(office, "monthly", MONDAY)
    assert list(read.rows) == list(anew.rows)
    assert codes(anew, "Budi", 2, 3) == ["TL2 PSW1", "TK"]


def test_what_waits_for_nothing_is_read_as_it_is_written(office: Any) -> None:
    write(office, status="LATE", late_minutes=95)
    found = built(office, "monthly", MONDAY)
    assert codes(found, "Ani", 2) == ["TL4"]


@pytest.mark.parametrize("mark", ["person", "office", "punch"])
def test_what_is_marked_is_worked_out_and_stays_marked(office: Any, mark: str) -> None:
    write(office, status="ABSENT", late_minutes=None)
    if mark == "person":
        office.add(tables.dirty_people, office=OFFICE, day=MONDAY, person_id=person(office, "Ani"))
    elif mark == "office":
        office.add(tables.dirty_offices, office=OFFICE, day=MONDAY)
    else:
        terminal = office.connection.scalar(select(tables.terminals.c.id))
        office.mark_user(terminal, "1", MONDAY)
    before = marks(office)
    found = built(office, "monthly", MONDAY)
    assert codes(found, "Ani", 2) == ["H"]
    assert "hari-kantor dihitung saat rekap ini dibuat" in "\n".join(found.notes)
    assert marks(office) == before
    written = select(tables.days.c.status).where(tables.days.c.day == MONDAY)
    assert "ABSENT" in office.connection.scalars(written).all()


def test_an_absence_of_another_office_is_not_believed_here(office: Any) -> None:
    office.add_office(OTHER)
    write(office, status="ABSENT", office=OTHER)
    assert codes(built(office, "monthly", MONDAY), "Ani", 2) == ["H"]


def test_a_day_left_open_before_it_ended_is_looked_at_again(office: Any) -> None:
    early = datetime(2026, 3, 2, 12, tzinfo=UTC)
    write(office, status="UNVERIFIED", late_minutes=None, evaluated_at=early)
    assert codes(built(office, "monthly", MONDAY), "Ani", 2) == ["H"]
    write(office, evaluated_at=early + timedelta(days=1))
    assert codes(built(office, "monthly", MONDAY), "Ani", 2) == ["?"]


def test_too_much_that_waits_is_shown_as_not_verified(office: Any) -> None:
    office.connection.execute(delete(tables.days))
    judged = Judged(
        office.connection,
        [OFFICE],
        date(2026, 3, 1),
        TUESDAY,
        now=office.now,
        settings=office.settings,
        most_anew=1,
    )
    found = {one.name: days for one, days in judged}
    assert [found["Budi"][day].status for day in (date(2026, 3, 1), MONDAY)] == [
        "OFF",
        "UNVERIFIED",
    ]
    assert (judged.worked_out, judged.waiting) == (1, 4)
    assert "4 hari pegawai masih menunggu penilaian" in "\n".join(judged.notes())


def test_a_month_in_the_archive_is_shown_as_it_was_judged(office: Any) -> None:
    office.add(
        tables.archived_months,
        month=date(2026, 3, 1),
        rows=1,
        first_batch=1,
        last_batch=1,
        sha256="0" * 64,
        file="x",
        archived_at=datetime(2026, 3, 4, tzinfo=UTC),
    )
    office.add(tables.dirty_offices, office=OFFICE, day=MONDAY)
    found = built(office, "monthly", MONDAY)
    assert codes(found, "Ani", 2) == ["H"]
    assert "2 hari pegawai ada di bulan yang sudah diarsipkan" in "\n".join(found.notes)


def test_who_moved_stands_in_both_offices_with_the_days_of_each(office: Any) -> None:
    office.add_office(OTHER)
    who = person(office, "Ani")
    office.connection.execute(
        update(tables.assignments)
        .where(tables.assignments.c.person_id == who)
        .values(valid_until=MONDAY)
    )
    office.serve(who, OTHER, TUESDAY)
    found = built(office, "monthly", MONDAY, offices=(OFFICE, OTHER))
    rows = [one for one in found.rows if one["name"] == "Ani"]
    assert [(one["office"], one["2026-03-02"]) for one in rows] == [(OFFICE, "H"), (OTHER, ".")]
    assert rows[0]["2026-03-03"] == "."
    assert rows[1]["2026-03-03"] != "."
    assert found.people == 2


def test_of_two_assignments_at_once_the_later_one_holds(scene: Any) -> None:
    scene.add_office(OTHER)
    who = scene.person("Ani")
    scene.serve(who, OTHER, date(2026, 3, 10), date(2026, 3, 12))
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    here, there = reported.find_members(scene.connection, {OFFICE, OTHER}, first, last)
    assert here.spans == ((first, date(2026, 3, 9)), (date(2026, 3, 13), last))
    assert there.spans == ((date(2026, 3, 10), date(2026, 3, 12)),)
    (alone,) = reported.find_members(scene.connection, {OFFICE}, first, last)
    assert alone == here


@pytest.mark.parametrize(
    ("status", "reasons", "marked"),
    [
        ("PRESENT", [("touches", "x"), ("adjusted", "Bu Kepala")], True),
        ("UNVERIFIED", [("resolved", "x")], True),
        ("LATE", [("excuse", "izin pukul 07.30-09.00")], True),
        ("LEAVE", [("excuse", "cuti")], False),
        ("PRESENT", [("touches", 'kata "adjusted" dan "excuse"')], False),
    ],
)
def test_what_a_person_decided_is_told_from_what_is_written(
    scene: Any, status: str, reasons: list[tuple[str, str]], marked: bool
) -> None:
    who = scene.person("Ani")
    because = tuple(Reason(*one) for one in reasons)
    row = StoredDay(who, MONDAY, OFFICE, status, None, None, 0, 0, because)
    put_days(scene.connection, [row], now=scene.now)
    found = reported.find_written(scene.connection, [who], MONDAY, MONDAY)
    assert found[who][MONDAY].known.corrected is marked


def test_an_excuse_prints_its_own_code_until_it_is_taken_back(scene: Any) -> None:
    who = scene.person("Ani")
    row = StoredDay(who, MONDAY, OFFICE, "LEAVE", None, None, None, None, ())
    put_days(scene.connection, [row], now=scene.now)
    give(scene, 1, "give", None)
    forms = replace(reporting.load(), types={"CT": "CT"})
    assert codes(built(scene, "monthly", MONDAY, forms=forms), "Ani", 2) == ["CT"]
    assert codes(built(scene, "monthly", MONDAY), "Ani", 2) == ["C"]
    give(scene, 2, "withdraw", 1)
    assert codes(built(scene, "monthly", MONDAY, forms=forms), "Ani", 2) == ["C"]


def give(scene: Any, number: int, kind: str, withdraws: int | None) -> None:
    seal = "a" * 32
    if number == 1:
        scene.add(tables.seals, fingerprint=seal, public_key=b"", made_at=scene.now, signature=b"x")
    scene.connection.execute(
        insert(excuses).values(
            id=number,
            kind=kind,
            withdraws=withdraws,
            nip=scene.nip(1),
            type="CT",
            first=MONDAY,
            last=MONDAY,
            approver="x",
            why="x",
            letter="x",
            who="x",
            os_user="x",
            at=scene.now,
            seal=seal,
            previous=b"",
            digest=bytes([number]),
            signature=b"",
        )
    )


@pytest.mark.parametrize(
    ("day", "last"), [(date(2026, 2, 14), 28), (date(2028, 2, 1), 29), (date(2026, 12, 31), 31)]
)
def test_a_month_has_as_many_columns_as_days(scene: Any, day: date, last: int) -> None:
    table = built(scene, "monthly", day)
    assert [one.label for one in table.columns if one.kind == "code"][-1] == str(last)
    assert list(table.rows) == []


def test_a_year_counts_each_day_in_its_month(office: Any) -> None:
    table = built(office, "year", date(2026, 12, 31), nip=office.nip(2))
    by_month = {row["month"]: row for row in table.rows}
    assert (by_month["Maret"]["TL2"], by_month["Maret"]["PSW1"], by_month["Maret"]["TK"]) == (
        1, 1, 1,
    )  # fmt: skip
    assert by_month["Maret"]["late_minutes"] == 40
    assert by_month["Desember"]["H"] == 0


def test_attendance_leaves_out_what_waits_and_today(office: Any) -> None:
    table = built(office, "trend", MONDAY)
    (march,) = table.rows
    assert (march["due"], march["present"], march["absent"]) == (4, 3, 1)
    assert str(march["present_percent"]) == "75.0"
    office.add(tables.dirty_offices, office=OFFICE, day=TUESDAY)
    table = built(office, "trend", MONDAY)
    (march,) = table.rows
    assert (march["due"], march["present"], march["absent"]) == (2, 2, 0)
    assert "1 hari-kantor menunggu penilaian ulang" in "\n".join(table.notes)


def test_attendance_by_weekday_is_shown_of_each_office_and_of_all(office: Any) -> None:
    office.add_office(OTHER)
    office.person("Cici", office=OTHER)
    office.evaluate(day=MONDAY)
    one = built(office, "weekdays", MONDAY)
    assert [(row["office"], row["0"], row["1"]) for row in one.rows] == [(OFFICE, 100, 50)]
    assert one.charts[0].labels == ("Senin", "Selasa")
    assert one.charts[0].series[0].values == (100.0, 50.0)
    empty = built(office, "weekdays", MONDAY, offices=(OTHER,))
    assert [row["name"] for row in empty.rows] == ["Semua"]
    assert empty.charts[0].labels == ()


class TestUnseen:
    def test_lists_who_had_to_come_and_was_not_seen(self, office: Any) -> None:
        table = built(office, "unseen", TUESDAY, unseen_days=1)
        (row,) = table.rows
        assert (row["name"], row["days_absent"], row["last_seen"]) == ("Budi", 1, MONDAY)
        assert row["user_ids"] == 1
        assert built(office, "unseen", TUESDAY, unseen_days=2).rows == []

    def test_who_was_excused_all_the_while_is_not_listed(self, office: Any) -> None:
        days = tables.days
        office.connection.execute(update(days).where(days.c.day == TUESDAY).values(status="LEAVE"))
        assert built(office, "unseen", TUESDAY, unseen_days=1).rows == []

    def test_today_is_not_over_for_anybody(self, office: Any) -> None:
        office.now = office.at("2026-03-03 12:00")
        assert "sampai 2 Maret 2026" in built(office, "unseen", TUESDAY, unseen_days=1).title

    def test_a_span_reaches_over_new_year(self, office: Any) -> None:
        office.now = office.at("2026-01-09 08:00")
        table = built(office, "unseen", date(2026, 1, 8), unseen_days=14)
        assert [row["name"] for row in table.rows] == ["Ani", "Budi"]


def test_terminals_tell_what_is_known_of_them(office: Any) -> None:
    office.heard("2026-03-04 07:55", "T1", "no answer")
    (row,) = built(office, "terminals", MONDAY).rows
    assert (row["serial"], row["complete"], row["not-yet"], row["fault"]) == (
        "T1", 3, 1, "no answer",
    )  # fmt: skip
    assert row["known_until"] == office.at("2026-03-04 07:55")


def test_user_ids_of_nobody_are_those_of_the_offices_asked_for(office: Any) -> None:
    terminal = office.connection.scalar(select(tables.terminals.c.id))
    office.punch(terminal, "77", "07:11")
    office.add_office(OTHER)
    assert [row["user_id"] for row in built(office, "unmapped", MONDAY).rows] == ["77"]
    assert built(office, "unmapped", MONDAY, offices=(OTHER,)).rows == []
