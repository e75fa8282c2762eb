"""Regulations are data files that are read strictly: each fault is named by file and key."""

import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from ingest.discipline import EFFECTS, Regulation, make_shelf, read_document
from ingest.discipline.values import Sourced
from ingest.errors import ConfigError, NotKnown
from ingest.regulations import load
from ingest.rules import Status

DATA = Path(__file__).parents[3] / "ingest/discipline/data"
TEXT = (DATA / "pp-94-2021.toml").read_text(encoding="utf-8")
SERVICE = (DATA / "layanan-bkpsdm-kukar.toml").read_text(encoding="utf-8")
PPPK = (DATA / "contoh-pppk.toml").read_text(encoding="utf-8")


def changed(old: str, new: str, text: str = TEXT, count: int = 1) -> str:
    assert old in text
    return text.replace(old, new, count)


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_document("own.toml", text)
    assert all(one.startswith("own.toml: ") for one in caught.value.faults)
    return [one.removeprefix("own.toml: ") for one in caught.value.faults]


def test_calendar_days_are_nobodys_own():
    clock = changed('unit = "calendar"', 'unit = "calendar"\ncalendar = "person"', SERVICE)
    assert faults(clock) == [
        "clocks[2].calendar: calendar days are everybody's; leave it out, or count "
        'unit = "working"'
    ]
    limit = changed(
        'unit = "working"\ncalendar = "office"', 'unit = "calendar"\ncalendar = "person"'
    )
    assert [one.split(":")[0] for one in faults(limit)] == ["limits[1].calendar"]
    other = changed('calendar = "office"', 'calendar = "unit"', SERVICE)
    assert faults(other) == ["clocks[1].calendar: 'unit' is none of 'office' or 'person'"]


def test_a_file_without_calendars_counts_the_days_of_offices_as_before():
    text = SERVICE.replace('late_calendar = "office"\n', "").replace('calendar = "office"\n', "")
    document = read_document("own.toml", text)
    assert [one.calendar for one in document.clocks] == ["office", "office"]
    assert document.case.late_calendar == "office"


def test_what_ships_is_read_and_fits_together():
    shelf = load()
    assert [one.id for one in shelf.documents] == [
        "PP-53-2010", "PP-94-2021", "CONTOH-PPPK", "BKPSDM-KUKAR",
    ]  # fmt: skip


@pytest.mark.parametrize("path", sorted(DATA.glob("*.toml")), ids=lambda path: path.stem)
def test_every_table_that_ships_tells_its_source_and_mark(path):
    def tables(one):
        yield one
        for field in fields(one):
            value = getattr(one, field.name)
            for row in value if isinstance(value, tuple) else (value,):
                if isinstance(row, Sourced):
                    yield from tables(row)

    for table in tables(read_document(path.name, path.read_text(encoding="utf-8"))):
        assert len(table.source) > 10
        assert {table.mark, *table.marks.values()} <= set("HML")


@pytest.mark.parametrize(
    ("kind", "day", "ids"),
    [
        ("PNS", date(2021, 8, 30), ["PP-53-2010"]),
        ("PNS", date(2021, 8, 31), ["PP-94-2021"]),
        ("CPNS", date(2026, 3, 2), ["PP-94-2021"]),
        ("PPPK", date(2026, 3, 2), []),
        ("NON-ASN", date(2026, 3, 2), []),
        ("PNS", date(2010, 6, 5), []),
    ],
)
def test_a_regulation_holds_for_its_people_in_its_time_and_an_example_for_nobody(kind, day, ids):
    assert [one.id for one in load().regulations(kind, day, day)] == ids


def test_every_status_a_day_may_have_is_known_to_the_counters():
    assert set(EFFECTS) == {one.value for one in Status}


