"""When warnings are too many to be believed: a mass absence is a data fault until proven. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """How many warnings may go out within some hours without a person's yes."""

    warnings: int
    """More than so many are held, however many people there are."""
    percent: int
    """So are more than this share of everybody who serves, ..."""
    least: int
    """... where they are at least so many: two of ten people in a village are no storm."""
    hours: int
    """In which they are counted together: a mass may come in over several runs."""

    def holds(self, warnings: int, people: int) -> bool:
        """Say whether so many warnings wait for a person's yes."""
        if warnings > self.warnings:
            return True
        return warnings >= self.least and warnings * 100 > people * self.percent
