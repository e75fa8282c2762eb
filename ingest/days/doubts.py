"""Why a day cannot be judged to the end: for one person, or for all of an office. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.coverage import Reason
from ingest.rules import unique


@dataclass(slots=True)
class Reasons:
    """What holds up somebody's day, and what people decided about it."""

    open: list[Reason] = field(default_factory=list)
    """Keep an absence away."""
    provisional: list[Reason] = field(default_factory=list)
    """Keep minutes away."""
    corrections: list[Reason] = field(default_factory=list)

    def both(self, reason: Reason) -> None:
        self.open.append(reason)
        self.provisional.append(reason)


class Doubts:
    """The reasons of everybody, and of each."""

    def __init__(self) -> None:
        self.of_all = Reasons()
        self.of: defaultdict[int, Reasons] = defaultdict(Reasons)
        """By person."""

    def correct(self, owners: Iterable[int | None], reason: Reason) -> None:
        """Tell a decision to whom it concerns: everybody, where nobody is known to own it."""
        concerned = set(owners)
        if not concerned:
            self.of_all.corrections.append(reason)
        for one in concerned:
            if one is not None:
                self.of[one].corrections.append(reason)

    def open(self, person_id: int, own: Sequence[Reason]) -> tuple[Reason, ...]:
        """Return why a person cannot be absent; `own` is what is known of that person besides."""
        return unique([*self.of_all.open, *self.of[person_id].open, *own])

    def provisional(self, person_id: int) -> tuple[Reason, ...]:
        return unique([*self.of_all.provisional, *self.of[person_id].provisional])

    def corrections(self, person_id: int) -> tuple[Reason, ...]:
        return unique([*self.of_all.corrections, *self.of[person_id].corrections])
