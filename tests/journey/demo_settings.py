"""The files of the demo's second centre: configuration, rules, letters, keys of a gateway."""

from importlib import resources
from pathlib import Path

from gateways.whatsapp import AGREED, PHONE_ID, SECRET, TOKEN
from journey_parts import ZONE

__all__ = ["ZONE", "write"]

KEYS = {"wa-token": TOKEN, "wa-app": SECRET, "wa-verify": AGREED}
RULES = "layanan-bkpsdm-kukar.toml"
CONFIG = """\
[ingest]
database = "sqlite:///{database}"
timezone = "{zone}"
seal_file = "segel.key"

[ingest.discipline]
folder = "aturan"

[ingest.letters]
file = "surat.toml"

[[ingest.channel]]
name = "wa"
driver = "whatsapp_cloud"
phone_id = "{phone_id}"
token_file = "wa-token"
app_secret_file = "wa-app"
verify_token_file = "wa-verify"
base_url = "{gateway}"
"""
SURAT = """\
unit = "BKPSDM"

[[head]]
lines = ["Pemerintah Kabupaten Kutai Kartanegara",
         "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
         "Jalan Contoh Nomor 1, Telepon (0541) 000000"]
place = "Tenggarong"

[[signer]]
name = "Drs. H. Contoh Pimpinan, M.Si."
nip = "197001011995031001"
rank = "Pembina Utama Muda (IV/c)"
post = "Kepala BKPSDM"

[[series]]
id = "umum"
pattern = "800.1.11/{urut}/{unit}/{bulan_romawi}/{tahun}"
"""


def write(folder: Path, gateway_url: str) -> None:
    """Write everything; the database lies beside the folder, under its name."""
    _write(
        folder / "ingest.toml",
        CONFIG.format(database=f"{folder}.db", zone=ZONE, phone_id=PHONE_ID, gateway=gateway_url),
    )
    _write(folder / "surat.toml", SURAT)
    _write(folder / "aturan" / RULES, _two_approve())
    for name, value in KEYS.items():
        _write(folder / name, value)


def _two_approve() -> str:
    """Return the rules that ship, but that each step takes two admins."""
    shipped = resources.files("ingest.discipline") / "data" / RULES
    one, two = "\napprovers = 1\n", "\napprovers = 2\n"
    text = shipped.read_text(encoding="utf-8")
    assert one in text, f"{RULES} does not say any more how many approve"
    return text.replace(one, two)


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
