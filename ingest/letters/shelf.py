"""Which template files a letter is made with: an admin's own before those that come with us.

A file of the own folder takes the place of the shipped one of the same name; what is missing there
is taken from here. So one changed template does not stop the others from being mended by an update.
"""

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from ingest.letters.base import LetterKind
from ingest.typesetting import TypesettingFault

SHIPPED = Path(__file__).with_name("templates")
PICTURES = frozenset({".png", ".jpg", ".jpeg"})
_MOST = 8 << 20  # bytes of one file; arms of a district are far below
_MAINS = {kind: f"{kind.value.lower()}.typ" for kind in LetterKind}
_WORD = {LetterKind.SECOND_SUMMONS: "summons.docx", LetterKind.SUMMONS: "summons.docx"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The template files that hold, by name, and which of them are the office's own."""

    files: dict[str, Path]
    own: frozenset[str]

    def read(self, name: str) -> bytes:
        """Return a file. Raises TypesettingFault where it is missing or too big."""
        path = self.files.get(name)
        if path is None:
            near = difflib.get_close_matches(name, self.files, n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            raise TypesettingFault(f"no file {name!r} among the templates{hint}")
        try:
            if path.stat().st_size > _MOST:
                raise TypesettingFault(f"{path}: larger than {_MOST >> 20} MB")
            return path.read_bytes()
        except OSError as error:
            raise TypesettingFault(f"{path}: cannot be read ({error.strerror})") from error

    def main(self, kind: LetterKind) -> str:
        """Return the name of the typst source of a kind of letter."""
        return _MAINS[kind]

    def word(self, kind: LetterKind) -> str:
        """Return the name of the Word template: one of the kind's own, or the one it shares."""
        alone = f"{kind.value.lower()}.docx"
        return alone if alone in self.files else _WORD.get(kind, "letter.docx")

    def shared(self) -> list[str]:
        """Return the typst files that a source may import."""
        mains = set(_MAINS.values())
        return sorted(name for name in self.files if name.endswith(".typ") and name not in mains)

    def pictures(self) -> list[str]:
        return sorted(name for name in self.files if Path(name).suffix.lower() in PICTURES)

    def digest(self, names: list[str]) -> str:
        """Return a SHA-256 over names and contents: the version of the template."""
        whole = hashlib.sha256()
        for name in sorted(set(names)):
            whole.update(f"{name} {hashlib.sha256(self.read(name)).hexdigest()}\n".encode())
        return whole.hexdigest()

    def strange(self) -> list[str]:
        """Name files of the own folder that no letter will ever use: slips of typing."""
        known = {*_MAINS.values(), *(f"{kind.value.lower()}.docx" for kind in LetterKind)}
        known |= {path.name for path in SHIPPED.iterdir()}
        found = []
        for name in sorted(self.own - known - set(self.pictures()) - set(self.shared())):
            near = difflib.get_close_matches(name, known, n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            found.append(f"{self.files[name]}: no letter uses a file of this name{hint}")
        return found


def shelf(own: Path | None = None) -> Shelf:
    """Look through both folders. Raises TypesettingFault where the own one cannot be read."""
    files = _in(SHIPPED)
    if own is None:
        return Shelf(files, frozenset())
    try:
        mine = _in(own)
    except OSError as error:
        raise TypesettingFault(f"{own}: no folder of templates ({error.strerror})") from error
    return Shelf({**files, **mine}, frozenset(mine))


def _in(folder: Path) -> dict[str, Path]:
    return {
        path.name: path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith((".", "~$"))  # what Word leaves when open
    }
