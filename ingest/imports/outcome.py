"""What an import did, for the person who gave the command."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """Counts of rows, and in words what changed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    changes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def count(self, *, known: bool, differs: bool) -> None:
        """Count one row."""
        if not known:
            self.new += 1
        elif differs:
            self.changed += 1
        else:
            self.same += 1

    def __str__(self) -> str:
        return f"{self.new} new, {self.changed} changed, {self.same} as before"
