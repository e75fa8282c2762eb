"""The mail that asks an office for numbers that work: how many, and by which command. Pure.

A mail box of an office is read by many, so no name, NIP or number is in it.
"""

from ingest.store.unreachable import Unreachable

SUBJECT = "Nomor telepon pegawai yang perlu dilengkapi"


def text_of(office: str, name: str, found: Unreachable, *, month: str, sender: str) -> str:
    """Return what an office is told; `month` is as people write it."""
    counts = (
        (found.wrong, "pesan ke nomor yang tercatat tidak sampai"),
        (found.missing, "belum ada nomor yang tercatat"),
    )
    lines = [
        f"Yth. pengelola kepegawaian {name},",
        "",
        f"Pada bulan {month}, {found.people} pegawai {name} belum mempunyai nomor telepon yang "
        "dapat dihubungi untuk pemberitahuan presensi:",
        *(f"- {count} pegawai: {why}" for count, why in counts if count),
        "",
        "Selama belum dilengkapi, pemberitahuan kepada mereka disampaikan dengan surat. Daftar "
        "nama tidak kami kirim lewat surel; operator kantor dapat melihatnya dengan",
        "",
        f"    hadir-ingest contacts wrong --office {office} --missing",
        "",
        "dan memperbaruinya dengan",
        "",
        "    hadir-ingest contacts import nomor-telepon.xlsx",
        "",
        "atau menyampaikan nomor yang benar kepada kami. Pegawai yang menyatakan tidak bersedia "
        "dihubungi lewat telepon tidak dihitung di sini.",
        "",
        sender,
    ]
    return "\n".join(lines) + "\n"
