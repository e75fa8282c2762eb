"""A file of schemes and shifts, as an admin keeps it: read with every fault, and written. Pure.

    [[shift]]
    code = "M"
    name = "malam"
    start = "21:00"
    end = "07:00"

    [[scheme]]
    code = "5-hari"
    name = "5 hari kerja"

    [[scheme.terms]]                     # what it asks from a day on
    from = 2026-01-01
    weekly_minutes = 2250
    days.senin = { start = "07:30", end = "16:00", rest = [["12:00", "13:00"]] }

    [[scheme.overlay]]                   # what it asks for a time
    name = "Ramadan 1447 H"
    from = 2026-02-19
    until = 2026-03-19
    days.senin = { start = "08:00", end = "15:00" }

Further keys of terms, overlays and shifts are those of `ingest.calendar.scheme`. A scheme is named
by its code, terms by their first day, an overlay by its name, a shift by its code.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ingest.calendar.reading import Body
from ingest.calendar.scheme import Shift, Terms, shift_body, shift_of, terms_body, terms_of
from ingest.indonesian import WEEKDAYS

SCHEME_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
SHIFT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]{0,15}")
NAMES = tuple(one.lower() for one in WEEKDAYS)
MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class DatedOverlay:
    """Other terms from a first to a last day."""

    name: str
    first: date
    last: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class Scheme:
    code: str
    name: str
    terms: Mapping[date, Terms]
    """By the day from which they hold."""
    overlays: tuple[DatedOverlay, ...] = ()
    """By their first day."""


@dataclass(frozen=True, slots=True)
class Document:
    """Schemes and shifts by their codes."""

    schemes: Mapping[str, Scheme]
    shifts: Mapping[str, Shift]


def read_document(text: str, faults: list[str]) -> Document:
    """Return what a file holds. Every fault is added to the list, and then nothing may be used."""
    try:
        given = Body("file", tomllib.loads(text), faults)
    except tomllib.TOMLDecodeError as error:
        faults.append(f"not valid TOML: {error}")
        return Document({}, {})
    shifts: dict[str, Shift] = {}
    for one in given.tables("shift", "shift"):
        shift = _shift(one)
        if shift.code in shifts:
            one.fault(f"the shift {shift.code} stands twice")
        shifts[shift.code] = shift
    schemes: dict[str, Scheme] = {}
    for one in given.tables("scheme", "scheme"):
        scheme = _scheme(one)
        if scheme.code in schemes:
            one.fault(f"the scheme {scheme.code} stands twice")
        schemes[scheme.code] = scheme
    given.done()
    if given.good and not schemes and not shifts:
        faults.append("names neither a [[scheme]] nor a [[shift]]")
    return Document(schemes, shifts)


def render_document(document: Document) -> str:
    """Return the text of a file that reads as this."""
    parts = ["\n".join(_shift_lines(one)) for one in document.shifts.values()]
    for scheme in document.schemes.values():
        parts += _scheme_parts(scheme)
    return "\n\n".join(parts) + "\n"


def _shift(given: Body) -> Shift:
    code, name = _code(given, SHIFT_CODE), _name(given)
    if code:
        given.where = f"shift {code}"
    return shift_of(code, name, given)


def _scheme(given: Body) -> Scheme:
    code, name = _code(given, SCHEME_CODE), _name(given)
    if code:
        given.where = f"scheme {code}"
    terms: dict[date, Terms] = {}
    for one in given.tables("terms", "terms"):
        first = one.day("from")
        if first in terms:
            one.fault(f"terms from {first} stand twice")
        terms[first] = _terms(one)
    overlays: list[DatedOverlay] = []
    for one in given.tables("overlay", "overlay"):
        overlay = _overlay(one)
        if overlay.name in {other.name for other in overlays}:
            one.fault(f'the overlay "{overlay.name}" stands twice')
        overlays.append(overlay)
    given.done()
    return Scheme(code, name, terms, tuple(sorted(overlays, key=lambda one: one.first)))


def _overlay(given: Body) -> DatedOverlay:
    name = _name(given)
    if name:
        given.where = f'{given.where} "{name}"'
    first, last = given.day("from"), given.day("until")
    if given.good and last < first:
        given.fault(f"until {last} lies before from {first}")
    terms = _terms(given)
    if terms.roster:
        given.fault("an overlay gives hours; shifts have their own")
    return DatedOverlay(name, first, last, terms)


def _terms(given: Body) -> Terms:
    """Read terms whose weekdays have the names a person writes."""
    given.rename("days", dict(zip(NAMES, "0123456", strict=True)))
    return terms_of(given)


def _code(given: Body, pattern: re.Pattern[str]) -> str:
    code = given.text("code")
    if code and not pattern.fullmatch(code):
        most = 16 if pattern is SHIFT_CODE else 32
        given.fault(f'code: "{code}" is no code: letters, digits and dots, up to {most}')
        return ""
    return code


def _name(given: Body) -> str:
    name = " ".join(given.text("name").split())
    if len(name) > MOST_CHARACTERS or not name.isprintable():
        given.fault(f"name: expected one line of up to {MOST_CHARACTERS} characters")
    return name


def shift_text(shift: Shift) -> str:
    """Return a shift in one line, to be compared."""
    return f"{shift.name} {value_text(shift_body(shift))}"


def _shift_lines(shift: Shift) -> list[str]:
    head = ["[[shift]]", f"code = {value_text(shift.code)}", f"name = {value_text(shift.name)}"]
    return head + _lines(shift_body(shift))


def _scheme_parts(scheme: Scheme) -> Iterator[str]:
    head = ["[[scheme]]", f"code = {value_text(scheme.code)}", f"name = {value_text(scheme.name)}"]
    yield "\n".join(head)
    for first, terms in sorted(scheme.terms.items()):
        yield "\n".join(["[[scheme.terms]]", f"from = {first}", *_lines(named_body(terms))])
    for one in scheme.overlays:
        head = ["[[scheme.overlay]]", f"name = {value_text(one.name)}"]
        days = [f"from = {one.first}", f"until = {one.last}"]
        yield "\n".join([*head, *days, *_lines(named_body(one.terms))])


def named_body(terms: Terms) -> dict[str, Any]:
    """Return a body with its weekdays last and by name, a line for each."""
    body = terms_body(terms)
    days = body.pop("days", {})
    return body | {f"days.{NAMES[int(key)]}": one for key, one in days.items()}


def _lines(body: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {value_text(one)}" for key, one in body.items()]


def value_text(one: Any) -> str:
    """Return a value as TOML writes it; our texts are printable, so JSON's are the same."""
    if one is None:
        return "none"
    if isinstance(one, Mapping):
        return "{ " + ", ".join(f"{key} = {value_text(value)}" for key, value in one.items()) + " }"
    if isinstance(one, list):
        return "[" + ", ".join(map(value_text, one)) + "]"
    return json.dumps(one, ensure_ascii=False)
