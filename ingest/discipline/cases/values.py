"""An event of a case: what happened, on which day, by whom, why, and on what facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from ingest.discipline.cases.about import (
    About,
    Action,
    Appointment,
    Clarification,
    Deadline,
    Decree,
    Dropping,
    Examination,
    Gate,
    HandOver,
    Missing,
    Opening,
    Proposal,
    Ruling,
    Signature,
    Standing,
    Step,
    Succession,
    Telling,
)
from ingest.discipline.cases.facts import Facts
from ingest.discipline.cases.parties import (
    MACHINE,
    Actor,
    Addressee,
    Letter,
    Notice,
    Paper,
    Reason,
)

__all__ = [
    "ABOUT",
    "MACHINE",
    "About",
    "Action",
    "Actor",
    "Addressee",
    "Appointment",
    "Clarification",
    "Deadline",
    "Decree",
    "Dropping",
    "Event",
    "Examination",
    "Gate",
    "HandOver",
    "Kind",
    "Letter",
    "Missing",
    "Notice",
    "Opening",
    "Paper",
    "Proposal",
    "Reason",
    "Ruling",
    "Signature",
    "Standing",
    "Step",
    "Succession",
    "Telling",
]


class Kind(StrEnum):
    """What may happen. At most 32 letters: a column holds it."""

    OPENED = "OPENED"
    CONTINUED = "CONTINUED"  # the streak grew
    RESTATED = "RESTATED"  # days were judged differently, the rest still reaches the limit
    WITHDRAWN = "WITHDRAWN"  # the rest does not
    SUCCEEDED = "SUCCEEDED"  # another superior or office answers for the person now
    TOLD = "TOLD"  # a notice or letter reached somebody
    CLARIFIED = "CLARIFIED"  # a clarification was handed in
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    PREPARED = "PREPARED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    DROPPED = "DROPPED"  # what was prepared has lost its ground
    MISSED = "MISSED"  # did not come to the examination
    EXAMINED = "EXAMINED"
    HANDED_OVER = "HANDED_OVER"
    ACTED = "ACTED"  # the office tells what it did
    OVERDUE = "OVERDUE"  # a limit of the officers is over
    EFFECTIVE = "EFFECTIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. It is never changed, and `why` is told to people."""

    kind: Kind
    day: date
    who: Actor
    why: Reason
    facts: Facts
    about: About
    notices: tuple[Notice, ...] = ()


ABOUT: Mapping[Kind, type[Any]] = {
    Kind.OPENED: Opening,
    Kind.CONTINUED: Standing,
    Kind.RESTATED: Standing,
    Kind.WITHDRAWN: Standing,
    Kind.SUCCEEDED: Succession,
    Kind.TOLD: Telling,
    Kind.CLARIFIED: Clarification,
    Kind.ACCEPTED: Ruling,
    Kind.REJECTED: Ruling,
    Kind.PREPARED: Proposal,
    Kind.APPROVED: Signature,
    Kind.REFUSED: Signature,
    Kind.DROPPED: Dropping,
    Kind.MISSED: Missing,
    Kind.EXAMINED: Examination,
    Kind.HANDED_OVER: HandOver,
    Kind.ACTED: Action,
    Kind.OVERDUE: Deadline,
    Kind.EFFECTIVE: Deadline,
}
"""What an event of each kind is about."""
