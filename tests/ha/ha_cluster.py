"""PostgreSQL on three hosts under Patroni and etcd, from the file that is shipped for it."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ha_network import Network
from ha_proxies import filled
from journey_parts import Impatient, wait_until

PROGRAMS = {"patroni": "patroni", "etcd": "etcd-server", "haproxy": "haproxy"}
STANDS_WITHIN_S = 120.0
CLOSE_BYTES = 1 << 20
_SBIN = "/usr/sbin:/usr/local/sbin"
_SUPER, _REPLICATOR, _REWINDER = "rahasia-super", "rahasia-replika", "rahasia-putar"


def missing_packages() -> list[str]:
    """Return the Debian packages that are still to be installed."""
    found = [
        package
        for name, package in PROGRAMS.items()
        if shutil.which(name) is None and shutil.which(name, path=_SBIN) is None
    ]
    return found if server_folder() else [*found, "postgresql"]


def server_folder() -> Path | None:
    """Return the newest PostgreSQL of the system."""
    versions = sorted(
        (path for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")),
        key=lambda path: int(path.parts[-3]),
    )
    return versions[-1].parent if versions else None


class Node:
    """One database host: etcd, Patroni, and the PostgreSQL that Patroni runs."""

    def __init__(self, name: str, folder: Path, network: Network, peers: Sequence[str]) -> None:
        self.name = name
        self.address = network.address(name)
        self._network = network
        self._peers = peers
        self._folder = folder / name
        self._folder.mkdir(mode=0o700)
        self.log = folder / f"{name}.log"
        self._config = self._folder / "patroni.yml"
        self._config.write_text(self._patroni())
        self._identity = _owner(self._folder)
        self._begun: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Begin etcd and Patroni, which begins PostgreSQL."""
        self._begin(*self._etcd())
        self._begin(str(shutil.which("patroni")), str(self._config))

    def crash(self) -> None:
        """End everything on this host at once, as a power cut does."""
        if self._network.separate:
            self._network.crash(self.name)
        else:
            self._kill(*[one.pid for one in self._begun])
            self.kill_postgres()
        for one in self._begun:
            one.wait(30)
        self._begun.clear()

    def kill_postgres(self) -> None:
        """End PostgreSQL alone, with SIGKILL: its children follow."""
        with suppress(FileNotFoundError):
            self._kill(int((self._folder / "data" / "postmaster.pid").read_text().split()[0]))

    def ask(self) -> dict[str, Any]:
        """Return what Patroni here says of the cluster; nothing where it does not answer."""
        with (
            suppress(OSError, urllib.error.URLError, ValueError),
            urllib.request.urlopen(f"http://{self.address}:8008/cluster", timeout=2) as told,
        ):
            found: dict[str, Any] = json.load(told)
            return found
        return {}

    def _kill(self, *pids: int) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _begin(self, *command: str) -> None:
        with self.log.open("ab") as said:
            self._begun.append(
                subprocess.Popen(
                    [*self._network.inside(self.name), *self._identity, *command],
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    cwd=self._folder,
                    env={"PATH": f"/usr/bin:/bin:{_SBIN}", "LANG": "C.UTF-8"},
                )
            )

    def _etcd(self) -> list[str]:
        peer, client = f"http://{self.address}:2380", f"http://{self.address}:2379"
        cluster = ",".join(f"{one}=http://{self._network.address(one)}:2380" for one in self._peers)
        return [
            str(shutil.which("etcd")), "--name", self.name,
            "--data-dir", str(self._folder / "etcd"),
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--initial-cluster", cluster, "--initial-cluster-state", "new",
            "--enable-v2", "--log-level", "warn",
        ]  # fmt: skip

    def _patroni(self) -> str:
        etcd = ", ".join(f"{self._network.address(one)}:2379" for one in self._peers)
        # on the loopback everybody calls from 127.0.0.1, whatever he calls
        network = f"{self.address.rpartition('.')[0]}.0/24"
        network = network if self._network.separate else "127.0.0.0/8"
        return filled(
            "patroni.yml",
            {
                "name: db-1": f"name: {self.name}",
                "[10.20.0.21:2379, 10.20.0.22:2379, 10.20.0.23:2379]": f"[{etcd}]",
                "10.20.0.21": self.address,
                "10.20.0.0/24": network,
                "/var/lib/postgresql/15/hadir": str(self._folder / "data"),
                "/var/lib/postgresql/.pgpass-patroni": str(self._folder / "pgpass"),
                "/usr/lib/postgresql/15/bin": str(server_folder()),
                "unix_socket_directories: /var/run/postgresql": "unix_socket_directories: "
                f"{self._folder}",
                "mode: automatic": 'mode: "off"',
                "local all postgres peer": "local all postgres trust",
                "change-this-superuser": _SUPER,
                "change-this-replicator": _REPLICATOR,
                "change-this-rewinder": _REWINDER,
                # what keeps a test small
                "max_connections: 100": "max_connections: 60\n        shared_buffers: 32MB",
                "wal_keep_size: 1GB": "wal_keep_size: 128MB",
            },
        )


class Cluster:
    """Three nodes, of which one is primary."""

    def __init__(self, folder: Path, network: Network, names: Sequence[str]) -> None:
        self.nodes = [Node(name, folder, network, names) for name in names]
        self._by_name = {node.name: node for node in self.nodes}

    def url(self, user: str, password: str, database: str) -> str:
        """Return the URL by which libpq finds whoever is primary."""
        hosts = "&".join(f"host={node.address}:5432" for node in self.nodes)
        return (
            f"postgresql+psycopg://{user}:{password}@/{database}?{hosts}"
            "&target_session_attrs=read-write"
        )

    @property
    def super_url(self) -> str:
        return self.url("postgres", _SUPER, "postgres")

    def members(self, *, but: Node | None = None) -> list[dict[str, Any]]:
        """Return what the first host that answers says of those that run."""
        for node in self.nodes:
            if node is not but and (found := node.ask().get("members")):
                return [one for one in found if one.get("state") in ("running", "streaming")]
        return []

    def is_whole(self) -> bool:
        """Say whether there are a primary, a synchronous standby and another, all of one mind."""
        members = self.members()
        wanted = ["leader", *["replica"] * (len(self.nodes) - 2), "sync_standby"]
        return (
            sorted(one["role"] for one in members) == wanted
            and len({one.get("timeline") for one in members}) == 1
            and all(one["role"] == "leader" or _is_close(one.get("lag")) for one in members)
        )

    def primary(self, *, but: Node | None = None) -> Node | None:
        """Return the primary as the others see it, None while there is none."""
        for one in self.members(but=but):
            if one["role"] == "leader" and (but is None or one["name"] != but.name):
                return self._by_name[one["name"]]
        return None

    def wait_whole(self, patience_s: float = STANDS_WITHIN_S) -> None:
        try:
            wait_until("all databases", self.is_whole, patience_s)
        except Impatient as error:
            told = {node.name: node.ask().get("members") for node in self.nodes}
            raise Impatient(f"the cluster is not whole again: {told}") from error

    def __enter__(self) -> Self:
        for node in self.nodes:
            node.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for node in self.nodes:
            node.crash()


def _owner(folder: Path) -> list[str]:
    """Return what a program is begun by that must not run as root, and give it a folder."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    for path in (folder, *folder.iterdir()):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]


def _is_close(lag: object) -> bool:
    return isinstance(lag, int) and lag < CLOSE_BYTES
