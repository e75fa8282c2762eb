"""What every job works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from ingest.checkpointing import Ways
from ingest.days import Settings
from ingest.retention import DEFAULT as DEFAULT_RETENTION
from ingest.retention import Retention


@dataclass(frozen=True, slots=True)
class Work:
    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
    lookback_days: int
    """How far back a night looks for days that can be judged now."""
    silent_after: timedelta
    """How long a bridge may say nothing before it is told."""
    retention: Retention = DEFAULT_RETENTION
    """How long what is no evidence is kept."""
    ways: Ways | None = None
    """Where checkpoints go; None: nowhere."""
    seal_file: Path | None = None
    """The centre's own key, by which they are sealed."""
