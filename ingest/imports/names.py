"""Whether two spellings are of one name: offices write titles as they like, and shorten. Pure."""

import re

_TITLES = frozenset({"dr", "drg", "drs", "dra", "ir", "h", "hj", "prof", "apt", "ns", "r", "rr"})
_SIGNS = re.compile(r"[^\w]+")


def alike(one: str, other: str) -> bool:
    """Say whether two names may be one: each word of the shorter begins one of the longer."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    if not shorter:
        return one.casefold().split() == other.casefold().split()
    return all(any(_begins(word, whole) for whole in longer) for word in shorter)


def _words(name: str) -> list[str]:
    """Return a name's words, without what follows a comma and titles before it."""
    words = _SIGNS.sub(" ", name.split(",", maxsplit=1)[0].casefold()).split()
    return [word for word in words if word not in _TITLES]


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
