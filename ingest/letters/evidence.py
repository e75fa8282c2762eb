"""The attached table: why each day counts, by its story and the facts of the step. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from ingest.coverage import TerminalDay, Verdict
from ingest.discipline.cases import DayFact
from ingest.indonesian import time_text
from ingest.letters.base import EvidenceDay
from ingest.rules import STATUS_TEXT, Status

_GROUND = 12


class Touch(Protocol):
    """A punch or added touch of a day, as `days.story` tells it."""

    @property
    def terminal(self) -> str: ...
    @property
    def local_time(self) -> datetime: ...
    @property
    def counted(self) -> bool: ...
    @property
    def why_not(self) -> str: ...


def evidence_day(
    fact: DayFact,
    *,
    expected: str,
    touches: Sequence[Touch],
    terminals: Iterable[TerminalDay],
    because: Iterable[str],
) -> EvidenceDay:
    """Return the row of a day that was looked at again with its step."""
    return EvidenceDay(
        day=fact.day,
        status=_status(fact.status),
        expected=expected,
        punches=tuple(_touch(one) for one in touches),
        coverage="; ".join(_terminal(one) for one in terminals),
        rule=_rule("; ".join(because) or fact.why, fact),
    )


def frozen_day(fact: DayFact) -> EvidenceDay:
    """Return the row of a day by what its step froze alone: its month lies in the archive."""
    return EvidenceDay(
        day=fact.day,
        status=_status(fact.status),
        expected="",
        punches=(),
        coverage="; ".join(f"{one.terminal}: {one.why}" for one in fact.terminals),
        rule=_rule(fact.why, fact),
    )


def _rule(why: str, fact: DayFact) -> str:
    return f"{why} (dasar {fact.ground[:_GROUND]})" if fact.ground else why


def _status(status: str) -> str:
    known = {one.value for one in Status}
    return STATUS_TEXT[Status(status)] if status in known else status


def _touch(one: Touch) -> str:
    where = f" {one.terminal}" if one.terminal else " dicatat admin"
    told = f"{time_text(one.local_time)}{where}"
    return told if one.counted else f"{told}, tidak dihitung: {one.why_not}"


def _terminal(one: TerminalDay) -> str:
    if one.verdict is Verdict.COMPLETE:
        return f"{one.name}: lengkap"
    reasons = ", ".join(reason.text for reason in one.reasons)
    return f"{one.name}: belum lengkap ({reasons})"
