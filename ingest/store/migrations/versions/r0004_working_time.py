"""Working time: dated schemes, rosters and special days, who people were, and what excuses them.

And the users, who may give commands at the centre.
"""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
FROZEN = ("excuses",)
FIRST = datetime.date(1900, 1, 1)  # what a scheme said before it was dated holds since ever


def upgrade() -> None:
    _scheme_terms()
    _scheme_overlays()
    _scheme_uses()
    _shifts()
    _roster_days()
    _special_days()
    _person_kinds()
    _service_breaks()
    _stand_ins()
    _excuses()
    _dirty_people()
    _users()
    _date_schemes()
    _free_days()
    _freeze()


def _date_schemes() -> None:
    """Make what each scheme said its first terms."""
    schemes = sa.table(
        "schemes", sa.column("code"), sa.column("hours", sa.JSON), sa.column("tolerance_s")
    )
    terms = sa.table(
        "scheme_terms",
        sa.column("scheme"),
        sa.column("valid_from", sa.Date),
        sa.column("body", sa.JSON),
    )
    for code, hours, tolerance_s in op.get_bind().execute(sa.select(schemes)).all():
        days = {day: {"start": start, "end": end} for day, (start, end) in hours.items()}
        body = {"days": days, "tolerance_s": tolerance_s}
        op.bulk_insert(terms, [{"scheme": code, "valid_from": FIRST, "body": body}])
    for column in ("hours", "tolerance_s"):
        op.drop_column("schemes", column)


def _free_days() -> None:
    """Take the references away from what is worked out: they cost more than its rows."""
    with op.batch_alter_table("days") as days:
        for column in ("office", "person_id"):
            days.drop_constraint(op.f(f"fk_days_{column}"), type_="foreignkey")
    harmful = sa.text("status IN ('ABSENT', 'UNVERIFIED')")
    op.create_index(
        "ix_days_harmful",
        "days",
        ["person_id", "day", "status"],
        postgresql_where=harmful,
        sqlite_where=harmful,
    )


def _freeze() -> None:
    """Refuse to change or delete what people decided, as in revision 0003."""
    if op.get_context().dialect.name == "postgresql":
        for table in FROZEN:
            op.execute(
                f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION hadir_refuse()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION hadir_refuse()"
            )
        return
    for table in FROZEN:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is never changed: {verb} refused'); END"
            )


def _scheme_terms() -> None:
    op.create_table(
        "scheme_terms",
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["scheme"], ["schemes.code"], name=op.f("fk_scheme_terms_scheme")),
        sa.PrimaryKeyConstraint("scheme", "valid_from", name=op.f("pk_scheme_terms")),
    )


def _scheme_overlays() -> None:
    op.create_table(
        "scheme_overlays",
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme"], ["schemes.code"], name=op.f("fk_scheme_overlays_scheme")
        ),
        sa.PrimaryKeyConstraint("scheme", "first", name=op.f("pk_scheme_overlays")),
    )


def _scheme_uses() -> None:
    op.create_table(
        "scheme_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(office IS NULL) <> (person_id IS NULL)", name=op.f("ck_scheme_uses_one_owner")
        ),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_scheme_uses_office")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_scheme_uses_person_id")
        ),
        sa.ForeignKeyConstraint(["scheme"], ["schemes.code"], name=op.f("fk_scheme_uses_scheme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_uses")),
    )
    op.create_index(op.f("ix_scheme_uses_office"), "scheme_uses", ["office"])
    op.create_index(op.f("ix_scheme_uses_person_id"), "scheme_uses", ["person_id"])


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_shifts")),
    )


def _roster_days() -> None:
    op.create_table(
        "roster_days",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_roster_days_person_id")
        ),
        sa.ForeignKeyConstraint(["shift"], ["shifts.code"], name=op.f("fk_roster_days_shift")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_roster_days")),
    )
    op.create_index(op.f("ix_roster_days_day"), "roster_days", ["day"])


def _special_days() -> None:
    op.create_table(
        "special_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "(office IS NULL) <> (person_id IS NULL)", name=op.f("ck_special_days_one_owner")
        ),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_special_days_office")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_special_days_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_days")),
    )
    op.create_index(op.f("ix_special_days_office"), "special_days", ["office"])
    op.create_index(op.f("ix_special_days_person_id"), "special_days", ["person_id"])


def _person_kinds() -> None:
    op.create_table(
        "person_kinds",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_kinds_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "valid_from", name=op.f("pk_person_kinds")),
    )


def _service_breaks() -> None:
    op.create_table(
        "service_breaks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_service_breaks_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_breaks")),
        sa.UniqueConstraint("person_id", "first", name=op.f("uq_service_breaks_person_id_first")),
    )
    op.create_index(op.f("ix_service_breaks_person_id"), "service_breaks", ["person_id"])


def _stand_ins() -> None:
    op.create_table(
        "stand_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("stand_in_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=4), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(office IS NULL) <> (person_id IS NULL)", name=op.f("ck_stand_ins_one_owner")
        ),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_stand_ins_office")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_stand_ins_person_id")),
        sa.ForeignKeyConstraint(
            ["stand_in_id"], ["people.id"], name=op.f("fk_stand_ins_stand_in_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_ins")),
    )
    op.create_index(op.f("ix_stand_ins_office"), "stand_ins", ["office"])
    op.create_index(op.f("ix_stand_ins_person_id"), "stand_ins", ["person_id"])


def _excuses() -> None:
    op.create_table(
        "excuses",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("withdraws", sa.BigInteger(), nullable=True),
        sa.Column("nip", sa.String(length=18), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("until_time", sa.Time(), nullable=True),
        sa.Column("approver", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("letter", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("os_user", sa.String(length=200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seal", sa.String(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seal"], ["seals.fingerprint"], name=op.f("fk_excuses_seal")),
        sa.ForeignKeyConstraint(["withdraws"], ["excuses.id"], name=op.f("fk_excuses_withdraws")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excuses")),
        sa.UniqueConstraint("digest", name=op.f("uq_excuses_digest")),
    )
    op.create_index(op.f("ix_excuses_last"), "excuses", ["last"])
    op.create_index(op.f("ix_excuses_nip_first"), "excuses", ["nip", "first"])
    op.create_index(op.f("ix_excuses_withdraws"), "excuses", ["withdraws"])


def _dirty_people() -> None:
    op.create_table(
        "dirty_people",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_dirty_people_office")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_dirty_people_person_id")
        ),
        sa.PrimaryKeyConstraint("office", "day", "person_id", name=op.f("pk_dirty_people")),
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=True),
        sa.Column("os_user", sa.String(length=200), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "role <> 'operator' OR office IS NOT NULL",
            name=op.f("ck_users_operator_of_an_office"),
        ),
        sa.ForeignKeyConstraint(["office"], ["offices.code"], name=op.f("fk_users_office")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_index(
        "uq_users_os_user",
        "users",
        ["os_user"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("audit_log", sa.Column("actor", sa.String(length=64), nullable=True))
