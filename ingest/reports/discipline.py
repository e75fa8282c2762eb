"""What a year came to under the regulations: everybody with an absence, or one person as a story.

Every line is an indication or a proposal. Days are counted up to yesterday: today is not over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ingest.discipline import (
    MARK_TEXT,
    Finding,
    Level,
    Officer,
    Regulation,
    Shelf,
    Tally,
    kind_on,
    most_steps,
    tally,
)
from ingest.discipline.findings import days_text
from ingest.indonesian import day_text, nip_text
from ingest.reports.base import Cell, Column, Kind, Table
from ingest.reports.notes import calendar_notes
from ingest.store import superiors
from ingest.store import tally as store

_WEIGHT: dict[Level | None, int] = {None: 0, "ringan": 1, "sedang": 2, "berat": 3}
EXCUSES_TOLD = (
    "Cuti, izin, sakit, dinas luar dan keterangan lain yang sudah dicatat tidak dihitung; yang "
    "belum diserahkan masih terbaca tanpa keterangan, dan hilang dari hitungan begitu dicatat"
)
_COLUMNS = (
    Column("number", "No", Kind.NUMBER, width=5),
    Column("nip", "NIP", Kind.NIP),
    Column("name", "Nama"),
    Column("kind", "Jenis", width=9),
    Column("office", "Kantor", width=12),
    Column("absent", "TK", Kind.NUMBER),
    Column("streak", "Berturut", Kind.NUMBER),
    Column("indication", "Indikasi", width=24),
    Column("basis", "Dasar"),
    Column("mark", "Tanda", width=7),
    Column("warning", "Peringatan dini"),
    Column("unverified", "Belum terverifikasi", Kind.NUMBER),
    Column("unjudged", "Belum dinilai", Kind.NUMBER),
)


@dataclass(frozen=True, slots=True)
class Result:
    """One person and what the year came to."""

    person: store.Counted
    tally: Tally


@dataclass(frozen=True, slots=True)
class Year:
    """A year up to the last day of it that is over."""

    year: int
    today: date

    @property
    def until(self) -> date:
        return min(date(self.year, 12, 31), self.today - timedelta(days=1))

    @property
    def begun(self) -> bool:
        return self.until.year >= self.year

    @property
    def read_from(self) -> date:
        """The first day that is read: a streak may have begun before New Year."""
        return date(self.year, 1, 1) - store.LOOK_BACK


def count_all(
    connection: Connection, shelf: Shelf, span: Year, *, office: str | None = None
) -> list[Result]:
    """Count everybody with an absence, the heaviest indication first."""
    counted = list(
        store.find_all(
            connection,
            first=span.read_from,
            last=span.until,
            today=span.today,
            office=office,
            minutes=_converts(shelf),
        )
    )
    found = [one for one in _results(connection, shelf, span, counted) if _concerns(one.tally)]
    return sorted(found, key=_order)


def count_one(connection: Connection, shelf: Shelf, span: Year, *, nip: str) -> Result:
    """Count one person, whether or not there is an absence. Raises NotKnown."""
    counted = store.find_one(
        connection, nip, first=span.read_from, last=span.until, today=span.today
    )
    (found,) = _results(connection, shelf, span, [counted])
    return found


def discipline(
    connection: Connection,
    span: Year,
    results: Sequence[Result],
    *,
    office: str | None = None,
) -> Table:
    """Return the table of a year, with what must be said about it."""
    where = f", kantor {office}" if office else ""
    return Table(
        f"Rekap indikasi disiplin tahun {span.year}{where}, dihitung sampai {day_text(span.until)}",
        _COLUMNS,
        [_row(number, one) for number, one in enumerate(results, 1)],
        [
            "Indikasi dari data presensi, bukan hukuman disiplin: pejabat yang berwenang "
            "memutuskan setelah pemeriksaan",
            EXCUSES_TOLD,
            "TK: hari kerja tanpa keterangan; Tanda: "
            + ", ".join(f"{mark} {told}" for mark, told in MARK_TEXT.items()),
            *_proposals(results),
            *_without_regulation(results),
            *_open_notes(connection, span, office),
            *calendar_notes(connection, span.year),
            "Rincian hari dan pejabat yang diusulkan: hadir-ingest discipline tally "
            f"--year {span.year} --nip NIP",
        ],
    )


def story(one: Result, span: Year) -> list[str]:
    """Tell a person's year in Indonesian, down to each day and source."""
    person, found = one.person, one.tally
    where = f"kantor {person.office}" if person.office else "tidak bertugas saat ini"
    absent = f" ({days_text(found.absent)})" if found.absent else ""
    lines = [
        f"{person.name}, NIP {nip_text(person.nip)}, {person.kind}, {where}",
        *_changes_of_kind(person, span),
        f"Tahun {span.year}, dihitung sampai {day_text(span.until)}",
        f"Tanpa keterangan: {len(found.absent)} hari kerja{absent}; "
        f"terpanjang berturut-turut {found.longest_streak} hari",
        f"Belum terverifikasi: {found.unverified} hari; belum dinilai: {found.unjudged} hari",
        "Peraturan: " + "; ".join([*found.regulations, *map(_none_for, found.unregulated)]),
    ]
    for finding in (*found.findings, *found.warnings):
        lines += ["", finding.text, *_grounds(finding)]
    if not (found.findings or found.warnings):
        lines += ["", "Tidak ada indikasi"]
    return [*lines, "", EXCUSES_TOLD]


