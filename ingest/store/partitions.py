"""The months `punches` is cut into on PostgreSQL: which there are, made ahead, taken out, put back.

A month that is taken out lies in a file (`ingest.store.archives`) and is remembered in
`archived_months`. While it is away no day of it is judged: its punches are archived, not missing.
Whatever changes a month takes its locks in the order in which a batch takes them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError

from ingest.errors import Refused, StoreError, StoreUnavailable
from ingest.store import archives
from ingest.store.archives import Archive
from ingest.store.database import writing
from ingest.store.marks import MAX_DAYS
from ingest.store.rows import contradiction_key
from ingest.store.tables import archived_months, contradictions
from ingest.wire import punch_id

AHEAD = 3
"""Months that are ready before they begin."""
WORTH_A_MONTH = 1_000
"""Punches in the default partition from which on a month of the past gets its own."""

_MONTHS = text(
    "SELECT to_date(substr(c.relname, 9), 'YYYY_MM') AS month, c.reltuples::bigint AS punches,"
    " pg_total_relation_size(c.oid) AS bytes FROM pg_inherits i JOIN pg_class c"
    " ON c.oid = i.inhrelid WHERE i.inhparent = 'punches'::regclass"
    " AND c.relname <> 'punches_default' ORDER BY c.relname"
)
_DEFAULT = text("SELECT month, punches FROM hadir_default_months() ORDER BY month")
_OWNS = text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'punches'::regclass")
_HOLD = text("LOCK TABLE terminals, batches, punches IN ACCESS EXCLUSIVE MODE")
_HOLD_TRIES = 60
"""Each for half a second, which is shorter than what PostgreSQL waits before it looks for a
deadlock: rather we ask again than that somebody is sent away who reads in another order."""


Log = Callable[[Connection, Archive], None]
"""Tells what was done, last in the transaction that does it."""


class MonthAway(Refused):
    """A day is asked for whose punches are archived."""


@dataclass(frozen=True, slots=True)
class Month:
    """A partition. `punches` is the server's estimate, None before it made one."""

    month: date
    punches: int | None
    bytes: int


