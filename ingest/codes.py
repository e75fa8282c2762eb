"""One-time codes as people read them out and type them in.

    12-7K3QF-9XD2M-R0C4T-V8W6B-5HJ1N
    |  `-- 24 signs of secret, 120 bits, and one that shows a slip of the hand
    `-- number of the invitation

Digits and letters without I, L, O and U: whoever reads 0 for O or 1 for I is understood all the
same, and so is who leaves out the dashes or writes small.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from ingest.errors import IngestError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_SIGNS = 24
_GROUP = 5
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_CODE = re.compile(rf"([1-9][0-9]{{0,8}})([{ALPHABET}]{{{SECRET_SIGNS}}})([{ALPHABET}])")


class CodeMistyped(IngestError):
    """What was typed is no code of ours, whatever invitations there are."""


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code; `secret` is what only its holder knows."""

    number: int
    secret: str

    def __str__(self) -> str:
        signs = self.secret + _check(self.number, self.secret)
        groups = (signs[at : at + _GROUP] for at in range(0, len(signs), _GROUP))
        return "-".join([str(self.number), *groups])

    def __repr__(self) -> str:
        return f"Code({self.number})"


def new_secret() -> str:
    """Return a secret that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SECRET_SIGNS))


def read(text: str) -> Code:
    """Read a code as it was typed. Raises CodeMistyped, without the code in it."""
    found = _CODE.fullmatch(text.upper().translate(_READ_AS))
    if found is None or _check(int(found[1]), found[2]) != found[3]:
        raise CodeMistyped("this is no code of an invitation; compare it sign by sign")
    return Code(int(found[1]), found[2])


def _check(number: int, secret: str) -> str:
    return ALPHABET[hashlib.sha256(f"{number}-{secret}".encode()).digest()[0] % len(ALPHABET)]
