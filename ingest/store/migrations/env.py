"""Alembic runs this file; the connection comes from `ingest.store.database.migrate`."""

from alembic import context

from ingest.store import (  # noqa: F401 - they add their tables
    tables_cases,
    tables_letters,
    tables_notices,
    tables_posts,
    tables_privacy,
    tables_siasn,
    tables_time,
)
from ingest.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can too, once BEGIN is said before the first statement
    render_as_batch=True,  # SQLite changes a table by writing it anew
)
with context.begin_transaction():
    context.run_migrations()
