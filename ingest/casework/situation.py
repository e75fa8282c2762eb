"""All that is known of one person, as the machine is asked: read in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection, select

from ingest.casework.grounds import Frozen, Grounds
from ingest.casework.keeping import Keeping
from ingest.casework.pauses import Pauses
from ingest.casework.working import PlannedDays, Whereabouts
from ingest.discipline import Effect, JudgedDay
from ingest.discipline.cases import CaseState, Rules, Rung, Situation, Step, Subject
from ingest.discipline.cases.facts import OfficeDays
from ingest.discipline.streaks import streaks
from ingest.store import tally
from ingest.store.person_kinds import find_kind
from ingest.store.rungs import find_rungs
from ingest.store.serving import office_on
from ingest.store.tables import days, people


class Known:
    """One person's days, superiors and calendar, each read when it is first asked for."""

    def __init__(
        self,
        connection: Connection,
        keeping: Keeping,
        person_id: int,
        frozen: Mapping[date, Frozen],
        *,
        look: bool,
    ) -> None:
        self._connection = connection
        self._keeping = keeping
        self._person_id = person_id
        self._grounds = Grounds(connection, keeping, person_id, frozen)
        self._pauses = Pauses(connection, keeping, look=look)
        self._days: dict[date, tuple[JudgedDay, ...]] = {}
        self._whereabouts: dict[str, Whereabouts] = {}
        self._planned = PlannedDays(connection, person_id)
        self._chains: dict[int, tuple[Rung, ...]] = {}
        self._nip = self._find_nip()

    def situation(
        self, state: CaseState | None, subject: Subject, rules: Rules, covered: frozenset[date]
    ) -> Situation:
        """Return what is known for one case, or with None for opening one.

        Raises Differs, MonthAway.
        """
        known = self._judged(state)
        whole = self._wanted(state, rules, known, covered)
        between = _span(state.days) if state is not None else ()
        where = self._where(subject.office)
        down_hours = rules.case.centre_down_hours
        return Situation(
            subject=subject,
            days=known,
            grounds=self._grounds.of(whole, between),
            is_working=where,
            planned=self._planned,
            paused=self._pauses.of(state, where.office, down_hours=down_hours),
            asked=self._asked(state, where, down_hours),
            chain=self._superiors() if state is not None or whole else (),
            above=self._above(state),
            office=self._office(),
            covered=covered,
        )

    def subject(self) -> Subject | None:
        """Return whom a new case would be about; None for who never had a judged day.

        The office is that of today, or of the last judged day of who serves nowhere any more.
        """
        office = self._office()
        if office is None:
            return None
        return Subject(
            self._nip, office, find_kind(self._connection, self._person_id, self._keeping.today)
        )

    def _judged(self, state: CaseState | None) -> tuple[JudgedDay, ...]:
        today = self._keeping.today
        first = date(today.year - 1, 1, 1)
        if state is not None:
            first = min(first, date(min(state.days).year, 1, 1))
        if first not in self._days:
            found = tally.find_one(
                self._connection,
                self._nip,
                first=first,
                last=today - timedelta(days=1),
                today=today,
            )
            self._days[first] = tuple(found.days)
        return self._days[first]

    def _wanted(
        self,
        state: CaseState | None,
        rules: Rules,
        known: tuple[JudgedDay, ...],
        covered: frozenset[date],
    ) -> set[date]:
        """Return the days whose grounds may matter: it errs on the side of too many."""
        runs = [
            set(one.days)
            for one in streaks(known, at_least=rules.alarm.min_days, unverified="passes")
        ]
        if state is None:
            oldest = self._keeping.today - timedelta(days=rules.case.opens_within_days)
            return {
                day
                for one in runs
                if len(one - covered) >= rules.alarm.min_days and max(one) >= oldest
                for day in one
            }
        own = set(state.days)
        wanted = own.union(*(one for one in runs if one & own))
        if state.of(Step.OFFICE_LETTER):  # what is proposed of a superior counts a whole year
            years = {day.year for day in own}
            wanted |= {
                one.day for one in known if one.effect is Effect.COUNTS and one.day.year in years
            }
        return wanted

    def _where(self, otherwise: str) -> Whereabouts:
        if otherwise not in self._whereabouts:
            found = Whereabouts(self._connection, self._person_id, otherwise)
            self._whereabouts[otherwise] = found
        return self._whereabouts[otherwise]

    def _asked(
        self, state: CaseState | None, where: Whereabouts, down_hours: int
    ) -> Mapping[str, OfficeDays]:
        """Return the days of each office that has to act, where he serves in another one, too."""
        codes = set() if state is None else state.asked_to_act
        return {
            code: self._office_days(code, state, where, down_hours)
            for code in sorted(codes)
            if not where.is_alone(code)
        }

    def _office_days(
        self, code: str, state: CaseState | None, where: Whereabouts, down_hours: int
    ) -> OfficeDays:
        paused = self._pauses.of(state, lambda _: code, down_hours=down_hours)
        return OfficeDays(where.of(code), paused)

    def _superiors(self) -> tuple[Rung, ...]:
        return self._rungs(self._person_id)

    def _above(self, state: CaseState | None) -> Mapping[str, tuple[Rung, ...]]:
        """Return the superiors of each who was reprimanded, once the office was written to."""
        if state is None or not state.of(Step.OFFICE_LETTER):
            return {}
        nips = {one.proposal.concerns for one in state.of(Step.REPRIMAND)} - {None}
        rows = self._connection.execute(
            select(people.c.id, people.c.nip).where(people.c.nip.in_(sorted(map(str, nips))))
        )
        return {
            row.nip: tuple(replace(one, post=_theirs(one.post)) for one in self._rungs(row.id))
            for row in rows
        }

    def _rungs(self, person_id: int) -> tuple[Rung, ...]:
        if person_id not in self._chains:
            self._chains[person_id] = find_rungs(
                self._connection,
                person_id,
                on=self._keeping.today,
                types=self._keeping.settings.types,
                root=self._keeping.settings.seal,
            )
        return self._chains[person_id]

    def _find_nip(self) -> str:
        nip = self._connection.scalar(select(people.c.nip).where(people.c.id == self._person_id))
        return str(nip)

    def _office(self) -> str | None:
        here = office_on(self._connection, self._person_id, self._keeping.today)
        if here is not None:
            return here
        last: str | None = self._connection.scalar(
            select(days.c.office)
            .where(days.c.person_id == self._person_id)
            .order_by(days.c.day.desc())
            .limit(1)
        )
        return last


def _theirs(post: str) -> str:
    """Name a post above a superior: `atasan langsung` alone would be taken for the person's."""
    return f"{post} dari yang ditegur"


def _span(of: Iterable[date]) -> list[date]:
    some = sorted(of)
    return [some[0] + timedelta(days=n) for n in range((some[-1] - some[0]).days + 1)]
