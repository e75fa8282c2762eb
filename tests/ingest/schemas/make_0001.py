"""Makes the stores of revision 0001 again, with the program that wrote them: see README.md.

Usage: PYTHONPATH=<checkout of e4cce33> python tests/ingest/schemas/make_0001.py [POSTGRES_URL]

Two weeks of three offices: people who come in time, late, once, never; a guest; a terminal that
nobody registered, one whose clock ran ahead, one that tells a touch twice with other codes, one
with records that cannot be read; coverage with a gap; days judged, judged again, and waiting to be.
All of it is invented. The moment is fixed and chance is counted, so that a run gives the same text.
"""

import itertools
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from click.testing import CliRunner
from sqlalchemy import Engine

from ingest.cli import cli
from ingest.days import Settings, close_days, evaluate_dirty
from ingest.store import bridges, coverage, punches
from ingest.store.bridges import Bridge
from ingest.store.database import open_engine, reading, writing
from ingest.wire import (
    BadRecord,
    Batch,
    Coverage,
    Punch,
    bad_record_id,
    decode_batch,
    encode_batch,
    punch_id,
)

HERE = Path(__file__).parent
REVISION = "0001"
ZONE = ZoneInfo("Asia/Makassar")
FIRST = date(2026, 2, 16)
DAYS = [FIRST + timedelta(days=n) for n in range(14)]
NOW = datetime(2026, 3, 3, 1, tzinfo=UTC)
SETTINGS = Settings(ZONE, 300)
OFFICES = {
    "4.01.01": "Dinas Pendidikan",
    "4.02.01": "Dinas Kesehatan",
    "5.01.01": "Badan Kepegawaian",
}
TERMINALS = {"4.01.01": "AF6P210460001", "4.02.01": "BOCK201260002", "5.01.01": "CQZ7224160003"}
STRANGER = "DGD9190019004"
_counted = itertools.count(1)


def main(postgres_url: str | None) -> None:
    secrets.token_hex = lambda size=32: f"{next(_counted):0{2 * size}x}"
    secrets.token_urlsafe = lambda size=32: f"{next(_counted):0{size}x}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/old.db"
        fill(url, Path(folder))
        with closing(sqlite3.connect(f"{folder}/old.db")) as database:
            text = "\n".join(database.iterdump()) + "\n"
        (HERE / f"{REVISION}-sqlite.sql").write_text(text, encoding="utf-8")
        if postgres_url:
            fill(postgres_url, Path(folder))
            dump_postgres(postgres_url)


def dump_postgres(url: str) -> None:
    """Write what pg_dump says, less what only some versions of the server understand."""
    told = subprocess.run(
        ["pg_dump", "--no-owner", "--no-privileges", "--rows-per-insert=50",
         f"--dbname={url.replace('postgresql+psycopg', 'postgresql')}"],
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    kept = re.sub(r"^(\\(un)?restrict .*|SET transaction_timeout.*|--.*)\n", "", told, flags=re.M)
    text = re.sub(r"\n{2,}", "\n\n", kept).lstrip()
    (HERE / f"{REVISION}-postgresql.sql").write_text(text, encoding="utf-8")


def fill(url: str, folder: Path) -> None:
    config = folder / "ingest.toml"
    config.write_text(f'[ingest]\ndatabase = "{url}"\ntimezone = "{ZONE.key}"\n')
    enrol(config, folder)
    engine = open_engine(url)
    mine = [add_bridge(engine, office) for office in OFFICES]
    for day in DAYS:
        for number, bridge in enumerate(mine):
            a_day(engine, bridge, number, day)
        judged_at = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)
        close_days(
            engine, now=judged_at + timedelta(minutes=30), settings=SETTINGS, lookback_days=4
        )
    oddities(engine, mine)
    evaluate_dirty(engine, now=NOW, settings=SETTINGS)
    late_news(engine, mine[0])  # its marks stay: a store is seldom caught up when it is upgraded
    with writing(engine) as connection:
        bridges.revoke(connection, mine[2].id, now=NOW)
    engine.dispose()


def enrol(config: Path, folder: Path) -> None:
    def run(*words: str) -> None:
        done = CliRunner().invoke(cli, ["--config", str(config), *words], obj=lambda: NOW)
        if done.exit_code != 0:
            raise SystemExit(f"{words}: {done.output}")

    def take(noun: str, text: str) -> None:
        (folder / "list.csv").write_text(text, encoding="utf-8")
        run(noun, "import", str(folder / "list.csv"))

    run("migrate")
    take("offices", "code,name\n" + "".join(f"{code},{name}\n" for code, name in OFFICES.items()))
    take("people", "nip,name,kind,office,superior_nip,from\n" + "".join(people()))
    take(
        "terminals",
        "serial,name,office,counts_from\n"
        + "".join(f"{serial},depan,{code},{FIRST}\n" for code, serial in TERMINALS.items()),
    )
    take(
        "user-ids",
        "terminal,office,user_id,nip,from\n"
        + "".join(
            f"{TERMINALS[code]},,{user},{nip(office, user)},{FIRST}\n"
            for office, code in enumerate(OFFICES)
            for user in range(1, 5)
        )
        + f",4.01.01,99,nobody,{FIRST}\n",
    )
    run("calendar", "seed", "2026")
    run("calendar", "add", "2026-02-27", "Hari jadi daerah", "--office", "5.01.01")
    run("calendar", "confirm", "2026")


def nip(office: int, user: int) -> str:
    return f"19860926201505{office % 2 + 1}{10 * office + user:03}"


