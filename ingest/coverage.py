"""Is a day known to the end? Pure: from what bridges proved, the verdict on terminals and offices.

A terminal-day is complete when one united stretch covers the whole local day and nobody took it
back, the centre refused none of the terminal's punches, its clock was not seen wrong, and no
unreadable record may belong to the day. Anything else is *not yet* (only the end is missing, and
the next read brings it) or a *gap* (something is missing that no read brings by itself). Each doubt
has a code for us and a sentence for the people of the office.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ingest.indonesian import day_text, moment_text, span_text
from ingest.wire import Punch

FIRST_SANE_YEAR = 2010  # no terminal is older; a clock that lost its battery says 2000
_FIRST_SANE = int(datetime(FIRST_SANE_YEAR, 1, 1, tzinfo=UTC).timestamp())  # by any wall clock


class Verdict(StrEnum):
    COMPLETE = "complete"
    NOT_YET = "not-yet"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so: a code that stays, a sentence that may be reworded."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A terminal's log is known without a gap between two moments."""

    since: datetime
    until: datetime
    parked: int = 0
    """Punches of it that the centre refused."""


@dataclass(frozen=True, slots=True)
class ClockDay:
    """The worst a clock was seen off on one day."""

    day: date
    offset_s: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that cannot be a punch, and between which records it lay."""

    user_id: str
    near_from: datetime | None
    near_until: datetime | None
    read_at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """From when until when a person took back that a terminal's log is known."""

    since: datetime
    until: datetime
    because: str
    """Who, and why."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one terminal, as far as it concerns one day."""

    serial: str
    name: str
    stretches: tuple[Stretch, ...] = ()
    clock: tuple[ClockDay, ...] = ()
    """Of the day itself; where nobody looked on that day, of the days nearest before and after."""
    unreadable: tuple[Unreadable, ...] = ()
    """Those that may be anybody's punch on this day."""
    withdrawn: tuple[Withdrawn, ...] = ()
    heard_at: datetime | None = None
    """Last sign of life of the office's bridge."""
    fault: str = ""
    """What the bridge says keeps it from reading this terminal."""


@dataclass(frozen=True, slots=True)
class TerminalDay:
    """The verdict on one terminal for one day."""

    serial: str
    name: str
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """The verdict on an office for one day."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    terminals: tuple[TerminalDay, ...]
    unregistered: tuple[str, ...] = ()
    """Serials that spoke for this office and that nobody registered."""


@dataclass(frozen=True, slots=True)
class Window:
    """From a moment to another; `start` is None where it reaches back without end."""

    start: datetime | None
    end: datetime

    def touches(self, start: datetime, end: datetime) -> bool:
        """Say whether it shares a moment with a span whose end does not belong to it."""
        return self.end >= start and (self.start is None or self.start < end)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of a local day and the first of the next."""
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def united(stretches: Iterable[Stretch]) -> list[tuple[datetime, datetime]]:
    """Return the spans that stretches cover together, in order."""
    spans: list[tuple[datetime, datetime]] = []
    for one in sorted(stretches, key=lambda one: one.since):
        if spans and one.since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], one.until))
        else:
            spans.append((one.since, one.until))
    return spans


def believed(stretches: Iterable[Stretch], withdrawn: Sequence[Withdrawn]) -> list[Stretch]:
    """Return what is left of stretches when what a person took back is cut out."""
    left = list(stretches)
    for cut in withdrawn:
        left = [
            replace(one, since=since, until=until)
            for one in left
            for since, until in (
                (one.since, min(one.until, cut.since)),
                (max(one.since, cut.until), one.until),
            )
            if since < until
        ]
    return left


