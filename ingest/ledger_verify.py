"""Verifies an exported ledger without the centre: one file, Python and `cryptography`, no more.

    python -m ingest.ledger_verify FILE [--checkpoint FILE] [--keys FILE] [--seal ID] [--list]

An auditor may be handed just this program and an export. It shares no code with the centre, so that
a mistake there is not made here again. What is checked, in the words of docs/ledger.md:

    key        is what its name says; one at a time; a rotation is signed by the old and the new key
    body       signed by a key of its bridge that was in use; names the receipt before it
    chain      link n = sha256(link n-1 + entry n), from link 0 = sha256(kind, outbox, serial);
               each height has one link, in whatever bodies it stands; no height is left out
    root       Merkle root (RFC 6962) over the batches of an office's day, with the day before in it
    checkpoint what was sent outside agrees with all of it

Leaves with 0 when all of it holds, with 1 at the first fault, with 2 when it cannot be run.
"""

import argparse
import base64
import csv
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORM = "hadir-ledger-1"
PUNCH = (
    "user_id", "local", "occurred_at", "state", "verify", "work_code", "source", "clock_offset_s",
    "read_at", "after", "raw",
)  # fmt: skip
BAD = (
    "id", "kind", "reason", "user_id", "near_from", "near_until", "source", "read_at", "raw",
)  # fmt: skip
GRACE_S = 600
CLOCK_S = 300
MAX_INFLATED = 1 << 30
MAX_GAP = 10_000_000
LISTED = (
    "office", "terminal", "user_id", "local_time", "state", "verify", "work_code", "source",
    "clock_offset_s", "read_at", "received_at", "batch", "outbox", "height",
)  # fmt: skip


class Fault(Exception):
    """The first thing that does not hold."""


class Unusable(Exception):
    """A file that is none of ours."""


# ------------------------------------------------------------------------------- what is counted


@dataclass
class Found:
    """What was proved so far."""

    bodies: int = 0
    unsigned: int = 0
    first_signed: int = sys.maxsize
    last_unsigned: int = 0
    rows: int = 0
    punches: int = 0
    """Touches, each counted when it is told first."""
    bad: int = 0
    repeated: int = 0
    refused: int = 0
    chains: int = 0
    days: int = 0
    checkpoints: int = 0
    offices: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    first_day: str = ""
    last_day: str = ""


# ------------------------------------------------------------------------------------------ keys


@dataclass
class Key:
    name: str
    bridge: int
    public: bytes
    enrolled: datetime
    retired: datetime | None
    grounds: dict[str, Any]


def read_key(told: dict[str, Any]) -> Key:
    retired = told["retired_at"]
    if type(told["bridge"]) is not int:
        raise ValueError(f"{told['bridge']!r} is no number of a bridge")
    return Key(
        name=told["key_id"],
        bridge=told["bridge"],
        public=bytes.fromhex(told["public_key"]),
        enrolled=moment(told["enrolled_at"]),
        retired=None if retired is None else moment(retired),
        grounds=told["grounds"],
    )


def check_keys(keys: dict[str, Key]) -> None:
    by_bridge: dict[int, list[Key]] = {}
    for key in keys.values():
        by_bridge.setdefault(key.bridge, []).append(key)
        if key_name(key.public) != key.name:
            raise Fault(f"key {key.name} is another key than its name says")
        if "rotated_from" in key.grounds:
            check_rotation(key, keys)
        elif "invite" in key.grounds and not signed_grounds(key.public, key.grounds):
            raise Fault(f"key {key.name} did not sign its own enrolment")
        if has_grounds(key):
            check_time(key)
    for own in by_bridge.values():
        own.sort(key=lambda one: one.enrolled)
        for older, newer in pairwise(own):
            if older.retired is None or older.retired > newer.enrolled:
                raise Fault(
                    f"keys {older.name} and {newer.name} of bridge {newer.bridge} were in use at "
                    "the same time"
                )


def has_grounds(key: Key) -> bool:
    return "rotated_from" in key.grounds or "invite" in key.grounds


