"""Other rules on the days that are stored: who would be warned, and how far it would go."""

import json
from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest
from click.testing import CliRunner
from followed import MONDAY
from sqlalchemy import Engine, insert
from two_offices import kept
from written import Written

from ingest.casework.simulating import simulate
from ingest.cli import cli
from ingest.discipline import Effect, JudgedDay
from ingest.discipline.cases import Subject
from ingest.regulations import load
from ingest.store import tables

SHIPPED = (resources.files("ingest.discipline") / "data" / "layanan-bkpsdm-kukar.toml").read_text()


def weekday(day: date) -> bool:
    return day.weekday() < 5


def absent(days: int):
    span = [MONDAY + timedelta(days=n) for n in range(days)]
    return [JudgedDay(day, Effect.COUNTS if weekday(day) else Effect.FREE) for day in span]


def steps(days, *, last: date, shelf=None):
    found = simulate(
        Subject("1" * 18, "A", "PNS"), days, shelf or load(), first=MONDAY, last=last,
        is_working=weekday,
    )  # fmt: skip
    return [(one.what, one.day.isoformat()) for one in found]


def test_it_goes_from_warning_to_proposal_as_service_does():
    found = steps([*absent(3), JudgedDay(date(2026, 3, 5), Effect.BREAKS)], last=date(2026, 4, 30))
    assert found == [
        ("OPENED", "2026-03-05"),
        ("WARNED", "2026-03-05"),
        ("REPRIMAND", "2026-03-20"),
        ("OFFICE_LETTER", "2026-03-20"),
        ("SUPERIOR_PROPOSAL", "2026-04-18"),
    ]


def test_nothing_happens_to_who_was_there_or_before_the_first_day():
    assert steps([JudgedDay(MONDAY, Effect.BREAKS)], last=date(2026, 4, 30)) == []
    before = [JudgedDay(MONDAY - timedelta(days=n), Effect.COUNTS) for n in range(3)]
    assert steps(before, last=date(2026, 4, 30)) == []


@pytest.fixture
def run(engine: Engine, database_url: str, tmp_path):
    with engine.begin() as connection:
        store = Written(connection)
        store.person("AAA" + "H" * 20)
        store.person("AAAAA" + "H" * 20)
        store.person("H" * 20)
        connection.execute(
            insert(tables.calendar_years).values(
                year=2026, seeded_at=date_at(), confirmed_at=date_at()
            )
        )
    config = tmp_path / "ingest.toml"
    config.write_text(f'[ingest]\ndatabase = "{database_url}"\ntimezone = "Asia/Makassar"\n')
    rules = tmp_path / "usulan.toml"
    rules.write_text(SHIPPED.replace("min_days = 3", "min_days = 5", 1))

    def run(*words: str, code: int = 0):
        result = CliRunner().invoke(
            cli, ["--config", str(config), "simulate", *words, "--rules", str(rules)],
            obj=lambda: date_at(day=1, month=6),
        )  # fmt: skip
        assert result.exit_code == code, result.output
        return result

    run.url, run.rules = database_url, rules
    return run


def date_at(day: int = 2, month: int = 1):
    return datetime(2026, month, day, 3, tzinfo=UTC)


def test_five_days_instead_of_three_let_one_of_two_go(run):
    before = kept(run.url)
    result = run("--from", "2026-03-02", "--json")
    rows = json.loads(result.stdout)
    first, second = rows
    assert [one["what"] for one in first["today"]][:2] == ["OPENED", "WARNED"]
    assert (first["other"], first["changes"]) == ([], True)
    assert second["other"][0] == {"day": "2026-03-07", "what": "OPENED"}
    assert second["today"][0] == {"day": "2026-03-05", "what": "OPENED"}
    assert "OPENED: 2 by today's rules, 1 by others" in result.stderr
    assert "2 of 2 people are concerned; nothing was written" in result.stderr
    assert kept(run.url) == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'name = "\xe9"\n', "not UTF-8 text; save it as UTF-8"),
        (b"#" * ((1 << 20) + 1), "larger than 1 MB; is it the right file?"),
        (b"a = [", "not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(run, content, told):
    run.rules.write_bytes(content)
    assert told in run("--from", "2026-03-02", code=2).stderr


def test_a_span_that_is_not_over_or_too_long_is_refused(run):
    assert "is over yet" in run("--from", "2026-07-01", code=2).stderr
    assert "two years at most" in run("--from", "2020-01-01", code=2).stderr
