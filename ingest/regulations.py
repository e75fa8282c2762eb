"""The regulations of discipline from their files: those that ship with hadir, and an office's own.

The only place that reads these files; what is in them is checked by `ingest.discipline`.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from ingest.errors import ConfigError

if TYPE_CHECKING:  # every command reads the configuration, few the regulations
    from ingest.discipline import Document, Shelf

_ENDING = ".toml"
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Discipline:
    """The table `[ingest.discipline]`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    folder: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    """An office's own regulations; empty: only those that ship."""

    def beside(self, config: Path) -> Path | None:
        """Return the folder, from the one the configuration lies in; None where there is none."""
        return config.parent / self.folder if self.folder else None


def unknown_key(name: str) -> str:
    """Say that a key is none of ours."""
    near = difflib.get_close_matches(name, [one.name for one in fields(Discipline)], n=1)
    hint = f'did you mean "{near[0]}"?' if near else "there is folder"
    return f"unknown key, {hint}"


class _File(NamedTuple):
    name: str
    text: str


def load(folder: Path | None = None) -> "Shelf":
    """Read the shipped files and an office's own. Raises ConfigError with every fault of all."""
    from ingest.discipline import make_shelf

    faults: list[str] = []
    shipped = _documents(_shipped(), faults)
    own = _documents(_own(folder, faults), faults) if folder is not None else []
    if faults:
        raise ConfigError(faults)
    return make_shelf(shipped, own)


def read_one(path: Path) -> "Document":
    """Read one file of rules that nobody need have put into force. Raises ConfigError."""
    from ingest.discipline import read_document

    faults: list[str] = []
    text = _read(path, faults)
    if text is None:
        raise ConfigError(faults)
    return read_document(str(path), text)


def _documents(files: Iterator[_File], faults: list[str]) -> "list[Document]":
    from ingest.discipline import read_document

    found = []
    for one in files:
        try:
            found.append(read_document(one.name, one.text))
        except ConfigError as error:
            faults += error.faults
    return found


def _shipped() -> Iterator[_File]:
    data = resources.files("ingest.discipline") / "data"
    for one in sorted(data.iterdir(), key=lambda one: one.name):
        if one.name.endswith(_ENDING):
            yield _File(one.name, one.read_text("utf-8"))


def _own(folder: Path, faults: list[str]) -> Iterator[_File]:
    try:
        paths = sorted(one for one in folder.iterdir() if one.name.endswith(_ENDING))
    except OSError as error:
        faults.append(f"ingest.discipline.folder: {folder} cannot be read ({error.strerror})")
        return
    if not paths:
        faults.append(f"ingest.discipline.folder: {folder} holds no {_ENDING} file")
    for path in paths:
        text = _read(path, faults)
        if text is not None:
            yield _File(str(path), text)


def _read(path: Path, faults: list[str]) -> str | None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            faults.append(f"{path}: larger than 1 MB; is it the right file?")
            return None
        return path.read_text("utf-8")
    except OSError as error:
        faults.append(f"{path}: cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        faults.append(f"{path}: not UTF-8 text; save it as UTF-8")
    return None
