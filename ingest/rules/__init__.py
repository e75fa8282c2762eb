"""Rules, and what a day comes to when all have been asked. Pure.

The first finding in the order of `RULES` names the day; minutes are taken from all of them.
"""

from collections.abc import Callable
from datetime import datetime

from ingest.calendar import Elsewhere, Ended, Holiday, Joint, Off, Suspended, Unknown
from ingest.coverage import Reason
from ingest.indonesian import time_text
from ingest.rules.absence import absence
from ingest.rules.base import (
    CORRECTIONS,
    STATUS_TEXT,
    Day,
    Finding,
    Judgement,
    Status,
    unique,
)
from ingest.rules.early import early
from ingest.rules.excused import excused
from ingest.rules.incomplete import incomplete
from ingest.rules.late import late

__all__ = [
    "CORRECTIONS",
    "RULES",
    "STATUS_TEXT",
    "Day",
    "Finding",
    "Judgement",
    "Status",
    "judge",
    "unique",
]

RULES: dict[str, Callable[[Day], Finding | None]] = {
    "absence": absence,
    "incomplete": incomplete,
    "late": late,
    "early": early,
}

_FREE = {
    Off: Status.OFF,
    Holiday: Status.HOLIDAY,
    Joint: Status.JOINT,
    Suspended: Status.SUSPENDED,
    Ended: Status.ENDED,
}


def judge(day: Day) -> Judgement:
    """Return what a day comes to. The same day gives the same judgement, whenever it is asked."""
    free = _FREE.get(type(day.expected))
    if free is not None:
        because = unique([Reason("calendar", day.expected.text), *day.corrections])
        return Judgement(free, because, day.first_in, day.last_out)
    day, whole = excused(day)
    if whole is not None:
        because = unique([Reason("excuse", whole.text), *day.corrections])
        return Judgement(Status(whole.type.status), because, day.first_in, day.last_out)
    if isinstance(day.expected, Elsewhere):
        because = unique([Reason("calendar", day.expected.text), *day.corrections])
        return Judgement(Status.WFA, because, day.first_in, day.last_out)
    return _worked(day)


def _worked(day: Day) -> Judgement:
    findings = [(name, found) for name, rule in RULES.items() if (found := rule(day)) is not None]
    if not findings and not day.touches:
        because = [*_unknown(day), *day.open, *_excuses(day), *day.corrections]
        return Judgement(Status.UNVERIFIED, unique(because))
    return Judgement(
        findings[0][1].status if findings else Status.PRESENT,
        _because(day, findings),
        day.first_in,
        day.last_out,
        _minutes([found.late_minutes for _, found in findings], day, day.first_in),
        _minutes([found.early_minutes for _, found in findings], day, day.last_out),
    )


def _because(day: Day, findings: list[tuple[str, Finding]]) -> tuple[Reason, ...]:
    reasons = [Reason(name, found.because) for name, found in findings]
    if not findings:
        times = ", ".join(dict.fromkeys(map(time_text, (day.touches[0], day.touches[-1]))))
        reasons.append(Reason("touches", f"ada rekaman pukul {times}"))
    if day.provisional or isinstance(day.expected, Unknown):
        text = "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"
        reasons += [Reason("provisional", text), *_unknown(day), *day.provisional]
    return unique([*reasons, *_excuses(day), *day.corrections])


def _excuses(day: Day) -> list[Reason]:
    return [Reason("excuse", one.text) for one in day.excuses]


def _unknown(day: Day) -> list[Reason]:
    if isinstance(day.expected, Unknown):
        return [Reason("calendar-unknown", day.expected.text)]
    return []


def _minutes(found: list[int | None], day: Day, at: datetime | None) -> int | None:
    """Return minutes where they can be counted: 0 says that there are none, None that nobody knows.

    Neither a provisional day nor one with a single touch has any, and none are known of a coming or
    leaving (`at`) that was not recorded.
    """
    if at is None or day.provisional or day.single or isinstance(day.expected, Unknown):
        return None
    return next((one for one in found if one is not None), 0)
