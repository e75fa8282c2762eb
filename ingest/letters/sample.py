"""Made-up letters of every kind, by which templates are tried. No person, office or day is real."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

from ingest.letters.base import (
    Cosigner,
    EvidenceDay,
    Head,
    LetterKind,
    LetterText,
    Listed,
    Meeting,
    Official,
    Secrecy,
    Signer,
)

_WITA = timezone(timedelta(hours=8), "WITA")
_HEAD = Head(
    (
        "Pemerintah Kabupaten Contoh",
        "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
        "Jalan Contoh Nomor 1, Kota Contoh, Provinsi Contoh 75000",
        "Telepon (0541) 000000, laman bkpsdm.contoh.go.id, pos-el bkpsdm@contoh.go.id",
    ),
    "Kota Contoh",
)
_SIGNER = Signer(
    "Dra. Hj. Sri Contoh Rahayu, M.Si.",
    "197001011995032001",
    "Pembina Utama Muda (IV/c)",
    "Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
    acting="Plt.",
    on_behalf_of="Bupati Contoh",
)
_HEADMAN = Official(
    "Drs. Contoh Atasan, M.AP.", "197505052000031005", "Pembina Tingkat I (IV/b)", "Kepala Bidang",
    "Dinas Contoh Kabupaten Contoh",
)  # fmt: skip
_SUBJECTS = {
    LetterKind.WARNING: "Pemberitahuan ketidakhadiran tanpa keterangan",
    LetterKind.OFFICE: "Pembinaan kehadiran pegawai",
    LetterKind.REPRIMAND: "Teguran pembinaan atas kewajiban atasan langsung",
    LetterKind.SUMMONS: "Surat Panggilan I",
    LetterKind.SECOND_SUMMONS: "Surat Panggilan II",
    LetterKind.PROPOSAL: "Usul pemeriksaan terhadap atasan langsung",
    LetterKind.MINUTES: "Berita Acara Ketidakhadiran dalam Pemeriksaan",
    LetterKind.WITHDRAWAL: "Penarikan kembali surat pemberitahuan",
}
_BODY = (
    "Berdasarkan rekaman kehadiran sampai dengan tanggal 5 Maret 2026, pegawai tersebut di bawah "
    "ini tidak masuk kerja dan tidak ada keterangan yang sah pada sistem kehadiran:",
    "Sehubungan dengan hal tersebut, keterangan beserta buktinya disampaikan paling lambat 5 "
    "(lima) hari kerja sejak surat ini diterima. Keterangan yang sah mengubah catatan kehadiran.",
    "Demikian disampaikan, atas perhatiannya diucapkan terima kasih.",
)


def evidence(day: date) -> EvidenceDay:
    """Return a row of the evidence table."""
    return EvidenceDay(
        day,
        "Tidak hadir tanpa keterangan",
        "07.30–16.00 (5 hari kerja)",
        (),
        "Lengkap; 2 dari 2 terminal terbaca sampai pukul 23.59",
        "Perbup Contoh 1/2026 Pasal 7",
    )


def listed(number: int, days: int = 3) -> Listed:
    """Return a made-up person with some days of absence."""
    absent = tuple(date(2026, 3, 2) + timedelta(days=one) for one in range(days))
    person = Official(
        f"Contoh Pegawai {number}, S.T.", "198609262015051001", "Penata Muda (III/a)",
        "Analis Contoh", "Dinas Contoh Kabupaten Contoh",
    )  # fmt: skip
    return Listed(person, absent, tuple(evidence(day) for day in absent))


def sample(kind: LetterKind) -> LetterText:
    """Return one issued letter of a kind, with everything such a letter can have."""
    summons = kind in {LetterKind.SUMMONS, LetterKind.SECOND_SUMMONS}
    confidential = summons or kind in {LetterKind.MINUTES, LetterKind.PROPOSAL}
    return LetterText(
        kind=kind,
        head=_HEAD,
        number="800.1.6.2/0001/BKPSDM/2026",
        dated=date(2026, 3, 6),
        secrecy=Secrecy.CONFIDENTIAL if confidential else Secrecy.IMPORTANT,
        subject=_SUBJECTS[kind],
        to=("Kepala Dinas Contoh", "Kabupaten Contoh", "di Kota Contoh"),
        body=_BODY,
        signer=_SIGNER,
        about=tuple(listed(one) for one in range(1, 4 if kind is LetterKind.OFFICE else 2)),
        meeting=Meeting(date(2026, 3, 18), time(9), "Ruang Rapat BKPSDM", _HEADMAN, "WITA")
        if summons
        else None,
        legal=(
            "Peraturan Pemerintah Nomor 94 Tahun 2021 tentang Disiplin Pegawai Negeri Sipil, "
            "Pasal 4 huruf f",
        ),
        copies=("Sekretaris Daerah Kabupaten Contoh", "Inspektur Kabupaten Contoh", "Arsip"),
        code="7KQ4-M2XD-9",
        verify_text="Surat 7KQ4-M2XD-9: periksa keasliannya di BKPSDM Kabupaten Contoh",
        case="C-2026-0001",
        made_at=datetime(2026, 3, 6, 9, 30, tzinfo=_WITA),
        cosigners=(
            Cosigner(
                "Contoh Saksi", "198001012005011002", "Penata (III/c)", "Analis", role="Saksi"
            ),
        )
        if kind is LetterKind.MINUTES
        else (),
    )


def draft(text: LetterText) -> LetterText:
    """Return a letter as it is before it is approved."""
    notes = ("Periksa kembali alamat tujuan sebelum menyetujui.",)
    return replace(text, number="", code="", verify_text="", draft=True, notes=notes)


def samples() -> list[LetterText]:
    """Return every kind, issued, and one draft with a long list of people."""
    many = tuple(listed(one) for one in range(1, 9))
    long = replace(draft(sample(LetterKind.OFFICE)), about=many, electronic_footer=True)
    return [*(sample(kind) for kind in LetterKind), long]
