"""What letters say, in formal Indonesian. Pure.

What this program writes by itself warns, informs and asks for guidance (*peringatan, pemberitahuan,
teguran pembinaan*). It is never a sanction of a person: that is an officer's, after examination.
The first paragraph is followed by who and what the letter is about; the rest comes after that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.discipline.cases import Step
from ingest.indonesian import day_text, full_day_text
from ingest.letters.base import LetterKind

MinutesOf = Literal["missed", "examined", "handed-over"]
_ONES = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
    "sepuluh", "sebelas",
)  # fmt: skip
NOT_A_SANCTION = (
    "Surat ini merupakan pemberitahuan dalam rangka pembinaan dan bukan hukuman disiplin."
)
_CLOSING = "Demikian disampaikan, atas perhatian dan kerja samanya diucapkan terima kasih."


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a letter's sentences need beside the people and days. What is not known is empty."""

    people: int = 1
    days: int = 0
    """Of the one person, where there is one."""
    name: str = ""
    office: str = ""
    elsewhere: tuple[str, ...] = ()
    """Other offices than the one that is written to, where people served on those days."""
    all_elsewhere: bool = False
    """Whether all of them did."""
    concerned: str = ""
    """The superior whom a proposal is about, with NIP and unit."""
    answer_days: int = 0
    answer_counts: str = "hari kerja"
    office_days: int = 0
    office_counts: str = "hari kalender"
    earlier: tuple[tuple[str, str, date], ...] = ()
    """Letters before it in the case: what, number, date."""
    step: Step | None = None
    proposal: str = ""
    """The words of the step, where they say what no template knows: of a proposal."""
    minutes: MinutesOf | None = None
    happened_on: date | None = None
    place: str = ""
    why: str = ""


def spelled(number: int) -> str:
    """Return a number in words; from 0 to 999.999."""
    if number < 12:
        return _ONES[number]
    if number < 20:
        return f"{_ONES[number - 10]} belas"
    for size, word, one in (
        (1_000, "ribu", "seribu"),
        (100, "ratus", "seratus"),
        (10, "puluh", ""),
    ):
        if number >= size:
            count, rest = divmod(number, size)
            head = one if count == 1 and one else f"{spelled(count)} {word}"
            return head if not rest else f"{head} {spelled(rest)}"
    raise ValueError(f"no number to be spelled: {number}")


def counted(number: int, unit: str) -> str:
    """Return `3 (tiga) hari kerja`."""
    return f"{number} ({spelled(number)}) {unit}"


def subject(kind: LetterKind, told: Circumstances) -> str:
    """Return what stands under Hal, or over minutes."""
    if told.step is Step.SALARY_STOP:
        return "Usul Penghentian Pembayaran Gaji"
    if told.step is Step.SALARY_RESUME:
        return "Usul Pengaktifan Kembali Pembayaran Gaji"
    if kind is LetterKind.MINUTES:
        return _MINUTES_TITLE[told.minutes or "missed"]
    return _SUBJECTS[kind]


def body(kind: LetterKind, told: Circumstances) -> tuple[str, ...]:
    """Return the paragraphs of a letter."""
    if told.step in {Step.SALARY_STOP, Step.SALARY_RESUME}:
        return _salary(told)
    return _BODIES[kind](told)


_SUBJECTS: Mapping[LetterKind, str] = {
    LetterKind.WARNING: "Pemberitahuan dan Permintaan Klarifikasi Ketidakhadiran",
    LetterKind.OFFICE: "Permintaan Pembinaan Pegawai",
    LetterKind.REPRIMAND: "Teguran Pembinaan kepada Atasan Langsung",
    LetterKind.SUMMONS: "Surat Panggilan I",
    LetterKind.SECOND_SUMMONS: "Surat Panggilan II",
    LetterKind.PROPOSAL: "Usul Pemeriksaan terhadap Atasan Langsung",
    LetterKind.WITHDRAWAL: "Penarikan Surat",
}
_MINUTES_TITLE: Mapping[MinutesOf, str] = {
    "missed": "Berita Acara Ketidakhadiran",
    "examined": "Berita Acara Pemeriksaan",
    "handed-over": "Berita Acara Penyerahan Keputusan",
}


