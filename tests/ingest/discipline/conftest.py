"""A store of judged days."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from written import Written


@pytest.fixture
def store(engine: Engine) -> Iterator[Written]:
    """A store that takes everything back at the end."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield Written(connection)
        transaction.rollback()
