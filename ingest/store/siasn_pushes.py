"""Sanctions that were sent to BKN or were to be: each decision at most once.

    asked -> sending -> sent | refused | unknown | not-sent

`sending` is committed before anything goes out. Whoever finds it there, or `unknown`, does not know
whether BKN has it: nobody sends it again until a person has looked there and says so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ingest.errors import Refused
from ingest.store.tables_siasn import siasn_pushes

ASKED, SENDING, SENT = "asked", "sending", "sent"
REFUSED, UNKNOWN, NOT_SENT = "refused", "unknown", "not-sent"
AGAIN = (REFUSED, NOT_SENT)
"""After which another attempt may be made: BKN certainly has it not."""
UNSURE = (SENDING, UNKNOWN)
IN_HAND = timedelta(minutes=30)
"""So long a program may be sending, at the slowest that can be configured."""


@dataclass(frozen=True, slots=True)
class Push:
    """One attempt to send one decision."""

    id: int
    case: int
    event: int
    attempt: int
    mode: str
    nip: str
    sha256: str
    state: str
    asked_by: str
    asked_at: datetime
    sent_by: str | None
    sending_at: datetime | None
    ended_at: datetime | None
    told: str


_COLUMNS = [
    siasn_pushes.c[{"case": "case_id"}.get(name, name)] for name in Push.__dataclass_fields__
]


def find(connection: Connection, case: int | None = None) -> list[Push]:
    """Return attempts in their order: all, or those of a case."""
    query = select(*_COLUMNS).order_by(siasn_pushes.c.id)
    if case is not None:
        query = query.where(siasn_pushes.c.case_id == case)
    return [Push(*row) for row in connection.execute(query)]


def last(connection: Connection, case: int, event: int, mode: str) -> Push | None:
    """Return the last attempt for a decision."""
    found = [one for one in find(connection, case) if (one.event, one.mode) == (event, mode)]
    return found[-1] if found else None


def ask(
    connection: Connection,
    *,
    case: int,
    event: int,
    mode: str,
    nip: str,
    body: bytes,
    sha256: str,
    by: str,
    now: datetime,
) -> Push:
    """Write that somebody wants this sent; a second person sends it. Raises Refused."""
    before = last(connection, case, event, mode)
    if before is not None and before.state not in (*AGAIN, ASKED):
        raise Refused(why_not(before))
    values = {"body": body, "sha256": sha256, "asked_by": by, "asked_at": now}
    if before is not None and before.state == ASKED:
        _change(connection, before.id, ASKED, values)
    else:
        attempt = 1 if before is None else before.attempt + 1
        connection.execute(
            insert(siasn_pushes).values(
                case_id=case, event=event, attempt=attempt, mode=mode, nip=nip, state=ASKED,
                told="", **values,
            )
        )  # fmt: skip
    made = last(connection, case, event, mode)
    if made is None:
        raise Refused("the attempt could not be written")
    return made


def begin(connection: Connection, push: Push, *, by: str, now: datetime) -> bytes:
    """Write that it is being sent, and return what. Raises Refused where it was no longer asked."""
    if by == push.asked_by:
        raise Refused("somebody else than who asked for it has to send it")
    _change(connection, push.id, ASKED, {"state": SENDING, "sent_by": by, "sending_at": now})
    body = connection.scalar(select(siasn_pushes.c.body).where(siasn_pushes.c.id == push.id))
    return bytes(body or b"")


def finish(connection: Connection, push: Push, state: str, told: str, now: datetime) -> None:
    """Write what came of it."""
    _change(connection, push.id, SENDING, {"state": state, "told": told[:300], "ended_at": now})


def settle(connection: Connection, push: Push, state: str, told: str, now: datetime) -> None:
    """Write what a person found at BKN. Raises Refused where nothing is unsure."""
    if push.state not in UNSURE:
        raise Refused(f"nothing is unsure about it: it is {push.state}")
    if push.state == SENDING and push.sending_at is not None and now < push.sending_at + IN_HAND:
        raise Refused("it may be on its way just now: look again in half an hour")
    _change(connection, push.id, push.state, {"state": state, "told": told[:300], "ended_at": now})


def why_not(push: Push) -> str:
    """Say why nobody may send it again."""
    if push.state == SENT:
        return f"this decision was sent to BKN on {push.ended_at:%Y-%m-%d}; it is sent once"
    return (
        "this decision may be at BKN already: an attempt to send it was cut off; look there, and "
        "say what you found by hadir-ingest siasn settle"
    )


def _change(connection: Connection, key: int, state: str, values: dict[str, Any]) -> None:
    done = connection.execute(
        update(siasn_pushes)
        .where(siasn_pushes.c.id == key, siasn_pushes.c.state == state)
        .values(**values)
    )
    if done.rowcount != 1:
        raise Refused("somebody else was faster; look at siasn pushes")
