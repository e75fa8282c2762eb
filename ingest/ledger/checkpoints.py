"""A checkpoint: a page for the head of an office that pins everything down to its last day.

Above, in Indonesian, what it is and what to do with it; below, the same for a program, sealed by
the centre. It holds the root of a day, which holds every day before; the height and link of each
chain; the keys of the bridges; and the head of the audit log, by which every decision is named.
Whoever keeps it outside the centre can show later that the past was rewritten, and where.

What is sealed are the values, not the way they are laid out: a mail program may break lines anew.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from ingest.indonesian import day_text
from ingest.ledger.report import Fault, Kind

KIND = "hadir-checkpoint-1"
BEGIN, END = "-----BEGIN HADIR CHECKPOINT-----", "-----END HADIR CHECKPOINT-----"
_SEALED = re.compile(r"^(public|signature): ([0-9a-f]+)\s*$", re.MULTILINE)
_PAGE = """\
TITIK PERIKSA PRESENSI
{name} ({office})

Surat ini mengunci data presensi kantor Anda sampai dengan {day}.

  Kiriman data : {batches}
  Rekaman      : {rows}
  Sidik        : {root}

Mohon simpan surat ini di luar server pusat, misalnya di kotak surat atau
dicetak. Tidak ada yang perlu dijawab.

Bila kelak ada yang meragukan data sampai tanggal tersebut, surat ini
membuktikan apakah data di pusat masih sama seperti hari ini: satu sentuhan jari
yang diubah, dihapus, atau disisipkan akan ketahuan, siapa pun pelakunya.
Serahkan surat ini kepada pemeriksa (Inspektorat atau auditor); cara
memeriksanya ada di buku panduan hadir, docs/ledger.md.

Bagian di bawah ini dibaca oleh program. Jangan diubah.

{begin}
{told}
{end}
seal: {seal}
public: {public}
signature: {signature}
"""


class NoCheckpoint(ValueError):
    """A text that is none, or not whole any more."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says."""

    office: str
    name: str
    day: date
    until: str
    """The midnight that ended the day, as in a statement."""
    root: str
    batches: int
    """Of all days up to this one."""
    rows: int
    chains: tuple[tuple[str, str, str, int, str], ...]
    """Outbox, serial, kind, height and link of the newest row of each chain."""
    keys: tuple[tuple[int, str], ...]
    """Bridge and key id of every key known by then."""
    audit: tuple[int, str]
    """Number and digest of the last line of the audit log when the page was made; it holds every
    line before, and the log names every decision of a person."""
    previous: tuple[str, str] | None
    """Day and root of the checkpoint before."""

    def message(self) -> bytes:
        """Return what is sealed."""
        return f"{KIND}\n{json.dumps(self._values(), **_TIGHT)}".encode("ascii")

    def page(self, *, seal: str, public: bytes, signature: bytes) -> str:
        """Return the page; `signature` is the seal's over `message`."""
        return _PAGE.format(
            name=self.name,
            office=self.office,
            day=day_text(self.day),
            batches=_number(self.batches),
            rows=_number(self.rows),
            root=" ".join(self.root[at : at + 4] for at in range(0, 32, 4)),
            begin=BEGIN,
            told=json.dumps(self._values(), sort_keys=True, indent=0),
            end=END,
            seal=seal,
            public=public.hex(),
            signature=signature.hex(),
        )

    def _values(self) -> dict[str, Any]:
        return {
            "kind": KIND,
            "office": self.office,
            "name": self.name,
            "day": self.day.isoformat(),
            "until": self.until,
            "root": self.root,
            "batches": self.batches,
            "rows": self.rows,
            "chains": self.chains,
            "keys": self.keys,
            "audit": self.audit,
            "previous": self.previous,
        }


_TIGHT: dict[str, Any] = {"sort_keys": True, "separators": (",", ":")}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A checkpoint as it was read, with its seal, which is still to be checked."""

    checkpoint: Checkpoint
    public: bytes
    signature: bytes


def read_page(text: str) -> Sealed:
    """Read a page, as it was written or as a mail program left it. Raises NoCheckpoint."""
    try:
        inner = text.split(BEGIN)[1].split(END, maxsplit=1)[0]
        sealed = dict(_SEALED.findall(text))
        told = json.loads(inner)
        previous = told["previous"]
        return Sealed(
            Checkpoint(
                office=str(told["office"]),
                name=str(told["name"]),
                day=date.fromisoformat(told["day"]),
                until=str(told["until"]),
                root=str(told["root"]),
                batches=int(told["batches"]),
                rows=int(told["rows"]),
                chains=tuple(
                    (str(o), str(s), str(k), int(h), str(n)) for o, s, k, h, n in told["chains"]
                ),
                keys=tuple((int(bridge), str(key)) for bridge, key in told["keys"]),
                audit=(int(told["audit"][0]), str(told["audit"][1])),
                previous=None if previous is None else (str(previous[0]), str(previous[1])),
            ),
            bytes.fromhex(sealed["public"]),
            bytes.fromhex(sealed["signature"]),
        )
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise NoCheckpoint("it is no checkpoint, or not whole any more") from error


def fault(name: str, text: str) -> Fault:
    """Return what is wrong with a checkpoint, named by its file."""
    return Fault(Kind.CHECKPOINT, f"{name}: {text}")


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
