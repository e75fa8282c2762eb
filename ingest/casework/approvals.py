"""By which event a step was approved: its notices stand under that, its clocks under the step."""

from collections.abc import Sequence
from typing import cast

from ingest.discipline.cases import Kind
from ingest.discipline.cases.about import Signature
from ingest.store.case_events import Kept


def approval_of(events: Sequence[Kept], step: int) -> int | None:
    """Return the number of the event by which a step was approved in full."""
    return next((by for of, by in _approved(events) if of == step), None)


def step_and_notice(events: Sequence[Kept], number: int) -> tuple[int, int]:
    """Return the events under which the case, and its notices, know what an event is about.

    They differ for a step only: `number` may be either of its two. Any other event is its own.
    """
    return next((pair for pair in _approved(events) if number in pair), (number, number))


def _approved(events: Sequence[Kept]) -> list[tuple[int, int]]:
    """Return each approved step with the event that approved it in full."""
    found = []
    for one in events:
        if one.event.kind is Kind.APPROVED:
            about = cast(Signature, one.event.about)
            if about.full:
                found.append((about.of, one.number))
    return found
