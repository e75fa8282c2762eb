"""Names of fields that are never kept: of an answer, of a configuration, of a spreadsheet. Pure.

A name is cut into its words (`nomorNpwpSuami`, `NO. KTP`, `status_perkawinan`), and one denied word
is enough. Source: UU 27/2022 asks for the least that serves; BKN delivers all of these, and
attendance needs none of them.
"""

import re

_WORDS = frozenset(
    {
        "nik", "ktp", "kk", "npwp", "bpjs", "askes", "taspen", "karpeg", "paspor", "identitas",
        "agama", "religion", "suku", "alamat", "address", "domisili", "kelurahan", "kecamatan",
        "kodepos", "kawin", "nikah", "menikah", "perkawinan", "pernikahan", "cerai", "istri",
        "isteri", "suami", "pasangan", "anak", "ortu", "orangtua", "ayah", "ibu", "keluarga",
        "karis", "karsu", "lahir", "kelahiran", "akte", "akta", "kelamin", "rekening", "bank",
        "gaji", "penghasilan", "dokter", "narkoba", "kesehatan", "penyakit", "disabilitas", "skck",
        "foto", "photo", "sidik", "biometrik", "fingerprint", "wajah", "template",
    }
)  # fmt: skip
_TOGETHER = (
    "npwp", "bpjs", "askes", "agama", "alamat", "kodepos", "orangtua", "perkawinan", "pernikahan",
    "nomoriddoc", "iddokumen", "karpeg", "kartukeluarga", "rekening", "narkoba", "biometri",
)  # fmt: skip
"""What is denied within a word as well: it stands in no other one."""
_CUT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FIFTEEN = re.compile(r"(?<!\d)\d{15,16}(?!\d)")


def is_denied(name: str) -> bool:
    """Say whether a field of this name may not be kept."""
    words = [one.casefold() for one in _CUT.findall(name)]
    together = "".join(words)
    return bool(
        _WORDS & set(words) or together in _WORDS or any(one in together for one in _TOGETHER)
    )


def holds_number(text: str) -> bool:
    """Say whether a text holds what may be a NIK or an NPWP: fifteen or sixteen digits in a row."""
    return _FIFTEEN.search(text) is not None
