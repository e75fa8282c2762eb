"""The fields that are kept of an answer: an allow-list with spellings, under a hard deny-list.

`keep` is the only way from an answer into the store: what it returns are texts under our own
names, and nothing of what it drops is remembered, told or logged.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from ingest.denied import holds_number, is_denied
from ingest.errors import ConfigError

PERSON = ("data-utama", "rw-jabatan", "rw-cltn", "rw-tubel", "rw-hukdis", "rw-kontrak")
"""What is asked of a person; the first always, the last of PPPK alone."""
UNITS = "ref-unor"
KINDS = (*PERSON, UNITS)
MOST = 300
"""Characters of a text that is kept; longer ones are no such field."""
_NUMBERS_ARE_FINE = frozenset({"nip", "pns_id", "unit", "parent_unit", "above", "parent"})
_MOST_BYTES = 1 << 18
Columns = Mapping[str, Mapping[str, tuple[str, ...]]]


def load(own: Path | None = None) -> Columns:
    """Read the columns that ship, or an own file in their place. Raises ConfigError."""
    shipped = _read(resources.files("ingest.siasn").joinpath("data", "columns.toml").read_bytes())
    if own is None:
        return _checked(shipped, shipped, "columns.toml")
    try:
        content = own.read_bytes() if own.stat().st_size <= _MOST_BYTES else b"="
        return _checked(_read(content), shipped, str(own))
    except OSError as error:
        raise ConfigError([f"{own}: cannot be read ({error.strerror})"]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ConfigError([f"{own}: not valid TOML ({error})"]) from error


def keep(columns: Columns, kind: str, row: object) -> dict[str, str]:
    """Return what is kept of one row of an answer; nothing of what is no row."""
    if not isinstance(row, dict):
        return {}
    found = {}
    for ours, spellings in columns[kind].items():
        texts = (_text(row.get(one)) for one in spellings if not is_denied(one))
        text = next((one for one in texts if one), "")
        if text and (ours in _NUMBERS_ARE_FINE or not holds_number(text)):
            found[ours] = text
    return found


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        text = " ".join(str(value).split())
    except ValueError:  # a whole number of thousands of digits
        return ""
    return text if len(text) <= MOST and text.isprintable() else ""


def _read(content: bytes) -> Mapping[str, object]:
    return tomllib.loads(content.decode())


def _checked(found: Mapping[str, object], known: Mapping[str, object], name: str) -> Columns:
    """Return the columns of a file. Raises ConfigError with every fault of it."""
    faults: list[str] = []
    told: dict[str, dict[str, tuple[str, ...]]] = {}
    for kind in KINDS:
        table = found.get(kind)
        if not isinstance(table, dict):
            faults.append(f"[{kind}]: the table is missing")
            continue
        told[kind] = _table(kind, table, known[kind], faults)
    faults += [f"[{one}]: unknown table; there are {', '.join(KINDS)}" for one in found
               if one not in KINDS]  # fmt: skip
    if faults:
        raise ConfigError([f"{name}: {one}" for one in faults])
    return told


def _table(
    kind: str, table: Mapping[str, object], known: object, faults: list[str]
) -> dict[str, tuple[str, ...]]:
    ours = set(known) if isinstance(known, dict) else set()
    told = {}
    faults += [f"{kind}.{one}: the field is missing" for one in sorted(ours - set(table))]
    for one, spellings in table.items():
        place = f"{kind}.{one}"
        if one not in ours:
            faults.append(f"{place}: no field of ours; there are {', '.join(sorted(ours))}")
        elif not isinstance(spellings, list) or not all(
            isinstance(each, str) for each in spellings
        ):
            faults.append(f'{place}: expected a list of spellings, such as ["nipBaru"]')
        else:
            told[one] = tuple(spellings)
            faults += [f'{place}: "{each}" is never kept, whoever asks for it' for each in spellings
                       if is_denied(each)]  # fmt: skip
    return told
