"""A national personnel system on loopback, written from the evidence, that bites.

It answers as the sources of public clients show: two tokens on each call, envelopes with a code,
errors with HTTP 200, both forms of days and both spellings. `bites` are taken one a request, in
order, and stand for whatever else comes back.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET, USER, PASSWORD = "kunci", "r4hasia-apim", "199001012015051001", "r4hasia-sso"
API = "/apisiasn/1.0"
Bite = Callable[["Handler"], None]


def person(nip: str, **other: Any) -> dict[str, Any]:
    """Return what `/pns/data-utama` tells of somebody, with all that nobody here may keep."""
    found: dict[str, Any] = {
        "id": f"PNS-{nip[-4:]}", "nipBaru": nip, "nipLama": "", "nama": "SATU", "gelarDepan": "",
        "gelarBelakang": "", "tempatLahir": "Tenggarong", "tglLahir": "26-09-1986",
        "agama": "Islam", "agamaId": 1, "nik": "6403012609860001", "alamat": "Jl. Rahasia 7",
        "noHp": "081234567890", "jenisPegawaiNama": "PNS Daerah", "kedudukanPnsNama": "Aktif",
        "statusPegawai": "PNS", "golRuangAkhirId": "33", "golRuangAkhir": "III/c",
        "jabatanNama": "Analis", "tmtJabatan": "01-02-2026", "unorId": "UNOR-A1",
        "unorNama": "Bidang Satu", "unorIndukId": "UNOR-A", "unorIndukNama": "Dinas A",
        "statusPerkawinan": "Menikah", "jumlahAnak": 2, "noNpwp": "123456789012345",
        "bpjs": "0001234567890", "tmtPns": "01-05-2016", "tmtPensiun": "01-10-2044",
    }  # fmt: skip
    return found | other


@dataclass(slots=True)
class FakeSiasn:
    """What it knows, whom it lets in, and how it misbehaves."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """By kind and NIP."""
    units: list[dict[str, Any]] = field(default_factory=list)
    bites: list[Bite | None] = field(default_factory=list)
    """For the requests to the API that come next; None lets one through."""
    token_bites: list[Bite | None] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    """Tokens that are good."""
    expires_s: int | None = 3600
    lets_in: bool = True
    asked: list[str] = field(default_factory=list)
    """Paths, in their order."""
    saved: list[dict[str, Any]] = field(default_factory=list)
    page: Callable[[list[dict[str, Any]], int, int], list[dict[str, Any]]] = (
        lambda units, limit, offset: units[offset : offset + limit]
    )
    port: int = 0
    given: int = 0

    def expire(self) -> None:
        """Let no token be good that was given so far."""
        self.valid.clear()

    def token(self, kind: str) -> str:
        self.given += 1
        made = f"{kind}-{self.given:08d}"
        self.valid.add(made)
        return made

    @property
    def hosts(self) -> str:
        at = f"http://127.0.0.1:{self.port}"
        return (
            f'[training]\napim_token = "{at}/oauth2/token"\n'
            f'sso_token = "{at}/auth/token"\napi = "{at}{API}"\n'
            "apim_age_s = 3600\nsso_age_s = 43200\n"
        )

    def configure(self, folder: Path, **other: str) -> str:
        """Write secrets and hosts beside a configuration; return its table."""
        for name, text in (("key", KEY), ("secret", SECRET), ("user", USER), ("password", PASSWORD),
                           ("hosts.toml", self.hosts)):  # fmt: skip
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        keys = {
            "mode": '"training"', "consumer_key_file": '"key"', "consumer_secret_file": '"secret"',
            "sso_client_id": '"klien"', "sso_user_file": '"user"',
            "sso_password_file": '"password"', "hosts_file": '"hosts.toml"', "timeout_s": "5",
        } | other  # fmt: skip
        return "[ingest.siasn]\n" + "".join(f"{key} = {text}\n" for key, text in keys.items())


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = (
        True  # head and body go out apart, and would wait 40 ms for each other
    )
    siasn: FakeSiasn

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        path = urlsplit(self.path).path
        if path.endswith("/token"):
            self._token(path, {k: v[0] for k, v in parse_qs(body.decode()).items()})
        elif not self._bitten() and self._let_in():
            self.siasn.saved.append(json.loads(body))
            self.tell({"code": 1, "data": "OK", "message": "success"})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.siasn.asked.append(self.path.removeprefix(API))
        if self._bitten() or not self._let_in():
            return
        words = parts.path.removeprefix(API).strip("/").split("/")
        asked = {key: int(text[0]) for key, text in parse_qs(parts.query).items()}
        if words[0] == "referensi":
            units = self.siasn.page(self.siasn.units, asked["limit"], asked["offset"])
            self.tell({"code": 1, "data": units})
        elif words[1] == "data-utama":
            found = self.siasn.people.get(words[2])
            self.tell({"code": 1, "data": found} if found else {"code": 0, "data": NOT_FOUND})
        else:
            rows = self.siasn.rows.get((words[1], words[2]))
            self.tell({"code": 1, "data": rows} if rows else {"code": 0, "data": NOT_FOUND})

    def _token(self, path: str, form: Mapping[str, str]) -> None:
        if self.siasn.token_bites and (bite := self.siasn.token_bites.pop(0)) is not None:
            bite(self)
            return
        basic = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if path == "/oauth2/token":
            good = self.headers.get("Authorization") == basic
            good = good and form == {"grant_type": "client_credentials"}
        else:
            good = form == {"grant_type": "password", "client_id": "klien", "username": USER,
                            "password": PASSWORD}  # fmt: skip
        if not good:
            self.tell({"error": "invalid_grant"}, status=401)
            return
        token = self.siasn.token("apim" if "oauth" in path else "sso")
        told: dict[str, Any] = {"access_token": token}
        if self.siasn.expires_s is not None:
            told["expires_in"] = self.siasn.expires_s
        self.tell(told)

    def _let_in(self) -> bool:
        apim = self.headers.get("Authorization", "").removeprefix("Bearer ")
        sso = self.headers.get("Auth", "").removeprefix("bearer ")
        good = self.siasn.lets_in and {apim, sso} <= self.siasn.valid and apim.startswith("apim")
        if not good:
            self.tell({"code": 0, "message": "invalid token"}, status=401)
        return good

    def _bitten(self) -> bool:
        bite = self.siasn.bites.pop(0) if self.siasn.bites else None
        if bite is not None:
            bite(self)
        return bite is not None

    def tell(self, told: Any, *, status: int = 200) -> None:
        self.raw(json.dumps(told).encode(), status=status)

    def raw(self, body: bytes, *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


NOT_FOUND = "record not found"


def answers(status: int, body: bytes, **headers: str) -> Bite:
    """Answer with exactly this."""
    return lambda handler: handler.raw(body, status=status, **headers)


def says(told: Any, status: int = 200) -> Bite:
    """Answer with this JSON."""
    return answers(status, json.dumps(told).encode())


GATEWAY_TIMEOUT = answers(504, b"<html>504 Gateway Time-out</html>")
HTML = answers(200, b"<!DOCTYPE html><html><body>Sedang pemeliharaan</body></html>")
CODE_0 = says({"code": 0, "message": "Terjadi kesalahan pada 199001012015051001"})
HALF = answers(200, b'{"code": 1, "data": {"nipBaru": "1990')
LIST = answers(200, b"[1, 2, 3]")
DEEP = answers(200, b'{"code": 1, "data": ' + b"[" * 5_000 + b"]" * 5_000 + b"}")
REDIRECT = answers(302, b"", Location="http://127.0.0.1:1/")


def hang_up(handler: Handler) -> None:
    """Take the request and close the line without an answer."""
    handler.close_connection = True
    handler.connection.close()


def cut(handler: Handler) -> None:
    """Announce more than is sent."""
    handler.raw(b'{"code": 1, "data"', length="4000")
    handler.close_connection = True


def giant(handler: Handler) -> None:
    """Answer with more than anybody should hold."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(40):
            handler.wfile.write(b" " * (1 << 20))
    except OSError:
        pass  # the other side has had enough, which is what it is tested for
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """Answer a sign at a time until the other side leaves."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(2_000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.005)
    except OSError:
        pass  # as above
    handler.close_connection = True


@contextmanager
def serving(siasn: FakeSiasn) -> Iterator[FakeSiasn]:
    """Let it answer on a port of the system's choice."""
    handler = type("Bound", (Handler,), {"siasn": siasn})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    siasn.port = server.server_port
    try:
        yield siasn
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