def terminal_day(
    evidence: Evidence, day: date, *, zone: ZoneInfo, clock_limit_s: int
) -> TerminalDay:
    """Judge whether all touches on a terminal on a day are known."""
    start, end = day_bounds(day, zone)
    gaps, pending = _holes(evidence, start, end, zone)
    gaps += [
        Reason("withdrawn", f"bukti kelengkapan hari ini ditarik oleh {one.because}")
        for one in evidence.withdrawn
        if one.since < end and one.until > start
    ]
    parked = sum(one.parked for one in evidence.stretches if one.since < end and one.until > start)
    if parked:
        gaps.append(Reason("parked", f"{parked} rekaman dari mesin ini ditolak oleh server pusat"))
    gaps += _wrong_clock(evidence.clock, day, clock_limit_s)
    if evidence.unreadable:
        count = len(evidence.unreadable)
        gaps.append(
            Reason("bad-record", f"{count} rekaman di sekitar hari ini rusak dan tidak terbaca")
        )
    verdict = Verdict.GAP if gaps else Verdict.NOT_YET if pending else Verdict.COMPLETE
    reasons = tuple(
        Reason(one.code, f"mesin {evidence.name} ({evidence.serial}): {one.text}")
        for one in gaps + pending
    )
    return TerminalDay(evidence.serial, evidence.name, verdict, reasons)


def office_day(
    terminals: Sequence[TerminalDay],
    unregistered: Sequence[str] = (),
    *,
    standing: Sequence[TerminalDay] = (),
    refused: int = 0,
    silent: int = 0,
) -> OfficeDay:
    """Judge an office by all its terminals that count on a day.

    Those `standing` there without being registered hold up a day and prove none. So do punches that
    the centre `refused` to the office's bridges: of what terminal and day they are, it cannot say.
    `silent` people had to come on a day on which nobody touched anything: terminals without
    electricity keep an unbroken log, too.
    """
    reasons = [reason for one in (*terminals, *standing) for reason in one.reasons]
    verdicts = {one.verdict for one in (*terminals, *standing)}
    if refused:
        text = (
            f"{refused} rekaman di hadir-bridge kantor ini ditolak oleh server pusat; "
            "lihat hadir-bridge outbox --parked"
        )
        reasons.append(Reason("refused", text))
        verdicts.add(Verdict.GAP)
    if not terminals:
        reasons.append(Reason("no-terminal", "kantor ini belum mempunyai mesin yang terdaftar"))
        verdicts.add(Verdict.GAP)
    if silent and verdicts == {Verdict.COMPLETE}:
        text = (
            f"tidak ada satu pun rekaman pada semua mesin kantor ini, padahal {silent} pegawai "
            "harus masuk; mesin mungkin mati"
        )
        reasons.append(Reason("silent", text))
        verdicts.add(Verdict.GAP)
    verdict = next(
        (one for one in (Verdict.GAP, Verdict.NOT_YET) if one in verdicts), Verdict.COMPLETE
    )
    told = (*terminals, *(one for one in standing if one.reasons))
    return OfficeDay(verdict, tuple(reasons), told, tuple(unregistered))


def doubt(punch: Punch, limit_s: int) -> str | None:
    """Say why a punch cannot have come when it claims; None where it can."""
    local = int(punch.local_time.replace(tzinfo=UTC).timestamp())
    return claimed_doubt(local, punch.occurred_at, punch.read_at, punch.after, limit_s)


def claimed_doubt(
    local: int, occurred_at: int, read_at: int, after: int | None, limit_s: int
) -> str | None:
    """Say why a time cannot be, given the fields of a punch as they travel; None where it can.

    `ancient` and `future` are clocks that lost their time; `outside` came to light too late: a
    proven read after the claimed time did not hold it.
    """
    if local < _FIRST_SANE:
        return "ancient"
    if occurred_at > read_at + limit_s:
        return "future"
    if after is not None and occurred_at < after - limit_s:
        return "outside"
    return None


def all_believed(
    local: Sequence[int],
    occurred_at: Sequence[int],
    read_at: Sequence[int],
    after: Sequence[int | None],
    limit_s: int,
) -> bool:
    """Say at a glance that `claimed_doubt` has nothing to say of any of many punches.

    False says nothing: each has to be looked at.
    """
    if not local:
        return True
    since = [one for one in set(after) if one is not None]
    return (
        min(local) >= _FIRST_SANE
        and max(occurred_at) <= min(read_at) + limit_s
        and (not since or min(occurred_at) >= max(since) - limit_s)
    )


