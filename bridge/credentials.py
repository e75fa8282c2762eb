"""Secrets stand in files, named in the configuration; systemd may hand them over as credentials.

A plain name such as `comm-key` is looked for among the credentials that systemd loaded for us
(`LoadCredential=`), then beside the configuration. A whole path is taken as it stands, and where we
may not read it, the credential of the same name is: so one configuration serves a person at the
keyboard, who owns the path, and the service, which was handed a copy and may not read the path.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CREDENTIALS = "CREDENTIALS_DIRECTORY"
MAX_SECRET = 8_192  # bytes; a bigger file is not the one that was meant


class SecretFault(ValueError):
    """A secret that cannot be read. The text never holds any of it."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets may stand."""

    beside: Path
    """The folder of the configuration."""
    handed: Path | None
    """The folder systemd loaded credentials into, where it did."""

    @classmethod
    def of(cls, config: Path, environment: Mapping[str, str]) -> "Secrets":
        """Return the places that belong to one configuration file."""
        handed = environment.get(CREDENTIALS)
        return cls(config.absolute().parent, Path(handed) if handed else None)

    def find(self, name: str) -> Path:
        """Return the file a name stands for: the first place that can be read, else the last."""
        places = self._places(Path(name))
        for place in places:
            if place_is_readable(place):
                return place
        return places[-1] if not Path(name).is_absolute() else places[0]

    def read(self, name: str) -> str:
        """Return the secret without the blanks around it. Raises SecretFault."""
        place = self.find(name)
        try:
            with place.open("rb") as file:
                content = file.read(MAX_SECRET + 1)
        except FileNotFoundError:
            raise SecretFault(f"{place} does not exist; create it or correct the path") from None
        except IsADirectoryError:
            raise SecretFault(f"{place} is a folder; name the file in it") from None
        except OSError as error:
            raise SecretFault(
                f"{place} cannot be read ({error.strerror}); give this user the right to"
            ) from error
        except ValueError:
            raise SecretFault(f"{str(place)!r} can be no file's name; correct the path") from None
        if len(content) > MAX_SECRET:
            raise SecretFault(f"{place} is too big for a secret; is it the right file?")
        try:
            text = content.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise SecretFault(f"{place} is not text; is it the right file?") from None
        if not text:
            raise SecretFault(f"{place} is empty; put the secret in it, on one line")
        if "\n" in text or "\r" in text:
            raise SecretFault(f"{place} holds several lines; put the secret in it, on one line")
        return text

    def open_to_everyone(self, name: str) -> bool:
        """Whether any user of this computer may read the secret."""
        return open_to_everyone(self.find(name))

    def _places(self, name: Path) -> list[Path]:
        handed = [] if self.handed is None else [self.handed / name.name]
        return [name, *handed] if name.is_absolute() else [*handed, self.beside / name]


def open_to_everyone(place: Path) -> bool:
    """Whether any user of this computer may read a file; False where there is none."""
    try:
        return bool(place.stat().st_mode & stat.S_IROTH)
    except (OSError, ValueError):
        return False


def place_is_readable(place: Path) -> bool:
    """Whether we may read what lies there; False where no file can have such a name."""
    try:
        return os.access(place, os.R_OK)
    except ValueError:  # it holds a NUL
        return False
