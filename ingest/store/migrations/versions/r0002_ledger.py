"""Bodies are signed and kept, and every terminal's rows are chained; tokens are gone.

What was stored before is kept as it is: its batches have neither body nor signature.
"""

import sqlalchemy as sa
from alembic import op

from ingest.store.migrations.months_0002 import cut_into_months

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROZEN = ("batches", "runs", "roots", "checkpoints")
KEY_FIELDS = ("id", "bridge_id", "key_id", "public_key", "enrolled_at", "grounds")


def upgrade() -> None:
    with op.batch_alter_table("bridges") as bridges:
        bridges.drop_constraint("uq_bridges_token_hash", type_="unique")
        bridges.drop_column("token_hash")
    _keys()
    _batches()
    _chains()
    _punches()
    _freeze()
    _close_days()


def _keys() -> None:
    op.create_table(
        "invites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("bridge_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_invites_office")),
        sa.ForeignKeyConstraint(["bridge_id"], ["bridges.id"], name=op.f("fk_invites_bridge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
    )
    op.create_table(
        "bridge_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bridge_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridges.id"], name=op.f("fk_bridge_keys_bridge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bridge_keys")),
        sa.UniqueConstraint("key_id", name=op.f("uq_bridge_keys_key_id")),
    )
    op.create_index(op.f("ix_bridge_keys_bridge_id"), "bridge_keys", ["bridge_id"])
    op.create_table(
        "nonces",
        sa.Column("key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["bridge_keys.id"], name=op.f("fk_nonces_key_id")),
        sa.PrimaryKeyConstraint("key_id", "nonce", name=op.f("pk_nonces")),
    )
    op.create_index(op.f("ix_nonces_at"), "nonces", ["at"])


def _batches() -> None:
    with op.batch_alter_table("batches") as batches:
        batches.drop_column("new")  # it could only be known after the row was frozen
        batches.add_column(sa.Column("office", sa.String(length=32), nullable=True))
        batches.add_column(sa.Column("key_id", sa.Integer(), nullable=True))
        batches.add_column(sa.Column("signed_at", sa.BigInteger(), nullable=True))
        batches.add_column(sa.Column("nonce", sa.String(length=32), nullable=True))
        batches.add_column(sa.Column("signature", sa.LargeBinary(), nullable=True))
        batches.add_column(sa.Column("clock_limit_s", sa.Integer(), nullable=True))
        batches.add_column(sa.Column("refused", sa.JSON(), nullable=True))
        batches.add_column(sa.Column("body", sa.LargeBinary(), nullable=True))
        batches.create_foreign_key(op.f("fk_batches_key_id"), "bridge_keys", ["key_id"], ["id"])
        batches.drop_constraint("uq_batches_receipt", type_="unique")
    _offices()
    op.create_index(op.f("ix_batches_received_at"), "batches", ["received_at"])
    for table in ("contradictions", "bad_records"):
        op.create_index(op.f(f"ix_{table}_batch_id"), table, ["batch_id"])
    if op.get_context().dialect.name == "postgresql":
        # bodies come compressed: another attempt at it would only cost time
        op.execute("ALTER TABLE batches ALTER COLUMN body SET STORAGE EXTERNAL")


def _offices() -> None:
    """Say of each batch which office it is of; a bridge is of one office for good."""
    op.execute(
        "UPDATE batches SET office ="
        " (SELECT office FROM bridges WHERE bridges.id = batches.bridge_id)"
    )
    with op.batch_alter_table("batches") as batches:
        batches.alter_column("office", existing_type=sa.String(length=32), nullable=False)
        batches.create_foreign_key(op.f("fk_batches_office"), "offices", ["office"], ["code"])
        batches.create_unique_constraint(op.f("uq_batches_office_receipt"), ["office", "receipt"])


def _chains() -> None:
    op.create_table(
        "chains",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_chains_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chains")),
        sa.UniqueConstraint(
            "outbox", "terminal_id", "kind", name=op.f("uq_chains_outbox_terminal_id_kind")
        ),
    )
    op.create_table(
        "runs",
        sa.Column("chain_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["chain_id"], ["chains.id"], name=op.f("fk_runs_chain_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_runs_batch_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_runs_terminal_id")
        ),
        sa.PrimaryKeyConstraint(
            "chain_id", "last", "batch_id", "terminal_id", name=op.f("pk_runs")
        ),
    )
    op.create_index(op.f("ix_runs_batch_id"), "runs", ["batch_id"])
    op.create_table(
        "roots",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("first_batch", sa.BigInteger(), nullable=True),
        sa.Column("last_batch", sa.BigInteger(), nullable=True),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_roots_office")),
        sa.PrimaryKeyConstraint("office", "day", name=op.f("pk_roots")),
    )
    _checkpoints()


def _checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_checkpoints_office")),
        sa.PrimaryKeyConstraint("office", "day", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "checkpoint_copies",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["office", "day"],
            ["checkpoints.office", "checkpoints.day"],
            name=op.f("fk_checkpoint_copies_office_day"),
        ),
        sa.PrimaryKeyConstraint("office", "day", "way", name=op.f("pk_checkpoint_copies")),
    )
    waiting = sa.text("delivered_at IS NULL")
    op.create_index(
        "ix_checkpoint_copies_waiting",
        "checkpoint_copies",
        ["office"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )


def _punches() -> None:
    op.create_table(
        "archived_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("first_batch", sa.BigInteger(), nullable=False),
        sa.Column("last_batch", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=1000), nullable=False),
        sa.Column("archived_at", MOMENT, nullable=False),
        sa.Column("returned_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_archived_months")),
    )
    with op.batch_alter_table("dirty_punches") as marks:
        # a mark is made of a punch, whose terminal is looked up already: twice costs a tenth
        marks.drop_constraint("fk_dirty_punches_terminal_id", type_="foreignkey")
    if op.get_context().dialect.name == "postgresql":
        cut_into_months()
    else:
        op.create_index(op.f("ix_punches_batch_id"), "punches", ["batch_id"])


