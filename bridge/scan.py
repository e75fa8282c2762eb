"""Looks for terminals at the addresses of a network: politely, and never for long.

At most so many hosts are visited at a time, and each by one connection after the other, with short
time-outs and a goodbye. A terminal that is configured is not visited: it may be in the middle of a
read, and serves one at a time.
"""

import errno
import logging
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Network

from bridge.progress import Bar
from drivers import registry
from drivers.base import TerminalInfo
from drivers.errors import (
    DriverError,
    KeyRejected,
    MalformedReply,
    MustPush,
    NoSerial,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.registry import Knock

log = logging.getLogger(__name__)

AT_A_TIME = 32
TIMEOUT_S = 2.0

Visit = Callable[[str, Knock, float], TerminalInfo]
_NOBODY = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPERM)


@dataclass(frozen=True, slots=True)
class Find:
    """One terminal that was found, or that is configured already."""

    host: str
    knock: Knock | None
    """How it was found and can be read; None where it was not visited, or must push."""
    info: TerminalInfo | None
    """Who it says it is; None where it did not say."""
    remark: str
    """What a person should know; empty where all is well."""


def visit(host: str, knock: Knock, timeout_s: float) -> TerminalInfo:
    """Ask who is there. Raises DriverError."""
    kind = registry.terminal_class(knock.driver)
    with kind(knock.options(host, timeout_s)) as opened:  # type: ignore[call-arg]  # the registry's contract
        return opened.info()


def search(
    hosts: Sequence[str],
    knocks: Sequence[Knock],
    *,
    known: Mapping[str, str],
    bar: Bar,
    timeout_s: float = TIMEOUT_S,
    at_a_time: int = AT_A_TIME,
    visit: Visit = visit,
) -> Iterator[Find]:
    """Yield what is at these addresses, in their order; `known` names the configured ones."""

    def look(host: str) -> Find | None:
        if host in known:
            return Find(host, None, None, f"{known[host]} in the configuration, not disturbed")
        return _look(host, knocks, timeout_s, visit)

    pool = ThreadPoolExecutor(at_a_time, thread_name_prefix="scan")
    try:
        for done, found in enumerate(pool.map(look, hosts), start=1):
            bar.update(done, len(hosts))
            if found:
                yield found
    finally:
        pool.shutdown(cancel_futures=True)


def hosts_of(networks: Iterable[IPv4Network]) -> list[str]:
    """Return the addresses of hosts, each once."""
    return list(dict.fromkeys(str(host) for network in networks for host in network.hosts()))


def resolved(names: Mapping[str, str]) -> dict[str, str]:
    """Return the same with addresses in the place of host names; what has none is left out."""
    found: dict[str, str] = {}
    for host, name in names.items():
        try:
            answers = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
        except OSError as error:
            log.debug("%s: %s", host, error)
            continue
        for *_, address in answers:
            found.setdefault(str(address[0]), name)
    return found


def _look(host: str, knocks: Sequence[Knock], timeout_s: float, visit: Visit) -> Find | None:
    closed: set[tuple[str, int]] = set()
    suspect: Find | None = None
    for knock in knocks:
        door = (knock.transport, knock.port)
        if door in closed:
            continue
        try:
            return Find(host, knock, visit(host, knock, timeout_s), "")
        except (KeyRejected, NoSerial) as error:
            return Find(host, knock, None, str(error))
        except (TerminalBusy, TerminalRefused, MalformedReply) as error:
            log.debug("%s by %s: %s", host, knock.driver, error)
            if knock.sure and not isinstance(error, MalformedReply):
                # one that must push cannot be read by a section that asks it
                asked = None if isinstance(error, MustPush) else knock
                suspect = Find(host, asked, None, str(error))
        except TerminalUnreachable as error:
            log.debug("%s by %s: %s", host, knock.driver, error)
            closed.add(door)
            if _nobody(error):
                break
        except DriverError as error:
            log.debug("%s by %s: %s", host, knock.driver, error)
    return suspect


def _nobody(error: DriverError) -> bool:
    """Whether nothing at all is at the address."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in _NOBODY
