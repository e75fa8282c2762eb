"""An office's letters, described in its own file: heads, signers, series of numbers, kinds. Pure.

    unit = "BKPSDM"                     # {unit} in numbers

    [[head]]                            # kop; without an office: of who keeps this file
    lines = ["Pemerintah Kabupaten ...", "Badan Kepegawaian ...", "Jalan ..., Telp. ..."]
    place = "Tenggarong"

    [[signer]]                          # who signs what, from when until when
    kinds = ["OFFICE", "REPRIMAND"]     # left out: every kind that names no signer of its own
    name = "..."

    [[series]]                          # numbers
    id = "umum"
    pattern = "800.1.11/{urut}/BKPSDM/{bulan_romawi}/{tahun}"

    [[kind]]                            # what is otherwise than usual
    kind = "OFFICE"
    copies = ["Bupati Kutai Kartanegara"]

Of several rows that fit, one that names the kind goes before one that does not, one of the office
before one of all, and then the one that began last.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Protocol, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from ingest.errors import ConfigError, Refused
from ingest.letters.base import Head, LetterKind, Secrecy, Signer
from ingest.letters.numbering import Pattern

_LINE = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f]*$")]
_NAME = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]*$")]
_ID = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
CONFIDENTIAL = frozenset({LetterKind.SUMMONS, LetterKind.SECOND_SUMMONS, LetterKind.MINUTES})
"""Confidential by Peraturan BKN 6/2022 Pasal 57; no setting changes it."""
_USUAL = {LetterKind.PROPOSAL: Secrecy.CONFIDENTIAL}


class _Row:
    """Nothing in a table that is not known."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class HeadRow(_Row):
    """A kop: the usual one, or for letters that are signed within one office."""

    lines: Annotated[tuple[_NAME, ...], Field(min_length=2, max_length=8)]
    place: _NAME
    office: str = ""
    logo: _LINE = ""
    kinds: tuple[LetterKind, ...] = ()
    valid_from: date = date.min
    valid_until: date = date.max


@dataclass(frozen=True, slots=True)
class SignerRow(_Row):
    name: _NAME
    post: _NAME
    nip: Annotated[str, Field(pattern=r"^([0-9]{18})?$")] = ""
    rank: _LINE = ""
    acting: _LINE = ""
    on_behalf_of: _LINE = ""
    office: str = ""
    """Only for letters of cases of this office."""
    kinds: tuple[LetterKind, ...] = ()
    valid_from: date = date.min
    valid_until: date = date.max


@dataclass(frozen=True, slots=True)
class SeriesRow(_Row):
    """A series of numbers; it counts from one each year, from `first` in the year it begins."""

    id: _ID
    pattern: _NAME
    classification: _LINE = ""
    first: Annotated[int, Field(strict=True, ge=1, le=999_999)] = 1
    office: str = ""
    kinds: tuple[LetterKind, ...] = ()
    valid_from: date = date.min
    valid_until: date = date.max


@dataclass(frozen=True, slots=True)
class KindRow(_Row):
    kind: LetterKind
    secrecy: Secrecy | None = None
    copies: tuple[_NAME, ...] = ()
    subject: _LINE = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A series as it is on a day."""

    id: str
    pattern: Pattern
    first: int
    """The first running number of that year."""


@dataclass(frozen=True, slots=True)
class LetterSettings(_Row):
    """A file of settings, checked."""

    head: Annotated[tuple[HeadRow, ...], Field(min_length=1)]
    signer: Annotated[tuple[SignerRow, ...], Field(min_length=1)]
    unit: _LINE = ""
    series: tuple[SeriesRow, ...] = ()
    kind: tuple[KindRow, ...] = ()

    def head_of(self, kind: LetterKind, office: str, on: date) -> Head:
        """Return the kop of a letter. Raises Refused."""
        row = _need(_fit(self.head, kind, office, on), "head", kind, on)
        return Head(row.lines, row.place, row.logo)

    def signer_of(self, kind: LetterKind, office: str, on: date) -> Signer:
        """Return who signs. Raises Refused."""
        row = _need(_fit(self.signer, kind, office, on), "signer", kind, on)
        return Signer(
            row.name, row.nip, row.rank, row.post, acting=row.acting, on_behalf_of=row.on_behalf_of
        )

    def series_of(self, kind: LetterKind, office: str, on: date) -> Series | None:
        """Return where a letter gets its number; None where numbers are given by hand."""
        row = _fit(self.series, kind, office, on)
        return None if row is None else self._series(row, on.year)

    def all_series(self, year: int) -> list[Series]:
        """Return every series that gives numbers in a year."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        found = (one for one in self.series if one.valid_from <= last and one.valid_until >= first)
        return [self._series(one, year) for one in found]

    def secrecy_of(self, kind: LetterKind) -> Secrecy:
        if kind in CONFIDENTIAL:
            return Secrecy.CONFIDENTIAL
        row = self._kind(kind)
        told = row.secrecy if row is not None else None
        return told or _USUAL.get(kind, Secrecy.IMPORTANT)

    def copies_of(self, kind: LetterKind) -> tuple[str, ...]:
        row = self._kind(kind)
        return row.copies if row is not None else ()

    def subject_of(self, kind: LetterKind) -> str:
        """Return the subject that was chosen instead of the usual one; empty: none was."""
        row = self._kind(kind)
        return row.subject if row is not None else ""

    def _kind(self, kind: LetterKind) -> KindRow | None:
        return next((one for one in self.kind if one.kind is kind), None)

    def _series(self, row: SeriesRow, year: int) -> Series:
        pattern = Pattern(row.pattern, row.classification, self.unit)
        return Series(row.id, pattern, row.first if row.valid_from.year == year else 1)


