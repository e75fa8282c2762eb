"""An office whose days pass as fast as they are told to: one process, and a clock set by hand.

Its people touch a terminal, a bridge signs what was touched and brings it to the centre's real
door; the centre's own jobs judge, keep cases and send. Commands run as the people who give them.
"""

import getpass
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import demo_settings
from click.testing import CliRunner
from demo_settings import ZONE as ZONE_NAME
from journey_parts import nip, write_csv
from ledgered import touch
from served import Answer, Served, Slot
from signed import OUTBOX, Chains, Signer

from ingest import wire
from ingest.api import create_app
from ingest.casework.working import WorkingDays
from ingest.cli import cli
from ingest.config import load
from ingest.jobs.close_day import close_day
from ingest.jobs.evaluate_marked import evaluate_marked
from ingest.jobs.run_cases import CaseRounds
from ingest.jobs.send_notices import NoticeRounds
from ingest.jobs.work import Work, make_work
from ingest.notify.base import Channel
from ingest.store.bridges import Bridge
from ingest.store.database import open_engine, reading
from ingest.wire import Coverage, Enrolment, Heartbeat, Punch, decode_receipt

ZONE = ZoneInfo(ZONE_NAME)
CODE, SERIAL = "4.02.02", "DEMO-KELAS-4"
BEGIN = date(2026, 4, 1)
HEAD, RAHMAT, DEWI = nip(700, sex=2), nip(701), nip(702, sex=2)
NAMES = {HEAD: "Hj. Nurhayati", RAHMAT: "Rahmat Hidayat", DEWI: "Dewi Anggraini"} | {
    nip(number): f"Pegawai {number}" for number in range(703, 712)
}
ADMINS = {
    "ani": ("Ani Wijaya", "198001012005012001"),
    "budi": ("Budi Santoso", "197902022004021002"),
}


class NotAsTold(AssertionError):
    """The demo promised something else."""


def require(true: object, what: str) -> None:
    if not true:
        raise NotAsTold(what)


