"""An office with a case of three days, its users, and a file of letters.

Each is made once and copied for each test: they cost seconds.
"""

from pathlib import Path
from typing import Any

import pytest
from followed import HEAD, PERSON, Followed
from lettered import Office, faked
from sqlalchemy import Engine
from stocked import Make, Stocked

from ingest.discipline.cases import Step


def absent(engine: Engine, folder: Path, url: str) -> Office:
    """Monday to Wednesday absent."""
    followed = Followed(engine)
    followed.go(3)
    return Office(followed, folder, url).users()


def silent(engine: Engine, folder: Path, url: str) -> Office:
    """Warned, back at work, and silent for ten working days: a reprimand waits."""
    office = absent(engine, folder, url)
    office.followed.told()
    office.followed.go(16, present=(HEAD, PERSON), each=False)
    return office


def answered_for(engine: Engine, folder: Path, url: str) -> Office:
    """The reprimand was approved, and then the letter to the office."""
    with pytest.MonkeyPatch.context() as patch:
        faked(patch)
        office = silent(engine, folder, url)
        for step in (Step.REPRIMAND, Step.OFFICE_LETTER):
            pending = office.followed.state().waiting(step)
            assert pending is not None
            office.approve(pending.number)
    return office


@pytest.fixture
def office(stocked: Stocked, tmp_path: Path, monkeypatch: Any) -> Office:
    """A case of three days; the letters are set by a fake."""
    faked(monkeypatch)
    return _copied(stocked, absent, tmp_path)


@pytest.fixture
def reprimanded(stocked: Stocked, tmp_path: Path, monkeypatch: Any) -> Office:
    """A case whose reprimand waits; the letters are set by a fake."""
    faked(monkeypatch)
    return _copied(stocked, silent, tmp_path)


@pytest.fixture
def written(stocked: Stocked, tmp_path: Path, monkeypatch: Any) -> Office:
    """The superior was reprimanded and the office written to: letters 1 and 2."""
    faked(monkeypatch)
    return _copied(stocked, answered_for, tmp_path)


def _copied(stocked: Stocked, make: Make, folder: Path) -> Office:
    engine, url, made = stocked(make)
    return Office(made.followed.beside(engine), folder, url)
