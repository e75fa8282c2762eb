"""What BKN's rows would change here: one row a person and field, and a digest of all. Pure.

The digest is what a person says yes to: whoever applies it gets exactly these changes, or is told
that they are not these any more.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from ingest.store.siasn import Unit

DIGEST = 16
"""Hexadecimal digits of a digest, as a person copies it."""
_HIGHEST = 40
"""So many units above one another; more is a circle."""


class Field(StrEnum):
    """What of a person a change is about. A note changes nothing: somebody should look."""

    PERSON = "person"
    NAME = "name"
    KIND = "kind"
    OFFICE = "office"
    RANK = "rank"
    POST = "post"
    EXCUSE = "excuse"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one person, as it is here and as it would be."""

    nip: str
    name: str
    field: Field
    old: str = ""
    new: str = ""
    first: date | None = None
    last: date | None = None
    letter: str = ""
    because: str = ""
    office: str = ""
    """Of a new person: where; `new` is the kind then."""


def narrow(
    changes: Sequence[Change], fields: Collection[str], nips: Collection[str]
) -> list[Change]:
    """Return the changes of these fields and people; of all where none are named."""
    return [
        one
        for one in changes
        if (not fields or one.field.value in fields) and (not nips or one.nip in nips)
    ]


def digest(changes: Sequence[Change]) -> str:
    """Return what names these changes and no others."""
    told = [asdict(one) for one in changes]
    text = json.dumps(told, default=str, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST]


class Units:
    """Which office a unit belongs to: its own mapping, or that of the nearest unit above it."""

    def __init__(self, units: Mapping[str, Unit], offices: Mapping[str, str]) -> None:
        self._units = units
        self._offices = offices

    def office(self, unit: str) -> str | None:
        """Return the office of a unit; None where neither it nor any above it has one."""
        at = unit
        for _ in range(_HIGHEST):
            if not at:
                return None
            if at in self._offices:
                return self._offices[at]
            known = self._units.get(at)
            at = "" if known is None else known.above or known.parent
        return None

    def orphans(self) -> list[Unit]:
        """Return the units whose upper unit BKN did not tell: a sign that its list has holes."""
        return [
            one for one in self._units.values()
            if one.above and one.above not in self._units and one.unit not in self._offices
        ]  # fmt: skip
