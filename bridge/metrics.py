"""How this office does, for Prometheus: read from the outbox, and counted since the start.

Imported only where somebody asks: `metrics_listen` is empty by default, and the centre knows most
of it by the heartbeat. Labels are the names of terminals as the configuration gives them; no NIP,
no user id and no text of a fault becomes one.
"""

import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from bridge.errors import OutboxError
from bridge.health import Health
from bridge.ledger import CentreState, TerminalState
from bridge.outbox import Outbox

Value = int | float | None


class BridgeReadings(Collector):
    """Looks at the outbox and at the counts when it is asked."""

    def __init__(
        self,
        outbox: Outbox,
        health: Health,
        *,
        office: str,
        state_dir: Path,
        clock: Callable[[], float],
    ) -> None:
        """`clock` is true time in epoch seconds."""
        self._outbox = outbox
        self._health = health
        self._office = office
        self._state_dir = state_dir
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Yield everything that is known; without the outbox, what is known without it."""
        told = {"version": version("hadir"), "office": self._office}
        yield InfoMetricFamily("hadir_bridge_build", "What runs here.", value=told)
        yield from self._counted()
        try:
            found = list(self._kept())
        except OutboxError:
            found = []
        yield _one("hadir_bridge_outbox_up", "1 where the outbox can be read.", bool(found))
        yield from found

    def _counted(self) -> Iterator[Metric]:
        hanging = len(self._health.late())
        yield _one("hadir_bridge_hanging_loops", "Loops that show no life.", hanging)
        reads, sent = self._health.tally.so_far()
        rounds = CounterMetricFamily(
            "hadir_bridge_reads", "Reads of each terminal.", labels=["terminal", "result"]
        )
        seconds = SummaryMetricFamily(
            "hadir_bridge_read_seconds", "How long good reads took.", labels=["terminal"]
        )
        for name, one in sorted(reads.items()):
            rounds.add_metric([name, "ok"], one.good)
            rounds.add_metric([name, "failed"], one.failed)
            seconds.add_metric([name], count_value=one.good, sum_value=one.took_s)
        yield rounds
        yield seconds
        rows = CounterMetricFamily(
            "hadir_bridge_sent_rows", "Rows settled by receipts.", labels=["result"]
        )
        rows.add_metric(["accepted"], sent.accepted)
        rows.add_metric(["refused"], sent.refused)
        yield rows
        yield CounterMetricFamily(
            "hadir_bridge_send_failures", "Requests that came to nothing.", value=sent.failures
        )

    def _kept(self) -> Iterator[Metric]:
        now, counts = self._clock(), self._outbox.counts()
        rows = GaugeMetricFamily(
            "hadir_bridge_rows", "Rows in the outbox, by place.", labels=["place"]
        )
        for place in ("waiting", "sent", "parked"):
            rows.add_metric([place], getattr(counts, place))
        yield rows
        yield _one(
            "hadir_bridge_oldest_waiting_seconds",
            "For how long the oldest of the waiting rows has waited; 0 where none waits.",
            _age(now, counts.oldest_waiting_at) or 0,
        )
        yield _one(
            "hadir_bridge_refused_coverage",
            "Statements of coverage that the centre refused.",
            len(self._outbox.ledger.refused()),
        )
        yield _one(
            "hadir_bridge_free_bytes",
            "Room left on the disk of the outbox.",
            shutil.disk_usage(self._state_dir).free,
        )
        yield from _of_centre(self._outbox.ledger.centre(), now)
        yield from _of_terminals(self._outbox.ledger.terminals(), now)


def _of_centre(state: CentreState, now: float) -> Iterator[Metric]:
    yield _one(
        "hadir_bridge_centre_answer_age_seconds",
        "Time since the centre last took what we sent.",
        _age(now, state.ok_at),
    )
    yield _one(
        "hadir_bridge_centre_fault", "1 while something keeps us from it.", bool(state.error)
    )
    yield _one("hadir_bridge_clock_skew_seconds", "Our clock minus the centre's.", state.skew_s)


def _of_terminals(states: list[TerminalState], now: float) -> Iterator[Metric]:
    readings: tuple[tuple[str, str, Callable[[TerminalState], Value]], ...] = (
        (
            "hadir_bridge_terminal_read_age_seconds",
            "Time since a terminal was last read.",
            lambda one: _age(now, one.read_at),
        ),
        (
            "hadir_bridge_terminal_known_age_seconds",
            "Time since the moment up to which its log is known without a gap.",
            lambda one: _age(now, one.known_until),
        ),
        (
            "hadir_bridge_terminal_fault",
            "1 while it cannot be read as it should.",
            lambda one: int(bool(one.error)),
        ),
        (
            "hadir_bridge_terminal_clock_offset_seconds",
            "Its clock minus true time, when last measured.",
            lambda one: one.clock_offset_s,
        ),
        ("hadir_bridge_terminal_records", "Records in its log.", lambda one: one.records),
    )
    for name, told, value_of in readings:
        metric = GaugeMetricFamily(name, told, labels=["terminal"])
        for one in states:
            value = value_of(one)
            if value is not None:
                metric.add_metric([one.name], value)
        yield metric


def _one(name: str, told: str, value: Value) -> Metric:
    """Return a reading without labels, and without a value where it is not known."""
    metric = GaugeMetricFamily(name, told)
    if value is not None:
        metric.add_metric([], value)
    return metric


def _age(now: float, at: int | None) -> float | None:
    return None if at is None else now - at
