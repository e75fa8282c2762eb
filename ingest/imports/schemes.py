"""Schemes and shifts from a TOML file: see `ingest.calendar.document` for what it holds.

What the file does not name stays: other schemes, other terms of a scheme, other overlays. Terms are
named by their first day, so a change from a day on is one more block; an overlay is named by its
name, so that Ramadan may move by a day. To take something away there is `schemes remove`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from sqlalchemy import Connection

from ingest.calendar import (
    DatedOverlay,
    Document,
    Scheme,
    Shift,
    Terms,
    in_force,
    norm_warning,
    read_document,
)
from ingest.calendar.document import named_body, shift_text, value_text
from ingest.errors import ImportFaults, NotKnown, Refused
from ingest.imports.outcome import Outcome
from ingest.indonesian import WEEKDAYS
from ingest.store import schemes as store
from ingest.store.dirty import Span, mark_spans
from ingest.store.people import hold
from ingest.store.touched import before, of_scheme, of_shifts


@dataclass(slots=True)
class _Work:
    connection: Connection
    outcome: Outcome
    spans: list[Span] = field(default_factory=list)

    def touch(self, code: str, first: date, last: date | None) -> None:
        self.spans += of_scheme(self.connection, code, first, last)


def import_schemes(
    connection: Connection, name: str, text: str, *, today: date
) -> tuple[Outcome, int]:
    """Take a whole file; return what it did and how many office-days are judged again.

    Raises ImportFaults before anything is written.
    """
    hold(connection, "schemes")
    known = store.find_document(connection)
    faults: list[str] = []
    given = read_document(text, faults)
    after = {} if faults else {one.code: _merged(known, one) for one in given.schemes.values()}
    for scheme in after.values():
        faults += _faults(scheme)
    if faults:
        raise ImportFaults(name, faults)
    work = _Work(connection, Outcome())
    _put_shifts(work, known.shifts, given.shifts)
    for code, scheme in after.items():
        _put_scheme(work, known.schemes.get(code), scheme)
        work.outcome.warnings += _warnings(scheme, given.schemes[code])
    return work.outcome, mark_spans(connection, work.spans, today=today)


def remove_terms(connection: Connection, code: str, first: date, *, today: date) -> int:
    """Take terms away; those before them hold on. Returns how many office-days are judged again.

    Raises NotKnown, Refused.
    """
    scheme = _find(connection, code)
    if first not in scheme.terms:
        raise NotKnown(f"scheme {code} has no terms from {first}; see schemes show {code}")
    if len(scheme.terms) == 1:
        raise Refused(
            f"these are the only terms of scheme {code}; a scheme without any asks nothing"
        )
    store.remove_terms(connection, code, first)
    spans = of_scheme(connection, code, first, _end(scheme.terms, first))
    return mark_spans(connection, spans, today=today)


def remove_overlay(connection: Connection, code: str, name: str, *, today: date) -> int:
    """Take an overlay away. Returns how many office-days are judged again. Raises NotKnown."""
    scheme = _find(connection, code)
    found = next((one for one in scheme.overlays if one.name == name), None)
    if found is None:
        raise NotKnown(f'scheme {code} has no overlay "{name}"; see schemes show {code}')
    store.remove_overlay(connection, code, name)
    spans = of_scheme(connection, code, found.first, found.last)
    return mark_spans(connection, spans, today=today)


def _find(connection: Connection, code: str) -> Scheme:
    hold(connection, "schemes")
    store.require_scheme(connection, code)
    return store.find_document(connection).schemes[code]


def _merged(known: Document, given: Scheme) -> Scheme:
    """Return a scheme as it will stand."""
    stored = known.schemes.get(given.code)
    if stored is None:
        return given
    named = {one.name: one for one in (*stored.overlays, *given.overlays)}
    overlays = tuple(sorted(named.values(), key=lambda one: one.first))
    terms = dict(sorted({**stored.terms, **given.terms}.items()))
    return Scheme(given.code, given.name, terms, overlays)


def _faults(scheme: Scheme) -> list[str]:
    found = []
    if not scheme.terms:
        found.append(f"scheme {scheme.code}: give its [[scheme.terms]]: what it asks from a day on")
    for one, other in pairwise(scheme.overlays):
        if other.first <= one.last:
            found.append(
                f'scheme {scheme.code}: the overlay "{one.name}" to {one.last} reaches into '
                f'"{other.name}" from {other.first}; correct one, or take it away by schemes remove'
            )
    return found


def _put_shifts(work: _Work, known: Mapping[str, Shift], given: Mapping[str, Shift]) -> None:
    moved = set()
    for code, shift in given.items():
        was = known.get(code)
        work.outcome.count(known=was is not None, differs=was != shift)
        if was == shift:
            continue
        store.put_shift(work.connection, shift, known=was is not None)
        if was is not None:
            moved.add(code)
            work.outcome.changes.append(f"shift {code}: {shift_text(was)} -> {shift_text(shift)}")
    if moved:
        work.spans += of_shifts(work.connection, moved)


def _put_scheme(work: _Work, was: Scheme | None, scheme: Scheme) -> None:
    differs = was != scheme
    work.outcome.count(known=was is not None, differs=differs)
    if not differs:
        return
    if was is None or was.name != scheme.name:
        store.put_scheme(work.connection, scheme.code, scheme.name, known=was is not None)
    if was is not None and was.name != scheme.name:
        work.outcome.changes.append(f"scheme {scheme.code}: name {was.name} -> {scheme.name}")
    for first, terms in scheme.terms.items():
        _put_terms(work, scheme, first, terms, None if was is None else was.terms.get(first))
    stored = {} if was is None else {one.name: one for one in was.overlays}
    for overlay in scheme.overlays:
        _put_overlay(work, scheme.code, stored.get(overlay.name), overlay)


def _put_terms(work: _Work, scheme: Scheme, first: date, terms: Terms, was: Terms | None) -> None:
    if terms == was:
        return
    store.put_terms(work.connection, scheme.code, first, terms)
    what = "new" if was is None else ", ".join(_difference(was, terms))
    work.outcome.changes.append(f"scheme {scheme.code}, terms from {first}: {what}")
    work.touch(scheme.code, first, _end(scheme.terms, first))


def _put_overlay(work: _Work, code: str, was: DatedOverlay | None, overlay: DatedOverlay) -> None:
    if overlay == was:
        return
    store.put_overlay(work.connection, code, overlay)
    work.touch(code, overlay.first, overlay.last)
    what = f"new, {overlay.first} to {overlay.last}"
    if was is not None:
        work.touch(code, was.first, was.last)
        days = [f"{was.first} to {was.last} -> {overlay.first} to {overlay.last}"]
        moved = (was.first, was.last) != (overlay.first, overlay.last)
        what = ", ".join((days if moved else []) + _difference(was.terms, overlay.terms))
    work.outcome.changes.append(f'scheme {code}, overlay "{overlay.name}": {what}')


def _end(terms: Mapping[date, Terms], first: date) -> date | None:
    """Return the last day of terms; None while nothing follows them."""
    return before(min((one for one in terms if one > first), default=None))


def _difference(was: Terms, terms: Terms) -> list[str]:
    one, other = named_body(was), named_body(terms)
    return [
        f"{key} {value_text(one.get(key))} -> {value_text(other.get(key))}"
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key)
    ]


def _warnings(scheme: Scheme, given: Scheme) -> list[str]:
    """Say what may not be meant of what the file holds; nothing else follows from it."""
    found = [
        norm_warning(f"scheme {scheme.code}, terms from {first}", terms)
        for first, terms in given.terms.items()
    ]
    for one in given.overlays:
        where = f'scheme {scheme.code}, overlay "{one.name}"'
        found += [norm_warning(where, one.terms), *_beside(where, scheme, one)]
    return [one for one in found if one is not None]


def _beside(where: str, scheme: Scheme, overlay: DatedOverlay) -> list[str]:
    """Compare an overlay with the terms in whose place it holds."""
    terms = in_force(list(scheme.terms.items()), overlay.first)
    if terms is None:
        return [f"{where}: the scheme has no terms yet on {overlay.first}; it holds all the same"]
    if terms.roster:
        return [f"{where}: rosters say who works when, so it changes nothing; change the shifts"]
    found = []
    if terms.manner != overlay.terms.manner:
        found.append(
            f"{where}: tolerance, taps, windows or flexi differ from those of the terms; "
            "an overlay has its own: write them there, too, if they should go on"
        )
    free = [WEEKDAYS[one] for one in sorted(terms.hours.keys() - overlay.terms.hours.keys())]
    if free:
        found.append(f"{where}: {', '.join(free)} would be off in this time")
    return found
