"""The second part of `make demo`: from three absent days to a letter, in weeks that take seconds.

Two people of an office stay away for three days. They are told by WhatsApp, by way of a gateway
that is a fake on this machine; ten working days later letters wait for two admins; a late
clarification takes one of the two cases back; the month ends as a spreadsheet. Time is set by hand,
and each step says what day it is.
"""

import json
import os
import re
import textwrap
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import demo_office
import requests
from demo_office import CODE, DEWI, NAMES, RAHMAT, Office, require
from gateways.whatsapp import FakeWhatsapp, sign
from openpyxl import load_workbook

from ingest.indonesian import full_day_text

FIRST, LAST = date(2026, 4, 6), date(2026, 4, 8)
LAPSED, LATE, AFTER = date(2026, 4, 24), date(2026, 4, 27), date(2026, 5, 4)
RAHMATS, DEWIS = "1", "2"
"""The numbers of their cases."""


def run(folder: Path) -> None:
    """Go through it all. Raises NotAsTold, with what was told, at the first thing that is not."""
    with FakeWhatsapp() as gateway, demo_office.opened(folder) as office:
        demo = Demo(office, gateway)
        demo.begin()
        demo.stay_away()
        demo.message()
        demo.receipts()
        demo.prepare()
        demo.approve()
        demo.verify()
        demo.clarify()
        demo.month()
        demo.files()