def _warning(told: Circumstances) -> tuple[str, ...]:
    return (
        "Berdasarkan data presensi yang telah lengkap, Saudara tercatat tidak masuk kerja tanpa "
        f"keterangan selama {counted(told.days, 'hari kerja')}, sebagai berikut:",
        "Sehubungan dengan hal tersebut, Saudara diminta menyampaikan klarifikasi tertulis "
        "disertai "
        f"bukti kepada atasan langsung dalam {_answer(told)} sejak surat ini diterima.",
        "Apabila data tersebut tidak sesuai, Saudara dapat mengajukan koreksi disertai bukti, dan "
        "data akan diperiksa kembali.",
        f"{NOT_A_SANCTION} Demikian untuk diketahui dan dilaksanakan.",
    )


def _office(told: Circumstances) -> tuple[str, ...]:
    who = "pegawai berikut" if told.people == 1 else f"{counted(told.people, 'pegawai')} berikut"
    return (
        f"Berdasarkan data presensi yang telah lengkap, {who} {_where(told)}, dan sampai batas "
        "waktu yang ditentukan belum ada klarifikasi yang diterima:",
        *_earlier(told),
        "Sehubungan dengan hal tersebut, dimohon Saudara melakukan pembinaan sesuai dengan "
        "ketentuan, serta melaporkan tindak lanjutnya secara tertulis kepada kami dalam "
        f"{counted(told.office_days, told.office_counts)} sejak surat ini diterima.",
        "Data presensi yang menjadi dasar surat ini terlampir. Apabila terdapat alasan yang sah "
        "yang "
        "belum tercatat, dimohon bukti pendukungnya disampaikan agar data dapat diperbaiki.",
        _CLOSING,
    )


def _reprimand(told: Circumstances) -> tuple[str, ...]:
    return (
        "Berdasarkan data presensi yang telah lengkap, pegawai di bawah tanggung jawab Saudara "
        f"tercatat tidak masuk kerja tanpa keterangan selama {counted(told.days, 'hari kerja')}, "
        "dan "
        f"sampai {_answer(told)} sejak peringatan belum ada klarifikasi yang diterima:",
        *_earlier(told),
        "Sehubungan dengan hal tersebut, Saudara selaku atasan diingatkan untuk segera melakukan "
        "pembinaan terhadap pegawai dimaksud, meminta keterangannya, dan melaporkan tindak "
        "lanjutnya "
        "kepada kami.",
        "Teguran pembinaan ini merupakan bagian dari pengawasan disiplin pegawai dan bukan hukuman "
        "disiplin bagi Saudara maupun bagi pegawai dimaksud.",
        _CLOSING,
    )


def _summons(told: Circumstances) -> tuple[str, ...]:
    again = (
        (
            "Panggilan ini disampaikan karena Saudara tidak hadir pada pemeriksaan yang ditetapkan "
            "dalam panggilan sebelumnya.",
        )
        if told.step is Step.SECOND_SUMMONS
        else ()
    )
    return (
        "Bersama ini diminta dengan hormat kehadiran Saudara untuk diperiksa dan dimintai "
        "keterangan "
        "sehubungan dengan dugaan tidak masuk kerja tanpa keterangan selama "
        f"{counted(told.days, 'hari kerja')}:",
        *again,
        "Saudara dapat membawa surat atau bukti lain yang menerangkan ketidakhadiran tersebut.",
        "Demikian untuk dilaksanakan.",
    )


def _proposal(told: Circumstances) -> tuple[str, ...]:
    return (
        "Bersama ini disampaikan bahwa pegawai berikut tercatat tidak masuk kerja tanpa "
        "keterangan, "
        "dan sampai lewat batas waktu yang ditentukan belum ada laporan tindak lanjut atas surat "
        "pembinaan yang telah disampaikan:",
        *_earlier(told),
        told.proposal,
        *(
            (f"Atasan langsung yang diusulkan untuk diperiksa: {told.concerned}.",)
            if told.concerned
            else ()
        ),
        "Sehubungan dengan hal tersebut, diusulkan agar dilakukan pemeriksaan sesuai dengan "
        "ketentuan untuk memastikan apakah kewajiban atasan tersebut telah dilaksanakan. Usul ini "
        "merupakan indikasi berdasarkan data; penilaian dan keputusannya berada pada pejabat yang "
        "berwenang.",
        _CLOSING,
    )


