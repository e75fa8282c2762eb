"""Names of channels and where they live, and `[[ingest.channel]]` made into channels.

Text and import on use, so that a centre loads only what it tells by. A channel class has `Options`,
a frozen dataclass whose keys ending in `_file` name secrets, and is made from its name and those.
"""

import difflib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ingest.notify.base import Channel
from ingest.secrets import SecretUnfit, find_secret, is_open_to_all, read_secret

BUILT_IN: dict[str, str] = {
    "whatsapp_cloud": "ingest.notify.channels.whatsapp_cloud:WhatsappCloud",
    "fonnte": "ingest.notify.channels.fonnte:Fonnte",
    "wablas": "ingest.notify.channels.wablas:Wablas",
    "qontak": "ingest.notify.channels.qontak:Qontak",
    "zenziva": "ingest.notify.channels.zenziva:Zenziva",
    "gammu": "ingest.notify.channels.gammu:Gammu",
    "gammu_inject": "ingest.notify.channels.gammu_inject:GammuInject",
    "mail": "ingest.notify.channels.mail:Mail",
}
OUR_TABLE = "ingest.channel"
_SECRET = "_file"  # noqa: S105 - how keys end that name one
_AUTHORITY = "ca_file"
"""The one key of that end which names no secret: certificates of an own authority."""


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One section of the configuration, checked. In the order of the file they are tried."""

    name: str
    driver: str
    per_minute: int
    per_day: int
    options: Any = field(repr=False)
    """The channel's own `Options`; secret files are whole paths by now."""

    def open(self) -> Channel:
        """Make the channel; nothing is connected before it is used."""
        made: Channel = _channel_class(self.driver)(self.name, self.options)
        return made


@dataclass(frozen=True, slots=True)
class Common:
    """The keys every channel has."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    """As commands, lists and the address of its webhook call it."""
    driver: str
    per_minute: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 20
    per_day: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1_000


_COMMON: TypeAdapter[Common] = TypeAdapter(Common)
_COMMON_KEYS = frozenset(one.name for one in fields(Common))
_EXPECTED = {
    "string_type": "expected text in quotes",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "float_type": "expected a number",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "missing": "missing; this key has no default",
}


def check(
    sections: Sequence[dict[str, Any]], config: Path, *, faults: list[str], warnings: list[str]
) -> tuple[ChannelConfig, ...]:
    """Return the channels of a configuration; every fault is named with its section and key."""
    found: list[ChannelConfig] = []
    for number, section in enumerate(sections, start=1):
        place = f"{OUR_TABLE}[{number}]"
        made = _section(section, place, faults)
        if made is None:
            continue
        if made.name in {one.name for one in found}:
            faults.append(f"{place}.name: {made.name!r} is the name of another channel, too")
        options = _secrets(made.options, place, config, faults, warnings)
        found.append(replace(made, options=options))
    return tuple(found)


def options_of(driver: str) -> type[Any]:
    """Return the dataclass of a channel's own keys."""
    options: type[Any] = _channel_class(driver).Options
    return options


def _section(section: dict[str, Any], place: str, faults: list[str]) -> ChannelConfig | None:
    before = len(faults)
    driver = section.get("driver")
    if driver is not None and driver not in BUILT_IN:
        faults.append(f"{place}.driver: {_unknown(str(driver), list(BUILT_IN))}")
    options = None
    own = {key: value for key, value in section.items() if key not in _COMMON_KEYS}
    common = _checked(
        _COMMON, {key: section[key] for key in section if key in _COMMON_KEYS}, place, (), faults
    )
    if driver in BUILT_IN:
        shape = options_of(driver)
        known = [*_COMMON_KEYS, *(one.name for one in fields(shape))]
        options = _checked(TypeAdapter(shape), own, place, known, faults)
    if len(faults) > before or common is None:
        return None
    return ChannelConfig(common.name, common.driver, common.per_minute, common.per_day, options)


def _checked(
    shape: TypeAdapter[Any],
    told: dict[str, Any],
    place: str,
    known: Sequence[str],
    faults: list[str],
) -> Any:
    try:
        return shape.validate_python(told)
    except ValidationError as error:
        faults += [_fault(one, place, known) for one in error.errors(include_url=False)]
        return None


def _fault(error: ErrorDetails, place: str, known: Sequence[str]) -> str:
    """Say one fault; what was typed is left out, for it may be a secret in the wrong key."""
    kind, context = error["type"], error.get("ctx", {})
    key = f"{place}.{error['loc'][0]}" if error["loc"] else place
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        return f"{key}: {_unknown(str(error['loc'][0]), known, 'key')}"
    if kind == "string_pattern_mismatch":
        return f"{key}: does not look like one; see config.example.toml"
    if kind in {"missing", "missing_argument"}:
        kind = "missing"
    if kind == "greater_than_equal":
        return f"{key}: too small, at least {context['ge']}"
    if kind == "less_than_equal":
        return f"{key}: too large, at most {context['le']}"
    if kind == "literal_error":
        return f"{key}: expected {context['expected']}".replace("'", '"')
    told = error["msg"].removeprefix("Value error, ")
    return f"{key}: {_EXPECTED.get(kind, told[:1].lower() + told[1:])}"


def _secrets(options: Any, place: str, config: Path, faults: list[str], warnings: list[str]) -> Any:
    """Put whole paths for the names of secret files, and look whether each can be used."""
    whole: dict[str, str] = {}
    for one in fields(options):
        name = getattr(options, one.name)
        if not one.name.endswith(_SECRET) or not name:
            continue
        path = find_secret(name, config)
        whole[one.name] = str(path)
        try:
            if one.name == _AUTHORITY:
                ssl.create_default_context(cafile=path)
                continue
            read_secret(path)
            if is_open_to_all(path):
                warnings.append(f"{path}: everybody on this machine can read it; chmod 600 it")
        except SecretUnfit as error:
            faults.append(f"{place}.{one.name}: {error}")
        except OSError as error:
            faults.append(f"{place}.{one.name}: {path} holds no certificates ({error.strerror})")
    return replace(options, **whole)


def _unknown(name: str, known: Sequence[str], what: str = "driver") -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f'unknown {what}, did you mean "{near[0]}"?'
    return f"unknown {what}" + ("" if what == "key" else f"; known: {', '.join(known)}")


def _channel_class(driver: str) -> Any:
    module, _, attribute = BUILT_IN[driver].partition(":")
    return getattr(import_module(module), attribute)
