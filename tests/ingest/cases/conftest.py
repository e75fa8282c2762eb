"""An office whose people come or do not, judged as it is in service, and whose cases are kept."""

import pytest
from followed import Followed
from sqlalchemy import Engine


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Office A with a terminal, its head (1) and one person under him (2); Monday, 2 March 2026."""
    return Followed(engine)
