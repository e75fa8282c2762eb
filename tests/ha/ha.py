"""`make ha`: a centre of seven hosts under load, its hosts killed and cut off, every punch counted.

    office --- balancer --- api-1, api-2 --- db-1, db-2, db-3

Each is a network namespace with a cable to one switch. In the office stand real outboxes and
forwarders that sign; before and behind `hadir-ingest serve` HAProxy, PostgreSQL, Patroni and etcd
with the configurations of deploy/. An acknowledged punch is one whose receipt a bridge holds: at
the end every one of them must stand in the store, once.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from ha_cluster import Cluster, Node, missing_packages
from ha_load import Load
from ha_network import Network, can_be_separate
from ha_parts import Host, Office, Secured, admit, assert_exact
from ha_proxies import haproxy
from journey_parts import ROOT, wait_until
from sqlalchemy import Engine, create_engine, func, select, text

from ingest.store import tables
from ingest.store.database import migrate, open_engine

DATABASES = ("db-1", "db-2", "db-3")
CENTRES = ("api-1", "api-2")
BALANCER, OFFICE = "balancer", "office"
HOSTS = (*DATABASES, *CENTRES, BALANCER, OFFICE)
OFFICES = 10
PORT = 8443
PASSWORD = "rahasia"
FLOWS_AGAIN = 200
PATIENCE_S = 120.0
SECTION = "## Last result"

Row = tuple[str, str, str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="a document whose last section is the result")
    parser.add_argument("--loopback", action="store_true", help="without namespaces, even as root")
    parser.add_argument("--prefix", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if missing := missing_packages():
        print("make ha needs Debian packages; as root: apt-get install --no-install-recommends "
              f"{' '.join(missing)}", file=sys.stderr)  # fmt: skip
        return 2
    separate = can_be_separate() and not arguments.loopback
    if not separate or arguments.prefix:
        return story(Network(HOSTS, separate=separate, prefix=arguments.prefix), arguments.report)
    with Network(HOSTS, separate=True) as network:
        # the story itself is told from the office's place in that network
        inside = [*network.inside(OFFICE), sys.executable, *sys.argv, "--prefix", network.prefix]
        return subprocess.run(inside, check=False, cwd=ROOT).returncode


def story(network: Network, report: Path | None) -> int:
    """Build everything, hurt it, count; return the exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hadir-ha-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's user passes through
        with ExitStack() as stack:
            stack.push(lambda kind, _error, _trace: keep_logs(folder) if kind else None)
            world = World(folder, network, stack)
            rows = world.hurt()
            verdict = world.count()
    lines = result(network, rows, verdict, minutes=(time.monotonic() - began) / 60)
    print("\n".join(lines))
    if report is not None:
        write(report, lines)
    return 0


def keep_logs(folder: Path) -> None:
    """Let what every program said outlive a failure."""
    kept = tempfile.mkdtemp(prefix="hadir-ha-logs-")
    for log in folder.glob("*.log"):
        shutil.copy(log, kept)
    print(f"what every program said: {kept}", file=sys.stderr)


