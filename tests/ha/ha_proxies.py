"""The web servers of `deploy/`, run on loopback from the very files that are shipped."""

import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ha_parts import Secured
from journey_parts import ROOT, wait_until

NAME = "absensi.example.go.id"
DEPLOY = ROOT / "deploy"
PACKAGES = {"nginx": "nginx", "caddy": "caddy", "haproxy": "haproxy"}


def program(name: str) -> str | None:
    """Return the path of a web server, None where it is not installed."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def filled(name: str, words: Mapping[str, str]) -> str:
    """Return a shipped file with addresses of this test; each must be in it."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for word, other in words.items():
        assert word in text, f"{word!r} is not in deploy/{name} any more"
        text = text.replace(word, other)
    return text


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def nginx(folder: Path, tls: Secured, centre: str) -> Iterator[str]:
    """Run nginx before a centre on `host:port`; yield its URL."""
    port = free_port()
    site = filled(
        "nginx.conf",
        {
            "listen 443": f"listen 127.0.0.1:{port}",
            "127.0.0.1:8060": centre,
            NAME: "127.0.0.1",
            "/etc/hadir/tls/fullchain.pem": str(tls.certificate),
            "/etc/hadir/tls/privkey.pem": str(tls.key),
        },
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr; user root;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{site}}}\n"
    )
    command = [str(program("nginx")), "-p", str(folder), "-e", "stderr", "-c", str(config)]
    with _running(command, folder / "nginx.log", port):
        yield f"https://127.0.0.1:{port}"


@contextmanager
def caddy(folder: Path, tls: Secured, centre: str) -> Iterator[str]:
    """Run Caddy before a centre on `host:port`; yield its URL."""
    port = free_port()
    site = filled(
        "Caddyfile",
        {
            "127.0.0.1:8060": centre,
            f"\n{NAME} {{": f"\nhttps://127.0.0.1:{port} {{",
            "/etc/hadir/tls/fullchain.pem": str(tls.certificate),
            "/etc/hadir/tls/privkey.pem": str(tls.key),
        },
    )
    config = folder / "Caddyfile"
    config.write_text(
        "{\n\tadmin off\n\tauto_https disable_redirects\n"
        f"\tstorage file_system {folder}/caddy\n}}\n{site}"
    )
    command = [str(program("caddy")), "run", "--config", str(config), "--adapter", "caddyfile"]
    with _running(command, folder / "caddy.log", port):
        yield f"https://127.0.0.1:{port}"


@contextmanager
def haproxy(
    folder: Path,
    tls: Secured,
    servers: Sequence[str],
    *,
    listen: str = "127.0.0.1",
    port: int | None = None,
    before: Sequence[str] = (),
    name: str = "localhost",
) -> Iterator[str]:
    """Run HAProxy before hosts on `host:port` that show `tls`, for `name`, too; yield its URL."""
    taken = port or free_port()
    pem = folder / "haproxy.pem"
    pem.write_bytes(tls.certificate.read_bytes() + tls.key.read_bytes())
    pem.chmod(0o600)
    text = filled(
        "haproxy.cfg",
        {
            "bind :443": f"bind {listen}:{taken}",
            "/etc/hadir/tls/haproxy.pem": str(pem),
            "/etc/hadir/tls/ca.pem": str(tls.ca),
            NAME: name,
            "    server first 10.20.0.11:8443\n": "".join(
                f"    server host-{number} {server}\n" for number, server in enumerate(servers)
            ),
            "    server second 10.20.0.12:8443\n": "",
            "inter 2s": "inter 500ms",
        },
    )
    config = folder / "haproxy.cfg"
    config.write_text(text)
    command = [*before, str(program("haproxy")), "-db", "-f", str(config)]
    with _running(command, folder / "haproxy.log", taken, host=listen):
        yield f"https://{listen}:{taken}"


@contextmanager
def _running(
    command: Sequence[str], log: Path, port: int, *, host: str = "127.0.0.1"
) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL)

    def listens() -> bool:
        assert process.poll() is None, log.read_text()
        with socket.socket() as tried:
            tried.settimeout(2)
            return tried.connect_ex((host, port)) == 0

    try:
        wait_until(f"{command[0]} listens", listens)
        yield
    finally:
        process.terminate()
        process.wait(30)
