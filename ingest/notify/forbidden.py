"""What no message may hold, whoever wrote its template: numbers of persons, reasons, sanctions.

A message lies open on a screen and passes through companies that are no part of the office. The
words are data (`data/forbidden.toml`); an office adds its own by a file of that name in its folder,
and takes none away.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ingest.errors import ConfigError

FILE = "forbidden.toml"
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){15,}")
"""Sixteen digits and more are a NIP or a NIK, however they are parted; a phone number has 13."""


@dataclass(frozen=True, slots=True)
class Forbidden:
    words: tuple[str, ...]

    def faults(self, text: str, *, but: Iterable[str] = ()) -> list[str]:
        """Say what a text holds that it may not; `but` are names, of which a word may be part."""
        found = ["a number as long as a NIP"] if _DIGITS.search(text) else []
        for name in sorted({*but} - {""}, key=len, reverse=True):
            text = text.replace(name, " ")
        plain = " ".join(text.casefold().split())
        for word in self.words:
            if re.search(rf"\b{re.escape(word)}\b", plain):
                found.append(f'the word "{word}"')
        return found


def load(folder: Path | None) -> Forbidden:
    """Return the words that ship with those an office added. Raises ConfigError."""
    shipped = (resources.files("ingest.notify") / "data" / FILE).read_text("utf-8")
    words = _read(shipped, FILE)
    own = None if folder is None else folder / FILE
    if own is not None and own.is_file():
        try:
            words += _read(own.read_text("utf-8"), str(own))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([f"{own}: cannot be read ({error})"]) from error
    return Forbidden(tuple(dict.fromkeys(words)))


def _read(text: str, name: str) -> list[str]:
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"{name}: not valid TOML: {error}"]) from error
    words = found.get("words")
    if set(found) != {"words"} or not isinstance(words, list):
        raise ConfigError([f'{name}: expected one list, words = ["...", "..."]'])
    if not all(isinstance(one, str) and one.strip() for one in words):
        raise ConfigError([f"{name}: words: expected texts that are not empty"])
    return [" ".join(one.casefold().split()) for one in words]
