"""The centre's part of the TOML file, checked as a whole: every fault at once, each with its key.

Checking touches nothing but the file and the secret it names; connecting comes later and may fail.
The tables of the bridge may stand in the same file and are left alone. The checking resembles the
bridge's: the two wings share no code but the wire, and this is the price.
"""

import difflib
import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ingest import checkpointing, lettering, regulations, reporting
from ingest.checkpointing import Checkpoints, Ways
from ingest.errors import ConfigError
from ingest.lettering import Letters, Press
from ingest.listening import OUR_TABLE, TlsFiles, address, metrics_address, plain_http, tls_files
from ingest.notify import registry
from ingest.notify import settings as notifying
from ingest.notify.registry import ChannelConfig
from ingest.notify.settings import Notify, Sending
from ingest.regulations import Discipline
from ingest.reporting import Reports
from ingest.retention import DEFAULT as DEFAULT_RETENTION
from ingest.retention import Retention, unknown_retention_key
from ingest.secrets import find_secret, is_open_to_all
from ingest.siasn.settings import Access, Siasn
from ingest.siasn.settings import check as check_siasn
from ingest.siasn.settings import unknown_key as unknown_siasn_key

DEFAULT_DATABASE = "sqlite:////var/lib/hadir/hadir.db"
BRIDGE_TABLES = frozenset({"bridge", "centre", "listener", "terminal"})
_MAX_SECRET = 4_096
_NO_NUL = r"^[^\x00]*$"
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """The centre's settings, usable as they are."""

    database: str = field(repr=False)
    """Holds a password on PostgreSQL: never shown."""
    zone: ZoneInfo
    host: str
    port: int
    clock_limit_s: int
    max_body_bytes: int
    close_day_at: time
    evaluate_s: int
    lookback_days: int
    bridge_silent_minutes: int
    workers: int = 1
    """Processes that answer bridges."""
    tls: TlsFiles | None = None
    """None where plain HTTP is served."""
    metrics: tuple[str, int] | None = None
    """Where Prometheus may ask; None where it may not."""
    seal_file: Path | None = None
    """The centre's own key, by which corrections and checkpoints are signed; None: no seal."""
    log_format: Literal["text", "json"] = "text"
    retention: Retention = DEFAULT_RETENTION
    checkpoints: Ways | None = None
    """Where the pages that pin the past down are sent; None: nowhere."""
    letters: Press | None = None
    """How letters are made; None: they are written elsewhere."""
    regulations: Path | None = None
    """An office's own regulations of discipline; None: only those that ship."""
    reports: Path | None = None
    """An own file of how recaps are printed; None: the one that ships."""
    excuses: Path | None = None
    """An office's own types of excuses; None: those that ship."""
    notify: Sending | None = None
    """When and how people are told; None: as it is when nothing is said of it."""
    channels: tuple[ChannelConfig, ...] = ()
    """By what people are told, in the order in which it is tried."""
    siasn: Access | None = None
    """How BKN is asked; None: it is not."""
    warnings: tuple[str, ...] = ()
    """What works and should still be mended, one sentence each."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of `[ingest]` as they stand in the file."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    timezone: Annotated[str, Field(min_length=1, max_length=64)]
    database: Annotated[str, Field(min_length=1, pattern=_NO_NUL)] | None = None
    database_file: Annotated[str, Field(min_length=1, pattern=_NO_NUL)] | None = None
    listen: str = "127.0.0.1:8060"
    tls_cert_file: Annotated[str, Field(min_length=1, pattern=_NO_NUL)] | None = None
    tls_key_file: Annotated[str, Field(min_length=1, pattern=_NO_NUL)] | None = None
    allow_plain_http: Annotated[bool, Field(strict=True)] = False
    workers: Annotated[int, Field(strict=True, ge=1, le=64)] = 1
    seal_file: Annotated[str, Field(min_length=1, pattern=_NO_NUL)] | None = None
    excuses_file: Annotated[str, Field(max_length=500, pattern=_NO_NUL)] = ""
    metrics_listen: str = ""
    metrics_open: Annotated[bool, Field(strict=True)] = False
    log_format: Literal["text", "json"] = "text"
    clock_limit_s: Annotated[int, Field(strict=True, ge=1, le=86_400)] = 300
    max_body_bytes: Annotated[int, Field(strict=True, ge=65_536, le=268_435_456)] = 4_194_304
    close_day_at: str = "00:30"
    evaluate_s: Annotated[int, Field(strict=True, ge=1, le=86_400)] = 60
    lookback_days: Annotated[int, Field(strict=True, ge=1, le=366)] = 45
    bridge_silent_minutes: Annotated[int, Field(strict=True, ge=1, le=10_080)] = 30
    retention: Retention = field(default_factory=Retention)
    checkpoints: Checkpoints = field(default_factory=Checkpoints)
    discipline: Discipline = field(default_factory=Discipline)
    letters: Letters = field(default_factory=Letters)
    reports: Reports = field(default_factory=Reports)
    siasn: Siasn = field(default_factory=Siasn)
    notify: Notify = field(default_factory=Notify)
    channel: list[dict[str, Any]] = field(default_factory=list)


_KEYS: TypeAdapter[_Keys] = TypeAdapter(_Keys)
_TABLES = {
    "retention": unknown_retention_key,
    "checkpoints": checkpointing.unknown_key,
    "discipline": regulations.unknown_key,
    "letters": lettering.unknown_key,
    "notify": notifying.unknown_key,
    "reports": reporting.unknown_key,
    "siasn": unknown_siasn_key,
}
"""Tables within ours, each with what is said of a key it has not."""
_EXPECTED = {
    "string_type": "expected text in quotes",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "holds a NUL, which no name of a file has",
    "dataclass_type": "expected a table",
    "list_type": "expected sections, each under [[ingest.channel]]",
    "dict_type": "expected sections, each under [[ingest.channel]]",
}


def load(path: Path) -> IngestConfig:
    """Read and check a file. Raises ConfigError with every fault in it."""
    found = _parse(path)
    faults = [_unknown_table(name) for name in found if name not in {OUR_TABLE, *BRIDGE_TABLES}]
    keys = _keys(found.get(OUR_TABLE), faults)
    if keys is None:
        raise ConfigError([f"{path}: {fault}" for fault in faults])
    warnings: list[str] = []
    zone = _zone(keys.timezone, faults)
    host, port = address(keys.listen, faults)
    metrics = metrics_address(keys.metrics_listen, faults, is_open=keys.metrics_open)
    close_day_at = _time_of_day(keys.close_day_at, faults)
    database = _database(keys, path, faults, warnings)
    tls = tls_files(keys.tls_cert_file, keys.tls_key_file, path, faults, warnings)
    plain_http(
        host,
        keys.listen,
        tls=bool(keys.tls_cert_file or keys.tls_key_file),
        allowed=keys.allow_plain_http,
        faults=faults,
        warnings=warnings,
    )
    ways = checkpointing.check(
        keys.checkpoints,
        path,
        seal=keys.seal_file is not None,
        faults=faults,
        warnings=warnings,
    )
    channels = registry.check(keys.channel, path, faults=faults, warnings=warnings)
    notify = notifying.check(keys.notify, path, zone or ZoneInfo("UTC"), faults=faults)
    bkn = check_siasn(keys.siasn, path, faults=faults, warnings=warnings)
    if faults or zone is None or close_day_at is None:
        raise ConfigError([f"{path}: {fault}" for fault in faults])
    return IngestConfig(
        database=database,
        zone=zone,
        host=host,
        port=port,
        clock_limit_s=keys.clock_limit_s,
        max_body_bytes=keys.max_body_bytes,
        close_day_at=close_day_at,
        evaluate_s=keys.evaluate_s,
        lookback_days=keys.lookback_days,
        bridge_silent_minutes=keys.bridge_silent_minutes,
        workers=keys.workers,
        tls=tls,
        metrics=metrics,
        seal_file=_seal_file(keys, path, warnings),
        log_format=keys.log_format,
        retention=keys.retention,
        checkpoints=ways,
        letters=keys.letters.beside(path),
        regulations=keys.discipline.beside(path),
        reports=keys.reports.beside(path),
        excuses=path.parent / keys.excuses_file if keys.excuses_file else None,
        notify=notify,
        channels=channels,
        siasn=bkn,
        warnings=tuple(warnings),
    )


def _parse(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_bytes().decode())
        _check_numbers(found)
    except FileNotFoundError as error:
        raise ConfigError(
            [f"{path}: no such file; name one by --config or HADIR_CONFIG"]
        ) from error
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 text; save it as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not valid TOML: {_lower(str(error))}"]) from error
    except (ValueError, RecursionError) as error:  # what tomllib leaves to Python to give up on
        raise ConfigError(
            [f"{path}: a number is too long or brackets are too deep; is it the right file?"]
        ) from error
    return found


def _check_numbers(value: object) -> None:
    """Raise ValueError for a whole number beyond 64 bits: TOML has none, and tomllib reads them."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_numbers(one)
    elif isinstance(value, int) and value.bit_length() > 64:
        raise ValueError("a whole number beyond 64 bits")


