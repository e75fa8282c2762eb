"""What is known when the machine is asked, made strict: an absence counts only if it is proven."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.discipline.cases.calendars import own_days
from ingest.discipline.cases.facts import DayFact, Facts, IsWorking, Paused, Situation
from ingest.discipline.cases.rules import Rules
from ingest.discipline.cases.superiors import Responsible, responsible
from ingest.discipline.cases.values import Addressee
from ingest.discipline.days import OPEN, Effect, JudgedDay, clip
from ingest.discipline.streaks import streaks
from ingest.discipline.values import Calendar

HOW = {"plt": "Plt. ", "plh": "Plh. ", "pj": "Pj. ", None: ""}


@dataclass(frozen=True, slots=True)
class Ask:
    """A situation, the rules and the day, with the streaks that reach the alarm."""

    now: Situation
    rules: Rules
    today: date
    days: tuple[JudgedDay, ...]
    """Days that are over; an absence without complete grounds is not verified."""
    streaks: tuple[tuple[date, ...], ...]

    def working(self, calendar: Calendar) -> IsWorking:
        """Return whose working days are to be counted."""
        if calendar == "office":
            return self.now.is_working
        return own_days(self.now.days, self.now.planned, self.today)

    @property
    def until(self) -> date:
        return self.today - timedelta(days=1)

    def facts(
        self,
        days: Iterable[date],
        *,
        rules: tuple[str, ...] = (),
        numbers: Mapping[str, int] | None = None,
        paused: tuple[Paused, ...] = (),
        passed_over: tuple[str, ...] = (),
    ) -> Facts:
        """Return what is known of some days now, with what else a step stands on."""
        told = {"limit": self.rules.alarm.min_days, **(numbers or {})}
        law = self.rules.regulation
        names = (self.rules.name(self.rules.alarm), *rules, *((law.id,) if law else ()))
        found = tuple(self.fact(day) for day in sorted(set(days)))
        return Facts(found, tuple(dict.fromkeys(names)), told, paused, passed_over)

    def fact(self, day: date) -> DayFact:
        """Return what is known of a day; what it does to a count where no grounds came with it."""
        known = self.now.grounds.get(day)
        if known is not None:
            return known
        effect = next((one.effect for one in self.days if one.day <= day <= one.last), None)
        if effect is None or effect in OPEN:
            return DayFact(day, "UNJUDGED", Effect.UNJUDGED, "", "hari ini belum dinilai")
        return DayFact(day, str(effect), effect, "", "hari ini dinilai lain")

    def between(self, days: tuple[date, ...]) -> tuple[date, ...]:
        """Return the days between the first and the last of some that may part them."""
        first, last = min(days), max(days)
        return tuple(
            one.day
            for one in clip(self.days, first, last)
            if one.day not in days and one.effect is not Effect.FREE
        )

    def superior(self) -> tuple[Addressee, Responsible]:
        """Return who answers for the person today; the office where nobody is found."""
        found = responsible(self.now.subject.nip, self.now.chain, self.today)
        if found.nip is None:
            return Addressee("pimpinan perangkat daerah", office=self.home), found
        return Addressee(f"{HOW[found.how]}{found.post}", nip=found.nip), found

    @property
    def home(self) -> str:
        """The office where the person serves today."""
        return self.now.office or self.now.subject.office

    @property
    def office(self) -> Addressee:
        """The office of the case: where the person served when it opened, and it is kept."""
        return Addressee("perangkat daerah", office=self.now.subject.office)

    @property
    def offices(self) -> tuple[Addressee, ...]:
        """That of the case, and the one where the person serves today."""
        here = Addressee("perangkat daerah", office=self.home)
        return (self.office,) if here.key == self.office.key else (self.office, here)

    @property
    def payer(self) -> Addressee:
        """Who decides on pay: the office where the person serves today."""
        return Addressee("kepala perangkat daerah selaku KPA", office=self.home)

    @property
    def person(self) -> Addressee:
        return Addressee("yang bersangkutan", nip=self.now.subject.nip)


def asked(now: Situation, rules: Rules, today: date) -> Ask:
    """Return a situation made strict, up to yesterday."""
    days = tuple(_strict(one, now.grounds) for one in clip(now.days, date.min, _eve(today)))
    return Ask(now, rules, today, days, tuple(_streaks(days, rules)))


def _eve(today: date) -> date:
    return today - timedelta(days=1)


def _strict(one: JudgedDay, grounds: Mapping[date, DayFact]) -> JudgedDay:
    if one.effect is not Effect.COUNTS:
        return one
    known = grounds.get(one.day)
    return one if known is not None and known.proven else replace(one, effect=Effect.UNVERIFIED)


def _streaks(days: tuple[JudgedDay, ...], rules: Rules) -> Iterable[tuple[date, ...]]:
    alarm, window = rules.alarm, rules.service.within(date.min, date.max)
    assert window is not None  # noqa: S101 - a document lies within all time
    for part in _parts(clip(days, *window), across=alarm.period == "unbroken"):
        for one in streaks(part, at_least=alarm.min_days, unverified=alarm.unverified):
            if one.proven:
                yield one.days


def _parts(days: list[JudgedDay], *, across: bool) -> Iterable[list[JudgedDay]]:
    if across:
        return [days]
    years = sorted({year for one in days for year in (one.day.year, one.last.year)})
    return [clip(days, date(year, 1, 1), date(year, 12, 31)) for year in years]
