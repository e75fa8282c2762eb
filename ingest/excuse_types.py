"""The types of excuses from their file: the one that ships with hadir, or an office's own copy."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from ingest.calendar import ExcuseType, excuse_types
from ingest.errors import ConfigError

_MAX_BYTES = 1 << 20


@cache
def shipped() -> Mapping[str, ExcuseType]:
    """Return the types that ship with hadir, by code."""
    file = resources.files("ingest.calendar") / "data" / "excuses.toml"
    return excuse_types("excuses.toml", file.read_text("utf-8"))


def load(path: Path | None) -> Mapping[str, ExcuseType]:
    """Return the types of an own file, or the shipped ones. Raises ConfigError."""
    if path is None:
        return shipped()
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise ConfigError([f"{path}: larger than 1 MB; this is no file of excuse types"])
        return excuse_types(path.name, data.decode())
    except (OSError, ValueError) as error:
        raise ConfigError([f"{path}: {error}"]) from error
