"""What judging needs to know and no table holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ingest.calendar import ExcuseType
from ingest.excuse_types import shipped
from ingest.store.facts import Asking


@dataclass(frozen=True, slots=True)
class Settings:
    zone: ZoneInfo
    """In which days begin and end."""
    clock_limit_s: int = 300
    """How far a terminal's clock may be off before its times are not believed."""
    seal: str | None = None
    """Fingerprint of the seal by which decisions of people are proven; None: the last one known."""
    types: Mapping[str, ExcuseType] = field(default_factory=shipped)
    """What excuses people, by code."""

    @property
    def asking(self) -> Asking:
        return Asking(self.zone, self.clock_limit_s, self.types, self.seal)
