"""What a batch, a row and a person-day cost here, and what a regency and the nation need for it.

    PYTHONPATH=tests/journey:tests/parts:bench/parts python bench/capacity.py [--batches 6000]

A PostgreSQL of its own with its default configuration, on a real disk, and one process of the
centre, to which four bridges send over HTTP: first batches of two rows, as they come all day, then
a quarter as many of 200, as after a morning without a line. Two sizes give what a batch costs and
what each row in it.
An office of 400 people is then judged on 20 days, for the first time and again, and everything is
verified. The plan is worked out by `bench/parts/plan.py`; the last one stands in docs/scale.md.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.append(sys.path.pop(0))  # or `ingest` would be this folder's

import click
import psutil
from journey_postgres import postgres
from load import PEOPLE, ZONE, Body, bodies, centre, register, send, serials
from plan import Assumed, Cost, Measured, table
from sqlalchemy import Connection, Engine, insert, select, text

from ingest.days import Settings, evaluate
from ingest.store import tables
from ingest.store.database import migrate, open_engine, reading, writing
from ingest.store.ledger import verify

FEW, MANY = 2, 200
LESS = 4  # times fewer batches of many rows than of few
FIRST, SECOND = datetime(2025, 1, 6), datetime(2025, 2, 3)
JUDGED = [date(2025, 2, 3) + timedelta(days=one) for one in range(26) if one % 7 < 5]
SETTINGS = Settings(ZONE)
EVIDENCE = ("batches", "runs", "chains")
SEEN = {"PRESENT", "EARLY"}  # on Fridays they leave half an hour before the end
ACCOUNTS = ("api_s", "database_s", "punches", "evidence", "wal")


@dataclass(frozen=True, slots=True)
class Server:
    """The database and the process before it, from outside."""

    engine: Engine
    postmaster: int
    centre: int

    def account(self) -> dict[str, float]:
        """Return what was used until now: seconds of processors, bytes."""
        with reading(self.engine) as connection:
            months = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('punches')"
            held = [_asked(connection, f"SELECT pg_total_relation_size('{n}')") for n in EVIDENCE]
            return {
                "api_s": _used(self.centre),
                "database_s": _used(self.postmaster),
                "punches": _asked(connection, months),
                "evidence": sum(held),
                "wal": _asked(connection, "SELECT pg_current_wal_lsn() - '0/0'"),
            }


def _asked(connection: Connection, query: str) -> float:
    return float(connection.scalar(text(query)) or 0)


def _used(pid: int) -> float:
    root = psutil.Process(pid)
    # with what its children used that are gone, and those that are not
    own = sum(root.cpu_times()[:4])
    return own + sum(sum(one.cpu_times()[:4]) for one in root.children(recursive=True))


def cost_of(
    server: Server, port: int, given: Sequence[Body], tell: Callable[[str], None]
) -> dict[str, float]:
    """Send batches; return what all of them cost."""
    before, rows = server.account(), sum(one.rows for one in given)
    took, new = send(port, given)
    if new != rows:
        sys.exit(f"{new} new rows were told of {rows}")
    tell(f"{len(given) / took:,.0f} batches/s of {given[0].rows} rows, {rows / took:,.0f} rows/s")
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
    after = server.account()
    return {name: after[name] - before[name] for name in ACCOUNTS}


def fit(few: dict[str, float], many: dict[str, float], batches: int) -> dict[str, Cost]:
    """Return what makes both sizes of batches cost what they did."""
    found = {}
    for name, used in few.items():
        small, large = used / batches, many[name] / (batches // LESS)
        row = (large - small) / (MANY - FEW)
        found[name] = Cost(small - FEW * row, row)
    return found


def people(engine: Engine) -> int:
    """Let 400 people serve in the first office, known on its terminals; return how many."""
    with writing(engine) as connection:
        connection.execute(
            insert(tables.calendar_years), [{"year": 2025, "seeded_at": datetime.now(UTC)}]
        )
        query = select(tables.terminals.c.id).where(tables.terminals.c.serial.in_(serials(0)))
        number = 0
        for terminal in connection.scalars(query).all():
            connection.execute(insert(tables.coverage), [_proven(terminal)])
            for user in range(PEOPLE):
                number += 1
                _employ(connection, number, terminal, str(100 + user))
    return number


def _proven(terminal: int) -> dict[str, Any]:
    until = datetime(2025, 6, 1, tzinfo=UTC)
    return {
        "terminal_id": terminal, "bridge_id": 1, "since": datetime(2025, 1, 1, tzinfo=UTC),
        "until": until, "on_terminal": 1, "taken": 1, "parked": 0, "clock_offset_s": 0,
        "read_at": until, "received_at": until, "source": "poll", "note": "",
    }  # fmt: skip


def _employ(connection: Connection, number: int, terminal: int, user_id: str) -> None:
    since = date(2025, 1, 1)
    person = {"id": number, "nip": f"{number:018}", "name": f"Pegawai {number}", "kind": "PNS"}
    connection.execute(insert(tables.people), [person])
    serves = {"person_id": number, "office": "O0", "valid_from": since}
    connection.execute(insert(tables.assignments), [serves])
    known = {"terminal_id": terminal, "user_id": user_id, "person_id": number}
    connection.execute(insert(tables.user_ids), [known | {"valid_from": since}])


def judge(server: Server, count: int) -> dict[str, float]:
    """Judge the days, then again; return what a person-day cost, of both together."""
    clock, own, theirs = time.perf_counter(), time.process_time(), _used(server.postmaster)
    now = datetime(2025, 7, 1, tzinfo=ZONE)
    for _ in range(2):
        for day in JUDGED:
            with writing(server.engine) as connection:
                judged = evaluate(connection, office="O0", day=day, now=now, settings=SETTINGS)
            if len(judged) != count or not {one.status for one in judged} <= SEEN:
                sys.exit(f"{day}: {len(judged)} judged, {sorted({one.status for one in judged})}")
    days = 2 * len(JUDGED) * count
    return {
        "judge_wall_s": (time.perf_counter() - clock) / days,
        "judge_s": (time.process_time() - own) / days,
        "judge_database_s": (_used(server.postmaster) - theirs) / days,
    }


def verified(engine: Engine) -> float:
    """Verify all there is; return seconds by the clock."""
    began = time.perf_counter()
    report = verify(engine)
    if not report.sound:
        sys.exit(str(report.faults))
    return time.perf_counter() - began


def measure(batches: int, folder: Path, tell: Callable[[str], None]) -> Measured:
    with postgres(beside=folder) as url, (folder / "centre.log").open("wb") as log:
        engine = open_engine(url.render_as_string())
        migrate(engine)
        signers = register(engine)
        few = bodies(signers, batches, FEW, first=FIRST)
        many = bodies(signers, batches // LESS, MANY, first=SECOND, salt=1)
        pid = int((Path(str(url.query["host"])) / "data/postmaster.pid").read_text().split()[0])
        with centre(url.render_as_string(), log) as port:
            server = Server(engine, pid, _centre_of(str(port)))
            send(port, bodies(signers, 40, FEW, first=datetime(2024, 12, 2), salt=2))  # warm
            small = cost_of(server, port, few, tell)
            small["verify_s"] = verified(engine)
            large = cost_of(server, port, many, tell)
            large["verify_s"] = verified(engine) - small["verify_s"]
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        days = judge(server, people(engine))
        with reading(engine) as connection:
            size = _asked(connection, "SELECT pg_total_relation_size('days')")
            day_bytes = size / _asked(connection, "SELECT count(*) FROM days")
        found = Measured(**fit(small, large, batches), **days, day_bytes=day_bytes)
        engine.dispose()
    return found


def _centre_of(port: str) -> int:
    for one in psutil.Process().children():
        if one.cmdline()[-1:] == [port]:
            return one.pid
    sys.exit("the centre's process is not found")


def told(cost: Measured) -> list[str]:
    """Return the measurements for people."""
    return [
        f"API: {1e3 * cost.api_s.batch:.2f} ms a batch, {1e6 * cost.api_s.row:.0f} us a row",
        f"database: {1e3 * cost.database_s.batch:.2f} ms a batch, "
        f"{1e6 * cost.database_s.row:.0f} us a row",
        f"punches with indexes: {cost.punches.batch:.0f} bytes a batch, "
        f"{cost.punches.row:.0f} a row",
        f"bodies, batches, runs: {cost.evidence.batch:.0f} bytes a batch, "
        f"{cost.evidence.row:.0f} a row",
        f"WAL: {cost.wal.batch:.0f} bytes a batch, {cost.wal.row:.0f} a row",
        f"judging: {1 / cost.judge_wall_s:,.0f} person-days/s by the clock; "
        f"{1e6 * cost.judge_s:.0f} us of the judge, "
        f"{1e6 * cost.judge_database_s:.0f} us of the database",
        f"a judged day: {cost.day_bytes:.0f} bytes",
        f"verifying, by the clock: {1e3 * cost.verify_s.batch:.2f} ms a batch, "
        f"{1e6 * cost.verify_s.row:.1f} us a row",
    ]


@click.command()
@click.option("--batches", default=6_000, show_default=True, type=click.IntRange(3_000))
def main(batches: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)  # the server runs as another user
        cost = measure(batches, Path(folder), click.echo)
    click.echo("\n".join([*told(cost), "", *table(cost, Assumed())]))


if __name__ == "__main__":
    main()
