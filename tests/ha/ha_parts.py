"""Centres of several hosts, and offices that send to them: for tests and `make ha`."""

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path

import trustme
from journey_parts import ZONE, Part, wait_until
from sqlalchemy import Engine, func, insert, select

from bridge.centre import Centre
from bridge.forwarder import Forwarder
from bridge.health import Health
from bridge.keys import ENROLLING, KeyFiles
from bridge.outbox import Outbox
from ingest import wire
from ingest.store import bridges, tables
from ingest.store.database import writing

LISTENS = r"listening on (\S+)"
FIRST_TOUCH = datetime(2026, 3, 2, 7, 0)


@dataclass(frozen=True, slots=True)
class Secured:
    """A certificate of a private authority, in files."""

    certificate: Path
    key: Path
    ca: Path

    @classmethod
    def issue(cls, folder: Path, *names: str) -> "Secured":
        authority = trustme.CA()
        issued = authority.issue_cert(*names)
        made = cls(folder / "fullchain.pem", folder / "privkey.pem", folder / "ca.pem")
        for path in (made.certificate, made.key):
            path.unlink(missing_ok=True)
        for blob in issued.cert_chain_pems:
            blob.write_to_path(made.certificate, append=True)
        issued.private_key_pem.write_to_path(made.key)
        made.key.chmod(0o600)
        authority.cert_pem.write_to_path(made.ca)
        return made


class Host(Part):
    """`hadir-ingest serve` on one host of several, of which all have one store."""

    def __init__(
        self,
        name: str,
        folder: Path,
        database: str,
        *,
        tls: Secured | None = None,
        listen: str = "127.0.0.1:0",
        extra: Mapping[str, object] | None = None,
        before: Sequence[str] = (),
    ) -> None:
        """`before` is what the program is begun by, such as `ip netns exec`."""
        self.url = ""
        self.ca = tls.ca if tls else None
        config = folder / f"{name}.toml"
        keys: dict[str, object] = {"database": database, "timezone": ZONE, "listen": listen}
        if tls is not None:
            keys |= {"tls_cert_file": str(tls.certificate), "tls_key_file": str(tls.key)}
        keys |= extra or {}
        lines = [f"{key} = {_toml(value)}" for key, value in keys.items()]
        config.write_text("\n".join(["[ingest]", *lines, ""]))
        config.chmod(0o640)
        arguments = ["-m", "ingest", "--config", str(config), "serve"]
        super().__init__(name, folder, arguments, before=before)

    def start(self) -> None:
        before = len(re.findall(LISTENS, self.said()))
        super().start()
        self.url = self.until(LISTENS, times=before + 1)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def until(self, pattern: str, times: int = 1, patience_s: float = 30.0) -> str:
        """Wait until the log holds a pattern so many times; return what its group matched last."""

        def found() -> bool:
            return len(re.findall(pattern, self.said())) >= times

        def ended() -> bool:
            return not self.alive

        wait_until(f"{self.name} says {pattern}", lambda: found() or ended(), patience_s)
        assert found(), f"{self.name} ended: {self.said()[-3000:]}"
        return str(re.findall(pattern, self.said())[-1])

    def pid_of(self, role: str) -> int:
        """Return the process that fills a role now."""
        return int(re.findall(rf"{role} begins as process (\d+)", self.said())[-1])

    def kill_role(self, role: str) -> None:
        """Kill a process of this host, and wait until another takes its place."""
        before = self.pid_of(role)
        os.kill(before, signal.SIGKILL)
        wait_until(f"{role} begins again", lambda: self.pid_of(role) != before)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


class Turns:
    """Centres that are asked in turn, as a balancer does that knows no sessions."""

    def __init__(self, centres: Sequence[Centre]) -> None:
        self._turns = cycle(centres)
        self.asked = 0

    def post(self, batch: wire.Batch) -> wire.Receipt:
        self.asked += 1
        return next(self._turns).post(batch)

    def heartbeat(self, heartbeat: wire.Heartbeat) -> wire.HeartbeatReply:
        return next(self._turns).heartbeat(heartbeat)


