"""`hadir-ingest partitions`: what a person sees of the months."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.fixture
def hadir_on_postgres(tmp_path: Path, postgres_url: str, command: Callable) -> Callable:
    found = command(tmp_path, postgres_url)
    found.now = NOW
    return found


def test_months_are_listed_taken_out_and_brought_back(
    hadir_on_postgres: Callable, tmp_path: Path
) -> None:
    months = hadir_on_postgres.json("partitions", "list")
    assert {one["where"] for one in months} == {"store"}
    oldest = months[0]["month"]
    second = months[1]["month"]
    archive = ("partitions", "archive", "--to", str(tmp_path / "archive"), "--before")
    told = hadir_on_postgres(*archive, second).stdout
    assert told.startswith(f"{oldest}: 0 punches are in {tmp_path}/archive/punches-{oldest}.csv.gz")
    assert hadir_on_postgres(*archive, second).stdout.startswith("nothing to take out")
    away = hadir_on_postgres.json("partitions", "list")[0]
    assert (away["month"], away["where"]) == (oldest, "archive")
    again = hadir_on_postgres("partitions", "attach", away["file"])
    assert again.stdout == f"{oldest}: 0 punches are back in the store\n"
    assert hadir_on_postgres.json("partitions", "list") == months
    told = hadir_on_postgres.json("audit", "list")
    assert [(one["what"], one["subject"], one["details"]["rows"]) for one in told] == [
        ("partitions.archive", oldest, 0), ("partitions.attach", oldest, 0),
    ]  # fmt: skip
    refused = hadir_on_postgres(*archive, "2026-09", code=1)
    assert "--before 2026-09 is too late" in refused.stderr


@pytest.mark.parametrize(
    "arguments", [("list",), ("archive", "--before", "2020-01", "--to", "x"), ("attach",)]
)
def test_a_store_in_a_file_says_that_it_has_no_months(
    copied: Callable, arguments: tuple[str, ...]
) -> None:
    given = [*arguments, str(copied.config)] if arguments == ("attach",) else arguments
    refused = copied("partitions", *given, code=1)
    assert refused.stderr == (
        "only a store on PostgreSQL is cut into months; one in a file needs none of this\n"
    )
