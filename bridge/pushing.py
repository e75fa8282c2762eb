"""What a person sets as the cloud server of a terminal that cannot be asked and must call us."""

import socket

ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what we compare with, and open nothing


def advice(listen: str, terminal_host: str) -> str:
    """Return what to do; `listen` is our listener's address, empty where nobody listens.

    A listener on all our addresses is named by the one that terminal can reach.
    """
    if not listen:
        return "write a [listener] table, then set its cloud server to this computer"
    host, _, port = listen.rpartition(":")
    if host.strip("[]") in ANY:
        host = _towards(terminal_host) or "this computer's address"
    return f"set its cloud server to {host}:{port}"


def _towards(host: str) -> str:
    """Return our own address on the way to a host; empty where there is no way. Sends nothing."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, proto) as sock:
            sock.connect(address)
            own = str(sock.getsockname()[0])
    except OSError:
        return ""
    return f"[{own}]" if ":" in own else own
