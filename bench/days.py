"""What judging costs, by the time PostgreSQL takes to look at each stored punch once.

    PYTHONPATH=tests/journey:tests/parts:bench/parts python bench/days.py [--people 20000]

A year of 20,000 people in 70 offices: three touches on each of 250 working days, one day in 25
missed, 14.4 million punches in the service's own tables, months and indexes. Each figure is a ratio
to one serial scan of the same rows in the same run. All days are judged by the functions that the
service's jobs call; what the statement leaves over is judged the way that explains, and counted.
About 8 GB of disk and ten minutes. Ends with 1 if a bar is missed.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

sys.path.append(sys.path.pop(0))  # or `ingest` would be this folder's

import click
from journey_postgres import postgres
from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from ingest.days import Settings, evaluate_dirty
from ingest.days.bulk import judge_plain
from ingest.store import partitions, tables, tally
from ingest.store.database import migrate, open_engine, reading, writing
from ingest.store.partitions import next_month
from ingest.store.tables_time import scheme_terms

ZONE = ZoneInfo("Asia/Makassar")
SETTINGS = Settings(ZONE)
OFFICES, TERMINALS = 70, 200
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=ZONE)
LATE = 1_000
BARS = {"year": 4.0, "day": 0.6, "history": 1.5, "streaks": 6.0, "late": 0.1}

PEOPLE = """
INSERT INTO people (id, nip, name, kind)
SELECT n, lpad(n::text, 18, '0'), 'Pegawai ' || n, 'PNS' FROM generate_series(1, :people) n;
INSERT INTO assignments (person_id, office, valid_from)
SELECT n, 'O' || n % :offices, '2024-01-01' FROM generate_series(1, :people) n;
INSERT INTO user_ids (office, user_id, person_id, valid_from)
SELECT 'O' || n % :offices, (n / :offices)::text, n, '2024-01-01'
FROM generate_series(1, :people) n;
INSERT INTO terminals (id, serial, name, office, registered, first_seen_at)
SELECT n, 'T' || n, 'mesin ' || n, 'O' || n % :offices, true, '2024-01-01'
FROM generate_series(1, :terminals) n;
INSERT INTO bridges (id, office, name, created_at)
SELECT n + 1, 'O' || n, 'pc', '2024-01-01' FROM generate_series(0, :offices - 1) n;
INSERT INTO batches (id, bridge_id, office, outbox, receipt, received_at, sent)
VALUES (1, 1, 'O0', 'o', 'r', '2026-01-01', 0);
INSERT INTO coverage (terminal_id, bridge_id, since, until, taken, parked, read_at, received_at,
    source, note)
SELECT n, n % :offices + 1, '2024-06-01', '2026-01-04', 1, 0, '2026-01-04', '2026-01-04', 'poll', ''
FROM generate_series(1, :terminals) n
"""
MONTH = """
INSERT INTO punches
SELECT p.terminal, p.user_id, local, local::date, local AT TIME ZONE 'Asia/Makassar', k, 1, '',
    'poll', 0, '2026-01-04', NULL, '2026-01-04', 1, NULL, decode(repeat('ab', 40), 'hex')
FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') AS d(day)
CROSS JOIN (SELECT n, (n / :offices)::text AS user_id, CASE WHEN n % :offices = 0
        THEN :offices * (1 + n / :offices % 2)
        ELSE n % :offices + :offices * (n / :offices
            % CASE WHEN n % :offices + 2 * :offices <= :terminals THEN 3 ELSE 2 END) END AS terminal
    FROM generate_series(1, :people) n) AS p
CROSS JOIN generate_series(0, 2) AS k
CROSS JOIN LATERAL (SELECT d.day + interval '7 hours 20 minutes' + k * interval '4 hours 20 minutes'
    + (p.n * 7919 % 1200) * interval '1 second' AS local) AS t
WHERE extract(isodow FROM d.day) < 6 AND (p.n * 31 + extract(doy FROM d.day)::int * 17) % 25 <> 0
"""


def fill(engine: Engine, people: int) -> None:
    sizes = {"people": people, "offices": OFFICES, "terminals": TERMINALS}
    with writing(engine) as connection:
        for number in range(OFFICES):
            office = {"code": f"O{number}", "name": f"Dinas {number}", "scheme": "5-hari"}
            connection.execute(insert(tables.offices), [office])
        for statement in PEOPLE.split(";"):
            connection.execute(text(statement), sizes)
        year = {"year": 2025, "seeded_at": NOW, "confirmed_at": NOW}
        connection.execute(insert(tables.calendar_years), [year])
        connection.execute(
            scheme_terms.update().values(
                body={"days": {str(n): {"start": "07:30", "end": "16:00"} for n in range(5)}}
            )
        )
    for month in range(1, 13):
        partitions.make(engine, date(2025, month, 1))
        _fill_month(engine, month, sizes)
    _vacuum(engine)


def _fill_month(engine: Engine, month: int, sizes: dict[str, int]) -> None:
    first = date(2025, month, 1)
    last = next_month(first) - timedelta(days=1)
    with writing(engine) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(MONTH), {**sizes, "first": first, "last": last})


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def scan(engine: Engine) -> float:
    def once() -> None:
        with reading(engine) as connection:
            for setting in ("indexscan", "indexonlyscan", "bitmapscan"):
                connection.execute(text(f"SET LOCAL enable_{setting} = off"))
            connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
            connection.scalar(select(func.count()).select_from(tables.punches))

    once()
    return median(timed(once) for _ in range(5))


def year(engine: Engine) -> float:
    """First and last touch of each user id on each day, as the index of days holds them."""
    punches = tables.punches.c
    key = (punches.local_day, punches.terminal_id, punches.user_id)
    each = select(*key, func.min(punches.local_time), func.max(punches.local_time)).group_by(*key)

    def once() -> None:
        with reading(engine) as connection:
            connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
            connection.scalar(select(func.count()).select_from(each.subquery()))

    return median(timed(once) for _ in range(3))


def judge_day(connection: Connection, day: date) -> None:
    pairs = [(f"O{number}", day) for number in range(OFFICES)]
    left = judge_plain(connection, pairs, {}, now=NOW, settings=SETTINGS)
    if left.whole or left.people:
        sys.exit(f"{day}: {len(left.whole)} office-days were not plain, {len(left.people)} in part")


def one_day(engine: Engine, day: date) -> float:
    """Judge everybody's day and write it."""

    def forget() -> None:
        with writing(engine) as connection:
            connection.execute(delete(tables.days).where(tables.days.c.day == day))

    def once() -> None:
        with writing(engine) as connection:
            judge_day(connection, day)

    found = []
    for _ in range(5):
        forget()
        found.append(timed(once))
    return median(found)


