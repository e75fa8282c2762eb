"""Tells people what their cases say they have to know: chooses ways, sends, looks what hangs.

One process does so at a time. What a person has to look at is told to operators once, when it
begins.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from ingest import regulations
from ingest.casework import Keeping
from ingest.errors import StoreError
from ingest.jobs.work import Work
from ingest.notify import templates
from ingest.notify.alone import alone
from ingest.notify.dispatch import Dispatcher, Sentout
from ingest.notify.outlets import Outlet, opened
from ingest.notify.planning import Planned, plan
from ingest.notify.reconcile import reconcile
from ingest.notify.standing import facts
from ingest.store.database import reading, writing

log = logging.getLogger(__name__)

Alert = Callable[[Path, str, str], Sequence[str]]
TITLE = "hadir: pemberitahuan"


def tell_operators(addresses: Path, title: str, text: str) -> Sequence[str]:
    """Send an alert; return what went wrong."""
    from ingest.notify.operators import alert  # a large library, needed seldom

    return alert(addresses, title, text)


class NoticeRounds:
    """Remembers what operators were told."""

    def __init__(self, work: Work, *, alert: Alert = tell_operators) -> None:
        self._work = work
        self._alert = alert
        self._told: frozenset[str] = frozenset()

    def step(self) -> None:
        """Do one round. Raises ConfigError for templates that cannot be used, StoreError."""
        if self._work.channels:
            with opened(self._work.channels) as outlets:
                self.round(outlets)

    def round(self, outlets: Sequence[Outlet]) -> Sentout | None:
        """Do one round with channels that are open; None where another process is at it."""
        work = self._work
        with alone(work.engine) as mine:
            if not mine:
                return None
            sent = send(work, outlets)
        self._tell()
        if sent.untold:
            raise StoreError(
                f"{sent.untold} messages were taken and their cases cannot be told yet; the lines "
                "before say why"
            )
        return sent

    def _tell(self) -> None:
        """Tell operators what is new of what needs a person."""
        with reading(self._work.engine) as connection:
            known = facts(connection)
        new = [text for key, text in known.items() if key not in self._told]
        self._told = frozenset(known)
        for text in new:
            log.error("%s", text)
        addresses = self._work.telling().operators
        if new and addresses is not None:
            for failure in self._alert(addresses, TITLE, "\n".join(new)):
                log.warning("operators cannot be told: %s", failure)


def send(work: Work, outlets: Sequence[Outlet]) -> Sentout:
    """Look what hangs, choose ways and send. Raises ConfigError, StoreError."""
    sending, clock = work.telling(), work.clock
    texts = templates.load(sending.templates)
    shelf, judging = regulations.load(work.regulations), work.judging()

    def keeping(now: datetime) -> Keeping:
        return Keeping(shelf, judging, now)

    reconcile(work.engine, outlets, clock())
    with writing(work.engine) as connection:
        planned = plan(connection, sending, [one.way for one in outlets], clock())
    sent = Dispatcher(work.engine, sending, outlets, texts, clock=clock, keeping=keeping).run()
    _log(planned, sent)
    return sent


def _log(planned: Planned, sent: Sentout) -> None:
    if planned.held:
        log.warning("%d notices are held until a person has looked", planned.held)
    if sent.outcomes:
        told = ", ".join(
            f"{count} {outcome} by {channel}"
            for (channel, outcome), count in sorted(sent.outcomes.items())
        )
        log.info("notices: %s", told)
