"""One judge among all processes and hosts of a centre: whoever holds this lock of PostgreSQL.

The lock belongs to a connection of its own and ends with it, however that comes: a process that is
killed frees it at once, a host that is cut off when PostgreSQL has had no sign of it for 25 s. The
holder asks every 3 s and gives a dead line 6 s, so it knows first: it has stopped judging before
anybody else begins. Even two judges could do no harm, as each office-day is held while it is judged
(`store.days.hold`); they would only do the same work twice.

It must be a session of the server itself, not one that a pooler lends by the transaction.
"""

import logging
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
_LOCK = 0x6A75646765  # any number, as long as no other program takes the same in this database
_CONNECT: dict[str, Any] = {
    "application_name": "hadir-judge",
    "connect_timeout": 6,
    "tcp_user_timeout": 6_000,  # milliseconds that what we asked may stay unheard
    # what the server does to be sure of us, in seconds
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}
_TAKE = text("SELECT CASE WHEN pg_is_in_recovery() THEN false ELSE pg_try_advisory_lock(:lock) END")
_LOOK = text("SELECT NOT pg_is_in_recovery()")  # a server that became a standby judges nothing


class JudgeLock:
    """The lock, as one process sees it. Used by one thread."""

    def __init__(self, url: URL) -> None:
        """`url` is that of a PostgreSQL; nothing is connected yet."""
        self._engine: Engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args=_CONNECT,
        )
        self._connection: Connection | None = None
        self._held = False
        self._unheard = False

    def holds(self) -> bool:
        """Take the lock if it is free, or look whether it is still ours; say whether we have it."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            answer = self._connection.execute(_LOOK if self._held else _TAKE, {"lock": _LOCK})
            self._held = bool(answer.scalar())
        except DBAPIError as error:
            self._let_go()
            if not self._unheard:
                log.warning("the judge's lock cannot be asked for: %s", type(error.orig).__name__)
            self._unheard = True
        else:
            self._unheard = False
            if not self._held:
                self._let_go()  # not to keep a connection for nothing while another judges
        return self._held

    def close(self) -> None:
        """Give the lock to whoever asks next."""
        self._let_go()
        self._engine.dispose()

    def _let_go(self) -> None:
        self._held = False
        if self._connection is not None:
            self._connection.invalidate()  # closed as it stands: a dead line is not spoken to
            self._connection.close()
            self._connection = None
