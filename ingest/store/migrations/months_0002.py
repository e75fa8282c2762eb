"""Revision 0002 on PostgreSQL: punches lie in months, so that a year's worth costs no batch more.

A month is a partition by the claimed local time. What no month takes (a clock that says 2000 or
2038) lies in `punches_default`. Months are made by `hadir_make_month`, which belongs to whoever
migrates and may be called by a role that owns nothing.
"""

import sqlalchemy as sa
from alembic import op

BACK, AHEAD = 24, 3
"""Months made at the migration, before and after the present one."""

_KEY = "terminal_id, user_id, local_time"
_NIP = "length(user_id) = 18"

_MAKE_MONTH = """
CREATE FUNCTION hadir_make_month(month date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
-- shorter than deadlock_timeout: rather we give up than somebody who reads in another order
SET lock_timeout = '500ms' AS $$
DECLARE
    start timestamp := date_trunc('month', month);
    stop timestamp := date_trunc('month', month) + interval '1 month';
    name text := 'punches_' || to_char(month, 'YYYY_MM');
    moved bigint;
    held bigint;
    back bigint;
BEGIN
    -- a terminal's clock must not make partitions
    IF start < '2010-01-01' OR start > now() + interval '1 year' THEN
        RAISE EXCEPTION 'no month is made of %', to_char(month, 'YYYY-MM');
    END IF;
    IF to_regclass(name) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    -- in the order a batch takes them, so that neither waits for the other for good
    LOCK TABLE terminals, batches, punches IN ACCESS EXCLUSIVE MODE;
    IF to_regclass(name) IS NOT NULL THEN
        RETURN NULL;  -- another was first
    END IF;
    SELECT count(*) INTO moved FROM punches_default WHERE local_time >= start AND local_time < stop;
    IF moved > 0 THEN
        CREATE TABLE punches_moving AS SELECT * FROM punches_default;
        SELECT count(*) INTO held FROM punches_moving;
        ALTER TABLE punches DETACH PARTITION punches_default;
        DROP TABLE punches_default;
        CREATE TABLE punches_default PARTITION OF punches DEFAULT;
        CREATE TRIGGER punches_kept BEFORE TRUNCATE ON punches_default
            FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse('punches');
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF punches FOR VALUES FROM (%L) TO (%L)',
        name, start, stop);
    EXECUTE format('CREATE TRIGGER punches_kept BEFORE TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse(''punches'')', name);
    IF moved > 0 THEN
        INSERT INTO punches SELECT * FROM punches_moving;
        GET DIAGNOSTICS back = ROW_COUNT;
        IF back <> held THEN
            RAISE EXCEPTION '% of % punches came back from punches_default', back, held;
        END IF;
        DROP TABLE punches_moving;
    END IF;
    RETURN moved;
END $$
"""

_DEFAULT_MONTHS = """
CREATE FUNCTION hadir_default_months() RETURNS TABLE (month date, punches bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    SELECT date_trunc('month', local_time)::date, count(*) FROM punches_default GROUP BY 1
$$
"""

_REFUSE = """
CREATE OR REPLACE FUNCTION hadir_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    -- a month goes by the name of its table
    RAISE EXCEPTION '% is never changed: % refused', coalesce(TG_ARGV[0], TG_TABLE_NAME), TG_OP
    USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def cut_into_months() -> None:
    """Put a table cut into months in the place of `punches`, with every row it holds."""
    op.execute(_REFUSE)
    _put_aside()
    _make_table()
    connection = op.get_bind()
    schema = connection.scalar(sa.text("SELECT quote_ident(current_schema())"))
    for function in (_MAKE_MONTH, _DEFAULT_MONTHS):
        op.execute(function.format(schema=schema))
    for name in ("hadir_make_month(date)", "hadir_default_months()"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    for month in connection.scalars(sa.text(_MONTHS), {"back": BACK, "ahead": AHEAD}).all():
        connection.execute(sa.text("SELECT hadir_make_month(:month)"), {"month": month})
    _bring_back()


_MONTHS = """
SELECT generate_series(
    date_trunc('month', now()::timestamp) - :back * interval '1 month',
    date_trunc('month', now()::timestamp) + :ahead * interval '1 month',
    interval '1 month')::date
UNION SELECT date_trunc('month', local_day)::date FROM punches_0001
    WHERE local_day >= '2010-01-01' AND local_day < now()
ORDER BY 1
"""


def _put_aside() -> None:
    for trigger in ("punches_frozen", "punches_kept"):
        op.execute(f"DROP TRIGGER {trigger} ON punches")
    for name in ("pk_punches", "fk_punches_batch_id", "fk_punches_terminal_id"):
        op.execute(f"ALTER TABLE punches DROP CONSTRAINT {name}")
    for name in ("local_day_terminal_id", "doubtful", "own_nip"):
        op.execute(f"DROP INDEX ix_punches_{name}")
    # the key held its columns to be filled; whoever dropped it let that go on PostgreSQL before 18
    for column in _KEY.split(", "):
        op.execute(f"ALTER TABLE punches ALTER COLUMN {column} SET NOT NULL")
    op.execute("ALTER TABLE punches RENAME TO punches_0001")


def _make_table() -> None:
    op.execute("CREATE TABLE punches (LIKE punches_0001) PARTITION BY RANGE (local_time)")
    op.execute("CREATE TABLE punches_default PARTITION OF punches DEFAULT")
    op.execute(f"ALTER TABLE punches ADD CONSTRAINT pk_punches PRIMARY KEY ({_KEY})")
    for column, table in (("batch_id", "batches"), ("terminal_id", "terminals")):
        op.execute(
            f"ALTER TABLE punches ADD CONSTRAINT fk_punches_{column}"
            f" FOREIGN KEY ({column}) REFERENCES {table} (id)"
        )
    for name, rest in (
        ("local_day_terminal_id", "(local_day, terminal_id)"),
        ("doubtful", "(terminal_id, read_at) WHERE doubt IS NOT NULL"),
        ("own_nip", f"(user_id, local_day, terminal_id) WHERE {_NIP}"),
        ("batch_id", "USING brin (batch_id) WITH (autosummarize = on)"),
    ):
        op.execute(f"CREATE INDEX ix_punches_{name} ON punches {rest}")
    op.execute(
        "CREATE TRIGGER punches_frozen BEFORE UPDATE OR DELETE ON punches"
        " FOR EACH ROW EXECUTE FUNCTION hadir_refuse('punches')"
    )
    for name in ("punches", "punches_default"):
        op.execute(
            f"CREATE TRIGGER punches_kept BEFORE TRUNCATE ON {name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse('punches')"
        )


def _bring_back() -> None:
    """Copy every row; one that were lost would end the migration, which then changed nothing."""
    connection = op.get_bind()
    held = connection.scalar(sa.text("SELECT count(*) FROM punches_0001"))
    back = connection.execute(sa.text("INSERT INTO punches SELECT * FROM punches_0001")).rowcount
    if back != held:
        raise RuntimeError(f"{back} of {held} punches were brought into their months")
    op.execute("DROP TABLE punches_0001")