def _changes_of_kind(person: store.Counted, span: Year) -> list[str]:
    """Say who was two kinds of servant in the year that is told."""
    told = [
        f"{kind} sejak {day_text(since)}"
        for since, kind in person.kinds[1:]
        if span.read_from < since <= span.until
    ]
    if not told:
        return []
    before = kind_on(person.kinds, span.read_from)
    rule = "tiap hari dihitung menurut peraturan bagi jenis pada hari itu"
    return [f"Jenis kepegawaian berubah: {before}, lalu {', lalu '.join(told)}; {rule}"]


def plain(one: Result) -> dict[str, object]:
    """Return a person's year for programs."""
    person, found = one.person, one.tally
    return {
        "nip": person.nip,
        "name": person.name,
        "kind": person.kind,
        "office": person.office,
        "absent": found.absent,
        "longest_streak": found.longest_streak,
        "unverified": found.unverified,
        "unjudged": found.unjudged,
        "regulations": found.regulations,
        "unregulated": found.unregulated,
        "findings": [_plain(finding) for finding in found.findings],
        "warnings": [_plain(finding) for finding in found.warnings],
    }


def _plain(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "total": finding.total, "text": finding.text}


def _results(
    connection: Connection, shelf: Shelf, span: Year, counted: Sequence[store.Counted]
) -> list[Result]:
    laws = [one for one in shelf.documents if isinstance(one, Regulation)]
    ids = [one.person_id for one in counted]
    chains = superiors.find_chains(connection, ids, on=span.until, steps=most_steps(laws))
    return [
        Result(
            one,
            tally(
                one.days,
                shelf,
                kinds=one.kinds,
                year=span.year,
                until=span.until,
                chain=chains[one.person_id],
            ),
        )
        for one in counted
    ]


def _converts(shelf: Shelf) -> bool:
    return any(
        isinstance(one, Regulation) and one.late_conversion.enabled for one in shelf.documents
    )


def _concerns(found: Tally) -> bool:
    """Whether a year belongs on the list; a streak of the year before alone does not."""
    return bool(found.absent or found.findings or found.warnings)


def _order(one: Result) -> tuple[int, int, str, str]:
    heaviest = max((_WEIGHT[found.level] for found in one.tally.findings), default=0)
    return -heaviest, -len(one.tally.absent), one.person.name, one.person.nip


def _row(number: int, one: Result) -> dict[str, Cell]:
    found = one.tally
    marks = [finding.mark for finding in found.findings]
    return {
        "number": number,
        "nip": one.person.nip,
        "name": one.person.name,
        "kind": one.person.kind,
        "office": one.person.office,
        "absent": len(found.absent),
        "streak": found.longest_streak,
        "indication": "; ".join(_short(finding) for finding in found.findings),
        "basis": "; ".join(finding.basis for finding in found.findings),
        "mark": "; ".join(marks),
        "warning": "; ".join(_short(finding) for finding in found.warnings),
        "unverified": found.unverified,
        "unjudged": found.unjudged,
    }


def _short(finding: Finding) -> str:
    how = "berturut-turut" if finding.count == "consecutive" else "setahun"
    told = f"{finding.total} hari {how}"
    if finding.waiting:
        return f"menunggu verifikasi: {told}"
    return told if finding.level is None else f"indikasi {finding.level}: {told}"


def _grounds(finding: Finding) -> list[str]:
    lines = [f"  Tanda sumber: {finding.mark} ({MARK_TEXT[finding.mark]})"]
    lines += [f"  {one[:1].upper()}{one[1:]}" for one in finding.proposals]
    return [*lines, *(f"  {_officer(one)}" for one in finding.officers)]


def _officer(one: Officer) -> str:
    told = f"Usul pejabat yang berwenang: {one.officer}"
    if one.name is not None and one.nip is not None:
        told += f", yaitu {one.name}, NIP {nip_text(one.nip)}"
    if one.condition:
        told += f"; {one.condition}"
    return f"{told} (tanda {one.mark}, perlu dikonfirmasi)"


def _proposals(results: Iterable[Result]) -> list[str]:
    return [
        f"{nip_text(one.person.nip)} {one.person.name}: {proposal}"
        for one in results
        for finding in one.tally.findings
        for proposal in finding.proposals
    ]


def _without_regulation(results: Iterable[Result]) -> list[str]:
    kinds = sorted({kind for one in results for kind in one.tally.unregulated})
    return [f"{kind}: {_none_for(kind)}" for kind in kinds]


def _none_for(kind: str) -> str:
    return f"tidak ada peraturan yang berlaku di sini untuk {kind}; hanya dihitung"


def _open_notes(connection: Connection, span: Year, office: str | None) -> list[str]:
    first = date(span.year, 1, 1)
    waiting = store.find_waiting(
        connection, first=first, last=span.until, today=span.today, office=office
    )
    found = []
    if waiting.people:
        found.append(
            f"{waiting.people} pegawai lain tanpa ketidakhadiran masih punya {waiting.days} hari "
            "yang belum terverifikasi"
        )
    begun = store.find_first_day(connection)
    if begun is not None and begun > first:
        found.append(f"Hari dinilai sejak {day_text(begun)}; sebelumnya tidak ada yang dihitung")
    return found