def _keys(table: object, faults: list[str]) -> _Keys | None:
    if table is None:
        faults.append(f"[{OUR_TABLE}]: the table is missing; see config.example.toml")
        return None
    try:
        return _KEYS.validate_python(table)
    except ValidationError as error:
        faults += [_fault(one) for one in error.errors(include_url=False)]
    # Keys of a right type are checked further, so that one round shows every fault.
    if isinstance(table, dict):
        texts = {k: v for k, v in table.items() if isinstance(v, str)}
        _zone(texts.get("timezone", "UTC") or "UTC", faults)
        address(texts.get("listen", "127.0.0.1:0"), faults)
        _time_of_day(texts.get("close_day_at", "00:30"), faults)
    return None


def _fault(error: ErrorDetails) -> str:
    within = error["loc"][:1] in {(table,) for table in _TABLES}
    place = [str(part) for part in error["loc"][: 2 if within else 1]]
    key = ".".join([OUR_TABLE, *place])
    kind, context = error["type"], error.get("ctx", {})
    if len(place) > 1 and kind == "unexpected_keyword_argument":
        return f"{key}: {_TABLES[place[0]](place[1])}"
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        return _unknown_key(str(error["loc"][0]))
    if kind in {"missing", "missing_argument"}:
        return f"{key}: missing; this key has no default"
    if kind == "greater_than_equal":
        return f"{key}: {error['input']!r} is too small, at least {context['ge']}"
    if kind == "less_than_equal":
        return f"{key}: {error['input']!r} is too large, at most {context['le']}"
    choice = f"expected {context.get('expected')}".replace("'", '"')
    return f"{key}: {(_EXPECTED | {'literal_error': choice}).get(kind, _lower(error['msg']))}"


