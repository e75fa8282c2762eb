"""What judging needs to know and no table holds."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Settings:
    zone: ZoneInfo
    """In which days begin and end."""
    clock_limit_s: int = 300
    """How far a terminal's clock may be off before its times are not believed."""
    seal: str | None = None
    """Fingerprint of the seal by which decisions of people are proven; None: the last one known."""