def test_an_unknown_document_is_told_the_known_ones():
    assert load().find("pp-94-2021").short == "PP 94/2021"
    with pytest.raises(NotKnown, match=r"PP-94-2021"):
        load().find("PP-1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (changed("min_days = 3", "min_day = 3"), "bands[1].min_day: unknown key"),
        (changed("min_days = 3", "min_day = 3"), "bands[1].min_days: missing"),
        (changed('document = "regulation"', ""), "document: expected"),
        (changed("min_days = 4", 'min_days = "4"'), "bands[2].min_days: expected a whole number"),
        (changed("min_days = 3", "min_days = 0"), "bands[1].min_days: 0 is too small"),
        (changed("min_days = 4", "min_days = 3"), "bands[2].min_days: 3 overlaps bands[1]"),
        (changed("min_days = 7", "min_days = 6"), "bands[3].min_days: 6 overlaps bands[2]"),
        (changed("min_days = 7", "min_days = 8"), "bands[3].min_days: 7 days are in no band"),
        (
            changed("min_days = 28", "min_days = 28\nmax_days = 99"),
            "bands[9].max_days: the highest band must be open",
        ),
        (changed("min_days = 7", "min_days = 9"), "bands[3].min_days: 7-8 days are in no band"),
        (changed("max_days = 6", "max_days = 2"), "bands[2].max_days: 2 is less than min_days 4"),
        (changed('"ringan"', '"berat"'), "bands[2].level: ringan after berat of fewer days"),
        (changed('"calendar-year"', '"unbroken"'), "bands[1].period: a cumulative band counts"),
        (changed('"ringan"', '"light"'), "bands[1].level: 'light' is none of"),
        (changed("2021-08-31", '"2021-08-31"'), "valid_from: expected a date without quotes"),
        (
            changed("valid_from = 2021-08-31", "valid_from = 2021-08-31\nvalid_until = 2020-01-01"),
            "valid_until: 2020-01-01 lies before valid_from",
        ),
        (changed('kinds = ["PNS"', 'kinds = ["PNZ"'), "kinds[1]: 'PNZ' is none of"),
        (changed('"CPNS"]', '"PNS"]'), "kinds: a kind stands there twice"),
        (changed('mark = "H"', 'mark = "X"'), "mark: 'X' is none of"),
        (
            changed('marks = { article = "M" }', 'marks = { artikel = "M" }'),
            "bands[1].marks.artikel",
        ),
        (changed('proposal = "usul ', 'proposal = "'), "bands[10].side_effects[1].proposal:"),
        (changed("enabled = false", "enabled = 0"), "late_conversion.enabled: expected true or"),
        (
            changed('include = ["late", "early"]', "include = []"),
            "late_conversion.include: must not",
        ),
        (
            changed('berat = "berat"', 'berat = "ringan"'),
            "superior.levels.berat: ringan is lighter",
        ),
        (changed(', berat = "berat"', ""), "superior.levels.berat: missing"),
        (
            changed('[[authority]]\nlevel = "ringan"', '[[authority]]\nlevel = "berat"'),
            "authority:",
        ),
        (changed('id = "PP-94-2021"', 'id = "PP 94"'), "id: 'PP 94' may hold letters"),
        (changed('level = "berat"', 'level = "berat', count=1), "not valid TOML"),
        (changed("min_days = 3", f"min_days = {'9' * 5000}"), "a number is too long"),
        (changed('unverified = "ends"', 'unverified = "counts"'), "counting.unverified: 'counts'"),
        (changed('id = "clarification"', 'id = "office-action"', SERVICE), "clocks: the id"),
        (changed("days = 28", "days = 0", SERVICE), "clocks[2].days: 0 is too small"),
        (changed("three-in-a-year", "three-in-a-row", SERVICE), "alarms: the id"),
        (
            changed('"summons-issued"', '"phone-call"', SERVICE),
            "clocks[2].stops_on[1]: 'phone-call'",
        ),
        (changed('on_lapse = "usul ', 'on_lapse = "', SERVICE), "clocks[1].on_lapse:"),
        (changed('alarm = "three-in-a-row"', 'alarm = "x"', SERVICE), "case.alarm: there is no"),
        (
            changed('alarm = "three-in-a-row"', 'alarm = "three-in-a-year"', SERVICE),
            'case.alarm: "three-in-a-year" does not count days in a row',
        ),
        (
            changed('office_clock = "office-action"', 'office_clock = "x"', SERVICE),
            "case.office_clock: there is no clock",
        ),
        (
            changed('office_clock = "office-action"', 'office_clock = "clarification"', SERVICE),
            "case.office_clock: is the clock of the clarification",
        ),
        (changed("approvers = 1", "approvers = 3", SERVICE), "case.approvers: 3 is none of"),
        (changed('id = "sending"', 'id = "effect"'), 'limits: "sending" stands there 0 times'),
        (changed('id = "sending"', 'id = "effect"'), 'limits: "effect" stands there 2 times'),
    ],
)
def test_every_fault_is_named_by_its_key(text, told):
    assert [one for one in faults(text) if one.startswith(told)]


