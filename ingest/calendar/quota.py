"""How many days of a type somebody may take in a calendar year, as dated rows of data. Pure.

Nothing is refused by a quota: more is a doubt that a person settles, or a row of a report.
"""

from dataclasses import dataclass
from datetime import date

from ingest.calendar.reading import Body


@dataclass(frozen=True, slots=True)
class Quota:
    """What holds for some kinds of servants from a day on, in working days of the person."""

    days: int
    """Of each calendar year."""
    kinds: tuple[str, ...]
    carry: int
    """Most unused days of the year before that may be taken besides."""
    carry_of_two: int
    """The same where two years in a row nothing was taken."""
    after_months: int
    """Months of service before which there is none."""
    dropped_by: tuple[str, ...]
    """Types of which one day drops the quota of its year."""
    since: date
    until: date
    mark: str
    """How sure we are: H, M or L."""
    source: str

    def holds(self, kind: str, day: date) -> bool:
        return kind in self.kinds and self.since <= day <= self.until


def read_quotas(given: Body) -> tuple[Quota, ...]:
    """Return the `[[quota]]` rows of a type. Raises Fault naming what is wrong."""
    return tuple(_quota(one) for one in given.tables("quota", "quota"))


def _quota(given: Body) -> Quota:
    days, carry = given.count("days"), given.number("carry", 0)
    mark = given.text("mark")
    if days is None:
        given.fault("days: expected how many of each year")
    if mark not in ("H", "M", "L"):
        given.fault("mark: expected H, M or L")
    found = Quota(
        days or 1,
        given.texts("kinds"),
        carry,
        given.number("carry_of_two", carry),
        given.number("after_months", 0),
        given.texts("dropped_by"),
        given.day("since"),
        given.day("until") if given.has("until") else date.max,
        mark,
        given.text("source"),
    )
    if not found.kinds:
        given.fault('kinds: expected a list such as ["PNS", "CPNS"]')
    if found.until < found.since:
        given.fault("until: lies before since")
    if min(found.carry, found.carry_of_two - found.carry, found.after_months) < 0:
        given.fault(
            "carry, carry_of_two, after_months: none is below 0, nor the second below the first"
        )
    given.done()
    return found
