"""A store spread by Citus, as near as one comes without it: its rules, our statements, the results.

Citus cannot be installed here. Its two functions are put in by `citus_rules.sql` and refuse what it
documents as refused; the tables then lie on one machine, with the keys they would have on many.
"""

import re

import psycopg
import pytest
from lived import Life
from psycopg.errors import RaiseException
from spread import COLUMNS, ROOT, RULES, SCRIPT, asks_everywhere, watched
from sqlalchemy import Engine, text

from ingest.store import tables
from ingest.store.database import reading, writing

pytestmark = pytest.mark.postgres

EVERYWHERE = {
    "store.days.find_days",
    "store.days.find_open",
    "store.days.find_marked",
    "store.marked_ids.find_marked_ids",
    "store.spreading.spread_marks",
    "store.spreading._quiet",
    "store.evidence.find_said",
    "store.silence._touched",
    "store.touches.find_roaming",
    "store.touches.find_punches",
    "store.touches.find_doubtful",
    "store.touches.find_decided",
    "store.rulings._resolved",
    "store.ledger_roots.make_roots",
}
"""What asks every machine, by nature or for now: each stands in docs/scale.md with its reason."""


_REFUSED = "without its distribution column|foreign keys of|depend on it|no unique|already exists"


def changing() -> list[str]:
    """Return the statements of the script that take a key away or put another in its place."""
    plain = re.sub(r"--.*", "", SCRIPT)
    return [one.strip() for one in plain.split(";") if "DROP CONSTRAINT" in one]


class TestScript:
    def test_every_table_has_its_place(self, parted: Engine) -> None:
        local = {
            "access_tokens", "archived_months", "audit_log", "centre_days", "erasures", "job_runs",
        }  # fmt: skip
        placed = set(re.findall(r"create_\w+_table\('(\w+)'", SCRIPT))
        assert placed | local == set(tables.metadata.tables)
        assert not placed & local
        with reading(parted) as connection:
            assert connection.scalar(text("SELECT citus_all()")) == len(placed)

    @pytest.mark.parametrize("left_out", changing())
    def test_no_step_of_it_can_be_left_out(self, whole: Engine, left_out: str) -> None:
        raw = whole.raw_connection()
        try:
            raw.cursor().execute(RULES)
            with pytest.raises(psycopg.Error, match=_REFUSED):
                raw.cursor().execute(SCRIPT.replace(left_out, "SELECT 1") + "; SELECT citus_all()")
        finally:
            raw.rollback()
            raw.close()

    def test_triggers_have_to_be_meant(self, whole: Engine) -> None:
        silent = SCRIPT.replace("SET citus.enable_unsafe_triggers TO on;\nDO", "DO")
        raw = whole.raw_connection()
        try:
            raw.cursor().execute(RULES)
            with pytest.raises(RaiseException, match="triggers are not supported"):
                raw.cursor().execute(silent)
        finally:
            raw.rollback()
            raw.close()

    def test_a_month_made_later_keeps_the_rules(self, parted: Engine) -> None:
        with writing(parted) as connection:
            connection.execute(text("SELECT hadir_make_month('2013-05-01')"))
            assert connection.scalar(text("SELECT count(*) FROM punches_2013_05")) == 0
            assert connection.scalar(text("SELECT citus_all()"))


_EMPTY = {"dirty_punches", "dirty_offices", "dirty_people", "checkpoints", "checkpoint_copies"}


def test_a_spread_store_comes_to_the_same(whole: Engine, parted: Engine) -> None:
    lives = [Life(engine) for engine in (whole, parted)]
    for one in lives:
        one.intake()
        one.judge()
        one.night()
    first, second = lives
    assert first.told == second.told
    held = first.contents(COLUMNS)
    assert held == second.contents(COLUMNS)
    assert {name for name in COLUMNS if not held[name]} <= _EMPTY
    assert first.told[-1][0] == []


def test_what_a_bridge_brings_goes_to_its_terminals_and_its_office(parted: Engine) -> None:
    life = Life(parted)
    with watched(parted) as found:
        life.intake()
    touched = " ".join(one for every in found.values() for one in every)
    later = {"days", "day_changes", "dirty_people", "roots", "checkpoints", "checkpoint_copies"}
    assert all(re.search(rf"\b{name}\b", touched) for name in set(COLUMNS) - later)
    assert {
        (name, table)
        for name, statements in found.items()
        for one in statements
        for table in asks_everywhere(one)
    } == set()


def test_what_asks_every_machine_is_known(parted: Engine) -> None:
    life = Life(parted)
    life.intake()
    with watched(parted) as found:
        life.judge()
        life.centre.close_days()
    assert {
        name for name, every in found.items() if any(asks_everywhere(one) for one in every)
    } == EVERYWHERE


def test_the_guide_names_what_asks_every_machine_and_where_each_table_lies() -> None:
    guide = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in guide for name in EVERYWHERE)
    assert all(f"`{name}`" in guide for name in tables.metadata.tables)
