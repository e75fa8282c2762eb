"""The short code of a letter, by which somebody who holds the paper asks whether it is ours. Pure.

    7K3QF-9XD2M
    `-- nine random signs, 45 bits, and one that shows a slip of the hand

Digits and letters without I, L, O and U; whoever reads 0 for O, or writes small, is understood all
the same. The tenth sign is worked out in the field of 32: each sign weighs otherwise, so one wrong
sign, and any two that changed places, are always noticed.
"""

import secrets

from ingest.errors import IngestError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS = 10
_GROUP = 5
_FIELD = 0b100101  # x^5 + x^2 + 1
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class CodeMistyped(IngestError):
    """What was typed is no code of a letter, whatever letters there are."""


def new_code() -> str:
    """Return a code that nobody guesses, as it is printed."""
    return checked("".join(secrets.choice(ALPHABET) for _ in range(SIGNS - 1)))


def checked(signs: str) -> str:
    """Return nine signs with their tenth, as printed."""
    whole = signs + ALPHABET[_sum(signs)]
    return f"{whole[:_GROUP]}-{whole[_GROUP:]}"


def read_code(text: str) -> str:
    """Return a code as printed, however it was typed. Raises CodeMistyped."""
    signs = text.upper().translate(_READ_AS)
    whole = len(signs) == SIGNS and set(signs) <= set(ALPHABET)
    if not whole or checked(signs[:-1]).replace("-", "") != signs:
        raise CodeMistyped(
            f"this is no code of a letter: it has {SIGNS} signs, as in 7K3QF-9XD2M; compare it "
            "sign by sign"
        )
    return f"{signs[:_GROUP]}-{signs[_GROUP:]}"


def _sum(signs: str) -> int:
    """Return the last sign's value: with it, the signs by their weights 2, 4, 8, ... come to it."""
    total, weight = 0, 1
    for one in signs:
        weight = _times_two(weight)
        total ^= _times(weight, ALPHABET.index(one))
    return total


def _times(one: int, other: int) -> int:
    found = 0
    while other:
        found ^= one if other & 1 else 0
        one, other = _times_two(one), other >> 1
    return found


def _times_two(one: int) -> int:
    doubled = one << 1
    return doubled ^ _FIELD if doubled & 0b100000 else doubled
