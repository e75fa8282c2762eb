"""The shape of the daemon's loops: one step after another, until stopped.

Whatever happens in one step, the next one comes: this is the one place where a mistake of ours is
caught, told and outlived.
"""

import logging
from collections.abc import Callable
from threading import Event

from bridge.health import Health

log = logging.getLogger(__name__)

MARGIN_S = 60.0


def keep_on(
    step: Callable[[], float], stop: Event, health: Health, *, loop: str, after_mistake_s: float
) -> None:
    """Call `step`, wait as many seconds as it returns, and so on; beat as `loop` in between."""
    while not stop.is_set():
        try:
            wait_s = step()
        except Exception:  # the top of a loop
            log.exception("%s: a mistake of ours; please report it", loop)
            wait_s = after_mistake_s
        health.beat(loop, wait_s + MARGIN_S)
        stop.wait(wait_s)
    health.ended(loop)
