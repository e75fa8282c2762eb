"""Where a stretch of coverage begins when only the records themselves can tell. Pure.

A first read, or an extract, brings records from a time when nobody watched. It proves their period
only from where their times can be believed: after the last record that is dated before YEAR, after
the read, or more than an hour behind an earlier one. What lies before may be of any time at all. A
smaller step back is no more than a clock set right; a larger one moves touches to other days.
"""

from datetime import datetime, timedelta

from ingest.wire import Punch

YEAR = 2010  # terminals that lost their clock wake in 2000
STEP_BACK = timedelta(hours=1)


class Stretch:
    """Fed with punches in the order of the log."""

    def __init__(
        self,
        *,
        read_at: int,
        limit_s: int,
        since: int | None = None,
        peak: datetime | None = None,
    ) -> None:
        self._read_at = read_at
        self._limit_s = limit_s
        self.since = since
        """The instant of the first record after the last that cannot be believed."""
        self.until: int | None = None
        """The instant of the last record, if `since` is known."""
        self.peak = peak
        """The latest believable local time so far: a clock is behind until it is reached again."""

    def feed(self, punch: Punch) -> None:
        """Take in the next punch of the log."""
        if not self._believable(punch):
            self.since = self.until = None
            return
        at = min(punch.occurred_at, self._read_at)
        if self.since is None:
            self.since = at
        self.until = at
        if self.peak is None or punch.local_time > self.peak:
            self.peak = punch.local_time

    def _believable(self, punch: Punch) -> bool:
        if punch.local_time.year < YEAR or punch.occurred_at > self._read_at + self._limit_s:
            return False
        return self.peak is None or punch.local_time >= self.peak - STEP_BACK