class Demo:
    """Its steps, in their order."""

    def __init__(self, office: Office, gateway: FakeWhatsapp) -> None:
        self._office, self._gateway = office, gateway
        self._letter, self._code = "", ""

    def begin(self) -> None:
        self._tell("11", "another office, in a store of its own; time is set by hand from here on")
        self._office.begin(self._gateway.url)
        self._say(
            "a centre with its seal, two admins (Ani and Budi), 12 people, a terminal, a bridge"
        )
        self._say(f"and a WhatsApp channel, whose gateway is a fake at {self._gateway.url}")

    def stay_away(self) -> None:
        office = self._office
        office.absent = {
            (who, FIRST + timedelta(days=past)) for who in (RAHMAT, DEWI) for past in range(3)
        }
        office.until(LAST + timedelta(days=1), send=False)
        self._tell("12", f"{NAMES[RAHMAT]} and {NAMES[DEWI]} did not come for three days")
        self._ask("ani", "cases", "list")
        require(_states(office) == ["OPEN", "OPEN"], "two cases are open")
        self._ask("ani", "days", "explain", RAHMAT, LAST.isoformat())

    def message(self) -> None:
        self._tell("13", "who would be told what; then the job sends it, and the gateway takes it")
        self._ask("ani", "notices", "send", "--dry-run")
        require(not self._gateway.inbox, "a dry run sends nothing")
        self._office.send()
        require(
            len(self._gateway.inbox) == 4, "each of the two is told, and their superior of both"
        )
        self._say("the message to one of them, with no NIP, no reason and no sanction in it:")
        self._quote(self._message_to(RAHMAT)["number"])

    def receipts(self) -> None:
        self._tell("14", "the gateway calls the centre's door: delivered, then read, signed by it")
        number = self._message_to(RAHMAT)["number"]
        require(self._forged() == 401, "a call that is not signed by the gateway is refused")
        self._say("(before that, somebody else called and said so: refused, 401)")
        sent_at = int(self._office.now.timestamp())
        self._office.now += timedelta(minutes=10)
        for minutes, sent in enumerate(self._gateway.inbox, 1):
            for state, after_s in (("delivered", 20), ("read", 60 * minutes)):
                body, headers = self._gateway.webhook(sent, state, sent_at + after_s)
                require(self._call(body, headers) == 200, "a receipt that is signed is taken")
        self._ask("ani", "notices", "list")
        found = self._message_to(RAHMAT)
        require(found["number"] == number, "nobody is told twice")
        require(found["state"] == "read" and found["delivered_at"], "it arrived, and was read")

    def _forged(self) -> int:
        body, headers = self._gateway.webhook(self._gateway.inbox[0], "read", 0)
        return self._call(body, headers | {"X-Hub-Signature-256": sign(body, "another key")})

    def _call(self, body: bytes, headers: dict[str, str]) -> int:
        """Call the centre as a gateway does; return the status of its answer."""
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between two programs of this machine
            url = f"{self._office.url}/notify/wa"
            return session.post(url, body, headers=headers, timeout=10).status_code

    def prepare(self) -> None:
        self._office.until(LAPSED)
        self._tell("15", "ten working days without a clarification: letters wait for two admins")
        self._ask("ani", "cases", "explain", RAHMATS, without="(dasar ")
        self._say("(the days stand below each step, with their evidence; left out here)")
        require(_states(self._office) == ["REPRIMAND_PREPARED"] * 2, "a letter waits for each")
        require(len(self._gateway.inbox) == 4, "nothing was sent a second time")

    def approve(self) -> None:
        self._tell(
            "16", "one admin looks at the draft and approves; the second one issues the letter"
        )
        event = self._waiting(RAHMATS)
        self._ask(
            "ani", "letters", "draft", RAHMATS, "--of", event, "--pdf", self._path("konsep.pdf")
        )
        words = ("cases", "approve", RAHMATS, event, "--why", "sesuai data")
        self._ask("ani", *words)
        self._ask("ani", *words, code=1)
        told = self._ask("budi", *words)
        found = re.search(r"letter (\d+): number (\S+), code (\S+);", told)
        require(found, "the second approval issues the letter, with its number and code")
        self._letter, _, self._code = found.groups() if found else ("", "", "")
        self._ask(
            "budi", "letters", "print", self._letter, "--pdf", self._path("surat.pdf"),
            "--docx", self._path("surat.docx"),
        )  # fmt: skip

    def verify(self) -> None:
        self._tell("17", "is this letter ours, and unchanged?")
        pdf = self._path("surat.pdf")
        told = self._ask("budi", "letters", "verify", self._code, "--file", pdf)
        require("Terbukti" in told, "the letter is proven")
        require(Path(pdf).read_bytes().startswith(b"%PDF-1.7"), "it is a PDF")
        changed = Path(self._path("surat-diubah.pdf"))
        changed.write_bytes(Path(pdf).read_bytes() + b"\n")
        self._say("and one with a single byte more in it?")
        told = self._ask("budi", "letters", "verify", self._code, "--file", str(changed), code=1)
        require("Terbukti" not in told, "nothing is called proven of a file that was changed")

    def clarify(self) -> None:
        self._office.until(LATE)
        self._tell(
            "18", f"{NAMES[DEWI]} brings a doctor's letter, late; her letter is not approved yet"
        )
        paper = self._path("surat-dokter.txt")
        Path(paper).write_text("Surat keterangan dokter nomor 12/IV/2026\n", encoding="utf-8")
        self._ask(
            "ani", "cases", "clarify", DEWIS, "--from", "person", "--text", "dirawat di rumah",
            "--file", paper,
        )  # fmt: skip
        event = self._waiting(DEWIS)
        self._ask("budi", "cases", "accept", DEWIS, event, "--why", "surat dokter ada")
        self._ask(
            "budi", "excuses", "give", "--nip", DEWI, "--type", "CS", "--from", FIRST.isoformat(),
            "--until", LAST.isoformat(), "--letter", "12/IV/2026", "--approver", "Kepala Dinas",
            "--why", "surat dokter ada", "--accept-doubts",
            "surat dokter diterima 27 April",
        )  # fmt: skip
        self._office.judge()
        self._office.send()
        self._ask("ani", "cases", "list", "--ended")
        require(_states(self._office) == ["LETTER_PREPARED", "WITHDRAWN"], "one is taken back")
        self._say("her case took itself back, with the letter that waited; she is told so:")
        self._quote(self._message_to(DEWI)["number"])

    def month(self) -> None:
        self._office.until(AFTER)
        self._tell("19", "April is over: the recap as a spreadsheet")
        path = self._path("rekap-2026-04.xlsx")
        self._ask(
            "ani", "report", "monthly", "--all", "--month", "2026-04", "--format", "xlsx",
            "--output", path,
        )  # fmt: skip
        self._ask("ani", "report", "monthly", "--office", CODE, "--month", "2026-04")
        rows = {row[1]: row for row in load_workbook(path).worksheets[0].values}
        require(rows[NAMES[RAHMAT]].count("TK") == 3, "his three days stand there as absent")
        require("TK" not in rows[NAMES[DEWI]], "hers do not")
        require(rows[NAMES[DEWI]].count("S") == 3, "hers stand there as sickness")

    def files(self) -> None:
        self._ask("ani", "cases", "verify")
        print("\nWhat came of it, to be opened:")
        for name in ("surat.pdf", "surat.docx", "konsep.pdf", "rekap-2026-04.xlsx"):
            path = Path(self._path(name))
            require(path.stat().st_size > 1_000, f"{name} is a file")
            self._say(str(path))

    def _waiting(self, case: str) -> str:
        """Return the number of the event of a case that waits for somebody."""
        found = re.search(r"peristiwa (\d+)", _case(self._office, case)["waiting"][-1])
        require(found, f"something waits in case {case}")
        return found[1] if found else ""

    def _message_to(self, who: str) -> Any:
        told = self._office.run("ani", "notices", "list", "--json")
        return [one for one in json.loads(told) if one["nip"] == who][-1]

    def _quote(self, number: int) -> None:
        told = json.loads(self._office.run("ani", "notices", "show", str(number)))
        for line in textwrap.wrap(told["text"], 96):
            self._say(f"| {line}")

    def _path(self, name: str) -> str:
        return os.path.relpath(self._office.folder / name)

    def _ask(self, who: str, *words: str, code: int = 0, without: str = "") -> str:
        """Give a command, and show it with what it says, but for lines with `without` in them."""
        told = self._office.run(who, *words, code=code)
        shown = " ".join(f'"{one}"' if " " in one else one for one in words)
        print(f"   {who}$ hadir-ingest {shown}")
        for line in told.rstrip().splitlines():
            if not without or without not in line:
                self._say(f"   {line}".rstrip())
        return told

    def _tell(self, number: str, text: str) -> None:
        print(f"\n{number}. [{full_day_text(self._office.now.date())}] {text}")

    def _say(self, text: str) -> None:
        print(f"   {text}".rstrip())


def _case(office: Office, number: str) -> Any:
    return json.loads(office.run("ani", "cases", "show", number, "--json"))


def _states(office: Office) -> list[str]:
    return [
        one["state"] for one in json.loads(office.run("ani", "cases", "list", "--ended", "--json"))
    ]
