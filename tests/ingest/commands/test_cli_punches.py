"""Stored punches are found, and exported as they are."""

import csv
import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.store.database import writing
from ingest.store.punches import save
from ingest.wire import BadRecord, bad_record_id

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)  # nine in the morning in Makassar, a Tuesday
ONE = "198609262015051001"
ZONE = ZoneInfo("Asia/Makassar")
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


def bad_record(raw: bytes) -> BadRecord:
    return BadRecord(
        id=bad_record_id("S1", raw), terminal="S1", kind="date", reason="bulan 13", user_id="7",
        near_from=datetime(2026, 3, 2, 7, 0), near_until=None, source="poll",
        read_at=int(NOW.timestamp()) - 60, raw=raw,
    )  # fmt: skip


@pytest.fixture
def stored(run, engine, bridge, punch, batch, at, deliver):
    """Punches of S1 (office A): of 7 before and after the mapping, of a stranger, of a NIP."""
    run.take("people", f"nip,name,kind,office,superior_nip,from\n{ONE},Satu,PNS,A,,2026-01-01\n")
    run.take("user-ids", f"terminal,office,user_id,nip,from\nS1,,7,{ONE},2026-03-02\n")
    told = batch(
        punch("7", datetime(2026, 3, 1, 7, 30)),
        punch("7", datetime(2026, 3, 2, 7, 30)),
        punch("007", datetime(2026, 3, 2, 7, 31)),
        punch("007", datetime(2026, 3, 2, 16, 31)),
        punch(ONE, datetime(2026, 3, 2, 16, 1)),
        punch("8", datetime(2000, 1, 1, 7, 30)),
        bad_record(b"\xff\x01"),
    )
    delivery = deliver(told, bridge)
    with writing(engine) as connection:
        save(
            connection,
            bridge,
            delivery,
            at,
            zone=ZONE,
            clock_limit_s=300,
        )
    return run


class TestPunches:
    def test_are_listed_newest_first_with_whose_they_are(self, stored):
        found = stored.json("punches", "list")
        assert [(one["user_id"], one["local_time"], one["nip"]) for one in found] == [
            ("007", "2026-03-02T16:31:00", None),
            (ONE, "2026-03-02T16:01:00", ONE),
            ("007", "2026-03-02T07:31:00", None),
            ("7", "2026-03-02T07:30:00", ONE),
            ("7", "2026-03-01T07:30:00", None),
            ("8", "2000-01-01T07:30:00", None),
        ]
        assert found[-1]["doubt"] == "ancient"
        assert found[0]["raw"] == "0102"

    def test_are_filtered(self, stored):
        for filters, count in (
            (["--office", "A"], 6),
            (["--office", "B"], 0),
            (["--terminal", "S1"], 6),
            (["--terminal", "S2"], 0),
            (["--user-id", "7"], 2),
            (["--nip", "19860926 201505 1 001"], 2),
            (["--from", "2026-03-02"], 4),
            (["--until", "2026-03-01"], 2),
            (["--from", "2026-03-01", "--until", "2026-03-01"], 1),
            (["--doubtful"], 1),
            (["--limit", "3"], 3),
        ):
            found = stored.json("punches", "list", *filters)
            assert len(found) == count, filters

    @one_database
    def test_a_cut_list_says_so(self, stored):
        assert "there are more" in stored("punches", "list", "--limit", "5").stderr
        assert stored("punches", "list", "--limit", "6").stderr == ""

    def test_are_exported_oldest_first(self, stored):
        text = stored("punches", "export", "--from", "2026-03-02").stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["user_id"] for row in rows] == ["7", "007", ONE, "007"]
        assert rows[0]["local_time"] == "2026-03-02 07:30:00"
        lines = stored("punches", "export", "--format", "jsonl").stdout.splitlines()
        assert json.loads(lines[0])["user_id"] == "8"
        assert len(lines) == 6

    def test_bad_records_are_shown_with_their_bytes(self, stored):
        (one,) = stored.json("punches", "list", "--bad")
        assert (one["kind"], one["reason"], one["raw"]) == ("date", "bulan 13", "ff01")
        assert stored.json("punches", "list", "--bad", "--terminal", "S2") == []
        assert "bulan 13" in stored("punches", "export", "--bad").stdout

    def test_strangers_are_counted(self, stored):
        found = stored.json("user-ids", "unmapped")
        assert [(one["user_id"], one["punches"]) for one in found] == [
            ("007", 2), ("7", 1), ("8", 1),
        ]  # fmt: skip
        assert found[0]["last_seen"] == "2026-03-02T16:31:00"
        stored.take("user-ids", "terminal,office,user_id,nip,from\n,A,007,nobody,2026-01-01\n")
        assert [one["user_id"] for one in stored.json("user-ids", "unmapped")] == ["7", "8"]

    @one_database
    def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(
        self, stored, engine, bridge, punch, batch, at, deliver
    ):
        told = deliver(batch(punch("=1+1", datetime(2026, 3, 2, 9, 0))), bridge)
        with writing(engine) as connection:
            save(
                connection, bridge, told, at,
                zone=ZONE, clock_limit_s=300,
            )  # fmt: skip
        text = stored("punches", "export", "--user-id", "=1+1").stdout
        assert ",'=1+1," in text
        assert stored.json("punches", "list", "--user-id", "=1+1")[0]["user_id"] == "=1+1"
