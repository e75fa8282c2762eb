"""On PostgreSQL the service keeps cases by its own role, which can rewrite nothing."""

from pathlib import Path

import psycopg
import pytest
from followed import MONDAY, PERSON
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from ingest.store import centre_days
from ingest.store.database import open_engine, writing

ROLES_SQL = (Path(__file__).parents[3] / "deploy" / "postgres-roles.sql").read_text("utf-8")

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database_kind", ["postgres"]),
]


@pytest.fixture
def served(followed):
    """The engine of the service's role."""
    url = followed.engine.url
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(ROLES_SQL.encode())
    role = url.set(username="hadir_ingest").render_as_string(hide_password=False)
    engine = open_engine(role)
    yield engine
    engine.dispose()


def test_it_opens_withdraws_and_beats_and_cannot_rewrite(followed, served):
    owner = followed.engine
    followed.round = lambda: None
    followed.go(3)
    del followed.round
    followed.engine = served
    assert followed.round().wrote == 1
    followed.engine = owner
    followed.punch(PERSON, MONDAY)
    followed.judge()
    followed.engine = served
    assert followed.round().wrote == 1
    assert followed.kinds() == ["OPENED", "WITHDRAWN"]
    with writing(served) as connection:
        centre_days.beat(connection, now=followed.now, zone=followed.settings().zone)
    with pytest.raises(ProgrammingError, match="permission denied"), served.begin() as connection:
        connection.execute(text("DELETE FROM case_events"))
