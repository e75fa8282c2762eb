"""On PostgreSQL the service tells people by its own role, which enters no address."""

from pathlib import Path

import psycopg
import pytest
from followed import PERSON, nip
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from told import Fault, Telling, failure

from ingest.store import contacts, receipts
from ingest.store.database import open_engine, writing
from ingest.store.receipts import Told

ROLES_SQL = (Path(__file__).parents[3] / "deploy" / "postgres-roles.sql").read_text("utf-8")

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database_kind", ["postgres"]),
]


def test_it_sends_finds_addresses_wrong_and_enters_none(telling: Telling) -> None:
    url = telling.followed.engine.url
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(ROLES_SQL.encode())
    role = url.set(username="hadir_ingest").render_as_string(hide_password=False)
    owner, telling.followed.engine = telling.followed.engine, open_engine(role)
    for one in telling.channels:
        one.answers = [failure(Fault.ADDRESS)]
    for _ in range(3):
        telling.send()
    served = telling.followed.engine
    with writing(served) as connection:
        receipts.take(connection, "wa", [Told("read", telling.now, "x", None)], b"x", telling.now)
    for statement in ("DELETE FROM dispatches", "DELETE FROM receipts"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            served.begin() as connection,
        ):
            connection.execute(text(statement))
    with pytest.raises(ProgrammingError, match="permission denied"), writing(served) as connection:
        contacts.add(
            connection, (nip(PERSON), None), kind="mail", value="a@b", source="x", now=telling.now
        )
    served.dispose()
    telling.followed.engine = owner
    states = {one.state for one in telling.rows(to=None)}
    assert states <= {"failed", "waiting", "accepted"}
    assert telling.followed.kinds().count("TOLD") >= 1
