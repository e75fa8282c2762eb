"""Where a secret file lies, and whether it is closed to others."""

import os
import stat
from pathlib import Path

from ingest.errors import IngestError

MAX_SECRET = 4_096


class SecretUnfit(IngestError):
    """A secret file cannot be used; the text names the file and tells nothing of what is in it."""


def find_secret(name: str, config: Path) -> Path:
    """Return where a secret file lies: a systemd credential, or beside the configuration."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and os.path.isfile(Path(credentials) / name):  # noqa: PTH113 - a name may be too long, on which Path.is_file raises
        return Path(credentials) / name
    return config.parent / name


def is_open_to_all(path: Path) -> bool:
    """Say whether everybody on this machine can read a file. Raises OSError."""
    return bool(path.stat().st_mode & stat.S_IROTH)


def read_secret(path: Path) -> str:
    """Return the one line of a secret file as it is now. Raises SecretUnfit."""
    try:
        text = path.read_text("utf-8").strip() if path.stat().st_size <= MAX_SECRET else ""
    except OSError as error:
        raise SecretUnfit(f"{path} cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, ValueError):
        text = ""
    if not text or len(text.splitlines()) != 1 or not text.isprintable():
        raise SecretUnfit(f"{path} must hold one line, the secret")
    return text
