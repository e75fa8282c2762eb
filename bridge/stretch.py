"""Where a stretch of coverage begins when only the records themselves can tell. Pure.

A first read, or an extract, brings records from a time when nobody watched. It proves their period
only from where their times can be believed: after the last record that is dated before YEAR, after
the read, or more than an hour behind an earlier one. What lies before may be of any time at all. A
smaller step back is no more than a clock set right; a larger one moves touches to other days.

A first read also believes nothing from before the last long pause. Terminals come with a touch of
the factory's in them, or one made before their clock was set: that a terminal stood in the office
since then, and nobody touched it, is the one thing such a record does not prove.
"""

from datetime import datetime, timedelta

from ingest.wire import Punch

YEAR = 2010  # terminals that lost their clock wake in 2000
STEP_BACK = timedelta(hours=1)
PAUSE = timedelta(days=14)  # Lebaran and its joint leave are shorter


class Stretch:
    """Fed with punches in the order of the log."""

    def __init__(
        self,
        *,
        read_at: int,
        limit_s: int,
        since: int | None = None,
        peak: datetime | None = None,
        pause: timedelta | None = None,
    ) -> None:
        """`pause` is what nobody believes to have passed without a touch; None for any time."""
        self._read_at = read_at
        self._limit_s = limit_s
        self._pause = pause
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
        paused = self._pause and self.peak and punch.local_time - self.peak > self._pause
        if self.since is None or paused:
            self.since = at
        self.until = at
        if self.peak is None or punch.local_time > self.peak:
            self.peak = punch.local_time

    def _believable(self, punch: Punch) -> bool:
        if punch.local_time.year < YEAR or punch.occurred_at > self._read_at + self._limit_s:
            return False
        return self.peak is None or punch.local_time >= self.peak - STEP_BACK