def whole_year(engine: Engine) -> float:
    def once() -> None:
        for number in range((LAST - FIRST).days + 1):
            with writing(engine) as connection:
                judge_day(connection, FIRST + timedelta(days=number))

    return timed(once)


def streaks(engine: Engine) -> float:
    def once() -> None:
        with reading(engine) as connection:
            for _ in tally.find_all(connection, first=FIRST, last=LAST, today=LAST):
                pass

    return median(timed(once) for _ in range(3))


def late(engine: Engine, number: int) -> float:
    """Bring a thousand punches of one office's month and judge what they change."""
    first = date(2025, 3 + number, 3)
    values = {"first": first, "last": first + timedelta(days=27), "office": number, "late": LATE}
    with writing(engine) as connection:
        brought = connection.execute(
            text(
                "WITH gone AS (SELECT p.terminal_id, p.user_id, p.local_day FROM punches p"
                " JOIN terminals t ON t.id = p.terminal_id"
                " WHERE t.office = 'O' || :office AND p.local_day BETWEEN :first AND :last"
                " AND p.local_time::time < '09:00' ORDER BY p.user_id, p.local_day LIMIT :late)"
                ", put AS (INSERT INTO punches SELECT g.terminal_id, g.user_id,"
                " g.local_day + interval '18 hours', g.local_day,"
                " (g.local_day + interval '18 hours') AT TIME ZONE 'Asia/Makassar', 1, 1, '',"
                " 'usb', 0, '2026-01-04', NULL, '2026-01-04', 1, NULL, ''::bytea FROM gone g)"
                " INSERT INTO dirty_punches SELECT terminal_id, user_id, local_day FROM gone"
            ),
            values,
        ).rowcount
    found = timed(lambda: evaluate_dirty(engine, now=NOW, settings=SETTINGS))
    with reading(engine) as connection:
        written = connection.scalar(
            select(func.count())
            .select_from(tables.days)
            .where(text("extract(hour FROM last_out) = 18"), tables.days.c.office == f"O{number}")
        )
    if written != brought:
        sys.exit(f"{written} days tell of the {brought} late punches")
    return found


def measure(engine: Engine, people: int) -> dict[str, float]:
    first = date(2025, 12, 10)
    began = time.monotonic()
    fill(engine, people)
    with reading(engine) as connection:
        count = connection.scalar(select(func.count()).select_from(tables.punches))
    print(f"{count:,} punches made in {time.monotonic() - began:.0f} s", flush=True)
    base = scan(engine)
    print(f"serial scan {1e3 * base:.0f} ms", flush=True)
    found = {"year": year(engine) / base}
    full = one_day(engine, first)
    found["day"] = full / base
    print(f"one day of {people:,} people {1e3 * full:.0f} ms", flush=True)
    took = whole_year(engine)
    print(f"the whole year judged in {took:.0f} s", flush=True)
    _vacuum(engine)
    print("vacuumed", flush=True)
    found["streaks"] = streaks(engine) / base
    found["late"] = median(late(engine, number) for number in range(7)) / base
    again = one_day(engine, first)
    with writing(engine) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for month in range(1, 12):
            connection.execute(text(f"TRUNCATE punches_2025_{month:02}"))
        connection.execute(delete(tables.days).where(tables.days.c.day < date(2025, 12, 1)))
    _vacuum(engine)
    found["history"] = again / one_day(engine, first)
    return found


@click.command()
@click.option("--people", default=20_000, show_default=True)
def main(people: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        settings = {"shared_buffers": "4GB", "max_wal_size": "8GB"}
        with postgres(settings, beside=folder) as server:
            engine = open_engine(server.render_as_string())
            migrate(engine)
            found = measure(engine, people)
            engine.dispose()
    words = {
        "year": "first and last touch of every person-day of the year, by the scan",
        "day": "one day of everybody judged and written, by the scan of the year",
        "history": "one day with twelve months stored, by one with one month",
        "streaks": "streaks and counts of everybody, by the scan",
        "late": f"{LATE:,} late punches judged, by the scan",
    }
    missed = [name for name, bar in BARS.items() if found[name] > bar]
    for name, bar in BARS.items():
        print(f"{words[name]}: {found[name]:.2f} (at most {bar})")
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
