"""What a printed report carries beside its table: head, signature, stamp, size of the sheet."""

from dataclasses import dataclass
from typing import Literal

from ingest.indonesian import day_text, nip_text
from ingest.reports.base import Asked, Table
from ingest.reports.forms import Signing
from ingest.reports.printed import FREE
from ingest.reports.stamp import Stamp

_DOTS = "." * 40


@dataclass(frozen=True, slots=True)
class Paper:
    stamp: Stamp
    signing: Signing
    size: Literal["F4", "A4"]
    free: frozenset[str]
    """Codes of days on which nobody has to come: shown pale."""


def paper_of(asked: Asked, stamp: Stamp, table: Table | None = None) -> Paper:
    """Return how a report is printed by its forms."""
    office = asked.scope.office if table is None or table.office is None else table.office
    forms = asked.forms
    free = frozenset(forms.codes[one] for one in FREE)
    return Paper(stamp, forms.signs(office), forms.paper, free)


def signature(signing: Signing, stamp: Stamp) -> list[str]:
    """Return the lines of a signature; what is not known is left to be filled in by hand."""
    place = f"{signing.place}, " if signing.place else ""
    post = [f"{signing.post}," if signing.post else f"{_DOTS},"]
    return [
        f"{place}{day_text(stamp.at)}",
        f"{signing.label},",
        *post,
        "",
        "",
        "",
        signing.name or _DOTS,
        *([signing.rank] if signing.rank else []),
        f"NIP {nip_text(signing.nip)}" if signing.nip else "NIP",
    ]
