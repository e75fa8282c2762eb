"""From the facts of an office to the day of each of its people. Pure.

Whatever is not known for certain becomes a reason on somebody's day. A touch counts only when it
leads to one person, on a registered terminal, at a believable time; any other touch casts doubt:

| The touch | Whose absence it keeps away |
| --- | --- |
| leads to two people | both of theirs |
| of an unregistered terminal, or at an unbelievable time | that person's |
| of an unmapped user id, which may be a new number | everybody's here, or who is known there |

What people decided is taken into account before: a touch that was added counts, a punch that was
made void or rejected does not and casts no doubt, and each decision is told with the day. One whose
seal does not fit counts for nothing, and keeps open whatever it may concern.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from ingest.calendar import Expected, WorkDay
from ingest.coverage import (
    Evidence,
    OfficeDay,
    Reason,
    TerminalDay,
    Unreadable,
    believed,
    day_bounds,
    doubt_window,
    office_day,
    terminal_day,
    unreadable_window,
)
from ingest.days import corrections
from ingest.days.doubts import Doubts, Reasons
from ingest.days.settings import Settings
from ingest.days.whose import Owners
from ingest.indonesian import day_text, moment_text, some_text, time_text
from ingest.rules import Day, unique
from ingest.store.facts import Facts, PersonFact, TerminalFact, reach
from ingest.store.touches import PunchFact, TerminalName

DOUBT_TEXT = {
    "ancient": "jam mesin waktu itu mundur jauh",
    "future": "waktunya belum tiba saat dibaca",
    "outside": "waktunya tidak cocok dengan saat pembacaan",
}


@dataclass(frozen=True, slots=True)
class Touch:
    """A punch of one person, or an added touch, for the story: whether it counts, and why not."""

    local_time: datetime
    terminal: str
    """Its name; empty where the touch was added."""
    source: str
    why_not: str = ""
    decision: str = ""
    """What a person decided of it, and why."""

    @property
    def counted(self) -> bool:
        return not self.why_not


def _inside(plan: Expected, at: datetime) -> bool:
    return not isinstance(plan, WorkDay) or plan.since <= at < plan.until


@dataclass(frozen=True, slots=True)
class Assembled:
    """An office-day, ready to be judged."""

    coverage: OfficeDay
    days: dict[int, Day]
    """By person."""
    touches: dict[int, tuple[Touch, ...]]
    elsewhere: dict[int, tuple[TerminalDay, ...]]
    """Terminals outside the office that may hold a touch of a person; their days count for him."""


def assemble(facts: Facts, *, now: datetime, settings: Settings) -> Assembled:
    """Return everybody's day. The same facts and the same moment give the same days."""
    around = {one.day: _Assembly(one, now, settings) for one in facts.around}
    return _Assembly(facts, now, settings, around).assembled()


