"""The table `[ingest.siasn]`: which of BKN's systems is asked, and by whose keys.

No key stands in it: each is the name of a file, or of a systemd credential, and is read when it is
needed. Without the table nothing is asked of anybody.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from ingest.secrets import find_secret, is_open_to_all

TABLE = "ingest.siasn"
MODES = ("training", "production")
_TEXT = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
_HOST_KEYS = ("apim_token", "sso_token", "api")
_AGES = ("apim_age_s", "sso_age_s")
_MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Siasn:
    """The keys as they stand in the file."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    mode: Literal["training", "production"] | None = None
    consumer_key_file: _TEXT = ""
    consumer_secret_file: _TEXT = ""
    sso_client_id: _TEXT = ""
    sso_user_file: _TEXT = ""
    sso_password_file: _TEXT = ""
    sso_token_file: _TEXT = ""
    """A token somebody pasted, where the agency hands out no password."""
    hosts_file: _TEXT = ""
    columns_file: _TEXT = ""
    ca_file: _TEXT = ""
    timeout_s: Annotated[int, Field(strict=True, ge=1, le=300)] = 60
    page: Annotated[int, Field(strict=True, ge=10, le=10_000)] = 1_000
    """Units in one answer."""
    push_sanctions: Annotated[bool, Field(strict=True)] = False


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where tokens and answers come from, and for how long a token is believed."""

    apim_token: str
    sso_token: str
    api: str
    apim_age_s: int
    sso_age_s: int


@dataclass(frozen=True, slots=True)
class Keys:
    """Files in which secrets lie; none of them is read before it is needed."""

    consumer_key: Path
    consumer_secret: Path
    sso_client_id: str
    sso_user: Path | None
    sso_password: Path | None
    sso_token: Path | None


@dataclass(frozen=True, slots=True)
class Access:
    """One of BKN's systems, and how it is spoken to."""

    mode: str
    hosts: Hosts
    keys: Keys = field(repr=False)
    columns: Path | None
    ca: Path | None
    timeout_s: int
    page: int
    push_sanctions: bool


def check(told: Siasn, config: Path, *, faults: list[str], warnings: list[str]) -> Access | None:
    """Return how BKN is asked; None where it is not. Faults and warnings are named by key."""
    if told.mode is None:
        if told != Siasn():
            faults.append(f'{TABLE}.mode: missing; write "training" or "production"')
        return None
    before = len(faults)
    keys = _keys(told, config, faults, warnings)
    hosts = read_hosts(told.mode, config.parent / told.hosts_file if told.hosts_file else None,
                       faults)  # fmt: skip
    ca = config.parent / told.ca_file if told.ca_file else None
    if ca is not None and not ca.is_file():
        faults.append(f"{TABLE}.ca_file: {ca} is no file")
    if hosts is None or keys is None or len(faults) > before:
        return None
    columns = config.parent / told.columns_file if told.columns_file else None
    return Access(told.mode, hosts, keys, columns, ca, told.timeout_s, told.page,
                  told.push_sanctions)  # fmt: skip


def _keys(told: Siasn, config: Path, faults: list[str], warnings: list[str]) -> Keys | None:
    before = len(faults)
    for name in ("consumer_key_file", "consumer_secret_file"):
        if not getattr(told, name):
            faults.append(f"{TABLE}.{name}: missing; it names the file of the key BKN gave you")
    by_password = (told.sso_client_id, told.sso_user_file, told.sso_password_file)
    if told.sso_token_file and any(by_password):
        faults.append(f"{TABLE}: give sso_token_file, or the client, user and password, not both")
    elif not told.sso_token_file and not all(by_password):
        faults.append(
            f"{TABLE}: the login is missing; give sso_client_id, sso_user_file and "
            "sso_password_file, or sso_token_file with a token that was pasted"
        )
    names = ("consumer_key_file", "consumer_secret_file", "sso_user_file", "sso_password_file",
             "sso_token_file")  # fmt: skip
    found = {name: _secret(getattr(told, name), name, config, warnings) for name in names}
    key, secret = found["consumer_key_file"], found["consumer_secret_file"]
    if len(faults) > before or key is None or secret is None:
        return None
    return Keys(key, secret, told.sso_client_id, found["sso_user_file"],
                found["sso_password_file"], found["sso_token_file"])  # fmt: skip


def _secret(name: str, key: str, config: Path, warnings: list[str]) -> Path | None:
    """Say where a secret lies, which may still have to be put there: it is read on use."""
    if not name:
        return None
    found = find_secret(name, config)
    try:
        if is_open_to_all(found):
            warnings.append(
                f"{TABLE}.{key}: everybody on this machine can read {found}; chmod 600 it"
            )
    except OSError:
        return found  # told by the command that needs it
    return found


def read_hosts(mode: str, own: Path | None, faults: list[str]) -> Hosts | None:
    """Return the hosts of a mode, from an own file where there is one. Faults are named."""
    name = "hosts.toml" if own is None else str(own)
    try:
        content = (
            resources.files("ingest.siasn").joinpath("data", "hosts.toml").read_bytes()
            if own is None
            else own.read_bytes()
        )
        found = tomllib.loads(content[:_MAX_BYTES].decode())
    except OSError as error:
        faults.append(f"{TABLE}.hosts_file: {name} cannot be read ({error.strerror})")
        return None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        faults.append(f"{TABLE}.hosts_file: {name} is not valid TOML ({error})")
        return None
    return _hosts(name, mode, found.get(mode), faults)


def _hosts(name: str, mode: str, table: object, faults: list[str]) -> Hosts | None:
    if not isinstance(table, Mapping) or set(table) != {*_HOST_KEYS, *_AGES}:
        wanted = ", ".join((*_HOST_KEYS, *_AGES))
        faults.append(f"{name}: [{mode}] must hold {wanted}, and nothing else")
        return None
    wrong = [
        f'{name}: {mode}.{key}: {table[key]!r} is no address; begin it with "https://"'
        for key in _HOST_KEYS
        if not _is_address(table[key])
    ]
    wrong += [
        f"{name}: {mode}.{key}: expected seconds, 60 to 604800"
        for key in _AGES
        if type(table[key]) is not int or not 60 <= table[key] <= 604_800
    ]
    faults += wrong
    return None if wrong else Hosts(**{key: table[key] for key in (*_HOST_KEYS, *_AGES)})


def _is_address(told: object) -> bool:
    """Say whether this is an address a key may be shown to: in the clear on this machine alone."""
    if not isinstance(told, str) or not told.isascii() or not told.isprintable() or " " in told:
        return False
    try:
        parts = urlsplit(told)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.query or parts.fragment or not host:
        return False
    local = host in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and local)


def unknown_key(name: str) -> str:
    """Say that a key is none of this table's."""
    near = difflib.get_close_matches(name, [one.name for one in fields(Siasn)], n=1)
    return "unknown key" + (f', did you mean "{near[0]}"?' if near else "")
