"""What is held on one person, told in Indonesian for that person. Pure."""

from collections.abc import Mapping

from ingest.store.personal import Collected

TITLES: Mapping[str, str] = {
    "adjustments": "Penyesuaian: sentuhan yang ditambahkan atau dibatalkan",
    "assignments": "Riwayat unit kerja dan atasan",
    "audit_log": "Catatan perbuatan dan pembacaan atas data Saudara",
    "bad_records": "Catatan mesin yang tidak terbaca sebagai kehadiran",
    "case_events": "Langkah-langkah penanganan ketidakhadiran",
    "case_files": "Berkas yang diserahkan dalam penanganan",
    "case_notices": "Pemberitahuan yang harus disampaikan",
    "cases": "Penanganan ketidakhadiran",
    "contacts": "Nomor telepon dan surel",
    "contradictions": "Sentuhan yang diceritakan berbeda oleh dua sumber",
    "day_changes": "Perubahan status hari",
    "days": "Status kehadiran per hari",
    "dirty_people": "Hari yang menunggu dinilai ulang",
    "dirty_punches": "Sentuhan yang menunggu dinilai",
    "dispatches": "Pesan yang dikirim kepada Saudara",
    "excuses": "Cuti, dinas, izin, dan sakit",
    "letter_cases": "Surat yang menyangkut penanganan Saudara",
    "letter_files": "Berkas surat kepada Saudara",
    "letter_marks": "Riwayat surat kepada Saudara",
    "letters": "Surat kepada Saudara",
    "people": "Identitas: NIP, nama, dan jenis kepegawaian",
    "person_kinds": "Riwayat jenis kepegawaian",
    "person_posts": "Riwayat pangkat dan jabatan",
    "privacy_holds": "Penahanan penghapusan data",
    "privacy_requests": "Permintaan Saudara mengenai data pribadi",
    "punches": "Sentuhan pada mesin presensi",
    "receipts": "Tanda terima dari penyelenggara pesan",
    "resolutions": "Keputusan atas sentuhan yang diragukan",
    "roster_days": "Jadwal piket dan giliran kerja",
    "roster_swaps": "Tukar dinas",
    "scheme_uses": "Pola jam kerja khusus",
    "service_breaks": "Masa tanpa kewajiban hadir",
    "siasn_pushes": "Data hukuman disiplin yang dikirim ke BKN",
    "siasn_records": "Data dari BKN (SIASN)",
    "siasn_tasks": "Permintaan data Saudara ke BKN",
    "special_days": "Hari kerja khusus",
    "stand_ins": "Penugasan Plh/Plt",
    "users": "Akun pengguna sistem ini",
    "user_ids": "Nomor pengguna pada mesin presensi",
}
"""Every table that tells of a person, in words for that person."""

_HEAD = """\
{stamp}

SALINAN DATA PRIBADI
{name}
NIP {nip}

Berkas ini memuat seluruh data tentang Saudara yang disimpan oleh sistem presensi, sesuai hak atas
akses dan salinan data pribadi menurut Undang-Undang Nomor 27 Tahun 2022. Sidik jari, wajah, dan
foto tidak pernah dibaca maupun disimpan oleh sistem ini; data tersebut hanya berada di dalam mesin.

Yang disimpan:
"""
_FOOT = """
Rincian setiap bagian terdapat pada folder data/, berkas yang menyertainya pada folder berkas/.

Yang tidak disertakan karena memuat data orang lain: kiriman asli mesin per kantor, isi surat
kepada atasan atau perangkat daerah, serta pesan kepada atasan. Keberadaannya tercatat pada bagian
penanganan ketidakhadiran.

Apabila ada data yang keliru, Saudara berhak meminta perbaikan kepada BKPSDM. Permintaan dijawab
dalam 3 x 24 jam.
"""


def summary(found: Collected, stamp: str) -> str:
    """Return the text that lies on top."""
    lines = [
        f"- {TITLES.get(name, name)} ({name}): {len(rows)} baris"
        for name, rows in sorted(found.rows.items())
        if rows
    ]
    empty = [TITLES.get(name, name) for name, rows in sorted(found.rows.items()) if not rows]
    head = _HEAD.format(stamp=stamp, name=found.person.name, nip=found.person.nip)
    none = f"\nTidak ada data pada: {'; '.join(empty)}.\n" if empty else ""
    return head + "\n".join(lines) + "\n" + none + _FOOT