def check_time(key: Key) -> None:
    """The request by which a key came was signed with its time."""
    if abs(key.enrolled.timestamp() - int(key.grounds["time"])) > CLOCK_S + GRACE_S:
        raise Fault(f"key {key.name} is said to have come at another time than it asked to")


def check_rotation(key: Key, keys: dict[str, Key]) -> None:
    grounds = key.grounds
    old = keys.get(str(grounds["rotated_from"]))
    if old is None or old.bridge != key.bridge:
        raise Fault(f"key {key.name} took the place of a key that its bridge never had")
    if old.retired is not None and old.retired < key.enrolled - timedelta(seconds=GRACE_S):
        raise Fault(f"key {key.name} took the place of key {old.name}, which was retired before")
    try:
        body = bytes.fromhex(grounds["body"])
        told = json.loads(inflate(body))
        proof, public = bytes.fromhex(told["proof"]), bytes.fromhex(told["public_key"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, Fault) as error:
        raise Fault(f"key {key.name} does not hold the request it came by") from error
    message = f"hadir-rotate-2\n{old.name}\n{key.public.hex()}\n".encode()
    if (
        public != key.public
        or hashlib.sha256(body).hexdigest() != grounds.get("body_sha256")
        or not signed_grounds(old.public, grounds)
        or not verifies(key.public, proof, message)
    ):
        raise Fault(f"key {key.name} took the place of key {old.name} without both signatures")


def signed_grounds(public: bytes, grounds: dict[str, Any]) -> bool:
    try:
        message = request_message(
            str(grounds["path"]), grounds["time"], grounds["nonce"], grounds["body_sha256"]
        )
        return verifies(public, bytes.fromhex(grounds["signature"]), message)
    except (KeyError, TypeError, ValueError):
        return False


def request_message(path: str, time: int, nonce: str, body_sha256: str) -> bytes:
    return f"hadir-request-2\nPOST\n{path}\n{time}\n{nonce}\n{body_sha256}\n".encode()


def key_name(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:32]


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# ---------------------------------------------------------------------------------------- bodies


@dataclass
class Set:
    """The punches or the bad records of a body, by columns, in runs of chains."""

    kind: str
    runs: list[tuple[str, int, int, bytes, bytes]]
    columns: list[list[Any]]
    entries: list[bytes]


def inflate(travelled: bytes) -> bytes:
    if not travelled.startswith(b"\x1f\x8b"):
        return travelled
    stream = zlib.decompressobj(31)
    try:
        written = stream.decompress(travelled, MAX_INFLATED)
    except zlib.error as error:
        raise Fault("its body is not gzip") from error
    if not stream.eof or stream.unused_data:
        raise Fault("its body is not one whole gzip stream")
    return written


def open_body(travelled: bytes) -> dict[str, Any]:
    written = inflate(travelled)
    try:
        told = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise Fault("its body is not JSON") from error
    if not isinstance(told, dict) or told.get("version") != 2:
        raise Fault("its body is not of version 2")
    return told


def read_sets(told: dict[str, Any]) -> list[Set]:
    return [read_set(told, "p", "punches", PUNCH), read_set(told, "b", "bad", BAD)]


def read_set(told: dict[str, Any], kind: str, name: str, fields: Sequence[str]) -> Set:
    try:
        found = told[name]
        columns = [list(found[one]) for one in fields]
        runs = [
            (str(serial), int(first), int(count), bytes.fromhex(before), bytes.fromhex(after))
            for serial, first, count, before, after in found["runs"]
        ]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Fault(f"its {name} are not in the columns of version 2") from error
    count = len(columns[0])
    if any(len(one) != count for one in columns) or sum(run[2] for run in runs) != count:
        raise Fault(f"its {name} do not fill their columns and runs")
    if any(run[1] < 1 or run[2] < 1 for run in runs):
        raise Fault(f"its {name} have a run without rows or below height 1")
    rows = zip(*columns, strict=True)
    entries = [punch_entry(row) if kind == "p" else bad_entry(row) for row in rows]
    return Set(kind, runs, columns, entries)


def punch_entry(row: Sequence[Any]) -> bytes:
    parts = ("-" if one is None else str(one) for one in row)
    return "\x1f".join(parts).encode(errors="surrogatepass")


def bad_entry(row: Sequence[Any]) -> bytes:
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode(
        errors="surrogatepass"
    )


def can_be_read(kind: str, row: Sequence[Any]) -> bool:
    """Say whether the centre had to take a row: these are the limits of wire version 2."""
    if kind == "b":
        row_id, sort, reason, user, near_from, near_until, source, read_at, raw = row
        return (
            is_text(row_id, 32, r"[0-9a-f]{32}")
            and is_word(sort, 20)
            and is_text(reason, 500)
            and is_text(user, 64)
            and all(one is None or is_local(one) for one in (near_from, near_until))
            and source in SOURCES
            and is_number(read_at)
            and is_raw(raw)
        )
    user, local, at, state, verify, work, source, offset, read_at, after, raw = row
    return (
        is_word(user, 64)
        and all(is_number(one) for one in (local, at, read_at))
        and all(one is None or is_number(one) for one in (offset, after))
        and all(one is None or (type(one) is int and 0 <= one <= 65_535) for one in (state, verify))
        and is_text(work, 32)
        and source in SOURCES
        and is_raw(raw)
        and abs(local - at) <= 15 * 3_600
    )


SOURCES = ("poll", "usb", "live", "push")


def is_number(value: Any) -> bool:
    return type(value) is int and abs(value) <= 8_204_889_600


def is_text(value: Any, most: int, form: str = "") -> bool:
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return not form or re.fullmatch(form, value) is not None


def is_word(value: Any, most: int) -> bool:
    return is_text(value, most) and value != "" and not re.search(r"[\x00-\x1f\x7f]", value)


def is_local(value: Any) -> bool:
    if not is_text(value, 19, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_raw(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 2_048:
        return False
    try:
        bytes.fromhex(value)
    except ValueError:
        return False
    return True


# ---------------------------------------------------------------------------------------- chains


class Chain:
    """Every link of one chain that was seen, by height."""

    def __init__(self) -> None:
        self._base = 0
        self._links = bytearray()
        self.refused: set[int] = set()

    def put(self, height: int, link: bytes) -> bool:
        """Note a link; say whether it agrees with what was seen at this height."""
        if not self._links:
            self._base = height
        if height < self._base:
            self._links[:0] = bytes(32 * self._room(self._base - height))
            self._base = height
        place = 32 * (height - self._base)
        if place >= len(self._links):
            self._room((place - len(self._links)) // 32)
            self._links.extend(bytes(place + 32 - len(self._links)))
        seen = self._links[place : place + 32]
        if any(seen):
            return bytes(seen) == link
        self._links[place : place + 32] = link
        return True

    def get(self, height: int) -> bytes | None:
        place = 32 * (height - self._base)
        seen = bytes(self._links[place : place + 32]) if place >= 0 else b""
        return seen if any(seen) else None

    @property
    def base(self) -> int:
        return self._base

    def gaps(self) -> list[int]:
        """Return heights between known ones that no body holds and none was refused at."""
        heights = range(self._base, self._base + len(self._links) // 32)
        return [one for one in heights if self.get(one) is None and one not in self.refused]

    @staticmethod
    def _room(more: int) -> int:
        if more > MAX_GAP:
            raise Fault(f"a chain leaves out {more} heights")
        return more


# ----------------------------------------------------------------------------------------- roots


class Tree:
    """A Merkle tree as RFC 6962 has it."""

    def __init__(self) -> None:
        self._leaves: list[bytes] = []

    def add(self, statement: bytes) -> None:
        self._leaves.append(hashlib.sha256(b"\0" + statement).digest())

    def root(self) -> bytes:
        level = self._leaves
        if not level:
            return hashlib.sha256(b"").digest()
        while len(level) > 1:
            paired = [
                hashlib.sha256(b"\1" + level[n] + level[n + 1]).digest()
                for n in range(0, len(level) - 1, 2)
            ]
            level = paired + level[len(level) - len(level) % 2 :]
        return level[0]


def stated(kind: str, *values: Any) -> bytes:
    return f"{kind}\n{json.dumps(values, separators=(',', ':'))}".encode("ascii")


def batch_statement(told: dict[str, Any], body: bytes | None) -> bytes:
    refused = told["refused"]
    return stated(
        "hadir-batch-2",
        told["office"], told["bridge"], told["outbox"], told["number"], told["receipt"],
        told["received_at"], told["sent"], told["key"], told["signed_at"], told["nonce"],
        told["signature"], None if body is None else hashlib.sha256(body).hexdigest(),
        told["clock_limit_s"],
        None if refused is None else sorted(map(list, refused.items())),
    )  # fmt: skip


def root_of(told: dict[str, Any], tree: bytes) -> bytes:
    return hashlib.sha256(
        stated(
            "hadir-root-2",
            told["office"], told["day"], told["until"], told["batches"], told["rows"],
            told["first_batch"], told["last_batch"], tree.hex(), told["previous"],
        )
    ).digest()  # fmt: skip


# ---------------------------------------------------------------------------------- one office


@dataclass
class Batch:
    """What is kept of a batch until the roots of its office come."""

    number: int
    received_at: str
    sent: int
    leaf: bytes


class Office:
    """Everything of one office, as it comes."""

    def __init__(self, code: str, keys: dict[str, Key], found: Found, whole: bool, show: Any):
        self.code = code
        self._keys = keys
        self._found = found
        self._whole = whole
        self._show = show
        self.chains: dict[tuple[str, str, str], Chain] = {}
        self._receipts: dict[str, set[str]] = {}
        self._bridge_outboxes: dict[int, list[str]] = {}
        self._nonces: set[tuple[str, str]] = set()
        self._told: set[bytes] = set()
        self._batches: list[Batch] = []
        self.roots: dict[str, dict[str, Any]] = {}
        self._last_root: dict[str, Any] | None = None

    def batch(self, told: dict[str, Any]) -> None:
        if self._last_root is not None:
            raise Fault("it stands behind the roots of its office")
        body = None if told["body"] is None else base64.b64decode(told["body"], validate=True)
        if self._batches and told["number"] <= self._batches[-1].number:
            raise Fault("it does not stand behind the batches before it")
        self._batches.append(
            Batch(told["number"], told["received_at"], told["sent"], batch_statement(told, body))
        )
        if body is None:
            if told["signature"] is not None or told["key"] is not None:
                raise Fault("its body is gone")
            self._found.unsigned += 1
            self._found.last_unsigned = max(self._found.last_unsigned, told["number"])
        else:
            self._found.first_signed = min(self._found.first_signed, told["number"])
            self._signature(told, body)
            self._body(told, open_body(body))
        if self._found.first_signed < self._found.last_unsigned:
            raise Fault("a batch that came before it is signed, and of two the later must be, too")
        self._receipts.setdefault(told["outbox"], set()).add(told["receipt"])

    def _signature(self, told: dict[str, Any], body: bytes) -> None:
        key = self._keys.get(told["key"])
        if key is None:
            raise Fault("it is signed by a key that is not in this file")
        if key.bridge != told["bridge"]:
            raise Fault(f"it is signed by key {key.name}, which is of bridge {key.bridge}")
        digest = hashlib.sha256(body).hexdigest()
        message = request_message("/v2/punches", told["signed_at"], told["nonce"], digest)
        if not verifies(key.public, bytes.fromhex(told["signature"] or ""), message):
            raise Fault(f"it is not what key {key.name} signed")
        at = moment(told["received_at"])
        grace = timedelta(seconds=GRACE_S)
        if at < key.enrolled - grace or (key.retired is not None and at > key.retired + grace):
            raise Fault(f"it is signed by key {key.name}, which was not in use when it came")
        if abs(at.timestamp() - told["signed_at"]) > CLOCK_S + GRACE_S:
            raise Fault("it was signed at another time than it is said to have come")
        if (key.name, told["nonce"]) in self._nonces:
            raise Fault("it is a request that stands in this file already")
        self._nonces.add((key.name, told["nonce"]))
        self._found.bodies += 1

    def _body(self, told: dict[str, Any], body: dict[str, Any]) -> None:
        outbox = body.get("outbox")
        if outbox != told["outbox"]:
            raise Fault("it is kept as one of another outbox than its body names")
        self._after(told, body.get("after"))
        sets = read_sets(body)
        count = sum(len(one.entries) for one in sets)
        if count != told["sent"]:
            raise Fault(f"it is kept as one of {told['sent']} rows, and its body has {count}")
        self._found.rows += count
        refused = dict(told["refused"] or {})
        for one in sets:
            self._rows(told, one, refused)
        if refused:
            raise Fault(f"it is said to have a refused row {min(refused)}, and its body has none")

    def _after(self, told: dict[str, Any], after: Any) -> None:
        outboxes = self._bridge_outboxes.setdefault(told["bridge"], [])
        if told["outbox"] not in outboxes:
            outboxes.append(told["outbox"])
        known = self._receipts.get(told["outbox"])
        if after is None or (known and after in known) or (known is None and not self._whole):
            return
        raise Fault(
            f"its bridge held receipt {after} when it sent it, and no batch before it was answered "
            "so: that one was taken out or moved"
        )

    def _rows(self, told: dict[str, Any], rows: Set, refused: dict[str, str]) -> None:
        start = 0
        for serial, first, count, before, after in rows.runs:
            places = range(start, start + count)
            start += count
            names = {place: f"{rows.kind}{place}" for place in places}
            kept = [place for place in places if refused.pop(names[place], None) is None]
            self._found.refused += count - len(kept)
            self._run(told, rows, (serial, first, before, after), places, taken=bool(kept))
            if not kept:
                continue  # nothing of this terminal was taken: it is another office's
            for place in places:
                row = [column[place] for column in rows.columns]
                if (place in kept) != can_be_read(rows.kind, row):
                    raise Fault(f"row {names[place]} was refused, or was not, against what it says")
            for place in kept:
                self._row(told, rows, serial, first + place - places[0], place)

    def _run(
        self,
        told: dict[str, Any],
        rows: Set,
        run: tuple[str, int, bytes, bytes],
        places: range,
        *,
        taken: bool,
    ) -> None:
        serial, first, before, after = run
        name = (told["outbox"], serial, rows.kind)
        if name not in self.chains:
            self.chains[name] = Chain()
            self._found.chains += 1
        chain = self.chains[name]
        where = f"of terminal {serial} ({rows.kind}, outbox {told['outbox']})"
        start = f"hadir-chain-2\n{rows.kind}\n{told['outbox']}\n{serial}".encode()
        if first == 1 and before != hashlib.sha256(start).digest():
            raise Fault(f"it begins the chain {where} with another past than none")
        link = before
        if not taken:
            chain = Chain()  # what was refused binds nothing that comes later
            self.chains[name].refused.update(range(first, first + len(places)))
        if first > 1 and (seen := chain.get(first - 1)) is not None and seen != before:
            raise Fault(f"height {first - 1} {where} has another past in it than before")
        for height, place in enumerate(places, first):
            link = hashlib.sha256(link + rows.entries[place]).digest()
            if not chain.put(height, link):
                raise Fault(f"height {height} {where} has another past in it than before")
        if link != after:
            raise Fault(
                f"heights {first} to {first + len(places) - 1} {where} do not come out as it says"
            )

    def _row(self, told: dict[str, Any], rows: Set, serial: str, height: int, place: int) -> None:
        row = [column[place] for column in rows.columns]
        key = [serial, row[0], row[1]] if rows.kind == "p" else [row[0]]
        name = hashlib.sha256(json.dumps(key).encode()).digest()[:16]
        if name in self._told:
            self._found.repeated += 1
            return
        self._told.add(name)
        if rows.kind == "b":
            self._found.bad += 1
            return
        self._found.punches += 1
        if self._show is not None:
            user, local, _, state, verify, work, source, offset, read_at, _, _ = row
            self._show(
                [
                    self.code, serial, user, wall(local), state, verify, work, source, offset,
                    epoch(read_at), told["received_at"], told["number"], told["outbox"], height,
                ]
            )  # fmt: skip

    def root(self, told: dict[str, Any]) -> None:
        """Take the next day's root, when all batches of the office have come."""
        last = self._last_root
        if last is None:
            first = hashlib.sha256(f"hadir-roots-2\n{self.code}".encode()).hexdigest()
            if self._whole and told["previous"] != first:
                raise Fault("it does not begin its office's roots: earlier ones were taken out")
        elif (
            date.fromisoformat(told["day"]) != date.fromisoformat(last["day"]) + timedelta(days=1)
            or told["until"] <= last["until"]
        ):
            raise Fault(f"it does not follow that of {last['day']}")
        elif told["previous"] != last["root"]:
            raise Fault(f"it does not hold the root of {last['day']}")
        tree, under = Tree(), []
        for one in self._batches:
            if one.received_at < told["until"]:
                tree.add(one.leaf)
                under.append(one)
        self._batches = [one for one in self._batches if one.received_at >= told["until"]]
        found = (len(under), sum(one.sent for one in under))
        if found != (told["batches"], told["rows"]):
            raise Fault(
                f"it is over {told['batches']} batches with {told['rows']} rows, and {found[0]} "
                f"with {found[1]} rows are in this file"
            )
        if root_of(told, tree.root()).hex() != told["root"]:
            raise Fault("it is not that of its batches, or was changed")
        self._last_root = self.roots[told["day"]] = told
        self._found.days += 1
        self._found.first_day = min(self._found.first_day or told["day"], told["day"])
        self._found.last_day = max(self._found.last_day, told["day"])

    def close(self) -> None:
        """Look at what is only known at the end."""
        ended = {outbox for outboxes in self._bridge_outboxes.values() for outbox in outboxes[:-1]}
        for (outbox, serial, kind), chain in self.chains.items():
            where = f"of terminal {serial} ({kind}, outbox {outbox})"
            gaps = chain.gaps()
            if chain.base > 1 and self._whole:
                gaps.insert(0, 1)
            if gaps and outbox not in ended:
                raise Fault(
                    f"height {gaps[0]} {where} is in no body, and later ones are: it was taken "
                    "out, or the bridge keeps it"
                )
            if gaps:
                self._found.notes.append(
                    f"{len(gaps)} heights {where} never came; its bridge has begun anew since"
                )
            if chain.base > 1 and not self._whole:
                self._found.notes.append(
                    f"the chain {where} goes on from height {chain.base}: what is below is not in "
                    "this file"
                )
        if self._batches:
            self._found.notes.append(
                f"{len(self._batches)} batches of office {self.code} are under no root yet"
            )


# ------------------------------------------------------------------------------------- the file


class File:
    """An exported ledger, read once."""

    def __init__(self, show: Any = None) -> None:
        self.found = Found()
        self.keys: dict[str, Key] = {}
        self.offices: dict[str, Office] = {}
        self._show = show
        self._office: Office | None = None
        self._whole = True
        self._counts = {"key": 0, "batch": 0, "root": 0}
        self._checked = False
        self._ended = False
        self.says: dict[str, Any] = {}
        """Which office and days are said to be in it."""

    def read(self, lines: Iterator[bytes]) -> None:
        """Verify line by line. Raises Fault, Unusable."""
        head = one_of(next(lines, b""))
        if head[0] != "file" or head[1].get("form") != FORM:
            raise Unusable(f"not an exported ledger of the form {FORM}")
        self._whole = head[1].get("since") is None
        self.says = {name: head[1].get(name) for name in ("office", "since", "until")}
        for line in lines:
            if self._ended:
                raise Fault("something stands behind the end of the file")
            name, told = one_of(line)
            try:
                self._take(name, told)
            except (
                KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError,
            ) as error:  # fmt: skip
                raise Fault(f"a {name} in this file is not whole: {error!r}") from error
        if not self._ended:
            raise Fault("the file ends before its end: it was cut off")

    def _take(self, name: str, told: dict[str, Any]) -> None:
        if name in self._counts:
            self._counts[name] += 1
        if name == "key":
            key = read_key(told)
            if (
                self._checked or key.name in self.keys
            ):  # what comes later would be looked at by none
                raise Fault(f"key {key.name} stands behind the offices, or twice")
            self.keys[key.name] = key
        elif name == "office":
            self._begin(told)
        elif name == "batch":
            self._of(told, f"batch {told['number']}", lambda office: office.batch(told))
        elif name == "root":
            since, until = self.says["since"] or told["day"], self.says["until"] or told["day"]
            if not since <= told["day"] <= until:
                raise Fault(f"the root for {told['day']} is of none of the days it is said to hold")
            self._of(told, f"the root for {told['day']}", lambda office: office.root(told))
        elif name == "end":
            self._end(told)
        else:
            raise Fault(f"a line of this file is a {name}, which nobody writes")

    def _begin(self, told: dict[str, Any]) -> None:
        if self.says["office"] not in {None, told["code"]}:
            raise Fault(f"it is said to hold office {self.says['office']}, and holds others")
        if not self._checked:
            check_keys(self.keys)
            self._checked = True
        if self._office is not None:
            self._office.close()
        if told["code"] in self.offices:
            raise Fault(f"office {told['code']} stands in this file twice")
        self._office = Office(told["code"], self.keys, self.found, self._whole, self._show)
        self.offices[told["code"]] = self._office
        self.found.offices.append(told["code"])

    def _of(self, told: dict[str, Any], what: str, take: Any) -> None:
        if self._office is None or told["office"] != self._office.code:
            raise Fault(f"{what} stands under another office than its own")
        try:
            take(self._office)
        except Fault as fault:
            raise Fault(f"{what} of office {told['office']}: {fault}") from fault

    def _end(self, told: dict[str, Any]) -> None:
        if not self._checked:
            check_keys(self.keys)
        if self._office is not None:
            self._office.close()
        if told != self._counts:
            raise Fault(f"the file says it holds {told}, and it holds {self._counts}")
        self._ended = True


def one_of(line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        told = json.loads(line)
        ((name, value),) = told.items()
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise Unusable("a line of this file is not what an export writes") from error
    if not isinstance(value, dict):
        raise Unusable("a line of this file is not what an export writes")
    return str(name), value


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a packed file. Raises Fault where it is cut or changed."""
    stream, rest = zlib.decompressobj(31), b""
    with path.open("rb") as file:
        while piece := file.read(1 << 16):
            try:
                rest += stream.decompress(piece)
            except zlib.error as error:
                raise Unusable(f"not gzip, or damaged: {error}") from error
            *whole, rest = rest.split(b"\n")
            yield from whole
            if stream.unused_data:
                raise Fault("something stands behind the end of the file")
    if not stream.eof:
        raise Fault("the file ends before its end: it was cut off")
    if rest:
        raise Fault("the file ends in the middle of a line")


# ---------------------------------------------------------------------------------- checkpoints

BEGIN, END = "-----BEGIN HADIR CHECKPOINT-----", "-----END HADIR CHECKPOINT-----"


def check_checkpoint(text: str, file: File, seal: str | None) -> str:
    """Compare a checkpoint with a verified file; return what to say of it. Raises Fault."""
    told, public, signature = read_checkpoint(text)
    try:
        return compare_checkpoint(told, public, signature, file, seal)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Fault(f"it is not whole: {error!r}") from error


def compare_checkpoint(
    told: dict[str, Any], public: bytes, signature: bytes, file: File, seal: str | None
) -> str:
    name = key_name(public)
    body = json.dumps(told, sort_keys=True, separators=(",", ":"))
    if not verifies(public, signature, f"hadir-checkpoint-1\n{body}".encode()):
        raise Fault("its seal does not cover it: the checkpoint itself was changed")
    if seal is not None and seal != name:
        raise Fault(f"it bears seal {name}, and not {seal}")
    office = file.offices.get(told["office"])
    root = None if office is None else office.roots.get(told["day"])
    if office is None or root is None:
        raise Fault(f"office {told['office']} has no root for {told['day']} in this file")
    if root["root"] != told["root"]:
        raise Fault(
            f"office {told['office']} had root {told['root']} on {told['day']}, and has "
            f"{root['root']} in this file: the past was rewritten"
        )
    for outbox, serial, kind, height, link in told["chains"]:
        chain = office.chains.get((outbox, serial, kind))
        if chain is None or (chain.get(height) or b"").hex() != link:
            raise Fault(f"height {height} of terminal {serial} ({kind}) was another then")
    for bridge, key in told["keys"]:
        if key not in file.keys or file.keys[key].bridge != bridge:
            raise Fault(f"key {key} of bridge {bridge} was known then and is not in this file")
    return f"office {told['office']}, {told['day']}, seal {name}"


def read_checkpoint(text: str) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        inner = text.split(BEGIN)[1].split(END, maxsplit=1)[0]
        sealed = dict(re.findall(r"^(public|signature): ([0-9a-f]+)\s*$", text, re.MULTILINE))
        told = json.loads(inner)
        return told, bytes.fromhex(sealed["public"]), bytes.fromhex(sealed["signature"])
    except (IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Unusable("it is not a checkpoint") from error


# ------------------------------------------------------------------------------------- commands


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def wall(seconds: int) -> str:
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat(sep=" ")


def epoch(seconds: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat(sep=" ")


def one_line(text: str) -> str:
    """Return what may come out of a file so that it is one line on any screen."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def pinned(path: Path, keys: dict[str, Key]) -> None:
    """Compare with key names known from elsewhere. Raises Fault."""
    names = set(re.findall(r"\b[0-9a-f]{32}\b", path.read_text("utf-8")))
    for key in keys.values():
        if key.name not in names and "rotated_from" not in key.grounds:
            raise Fault(f"key {key.name} of bridge {key.bridge} is not among those of {path}")


def tell(file: File) -> None:
    found = file.found
    say = sys.stderr.write if file._show else sys.stdout.write
    say(
        f"Proved: {found.bodies} bodies signed by {len(file.keys)} keys of "
        f"{len({key.bridge for key in file.keys.values()})} bridges; {found.punches} punches and "
        f"{found.bad} bad records in {found.chains} chains"
        + f"; {found.days} days under roots"
        + (f", {found.first_day} to {found.last_day}" if found.days else "")
        + f"; offices {', '.join(found.offices) or 'none'}.\n"
    )
    said = ", ".join(f"{name} {value}" for name, value in file.says.items() if value is not None)
    if said:
        say(f"It says of itself that it is not everything: {said}.\n")
    for key in file.keys.values():
        if not has_grounds(key):
            say(f"Key {key.name} came by no invitation and after no other.\n")
    if found.repeated:
        say(f"{found.repeated} rows were told again later.\n")
    if found.refused:
        say(f"{found.refused} rows were refused by the centre: they are in the bodies.\n")
    if found.unsigned:
        say(f"{found.unsigned} batches are from before anything was signed: nothing proves them.\n")
    for note in found.notes:
        say(f"{note}.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ingest.ledger_verify",
        description="Verify an exported ledger of hadir, without its database.",
    )
    parser.add_argument("file", type=Path, help="what `hadir-ingest ledger export` wrote")
    parser.add_argument(
        "--checkpoint", type=Path, action="append", default=[],
        help="a checkpoint that was kept outside; may be given more than once",
    )  # fmt: skip
    parser.add_argument("--keys", type=Path, help="a text with the key ids of bridges known to you")
    parser.add_argument("--seal", help="the fingerprint of the centre's seal known to you")
    parser.add_argument("--list", action="store_true", help="print each proved punch as CSV")
    given = parser.parse_args(arguments)
    show = None
    if given.list:
        writer = csv.writer(sys.stdout, lineterminator="\r\n")
        writer.writerow(LISTED)
        show = writer.writerow
    file = File(show)
    where = given.file
    try:
        file.read(lines_of(given.file))
        if given.keys is not None:
            pinned(given.keys, file.keys)
        told = []
        for where in given.checkpoint:
            told.append(check_checkpoint(where.read_text("utf-8"), file, given.seal))
    except Fault as fault:
        sys.stderr.write(f"NOT PROVED: {one_line(f'{where}: {fault}')}\n")
        return 1
    except (Unusable, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{one_line(f'{where}: {error}')}\n")
        return 2
    tell(file)
    for text in told:
        (sys.stderr if given.list else sys.stdout).write(f"The checkpoint holds: {text}.\n")
    if not told:
        (sys.stderr if given.list else sys.stdout).write(
            "Without a checkpoint from outside, a centre could have written all of this anew with "
            "keys of its own.\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
