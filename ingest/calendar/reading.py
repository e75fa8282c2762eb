"""Reads what an admin wrote about working time, naming each thing that is wrong with it."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from typing import Any

LONGEST_S = 86_400


class Fault(ValueError):
    """Something written about working time cannot be meant; says what, and where."""


class Body:
    """One table of keys, of which each has to be asked for: what nobody asked for is a fault."""

    def __init__(self, where: str, given: object) -> None:
        if not isinstance(given, Mapping):
            raise Fault(f"{where}: expected a table of keys")
        self.where = where
        self._given: Mapping[str, Any] = given
        self._asked: set[str] = set()

    def done(self) -> None:
        for key in self._given:
            if key not in self._asked:
                raise Fault(f"{self.where}: {key!r} is not known here")

    def table(self, key: str) -> Iterator[tuple[str, object]]:
        given = self._ask(key, {})
        if not isinstance(given, Mapping):
            raise Fault(f"{self.where}: {key}: expected a table")
        return iter(sorted(given.items()))

    def sub(self, key: str) -> "Body | None":
        given = self._ask(key, None)
        return None if given is None else Body(f"{self.where}, {key}", given)

    def flag(self, key: str) -> bool:
        given = self._ask(key, False)
        if not isinstance(given, bool):
            raise Fault(f"{self.where}: {key}: expected true or false")
        return given

    def number(self, key: str, default: int) -> int:
        given = self._ask(key, default)
        if not isinstance(given, int) or isinstance(given, bool):
            raise Fault(f"{self.where}: {key}: expected a whole number")
        return given

    def count(self, key: str) -> int | None:
        """Return a number of days; None where it is left out."""
        if self._ask(key, None) is None:
            return None
        given = self.number(key, 0)
        if not 1 <= given <= 4_000:
            raise Fault(f"{self.where}: {key}: expected 1 to 4000")
        return given

    def text(self, key: str) -> str:
        given = self._ask(key, None)
        if not isinstance(given, str) or not given.strip():
            raise Fault(f"{self.where}: {key}: expected text in quotes")
        return given

    def span(self, key: str, *, minutes: bool = False) -> timedelta | None:
        """Return a duration in seconds, or minutes of a week; None where it is left out."""
        if self._ask(key, None) is None:
            return None
        given = self.number(key, 0)
        if not 0 <= given <= (7 * 1_440 if minutes else LONGEST_S):
            raise Fault(f"{self.where}: {key}: {given} is out of range")
        return timedelta(minutes=given) if minutes else timedelta(seconds=given)

    def clock(self, key: str) -> time:
        given = self._ask(key, None)
        if given is None:
            raise Fault(f'{self.where}: {key} is missing; give a time such as "07:30"')
        return self._time(key, given)

    def pairs(self, key: str) -> tuple[tuple[time, time], ...]:
        given = self._ask(key, [])
        try:
            return tuple((self._time(key, one), self._time(key, two)) for one, two in given)
        except (TypeError, ValueError) as error:
            if isinstance(error, Fault):
                raise
            raise Fault(
                f'{self.where}: {key}: expected pairs of times such as [["12:00", "13:00"]]'
            ) from error

    def _time(self, key: str, given: object) -> time:
        try:
            at = time.fromisoformat(str(given))
        except ValueError as error:
            raise Fault(f'{self.where}: {key}: {given!r} is no time such as "07:30"') from error
        if at.tzinfo is not None or at.microsecond:
            raise Fault(f"{self.where}: {key}: {given!r} must be a time without a zone")
        return at

    def _ask(self, key: str, default: object) -> Any:
        self._asked.add(key)
        return self._given.get(key, default)
