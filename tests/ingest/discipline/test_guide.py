"""The guide for jurists tells what the files say, and the files nothing that it does not tell."""

from dataclasses import fields
from pathlib import Path

import pytest

from ingest.discipline import Regulation, Service
from ingest.discipline.findings import span_text
from ingest.discipline.values import Sourced
from ingest.regulations import load

GUIDE = (Path(__file__).parents[3] / "docs/aturan.md").read_text(encoding="utf-8")
SHELF = load()


def section(name: str) -> list[str]:
    """Return the lines of the section that names a document."""
    (found,) = (one for one in GUIDE.split("\n## ") if f"id `{name}`" in one)
    return found.splitlines()


@pytest.mark.parametrize("document", SHELF.documents, ids=lambda one: one.id)
def test_every_row_of_a_file_stands_in_the_guide(document):
    lines = section(document.id)
    if isinstance(document, Service):
        for one in (*document.alarms, *document.clocks):
            days = getattr(one, "days", None) or getattr(one, "min_days", None)
            assert [line for line in lines if f"`{one.id}`" in line and f"| {days} hari" in line]
        return
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    told = [row for row in rows if len(row) > 2 and row[1] in {"ringan", "sedang", "berat"}]
    assert len(told) == len(document.bands)
    for band in document.bands:
        span = span_text(band.min_days, band.max_days)
        (row,) = (
            row for row in told
            if row[0] == span and row[1] == band.level and row[2].startswith(band.sanction)
            and ("berturut" in row[2] or document.id != "CONTOH-PPPK" or band.count == "cumulative")
        )  # fmt: skip
        if band.article:
            assert row[3] == band.article
        if len(row) > 4:
            assert row[4][0] == band.mark


def test_how_cases_are_kept_stands_in_the_guide_with_every_key_and_figure():
    (text,) = (one for one in GUIDE.split("\n## ") if one.startswith("Perkara\n"))
    service, law = SHELF.find("BKPSDM-KUKAR"), SHELF.find("PP-94-2021")
    assert isinstance(service, Service)
    assert isinstance(law, Regulation)
    case = service.case
    assert case is not None
    for name in (case.clarification_clock, case.office_clock, case.alarm, case.repeat):
        assert name in text
    told = {"alarm", "repeat", "opens_within_days", "tells", "accepted", "judged_by", "late_days",
            "late_calendar", "approvers", "own_approval", "centre_down_hours"}  # fmt: skip
    assert told == {one for one in told if f"`[case]`, `{one}`" in text}
    ours = {one.name for one in fields(case)} - {one.name for one in fields(Sourced)}
    assert ours == {*told, "clarification_clock", "office_clock"}
    assert f"lebih dari {case.opens_within_days} hari kalender" in text
    assert f"sesudah {case.late_days} hari kerja" in text
    assert f"| {case.approvers} admin |" in text
    assert f"diam lebih dari {case.centre_down_hours} jam" in text
    assert not case.own_approval
    assert f"`[case]`, `late_calendar` | - | {case.mark_of('late_calendar')} |" in text
    for limit in law.limits:
        row = f"| {limit.days} hari kerja | `{limit.id}` | {limit.article} | {limit.mark} |"
        assert row in text
        assert (limit.unit, limit.calendar, limit.mark_of("calendar")) == ("working", "office", "L")


def test_by_whose_days_each_thing_is_counted_stands_in_the_guide():
    (text,) = (one for one in GUIDE.split("\n### ") if one.startswith("Hari kerja siapa"))
    service, law = SHELF.find("BKPSDM-KUKAR"), SHELF.find("PP-94-2021")
    assert isinstance(service, Service)
    assert isinstance(law, Regulation)
    assert service.case is not None
    told = {"office": "kantor", "person": "pegawai"}
    for one in service.clocks:
        counted = told[one.calendar] if one.unit == "working" else "hari kalender"
        mark = one.mark_of("calendar" if one.unit == "working" else "unit")
        assert f"| {counted} | `[[clocks]]`, `{one.id}`, `calendar` | {mark} |" in text
    assert f"| {told[service.case.late_calendar]} | `[case]`, `late_calendar` | L |" in text
    assert {one.calendar for one in law.limits} == {"office"}
    assert "| kantor | `[[limits]]`, `calendar` | L |" in text


def test_every_default_that_may_be_changed_stands_in_the_guide():
    law = SHELF.find("PP-94-2021")
    assert isinstance(law, Regulation)
    text = "\n".join(section("PP-94-2021"))
    assert f'`"{law.counting.unverified}"` | `[counting]`' in text
    assert f"| {law.late_conversion.minutes_per_day} menit" in text
    assert "| mati | `[late_conversion]`, `enabled`" in text
    assert not law.late_conversion.enabled
    assert law.superior is not None
    assert law.superior.article in text
    for level, heavier in law.superior.levels.items():
        assert f"{level} {'tetap' if level == heavier else 'menjadi'} {heavier}" in text
    (last,) = (one for one in law.bands if one.count == "consecutive")
    assert (last.period, "Rentetan melewati 1 Januari | ya" in text) == ("unbroken", True)