class _Dated(Protocol):
    @property
    def office(self) -> str: ...
    @property
    def kinds(self) -> tuple[LetterKind, ...]: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date: ...


_T = TypeVar("_T", bound=_Dated)


def _fit(rows: Iterable[_T], kind: LetterKind, office: str, on: date) -> _T | None:
    found = [
        one
        for one in rows
        if (not one.kinds or kind in one.kinds)
        and one.office in ("", office)
        and one.valid_from <= on <= one.valid_until
    ]
    return max(
        found, key=lambda one: (bool(one.kinds), bool(one.office), one.valid_from), default=None
    )


def _need(row: _T | None, what: str, kind: LetterKind, on: date) -> _T:
    if row is None:
        raise Refused(f"the file of letters has no [[{what}]] for {kind} on {on}; add one")
    return row


_FILE: TypeAdapter[LetterSettings] = TypeAdapter(LetterSettings)


def read_settings(name: str, text: str) -> LetterSettings:
    """Read a file. Raises ConfigError with every fault in it, each with its place."""
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError([f"{name}: not valid TOML: {error}"]) from error
    try:
        # strict would refuse lists for tuples; JSON modes do not know dates of TOML
        found = _FILE.validate_python(told)
    except ValidationError as error:
        raise ConfigError(
            [f"{name}: {_place(one['loc'])}: {one['msg'][:1].lower()}{one['msg'][1:]}"
             for one in error.errors(include_url=False)]
        ) from error  # fmt: skip
    faults = [f"{name}: {fault}" for fault in _faults(found)]
    if faults:
        raise ConfigError(faults)
    return found


def _place(loc: tuple[int | str, ...]) -> str:
    told = ""
    for one in loc:
        told += f"[{one + 1}]" if isinstance(one, int) else f".{one}" if told else one
    return told


def _faults(found: LetterSettings) -> Iterator[str]:
    for name, rows in (("head", found.head), ("signer", found.signer), ("series", found.series)):
        dated: tuple[Any, ...] = rows
        for place, one in enumerate(dated, 1):
            if one.valid_until < one.valid_from:
                yield f"{name}[{place}].valid_until: lies before valid_from"
        yield from _twice(name, dated)
    for place, row in enumerate(found.series, 1):
        pattern = Pattern(row.pattern, row.classification, found.unit)
        yield from (f"series[{place}].pattern: {one}" for one in pattern.faults())
        if row.first > 1 and row.valid_from == date.min:
            yield f"series[{place}].first: it counts from there in the year of valid_from; give it"
    kinds = [one.kind for one in found.kind]
    for kind in sorted({one for one in kinds if kinds.count(one) > 1}):
        yield f"kind: {kind} stands there twice"
    for place, kind_row in enumerate(found.kind, 1):
        open_to_all = kind_row.secrecy not in (None, Secrecy.CONFIDENTIAL)
        if kind_row.kind in CONFIDENTIAL and open_to_all:
            yield f"kind[{place}].secrecy: {kind_row.kind} is Rahasia by Peraturan BKN 6/2022"


def _twice(name: str, rows: tuple[Any, ...]) -> Iterator[str]:
    """Tell of two rows that fit the same letters from the same day on: nobody could tell which."""
    seen: dict[tuple[Any, ...], int] = {}
    for place, one in enumerate(rows, 1):
        for kind in one.kinds or (None,):
            before = seen.setdefault((one.office, kind, one.valid_from), place)
            if before != place:
                yield f"{name}[{place}]: fits the same letters as {name}[{before}], from one day"
