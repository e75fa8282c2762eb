"""What somebody who owns the database can do to it: the triggers are no wall to him."""

from sqlalchemy import Connection, text


def unlock(connection: Connection, table: str) -> None:
    """Take the triggers of a table away, as its owner can."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for verb in ("update", "delete"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))


def tamper(connection: Connection, table: str, *statements: str) -> None:
    unlock(connection, table)
    for one in statements:
        connection.execute(text(one))
