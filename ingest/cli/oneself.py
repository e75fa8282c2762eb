"""Nobody decides on himself: whoever acts is held against the people a decision is about, by NIP.

A user without a NIP may be anybody: `check` names those who may decide. For them a name that is the
same is enough to refuse, because that costs no more than another person's look.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, func, or_, select

from ingest.cli.scope import current
from ingest.errors import Refused
from ingest.store.serving import valid_on
from ingest.store.tables import people, terminals, user_ids


def own_nips(connection: Connection) -> frozenset[str]:
    """Return the NIP of whoever acts; of everybody of that name where the user has none."""
    user = current().acting.user
    if user is None:
        return frozenset()
    if user.nip is not None:
        return frozenset({user.nip})
    query = select(people.c.nip).where(func.lower(people.c.name) == user.full_name.lower())
    return frozenset(connection.scalars(query))


def refuse_own(connection: Connection, nips: Iterable[str], what: str) -> None:
    """Raise Refused where whoever acts is one of these people; `what` is what they would decide."""
    user = current().acting.user
    if user is None or not own_nips(connection) & set(nips):
        return
    if user.nip is not None:
        raise Refused(f"nobody decides on his own {what}; let another user do it")
    raise Refused(
        f"user {user.name} is called like the person this is about, and nobody decides on his own "
        f"{what}; if it is somebody else, tell so by hadir-ingest users set {user.name} --nip"
    )


def bearers(connection: Connection, terminal: str, user_id: str, day: date) -> set[str]:
    """Return the NIPs for which a user id may stand on a terminal on a day."""
    here = select(terminals.c.id, terminals.c.office).where(terminals.c.serial == terminal)
    place = here.subquery()
    mapped = (
        select(people.c.nip)
        .join(user_ids, user_ids.c.person_id == people.c.id)
        .join(place, or_(user_ids.c.terminal_id == place.c.id, user_ids.c.office == place.c.office))
        .where(user_ids.c.user_id == user_id, valid_on(user_ids, day))
    )
    return {user_id, *connection.scalars(mapped)}
