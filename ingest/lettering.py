"""The table `[ingest.letters]`: where an office's letters are described, and how they are set.

Heads, signers, series of numbers and copies stand in a TOML file of their own
(`ingest.letters.settings`): people change, each with a date, and the file is read anew each time.
Without a file no letter is made here; numbers are then given by hand and letters written elsewhere.
"""

import difflib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

_NAME = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")]


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters are made here once `file` is named."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    file: _NAME = ""
    templates: _NAME = ""
    """A folder whose templates take the place of those of the same name that ship."""
    fonts: _NAME = ""
    paper: Literal["f4", "a4"] = "f4"
    verify: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = (
        "Periksa keaslian di BKPSDM dengan kode {kode}"
    )
    """What the QR code says; {kode} is the letter's code."""
    electronic_footer: Annotated[bool, Field(strict=True)] = False

    def beside(self, config: Path) -> "Press | None":
        """Return where everything lies, from the folder of the configuration; None: no letters."""
        if not self.file:
            return None
        return Press(
            config.parent / self.file,
            config.parent / self.templates if self.templates else None,
            config.parent / self.fonts if self.fonts else None,
            self.paper,
            self.verify,
            self.electronic_footer,
        )


@dataclass(frozen=True, slots=True)
class Press:
    """How letters are made here, checked as far as the configuration goes."""

    file: Path
    templates: Path | None
    fonts: Path | None
    paper: Literal["f4", "a4"]
    verify: str
    electronic_footer: bool


def unknown_key(name: str) -> str:
    """Say that a key is none of ours."""
    known = [one.name for one in fields(Letters)]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
    return f"unknown key, {hint}"