def _unknown_key(name: str) -> str:
    near = difflib.get_close_matches(name, [one.name for one in fields(_Keys)], n=1)
    return f"{OUR_TABLE}.{name}: unknown key" + (f', did you mean "{near[0]}"?' if near else "")


def _unknown_table(name: str) -> str:
    near = difflib.get_close_matches(name, [OUR_TABLE, *sorted(BRIDGE_TABLES)], n=1)
    if not near and name in {one.name for one in fields(_Keys)}:
        return f"{name}: belongs into the table [{OUR_TABLE}]"
    return f"[{name}]: unknown table" + (f', did you mean "[{near[0]}]"?' if near else "")


def _zone(name: str, faults: list[str]) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    # not found, not a name, a folder of zones, a path of thousands of dots
    except (KeyError, ValueError, OSError, RecursionError):
        faults.append(
            f"{OUR_TABLE}.timezone: no time zone {name!r}; Indonesia has Asia/Jakarta, "
            "Asia/Makassar and Asia/Jayapura"
        )
        return None


def _time_of_day(text: str, faults: list[str]) -> time | None:
    if not _TIME.fullmatch(text):
        faults.append(f'{OUR_TABLE}.close_day_at: {text!r} is no time of day, such as "00:30"')
        return None
    return time.fromisoformat(text)


def _database(keys: _Keys, path: Path, faults: list[str], warnings: list[str]) -> str:
    if keys.database is not None and keys.database_file is not None:
        faults.append(f"{OUR_TABLE}.database: give this key or database_file, not both")
        return ""
    if keys.database_file is None:
        url = keys.database or DEFAULT_DATABASE
        if not url.startswith("sqlite") and is_open_to_all(path):
            warnings.append(
                f"{path}: everybody on this machine can read the database URL in it; "
                "use database_file, or chmod 640"
            )
        return url
    return _secret(find_secret(keys.database_file, path), faults, warnings)


def _secret(path: Path, faults: list[str], warnings: list[str]) -> str:
    key = f"{OUR_TABLE}.database_file"
    try:
        text = path.read_text("utf-8").strip() if path.stat().st_size <= _MAX_SECRET else ""
    except OSError as error:
        faults.append(f"{key}: {path} cannot be read ({error.strerror})")
        return ""
    except UnicodeDecodeError:
        text = ""
    if not text or len(text.splitlines()) != 1:
        faults.append(f"{key}: {path} must hold one line, the database URL")
    elif is_open_to_all(path):
        warnings.append(f"{path}: everybody on this machine can read this secret; chmod 600 it")
    return text


def _seal_file(keys: _Keys, path: Path, warnings: list[str]) -> Path | None:
    """Say where the seal lies, which may still be to be made; what is in it is looked at on use."""
    if keys.seal_file is None:
        return None
    found = find_secret(keys.seal_file, path)
    # a name may be too long, on which Path.is_file raises
    if os.path.isfile(found) and is_open_to_all(found):  # noqa: PTH113
        warnings.append(f"{found}: everybody on this machine can read this seal; chmod 600 it")
    return found


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
