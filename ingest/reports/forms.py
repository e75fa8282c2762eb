"""How recaps are printed: codes, ladders of minutes, deductions, who signs. Values, all of it data.

Inside, a day has a status and an excuse has a type, and neither name ever changes. What a recap
prints for them is an office's own habit (TK or A, C or CT), and so are steps of minutes. Figures
that have a legal source carry it with a mark, as regulations do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ingest.rules import Status

Mark = Literal["H", "M", "L"]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9?][A-Za-z0-9?./-]{0,7}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9?][A-Za-z0-9?./-]{0,19}$")]
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]*$")]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Minutes = Annotated[int, Field(strict=True, ge=1, le=1_440)]
Percent = Annotated[Decimal, Field(gt=0, le=100, max_digits=7, decimal_places=4)]
_STRICT: dict[str, Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Figures that hold for a time, with where they are from."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    name: Text
    valid_from: Annotated[date, Field(strict=True)]
    valid_until: Annotated[date, Field(strict=True)] | None = None
    mark: Mark
    source: Text

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of minutes, both ends in it; without `max_minutes` it has no upper end."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    code: Code
    min_minutes: Minutes
    max_minutes: Minutes | None = None

    def takes(self, minutes: int) -> bool:
        return self.min_minutes <= minutes <= (self.max_minutes or minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder(Dated):
    """TL1 to TL4, or PSW1 to PSW4."""

    of: Literal["late", "early"]
    step: Annotated[tuple[Step, ...], Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What one thing costs: a day of it, or each of its minutes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    of: Literal["late", "early", "absent", "incomplete"]
    percent: Percent
    per: Literal["day", "minute"] = "day"
    min_minutes: Minutes = 1
    max_minutes: Minutes | None = None

    def takes(self, minutes: int) -> bool:
        return self.min_minutes <= minutes <= (self.max_minutes or minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deductions(Dated):
    """What of the additional income (TPP) a month's attendance costs, of a hundred."""

    basis: Text
    """Of what the percentages are: all of it, or the part for discipline."""
    article: Annotated[str, Field(max_length=200)] = ""
    cap_percent: Percent = Decimal(100)
    example: bool = False
    """An example applies to nobody."""
    cut: Annotated[tuple[Cut, ...], Field(min_length=1, max_length=50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The head and the foot of a printed recap."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    kop: Annotated[tuple[Line, ...], Field(max_length=6)] = ()
    place: Line = ""
    label: Line = "Mengetahui"
    post: Line = ""
    name: Line = ""
    rank: Line = ""
    nip: Annotated[str, Field(pattern=r"^([0-9]{18})?$")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """One file, or the shipped one with an office's own on it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    codes: Mapping[Status, Code]
    types: Mapping[str, Code] = field(default_factory=dict)
    """Of excuses; a type that is not named prints the code of its status."""
    columns: tuple[Name, ...] = ()
    """The order of totals, by status or by code of a step; what is not named comes after."""
    present_counts_late: Annotated[bool, Field(strict=True)] = True
    """Whether the total of days present counts those late, left early or incomplete, too."""
    paper: Literal["F4", "A4"] = "F4"
    ladder: tuple[Ladder, ...] = ()
    tpp: tuple[Deductions, ...] = ()
    signing: Mapping[str, Signing] = field(default_factory=dict)
    """By code of the office; `default` for every other."""

    def printed(self) -> list[str]:
        """Return every code a day can be printed by, in the order of the totals."""
        steps = [one.code for ladder in self.ladder for one in ladder.step]
        every = [*self.codes.values(), *self.types.values(), *steps]
        codes: Mapping[str, str] = {one.value: code for one, code in self.codes.items()}
        named = [one for one in (codes.get(one, one) for one in self.columns) if one in every]
        return list(dict.fromkeys([*named, *steps, *self.codes.values(), *self.types.values()]))

    def signs(self, office: str | None) -> Signing:
        found = self.signing.get(office or "")
        return found or self.signing.get("default") or Signing()

    def step(self, of: str, minutes: int, day: date) -> str | None:
        """Return the code of the step that minutes reach by the ladder of a day."""
        found = [one for one in self.ladder if one.of == of and one.holds(day)]
        if not found or minutes < 1:
            return None
        ladder = max(found, key=lambda one: one.valid_from)
        return next((one.code for one in ladder.step if one.takes(minutes)), None)

    def deductions(self, day: date) -> Deductions | None:
        """Return the deductions that hold on a day; examples never do."""
        found = [one for one in self.tpp if not one.example and one.holds(day)]
        return max(found, key=lambda one: one.valid_from, default=None)
