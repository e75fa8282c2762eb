"""The table `[ingest.reports]`, and how recaps are printed from their file.

The only place that reads these files; what they may hold is said by `ingest.reports.forms`.
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, TypeAdapter, ValidationError

from ingest.errors import ConfigError

if TYPE_CHECKING:  # every command reads the configuration, few these files
    from ingest.reports.forms import Cut, Forms, Ladder, Step

_MAX_BYTES = 1 << 20
_MERGED = ("codes", "types", "signing")
"""Tables of which an own file names what it has otherwise; the rest it replaces."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The table `[ingest.reports]`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    file: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    """An own file of codes, ladders, deductions and signatories; empty: what ships."""

    def beside(self, config: Path) -> Path | None:
        """Return the file, from the folder of the configuration; None where there is none."""
        return config.parent / self.file if self.file else None


def unknown_key(name: str) -> str:
    """Say that a key is none of ours."""
    near = difflib.get_close_matches(name, [one.name for one in fields(Reports)], n=1)
    hint = f'did you mean "{near[0]}"?' if near else "there is file"
    return f"unknown key, {hint}"


def load(path: Path | None = None) -> "Forms":
    """Read the shipped file and an own one. Raises ConfigError with every fault."""
    shipped = resources.files("ingest.reports") / "data" / "forms.toml"
    base = tomllib.loads(shipped.read_text("utf-8"), parse_float=Decimal)
    if path is None:
        return _forms("forms.toml", base)
    own = _parse(path)
    _forms(str(path), {"codes": {}, **own})  # its own faults by its own name first
    for name in _MERGED:
        own[name] = {**base.get(name, {}), **own.get(name, {})}
    return _forms(str(path), {**base, **own})


def _parse(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise ConfigError([f"{path}: larger than 1 MB; is it the right file?"])
        return tomllib.loads(data.decode(), parse_float=Decimal)
    except OSError as error:
        raise ConfigError([f"ingest.reports.file: {path} cannot be read ({error.strerror})"]) from (
            error
        )
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 text; save it as UTF-8"]) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from error


def _forms(name: str, found: Mapping[str, Any]) -> "Forms":
    from ingest.reports.forms import Forms

    try:
        read = TypeAdapter(Forms).validate_python(found)
    except ValidationError as error:
        raise ConfigError(
            [f"{name}: {_fault(one['loc'], one['msg'])}" for one in error.errors(include_url=False)]
        ) from error
    faults = [f"{name}: {one}" for one in _faults(read)]
    if faults:
        raise ConfigError(faults)
    return read


def _fault(place: Sequence[object], text: str) -> str:
    key = ".".join(str(part) for part in place)
    return f"{key}: {'unknown key' if text == 'Unexpected keyword argument' else text}"


def _faults(forms: "Forms") -> Iterator[str]:
    """Yield what no single value can show: steps that overlap, ends before their beginnings."""
    for dated in (*forms.ladder, *forms.tpp):
        if dated.valid_until is not None and dated.valid_until < dated.valid_from:
            yield f"{dated.name}: valid_until lies before valid_from"
    for ladder in forms.ladder:
        yield from _overlaps(ladder.name, ladder.step)
    for deductions in forms.tpp:
        for of in ("late", "early"):
            cuts = [one for one in deductions.cut if one.of == of]
            yield from _overlaps(f"{deductions.name} ({of})", cuts)
    for kind in ("late", "early"):
        yield from _at_once([one for one in forms.ladder if one.of == kind])


def _overlaps(name: str, steps: "Sequence[Step | Cut]") -> Iterator[str]:
    ordered = sorted(steps, key=lambda one: one.min_minutes)
    for one, after in zip(ordered, [*ordered[1:], None], strict=True):
        if one.max_minutes is not None and one.max_minutes < one.min_minutes:
            yield f"{name}: the step from {one.min_minutes} minutes ends before it begins"
        if after is not None and (one.max_minutes or after.min_minutes) >= after.min_minutes:
            yield f"{name}: two steps take {after.min_minutes} minutes"


def _at_once(ladders: "Sequence[Ladder]") -> Iterator[str]:
    starts = [one.valid_from for one in ladders]
    if len(set(starts)) != len(starts):
        yield f"two ladders of one kind begin on {max(starts, key=starts.count)}"
