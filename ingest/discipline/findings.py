"""What a counter found, in words: an indication or a proposal, never a sanction.

Only an officer decides, after an examination. So each sentence begins with what it is (Indikasi,
Peringatan dini, Menunggu verifikasi), and ends by saying what it is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.discipline.values import Count, Level, Mark
from ingest.indonesian import day_text

NO_SANCTION = "Bukan hukuman disiplin: pejabat yang berwenang memutuskan setelah pemeriksaan"
NO_WARNING_YET = "Belum dapat disebut indikasi"
MOST_DAYS = 40


@dataclass(frozen=True, slots=True)
class Officer:
    """Who is proposed to decide. Without a name, nobody is recorded in that place."""

    officer: str
    nip: str | None
    name: str | None
    condition: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Finding:
    """What a counter concluded of one person, with the days it rests on.

    `waiting` says that only days which are not verified make it reach its limit.
    """

    rule: str
    """Id of the regulation or service rule."""
    count: Count
    waiting: bool
    days: tuple[date, ...]
    converted_days: int
    """Further days that minutes late or early came to; 0 unless the regulation converts them."""
    unverified: int
    """Days that may still change it: not verified, or not judged."""
    basis: str
    """Regulation and article."""
    article: str
    mark: Mark
    """How sure the least sure of its figures is."""
    span: str
    """The days of the band, such as `4-6` or `28 atau lebih`."""
    level: Level | None = None
    sanction: str | None = None
    proposals: tuple[str, ...] = ()
    officers: tuple[Officer, ...] = ()

    @property
    def total(self) -> int:
        return len(self.days) + self.converted_days

    @property
    def text(self) -> str:
        """The whole sentence in Indonesian."""
        return f"{self._head} {_unverified_text(self.unverified)}{self._end}."

    @property
    def _head(self) -> str:
        how = "berturut-turut" if self.count == "consecutive" else "secara kumulatif"
        counted = f"{self.total} hari kerja tanpa keterangan {how} ({days_text(self.days)})"
        if self.converted_days:
            counted += f", termasuk {self.converted_days} hari hasil konversi menit"
        if self.waiting:
            return f"Menunggu verifikasi: {counted}, batas {self.span} hari ({self.basis})."
        if self.level is None:
            return f"Peringatan dini: {counted}, batas {self.span} hari ({self.basis})."
        return (
            f"Indikasi: {counted}, rentang {self.span} hari ({self.basis}); "
            f"untuk rentang ini diatur tingkat {self.level}, {self.sanction}."
        )

    @property
    def _end(self) -> str:
        return NO_WARNING_YET if self.waiting else NO_SANCTION


def days_text(days: Sequence[date]) -> str:
    """Return dates as people read them, a month named once: `2, 3 Maret 2026, 1 April 2026`."""
    shown = days[:MOST_DAYS]
    parts = [
        str(one.day)
        if place + 1 < len(shown) and shown[place + 1].replace(day=1) == one.replace(day=1)
        else day_text(one)
        for place, one in enumerate(shown)
    ]
    rest = len(days) - len(shown)
    return ", ".join(parts) + (f" dan {rest} hari lainnya" if rest else "")


def span_text(first: int, last: int | None) -> str:
    """Return the days of a band: `3`, `4-6`, `28 atau lebih`."""
    if last is None:
        return f"{first} atau lebih"
    return str(first) if first == last else f"{first}-{last}"


def _unverified_text(days: int) -> str:
    if not days:
        return ""
    return f"{days} hari belum terverifikasi atau belum dinilai dan dapat mengubahnya. "
