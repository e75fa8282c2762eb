"""An office with a case of three days, its users, and a file of letters."""

import pytest
from followed import HEAD, PERSON, Followed
from lettered import Office, faked


@pytest.fixture
def office(engine, tmp_path, database_url, monkeypatch):
    """Monday to Wednesday absent; the letters are set by a fake."""
    faked(monkeypatch)
    followed = Followed(engine)
    followed.go(3)
    return Office(followed, tmp_path, database_url).users()


@pytest.fixture
def reprimanded(office):
    """Warned, back at work, and silent for ten working days: a reprimand waits."""
    office.followed.told()
    office.followed.go(16, present=(HEAD, PERSON), each=False)
    return office
