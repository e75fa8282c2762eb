"""What an office can do about each thing that holds up its days, in Indonesian."""

from collections.abc import Mapping

ADVICE: Mapping[str, str] = {
    "never-read": (
        "periksa apakah mesin menyala dan tersambung, lalu jalankan hadir-bridge doctor; laporkan "
        "ke BKPSDM mesin yang tidak dipakai lagi (terminals set --counts-until)"
    ),
    "behind": (
        "nyalakan komputer hadir-bridge dan mesinnya, lalu jalankan hadir-bridge doctor; harinya "
        "lengkap dengan sendirinya begitu log terbaca, lewat jaringan atau dari file USB"
    ),
    "hole": (
        "ambil file USB dari mesin itu dan masukkan ke hadir-bridge; bila lognya sudah terhapus, "
        "kehadiran hari itu hanya dapat ditambahkan dengan surat (adjustments add-touch)"
    ),
    "withdrawn": "tanyakan ke BKPSDM; hanya BKPSDM yang dapat membukanya lagi (quarantine reopen)",
    "parked": (
        "lihat hadir-bridge outbox --parked; setelah sebabnya diperbaiki, kirim lagi dengan "
        "hadir-bridge outbox --retry-parked"
    ),
    "refused": (
        "lihat hadir-bridge outbox --parked; setelah BKPSDM memperbaiki data mesinnya (quarantine "
        "list), kirim lagi dengan hadir-bridge outbox --retry-parked"
    ),
    "clock": (
        "setel jam mesin sekarang juga; hari yang sudah lewat tetap terbuka, dan kehadirannya "
        "ditambahkan dengan surat (adjustments add-touch)"
    ),
    "bad-record": (
        "minta BKPSDM memutuskan rekaman yang rusak itu (quarantine list, quarantine resolve)"
    ),
    "no-terminal": (
        "minta BKPSDM mendaftarkan mesin kantor ini dan sejak kapan ia dihitung (terminals add)"
    ),
    "unmapped": (
        "kirimkan ke BKPSDM NIP pemilik nomor itu, atau sebut bahwa itu bukan pegawai: nobody "
        "(user-ids unmapped, user-ids import)"
    ),
    "unproven": (
        "minta BKPSDM memeriksa lalu mencabut keputusan itu (adjustments verify, quarantine verify)"
    ),
    "silent": (
        "pastikan apakah mesin menyala pada hari itu; bila mati, sampaikan daftar hadir manual "
        "(excuses import, jenis MR) atau tambahkan kehadiran dengan surat (adjustments add-touch)"
    ),
    "not-ended": "tidak perlu apa-apa; tunggu hari berakhir",
}
"""By the code of a reason. A test sees to it that none is missing."""