def _freeze() -> None:
    """Refuse to change or delete what is evidence; a key may only be retired."""
    if op.get_context().dialect.name == "postgresql":
        for table in FROZEN:
            op.execute(
                f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION hadir_refuse()"
            )
        op.execute(
            f"CREATE TRIGGER bridge_keys_frozen BEFORE DELETE OR UPDATE OF {', '.join(KEY_FIELDS)}"
            " ON bridge_keys FOR EACH ROW EXECUTE FUNCTION hadir_refuse()"
        )
        for table in (*FROZEN, "bridge_keys"):
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse()"
            )
        return
    for table in (*FROZEN, "bridge_keys"):
        fields = f" OF {', '.join(KEY_FIELDS)}" if table == "bridge_keys" else ""
        for verb in (f"UPDATE{fields}", "DELETE"):
            name = f"{table}_no_{verb[:6].lower()}"
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is never changed: {verb[:6]} refused'); END"
            )


_IN_TIME = """
CREATE FUNCTION hadir_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    -- shared by those who bring batches: who makes a root waits for them, and they for it
    PERFORM pg_advisory_xact_lock_shared(448495118194);
    IF (SELECT until FROM roots WHERE office = NEW.office ORDER BY day DESC LIMIT 1)
        > NEW.received_at THEN
        RAISE EXCEPTION 'the day on which this batch came has its root already'
        USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END $$
"""


def _close_days() -> None:
    """Refuse a batch of a day that has its root: its bridge sends it again, and it is today's."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(_IN_TIME)
        op.execute(
            "CREATE TRIGGER batches_in_time BEFORE INSERT ON batches"
            " FOR EACH ROW EXECUTE FUNCTION hadir_in_time()"
        )
        return
    op.execute(
        "CREATE TRIGGER batches_in_time BEFORE INSERT ON batches WHEN"
        " (SELECT until FROM roots WHERE office = NEW.office ORDER BY day DESC LIMIT 1)"
        " > NEW.received_at BEGIN"
        " SELECT RAISE(ABORT, 'the day on which this batch came has its root already'); END"
    )
