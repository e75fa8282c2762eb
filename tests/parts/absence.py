"""A person whose days a test decides, and the cases they come to: the caller of the machine."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from ingest.discipline import Effect, JudgedDay
from ingest.discipline.cases import (
    Actor,
    Appointment,
    Ask,
    CaseState,
    DayFact,
    Event,
    Letter,
    Rules,
    Rung,
    Situation,
    Step,
    Subject,
    Verdict,
    apply,
    asked,
    case_rules,
    deeds,
    due,
    preparing,
)
from ingest.discipline.cases.facts import OfficeDays
from ingest.regulations import load

MONDAY = date(2026, 3, 2)
NINE = time(9)
NIP, KABID, KADIS, SEKDA = (f"19860926201505100{n}" for n in range(1, 5))
OFFICE = "4.01.01"
ANI = Actor("ani", "admin", "199001012015051001")
BUDI = Actor("budi", "admin", "199001012015051002")
CITRA = Actor("citra", "operator", office=OFFICE)
SELF = Actor("diri", "admin", NIP)
CHIEF = Actor("kabid", "admin", KABID)
ABSENT, PRESENT, LEAVE, UNVERIFIED, HOLIDAY = "ABSENT", "PRESENT", "LEAVE", "UNVERIFIED", "HOLIDAY"
BARE = frozenset({Step.WITHDRAWAL, Step.CLOSURE, Step.DECISION})
EFFECT = {
    ABSENT: Effect.COUNTS,
    PRESENT: Effect.BREAKS,
    LEAVE: Effect.BREAKS,
    UNVERIFIED: Effect.UNVERIFIED,
    HOLIDAY: Effect.FREE,
}


def shipped(kind: str = "PNS", **changes: object) -> Rules:
    """Return the rules that ship, with other figures in `[case]`."""
    rules = case_rules(load(), kind=kind, on=MONDAY)
    assert rules is not None
    return replace(rules, case=replace(rules.case, **changes))


def weekday(day: date) -> bool:
    return day.weekday() < 5


@dataclass
class Absence:
    """Days by status, and the cases that were opened, each by its events."""

    rules: Rules = field(default_factory=shipped)
    today: date = MONDAY
    status: dict[date, str] = field(default_factory=dict)
    incomplete: set[date] = field(default_factory=set)
    paused: dict[date, str] = field(default_factory=dict)
    asked: dict[str, OfficeDays] = field(default_factory=dict)
    """The days of offices where he does not serve, and which have to act."""
    holidays: set[date] = field(default_factory=set)
    confirmed: set[int] = field(default_factory=lambda: {2025, 2026, 2027})
    chain: tuple[Rung, ...] = (
        Rung("Kepala Bidang", KABID, OFFICE),
        Rung("Kepala Dinas", KADIS, OFFICE),
        Rung("Sekretaris Daerah", SEKDA, "1.01"),
    )
    above: dict[str, tuple[Rung, ...]] = field(
        default_factory=lambda: {
            KABID: (Rung("Kepala Dinas", KADIS, OFFICE), Rung("Sekretaris Daerah", SEKDA, "1.01")),
            KADIS: (Rung("Sekretaris Daerah", SEKDA, "1.01"),),
        }
    )
    """Who is above those who may be reprimanded."""
    home: str | None = None
    """The office where he serves by now."""
    cases: list[list[Event]] = field(default_factory=list)
    states: list[CaseState] = field(default_factory=list)

    @property
    def state(self) -> CaseState:
        """The first case."""
        return self.states[0]

    @property
    def last(self) -> Event:
        """The last event of the first case."""
        return self.cases[0][-1]

    def is_working(self, day: date) -> bool | None:
        if day.year not in self.confirmed:
            return None
        return weekday(day) and day not in self.holidays

    def now(self, but: int | None = None) -> Situation:
        """What is known today, asked for one case or, with None, for a new one."""
        others = [one.covered for place, one in enumerate(self.states) if place != but]
        known = {day: one for day, one in self.status.items() if day < self.today}
        return Situation(
            subject=Subject(NIP, OFFICE, "PNS"),
            days=tuple(JudgedDay(day, EFFECT[one]) for day, one in known.items()),
            grounds={day: self._ground(day, one) for day, one in known.items()},
            is_working=self.is_working,
            paused=self.paused,
            asked=self.asked,
            chain=self.chain,
            above=self.above,
            office=self.home,
            covered=frozenset[date]().union(*others),
        )

    def _ground(self, day: date, status: str) -> DayFact:
        complete = day not in self.incomplete
        verdict = Verdict("T1", complete, "lengkap" if complete else "mesin tidak terbaca")
        return DayFact(day, status, EFFECT[status], f"{day:%Y%m%d}" * 8, status, (verdict,))

    def ask(self, place: int = 0) -> Ask:
        return asked(self.now(place), self.rules, self.today)

    def go(self, days: int, status: str = ABSENT) -> "Absence":
        """Let so many days pass; working days get a status. The machine is asked each day."""
        for _ in range(days):
            free = not (weekday(self.today) and self.today not in self.holidays)
            self.status[self.today] = HOLIDAY if free else status
            self.today += timedelta(days=1)
            self.settle()
        return self

    def judge(self, day: date, status: str) -> "Absence":
        """Let a day be judged differently."""
        self.status[day] = status
        self.settle()
        return self

    def settle(self) -> None:
        """Ask the machine as the job does: every case, then for new ones."""
        for place in range(len(self.states)):
            for event in due(self.states[place], self.now(place), self.rules, self.today):
                self.add(event, place)
        while events := due(None, self.now(), self.rules, self.today):
            self.cases.append([])
            for event in events:
                self.add(event, len(self.cases) - 1)

    def add(self, event: Event, place: int = 0) -> CaseState:
        """Apply an event to a case and keep it."""
        known = self.states[place] if place < len(self.states) else None
        state = apply(known, event)
        self.cases[place].append(event)
        self.states[place:] = [state, *self.states[place + 1 :]]
        return state

    def tell(self, *, of: int = 1, place: int = 0, what: str = "accepted") -> "Absence":
        """Let a notice of an event reach the first who was to have it."""
        state = self.states[place]
        letters = {one.number: one.proposal.to[0] for one in state.done}
        to = letters.get(of, state.told[0])
        about = {"of": of, "to": to, "what": what, "on": self.today, "how": "pos"}
        self.add(deeds.tell(state, self.ask(place), ANI, **about), place)  # type: ignore[arg-type]
        self.settle()
        return self

    def reach(self, place: int = 0) -> "Absence":
        """Let the notice to who came to answer for him reach that one."""
        state = self.states[place]
        last = state.informed[-1]
        self.add(
            deeds.tell(
                state, self.ask(place), ANI, of=last.number, to=last.to, what="accepted",
                on=self.today, how="WA",
            ),
            place,
        )  # fmt: skip
        self.settle()
        return self

    def approve(self, step: Step, *people: Actor, place: int = 0) -> int:
        """Let people approve a step that waits; return the number of what prepared it."""
        pending = self.states[place].waiting(step)
        assert pending is not None, f"{step} does not wait"
        letter = None if step in BARE else Letter("800/1", self.today)
        for who in people or (ANI,):
            state, number = self.states[place], pending.number
            event = deeds.approve(
                state, self.ask(place), who, of=number, why="setuju", letter=letter
            )
            self.add(event, place)
        self.settle()
        return pending.number

    def summon(self, days: int) -> int:
        """Let him be summoned to an examination in so many days; return the number of the step."""
        meeting = Appointment(
            self.today + timedelta(days=days), "aula", "Kepala Bidang", NINE, "WITA"
        )
        self.add(preparing.summon(self.state, self.ask(), CITRA, appointment=meeting, why="x"))
        step = Step.SECOND_SUMMONS if self.state.missed else Step.SUMMONS
        return self.approve(step, ANI)
