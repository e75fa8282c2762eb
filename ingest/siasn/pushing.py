"""Sends a sanction to BKN, once at most, however it ends.

The mark `sending` is committed before the first byte goes out. A kill, a hang-up or an answer that
makes no sense leaves `sending` or `unknown`, and nobody sends it again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from ingest.siasn.faults import NotReached, SiasnFault, Told, TurnedAway
from ingest.store import siasn_pushes as store
from ingest.store.database import writing
from ingest.store.siasn_pushes import Push

Note = Callable[[Connection, str], object]
"""Writes a line into the audit log: what state the attempt came to."""


class Sends(Protocol):
    """What a client must do."""

    def check(self) -> None: ...

    def save_sanction(self, body: bytes) -> Any: ...


def send(
    engine: Engine, client: Sends, push: Push, *, by: str, clock: Callable[[], datetime], note: Note
) -> tuple[str, str]:
    """Send what was asked for; return what came of it and what BKN said.

    Raises Refused where somebody else sends it, SiasnFault where nothing was begun.
    """
    client.check()
    with writing(engine) as connection:
        body = store.begin(connection, push, by=by, now=clock())
        note(connection, store.SENDING)
    state, told = _outcome(client, body)
    with writing(engine) as connection:
        store.finish(connection, push, state, told, clock())
        note(connection, state)
    return state, told


def _outcome(client: Sends, body: bytes) -> tuple[str, str]:
    try:
        client.save_sanction(body)
    except (NotReached, TurnedAway) as error:
        return store.NOT_SENT, str(error)
    except Told as error:
        return store.REFUSED, str(error)
    except SiasnFault as error:
        return store.UNKNOWN, str(error)
    return store.SENT, "BKN has taken it"
