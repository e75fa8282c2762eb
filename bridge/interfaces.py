"""The IPv4 networks this computer is in, and which of them may be searched for terminals."""

import fcntl
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network

SMALLEST_PREFIX = 22  # 1,022 hosts: what an office has; a search is over in minutes
_NAME = 15
_GET_FLAGS, _GET_ADDRESS, _GET_NETMASK = 0x8913, 0x8915, 0x891B
_UP, _LOOPBACK, _POINT_TO_POINT = 0x1, 0x8, 0x10


@dataclass(frozen=True, slots=True)
class Interface:
    """One network card and its first address; an empty one where it has none."""

    name: str
    address: str
    netmask: str
    up: bool = True
    local: bool = False
    """Loopback, or a line to one peer: nobody is to be found there."""


def interfaces() -> list[Interface]:
    """Return what the kernel says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        return [_interface(asked, name) for _, name in socket.if_nameindex()]


def networks(found: Iterable[Interface]) -> tuple[list[IPv4Network], list[str]]:
    """Return the networks to search, and why others are left out."""
    chosen: list[IPv4Network] = []
    left_out = []
    for one in found:
        if one.local or not one.up or not one.address:
            continue
        network = IPv4Network(f"{one.address}/{one.netmask}", strict=False)
        if fault := too_wide(network):
            part = IPv4Network(f"{one.address}/24", strict=False)
            left_out.append(f"{one.name}: {fault}; name a part of it, such as {part}")
        elif network not in chosen:
            chosen.append(network)
    return chosen, left_out


def too_wide(network: IPv4Network) -> str:
    """Return why a network may not be searched; empty where it may."""
    if network.prefixlen < SMALLEST_PREFIX:
        return f"{network} has {network.num_addresses} addresses, at most a /{SMALLEST_PREFIX} may"
    if not network.is_private:
        return f"{network} is not a private network; terminals do not belong in the open internet"
    return ""


def _interface(asked: socket.socket, name: str) -> Interface:
    flags = struct.unpack_from("<H", _ask(asked, _GET_FLAGS, name), 16)[0]
    return Interface(
        name,
        _address(asked, _GET_ADDRESS, name),
        _address(asked, _GET_NETMASK, name),
        up=bool(flags & _UP),
        local=bool(flags & (_LOOPBACK | _POINT_TO_POINT)),
    )


def _address(asked: socket.socket, what: int, name: str) -> str:
    try:
        return socket.inet_ntoa(_ask(asked, what, name)[20:24])
    except OSError:  # it has no IPv4 address
        return ""


def _ask(asked: socket.socket, what: int, name: str) -> bytes:
    return fcntl.ioctl(asked, what, struct.pack("256s", name.encode()[:_NAME]))
