"""People move between offices, and leave: their days stay theirs, on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from followed import EPOCH, MONDAY, OFFICE, PERSON, SHELF, Followed, nip
from sqlalchemy import Engine, select, update

from ingest.days import evaluate_dirty, evaluate_many
from ingest.imports.people import COLUMNS, import_people
from ingest.imports.sheet import parse_sheet
from ingest.reports.discipline import Result, Year, count_one
from ingest.store import service_breaks, tables
from ingest.store.database import reading, writing

OTHER = "B"


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


class Moving(Followed):
    """The same with a second office, which has a terminal of its own."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        with writing(engine) as connection:
            self._add(connection, tables.offices, code=OTHER, name="Badan", scheme="5-hari")
            self._add(
                connection, tables.terminals, id=2, serial="T2", name="pintu", office=OTHER,
                registered=True, counts_from=date(2026, 1, 1), first_seen_at=EPOCH,
            )  # fmt: skip
            self._add(
                connection, tables.coverage, terminal_id=2, bridge_id=1,
                since=datetime(2026, 1, 5, tzinfo=UTC), until=self._moment(MONDAY),
                on_terminal=1, taken=1, parked=0, clock_offset_s=0, read_at=self._moment(MONDAY),
                received_at=self._moment(MONDAY), source="poll", note="",
            )  # fmt: skip

    def judge(self, *days: date) -> None:
        """Judge these days (yesterday, where none is named) of both offices, and what is marked."""
        asked = days or (self.today - timedelta(days=1),)
        for office in (OFFICE, OTHER):
            self.again(office, list(asked))
        evaluate_dirty(self.engine, now=self.now, settings=self.settings())

    def again(self, office: str, days: list[date]) -> None:
        with writing(self.engine) as connection:
            evaluate_many(
                connection, [(office, one) for one in days], now=self.now, settings=self.settings()
            )

    def move(self, office: str, since: date) -> None:
        """Let an admin take the row of a move, and judge what it marks."""
        header = "nip,name,kind,office,superior_nip,from"
        text = f"{header}\n{nip(PERSON)},Orang 2,PNS,{office},,{since}\n"
        with writing(self.engine) as connection:
            sheet = parse_sheet(text.encode(), "pindah.csv", COLUMNS)
            import_people(connection, sheet, today=self.today)
        evaluate_dirty(self.engine, now=self.now, settings=self.settings())

    def leave(self, kind: str, first: date, last: date | None = None) -> int:
        with writing(self.engine) as connection:
            number, _ = service_breaks.add(
                connection, PERSON, kind, first, last, letter="882/7", today=self.today
            )
        evaluate_dirty(self.engine, now=self.now, settings=self.settings())
        return number

    def read_until(self, terminal: int, until: date) -> None:
        """Let a terminal be known up to the morning of a day, and no further."""
        with writing(self.engine) as connection:
            moment = self._moment(until)
            connection.execute(
                update(tables.coverage)
                .where(tables.coverage.c.terminal_id == terminal)
                .values(until=moment, read_at=moment)
            )

    def unmap(self, last: date) -> None:
        """Let the person's user id on the terminal of the first office end."""
        with writing(self.engine) as connection:
            connection.execute(
                update(tables.user_ids)
                .where(tables.user_ids.c.person_id == PERSON)
                .values(valid_until=last)
            )

    def map(self, terminal: int, first: date) -> None:
        """Let the person have a user id on another terminal."""
        with writing(self.engine) as connection:
            self._add(
                connection, tables.user_ids, terminal_id=terminal, user_id="77",
                person_id=PERSON, valid_from=first,
            )  # fmt: skip

    def days(self) -> dict[date, tuple[str, str]]:
        table = tables.days
        query = (
            select(table.c.day, table.c.office, table.c.status)
            .where(table.c.person_id == PERSON, table.c.day < self.today)
            .order_by(table.c.day)
        )
        with reading(self.engine) as connection:
            return {row.day: (row.office, row.status) for row in connection.execute(query)}

    def count(self) -> Result:
        with reading(self.engine) as connection:
            return count_one(connection, SHELF, Year(2026, self.today), nip=nip(PERSON))


