"""A store as deploy/citus.sql leaves it, beside one as it was."""

from collections.abc import Iterator

import pytest
from spread import spread
from sqlalchemy import URL, Engine, create_engine, text

from ingest.store.database import open_engine


@pytest.fixture
def whole(postgres_url: str) -> Iterator[Engine]:
    """A store on one machine."""
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture
def parted(postgres_server: URL, postgres_template: str) -> Iterator[Engine]:
    """A store with the keys of one that is spread."""
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE hadir_parted TEMPLATE "{postgres_template}"'))
    url = postgres_server.set(database="hadir_parted").render_as_string(hide_password=False)
    engine = open_engine(url)
    spread(engine)
    engine.dispose()  # what the script sets for the database holds for who connects from now on
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE hadir_parted WITH (FORCE)"))
    admin.dispose()
