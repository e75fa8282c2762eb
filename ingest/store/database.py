"""The door to the database: SQLite in a file by default, PostgreSQL by URL; both keep one promise.

What was committed is on disk: WAL with `synchronous=FULL` on SQLite, and a PostgreSQL that was told
not to wait for its disk is told to wait for us; but for what is done again (`rewriting`). Work goes
through these and `reading`, which turn what the database says into one sentence of ours.

On SQLite every `writing` begins with BEGIN IMMEDIATE. A transaction that reads first and writes
later would be refused at once when another wrote in between, without waiting; one that takes the
lock at its beginning waits its turn.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    column,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ingest.errors import StoreError, StoreUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

WAIT_S = 10.0
"""How long a write waits for another to end before it gives up."""
CHECKPOINT_PAGES = 20_000  # the default of 1,000 halves the rate of inserts; this is 80 MB of WAL
POOL_SIZE = 5
_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISIONS = table("alembic_version", column("version_num"))
_MIGRATION_LOCK = 0x68616469  # any number, as long as no other program takes the same
_SWITCH_TRIES = 20
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40P01", "40001")
_STANDBY = "25006"  # a server that takes no writes: it was primary when we connected
_LIVELY = {
    # a server that is cut off is left within half a minute, not the kernel's quarter of an hour
    "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}  # fmt: skip
_SQLITE_DOWN = (
    "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOTADB",
    "SQLITE_PERM", "SQLITE_READONLY",
)  # fmt: skip
_READ_ONLY = "hadir_read_only"
_MIGRATING = "hadir_migrating"
_IN_ONE_PLACE = "hadir_in_one_place"
_SCHEMES = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_EXAMPLES = "sqlite:////var/lib/hadir/hadir.db or postgresql://user@host/database"
_HOLD = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) key"
)
_NOT_WAITING = text("SET LOCAL synchronous_commit TO off")


def open_engine(url: str, *, wait_s: float = WAIT_S) -> Engine:
    """Return an engine for a database URL; nothing is connected yet. Raises StoreError."""
    found = _parse(url)
    if found.drivername == "sqlite":
        return _sqlite(found, wait_s)
    return _postgresql(found, wait_s)


def shown(url: URL) -> str:
    """Return a URL fit for a message: whatever may be a secret in it is masked."""
    query = {key: "***" if "pass" in key.lower() else value for key, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that is committed when the block ends well. Raises StoreUnavailable."""
    with _explained(engine), _primary(engine), engine.begin() as connection:
        yield connection


@contextmanager
def rewriting(engine: Engine) -> Iterator[Connection]:
    """Like `writing`, for what is done again should a power cut take it back.

    It takes back the whole of it, and nothing that was committed before: a mark that asked for a
    judgement returns with the day as it was. So nobody waits for the disk, where PostgreSQL keeps
    the store; whoever commits something on the ground of it waits for both.
    """
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(_NOT_WAITING)
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that sees one state of the store and cannot change it."""
    options: dict[str, Any] = {_READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _explained(engine), engine.connect() as connection:
        # set before the first statement, so that the transaction begins with it
        yield connection.execution_options(**options)
        # not rolled back: psycopg would forget the statements it has prepared on this connection
        connection.commit()


def in_one_place(connection: Connection) -> bool:
    """Say whether this is PostgreSQL, and its tables are not spread by Citus: which joins none that
    are spread by different columns, and locks no rows of several machines."""
    if connection.dialect.name != "postgresql":
        return False
    # asked once of each connection: a store is spread with no centre at work (docs/scale.md)
    if _IN_ONE_PLACE not in connection.info:
        found = connection.scalar(text("SELECT to_regclass('citus_tables') IS NULL"))
        connection.info[_IN_ONE_PLACE] = bool(found)
    return bool(connection.info[_IN_ONE_PLACE])


def hold_keys(connection: Connection, keys: Iterable[str]) -> None:
    """Let nobody else hold any of these names until the transaction ends; they are taken in this
    order. Only PostgreSQL needs it: SQLite writes for one at a time."""
    held = list(keys)
    if held and connection.dialect.name == "postgresql":
        connection.execute(_HOLD, {"keys": held})


@contextmanager
def _primary(engine: Engine) -> Iterator[None]:
    """Leave a server that has become a standby: the next connection finds the new primary."""
    try:
        yield
    except DBAPIError as error:
        if _code(error.orig) != _STANDBY:
            raise
        engine.dispose()
        raise StoreUnavailable(
            f"the database {shown(engine.url)} takes no writes at present; try again later"
        ) from error


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable(_busy(engine)) from error
    except DBAPIError as error:
        sentence = _sentence(engine, error)
        if sentence is None:
            raise
        raise StoreUnavailable(sentence) from error


def _sentence(engine: Engine, error: DBAPIError) -> str | None:
    """Say why the database does not serve; None where the statement is at fault and not it."""
    code = _code(error.orig)
    if code.startswith(_BUSY):
        return _busy(engine)
    if engine.dialect.name == "sqlite":
        if not code.startswith(_SQLITE_DOWN):
            return None
        hint = "check that its folder exists, can be written and has room"
    else:
        unasked = error.statement is None and not code  # the driver stumbled over the URL
        down = error.connection_invalidated or isinstance(error, OperationalError)
        if not (down or unasked):
            return None
        hint = "check that the server runs and that the URL, user and password are right"
    return f"the database {shown(engine.url)} does not answer ({_first_line(error)}); {hint}"


def _busy(engine: Engine) -> str:
    return f"the database {shown(engine.url)} is busy with other work; try again later"


def _code(error: object) -> str:
    """Return the SQLSTATE of PostgreSQL or the name SQLite gives its error."""
    return str(getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or "")


def _first_line(error: Exception) -> str:
    """Return what the driver said, without SQL and without values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _parse(url: str) -> URL:
    try:
        found = make_url(url)
    except (ArgumentError, ValueError) as error:
        # the text itself may hold a password, so only its beginning is repeated
        scheme = re.match(r"[A-Za-z0-9+]{1,20}(?=:)", url)
        named = f"the database URL {scheme[0]}:..." if scheme else "the database URL"
        raise StoreError(
            f"{named} cannot be read; write it like {_EXAMPLES}, "
            "with special characters of the password percent-encoded"
        ) from error
    found = found.set(drivername=_SCHEMES.get(found.drivername, found.drivername))
    if found.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(
            f"no database is known as {found.drivername!r}; write the URL like {_EXAMPLES}"
        )
    if found.drivername == "sqlite" and (found.database in {None, "", ":memory:"} or found.host):
        raise StoreError(
            f"the database URL {shown(found)} names no file; write it like {_EXAMPLES}"
        )
    if found.drivername == "sqlite" and not Path(str(found.database)).is_absolute():
        raise StoreError(
            f"the database URL {shown(found)} names another file in each folder it is used from; "
            f"write its whole path, like {_EXAMPLES}"
        )
    if found.drivername == "sqlite" and (found.query or "\0" in str(found.database)):
        raise StoreError(
            f"the database URL {shown(found)} holds more than a file; write it like {_EXAMPLES}"
        )
    return found