class _Assembly:
    def __init__(
        self,
        facts: Facts,
        now: datetime,
        settings: Settings,
        around: Mapping[date, "_Assembly"] = MappingProxyType({}),
    ) -> None:
        """`around` are the days into which somebody's shift reaches."""
        self._facts = facts
        self._settings = settings
        self._around = around
        self._start, self._end = day_bounds(facts.day, settings.zone)
        self._owners = Owners(facts)
        self._doubts = Doubts()
        self._touches: defaultdict[int, list[Touch]] = defaultdict(list)
        self._unmapped: dict[TerminalName, list[str]] = {}
        self._ended = now >= self._end
        if not self._ended:
            self._doubts.of_all.both(Reason("not-ended", f"{day_text(facts.day)} belum berakhir"))

    def assembled(self) -> Assembled:
        office, elsewhere = self._look()
        for one in self._around.values():
            one._look()
        return Assembled(
            office,
            {one.id: self._day(one) for one in self._facts.people},
            {one.id: self._told(one) for one in self._facts.people},
            elsewhere,
        )

    def _look(self) -> tuple[OfficeDay, dict[int, tuple[TerminalDay, ...]]]:
        """Look at everything that is known, and keep touches and doubts by person."""
        verdicts = {
            one.id: self._verdict(one)
            for one in self._facts.terminals.values()
            if one.counts or one.stands
        }
        office = self._office(verdicts)
        for reason in office.reasons:
            self._doubts.of_all.both(reason)
        elsewhere = self._elsewhere(verdicts)
        for punch in self._facts.punches:
            self._take(punch)
        self._take_doubtful()
        self._take_decisions()
        self._doubt_unmapped()
        return office, elsewhere

    def _verdict(self, terminal: TerminalFact) -> TerminalDay:
        """Judge a terminal; bad records that lead to one person are that person's doubt alone."""
        evidence = Evidence(
            terminal.serial,
            terminal.name,
            terminal.stretches,
            terminal.clock,
            tuple(one for one in terminal.unreadable if self._concerns_all(terminal, one)),
            self._facts.rulings.withdrawn.get(terminal.id, ()),
            terminal.heard_at,
            terminal.fault,
        )
        return terminal_day(
            evidence,
            self._facts.day,
            zone=self._settings.zone,
            clock_limit_s=self._settings.clock_limit_s,
        )

    def _concerns_all(self, terminal: TerminalFact, record: Unreadable) -> bool:
        window = unreadable_window(
            record,
            believed(terminal.stretches, self._facts.rulings.withdrawn.get(terminal.id, ())),
            zone=self._settings.zone,
            clock_limit_s=self._settings.clock_limit_s,
        )
        if not window.touches(self._start, self._end):
            return False
        name = TerminalName(terminal.id, terminal.name, terminal.office, terminal.registered)
        owners = self._owners.of(name, record.user_id) if record.user_id else set()
        if (by := self._facts.rulings.settled.get(record.id)) is not None:
            self._doubts.correct(owners, corrections.settled(terminal.name, by))
            return False
        reason = Reason(
            "bad-record",
            f"satu rekaman nomor pengguna {record.user_id} pada mesin {terminal.name} "
            "di sekitar hari ini rusak",
        )
        for one in owners:
            if one is not None:
                self._doubts.of[one].both(reason)
        return not owners

    def _office(self, verdicts: dict[int, TerminalDay]) -> OfficeDay:
        here = [one for one in self._facts.terminals.values() if one.office == self._facts.office]
        return office_day(
            [verdicts[one.id] for one in here if one.counts],
            [one.serial for one in here if not one.registered],
            standing=[verdicts[one.id] for one in here if one.stands],
            refused=self._facts.refused,
            silent=self._facts.silent if self._ended else 0,
        )

    def _elsewhere(self, verdicts: dict[int, TerminalDay]) -> dict[int, tuple[TerminalDay, ...]]:
        """Ask the same of every terminal outside the office that may hold a touch of a person:
        one on which the person is known, or used the own NIP around this day."""
        found: dict[int, tuple[TerminalDay, ...]] = {}
        for person in self._facts.people:
            known_on = {one.id for one in self._owners.terminals_of(person.id)}
            known = [
                verdicts[one.id]
                for one in self._facts.terminals.values()
                if one.office != self._facts.office
                and one.id in verdicts
                and (one.id in known_on or (person.id, one.id) in self._facts.roaming)
            ]
            found[person.id] = tuple(known)
            for verdict in known:
                for reason in verdict.reasons:
                    self._doubts.of[person.id].both(reason)
        return found

    def _take(self, punch: PunchFact) -> None:
        owners = self._owners.of(punch.terminal, punch.user_id, punch.own_id)
        punch, reason, dropped, note = corrections.decided(self._facts.rulings, punch)
        if reason is not None:
            self._doubts.correct(owners, reason)
        if not owners and not dropped:
            self._note_unmapped(punch.terminal, punch.user_id)
        for person_id in owners:
            if person_id is not None:
                why_not = dropped or self._why_not(
                    self._doubts.of[person_id], punch, shared=len(owners) > 1
                )
                touch = Touch(punch.local_time, punch.terminal.name, punch.source, why_not, note)
                self._touches[person_id].append(touch)

    def _take_decisions(self) -> None:
        by_nip = {one.nip: one.id for one in self._facts.people}
        for one in self._facts.rulings.added:
            if (owner := by_nip.get(one.nip)) is not None:
                reason = corrections.added(one)
                self._doubts.of[owner].corrections.append(reason)
                touch = Touch(one.local_time, "", "adjustment", decision=reason.text)
                self._touches[owner].append(touch)
        for person_id, reason in corrections.of_other_days(self._facts, self._owners):
            self._doubts.of[person_id].corrections.append(reason)
        for concerned, reason in corrections.unproven(self._facts, self._owners):
            (self._doubts.of_all if concerned is None else self._doubts.of[concerned]).both(reason)

    def _why_not(self, doubts: Reasons, punch: PunchFact, *, shared: bool) -> str:
        """Return why a punch does not count for its person; empty where it does."""
        terminal = punch.terminal
        if shared:
            why = f"nomor pengguna {punch.user_id} pada mesin {terminal.name} dipetakan ganda"
            doubts.both(Reason("conflict", why))
            return why
        if not terminal.registered:
            why = f"mesin {terminal.name} belum didaftarkan"
            doubts.both(Reason("unregistered", f"ada rekaman, tetapi {why}"))
            return why
        if punch.doubt is None:
            return ""
        why = DOUBT_TEXT[punch.doubt]
        text = f"rekaman pukul {time_text(punch.local_time)} pada mesin {terminal.name} diragukan"
        reason = Reason("doubtful", f"{text}: {why}")
        if self._came_today(punch):
            doubts.provisional.append(reason)  # the day is certain, only the time is not
            return ""
        doubts.both(reason)
        return why

    def _came_today(self, punch: PunchFact) -> bool:
        """Say whether a punch with a wrong time surely came on the day it claims.

        It was not in one read of that day and was in a later one of the same day.
        """
        window = doubt_window(punch.after_at, punch.read_at, self._settings.clock_limit_s)
        return window.start is not None and self._start <= window.start and window.end < self._end

    def _take_doubtful(self) -> None:
        for one in (*self._facts.doubtful, *corrections.still_doubtful(self._facts)):
            owners = self._owners.of(one.terminal, one.user_id, one.own_id)
            if not owners:
                self._note_unmapped(one.terminal, one.user_id)
            text = (
                f"{one.times} rekaman pada mesin {one.terminal.name} bertanggal "
                f"{moment_text(one.claimed)} mungkin terjadi hari ini"
            )
            for person_id in owners:
                if person_id is not None:
                    self._doubts.of[person_id].both(Reason("doubtful", text))

    def _note_unmapped(self, terminal: TerminalName, user_id: str) -> None:
        """Remember a user id that may be anybody's."""
        seen = self._unmapped.setdefault(terminal, [])
        if user_id not in seen:
            seen.append(user_id)

    def _doubt_unmapped(self) -> None:
        """Doubt for all of this office; on a terminal of another, for who is known there."""
        for terminal, user_ids in self._unmapped.items():
            text = (
                f"ada rekaman dari nomor pengguna yang belum dipetakan pada mesin {terminal.name}: "
                f"{some_text(user_ids)}"
            )
            reason = Reason("unmapped", text)
            if terminal.office == self._facts.office:
                self._doubts.of_all.open.append(reason)
                continue
            for person in self._facts.people:
                if any(one.id == terminal.id for one in self._owners.terminals_of(person.id)):
                    self._doubts.of[person.id].open.append(reason)

    def _day(self, person: PersonFact) -> Day:
        plan = self._facts.plans.of(person.id)
        told = self._told(person)
        counted = [one.local_time for one in told if one.counted]
        unproven = self._unproven(person)
        return Day(
            day=self._facts.day,
            expected=plan,
            touches=tuple(one for one in counted if _inside(plan, one)),
            outside=tuple(one for one in counted if not _inside(plan, one)),
            open=unique([*self._open(person), *unproven]),
            provisional=unique(
                [*self._gathered(person, lambda one: one.provisional(person.id)), *unproven]
            ),
            corrections=self._gathered(person, lambda one: one.corrections(person.id)),
            excuses=self._facts.excuses(person),
        )

    def _open(self, person: PersonFact) -> tuple[Reason, ...]:
        return self._gathered(person, lambda one: one.open(person.id, self._known(person)))

    def _gathered(
        self, person: PersonFact, ask: Callable[[Doubts], Sequence[Reason]]
    ) -> tuple[Reason, ...]:
        """Return reasons of this day, and of each day into which the person's hours reach."""
        days = [self, *self._reached(person)]
        return unique([reason for one in days for reason in ask(one._doubts)])

    def _reached(self, person: PersonFact) -> list["_Assembly"]:
        plan = self._facts.plans.of(person.id)
        return [self._around[one] for one in reach(plan) if one in self._around]

    def _told(self, person: PersonFact) -> tuple[Touch, ...]:
        """Return the touches of this day, and those of other days within the person's hours.

        What belongs to the shift before or after is told with that one's day.
        """
        plan = self._facts.plans.of(person.id)
        days = [self, *self._reached(person)]
        found = [touch for one in days for touch in one._touches[person.id]]
        if isinstance(plan, WorkDay):
            found = [one for one in found if plan.outer[0] <= one.local_time < plan.outer[1]]
        return tuple(sorted(found, key=lambda one: one.local_time))

    def _unproven(self, person: PersonFact) -> list[Reason]:
        return [
            Reason(
                "unproven",
                f"keterangan nomor {number} tidak dihitung: segelnya tidak cocok dengan isinya, "
                "atau jenisnya tidak dikenal lagi",
            )
            for number in self._facts.excused.unproven.get(person.nip, ())
        ]

    def _known(self, person: PersonFact) -> list[Reason]:
        """Return a reason where no terminal that counts could have told of this person."""
        if person.id in self._facts.by_nip:
            return []
        if any(one.counts for one in self._owners.terminals_of(person.id)):
            return []
        return [Reason("no-user-id", "nomor pengguna pegawai ini pada mesin belum dipetakan")]