def test_all_faults_are_told_at_once_and_a_near_miss_is_named():
    text = changed("min_days = 3", "min_day = 3").replace("max_days = 6", "max_days = true")
    assert faults(text) == [
        "bands[1].min_days: missing; this key has no default",
        'bands[1].min_day: unknown key, did you mean "min_days"?',
        "bands[2].max_days: expected a whole number",
    ]


class TestOwnFolder:
    def own(self, folder: Path, text: str, name: str = "sendiri.toml"):
        (folder / name).write_text(text, encoding="utf-8")
        return load(folder)

    def test_a_file_of_the_same_id_takes_the_place_of_a_shipped_one(self, tmp_path):
        shelf = self.own(tmp_path, changed("enabled = false", "enabled = true"))
        found = shelf.find("PP-94-2021")
        assert isinstance(found, Regulation)
        assert found.late_conversion.enabled
        assert len(shelf.documents) == 4

    def test_an_example_that_was_made_ones_own_holds(self, tmp_path):
        text = changed('id = "CONTOH-PPPK"\nexample = true', 'id = "PERBUP-PPPK"', PPPK)
        shelf = self.own(tmp_path, text)
        day = date(2026, 3, 2)
        assert [one.id for one in shelf.regulations("PPPK", day, day)] == ["PERBUP-PPPK"]

    def test_two_that_hold_at_once_are_named(self, tmp_path):
        with pytest.raises(ConfigError) as caught:
            self.own(tmp_path, changed('id = "PP-94-2021"', 'id = "PP-99-2027"'))
        (fault,) = caught.value.faults
        assert re.match(r"PP-9\S+ and PP-9\S+ both hold for CPNS, PNS from 2021-08-31", fault)

    def test_two_files_of_one_id_are_named(self, tmp_path):
        self.own(tmp_path, TEXT)
        with pytest.raises(ConfigError, match='"PP-94-2021" stands in two files'):
            self.own(tmp_path, TEXT, "lagi.toml")

    def test_every_file_is_looked_at_before_the_first_fault_is_told(self, tmp_path):
        (tmp_path / "a.toml").write_text("document = 1")
        (tmp_path / "b.toml").write_bytes(b"\xff")
        with pytest.raises(ConfigError) as caught:
            load(tmp_path)
        assert [one.split(": ")[0] for one in caught.value.faults] == [
            str(tmp_path / "a.toml"), str(tmp_path / "b.toml"),
        ]  # fmt: skip

    def test_a_folder_that_is_empty_or_not_there_is_named(self, tmp_path):
        with pytest.raises(ConfigError, match=r"holds no .toml file"):
            load(tmp_path)
        with pytest.raises(ConfigError, match=r"ingest\.discipline\.folder: .* cannot be read"):
            load(tmp_path / "none")


def test_service_rules_may_stand_side_by_side():
    one = read_document("a", SERVICE)
    text = changed('id = "BKPSDM-KUKAR"', 'id = "RSUD"', SERVICE)
    other = read_document("b", text[: text.index("[case]")])
    day = date(2026, 3, 2)
    assert len(make_shelf([one, other]).services("PNS", day, day)) == 2


def test_two_service_rules_do_not_keep_the_same_peoples_cases():
    one = read_document("a", SERVICE)
    other = read_document("b", changed('id = "BKPSDM-KUKAR"', 'id = "RSUD"', SERVICE))
    with pytest.raises(ConfigError, match="BKPSDM-KUKAR and RSUD both keep cases of CPNS, PNS"):
        make_shelf([one, other])