def doubt_window(after: datetime | None, read_at: datetime, limit_s: int) -> Window:
    """Return when a doubtful punch may really have come."""
    limit = timedelta(seconds=limit_s)
    return Window(None if after is None else after - limit, read_at + limit)


def unreadable_window(
    record: Unreadable, stretches: Sequence[Stretch], *, zone: ZoneInfo, clock_limit_s: int
) -> Window:
    """Return when an unreadable record may have been a touch, by its neighbours in the log.

    A neighbour with an impossible time is none. Where none lies before it, the record is younger
    than every stretch that ended before it was read: those logs were known whole, and without it.
    """
    limit = timedelta(seconds=clock_limit_s)
    near_from = _neighbour(record.near_from, record.read_at + limit, zone)
    near_until = _neighbour(record.near_until, record.read_at + limit, zone)
    if near_from and near_until and near_from > near_until:
        near_from = near_until = None  # a clock was set between them: neither tells anything
    end = near_until or record.read_at
    if near_from is None:
        ended = [one.until for one in stretches if one.until < record.read_at and one.until <= end]
        near_from = max(ended, default=None)
    return Window(None if near_from is None else near_from - limit, end + limit)


def _neighbour(local: datetime | None, latest: datetime, zone: ZoneInfo) -> datetime | None:
    if local is None or local.year < FIRST_SANE_YEAR:
        return None
    at = local.replace(tzinfo=zone)
    return at if at <= latest else None


def _holes(
    evidence: Evidence, start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[list[Reason], list[Reason]]:
    """Return what is missing inside the day, and what is only missing at its end."""
    spans = united(evidence.stretches)
    last = spans[-1][1] if spans else None
    if last is None:
        return [], [Reason("never-read", "belum pernah terbaca" + _why(evidence, zone))]
    if last < start:
        return [], [_behind(evidence, last, zone)]
    gaps: list[Reason] = []
    known = start
    for since, until in spans:
        if until <= known or since >= end:
            continue
        if since > known:
            gaps.append(_hole(known, since, zone))
        known = max(known, until)
    if known >= end:
        return gaps, []
    if known < last:  # a later stretch is known, so no read will grow into this
        return [*gaps, _hole(known, end, zone)], []
    return gaps, [_behind(evidence, last, zone)]


def _hole(start: datetime, end: datetime, zone: ZoneInfo) -> Reason:
    since, until = start.astimezone(zone), end.astimezone(zone)
    return Reason(
        "hole",
        f"tidak ada bukti lengkap antara {moment_text(since)} dan {moment_text(until)}; "
        "dapat dilengkapi dengan file USB",
    )


def _behind(evidence: Evidence, last: datetime, zone: ZoneInfo) -> Reason:
    text = f"baru terbaca lengkap sampai {moment_text(last.astimezone(zone))}"
    return Reason("behind", text + _why(evidence, zone))


def _why(evidence: Evidence, zone: ZoneInfo) -> str:
    """Tell what is known of the cause: the bridge is silent, or says what keeps it from reading."""
    if evidence.heard_at is None:
        return "; hadir-bridge di kantor belum pernah melapor"
    heard = f"; hadir-bridge terakhir melapor {moment_text(evidence.heard_at.astimezone(zone))}"
    return heard + (f", kendala mesin: {evidence.fault}" if evidence.fault else "")


def _wrong_clock(clock: Sequence[ClockDay], day: date, limit_s: int) -> list[Reason]:
    """Return at most one reason.

    Where nobody looked at the clock on this day, the looks before and after must both be good: a
    clock found wrong later may have been wrong already, one found right later was set in between.
    """
    seen = [one for one in clock if one.day == day] or clock
    wrong = [one for one in seen if abs(one.offset_s) > limit_s]
    if not wrong:
        return []
    worst = max(wrong, key=lambda one: abs(one.offset_s))
    when = "hari ini" if worst.day == day else f"pada {day_text(worst.day)}"
    direction = "lebih cepat" if worst.offset_s > 0 else "lebih lambat"
    return [Reason("clock", f"jam mesin {span_text(abs(worst.offset_s))} {direction} {when}")]
