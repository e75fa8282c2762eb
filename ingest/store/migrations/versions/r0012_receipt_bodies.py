"""The body of a receipt may be emptied once, when the case of each message it names has served.

What a gateway told may hold numbers of people. What was read out of it, and its digest, stay.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

KEPT = (
    "id", "channel", "digest", "place", "provider_id", "reference", "state", "at", "fault",
    "failure", "came_at",
)  # fmt: skip
_NEEDED = (
    "SELECT 1 FROM receipts AS told"
    " JOIN dispatches ON dispatches.channel = told.channel"
    " AND (dispatches.provider_id = told.provider_id OR dispatches.reference = told.reference)"
    " JOIN case_notices ON case_notices.id = dispatches.notice_id"
    " JOIN cases ON cases.id = case_notices.case_id"
    " WHERE told.channel = OLD.channel AND told.digest = OLD.digest"
    " AND (cases.closed_on IS NULL OR EXISTS (SELECT 1 FROM privacy_holds"
    " WHERE privacy_holds.person_id = cases.person_id AND privacy_holds.released_at IS NULL))"
)
"""All receipts of one body are looked at: it may name messages of several people."""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _emptied(same: str) -> str:
    """Return the only change of a receipt there is; `same` compares what may be NULL."""
    stays = "".join(f" AND NEW.{name} {same} OLD.{name}" for name in KEPT)
    return f"OLD.body IS NOT NULL AND NEW.body IS NULL{stays} AND NOT EXISTS ({_NEEDED})"


def _guard_postgresql() -> None:
    op.execute("DROP TRIGGER receipts_frozen ON receipts")
    op.execute(
        "CREATE FUNCTION hadir_empty_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_emptied('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION '% is never changed: % refused', TG_TABLE_NAME, TG_OP"
        " USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for trigger, verb, function in (
        ("receipts_emptied", "UPDATE", "hadir_empty_only"),
        ("receipts_frozen", "DELETE", "hadir_refuse"),
    ):
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON receipts"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        )


def _guard_sqlite() -> None:
    op.execute("DROP TRIGGER receipts_no_update")
    op.execute(
        f"CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts WHEN NOT ({_emptied('IS')})"
        " BEGIN SELECT RAISE(ABORT, 'receipts is never changed: UPDATE refused'); END"
    )
