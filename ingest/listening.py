"""The keys of `[ingest]` that say where bridges are listened to, and how what they send is covered.

Plain HTTP is for this computer alone, where a web server with TLS may stand before us; whoever
wants it for others has to ask for it, and is told so at every start.
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path

from ingest.secrets import find_secret, is_open_to_all

OUR_TABLE = "ingest"
_PORT = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the centre's certificate, with what leads to its authority, and its key lie."""

    certificate: Path
    key: Path


def address(text: str, faults: list[str], key: str = "listen") -> tuple[str, int]:
    """Return host and port of a key."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and _PORT.fullmatch(port) and int(port) <= 65_535):
        faults.append(f'{OUR_TABLE}.{key}: {text!r} is no "host:port", such as "127.0.0.1:8060"')
        return "", 0
    return host, int(port)


def tls_files(
    certificate: str | None, key: str | None, config: Path, faults: list[str], warnings: list[str]
) -> TlsFiles | None:
    """Say where certificate and key lie; what is in them is looked at by whoever serves them."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        faults.append(f"{OUR_TABLE}.tls_cert_file: give this key and tls_key_file, or neither")
        return None
    found = TlsFiles(find_secret(certificate, config), find_secret(key, config))
    # a name may be too long, on which Path.exists raises
    if os.path.exists(found.key) and is_open_to_all(found.key):  # noqa: PTH110
        warnings.append(f"{found.key}: everybody on this machine can read this key; chmod 640 it")
    return found


def plain_http(
    host: str, listen: str, *, tls: bool, allowed: bool, faults: list[str], warnings: list[str]
) -> None:
    """Refuse plain HTTP to other computers unless it is allowed; that is a warning each time."""
    if allowed and (tls or _loopback(host)):
        why = "https is served" if tls else "only this computer is listened to"
        faults.append(f"{OUR_TABLE}.allow_plain_http: {why}; leave this key out")
    elif allowed:
        warnings.append(
            f"PLAIN HTTP ON {listen}: anybody on the way can read punches and names; give "
            "tls_cert_file and tls_key_file, and take allow_plain_http out"
        )
    elif host and not tls and not _loopback(host):
        faults.append(
            f"{OUR_TABLE}.listen: {listen} would take punches from other computers over plain "
            "http; give tls_cert_file and tls_key_file, listen on 127.0.0.1 behind a web server "
            "with TLS, or write allow_plain_http = true"
        )


def metrics_address(text: str, faults: list[str], *, is_open: bool) -> tuple[str, int] | None:
    """Say where Prometheus asks. No token guards it: others may only where that is meant."""
    if not text:
        if is_open:
            faults.append(f"{OUR_TABLE}.metrics_open: nothing is open without metrics_listen")
        return None
    host, port = address(text, faults, "metrics_listen")
    if host and not is_open and not _loopback(host):
        faults.append(
            f"{OUR_TABLE}.metrics_listen: {text} can be asked by other machines, and shows them "
            "every office without a token; write 127.0.0.1, or metrics_open = true"
        )
    return host, port


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
