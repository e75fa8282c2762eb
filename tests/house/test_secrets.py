"""No secret stands in a tracked file: keys, tokens of gateways, passwords in addresses.

What tests and documents write in their place looks made up: words, repeated letters, few of them.
"""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from math import log2
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGE = 2_000_000
"""Bytes of a file of data, in which nobody types a secret."""

SURE = {
    "private key": re.compile(
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+(?:[\w-]+: [^\n]*\s+)*[A-Za-z0-9+/=\s]{64}"
    ),
    "key of age": re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{50}"),
    "token of Meta": re.compile(r"\bEAA[A-Za-z0-9]{40,}"),
    "token of GitHub": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})"),
    "key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "signed token": re.compile(r"\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{20,}"),
}
NAMED = re.compile(
    r"(?:token|secret|password|passwd|sandi|api_?key|app_?key|auth)\w*[\"']?\s{0,3}[:=]{1,2}\s{0,3}"
    r"b?[\"']?(?:Bearer |Basic )?([A-Za-z0-9+/_=-]{24,})",
    re.IGNORECASE,
)
"""A long word that is given to something with such a name."""
RANDOM_BITS = 3.7
"""Bits of a letter above which a word was not typed by hand; 24 random letters have about 4.2."""


def bits(word: str) -> float:
    counts = Counter(word).values()
    return -sum(one / len(word) * log2(one / len(word)) for one in counts)


def made_by_chance(word: str) -> bool:
    """Say whether a word is no name of a variable, no path and no run of letters."""
    kinds = (str.isdigit, str.islower, str.isupper)
    return all(any(map(kind, word)) for kind in kinds) and bits(word) > RANDOM_BITS


def secrets_in(text: str) -> Iterator[str]:
    for name, pattern in SURE.items():
        yield from (f"{name} at {one.start()}" for one in pattern.finditer(text))
    for one in NAMED.finditer(text):
        if made_by_chance(one[1]):
            yield f"{one[0].split(one[1])[0].strip()} at {one.start()}"


def tracked() -> list[Path]:
    """Return what git keeps; outside a checkout, there is nothing to look at."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    files = [ROOT / name for name in told.stdout.decode().split("\0") if name]
    return [one for one in files if one.is_file() and one.stat().st_size < LARGE]


def test_no_tracked_file_holds_a_secret() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {one}"  # where, and never what
        for file in tracked()
        for one in secrets_in(file.read_bytes().decode("utf-8", "replace"))
    ]
    assert found == []


LETTERS = "k7Qz2mXv9LpR4tYw8NcB3hJd6FsG1aUe5oVi0EyTMZxWq"


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN {'OPENSSH '}PRIVATE KEY-----\n{LETTERS}\n{LETTERS}\n",
        f"-----BEGIN {''}PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{LETTERS}{LETTERS}",
        f"AGE-{'SECRET'}-KEY-1{'Q' * 58}",
        f"curl -H 'x: EAA{'G'}{LETTERS}'",
        f"ghp_{LETTERS[:36]}",
        f"AK{'IA'}QWERTYUIOPASDFGH",
        f"eyJ{LETTERS}.eyJ{LETTERS}.{LETTERS}",
        f'fonnte_token = "{LETTERS[:28]}"',
        f'"app_secret": "{LETTERS[:32]}"',
        f"password={LETTERS}",
    ],
)
def test_what_is_looked_for_is_found(text: str) -> None:
    assert list(secrets_in(text))


@pytest.mark.parametrize(
    "text",
    [
        'consumer_secret_file = "siasn.consumer-secret"',
        'token = "rahasia-rahasia-rahasia-rahasia"',
        "token=hadir_tokens_of_this_test_in_words",
        f"secret = '{'0123456789abcdef' * 4}'",
        "-----BEGIN " + "PRIVATE KEY-----\n...\n",
    ],
)
def test_what_stands_for_a_secret_is_none(text: str) -> None:
    assert not list(secrets_in(text))