@pytest.fixture
def moving(engine: Engine) -> Any:
    return Moving(engine)


def test_a_streak_goes_on_through_a_move_and_each_day_is_of_its_office(moving: Moving) -> None:
    moving.go(2)
    moving.move(OTHER, day(2))
    moving.go(3)
    assert moving.days() == {day(n): (OFFICE if n < 2 else OTHER, "ABSENT") for n in range(5)}
    assert moving.count().tally.longest_streak == 5
    (case,) = moving.cases()
    assert case.office == OTHER, "it opened on the third day, which is of the new office"
    assert set(moving.state().days) == {day(n) for n in range(5)}


def test_coverage_is_asked_of_the_office_of_each_day(moving: Moving) -> None:
    """The new office's terminal is not read: what is open are its days alone, and no others."""
    moving.go(2, each=False)
    moving.move(OTHER, day(2))
    for _ in range(3):
        moving.today += timedelta(days=1)
        moving.read()
        moving.read_until(2, day(2))
        moving.judge()
    statuses = {one: status for one, (_, status) in moving.days().items()}
    assert [statuses[day(n)] for n in range(5)] == ["ABSENT"] * 2 + ["UNVERIFIED"] * 3
    assert moving.count().tally.longest_streak == 2
    moving.round()
    assert [one for one in moving.cases() if one.person_id == PERSON] == []
    moving.read_until(1, day(2))  # the old office's terminal is silent after the move
    moving.read_until(2, day(5))
    theirs = [day(n) for n in range(2, 5)]
    moving.again(OTHER, theirs)
    assert moving.count().tally.unverified == 3, "he still has a user id there: he may have touched"
    moving.unmap(day(1))
    moving.again(OTHER, theirs)
    assert moving.count().tally.unverified == 3, "he has no user id anywhere: nobody can tell"
    moving.map(2, day(2))
    moving.again(OTHER, theirs)
    assert moving.count().tally.longest_streak == 5


def test_a_move_that_is_told_late_changes_the_office_of_days_judged_before(
    moving: Moving,
) -> None:
    moving.go(4, each=False)
    assert {office for office, _ in moving.days().values()} == {OFFICE}
    moving.move(OTHER, day(1))
    assert {one: office for one, (office, _) in moving.days().items()} == {
        day(0): OFFICE, day(1): OTHER, day(2): OTHER, day(3): OTHER,
    }  # fmt: skip
    assert moving.count().tally.longest_streak == 4


@pytest.mark.parametrize(("kind", "status"), [("ended", "ENDED"), ("suspended", "SUSPENDED")])
def test_who_died_or_is_suspended_is_not_counted_further(
    moving: Moving, kind: str, status: str
) -> None:
    moving.go(5, each=False)
    assert moving.count().tally.longest_streak == 5
    moving.leave(kind, day(2))
    moving.go(3, each=False)
    assert {one: known for one, (_, known) in moving.days().items()} == {
        day(0): "ABSENT", day(1): "ABSENT", **{day(n): status for n in range(2, 8)},
    }  # fmt: skip
    found = moving.count().tally
    assert (found.longest_streak, found.absent) == (2, (day(0), day(1)))
    assert found.warnings == ()
    moving.round()
    assert [one.state for one in moving.cases()] == ["WITHDRAWN"]


def test_a_suspension_neither_counts_nor_breaks_a_streak(moving: Moving) -> None:
    moving.go(2, each=False)
    moving.leave("suspended", day(2), day(3))
    moving.go(3, each=False)
    assert [status for _, status in moving.days().values()] == [
        "ABSENT", "ABSENT", "SUSPENDED", "SUSPENDED", "ABSENT",
    ]  # fmt: skip
    assert moving.count().tally.longest_streak == 3


def test_a_break_taken_away_gives_the_days_back(moving: Moving) -> None:
    moving.go(3, each=False)
    number = moving.leave("ended", day(0))
    assert moving.count().tally.absent == ()
    with writing(moving.engine) as connection:
        service_breaks.remove(connection, number, today=moving.today)
    evaluate_dirty(moving.engine, now=moving.now, settings=moving.settings())
    assert len(moving.count().tally.absent) == 3
