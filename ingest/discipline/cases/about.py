"""What an event is about: one small value for each sort of it, all plain and frozen."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from ingest.discipline.cases.facts import Plain, Subject
from ingest.discipline.cases.parties import Addressee, Letter, Paper


class Step(StrEnum):
    """What has legal effect, or ends a case, and therefore waits for approval."""

    REPRIMAND = "REPRIMAND"
    OFFICE_LETTER = "OFFICE_LETTER"
    SUPERIOR_PROPOSAL = "SUPERIOR_PROPOSAL"
    SUMMONS = "SUMMONS"
    SECOND_SUMMONS = "SECOND_SUMMONS"
    DECISION = "DECISION"
    """Recording what the competent officer decided. It is never made here."""
    SALARY_STOP = "SALARY_STOP"
    SALARY_RESUME = "SALARY_RESUME"
    WITHDRAWAL = "WITHDRAWAL"
    CLOSURE = "CLOSURE"


@dataclass(frozen=True, slots=True)
class Gate(Plain):
    """Who must approve, frozen in each step: how many, and whether who prepared it may."""

    persons: Literal[1, 2]
    own: bool


@dataclass(frozen=True, slots=True)
class Opening(Plain):
    subject: Subject
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Standing(Plain):
    """The days of a case from now on, and those that are no longer among them."""

    days: tuple[date, ...]
    gone: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Succession(Plain):
    """Who answers for the person now, and was not told at the opening; or his new office."""

    to: Addressee


@dataclass(frozen=True, slots=True)
class Telling(Plain):
    """That a notice of event `of` was taken by the provider, written as a letter, or received."""

    of: int
    to: Addressee
    what: Literal["accepted", "dated", "received"]
    on: date
    how: str


@dataclass(frozen=True, slots=True)
class Clarification(Plain):
    """What was handed in, and the rules it is judged by: who may, whether who filed it may, and
    what it does when it is accepted."""

    by: Literal["person", "office"]
    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    days: tuple[date, ...]
    handed_in: date
    late_days: int
    """Working days from the last of those days to the day it was handed in."""
    late: bool
    judge: Literal["operator", "admin"]
    own: bool
    accepted: Literal["changes-day", "closes-alarm"]
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling(Plain):
    """On the clarification of event `of`."""

    of: int


@dataclass(frozen=True, slots=True)
class Appointment(Plain):
    """An examination to which somebody is summoned."""

    on: date
    place: str
    examiner: str
    at: time | None = None
    """None in summonses that were prepared before the hour was asked for."""
    zone: str = ""
    """Short name of the zone of the office's wall clock: WIB, WITA, WIT."""
    examiner_nip: str | None = None


@dataclass(frozen=True, slots=True)
class Decree(Plain):
    """What an officer decided, as its paper says."""

    number: str
    set_on: date
    officer: str
    level: Literal["ringan", "sedang", "berat", "tidak terbukti"]
    text: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class Proposal(Plain):
    """A step that is prepared, for whom, and who must approve it."""

    step: Step
    to: tuple[Addressee, ...]
    text: str
    """What it says, in Indonesian; the letter is drawn from it."""
    days: tuple[date, ...]
    gate: Gate
    clock: str = ""
    """Id of the clock whose lapse prepared it."""
    concerns: str | None = None
    """The superior it is about; he may not approve it."""
    appointment: Appointment | None = None
    latest: date | None = None
    """The last day its letter may be dated."""
    decree: Decree | None = None
    home: str | None = None
    """The office where the person served when it was prepared; None in steps of before that was
    kept: then it was that of the case."""


@dataclass(frozen=True, slots=True)
class Signature(Plain):
    """An approval or refusal of what event `of` prepared; `full` if no further one is needed."""

    of: int
    full: bool = False
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Dropping(Plain):
    of: int


@dataclass(frozen=True, slots=True)
class Missing(Plain):
    """Somebody did not come to the examination that event `of` summoned him to."""

    of: int
    paper: Paper


@dataclass(frozen=True, slots=True)
class Examination(Plain):
    on: date
    paper: Paper


@dataclass(frozen=True, slots=True)
class HandOver(Plain):
    """The decision reached him, or he was absent and it was sent."""

    how: Literal["handed", "absent", "sent", "received"]
    on: date
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class Action(Plain):
    """What an office did by itself, outside of this program."""

    what: Literal["summons-issued", "examination-filed", "decision-filed", "returned-and-reported"]
    on: date
    text: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Deadline(Plain):
    """A limit that is over, or the day on which something takes effect."""

    limit: str
    on: date


About = (
    Opening | Standing | Succession | Telling | Clarification | Ruling | Proposal | Signature
    | Dropping | Missing | Examination | HandOver | Action | Deadline
)  # fmt: skip
