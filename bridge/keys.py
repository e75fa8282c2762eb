"""The key of this bridge: an Ed25519 key in a file of the state directory, for its owner alone.

    bridge.key        signs every request
    bridge.key.new    made by `enrol`, until the centre has taken it
    bridge.key.next   made by `rotate-key`, until the centre has taken it

A key is on the disk before the centre hears of it, and takes its place by a rename after the
answer. So a kill or a lost answer in between leaves the very key the centre may know by then, and
whoever tries again shows the same one.
"""

import contextlib
import os
import re
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nacl.signing import SigningKey

from bridge import statedir
from bridge.errors import KeyUnfit
from ingest import wire

CURRENT, ENROLLING, ROTATING = "bridge.key", "bridge.key.new", "bridge.key.next"

_SEED = re.compile(r"[0-9a-f]{64}")
_MADE = re.compile(r"made (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z")
_FOREIGN = stat.S_IRWXG | stat.S_IRWXO
_MOST = 1_000  # bytes; a bigger file is no key of ours


@dataclass(frozen=True, slots=True)
class BridgeKey:
    """A key that can sign. Its text shows no secret."""

    id: str
    """Key id, as `wire.key_id` makes it."""
    public: bytes
    """32 bytes."""
    made_at: int | None
    """When it was made, by the clock of this computer; None where the file does not say it."""
    _signing: SigningKey

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return bytes(self._signing.sign(message).signature)

    def __repr__(self) -> str:
        return f"BridgeKey({self.id})"


class KeyFiles:
    """The key files of one state directory. They are read anew each time: a new key counts."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir

    def current(self) -> BridgeKey:
        """Return the key that signs. Raises KeyUnfit."""
        found = self._read(CURRENT)
        if found is None:
            raise KeyUnfit(
                f"this bridge has no key yet ({self._folder / CURRENT}); ask the centre for an "
                "invitation and run `hadir-bridge enrol CODE`"
            )
        return found

    def mark(self) -> tuple[int, int] | None:
        """Return what is another as soon as another key signs, at the cost of one look."""
        try:
            found = (self._folder / CURRENT).stat()
        except OSError:
            return None
        return found.st_ino, found.st_ctime_ns

    def waiting(self, name: str) -> BridgeKey | None:
        """Return the key of ENROLLING or ROTATING, None where there is none. Raises KeyUnfit."""
        return self._read(name)

    def prepare(self, name: str, made_at: int) -> BridgeKey:
        """Return the key of ENROLLING or ROTATING, made now unless an earlier try has left one."""
        path = self._folder / name
        if not path.exists():
            self._write(path, made_at)
        found = self._read(name)
        if found is None:
            raise KeyUnfit(f"{path} is gone again; is another command at work? try again")
        return found

    def promote(self, name: str, key: BridgeKey) -> None:
        """Let a key that the centre has taken sign from now on. Harmless to repeat."""
        waiting = self._read(name)
        if waiting is None or waiting.id != key.id:
            if self.current().id == key.id:
                return  # the daemon or another command was faster
            raise KeyUnfit(f"{self._folder / name} is not the key that was shown; try again")
        path = self._folder / name
        try:
            path.replace(self._folder / CURRENT)
            self._sync()
        except OSError as error:
            raise KeyUnfit(
                f"{path} cannot take its place ({error.strerror}); check who owns the folder"
            ) from error

    def discard(self, name: str) -> None:
        """Forget a key that the centre has not taken, or that is of no use any more."""
        (self._folder / name).unlink(missing_ok=True)

    def _write(self, path: Path, made_at: int) -> None:
        """Write a new key beside its place and link it there: never half a key, never another's."""
        seed = secrets.token_bytes(32)
        key_id = wire.key_id(bytes(SigningKey(seed).verify_key))
        made = datetime.fromtimestamp(made_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"# key {key_id} of hadir-bridge, made {made}; never copy or send it\n{seed.hex()}\n"
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            for left in self._folder.glob(f"{path.name}.*"):  # by a kill, in the middle of this
                left.unlink(missing_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                statedir.own(draft)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            # Another command was faster, and may have cleared this away: its key counts.
            with contextlib.suppress(FileExistsError, FileNotFoundError):
                os.link(draft, path)
            draft.unlink(missing_ok=True)
            self._sync()
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise KeyUnfit(
                f"{path} cannot be made ({error.strerror}); check the disk and who owns the folder"
            ) from error

    def _read(self, name: str) -> BridgeKey | None:
        path = self._folder / name
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read(_MOST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyUnfit(
                f"{path} cannot be read ({error.strerror}); give it to the user the bridge runs as"
            ) from error
        if mode & _FOREIGN:
            raise KeyUnfit(
                f"{path} is open to other users; chmod 600 it, and run `hadir-bridge rotate-key` "
                "if somebody may have read it"
            )
        return _decode(content, path)

    def _sync(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _decode(content: bytes, path: Path) -> BridgeKey:
    text = content.decode("ascii", errors="replace")
    seeds = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    if len(content) > _MOST or len(seeds) != 1 or not _SEED.fullmatch(seeds[0].strip()):
        raise KeyUnfit(
            f"{path} is no key of a bridge; put back the one that was there, or enrol again: "
            "`hadir-bridge enrol --again CODE`"
        )
    signing = SigningKey(bytes.fromhex(seeds[0].strip()))
    public = bytes(signing.verify_key)
    return BridgeKey(wire.key_id(public), public, _made_at(text), signing)


def _made_at(text: str) -> int | None:
    found = _MADE.search(text)
    try:
        return int(datetime.fromisoformat(f"{found[1]}+00:00").timestamp()) if found else None
    except ValueError:  # a day no calendar has: somebody wrote it by hand
        return None