def _withdrawal(told: Circumstances) -> tuple[str, ...]:
    named = _named(told)
    which = f"surat berikut: {named}" if named else "pemberitahuan yang telah disampaikan"
    because = f" {told.why}" if told.why else ""
    return (
        "Sehubungan dengan hasil pemeriksaan kembali data presensi, bersama ini kami menarik "
        f"{which}, "
        f"yang disampaikan mengenai pegawai berikut.{because}",
        "Dengan ditariknya surat tersebut, segala peringatan, permintaan, dan usul di dalamnya "
        "tidak "
        "berlaku lagi dan tidak dapat dijadikan dasar tindakan apa pun terhadap yang bersangkutan.",
        "Kami mohon maaf atas ketidaknyamanan yang timbul. " + _CLOSING,
    )


def _minutes(told: Circumstances) -> tuple[str, ...]:
    on = _on_text(told.happened_on)
    at = f" bertempat di {told.place}" if told.place else ""
    return (f"Pada hari ini {on}{at}, {_MINUTES[told.minutes or 'missed']}", *_minutes_end(told))


_MINUTES: Mapping[MinutesOf, str] = {
    "missed": "yang bertanda tangan di bawah ini menerangkan bahwa pegawai berikut tidak hadir "
    "pada "
    "pemeriksaan yang ditetapkan dalam surat panggilan:",
    "examined": "yang bertanda tangan di bawah ini telah memeriksa pegawai berikut sehubungan "
    "dengan "
    "dugaan tidak masuk kerja tanpa keterangan:",
    "handed-over": "yang bertanda tangan di bawah ini telah menyerahkan keputusan pejabat yang "
    "berwenang kepada pegawai berikut:",
}


def _minutes_end(told: Circumstances) -> tuple[str, ...]:
    found = _earlier(told)
    if told.minutes == "examined":
        found = (
            *found,
            "Keterangan yang bersangkutan (diisi oleh pemeriksa):",
            "." * 160,
            "." * 160,
        )
    elif told.why:
        found = (*found, told.why)
    return (
        *found,
        "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan seperlunya.",
    )


def _salary(told: Circumstances) -> tuple[str, ...]:
    stop = told.step is Step.SALARY_STOP
    what = "penghentian" if stop else "pengaktifan kembali"
    return (
        f"Bersama ini disampaikan usul {what} pembayaran gaji pegawai berikut kepada Saudara "
        "selaku "
        "Kuasa Pengguna Anggaran:",
        told.proposal,
        "Usul ini disertai data presensi sebagaimana terlampir. Keputusan atas usul ini berada "
        "pada "
        "Saudara, dan mohon disampaikan kepada kami setelah ditetapkan.",
        _CLOSING,
    )


def _where(told: Circumstances) -> str:
    """Return that people were absent, and where, as the office reads it that has them now."""
    absent = "tercatat tidak masuk kerja tanpa keterangan"
    if not told.elsewhere:
        return f"di lingkungan {told.office} {absent}"
    some = "" if told.all_elsewhere else "sebagian "
    offices = ", ".join(told.elsewhere)
    return f"yang kini bertugas di lingkungan Saudara {absent}, {some}ketika bertugas di {offices}"


def _earlier(told: Circumstances) -> tuple[str, ...]:
    if not told.earlier:
        return ()
    named = _named(told)
    return (f"Surat yang telah disampaikan sebelumnya: {named}.",)


def _named(told: Circumstances) -> str:
    return "; ".join(
        f"{what} nomor {number} tanggal {day_text(on)}" for what, number, on in told.earlier
    )


def _answer(told: Circumstances) -> str:
    return counted(told.answer_days, told.answer_counts)


def _on_text(on: date | None) -> str:
    return "......................" if on is None else full_day_text(on)


_BODIES: Mapping[LetterKind, Callable[[Circumstances], tuple[str, ...]]] = {
    LetterKind.WARNING: _warning,
    LetterKind.OFFICE: _office,
    LetterKind.REPRIMAND: _reprimand,
    LetterKind.SUMMONS: _summons,
    LetterKind.SECOND_SUMMONS: _summons,
    LetterKind.PROPOSAL: _proposal,
    LetterKind.MINUTES: _minutes,
    LetterKind.WITHDRAWAL: _withdrawal,
}
KIND_TEXT: Mapping[LetterKind, str] = {
    LetterKind.WARNING: "surat pemberitahuan",
    LetterKind.OFFICE: "surat pembinaan",
    LetterKind.REPRIMAND: "surat teguran pembinaan",
    LetterKind.SUMMONS: "surat panggilan I",
    LetterKind.SECOND_SUMMONS: "surat panggilan II",
    LetterKind.PROPOSAL: "surat usul",
    LetterKind.MINUTES: "berita acara",
    LetterKind.WITHDRAWAL: "surat penarikan",
}
