"""How commands ask BKN: the client, and how far a reading came."""

import threading

from sqlalchemy import Connection

from ingest.cli.context import Centre
from ingest.errors import Refused
from ingest.siasn.client import Client
from ingest.siasn.settings import Access
from ingest.store import siasn as store
from ingest.store.siasn import Pull


def require_access(centre: Centre) -> Access:
    """Return how BKN is asked. Raises Refused where it is not configured."""
    found = centre.config.siasn
    if found is None:
        raise Refused("BKN is not asked: give a mode and keys in [ingest.siasn], see docs/siasn.md")
    return found


def open_client(centre: Centre, access: Access) -> Client:
    """Return who asks BKN; between two tries the program waits."""
    return Client(access, clock=centre.now, wait=threading.Event().wait)


def progress(connection: Connection, pull: Pull) -> str:
    """Say how far a reading came."""
    told = store.count_tasks(connection, pull.id)
    counts = ", ".join(f"{count} {state}" for state, count in sorted(told.items()))
    return f"reading {pull.id} of {pull.told_on} ({pull.mode}): {pull.state}; {counts or 'nothing'}"
