"""A case that somebody has to be told of."""

import pytest
from followed import Followed
from sqlalchemy import Engine
from told import Telling


@pytest.fixture
def telling(engine: Engine) -> Telling:
    """Three absent days of one person, Monday to Wednesday; it is Thursday, nine o'clock."""
    followed = Followed(engine)
    followed.go(3)
    return Telling(followed)
