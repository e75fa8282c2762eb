"""A network of our own: a switch, and hosts with a cable each that can be pulled and put back.

Network namespaces joined by a bridge; nothing of it reaches the machine's own network. Where they
cannot be made (without root) all hosts are addresses of the loopback, whose cables nobody can pull.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from journey_parts import wait_until

SWITCH = "switch"


class Network:
    """Hosts by name. Everything in them ends with the `with` block."""

    def __init__(self, hosts: Sequence[str], *, separate: bool, prefix: str = "") -> None:
        """`prefix` is that of a network which is made already, to be looked at from within."""
        self.hosts = tuple(hosts)
        self.separate = separate
        self.prefix = prefix or f"hadir-{os.getpid()}"
        net = "10.99.7" if separate else "127.99.7"
        self._addresses = {host: f"{net}.{number + 11}" for number, host in enumerate(hosts)}

    def address(self, host: str) -> str:
        return self._addresses[host]

    def inside(self, host: str) -> list[str]:
        """Return what a command is begun by to run on a host."""
        return ["ip", "netns", "exec", self._name(host)] if self.separate else []

    def cut(self, host: str) -> None:
        """Pull a host's cable: whatever it sends or is sent is lost without a word."""
        self._cable(host, "down")

    def heal(self, host: str) -> None:
        self._cable(host, "up")

    def crash(self, host: str) -> int:
        """End every process on a host with SIGKILL, as a power cut does; return how many."""
        found = self._pids(host)
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(f"nothing runs on {host}", lambda: not self._pids(host))
        return len(found)

    def __enter__(self) -> Self:
        if self.separate:
            self._make()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.separate:
            return
        for host in (*self.hosts, SWITCH):
            with suppress(subprocess.CalledProcessError):
                self.crash(host)
                _run("ip", "netns", "delete", self._name(host))

    def _make(self) -> None:
        switch = self._name(SWITCH)
        _run("ip", "netns", "add", switch)
        _run("ip", "-n", switch, "link", "add", "br0", "type", "bridge")
        _run("ip", "-n", switch, "link", "set", "br0", "up")
        for host in self.hosts:
            name, port = self._name(host), self._port(host)
            _run("ip", "netns", "add", name)
            _run("ip", "-n", name, "link", "set", "lo", "up")
            _run(
                "ip", "-n", name, "link", "add", "eth0", "type", "veth",
                "peer", "name", port, "netns", switch,
            )  # fmt: skip
            _run("ip", "-n", switch, "link", "set", port, "master", "br0")
            _run("ip", "-n", switch, "link", "set", port, "up")
            _run("ip", "-n", name, "address", "add", f"{self.address(host)}/24", "dev", "eth0")
            _run("ip", "-n", name, "link", "set", "eth0", "up")

    def _cable(self, host: str, state: str) -> None:
        assert self.separate, "a loopback has no cable"
        _run("ip", "-n", self._name(SWITCH), "link", "set", self._port(host), state)

    def _pids(self, host: str) -> list[int]:
        told = _run("ip", "netns", "pids", self._name(host))
        return [int(word) for word in told.split() if int(word) != os.getpid()]

    def _name(self, host: str) -> str:
        return f"{self.prefix}-{host}"

    def _port(self, host: str) -> str:
        return f"p-{host}"[:15]


def can_be_separate() -> bool:
    """Say whether namespaces can be made here."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"hadir-{os.getpid()}-try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode == 0:
        _run("ip", "netns", "delete", name)
    return made.returncode == 0


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
