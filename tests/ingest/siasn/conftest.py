"""A fake BKN for each test, and who asks it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_siasn import FakeSiasn, serving

from ingest.config import load
from ingest.siasn.client import Client
from ingest.siasn.settings import Access
from ingest.siasn.wire import Wire

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.fixture
def bkn() -> Iterator[FakeSiasn]:
    with serving(FakeSiasn()) as siasn:
        yield siasn


@pytest.fixture
def access(bkn: FakeSiasn, tmp_path: Path) -> Access:
    config = tmp_path / "asks.toml"
    config.write_text('[ingest]\ntimezone = "UTC"\n' + bkn.configure(tmp_path))
    found = load(config).siasn
    assert found is not None
    return found


class Asking:
    """A client, the time it believes it is, and how long it waited."""

    def __init__(self, access: Access) -> None:
        self.now = NOW
        self.waited: list[float] = []
        self.client = Client(access, clock=lambda: self.now, wait=self.waited.append)

    def go(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def asking(access: Access) -> Iterator[Asking]:
    made = Asking(access)
    yield made
    made.client.close()


@pytest.fixture
def hasty(access: Access) -> Iterator[Callable[..., Client]]:
    """Make clients that give BKN little time."""
    made: list[Client] = []

    def make(timeout_s: float = 0.2, **other: Any) -> Client:
        quick = replace(access, timeout_s=timeout_s, **other)  # type: ignore[arg-type]  # a test is in a hurry
        wire = Wire(quick, monotonic=time.monotonic)
        made.append(Client(quick, clock=lambda: NOW, wait=lambda _: None, wire=wire))
        return made[-1]

    yield make
    for one in made:
        one.close()
