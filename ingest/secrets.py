"""Where a secret file lies, and whether it is closed to others."""

import os
import stat
from pathlib import Path


def find_secret(name: str, config: Path) -> Path:
    """Return where a secret file lies: a systemd credential, or beside the configuration."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and os.path.isfile(Path(credentials) / name):  # noqa: PTH113 - a name may be too long, on which Path.is_file raises
        return Path(credentials) / name
    return config.parent / name


def is_open_to_all(path: Path) -> bool:
    """Say whether everybody on this machine can read a file. Raises OSError."""
    return bool(path.stat().st_mode & stat.S_IROTH)