class Office:
    """One office with its centre. `now` is what every clock shows; nothing else tells the time."""

    def __init__(self, folder: Path, slot: Slot) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._slot = folder, slot
        self.now = datetime.combine(BEGIN, time(9), ZONE)
        self.config = folder / "ingest.toml"
        self.absent: set[tuple[str, date]] = set()
        self._chains, self._signer = Chains(), Signer("demo")
        self._after: str | None = None

    def run(self, who: str, *words: str, code: int = 0) -> str:
        """Give a command of hadir-ingest as somebody; return what it printed."""
        done = CliRunner().invoke(
            cli, ["--config", str(self.config), *words],
            obj=lambda: self.now, env={"SUDO_USER": who},
        )  # fmt: skip
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        require(done.exit_code == code, f"{' '.join(words)}: exit {done.exit_code}\n{done.output}")
        return done.output

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._slot.port}"

    def table(self, *words: str, name: str, rows: Sequence[Sequence[object]]) -> None:
        """Import a table whose first row are its columns."""
        path = write_csv(self.folder / name, [str(one) for one in rows[0]], rows[1:])
        self.run("ani", *words, "import", str(path))

    def begin(self, gateway_url: str) -> None:
        """Set up the centre: files, users, people, a terminal, a bridge, a door that listens."""
        demo_settings.write(self.folder, gateway_url)
        self.run("", "migrate")
        self.run("", "seal", "make", "--by", "Kepala BKPSDM")
        self._users()
        for step in ("seed", "confirm"):
            self.run("ani", "calendar", step, str(BEGIN.year))
        self._people()
        self._slot.app = create_app(
            self.work.engine, zone=ZONE, clock_limit_s=300, clock=lambda: self.now,
            channels=self._callers(),
        )  # fmt: skip
        self._enrol()

    def _users(self) -> None:
        for name, (full_name, own) in ADMINS.items():
            self.run(
                "ani", "users", "add", name, "--full-name", full_name, "--role", "admin",
                "--os-user", getpass.getuser(), "--sudo-user", name, "--nip", own,
            )  # fmt: skip

    def _people(self) -> None:
        since = BEGIN.isoformat()
        self.table("offices", name="opd.csv", rows=[("code", "name"), (CODE, "Dinas Percontohan")])
        header = ("nip", "name", "kind", "office", "superior_nip", "from")
        people = [
            (who, name, "PNS", CODE, "" if who == HEAD else HEAD, since)
            for who, name in NAMES.items()
        ]
        self.table("people", name="pegawai.csv", rows=[header, *people])
        header = ("serial", "name", "office", "counts_from")
        row = (SERIAL, "pintu masuk", CODE, since)
        self.table("terminals", name="mesin.csv", rows=[header, row])
        header = ("terminal", "office", "user_id", "nip", "from")
        pins = [(SERIAL, "", who[-3:], who, since) for who in NAMES]
        self.table("user-ids", name="pin.csv", rows=[header, *pins])
        phones = [(who, f"0812-5550-0{who[-3:]}") for who in (HEAD, RAHMAT, DEWI)]
        self.table("contacts", name="nomor.csv", rows=[("nip", "phone"), *phones])

    def _callers(self) -> list[Channel]:
        return [one.open() for one in self.work.channels]

    def _enrol(self) -> None:
        told = self.run("ani", "bridges", "invite", "--office", CODE, "--name", "pc-dinas")
        enrolment = Enrolment(told.split()[0], self._signer.public_key, "demo")
        body = gzip.compress(wire.encode_enrolment(enrolment))
        self._taken(self._bridge.post("/v2/enrol", body))

    @cached_property
    def work(self) -> Work:
        """What the centre's jobs work with."""
        config = load(self.config)
        return make_work(config, open_engine(config.database), lambda: self.now)

    @cached_property
    def _cases(self) -> CaseRounds:
        return CaseRounds(self.work)

    @cached_property
    def _notices(self) -> NoticeRounds:
        return NoticeRounds(self.work)

    def until(self, day: date, *, send: bool = True) -> None:
        """Let days pass, up to nine in the morning of one; `send` is whether messages go out on
        that last morning, too. What a free day leaves to do is done on the next morning."""
        while self.now.date() < day:
            self._bring(self.now.date())
            self.now = datetime.combine(self.now.date() + timedelta(days=1), time(9), ZONE)
            if self._works(self.now.date()):
                self._cover()
                self.judge()
                if send or self.now.date() < day:
                    self.send()

    def judge(self) -> None:
        """Do what the jobs of judging and of cases do."""
        close_day(self.work)
        evaluate_marked(self.work)
        self._cases.step()

    def send(self) -> None:
        """Do what the job does that sends messages."""
        self._notices.step()

    def _bring(self, day: date) -> None:
        """Let the people of a day touch the terminal, and the bridge bring their punches."""
        if not self._works(day):
            return
        self.now = datetime.combine(day, time(18), ZONE)
        batch = self._chains.batch(*self._touches(day), after=self._after)
        receipt = decode_receipt(self._taken(self._bridge.send(batch)))
        require(not receipt.parked, "the centre takes every punch")
        self._after = receipt.receipt

    def _works(self, day: date) -> bool:
        with reading(self.work.engine) as connection:
            return bool(WorkingDays(connection, CODE)(day))

    def _touches(self, day: date) -> Iterator[Punch]:
        for who in NAMES:
            for hour in () if (who, day) in self.absent else (7, 17):
                at = datetime.combine(day, time(hour, 5 + int(who[-2:])))
                raw = f"{who[-3:]} {at}".encode()
                yield touch(who[-3:], at, terminal=SERIAL, read_at=self._seconds, raw=raw)

    def _cover(self) -> None:
        """Let the bridge say that the terminal's log is known without a gap up to now."""
        since = int(datetime.combine(BEGIN, time(), ZONE).timestamp())
        known = Coverage(SERIAL, since, self._seconds, None, 0, 0, 0, self._seconds, "poll")
        beat = Heartbeat(OUTBOX, self._after, self._seconds, "demo", 0, 0, None, coverage=(known,))
        self._taken(self._bridge.beat(beat))

    @property
    def _seconds(self) -> int:
        return int(self.now.timestamp())

    @property
    def _bridge(self) -> Served:
        """The centre as the bridge sees it now."""
        asked = Bridge(1, CODE, "pc-dinas", self.now, None, None)
        return Served(self._slot.port, self._signer, asked, self.work.engine, self._seconds)

    def _taken(self, answer: Answer) -> bytes:
        require(answer.status_code == 200, f"the centre takes it: {answer.text}")
        return answer.content


@contextmanager
def opened(folder: Path) -> Iterator[Office]:
    """Return an office whose door listens as long as the block lasts."""
    slot = Slot()
    try:
        yield Office(folder, slot)
    finally:
        slot.stop()
