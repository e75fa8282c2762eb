"""The state directory: where the outbox and the locks live, made and kept closed to others.

A person may run a command as root on the daemon's files. What is made then is given to the owner of
the folder, or the daemon could not open it any more. (SQLite does the same for its own side files.)
"""

import os
import stat
from pathlib import Path

from bridge.errors import BridgeError

OUTBOX = "outbox.db"
PRIVATE = 0o077
"""The umask of every process that writes here: punches are personal data."""


class StateDirUnfit(BridgeError):
    """The state directory cannot be used: wait for a person."""


def prepare(state_dir: Path) -> Path:
    """Make the state directory where it is missing, and return the place of the outbox in it.

    Raises StateDirUnfit where it cannot be made, entered or written, or where others may write.
    """
    os.umask(PRIVATE)
    try:
        if not state_dir.exists():
            state_dir.mkdir(mode=0o700, parents=True)
            own(state_dir)
        mode = state_dir.stat().st_mode
    except OSError as error:
        raise StateDirUnfit(
            f"state_dir {state_dir} cannot be made or entered ({error.strerror}); "
            "correct it or give this user the right to"
        ) from error
    if not stat.S_ISDIR(mode):
        raise StateDirUnfit(f"state_dir {state_dir} is no folder; correct it")
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StateDirUnfit(
            f"state_dir {state_dir} can be changed by other users; chmod 700 it, "
            "and look whether anything in it is not ours"
        )
    if not os.access(state_dir, os.R_OK | os.W_OK | os.X_OK):
        raise StateDirUnfit(
            f"state_dir {state_dir} is closed to this user; run the command as {_owner(state_dir)}"
        )
    outbox = state_dir / OUTBOX
    try:
        if not outbox.exists():
            touch(outbox)  # an empty file is an empty database, and this one has the right owner
    except OSError as error:
        raise StateDirUnfit(
            f"{outbox} cannot be made ({error.strerror}); look at the disk it is on"
        ) from error
    return outbox


def folder(path: Path) -> None:
    """Make a folder that only the owner of the one above it may enter, where there is none."""
    if not path.exists():
        path.mkdir(mode=0o700)
        own(path)


def touch(path: Path) -> None:
    """Make a file that only the owner of its folder may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    own(path)


def own(path: Path) -> None:
    """Give what root has made to the owner of the folder it is in."""
    if os.geteuid() == 0:
        above = path.parent.stat()
        os.chown(path, above.st_uid, above.st_gid)


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return f"user {path.stat().st_uid}"
