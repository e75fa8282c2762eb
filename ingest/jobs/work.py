"""What every job works with."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from ingest import excuse_types
from ingest.checkpointing import Ways
from ingest.config import IngestConfig
from ingest.days import Settings
from ingest.notify import settings as notifying
from ingest.notify.registry import ChannelConfig
from ingest.notify.settings import Sending
from ingest.retention import DEFAULT as DEFAULT_RETENTION
from ingest.retention import Retention
from ingest.trust import Trust


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
    trust: Trust = field(default_factory=lambda: Trust(None))
    """Which seal proves decisions; it goes by what the settings say only while there is none."""
    regulations: Path | None = None
    """The office's own regulations; None: those that ship."""

    channels: tuple[ChannelConfig, ...] = ()
    """By which people are told, in the order in which they are tried."""
    notify: Sending | None = None
    """When and how; None: as it is when nothing is said of it."""

    def telling(self) -> Sending:
        """Return when and how people are told."""
        return self.notify or notifying.usual(self.settings.zone)

    def judging(self) -> Settings:
        """Return the settings of this round, with the seal there is now. Raises SealError."""
        return replace(self.settings, seal=self.trust.root(self.engine) or self.settings.seal)


def make_work(config: IngestConfig, engine: Engine, clock: Callable[[], datetime]) -> Work:
    """Return what the jobs of a centre work with. Raises ConfigError."""
    return Work(
        engine,
        Settings(config.zone, config.clock_limit_s, types=excuse_types.load(config.excuses)),
        clock,
        config.lookback_days,
        timedelta(minutes=config.bridge_silent_minutes),
        config.retention,
        config.checkpoints,
        config.seal_file,
        Trust(config.seal_file),
        config.regulations,
        config.channels,
        config.notify,
    )