def people() -> Iterator[str]:
    names = ("Andi Satu", "Sitti Dua", "I Made Tiga", "Ni Luh Empat")
    for office, code in enumerate(OFFICES):
        for user in range(1, 5):
            superior = nip(office, 1) if user > 1 else ""
            kind = ("PNS", "PNS", "CPNS", "PNS")[user - 1]
            yield f"{nip(office, user)},{names[user - 1]},{kind},{code},{superior},2026-01-01\n"


def add_bridge(engine: Engine, office: str) -> Bridge:
    with writing(engine) as connection:
        at = datetime.combine(FIRST, datetime.min.time(), UTC)
        return bridges.add(connection, office=office, name=f"pc-{office}", now=at)[0]


def punch(serial: str, user: str, at: datetime, **other: object) -> Punch:
    occurred_at = int(at.replace(tzinfo=ZONE).timestamp())
    found = {
        "state": 0 if at.hour < 12 else 1, "verify": 1, "work_code": "", "source": "poll",
        "clock_offset_s": 3, "read_at": occurred_at + 120, "after": occurred_at - 120,
        "raw": f"{user}\t{at}".encode(),
    } | other  # fmt: skip
    return Punch(
        id=punch_id(serial, user, at), terminal=serial, user_id=user, local_time=at,
        occurred_at=occurred_at, **found,
    )  # fmt: skip


def a_day(engine: Engine, bridge: Bridge, number: int, day: date) -> None:
    """Send one office's day: user 1 in time, 2 late, 3 once, 4 never; less on a free day."""
    serial = TERMINALS[bridge.office]
    if day.weekday() < 5:
        midnight = datetime.combine(day, datetime.min.time())
        clock = [("1", 7, 10), ("1", 16, 35), ("2", 7, 45 + number), ("2", 16, 31), ("3", 7, 20)]
        told = [
            punch(serial, user, midnight + timedelta(hours=hour, minutes=minute, seconds=number))
            for user, hour, minute in clock
        ]
        send(engine, bridge, told, midnight.replace(tzinfo=ZONE) + timedelta(hours=18))
    if number == 1 and day >= DAYS[9]:
        return  # nothing is known of this office's last days
    tell(engine, bridge, serial, day)


def tell(engine: Engine, bridge: Bridge, serial: str, day: date) -> None:
    """State the coverage from the first day to the end of a day."""
    since = int(datetime.combine(FIRST, datetime.min.time(), ZONE).timestamp())
    until = int(datetime.combine(day, datetime.max.time(), ZONE).timestamp()) + 60
    stretch = Coverage(
        terminal=serial, since=since, until=until, on_terminal=10, taken=10, parked=0,
        clock_offset_s=3, read_at=until, source="poll", note="first read",
    )  # fmt: skip
    with writing(engine) as connection:
        refused = coverage.save(
            connection, bridge, [stretch], punches.moment(until), zone=ZONE, clock_limit_s=300
        )
    if refused:
        raise SystemExit(str(refused))


def oddities(engine: Engine, mine: list[Bridge]) -> None:
    first, second, third = mine
    serial = TERMINALS[first.office]
    at = datetime.combine(DAYS[2], datetime.min.time()) + timedelta(hours=7, minutes=10)
    again = punch(serial, "1", at, state=4, verify=15, source="usb", after=None)
    guest = punch(serial, "99", at + timedelta(minutes=9), work_code="7")
    ahead = punch(
        TERMINALS[second.office], "4", datetime(2038, 1, 19, 3, 14, 7), clock_offset_s=378_000_000,
        read_at=int(NOW.timestamp()) - 500, after=int(NOW.timestamp()) - 900,
    )  # fmt: skip
    own = punch(serial, nip(0, 3), at + timedelta(hours=9, minutes=40))
    stranger = punch(STRANGER, "1", at)
    foreign = punch(TERMINALS[second.office], "1", at)  # another office's terminal: refused
    bad = [
        BadRecord(
            id=bad_record_id(serial, raw, at), terminal=serial, kind=kind, reason=reason,
            user_id=user,
            near_from=at, near_until=at + timedelta(hours=9), source="poll",
            read_at=int(NOW.timestamp()) - 300, raw=raw,
        )
        for kind, reason, user, raw in (
            ("date", "month 13 does not exist", "3", b"\x03\x00\x0d\x1f"),
            ("blank", "a slot never written", "", b"\x00" * 16),
        )
    ]  # fmt: skip
    send(engine, first, [again, guest, own, *bad], NOW - timedelta(minutes=4))
    send(engine, second, [ahead], NOW - timedelta(minutes=3))
    send(engine, third, [stranger, foreign], NOW - timedelta(minutes=2))


def late_news(engine: Engine, bridge: Bridge) -> None:
    at = datetime.combine(DAYS[8], datetime.min.time()) + timedelta(hours=16, minutes=40)
    late = punch(TERMINALS[bridge.office], "3", at, source="usb", after=None)
    send(engine, bridge, [late], NOW - timedelta(minutes=1))


def send(engine: Engine, bridge: Bridge, rows: list[Punch | BadRecord], at: datetime) -> None:
    batch = Batch(
        outbox=f"{bridge.id:032x}", after=None,
        punches=tuple(one for one in rows if isinstance(one, Punch)),
        bad=tuple(one for one in rows if isinstance(one, BadRecord)),
    )  # fmt: skip
    with writing(engine) as connection:
        punches.save(
            connection, bridge, decode_batch(encode_batch(batch)), at, zone=ZONE, clock_limit_s=300
        )
    with reading(engine) as connection:
        if not punches.knows_receipt(
            connection, outbox=batch.outbox, receipt=f"{next(_counted) - 1:032x}"
        ):
            raise SystemExit("a batch left no receipt")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
