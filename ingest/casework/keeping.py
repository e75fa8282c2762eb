"""By what cases are kept."""

from dataclasses import dataclass, field
from datetime import date, datetime

from ingest.days import Settings
from ingest.discipline import Shelf
from ingest.discipline.values import Service


@dataclass(frozen=True, slots=True)
class Keeping:
    """The regulations, how days are judged, and the moment."""

    shelf: Shelf
    settings: Settings
    now: datetime
    incomplete: dict[tuple[str, date], bool] = field(default_factory=dict, compare=False)
    """Office-days that were looked at in this round, only to see whether anything follows."""

    @property
    def today(self) -> date:
        """The day it is in the offices."""
        return self.now.astimezone(self.settings.zone).date()

    def widest(self) -> tuple[int, int] | None:
        """Return, over all rules that keep cases today, how many days after its last day a streak
        may open one, and how few days one needs; None where no rule keeps any."""
        found = [
            (one.case.opens_within_days, alarm.min_days)
            for one in self.shelf.documents
            if isinstance(one, Service) and one.case and one.within(self.today, self.today)
            for alarm in one.alarms
            if alarm.id == one.case.alarm
        ]
        if not found:
            return None
        return max(days for days, _ in found), min(least for _, least in found)
