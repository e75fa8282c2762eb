"""Takes what rosters are to say: checked line by line, written whole, and told.

Who keeps no roster, and shifts that overlap, are warned about: a roster may be written before its
scheme is used, and an hour in two shifts is an office's own way of handing over.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from ingest.calendar import shift_day
from ingest.imports.outcome import Outcome
from ingest.imports.rosters import UNSAID, Wish
from ingest.imports.sheet import Faults
from ingest.store import rosters as store
from ingest.store.keeping import Keeping
from ingest.store.people import hold, person_ids
from ingest.store.rosters import OFF, Place
from ingest.store.schemes import find_shifts

MOST_WARNINGS = 20


def take_roster(
    connection: Connection,
    wishes: Sequence[Wish],
    faults: Faults,
    *,
    office: str | None,
    today: date,
) -> tuple[Outcome, int]:
    """Write what was wished; return what it did and how many office-days are judged again.

    `office` lets nobody through who does not serve there. Raises ImportFaults before anything is
    written.
    """
    hold(connection, "roster_days")
    work = _Work(connection, faults)
    found: dict[Place, str] = {}
    lines: dict[Place, int] = {}
    for one in wishes:
        place = work.check(one, office)
        if place is None:
            continue
        if place in lines:
            faults.add(one.line, f"{one.day} of {one.nip} stands on line {lines[place]} too")
        lines.setdefault(place, one.line)
        found[place] = work.codes[one.mark.upper()]
    faults.raise_if_any()
    return work.write(found, today)


class _Work:
    """What the store knows, and what one file makes of it."""

    def __init__(self, connection: Connection, faults: Faults) -> None:
        self._connection = connection
        self._faults = faults
        self._ids = person_ids(connection)
        self._nips = {key: nip for nip, key in self._ids.items()}
        self._keeping = Keeping(connection)
        self._shifts = find_shifts(connection)
        self._told: set[tuple[int, str]] = set()
        self.codes = {one.upper(): one for one in (*self._shifts, OFF, UNSAID)}

    def check(self, one: Wish, office: str | None) -> Place | None:
        if one.mark.upper() not in self.codes:
            self._fault(one.line, self._no_shift(one.mark))
            return None
        person_id = self._ids.get(one.nip)
        if person_id is None:
            self._fault(one.line, "nobody in the store has this NIP; import the people first")
            return None
        serves = self._keeping.office(person_id, one.day)
        if serves is None:
            self._fault(one.line, f"{one.nip} serves nowhere on {one.day}")
        elif office is not None and serves != office:
            self._fault(one.line, f"{one.nip} does not serve in {office} on {one.day}")
        return Place(person_id, one.day)

    def write(self, found: Mapping[Place, str], today: date) -> tuple[Outcome, int]:
        outcome = Outcome()
        if not found:
            return outcome, 0
        days = [one.day for one in found]
        ids = sorted({one.person_id for one in found})
        stored = store.find_shifts_of(
            self._connection, ids, min(days) - timedelta(days=1), max(days) + timedelta(days=1)
        )
        rows: dict[Place, str | None] = {}
        gone: list[Place] = []
        for place, code in found.items():
            self._sort(place, code, stored, rows, gone, outcome)
        marked = store.put(self._connection, rows, gone, today=today)
        after = {one: code for one, code in {**stored, **rows}.items() if one not in set(gone)}
        outcome.warnings += self._warnings(rows, after)
        return outcome, marked

    def _sort(
        self,
        place: Place,
        code: str,
        stored: Mapping[Place, str | None],
        rows: dict[Place, str | None],
        gone: list[Place],
        outcome: Outcome,
    ) -> None:
        shift = None if code == OFF else code
        known = place in stored
        same = not known if code == UNSAID else known and stored[place] == shift
        outcome.count(known=known or code == UNSAID, differs=not same)
        if same:
            return
        if code == UNSAID:
            gone.append(place)
        else:
            rows[place] = shift
        if known:
            was = stored[place] or OFF
            outcome.changes.append(f"{self._nips[place.person_id]} {place.day}: {was} -> {code}")

    def _warnings(
        self, rows: Mapping[Place, str | None], after: Mapping[Place, str | None]
    ) -> list[str]:
        """Say what may not be meant: shifts that overlap, rows of who keeps no roster."""
        found = [*self._unused(rows), *self._overlaps(rows, after)]
        more = len(found) - MOST_WARNINGS
        return found[:MOST_WARNINGS] + ([f"and {more} more like these"] if more > 0 else [])

    def _unused(self, rows: Mapping[Place, str | None]) -> Iterator[str]:
        seen: set[tuple[int, str]] = set()
        for place in sorted(rows):
            office = self._keeping.office(place.person_id, place.day) or ""
            scheme = self._keeping.scheme(office, place.person_id, place.day)
            key = (place.person_id, scheme)
            if self._keeping.is_roster(scheme, place.day) or key in seen:
                continue
            seen.add(key)
            yield (
                f"{self._nips[place.person_id]} keeps the scheme {scheme} on {place.day}, which is "
                f"no roster: the row has no effect; see hadir-ingest schemes use"
            )

    def _overlaps(
        self, rows: Mapping[Place, str | None], after: Mapping[Place, str | None]
    ) -> Iterator[str]:
        one_day = timedelta(days=1)
        firsts = {
            Place(at.person_id, at.day - back) for at in rows for back in (one_day, 0 * one_day)
        }
        for at in sorted(firsts):
            here, there = after.get(at), after.get(Place(at.person_id, at.day + one_day))
            if here is None or there is None:
                continue
            first = shift_day(at.day, self._shifts[here])
            second = shift_day(at.day + one_day, self._shifts[there])
            if second.start < first.end:
                yield (
                    f"{self._nips[at.person_id]}: the shift {here} of {at.day} ends after {there} "
                    f"of the next day begins"
                )

    def _no_shift(self, mark: str) -> str:
        near = difflib.get_close_matches(mark, self._shifts, n=1, cutoff=0.5)
        known = ", ".join([*self._shifts, OFF])
        meant = f', did you mean "{near[0]}"?' if near else f"; known are {known}"
        return f'no shift "{mark}"{meant}'

    def _fault(self, line: int, text: str) -> None:
        """Name a fault of a line once: a row of a month has thirty days."""
        if (line, text) not in self._told:
            self._told.add((line, text))
            self._faults.add(line, text)
