"""The people who may give commands at the centre, as they are stored."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, inspect, select, text, update

from ingest.errors import NotKnown, Refused
from ingest.identity import User
from ingest.roles import Role
from ingest.store import sealed
from ingest.store.tables import users


def is_kept(connection: Connection) -> bool:
    """Say whether a store is young enough to know users."""
    return inspect(connection).has_table(users.name)


def find_all(connection: Connection) -> list[User]:
    """Return every user there ever was, by name."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]


def hold(connection: Connection) -> list[User]:
    """Let nobody else change users until this transaction ends; return them all."""
    sealed.hold(connection, users)
    return find_all(connection)


def add(connection: Connection, user: User) -> None:
    """Register a user. Raises Refused for a name or an account that is taken."""
    known = hold(connection)
    if any(one.name == user.name for one in known):
        raise Refused(f"there was a user {user.name} before; a name is never given again")
    if not known and (user.role is not Role.ADMIN or user.os_user is None):
        raise Refused("the first user is an admin with an account: nobody else could add the next")
    _refuse_taken(known, user)
    connection.execute(insert(users).values(_row(user)))


def change(connection: Connection, name: str, **values: Any) -> User:
    """Change what a user is, and return what they became. Raises NotKnown, Refused."""
    known = hold(connection)
    before = require(known, name)
    if before.ended_at is not None and values.get("ended_at", before.ended_at) is not None:
        raise Refused(f"user {name} ended on {before.ended_at:%Y-%m-%d}; add another name")
    after = _user_of(_row(before) | values)
    _refuse_taken([one for one in known if one.name != name], after)
    left = [one for one in known if one.name != name] + [after]
    if not any(one.acts and one.role is Role.ADMIN for one in left):
        raise Refused(f"user {name} is the last admin; add another one first")
    connection.execute(update(users).where(users.c.name == name).values(**values))
    return after


def require(known: Sequence[User], name: str) -> User:
    """Return the user of a name. Raises NotKnown."""
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise NotKnown(f'no user "{name}"; see hadir-ingest users list')
    return found


def owns_the_store(connection: Connection) -> bool:
    """Say whether the role that asks may rewrite the tables anyway (PostgreSQL)."""
    query = text(
        "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = 'users'::regclass"
    )
    return bool(connection.scalar(query))


def _refuse_taken(others: Sequence[User], user: User) -> None:
    for one in others:
        if one.acts and user.acts and one.os_user == user.os_user:
            raise Refused(
                f'the account "{user.os_user}" is that of user {one.name}; end that one first'
            )
        if one.ended_at is None and user.ended_at is None and user.nip and one.nip == user.nip:
            raise Refused(f"this NIP is that of user {one.name}; end that one first")


def _row(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "full_name": user.full_name,
        "role": user.role.value,
        "office": user.office,
        "os_user": user.os_user,
        "created_at": user.created_at,
        "ended_at": user.ended_at,
        "nip": user.nip,
    }


def _user(row: Row[Any]) -> User:
    return _user_of(row._asdict())


def _user_of(row: dict[str, Any]) -> User:
    return User(
        row["name"],
        row["full_name"],
        Role(row["role"]),
        row["office"],
        row["os_user"],
        row["created_at"],
        row["ended_at"],
        row["nip"],
    )
