"""Who does something to a case, who has to be told of it, and the papers it goes by."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ingest.discipline.cases.facts import Plain

Role = Literal["machine", "admin", "operator"]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class Actor(Plain):
    """Who did it: a named user with a role; `nip` where the user is a civil servant on record."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    role: Role
    nip: str | None = None
    office: str | None = None
    """The one office an operator sees."""


MACHINE = Actor("hadir", "machine")


@dataclass(frozen=True, slots=True)
class Addressee(Plain):
    """Who has to be told: a person by nip, or an office by its code. `role` in Indonesian."""

    role: str
    nip: str | None = None
    office: str | None = None

    @property
    def key(self) -> tuple[str | None, str | None]:
        """Whom it is, whatever he is called this time. Exactly one of the two is there."""
        return (self.nip, None) if self.nip else (None, self.office)


@dataclass(frozen=True, slots=True)
class Notice(Plain):
    """What somebody has to be told. `what` has at most 32 letters."""

    what: Literal["warning", "knowledge", "restated", "withdrawn", "closed", "step", "overdue"]
    to: Addressee
    text: str


@dataclass(frozen=True, slots=True)
class Paper(Plain):
    """A document that was handed in, by its digest; the store keeps its bytes."""

    sha256: Digest
    name: str


@dataclass(frozen=True, slots=True)
class Letter(Plain):
    """Number and date of a letter, as the register of the office has it."""

    number: Annotated[str, Field(min_length=1, max_length=100)]
    dated: date
