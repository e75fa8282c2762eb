"""Whose request this is: a bridge shows its token in `Authorization: Bearer hb_...`."""

import re

from sqlalchemy import Engine

from ingest.errors import IngestError
from ingest.store.bridges import Bridge, find_by_token
from ingest.store.database import reading

_BEARER = re.compile(r"bearer +(hb_[A-Za-z0-9_-]{20,200})", re.IGNORECASE)


class TokenUnknown(IngestError):
    """No token, or none of ours."""


class TokenRevoked(IngestError):
    """A token that was ours."""


def identify(engine: Engine, authorization: str | None) -> Bridge:
    """Return the bridge an Authorization header belongs to.

    Raises TokenUnknown or TokenRevoked, whose text never repeats the token.
    """
    if authorization is None:
        raise TokenUnknown("no token was sent; the bridge needs its token_file")
    found = _BEARER.fullmatch(authorization.strip())
    if found is None:
        raise TokenUnknown("this is no bridge token; one begins with hb_, as bridges add gave it")
    with reading(engine) as connection:
        bridge = find_by_token(connection, found[1])
    if bridge is None:
        raise TokenUnknown("this token is not known here; make a new one with bridges add")
    if bridge.revoked_at is not None:
        raise TokenRevoked(
            f"the token of bridge {bridge.id} ({bridge.name}) was revoked; "
            "make a new one with bridges add"
        )
    return bridge
