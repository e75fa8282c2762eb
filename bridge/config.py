"""The bridge's part of the TOML file, as frozen dataclasses; every fault of the file at once.

Loading reads the file and the secrets it names, and touches nothing else: no terminal, no centre,
no state. The key of this bridge is no matter of the file: see `bridge.keys`.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from bridge import checking, terminals
from bridge.checking import Findings
from bridge.credentials import Secrets, open_to_everyone, place_is_readable
from bridge.errors import BridgeError
from bridge.terminals import TerminalConfig

DEFAULT_PATH = Path("/etc/hadir/bridge.toml")
OURS = ("bridge", "centre", "listener", "terminal")
FOREIGN = ("ingest",)
"""Tables of the same file that the centre's daemon reads."""

_OFFICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}")
_LISTEN = re.compile(r"([0-9A-Za-z_.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ConfigError(BridgeError):
    """The configuration cannot be used; `faults` holds every fault at once, each with its key."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        self.faults = list(dict.fromkeys(faults))
        super().__init__("\n".join(f"{path}: {fault}" for fault in self.faults))


def _zone(name: str) -> str:
    known = available_timezones()
    if name in known:
        return name
    near = checking.meant(name, known) or ", write it like Asia/Makassar"
    raise ValueError(f'"{name}" is no time zone{near}')


def _office(code: str) -> str:
    if not _OFFICE.fullmatch(code):
        raise ValueError(f"{code!r} is no office code, write it like 4.01.01")
    return code


def _url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is no web address ({error})") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"{url!r} is no web address, write it like https://absensi.example.go.id")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("may hold scheme, host, port and path only; the key has its own file")
    return url.rstrip("/")


def _folder(path: str) -> str:
    if not Path(path).is_absolute() or "\0" in path:
        raise ValueError(f"{path!r} is no whole path, begin it with /")
    return path


def _listen(address: str) -> str:
    found = _LISTEN.fullmatch(address)
    if found is None or int(found[2]) > 65_535:
        raise ValueError(f"{address!r} is no address and port, write it like 0.0.0.0:8081")
    return address


def _metrics_listen(address: str) -> str:
    return _listen(address) if address else ""


@dataclass(frozen=True, slots=True)
class BridgeTable:
    """What this bridge is."""

    office: Annotated[str, AfterValidator(_office)]
    """Code of the OPD this bridge stands in."""
    timezone: Annotated[str, AfterValidator(_zone)]
    """Zone of the terminals' clocks."""
    state_dir: Annotated[str, AfterValidator(_folder)] = "/var/lib/hadir"
    """Where the outbox lives."""
    clock_limit_s: Annotated[int, Field(ge=1, le=86_400)] = 300
    """A terminal's clock that is further off than this is named."""
    max_waiting: Annotated[int, Field(ge=1_000, le=100_000_000)] = 1_000_000
    """Rows the outbox holds for the centre before it refuses more."""
    keep_days: Annotated[int, Field(ge=1, le=36_500)] = 400
    """How long sent rows stay, for a centre that is restored from an old copy."""
    metrics_listen: Annotated[str, AfterValidator(_metrics_listen)] = ""
    """Address and port where Prometheus asks; empty: nowhere."""
    metrics_open: bool = False
    """Whether other computers may ask there, without any token."""
    log_format: Literal["text", "json"] = "text"
    """How log lines look."""

    def __post_init__(self) -> None:
        if self.metrics is None:
            if self.metrics_open:
                raise ValueError(
                    "metrics_open: nothing is open without metrics_listen; leave it out"
                )
        elif self.metrics[0] not in _LOOPBACK and not self.metrics_open:
            raise ValueError(
                f"metrics_listen: {self.metrics_listen} can be asked by other computers without a "
                "token; write 127.0.0.1, or metrics_open = true"
            )

    @property
    def metrics(self) -> tuple[str, int] | None:
        """Where Prometheus asks, None where it may not."""
        host, _, port = self.metrics_listen.rpartition(":")
        return (host.strip("[]"), int(port)) if port else None


@dataclass(frozen=True, slots=True)
class CentreTable:
    """Where the punches go."""

    url: Annotated[str, AfterValidator(_url)]
    """Address of the centre."""
    ca_file: Annotated[str | None, Field(min_length=1)] = None
    """Certificates of an own authority, for a centre that no public one vouches for."""
    allow_plain_http: bool = False
    """Whether punches may travel over http to another computer, for all to see."""
    timeout_s: Annotated[float, Field(ge=1, le=600)] = 30.0
    """How long the centre may take to answer."""
    heartbeat_s: Annotated[int, Field(ge=1, le=3_600)] = 60
    """How often the bridge says that it lives."""

    def __post_init__(self) -> None:
        if self._shows_all() and not self.allow_plain_http:
            raise ValueError(
                "plain http shows every punch to the whole network; "
                "write https in url, or allow_plain_http = true"
            )

    def cautions(self) -> Iterator[str]:
        """Yield what is told at every start."""
        if self._shows_all():
            yield (
                f"PLAIN HTTP TO {urlsplit(self.url).hostname}: anybody on the way can read punches "
                "and names, and answer in the centre's place; write https in url, and take "
                "allow_plain_http out"
            )
        elif self.allow_plain_http:
            why = "url is https" if self.url.startswith("https:") else "this computer is meant"
            yield f"centre.allow_plain_http: {why}; leave this key out"

    def _shows_all(self) -> bool:
        """Whether what is sent can be read on its way."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and parts.hostname not in _LOOPBACK


@dataclass(frozen=True, slots=True)
class ListenerTable:
    """Where terminals call that hand in their records by themselves; without it, none may."""

    listen: Annotated[str, AfterValidator(_listen)] = "0.0.0.0:8081"
    """Our address and port, as their cloud server setting names it."""

    @property
    def host(self) -> str:
        """The address alone."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port alone; 0 lets the system choose."""
        return int(self.listen.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration file that is known to be sound."""

    path: Path
    bridge: BridgeTable
    centre: CentreTable
    terminals: tuple[TerminalConfig, ...]
    secrets: Secrets
    listener: ListenerTable | None = None
    """None where no terminal may call."""
    warnings: tuple[str, ...] = ()
    """What works and should be put right all the same."""

    @property
    def zone(self) -> ZoneInfo:
        """Zone of the terminals' clocks."""
        return ZoneInfo(self.bridge.timezone)

    @property
    def state_dir(self) -> Path:
        """Where the outbox lives."""
        return Path(self.bridge.state_dir)

    @property
    def ca_file(self) -> Path | None:
        """Certificates of an own authority; a relative path is beside the configuration."""
        return None if self.centre.ca_file is None else self.secrets.beside / self.centre.ca_file

    def terminal(self, name: str) -> TerminalConfig:
        """Return one terminal by its name. ConfigError where there is none, near misses named."""
        for terminal in self.terminals:
            if terminal.name == name:
                return terminal
        names = [terminal.name for terminal in self.terminals]
        hint = checking.meant(name, names) or f", it has {', '.join(names)}"
        raise ConfigError(self.path, [f'no terminal is named "{name}"{hint}'])


def load(path: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Read and check a configuration file. Raises ConfigError with every fault at once."""
    secrets = Secrets.of(path, os.environ if environment is None else environment)
    tables = _parse(path)
    gone = _gone(tables)
    findings = Findings(faults=gone + checking.unknown_keys(tables, (*OURS, *FOREIGN), ""))
    bridge = _section(BridgeTable, tables, "bridge", findings)
    centre = _section(CentreTable, tables, "centre", findings)
    listens = "listener" in tables
    listener = _section(ListenerTable, tables, "listener", findings) if listens else None
    listed = terminals.read(tables.get("terminal", []), secrets, findings, listens=listens)
    named = tables.get("centre")
    if isinstance(named, dict):
        _ca_file(named.get("ca_file"), secrets, findings)
    if findings.faults or bridge is None or centre is None:
        raise ConfigError(path, findings.faults)
    findings.warnings.extend(centre.cautions())
    if terminals.holds_keys(tables.get("terminal", [])) and open_to_everyone(path):
        findings.warnings.append(
            "a key stands in this file and every user of this computer may read it; chmod 640 it, "
            "or give the key a file of its own"
        )
    if listener is not None:
        listed = tuple(replace(one, listen=listener.listen) for one in listed)
    return Config(path, bridge, centre, listed, secrets, listener, tuple(findings.warnings))


def _parse(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            path, ["there is no such file; name yours with --config or HADIR_CONFIG"]
        ) from None
    except OSError as error:
        raise ConfigError(
            path, [f"cannot be read ({error.strerror}); give this user the right to"]
        ) from error
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))  # Windows editors begin with a mark
        checking.check_numbers(tables)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(path, [f"line {line} is not UTF-8; save the file as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        raise ConfigError(path, [f"not valid TOML: {said[:1].lower()}{said[1:]}"]) from error
    except (ValueError, RecursionError) as error:  # what tomllib leaves to Python to give up on
        raise ConfigError(
            path, ["a number is too long or brackets are too deep; is it the right file?"]
        ) from error
    return tables


def _gone(tables: dict[str, Any]) -> list[str]:
    """Take out what older versions knew, and return what to do about it."""
    centre = tables.get("centre")
    if not isinstance(centre, dict) or centre.pop("token_file", None) is None:
        return []
    return [
        "centre.token_file: there are no tokens any more; take this line out, ask the centre for "
        "an invitation and run `hadir-bridge enrol CODE`"
    ]


def _section(shape: type[Any], tables: dict[str, Any], name: str, findings: Findings) -> Any:
    table = tables.get(name)
    if isinstance(table, dict):
        return checking.fill(shape, table, name, findings)
    found = "missing" if table is None else "expected a table"
    findings.faults.append(f"{name}: {found}, write [{name}] on a line of its own")
    return None


def _ca_file(name: object, secrets: Secrets, findings: Findings) -> None:
    if not isinstance(name, str):
        return
    place = secrets.beside / name
    if not place_is_readable(place) or not place.is_file():
        findings.faults.append(f"centre.ca_file: {place} cannot be read; correct the path")
