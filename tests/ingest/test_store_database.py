"""The door to the database: a wrong URL is one sentence, and what was committed is on disk."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from ingest.errors import StoreError, StoreUnavailable
from ingest.store import tables
from ingest.store.database import migrate, open_engine, reading, require_current, writing


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "cannot be read"),
        ("hadir.db", "cannot be read"),
        ("postgresql://u:geheim@host:port/db", "cannot be read"),
        ("mysql://u:geheim@host/db", "no database is known as 'mysql'"),
        ("postgresql+asyncpg://u:geheim@host/db", "no database is known as"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite://hadir.db", "names no file"),
        ("sqlite:////tmp/a\0b", "holds more than a file"),
        ("sqlite:////tmp/hadir.db?timeout=soon", "holds more than a file"),
    ],
)
def test_a_wrong_url_is_one_sentence_without_its_password(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        open_engine(url)
    text = str(caught.value)
    assert "geheim" not in text
    assert "\n" not in text
    assert "write " in text


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_that_is_not_there_is_one_sentence_without_its_password(scheme: str) -> None:
    engine = open_engine(f"{scheme}://u:geheim@127.0.0.1:1/db?sslpassword=geheim", wait_s=2)
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        migrate(engine)
    said = str(caught.value)
    assert "geheim" not in said
    assert "\n" not in said
    assert "postgresql+psycopg://u:***@127.0.0.1:1/db" in said


def test_an_option_postgresql_does_not_know_is_one_sentence() -> None:
    engine = open_engine("postgresql://u:geheim@127.0.0.1:1/db?sslmod=off", wait_s=2)
    with pytest.raises(StoreUnavailable, match='invalid connection option "sslmod"') as caught:
        migrate(engine)
    assert "geheim" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'missing' / 'hadir.db'}")
    with pytest.raises(StoreUnavailable, match=r"missing/hadir\.db.*check that its folder exists"):
        migrate(engine)


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hadir.db"
    path.write_bytes(b"this is a letter, not a database; " * 100)
    before = path.read_bytes()
    engine = open_engine(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match=r"hadir\.db does not answer"):
        require_current(engine)
    assert path.read_bytes() == before


def test_a_statement_at_fault_is_not_blamed_on_the_database(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="nowhere"), reading(engine) as connection:
        connection.execute(text("SELECT * FROM nowhere"))


def test_an_error_shows_no_values(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, writing(engine) as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "198001012006041001"})
    assert "198001012006041001" not in str(caught.value)


def test_reading_cannot_change_anything(engine: Engine) -> None:
    # SQLite has one word for this and for a file that may not be written
    refused = (DBAPIError, StoreUnavailable)
    with pytest.raises(refused, match=r"(?i)read.?only"), reading(engine) as connection:
        connection.execute(tables.schemes.delete())
    with writing(engine) as connection:  # the same connection of the pool writes again
        connection.execute(tables.schemes.update().values(name="x"))


def test_reading_sees_one_state_while_another_writes(engine: Engine) -> None:
    name = select(tables.schemes.c.name)
    with reading(engine) as reader:
        before = reader.scalar(name)
        with writing(engine) as writer:
            writer.execute(tables.schemes.update().values(name="changed"))
        assert reader.scalar(name) == before
    with reading(engine) as reader:
        assert reader.scalar(name) == "changed"


def test_a_failed_block_leaves_nothing(engine: Engine) -> None:
    def change_and_fail() -> None:
        with writing(engine) as connection:
            connection.execute(tables.schemes.update().values(name="changed"))
            raise KeyError

    with pytest.raises(KeyError):
        change_and_fail()
    with reading(engine) as connection:
        assert connection.scalar(select(tables.schemes.c.name)) != "changed"


def test_read_then_write_waits_its_turn_and_loses_no_update(engine: Engine) -> None:
    """On SQLite a transaction that began with a read would be refused instead of waiting."""
    faults: list[Exception] = []

    def count_up() -> None:
        for _ in range(20):
            try:
                with writing(engine) as connection:
                    query = select(tables.schemes.c.name).with_for_update()
                    found = int(connection.scalar(query) or 0)
                    connection.execute(tables.schemes.update().values(name=str(found + 1)))
            except StoreError as error:
                faults.append(error)

    with writing(engine) as connection:
        connection.execute(tables.schemes.update().values(name="0"))
    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with reading(engine) as connection:
        assert connection.scalar(select(tables.schemes.c.name)) == "60"


def test_a_busy_database_says_so_after_its_time(database_url: str) -> None:
    holder, other = open_engine(database_url), open_engine(database_url, wait_s=0.2)
    change = tables.schemes.update().values(name="changed")
    with writing(holder) as connection:
        connection.execute(change)
        with pytest.raises(StoreUnavailable, match="is busy with other work"), writing(other) as it:
            it.execute(change)
    holder.dispose()
    other.dispose()


def test_sqlite_keeps_what_was_committed(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with reading(engine) as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    engine.dispose()
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1,
    }  # fmt: skip


@pytest.mark.postgres
def test_postgresql_waits_for_its_disk_even_where_it_was_told_not_to(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with writing(engine) as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    engine.dispose()
    with reading(engine) as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
        assert connection.scalar(text("SHOW timezone")) == "UTC"
    engine.dispose()


def test_a_full_disk_is_the_database_not_answering(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)

    def fill() -> None:
        with writing(engine) as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            connection.execute(tables.schemes.update().values(name="x" * 100_000))

    with pytest.raises(StoreUnavailable, match=r"full.*has room"):
        fill()
    engine.dispose()
    with sqlite3.connect(str(engine.url.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.mark.postgres
def test_a_server_that_became_a_standby_is_left_and_looked_for_anew(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    office = tables.offices.insert().values(code="A", name="A", scheme="5-hari")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET default_transaction_read_only = on"))  # as a standby has it
    with (
        pytest.raises(StoreUnavailable, match="takes no writes at present"),
        writing(engine) as connection,
    ):
        connection.execute(office)
    with writing(engine) as connection:  # not by the same session, which the pool had kept
        connection.execute(office)
    engine.dispose()
