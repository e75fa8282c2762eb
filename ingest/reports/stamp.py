"""What every export carries: who made it and when, and that it is confidential."""

from dataclasses import dataclass
from datetime import datetime

from ingest.indonesian import moment_text

SECRET = "RAHASIA"  # noqa: S105 - the mark of a paper, no password


@dataclass(frozen=True, slots=True)
class Stamp:
    """`at` is in the zone of the offices."""

    who: str
    at: datetime

    @property
    def text(self) -> str:
        return f"{SECRET} - dibuat {moment_text(self.at)} oleh {self.who} - memuat data pribadi"
