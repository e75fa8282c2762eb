"""What a letter says, as data: pure, frozen with the letter, and all that a template may use."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum


class LetterKind(StrEnum):
    """Each has a template of the same name in small letters."""

    WARNING = "WARNING"  # surat pemberitahuan to the person
    OFFICE = "OFFICE"  # surat pembinaan to the OPD, with its list of people
    REPRIMAND = "REPRIMAND"  # surat teguran pembinaan to the superior
    SUMMONS = "SUMMONS"  # surat panggilan I
    SECOND_SUMMONS = "SECOND_SUMMONS"  # surat panggilan II
    PROPOSAL = "PROPOSAL"  # usul pemeriksaan atasan (Pasal 28)
    MINUTES = "MINUTES"  # berita acara: did not come, was examined, was handed over
    WITHDRAWAL = "WITHDRAWAL"  # that a case was withdrawn, to everybody a letter went to


class Secrecy(StrEnum):
    """Sifat."""

    PLAIN = "Biasa"
    IMPORTANT = "Penting"
    URGENT = "Segera"
    CONFIDENTIAL = "Rahasia"


@dataclass(frozen=True, slots=True)
class Head:
    """Kop surat of the unit that writes."""

    lines: tuple[str, ...]
    """The first is the district, the second the unit; what follows is address, phone, postcode."""
    place: str
    logo: str = ""
    """Name of a picture beside the templates; empty: none."""


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody as letters name him; what is not known is left empty."""

    name: str
    nip: str = ""
    rank: str = ""  # pangkat/golongan
    post: str = ""  # jabatan
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Signer(Official):
    acting: str = ""
    """`Plt.`, `Plh.`, `Pj.` or empty; stands before the post."""
    on_behalf_of: str = ""
    """`a.n.` whom; empty: in his own name."""


@dataclass(frozen=True, slots=True)
class Cosigner(Official):
    """Who signs minutes beside the signer: the person examined, who took the paper, witnesses."""

    role: str = ""
    """What stands over the name: `Yang diperiksa`, `Yang menerima`, `Saksi`."""


@dataclass(frozen=True, slots=True)
class EvidenceDay:
    """A row of the attached table: why a day counts."""

    day: date
    status: str  # Indonesian
    expected: str  # hours, by the scheme
    punches: tuple[str, ...]  # time and terminal
    coverage: str  # that and why the day was known to the end
    rule: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of a letter's list, with the days it is about."""

    person: Official
    days: tuple[date, ...]
    evidence: tuple[EvidenceDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where and when somebody is summoned to."""

    on: date
    at: time | None
    place: str
    examiner: Official
    zone: str = ""
    """Of the hour: WIB, WITA, WIT."""


@dataclass(frozen=True, slots=True)
class LetterText:
    """Everything a letter says. A draft has no number and no code."""

    kind: LetterKind
    head: Head
    number: str
    """As printed; empty in a draft."""
    dated: date
    secrecy: Secrecy
    subject: str  # hal
    to: tuple[str, ...]
    """Yth., a line each."""
    body: tuple[str, ...]
    """Paragraphs, in Indonesian. What the letter is about (people, meeting, legal grounds) is set
    after the first of them by the template; the others follow it."""
    signer: Signer
    about: tuple[Listed, ...] = ()
    meeting: Meeting | None = None
    legal: tuple[str, ...] = ()
    """Articles it stands on, with their titles."""
    copies: tuple[str, ...] = ()
    """Tembusan."""
    code: str = ""
    """Short code by which `hadir-ingest letters verify` finds it; empty in a draft."""
    verify_text: str = ""
    """What the QR code says."""
    case: str = ""
    made_at: datetime | None = None
    draft: bool = False
    electronic_footer: bool = False
    """The footer of an electronic signature (BSrE), which is made outside of this program."""
    notes: tuple[str, ...] = field(default=())
    cosigners: tuple[Cosigner, ...] = ()
