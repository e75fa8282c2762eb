"""The seals this centre ever had, and which of them its present one vouches for.

Each row is signed by its own seal over its own fields, the fingerprint of the seal before it among
them: who trusts the present seal is led back to all earlier ones, and to no other. The earlier seal
endorses the later one by its signature over the same bytes, where it was still at hand: a daemon
that was started under the earlier one believes the later one, too.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ingest.errors import Refused
from ingest.seal import Seal, SealError, fingerprint, verify
from ingest.store.sealed import UNREADABLE
from ingest.store.tables import seals


def register(
    connection: Connection, seal: Seal, *, before: Seal | None, lost: bool, now: datetime
) -> None:
    """Make a seal known, after the one in use. Raises Refused, SealError.

    `before` is the seal in use until now; `lost` says that it is gone and cannot endorse.
    """
    found = _all(connection)
    if seal.fingerprint in found:
        raise SealError(f"the seal {seal.fingerprint} is known here already")
    last = _last(found)
    if last is None and (before is not None or lost):
        raise Refused("there is no seal before this one; leave --after and --lost out")
    if last is not None and before is None and not lost:
        raise Refused(
            f"the seal {last} is in use; name its file by --after, or say --lost if it is gone"
        )
    if before is not None and before.fingerprint != last:
        raise Refused(f"the seal in use is {last}, and the file of --after holds another")
    told = _message(seal.public, now, last)
    connection.execute(
        insert(seals).values(
            fingerprint=seal.fingerprint,
            public_key=seal.public,
            made_at=now,
            previous=last,
            signature=seal.sign(told),
            endorsement=None if before is None else before.sign(told),
        )
    )


def find(connection: Connection) -> list[Row[Any]]:
    """Return every seal, oldest first. Raises SealError."""
    return sorted(_all(connection).values(), key=lambda row: (row.made_at, row.fingerprint))


def is_known(connection: Connection, name: str) -> bool:
    """Say whether a seal with this fingerprint was registered."""
    query = select(seals.c.fingerprint).where(seals.c.fingerprint == name)
    return connection.scalar(query) is not None


def require_known(connection: Connection, seal: Seal) -> None:
    """Raise SealError unless a seal is the one in use here."""
    found = _all(connection)
    if _last(found) != seal.fingerprint:
        raise SealError(
            f"the seal {seal.fingerprint} is not the one in use here; run hadir-ingest seal make"
        )


def trusted(connection: Connection, root: str | None = None) -> Mapping[str, bytes]:
    """Return public keys by fingerprint: those the seal `root` leads back to, and on to.

    Without a root, those the last registered one leads back to: enough to notice a stray change,
    not somebody who can write what he likes into the database.
    """
    found = _readable(connection)
    name = root if root is not None else _last(found)
    chain: dict[str, bytes] = {}
    later = _endorsed_by(found, name)
    while name is not None and name not in chain:
        row = found.get(name)
        if row is None or not _vouched(row):
            break
        chain[name] = row.public_key
        name = row.previous
    while chain and later is not None and later.fingerprint not in chain:
        chain[later.fingerprint] = later.public_key
        later = _endorsed_by(found, later.fingerprint)
    return chain


def _all(connection: Connection) -> dict[str, Row[Any]]:
    """Return every seal by its fingerprint. Raises SealError where one cannot even be read."""
    try:
        return {row.fingerprint: row for row in connection.execute(select(seals))}
    except UNREADABLE as error:
        raise SealError(
            "a row of the table seals cannot be read any more: it was changed; bring the store "
            "back from a backup"
        ) from error


def _readable(connection: Connection) -> dict[str, Row[Any]]:
    """Return the seals that can be read: one that cannot vouches for none."""
    try:
        return _all(connection)
    except SealError:
        found = {}
        for name in connection.scalars(select(seals.c.fingerprint)).all():
            one = select(seals).where(seals.c.fingerprint == name)
            with suppress(*UNREADABLE):
                found[name] = connection.execute(one).one()
        return found


def _endorsed_by(found: Mapping[str, Row[Any]], name: str | None) -> Row[Any] | None:
    """Return the seal that came after another and is endorsed by it."""
    before = None if name is None else found.get(name)
    after = next((row for row in found.values() if name and row.previous == name), None)
    if before is None or after is None or after.endorsement is None:
        return None
    told = _message(after.public_key, after.made_at, after.previous)
    endorsed = _vouched(after) and verify(before.public_key, told, after.endorsement)
    return after if endorsed else None


def _last(found: Mapping[str, Row[Any]]) -> str | None:
    """Return the seal that no other comes after."""
    earlier = {row.previous for row in found.values()}
    return next((name for name in sorted(found) if name not in earlier), None)


def _vouched(row: Row[Any]) -> bool:
    if not isinstance(row.public_key, bytes):
        return False  # a store in a file may hold anything
    return fingerprint(row.public_key) == row.fingerprint and verify(
        row.public_key, _message(row.public_key, row.made_at, row.previous), row.signature
    )


def _message(public: bytes, made_at: datetime, previous: str | None) -> bytes:
    told = {
        "made_at": made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "previous": previous,
        "public_key": public.hex(),
    }
    return b"hadir-seals-1\n" + json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
