"""Pages from a template and data: typst to PDF/A-2b, in a process of its own.

Equal input gives equal bytes: the creation date is passed in, and the only fonts are those beside
this module, those inside typst, and those of folders that the caller names. Data reach a template
as the values of `data.json` and stay values: a name that looks like typst source is a string.

A template may read the files given here, and nothing else: not the disk (its root is an empty
folder), not the network (packages are not fetched), not the environment. It is stopped when it
takes more time or memory than its limits.
"""

import json
import logging
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.errors import IngestError

log = logging.getLogger(__name__)

FONTS = Path(__file__).with_name("fonts")
FONT = "Liberation Sans"  # drawn to the widths of Arial, which official letters are written in
DATA = "data.json"
_PRESS = Path(__file__).with_name("press.py")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PLACE = re.compile(r"┌─ ([^\s:]+):([0-9]+):[0-9]+")
_SEARCHED = re.compile(r" \(searched at [^)]*\)")
_LINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What is no character of a text, and marks that turn the order of what is read around
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# Nothing leads out: a package is the one thing that typst would fetch, and it asks these where by
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "RAYON_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


class TypesettingFault(IngestError):
    """A template cannot be typeset; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take. A letter takes a tenth of a second and 100 MB."""

    seconds: int = 60
    memory: int = 1 << 30


def pdf(
    main: str,
    data: Mapping[str, object],
    *,
    created: datetime,
    files: Mapping[str, bytes] | None = None,
    fonts: Iterable[Path] = (),
    name: str = "main.typ",
    limits: Limits = Limits(),
) -> bytes:
    """Typeset the source `main` with `data` and return a PDF/A-2b.

    `data` is what JSON can say; the template reads it by `json("data.json")`. `files` are what it
    may `import`, `read` or show as `image`, by plain name. `created` is aware and goes into the
    PDF in whole seconds. `name` is what faults call the source. Raises TypesettingFault.
    """
    texts, pictures = _sorted_out({**(files or {}), name: main.encode()})
    texts[DATA] = json.dumps(cleaned(data), ensure_ascii=False, allow_nan=False)
    with tempfile.TemporaryDirectory(prefix="hadir-press-") as root:
        for one, content in pictures.items():
            (Path(root) / one).write_bytes(content)
        order = {
            "main": name,
            "texts": texts,
            "root": root,
            "fonts": [str(FONTS), *(str(one.absolute()) for one in fonts)],
            "created": int(created.timestamp()),
            "cpu_s": limits.seconds,
            "memory": limits.memory,
        }
        return _press(json.dumps(order).encode(), root, name, limits)


def cleaned(value: object) -> object:
    """Return data without what cannot be printed: each such character is a box.

    Control characters, halves of characters and marks that reverse the direction of reading have
    no place in an official paper. A tab is a space; every kind of line end is one.
    """
    if isinstance(value, str):
        return _UNSEEN.sub("□", _LINES.sub("\n", value).replace("\t", " "))
    if isinstance(value, Mapping):
        return {str(key): cleaned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(one) for one in value]
    return value


def _sorted_out(files: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return texts, which never touch the disk, and pictures, which have to."""
    texts: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    for name, content in files.items():
        if not _NAME.fullmatch(name) or name in {DATA, "main"}:
            raise TypesettingFault(f"{name!r} is no name for a file of a template")
        try:
            texts[name] = content.decode()
        except UnicodeDecodeError:
            pictures[name] = content
    return texts, pictures


def _press(order: bytes, root: str, name: str, limits: Limits) -> bytes:
    """Run the press on one order. Its time on the clock is bounded too, more widely."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PRESS)],
            input=order,
            capture_output=True,
            timeout=3 * limits.seconds + 10,
            env=_ENVIRONMENT,
            cwd=root,  # typst names places from here
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesettingFault(_too_long(name, limits)) from error
    except OSError as error:
        raise TypesettingFault(f"{name}: typst cannot be started ({error})") from error
    if done.returncode == 0:
        _tell(name, done.stderr)
        return done.stdout
    raise TypesettingFault(_why(name, done, limits))


def _tell(name: str, notes: bytes) -> None:
    for line in notes.decode().splitlines():
        log.warning("%s: %s", name, " ".join(json.loads(line).split("\n\n")[0].split()))


def _too_long(name: str, limits: Limits) -> str:
    return f"{name}: typesetting takes more than {limits.seconds} s; look for a loop without an end"


def _why(name: str, done: "subprocess.CompletedProcess[bytes]", limits: Limits) -> str:
    """Say in one sentence why the press failed."""
    if done.returncode == 3:
        told = json.loads(done.stdout)
        return _sentence(name, told["message"], told["diagnostic"])
    if done.returncode == -signal.SIGXCPU:
        return _too_long(name, limits)
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no word"]
    if done.returncode in {-signal.SIGABRT, -signal.SIGKILL} or "MemoryError" in last[0]:
        return f"{name}: typesetting takes more than {limits.memory >> 20} MB of memory"
    return f"{name}: typst ended with {done.returncode} ({last[0]})"


def _sentence(name: str, message: str, diagnostic: str) -> str:
    """Return what typst says as one sentence with the place it says it of."""
    place = _PLACE.search(diagnostic)
    where = f"{place[1]} line {place[2]}" if place and place[1] != "main" else name
    what = _SEARCHED.sub("", " ".join(message.split()))[:300]
    if "failed to download package" in what or "package not found" in what:
        what = "a template can import only the files beside it, no packages"
    return f"{where}: {what}"