def next_month(month: date) -> date:
    """Return the first day of the month after a day's."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def has_months(connection: Connection) -> bool:
    """Say whether the store is cut into months at all."""
    return connection.dialect.name == "postgresql"


def find_months(connection: Connection) -> list[Month]:
    """Return the months that have a partition, oldest first."""
    return [
        Month(row.month, None if row.punches < 0 else row.punches, row.bytes)
        for row in connection.execute(_MONTHS)
    ]


def find_strays(connection: Connection) -> dict[date, int]:
    """Return what lies in the default partition: month to number of punches."""
    return {row.month: row.punches for row in connection.execute(_DEFAULT)}


def find_archived(connection: Connection) -> dict[date, str]:
    """Return the months that are away: first day to the name of their file."""
    query = select(archived_months.c.month, archived_months.c.file).where(
        archived_months.c.returned_at.is_(None)
    )
    return {row.month: row.file for row in connection.execute(query)}


def require_here(connection: Connection, day: date) -> None:
    """Raise MonthAway if the punches of a day are archived: nobody is judged without them."""
    require_all_here(connection, [day])


def require_all_here(connection: Connection, days: Iterable[date]) -> None:
    """Raise MonthAway if the punches of one of these days are archived."""
    away = find_archived(connection)
    for day in days:
        file = away.get(day.replace(day=1))
        if file is not None:
            raise MonthAway(
                f"the punches of {day:%Y-%m} are archived in {file}; bring them back with "
                "hadir-ingest partitions attach"
            )


def wanted(connection: Connection, today: date) -> list[date]:
    """Return the months that should have a partition and have none: the next ones, and those of
    the past of which much lies in the default partition."""
    ahead = [today.replace(day=1)]
    while len(ahead) <= AHEAD:
        ahead.append(next_month(ahead[-1]))
    past = {
        month
        for month, punches in find_strays(connection).items()
        if punches >= WORTH_A_MONTH and date(2010, 1, 1) <= month <= today
    }
    there = {one.month for one in find_months(connection)}
    return sorted(({*ahead} | past) - there - find_archived(connection).keys())


def make(engine: Engine, month: date) -> int:
    """Make a month; return how many punches moved into it from the default partition."""
    for left in reversed(range(_HOLD_TRIES)):
        try:
            with writing(engine) as connection:
                return _make(connection, month)
        except StoreUnavailable:
            if not left:
                raise
    raise AssertionError("the last try has returned or raised")


def may_go(connection: Connection, before: date, *, today: date) -> list[date]:
    """Return the months that may be taken out. Raises Refused.

    What arrives may have days judged again as far back as `marks.MAX_DAYS`: those stay.
    """
    _require_owner(connection)
    if (today - before).days < MAX_DAYS:
        raise Refused(
            f"--before {before:%Y-%m} is too late: days are judged again up to {MAX_DAYS} days "
            "back, so younger months have to stay"
        )
    return [one.month for one in find_months(connection) if one.month < before.replace(day=1)]


def archive(
    engine: Engine, month: date, folder: Path, *, now: datetime, log: Log | None = None
) -> Archive:
    """Take a month out into a file of a folder; it leaves the store when the file is proven."""
    name = _table(month)
    with writing(engine) as connection:
        connection.execute(text(f"LOCK TABLE {name} IN EXCLUSIVE MODE"))
        with _driver(connection) as driver:
            made = archives.write(driver, name, month, folder, now=now)
        archives.check(made)
        _hold(connection)
        connection.execute(text(f"ALTER TABLE punches DETACH PARTITION {name}"))
        connection.execute(text(f"DROP TABLE {name}"))
        _remember(connection, made, now)
        if log is not None:
            log(connection, made)
    return made


def attach(
    engine: Engine, file: Path, *, now: datetime, log: Log | None = None
) -> tuple[Archive, int]:
    """Bring an archived month back; return it, and how many of its punches were told again since.

    What was told again gives way to what was archived, as a later telling does; other codes are
    kept as contradictions. Raises Refused where the file is not the one that was archived.
    """
    found = archives.check(archives.open_archive(file))
    with writing(engine) as connection:
        _require_owner(connection)
        _require_away(connection, found)
        _hold(connection)
        held = _set_aside(connection)
        _make(connection, found.month)
        with _driver(connection) as driver:
            archives.read(driver, found, _table(found.month))
        _keep_contradictions(connection)
        columns = ", ".join(archives.COLUMNS)
        back = connection.execute(
            text(
                f"INSERT INTO punches ({columns}) SELECT {columns} FROM punches_moving"  # noqa: S608
                " ON CONFLICT DO NOTHING"
            )
        ).rowcount
        connection.execute(text("DROP TABLE punches_moving"))
        connection.execute(
            update(archived_months)
            .where(archived_months.c.month == found.month)
            .values(returned_at=now)
        )
        if log is not None:
            log(connection, found)
    return found, held - back


def _make(connection: Connection, month: date) -> int:
    return connection.scalar(text("SELECT hadir_make_month(:month)"), {"month": month}) or 0


def _hold(connection: Connection) -> None:
    """Keep everybody else away until the commit."""
    for left in reversed(range(_HOLD_TRIES)):
        try:
            with connection.begin_nested():
                connection.execute(text("SET LOCAL lock_timeout = '500ms'"))
                connection.execute(_HOLD)
        except OperationalError:
            if not left:
                raise
        else:
            return


def _set_aside(connection: Connection) -> int:
    """Empty the default partition into `punches_moving`; return how many punches it held."""
    for statement in (
        "CREATE TABLE punches_moving AS SELECT * FROM punches_default",
        "ALTER TABLE punches DETACH PARTITION punches_default",
        "DROP TABLE punches_default",
        "CREATE TABLE punches_default PARTITION OF punches DEFAULT",
        "CREATE TRIGGER punches_kept BEFORE TRUNCATE ON punches_default"
        " FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse('punches')",
    ):
        connection.execute(text(statement))
    return connection.scalar(text("SELECT count(*) FROM punches_moving")) or 0


_OTHERWISE = text(
    "SELECT m.*, t.serial FROM punches_moving m JOIN terminals t ON t.id = m.terminal_id"
    " JOIN punches p ON p.terminal_id = m.terminal_id AND p.user_id = m.user_id"
    " AND p.local_time = m.local_time WHERE (p.state, p.verify, p.work_code)"
    " IS DISTINCT FROM (m.state, m.verify, m.work_code)"
)


def _keep_contradictions(connection: Connection) -> None:
    rows = [_contradiction(row) for row in connection.execute(_OTHERWISE).mappings()]
    if rows:
        statement = postgresql.insert(contradictions).on_conflict_do_nothing()
        connection.execute(statement, sorted(rows, key=lambda row: str(row["key"])))


def _contradiction(row: Any) -> dict[str, Any]:
    name = punch_id(row["serial"], row["user_id"], row["local_time"])
    key = contradiction_key(name, (row["state"], row["verify"], row["work_code"]))
    columns: Iterable[str] = contradictions.c.keys()
    return {one: row[one] for one in columns if one not in {"id", "key"}} | {"key": key}


def _remember(connection: Connection, made: Archive, now: datetime) -> None:
    row = {
        "rows": made.rows,
        "first_batch": made.first_batch,
        "last_batch": made.last_batch,
        "sha256": made.sha256,
        "file": str(made.file),
        "archived_at": now,
        "returned_at": None,
    }
    connection.execute(
        postgresql.insert(archived_months)
        .values(month=made.month, **row)
        .on_conflict_do_update(index_elements=["month"], set_=row)
    )


def _require_owner(connection: Connection) -> None:
    if not connection.scalar(_OWNS):
        raise Refused(
            "months are taken out and put back by the role that owns the tables; name it in "
            "`database` for this command, as for hadir-ingest migrate"
        )


def _require_away(connection: Connection, found: Archive) -> None:
    known = connection.scalar(
        select(archived_months.c.sha256).where(
            archived_months.c.month == found.month, archived_months.c.returned_at.is_(None)
        )
    )
    if known is None:
        raise Refused(f"{found.month:%Y-%m} is not archived here: its punches are in the store")
    if known != found.sha256:
        raise Refused(
            f"{found.file} is not the file that was archived for {found.month:%Y-%m}: its SHA-256 "
            f"is {found.sha256}, that of the archive was {known}"
        )


def _table(month: date) -> str:
    return f"punches_{month:%Y_%m}"


@contextmanager
def _driver(connection: Connection) -> Iterator[Any]:
    """Lend the driver's own connection, for COPY, within the same transaction."""
    import psycopg

    try:
        yield connection.connection.driver_connection
    except psycopg.Error as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise StoreError(f"the database did not copy the month: {first}") from error