class Office:
    """What stands in an office, but for the terminal: its touches are made here."""

    def __init__(self, folder: Path, code: str) -> None:
        self.code = code
        self.serial = f"HA-{code}"
        self.state = folder / f"office-{code}"
        self.state.mkdir(mode=0o700)
        self.keys = KeyFiles(self.state)
        self.keys.promote(ENROLLING, self.keys.prepare(ENROLLING, int(time.time())))
        self.outbox = Outbox(self.state / "outbox.db", max_waiting=1_000_000)
        self._touched = 0

    def touch(self, count: int) -> None:
        """Let people touch the terminal; each touch is one of its own."""
        numbers = range(self._touched, self._touched + count)
        self.outbox.add([self._punch(number) for number in numbers])
        self._touched += count

    def _punch(self, number: int) -> wire.Punch:
        local_time = FIRST_TOUCH + timedelta(seconds=number)
        user = str(number % 97 + 1)
        return wire.Punch(
            id=wire.punch_id(self.serial, user, local_time),
            terminal=self.serial,
            user_id=user,
            local_time=local_time,
            occurred_at=int(local_time.replace(tzinfo=UTC).timestamp()) - 8 * 3_600,
            state=0,
            verify=1,
            work_code="",
            source="poll",
            clock_offset_s=0,
            read_at=int(local_time.replace(tzinfo=UTC).timestamp()) - 8 * 3_600 + 1,
            after=None,
            raw=number.to_bytes(4, "little"),
        )

    def truth(self) -> set[tuple[str, str, datetime]]:
        """Return every touch that was made."""
        return {
            (self.serial, str(number % 97 + 1), FIRST_TOUCH + timedelta(seconds=number))
            for number in range(self._touched)
        }

    def centre(self, url: str, ca: Path | None, *, timeout_s: float = 10.0) -> Centre:
        return Centre(url, self.keys, ca_file=ca, timeout_s=timeout_s, allow_plain_http=ca is None)

    def forwarder(
        self, speaker: Centre | Turns, *, random: Callable[[], float] = lambda: 0.5
    ) -> Forwarder:
        return Forwarder(
            self.outbox,
            speaker,
            health=Health(time.monotonic),
            heartbeat_s=5,
            bridge_version="ha",
            random=random,
            key_mark=self.keys.mark,
        )

    def close(self) -> None:
        self.outbox.close()


def admit(engine: Engine, offices: Sequence[Office]) -> None:
    """Let the store know offices, their terminals and the keys of their bridges."""
    now = datetime.now(UTC)
    with writing(engine) as connection:
        for one in offices:
            connection.execute(
                insert(tables.offices).values(code=one.code, name=one.code, scheme="5-hari")
            )
            connection.execute(
                insert(tables.terminals).values(
                    serial=one.serial,
                    name=one.serial,
                    office=one.code,
                    registered=True,
                    counts_from=date(2026, 1, 1),
                    first_seen_at=now,
                )
            )
            added = bridges.add(connection, office=one.code, name=one.code, now=now)
            bridges.add_key(
                connection, added.id, one.keys.current().public, now=now, grounds={"test": "ha"}
            )


def assert_exact(engine: Engine, offices: Sequence[Office]) -> int:
    """Insist that each touch is stored once and nothing else is; return how many there are."""
    truth = set().union(*(one.truth() for one in offices))
    with engine.connect() as connection:
        stored = Counter(
            (row.serial, row.user_id, row.local_time)
            for row in connection.execute(
                select(
                    tables.terminals.c.serial, tables.punches.c.user_id, tables.punches.c.local_time
                ).join(tables.terminals, tables.terminals.c.id == tables.punches.c.terminal_id)
            )
        )
        others = connection.scalar(select(func.count()).select_from(tables.contradictions))
    assert truth - set(stored) == set(), "lost"
    assert set(stored) - truth == set(), "made up"
    assert [touch for touch, times in stored.items() if times > 1] == [], "doubled"
    assert others == 0, "a touch stands there twice with other codes"
    return len(stored)
