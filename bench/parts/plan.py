"""What an installation of some size needs, from what one batch, one row and one person-day cost.

Pure arithmetic: `bench/capacity.py` measures the costs. All of it is linear in what is measured;
what is assumed and not measured stands in `Assumed` and `SIZES`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp

GB, TB = 1e9, 1e12


@dataclass(frozen=True, slots=True)
class Cost:
    """So much for each batch, and so much for each row in it."""

    batch: float
    row: float

    def of(self, batches: float, rows: float) -> float:
        return batches * self.batch + rows * self.row


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds are of one core; bytes are on disk."""

    api_s: Cost
    database_s: Cost
    punches: Cost
    """Bytes of the months with their indexes."""
    evidence: Cost
    """Bytes of batches with their bodies, of runs and of chains."""
    wal: Cost
    judge_s: float
    """The judge's own, for a person-day."""
    judge_database_s: float
    judge_wall_s: float
    """By the clock, both together."""
    day_bytes: float
    verify_s: Cost
    """By the clock, on one core and the database's."""


@dataclass(frozen=True, slots=True)
class Assumed:
    punches: float = 20e6 / 4.7e6  # of a person on a working day
    office: float = 20_000 / 70  # people
    peak: float = 0.4  # of a day's punches, in the half hour before work begins
    peak_minutes: float = 30
    rest_minutes: float = 600  # over which the others are spread
    working_days: float = 250
    busy: float = 0.5  # of its cores, at the peak: the other half is for what nobody foresaw
    host_cores: int = 16
    copies: int = 2  # of the database: the one at work and one that follows it
    bases: int = 4  # whole backups that are kept
    bloat: float = 1.5  # of judged days, which are written again while they are open


@dataclass(frozen=True, slots=True)
class Size:
    name: str
    people: float
    at_once: float = 1.0
    """The share of its people whose work begins at the same hour."""


SIZES = (
    Size("regency", 20_000),
    Size("province", 350_000),
    Size("nation", 4_700_000, 0.8),  # western time; a fifth begins an hour or two before
)


class Plan:
    """One size, worked out."""

    def __init__(self, size: Size, cost: Measured, by: Assumed) -> None:
        self.size, self._cost, self._by = size, cost, by
        self.offices = size.people / by.office
        self.punches = size.people * by.punches
        office = by.office * by.punches
        peak = _with_rows(office * by.peak, by.peak_minutes)
        self.batches = self.offices * (peak + _with_rows(office * (1 - by.peak), by.rest_minutes))
        seconds = 60 * by.peak_minutes
        self.peak_rows = size.at_once * self.punches * by.peak / seconds
        self.peak_batches = size.at_once * self.offices * peak / seconds
        self.beats = self.offices / 60  # a heartbeat a minute from each bridge

    @property
    def api_cores(self) -> float:
        return self._cores(self._cost.api_s)

    @property
    def database_cores(self) -> float:
        return self._cores(self._cost.database_s) + self.judges * (
            self._cost.judge_database_s / self._cost.judge_wall_s
        )

    def _cores(self, cost: Cost) -> float:
        """A heartbeat is counted as a batch without rows."""
        return cost.of(self.peak_batches + self.beats, self.peak_rows) / self._by.busy

    @property
    def round_s(self) -> float:
        """How long one judge is at it when every office at work has touched."""
        return self.size.people * self.size.at_once * self._cost.judge_wall_s

    @property
    def judges(self) -> float:
        """How many it takes that a touch is judged within a quarter of an hour at the peak."""
        return self.round_s / 900

    def judged_s(self, days: float) -> float:
        return self.size.people * days * self._cost.judge_wall_s

    def year(self, cost: Cost) -> float:
        return cost.of(self.batches, self.punches) * self._by.working_days

    @property
    def days_year(self) -> float:
        return self.size.people * 365 * self._cost.day_bytes * self._by.bloat

    @property
    def data_year(self) -> float:
        return self.year(self._cost.punches) + self.year(self._cost.evidence) + self.days_year

    @property
    def wal_year(self) -> float:
        return self.year(self._cost.wal)

    @property
    def verify_s(self) -> float:
        """A year of rows, one verifier."""
        return self.year(self._cost.verify_s)


def _with_rows(rows: float, minutes: float) -> float:
    """Return in how many of the minutes at least one touch comes, when they come at random."""
    return minutes * (1 - exp(-rows / minutes))


def table(cost: Measured, by: Assumed = Assumed()) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    plans = [Plan(size, cost, by) for size in SIZES]
    yield _line("", [one.size.name for one in plans])
    yield "| --- |" + " ---: |" * len(plans)
    for name, show in _ROWS:
        yield _line(name, [show(one, by) for one in plans])


_ROWS = (
    ("people", lambda one, _: f"{one.size.people:,.0f}"),
    ("offices, one bridge each", lambda one, _: f"{one.offices:,.0f}"),
    ("punches a working day", lambda one, _: f"{one.punches:,.0f}"),
    ("batches a working day", lambda one, _: f"{one.batches:,.0f}"),
    ("punches a second at the peak", lambda one, _: f"{one.peak_rows:,.0f}"),
    (
        "requests a second at the peak, heartbeats included",
        lambda one, _: f"{one.peak_batches + one.beats:,.0f}",
    ),
    ("API, cores at the peak, half busy", lambda one, _: _number(one.api_cores)),
    ("API, hosts (two at least)", lambda one, by: f"{_hosts(one.api_cores, by, 2)}"),
    (
        "one judge, a round over every office at the peak",
        lambda one, _: _time(one.round_s),
    ),
    ("judges, to be done within a quarter of an hour", lambda one, _: _number(one.judges)),
    ("database, cores at the peak, judging included", lambda one, _: _number(one.database_cores)),
    (
        "database, hosts, each with one that follows it",
        lambda one, by: f"{_hosts(one.database_cores, by, 1) * by.copies}",
    ),
    ("disk a year: punches with indexes", lambda one, _: _bytes(one.year(one._cost.punches))),
    ("disk a year: bodies, batches, runs", lambda one, _: _bytes(one.year(one._cost.evidence))),
    ("disk a year: judged days", lambda one, _: _bytes(one.days_year)),
    ("disk a year, on both hosts", lambda one, by: _bytes(one.data_year * by.copies)),
    ("WAL a year, before compression", lambda one, _: _bytes(one.wal_year)),
    (
        "whole backups after a year, before compression",
        lambda one, by: _bytes(one.data_year * by.bases),
    ),
    ("judging one day again, one judge", lambda one, _: _time(one.judged_s(1))),
    ("a month of 21 days, one judge", lambda one, _: _time(one.judged_s(21))),
    ("a year of 250 days, one judge", lambda one, _: _time(one.judged_s(250))),
    ("verifying a year, one core and the database's", lambda one, _: _time(one.verify_s)),
)


def _line(name: str, values: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(values) + " |"


def _hosts(cores: float, by: Assumed, least: int) -> int:
    return max(least, ceil(cores / by.host_cores))


def _number(value: float) -> str:
    return f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def _bytes(value: float) -> str:
    return f"{value / TB:,.1f} TB" if value >= TB else f"{value / GB:,.0f} GB"


def _time(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,.0f} s"
