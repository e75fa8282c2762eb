"""A folder where files are dropped, with `done/` and `refused/` in it: what lies there, and moves.

Nothing is deleted and nothing is written over.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bridge.errors import FolderUnfit
from bridge.resting import Stamp

DONE, REFUSED = "done", "refused"
WATCHED_S = 900.0  # how long a file that was put aside is looked at, should it go on growing

_UNFINISHED = (".part", ".partial", ".crdownload", ".tmp", "~")
_LITTER = ("thumbs.db", "desktop.ini")


class _Aside(NamedTuple):
    """A file that was put aside, as it was then."""

    path: Path
    name: str
    stamp: Stamp
    at: float
    lettered: bool


class Tray:
    """One folder. What a person or program is still at work on by its name is not seen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folders: set[str] = set()
        """Folders in it that are not ours, at the last look: files in them are not taken."""
        self._aside: list[_Aside] = []

    def files(self) -> dict[str, Stamp]:
        """Return what lies there, by name. Raises FolderUnfit."""
        found: dict[str, Stamp] = {}
        self.folders = set()
        try:
            with os.scandir(self.path) as listed:
                for entry in sorted(listed, key=lambda one: one.name):
                    if entry.is_dir(follow_symlinks=False):
                        self.folders.add(entry.name)
                    elif not _is_unfinished(entry.name):
                        with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                            found[entry.name] = Stamp.of(entry.stat(follow_symlinks=False))
        except OSError as error:
            raise _unfit(self.path, error) from error
        self.folders -= {DONE, REFUSED}
        return found

    def is_file(self, name: str) -> bool:
        """Tell a file from a link, a pipe and the like."""
        path = self.path / name
        try:
            return stat.S_ISREG(os.lstat(path).st_mode)
        except OSError as error:
            raise FolderUnfit(f"{_shown(path)} cannot be read ({error.strerror})") from error

    def put_aside(
        self, name: str, stamp: Stamp, place: str, at: float, letter: str = ""
    ) -> Path | None:
        """Move a file into a folder beside it, its letter first; None where it has changed.

        `at` is monotonic. Raises FolderUnfit; then the file lies where it lay.
        """
        source = self.path / name
        try:
            mode = self._made(self.path / place)
            if Stamp.of(os.lstat(source)) != stamp:
                return None
            target = _free(self.path / place / name)
            with _written(_letter_of(target), letter, mode & 0o666):
                source.rename(target)
        except FileNotFoundError:
            return None  # taken away by hand
        except OSError as error:
            raise FolderUnfit(
                f"{_shown(source)} is settled but cannot be moved into {place}/ "
                f"({error.strerror}); give this user the right to write there"
            ) from error
        self._aside.append(_Aside(target, name, stamp, at, bool(letter)))
        return target

    def _made(self, folder: Path) -> int:
        """Make a folder, open to whom the tray is: a service's own umask shuts people out."""
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(mode)
        return mode

    def put_back(self, at: float) -> list[str]:
        """Put files back that have changed since they were put aside; return their names."""
        back = []
        for aside in [one for one in self._aside if one.at > at - WATCHED_S]:
            with contextlib.suppress(OSError):  # taken away by hand, or cannot be moved: it is safe
                if Stamp.of(os.lstat(aside.path)) != aside.stamp:
                    aside.path.rename(_free(self.path / aside.name))
                    if aside.lettered:
                        _letter_of(aside.path).unlink(missing_ok=True)
                    back.append(aside.name)
        self._aside = [
            one for one in self._aside if one.at > at - WATCHED_S and one.name not in back
        ]
        return back


def _is_unfinished(name: str) -> bool:
    low = name.lower()
    return low.startswith((".", "~")) or low.endswith(_UNFINISHED) or low in _LITTER


def _free(path: Path) -> Path:
    """Return a path at which nothing is yet, nor a letter: `1_attlog.dat`, `1_attlog-2.dat`."""
    free, number = path, 1
    while os.path.lexists(free) or os.path.lexists(_letter_of(free)):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _letter_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.txt")


@contextlib.contextmanager
def _written(path: Path, letter: str, mode: int) -> Iterator[None]:
    """Write a letter, if there is one; it goes again where the block fails."""
    try:
        if letter:
            path.write_bytes(letter.encode("utf-8", "replace"))
            path.chmod(mode)
        yield
    except OSError:
        if letter:
            path.unlink(missing_ok=True)
        raise


def _shown(path: Path) -> str:
    return "".join(ch if ch.isprintable() else "\N{REPLACEMENT CHARACTER}" for ch in str(path))


def _unfit(path: Path, error: OSError) -> FolderUnfit:
    shown = _shown(path)
    if isinstance(error, FileNotFoundError):
        return FolderUnfit(f'{shown}: there is no such folder; make it, or correct "path"')
    if isinstance(error, NotADirectoryError):
        return FolderUnfit(f'{shown} is not a folder; correct "path"')
    if isinstance(error, PermissionError):
        return FolderUnfit(f"{shown} may not be read by this user; check its permissions")
    return FolderUnfit(f"{shown} cannot be read ({error.strerror or error})")
