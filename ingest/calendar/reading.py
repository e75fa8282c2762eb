"""Reads what an admin wrote about working time, naming each thing that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from typing import Any

LONGEST_S = 86_400
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)


class Fault(ValueError):
    """Something written about working time cannot be meant; says what, and where."""


class Body:
    """One table of keys, of which each has to be asked for: what nobody asked for is a fault.

    A fault is raised; or where a list is given it is added there, and a value that does no harm is
    returned, so that a file is told all of its faults at once.
    """

    def __init__(self, where: str, given: object, faults: list[str] | None = None) -> None:
        self.where = where
        self._faults = faults
        self._before = len(faults or ())
        self._given: Mapping[str, Any] = {}
        self._asked: set[str] = set()
        if isinstance(given, Mapping):
            self._given = given
        else:
            self.fault("expected a table of keys")

    @property
    def good(self) -> bool:
        """Say whether no fault was found since this table was begun."""
        return len(self._faults or ()) == self._before

    def fault(self, text: str) -> None:
        if self._faults is None:
            raise Fault(f"{self.where}: {text}")
        self._faults.append(f"{self.where}: {text}")

    def within(self, where: str, given: object) -> "Body":
        """Return a table inside this one; its faults go where those of this one go."""
        return Body(f"{self.where}, {where}", given, self._faults)

    def done(self) -> None:
        for key in self._given:
            if key not in self._asked:
                self.fault(f"{key!r} is not known here")

    def has(self, key: str) -> bool:
        return key in self._given

    def rename(self, key: str, names: Mapping[str, str]) -> None:
        """Let the keys of a table inside this one have other names; another one is a fault."""
        given = self._given.get(key)
        if not isinstance(given, Mapping):
            return
        for one in given:
            if one not in names:
                self.fault(f"{key}: {one!r} is not known here, expected {', '.join(names)}")
        known = {names[one]: value for one, value in given.items() if one in names}
        self._given = {**self._given, key: known}

    def table(self, key: str) -> Iterator[tuple[str, object]]:
        given = self._ask(key, {})
        if not isinstance(given, Mapping):
            self.fault(f"{key}: expected a table")
            return iter(())
        return iter(sorted(given.items()))

    def tables(self, key: str, where: str) -> "list[Body]":
        """Return each table of an array of them, numbered in what is told of it."""
        given = self._ask(key, [])
        if not isinstance(given, list):
            self.fault(f"{key}: expected [[{key}]] tables")
            return []
        return [self.within(f"{where} {n}", one) for n, one in enumerate(given, 1)]

    def sub(self, key: str) -> "Body | None":
        given = self._ask(key, None)
        return None if given is None else self.within(key, given)

    def flag(self, key: str) -> bool:
        given = self._ask(key, False)
        if not isinstance(given, bool):
            self.fault(f"{key}: expected true or false")
            return False
        return given

    def number(self, key: str, default: int) -> int:
        given = self._ask(key, default)
        if not isinstance(given, int) or isinstance(given, bool):
            self.fault(f"{key}: expected a whole number")
            return default
        return given

    def count(self, key: str) -> int | None:
        """Return a number of days; None where it is left out."""
        if self._ask(key, None) is None:
            return None
        given = self.number(key, 0)
        if not 1 <= given <= 4_000:
            self.fault(f"{key}: expected 1 to 4000")
        return given

    def text(self, key: str) -> str:
        given = self._ask(key, None)
        if not isinstance(given, str) or not given.strip():
            self.fault(f"{key}: expected text in quotes")
            return ""
        return given

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list; none where it is left out."""
        given = self._ask(key, [])
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            self.fault(f"{key}: expected a list of texts in quotes")
            return ()
        return tuple(given)

    def day(self, key: str) -> date:
        given = self._ask(key, None)
        # a moment is a date to isinstance
        if type(given) is not date or not 1900 <= given.year <= 2100:
            self.fault(f"{key}: expected a day such as 2026-01-31, without quotes")
            return date(2000, 1, 1)
        return given

    def span(self, key: str, *, minutes: bool = False) -> timedelta | None:
        """Return a duration in seconds, or minutes of a week; None where it is left out."""
        if self._ask(key, None) is None:
            return None
        given = self.number(key, 0)
        if not 0 <= given <= (7 * 1_440 if minutes else LONGEST_S):
            self.fault(f"{key}: {given} is out of range")
            return None
        return timedelta(minutes=given) if minutes else timedelta(seconds=given)

    def clock(self, key: str) -> time:
        given = self._ask(key, None)
        if given is None:
            self.fault(f'{key} is missing; give a time such as "07:30"')
            return time()
        return self._time(key, given)

    def pairs(self, key: str) -> tuple[tuple[time, time], ...]:
        given = self._ask(key, [])
        try:
            pairs = [(one, two) for one, two in given]
        except (TypeError, ValueError):
            self.fault(f'{key}: expected pairs of times such as [["12:00", "13:00"]]')
            return ()
        return tuple((self._time(key, one), self._time(key, two)) for one, two in pairs)

    def _time(self, key: str, given: object) -> time:
        text = str(given)
        try:  # fromisoformat takes 16.00 and 1600, too: what is meant must not be guessed
            at = time.fromisoformat(text) if _CLOCK.fullmatch(text) else None
        except ValueError:
            at = None
        if at is None:
            self.fault(f'{key}: {text!r} is no time such as "07:30"')
        return at or time()

    def _ask(self, key: str, default: object) -> Any:
        self._asked.add(key)
        return self._given.get(key, default)
