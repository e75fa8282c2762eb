"""What is told to the person who brought a file that cannot be used, in Indonesian."""

from drivers.errors import FileFault, UnfitFile

EXPLAINED = {
    FileFault.BINARY: (
        "Berkas ini bentuk biner dari dalam mesin, bukan log presensi berupa teks.",
        "Unduh ulang dari menu mesin (USB Manager > Download > Attendance Data), lalu salin berkas "
        "attlog.dat, atau GLG_001.TXT / AGL_001.TXT.",
    ),
    FileFault.CONTRADICTION: (
        "Urutan tanggal dalam berkas tidak sama dengan yang tertulis di pengaturan, atau berubah-"
        "ubah di dalam satu berkas.",
        "Jangan mengubah isi berkas. Minta petugas TI memeriksa date_order mesin ini di "
        "bridge.toml, lalu taruh lagi berkas asli dari mesin.",
    ),
    FileFault.DAMAGED: (
        "Berkas ini rusak, mungkin karena flashdisk dicabut sebelum selesai menyalin.",
        "Salin ulang dari flashdisk, atau unduh ulang dari mesin.",
    ),
    FileFault.DATE_ORDER: (
        "Tanggal dalam berkas dapat dibaca dengan dua cara, misalnya 03/04/2026: 3 April atau 4 "
        "Maret. Sistem tidak boleh menebak.",
        'Minta petugas TI menulis date_order = "dmy" (hari dulu) atau "mdy" (bulan dulu) pada '
        "bagian mesin ini di bridge.toml, sesuai tampilan tanggal di mesin, lalu taruh lagi "
        "berkasnya.",
    ),
    FileFault.EDITED: (
        "Isi berkas tidak lagi seperti yang ditulis mesin, mungkin karena dibuka dan disimpan "
        "dengan Excel atau program lain.",
        "Taruh berkas asli dari flashdisk tanpa membukanya terlebih dahulu.",
    ),
    FileFault.EMPTY: (
        "Berkas ini kosong: tidak ada satu pun rekaman di dalamnya.",
        "Unduh ulang dari mesin; pastikan rentang tanggalnya benar.",
    ),
    FileFault.ENCRYPTED: (
        "Isi berkas bukan teks. Mungkin mesin mengenkripsi berkas di flashdisk, atau ini bukan "
        "berkas presensi.",
        "Matikan enkripsi USB di menu mesin, unduh ulang, lalu taruh berkas attlog.dat.",
    ),
    FileFault.LAYOUT: (
        "Susunan kolom berkas ini belum dikenal.",
        "Simpan berkas ini dan kirimkan kepada admin BKPSDM agar susunannya dapat ditambahkan.",
    ),
    FileFault.MIXED: (
        "Berkas ini memuat rekaman dari beberapa mesin.",
        "Unduh dari tiap mesin sendiri-sendiri, lalu taruh di folder mesin masing-masing.",
    ),
    FileFault.OTHER_TERMINAL: (
        "Menurut namanya, berkas ini berasal dari mesin lain.",
        "Taruh berkas di folder mesin asalnya. Kalau ragu, cocokkan nomor seri di menu mesin "
        "(System Info > Device Info).",
    ),
    FileFault.PRIVATE: (
        "Berkas ini berisi data pengguna, sidik jari, wajah, atau pesan, bukan presensi. Berkas "
        "tidak dibuka.",
        "Hapus berkas ini dari komputer. Yang diperlukan hanya attlog.dat, atau GLG_001.TXT / "
        "AGL_001.TXT.",
    ),
    FileFault.TOO_LARGE: (
        "Berkas ini terlalu besar untuk sebuah log presensi.",
        "Periksa kembali berkas yang disalin; log mesin jarang lebih dari beberapa megabita.",
    ),
}
"""Why, and what to do."""

_ELSE = (
    "Berkas ini tidak dapat dibaca sebagai log presensi.",
    "Unduh ulang dari mesin; kalau tetap ditolak, kirimkan berkas ini kepada admin BKPSDM.",
)


def letter(*, file: str, terminal: str, serial: str, when: str, error: Exception) -> str:
    """Return the text that is put beside a refused file."""
    fault = error.fault if isinstance(error, UnfitFile) else None
    why, then = EXPLAINED[fault] if fault else _ELSE
    return "\r\n".join(  # for Notepad, also an old one
        [
            "BERKAS DITOLAK",
            "",
            f"Berkas : {file}",
            f"Mesin  : {terminal} (nomor seri {serial})",
            f"Waktu  : {when}",
            "",
            "Tidak satu pun rekaman dari berkas ini diambil.",
            "",
            f"Sebab: {why}",
            "",
            f"Yang perlu dilakukan: {then}",
            "",
            "Keterangan teknis untuk petugas TI:",
            str(error),
            "",
        ]
    )
