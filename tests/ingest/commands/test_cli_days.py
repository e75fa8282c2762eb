"""The calendar, judged days, coverage, and what keeps days from being judged."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, update

from ingest.cli.reports import report
from ingest.reports import REPORTS
from ingest.store import tables

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)  # nine in the morning in Makassar, a Tuesday
ONE, TWO = "198609262015051001", "198609262015051002"
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


class TestCalendar:
    def test_a_year_is_filled_once_and_then_owned(self, run):
        assert run("calendar", "seed", "2026").stdout.startswith("2026: ")
        assert "2026-08-17" in {one["day"] for one in run.json("calendar", "list", "2026")}
        run("calendar", "remove", "2026-08-17", "--yes")
        run("calendar", "add", "2026-09-29", "Hari  jadi")
        assert "was filled before" in run("calendar", "seed", "2026").stdout
        found = {one["day"]: one for one in run.json("calendar", "list", "2026")}
        assert "2026-08-17" not in found
        assert found["2026-09-29"] == {
            "day": "2026-09-29", "name": "Hari jadi", "category": "local", "office": None,
        }  # fmt: skip
        assert "free before" in run("calendar", "add", "2026-09-29", "Hari jadi").stdout

    @one_database
    def test_a_year_is_confirmed_by_a_person(self, run):
        assert "not filled" in run("calendar", "list", "2026").stderr
        run("calendar", "seed", "2026")
        assert "not confirmed" in run("calendar", "list", "2026").stderr
        run("calendar", "confirm", "2026")
        assert run("calendar", "list", "2026").stderr == ""

    @one_database
    def test_removing_asks_first(self, run):
        run("calendar", "add", "2026-09-29", "Hari jadi")
        run("calendar", "remove", "2026-09-29", input="n\n", code=1)
        assert len(run.json("calendar", "list", "2026")) == 1


class TestDays:
    def test_are_judged_counted_and_explained(self, staffed):
        staffed("calendar", "seed", "2026")
        (row,) = staffed.json("days", "evaluate", "--office", "A", "--from", "2026-03-09")
        assert row == {
            "day": "2026-03-09", "office": "A", "people": 2, "statuses": {"UNVERIFIED": 2},
        }  # fmt: skip
        assert "UNVERIFIED 2" in staffed("days", "evaluate", "--from", "2026-03-09").stdout
        assert len(staffed.json("days", "evaluate", "--from", "2026-03-07")) == 2
        story = staffed("days", "explain", "19860926 201505 1 001", "2026-03-09").stdout
        assert "Belum terverifikasi" in story
        assert staffed.json("days", "explain", ONE, "2026-03-09")["status"] == "UNVERIFIED"

    def test_coverage_says_up_to_when_each_terminal_is_known(self, staffed, engine):
        (never,) = staffed.json("coverage", "--office", "A")
        assert (never["serial"], never["until"]) == ("S1", None)
        assert never["reasons"]
        staffed.bridge("A", "pc")
        with engine.begin() as connection:
            for since, until in (("01", "05"), ("06", "10")):
                connection.execute(
                    insert(tables.coverage).values(
                        terminal_id=1, bridge_id=1, taken=9, parked=0, read_at=NOW, note="",
                        received_at=NOW, source="poll",
                        since=datetime(2026, 3, int(since), tzinfo=UTC),
                        until=datetime(2026, 3, int(until), tzinfo=UTC),
                    )
                )  # fmt: skip
        (known,) = staffed.json("coverage", "--office", "A", "--day", "2026-03-09")
        assert known["verdict"] == "complete"
        assert known["until"] == "2026-03-10T00:00:00+00:00"
        assert known["reasons"] == []
        assert "lengkap" in staffed("coverage", "--office", "A", "--day", "2026-03-09").stdout


class TestReports:
    def test_a_day_names_who_cannot_be_judged(self, staffed):
        staffed("calendar", "seed", "2026")
        text = staffed("report", "daily", "--office", "A", "--date", "2026-03-09").stdout
        assert "Belum terverifikasi" in text
        rows = json.loads(staffed("report", "daily", "--office", "A", "--format", "json").stdout)[
            "rows"
        ]
        assert [(row["nip"], row["status_code"]) for row in rows] == [
            (TWO, "UNVERIFIED"),
            (ONE, "UNVERIFIED"),
        ]

    @one_database
    def test_a_month_is_a_row_for_each_person(self, staffed):
        staffed("calendar", "seed", "2026")
        text = staffed(
            "report", "monthly", "--office", "A", "--month", "2026-02", "--format", "csv"
        ).stdout
        assert "Satu" in text
        assert "Dua" in text

    def test_every_report_has_its_command(self):
        assert set(report.commands) == set(REPORTS)


class TestCheck:
    def test_tells_what_keeps_days_from_being_judged(self, staffed, engine):
        result = staffed("check", code=1)
        assert "bad   the calendar of 2026 is empty; run hadir-ingest calendar seed 2026" in (
            result.stdout
        )
        assert "look  no bridge may bring punches yet" in result.stdout
        staffed("calendar", "seed", "2026")
        staffed.bridge("A", "pc")
        assert "ok    1 of 1 bridges" in staffed("check").stdout
        with engine.begin() as connection:
            connection.execute(
                update(tables.bridges).values(last_seen_at=datetime(2026, 3, 10, 0, tzinfo=UTC))
            )
            connection.execute(
                insert(tables.terminals).values(
                    serial="S7", name="S7", office="A", registered=False, first_seen_at=NOW
                )
            )
        result = staffed("check", code=1)
        assert "bridge 1 (pc) of office A is silent since 2026-03-10 08:00 WITA" in result.stdout
        assert "look  terminal S7 spoke for office A" in result.stdout

    @one_database
    def test_next_years_calendar_is_missed_in_time(self, staffed):
        staffed("calendar", "seed", "2026")
        staffed.now = datetime(2026, 12, 20, tzinfo=UTC)
        assert "look  the calendar of 2027 is empty" in staffed("check").stdout