def _sqlite(url: URL, wait_s: float) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # an error must not carry punches or names into the log
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=wait_s,
        connect_args={"timeout": wait_s},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # without it INSERT OR REPLACE would pass the triggers that keep punches as they are
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = bool(connection.get_execution_options().get(_READ_ONLY))
        migrating = bool(connection.get_execution_options().get(_MIGRATING))
        # a table is rebuilt under its own name: what refers to it must not be followed meanwhile
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys = {int(not migrating)}")
        driver.execute(f"PRAGMA query_only = {int(read_only)}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. Only the first of a file's life does work, and SQLite lets it wait for nobody.

    So when another is at it, stand in its queue with a transaction of our own and look again.
    """
    for _ in range(_SWITCH_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _postgresql(url: URL, wait_s: float) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            isolation_level="READ COMMITTED",  # markers rely on it: see store/dirty.py
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_timeout=wait_s,
            pool_pre_ping=True,
            connect_args={"connect_timeout": max(2, round(wait_s)), **_LIVELY},
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(f"PostgreSQL cannot be used: {_first_line(error)}") from error

    from ingest.store import arrays  # with psycopg, which a store in a file does not need

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        arrays.register(connection.adapters)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('timezone', 'UTC', false)")
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false)", (f"{round(wait_s * 1000)}ms",)
            )
            # a receipt promises that the punch survives a power cut
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
        connection.commit()

    return engine


def migrate(engine: Engine) -> None:
    """Bring the tables to what this program expects; harmless to repeat.

    All in one transaction: a migration that fails leaves the store as it was. Raises StoreError.
    """
    from alembic import command

    with _migrating(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        _refuse_newer(connection)
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may rebuild tables; on SQLite no reference may be broken after it."""
    with _explained(engine), engine.connect() as opened:
        connection = opened.execution_options(**{_MIGRATING: True})
        with connection.begin():
            yield connection
            if engine.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise StoreError(
                        f"the database {shown(engine.url)} cannot be migrated: a row of "
                        f"{broken[0]} refers to one of {broken[2]} that is not there; restore a "
                        "backup"
                    )


def require_current(engine: Engine) -> None:
    """Raise StoreError unless the tables are exactly those this program was written for.

    Only `migrate` makes a file: who mistyped its name and only looks must not leave one behind.
    """
    revision = None
    if not is_missing(engine):
        with reading(engine) as connection:
            revision = _refuse_newer(connection)
    if revision is None:
        raise StoreError(
            f"the database {shown(engine.url)} has no tables yet; run hadir-ingest migrate"
        )
    if revision != max(_known_revisions()):
        raise StoreError(
            f"the database {shown(engine.url)} is at revision {revision}, older than this program; "
            "run hadir-ingest migrate"
        )


def is_missing(engine: Engine) -> bool:
    if engine.dialect.name != "sqlite":
        return False
    file = Path(str(engine.url.database))
    return file.parent.is_dir() and not file.exists()


def _refuse_newer(connection: Connection) -> str | None:
    """Return the revision of the tables, None where there are none.

    It is read as Alembic writes it, without Alembic: every command asks, and few migrate.
    """
    if not inspect(connection).has_table(_REVISIONS.name):
        return None
    revision: str | None = connection.scalar(select(_REVISIONS.c.version_num))
    if revision is not None and revision not in _known_revisions():
        raise StoreError(
            f"the database {shown(connection.engine.url)} is at revision {revision}, which "
            "this program does not know, and a store is never taken back; install the newer hadir "
            "that wrote it, or restore a backup made before the upgrade"
        )
    return revision


def knows_revision(revision: str) -> bool:
    """Say whether this program can make, or bring up to date, tables of a revision."""
    return revision in _known_revisions()


def _known_revisions() -> set[str]:
    """Return the revisions this program can make, by the names of their files."""
    return {path.name[1:5] for path in (_MIGRATIONS / "versions").glob("r[0-9]*_*.py")}


def _alembic() -> "Config":
    from alembic.config import Config

    config = Config()
    # a percent sign would be taken for an interpolation
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
