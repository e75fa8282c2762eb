"""An office whose letters are made: its people are `followed`, its commands are given by users."""

import getpass
import hashlib
import re
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from followed import Followed

from ingest import seal as keys
from ingest.casework import issuing
from ingest.cli import cli
from ingest.letters.base import LetterText
from ingest.store.letters import Pages

USERS = {
    "budi": ("Budi Santoso", "admin"),
    "ani": ("Ani Wijaya", "admin"),
    "siti": ("Siti Aminah", "operator"),
}
SURAT = """
unit = "BKPSDM"

[[head]]
lines = ["Pemerintah Kabupaten Kutai Kartanegara", "BKPSDM", "Jalan Contoh Nomor 1"]
place = "Tenggarong"

[[signer]]
name = "Dra. Contoh"
nip = "197001011995032001"
rank = "Pembina Utama Muda (IV/c)"
post = "Kepala BKPSDM"

[[series]]
id = "umum"
pattern = "800.1.11/{urut}/{unit}/{bulan_romawi}/{tahun}"

[[kind]]
kind = "OFFICE"
copies = ["Bupati Kutai Kartanegara"]
"""


class Broken(Exception):
    """What a template that cannot be set raises here."""


def fake_pages(text: LetterText) -> Pages:
    """Return pages that say what the letter says; a subject with BROKEN in it cannot be set."""
    if "BROKEN" in text.subject:
        raise Broken(text.subject)
    told = repr(text).encode()
    return Pages(b"%PDF-1.7 " + told, b"PK" + told, "fake.typ", hashlib.sha256(b"x").hexdigest())


class Office:
    """Runs commands as one of USERS, at nine in the morning of the office's today."""

    def __init__(self, followed: Followed, folder: Path, url: str) -> None:
        self.followed = followed
        self.folder = folder
        keys.save(followed.seal, folder / "seal.key")
        self.config = folder / "ingest.toml"
        self.config.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\nseal_file = "seal.key"\n'
            '[ingest.letters]\nfile = "surat.toml"\n'
        )
        self.surat = folder / "surat.toml"
        self.surat.write_text(SURAT)

    def __call__(self, who: str, *words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(
            cli, ["--config", str(self.config), *words],
            obj=lambda: self.followed.now, env={"SUDO_USER": who},
        )  # fmt: skip
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def users(self) -> "Office":
        for name, (full_name, role) in USERS.items():
            bound = ("--office", "A") if role == "operator" else ()
            self(
                "budi", "users", "add", name, "--full-name", full_name, "--role", role, *bound,
                "--os-user", getpass.getuser(), "--sudo-user", name,
            )  # fmt: skip
        return self

    def paper(self, name: str = "bukti.pdf", content: bytes = b"tanda terima") -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def approve(self, event: int, *words: str, who: str = "ani", case: int = 1) -> Result:
        return self(who, "cases", "approve", str(case), str(event), "--why", "sesuai", *words)

    def code_of(self, told: str) -> str:
        found = re.search(r"code ([0-9A-Z]{5}-[0-9A-Z]{5})", told)
        assert found, told
        return found[1]


def faked(monkeypatch: Any) -> None:
    """Let letters be set by `fake_pages`: what is tested is all the rest."""
    real = issuing.desk_of

    def desk_of(press: Any) -> Any:
        desk = real(press)
        if desk is None:
            return None
        return issuing.Desk(desk.settings, fake_pages, desk.verify, desk.electronic_footer)

    monkeypatch.setattr(issuing, "desk_of", desk_of)