class World:
    """Cluster, centres, balancer and offices, at work."""

    def __init__(self, folder: Path, network: Network, stack: ExitStack) -> None:
        self._folder = folder
        self._network = network
        say("three databases come up")
        self.cluster = stack.enter_context(Cluster(folder, network, DATABASES))
        self.cluster.wait_whole()
        self.engine = self._store(stack)
        self.offices = [Office(folder, f"4.01.{number:02d}") for number in range(1, OFFICES + 1)]
        for one in self.offices:
            stack.callback(one.close)
        admit(self.engine, self.offices)
        say("two centres and a balancer")
        self.centres, url, ca = self._doors(stack)
        self.load = stack.enter_context(Load(self.offices, url, ca, folder / "bridges.log"))
        self._flows()

    def hurt(self) -> list[Row]:
        """Do to every part what happens to parts; return what came of it."""
        rows = [
            self._act(
                "the primary's PostgreSQL is killed with -9",
                Node.kill_postgres,
                lambda _node: None,
            ),
            self._act("the primary's host loses power", Node.crash, Node.start),
        ]
        if self._network.separate:
            rows.append(
                self._act(
                    "the primary's cable is pulled, and put back when another is primary",
                    lambda node: self._network.cut(node.name),
                    lambda node: self._network.heal(node.name),
                )
            )
            rows.append(self._cut_centre())
        rows.append(self._kill_centre())
        rows.append(self._dark())
        return rows

    def count(self) -> tuple[int, int]:
        """Let everything arrive, and insist on every touch; return touches and receipts."""
        say("fingers rest, outboxes empty themselves")
        self.load.rest()
        wait_until("every outbox is empty", lambda: self.load.waiting() == 0, 4 * PATIENCE_S)
        counts = [one.outbox.counts() for one in self.offices]
        assert sum(one.parked for one in counts) == 0, "the centre refused punches"
        sent = sum(one.sent for one in counts)
        assert self._said("refused with 409") == 0, "a centre forgot a receipt it had given"
        assert self._said("refused with 412") == 0, "a chain was told twice"
        touched = assert_exact(self.engine, self.offices)
        assert touched == sent
        self.cluster.wait_whole()
        for node in self.cluster.nodes:
            wait_until(f"{node.name} holds all", lambda one=node: self._held(one) == touched)
        return touched, sent

    def _act(self, what: str, hurt: Callable[[Node], None], mend: Callable[[Node], None]) -> Row:
        """Hurt the primary, wait for another one and for the flow, mend, wait for the whole."""
        say(what)
        node = self.cluster.primary()
        assert node is not None
        began = time.monotonic()
        hurt(node)
        wait_until(
            "another is primary", lambda: self.cluster.primary(but=node) is not None, PATIENCE_S
        )
        promoted_s = time.monotonic() - began
        self._flows()
        silent_s = self.load.longest_silence_s(began)
        mended = time.monotonic()
        mend(node)
        self.cluster.wait_whole()
        whole_s = time.monotonic() - mended
        return what, f"after {promoted_s:.0f} s", f"{silent_s:.0f} s", f"after {whole_s:.0f} s"

    def _kill_centre(self) -> Row:
        what = "a centre's processes are all killed with -9"
        say(what)
        began = time.monotonic()
        self.centres[0].kill()
        self._flows()
        silent_s = self.load.longest_silence_s(began)
        self.centres[0].start()
        return what, "none needed", f"{silent_s:.0f} s", ""

    def _cut_centre(self) -> Row:
        what = "a centre's cable is pulled, and put back"
        say(what)
        began = time.monotonic()
        self._network.cut(CENTRES[0])
        self._flows()
        silent_s = self.load.longest_silence_s(began)
        self._network.heal(CENTRES[0])
        self._flows()
        return what, "none needed", f"{silent_s:.0f} s", ""

    def _dark(self) -> Row:
        what = "all three databases lose power at once, and come back"
        say(what)
        began = time.monotonic()
        for node in self.cluster.nodes:
            node.crash()
        for node in self.cluster.nodes:
            node.start()
        self._flows()
        silent_s = self.load.longest_silence_s(began)
        self.cluster.wait_whole()
        whole_s = time.monotonic() - began
        return what, "", f"{silent_s:.0f} s", f"after {whole_s:.0f} s"

    def _flows(self) -> None:
        """Wait until some hundred punches more are acknowledged."""
        wanted = self.load.acknowledged + FLOWS_AGAIN
        wait_until("punches flow", lambda: self.load.acknowledged >= wanted, 2 * PATIENCE_S)

    def _store(self, stack: ExitStack) -> Engine:
        owner = create_engine(self.cluster.super_url, isolation_level="AUTOCOMMIT")
        with owner.connect() as connection:
            connection.execute(text(f"CREATE ROLE hadir LOGIN PASSWORD '{PASSWORD}'"))
            connection.execute(text("CREATE DATABASE hadir OWNER hadir"))
        owner.dispose()
        engine = open_engine(self._url())
        stack.callback(engine.dispose)
        migrate(engine)
        return engine

    def _doors(self, stack: ExitStack) -> tuple[list[Host], str, Path]:
        places = [self._network.address(name) for name in (*CENTRES, BALANCER)]
        tls = Secured.issue(self._folder, "localhost", *places)
        centres = [
            stack.enter_context(
                Host(
                    name,
                    self._folder,
                    self._url(),
                    tls=tls,
                    listen=f"{self._network.address(name)}:{PORT}",
                    extra={"workers": 2},
                    before=self._network.inside(name),
                )
            )
            for name in CENTRES
        ]
        door = haproxy(
            self._folder,
            tls,
            [f"{self._network.address(name)}:{PORT}" for name in CENTRES],
            listen=self._network.address(BALANCER),
            port=PORT,
            before=self._network.inside(BALANCER),
        )
        return centres, stack.enter_context(door), tls.ca

    def _url(self) -> str:
        return self.cluster.url("hadir", PASSWORD, "hadir")

    def _said(self, words: str) -> int:
        return sum(host.said().count(words) for host in self.centres)

    def _held(self, node: Node) -> int:
        """Return how many punches one database itself holds."""
        url = f"postgresql+psycopg://hadir:{PASSWORD}@{node.address}:5432/hadir"
        engine = create_engine(url)
        with engine.connect() as connection:
            found = connection.scalar(select(func.count()).select_from(tables.punches))
        engine.dispose()
        return int(found or 0)


def result(
    network: Network, rows: Sequence[Row], verdict: tuple[int, int], *, minutes: float
) -> list[str]:
    touched, sent = verdict
    place = (
        "each host a network namespace of its own"
        if network.separate
        else "all hosts on the loopback, as namespaces could not be made: no cable was pulled"
    )
    return [
        f"`make ha` of {datetime.now():%Y-%m-%d}, {minutes:.0f} minutes, {os.cpu_count()} cores, "
        f"Linux {platform.release().split('-')[0]}; {OFFICES} offices, {place}:",
        "",
        "| What happened | Another primary | No receipt for any bridge | Whole again |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"- touched {touched}, receipts {sent}, stored {touched}: **0 lost, 0 doubled**, "
        "0 that nobody made",
        "- each of the three databases holds all of them",
        "- no receipt was forgotten by the centre (409) and no chain told twice (412)",
    ]


def write(report: Path, lines: Sequence[str]) -> None:
    """Put the result in the place of the last one: it is the last section."""
    document = report.read_text(encoding="utf-8")
    head = re.split(rf"^{SECTION}$", document, flags=re.MULTILINE)[0]
    report.write_text("\n".join([f"{head.rstrip()}\n", SECTION, "", *lines, ""]), encoding="utf-8")


def say(what: str) -> None:
    print(f"   {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
