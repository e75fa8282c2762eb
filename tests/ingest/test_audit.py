"""The audit log holds together: whatever is done to it afterwards is named."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, Engine, select
from tampered import tamper

from ingest.errors import Refused
from ingest.roles import MAY, NEEDS, Right, Role, may
from ingest.store import audit, tables
from ingest.store.audit import Actor
from ingest.store.database import reading, writing
from ingest.store.sealed import Fault, Head

AT = datetime(2026, 3, 3, 1, 0, 0, 123_456, tzinfo=UTC)
ADMIN = Actor("Bu Kepala", "root", Role.ADMIN)


@pytest.fixture
def five(kept_engine: Engine) -> Iterator[Connection]:
    """A store whose log has five lines, an hour apart; what is done to it is taken back."""
    with kept_engine.connect() as connection:
        for number in range(5):
            audit.note(
                connection,
                ADMIN,
                "people.import",
                subject=f"pegawai-{number}.csv",
                details={"baru": number, "nama": "Siti Nurbaya – ü"},
                now=AT + timedelta(hours=number),
            )
        yield connection
        connection.rollback()


def faults(connection: Connection, known: Head | None = None) -> list[Fault]:
    return list(audit.faults(connection, known))


def test_lines_are_found_by_subject_name_and_time(five: Connection) -> None:
    assert [one.id for one in audit.find(five)] == [1, 2, 3, 4, 5]
    assert [one.id for one in audit.find(five, subject="pegawai-2.csv")] == [3]
    assert [one.id for one in audit.find(five, since=AT + timedelta(hours=3))] == [4, 5]
    assert [one.id for one in audit.find(five, who="root", newest=2)] == [4, 5]
    assert audit.find(five, who="siapa") == []
    line = audit.find(five, newest=1)[0]
    assert (line.at, line.who, line.role) == (AT + timedelta(hours=4), "Bu Kepala", "admin")
    assert line.details == {"baru": 4, "nama": "Siti Nurbaya – ü"}


def test_a_log_that_nobody_touched_has_no_fault(five: Connection) -> None:
    head = audit.head(five)
    assert head.number == 5
    assert faults(five, head) == []


def test_an_empty_log_has_no_fault(kept_engine: Engine) -> None:
    with reading(kept_engine) as connection:
        assert faults(connection) == []


CHANGED = [Fault(3, "was changed")]
FOLLOWS = "does not follow the one before it: one of the two was replaced"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit_log SET who = 'Orang Lain' WHERE id = 3"], CHANGED),
        (["UPDATE audit_log SET os_user = 'x' WHERE id = 3"], CHANGED),
        (["UPDATE audit_log SET details = '{}' WHERE id = 3"], CHANGED),
        (["UPDATE audit_log SET at = '2026-03-03 01:00:00' WHERE id = 3"], CHANGED),
        (["DELETE FROM audit_log WHERE id = 3"], [Fault(3, "is missing")]),
        (["DELETE FROM audit_log WHERE id < 3"], [Fault(1, "is missing (and all up to 2)")]),
        (
            [
                "DELETE FROM audit_log WHERE id = 3",
                "UPDATE audit_log SET id = 3 WHERE id = 4",
                "UPDATE audit_log SET id = 4 WHERE id = 5",
            ],
            [Fault(3, FOLLOWS), Fault(3, "was changed"), Fault(4, "was changed")],
        ),
        (
            [
                "UPDATE audit_log SET id = 9 WHERE id = 2",
                "UPDATE audit_log SET id = 2 WHERE id = 3",
                "UPDATE audit_log SET id = 3 WHERE id = 9",
            ],
            [
                Fault(2, FOLLOWS),
                Fault(2, "was changed"),
                Fault(3, FOLLOWS),
                Fault(3, "was changed"),
                Fault(4, FOLLOWS),
            ],
        ),
    ],
)
def test_whatever_is_done_to_it_is_named(
    five: Connection, statements: list[str], found: list[Fault]
) -> None:
    tamper(five, "audit_log", *statements)
    assert faults(five) == found


def test_a_line_written_anew_with_its_digest_is_told_by_the_next(five: Connection) -> None:
    """Who computes the digest anew would have to write all later lines anew, too."""
    tamper(five, "audit_log", "DELETE FROM audit_log WHERE id >= 3")
    for who in ("Orang Lain", "Bu Kepala"):
        audit.note(five, Actor(who, "root", Role.ADMIN), "people.import", now=AT)
    assert faults(five) == []  # a whole new end: only a head that was kept elsewhere tells
    old = Head(5, b"\x01" * 32)
    assert [one.number for one in audit.faults(five, old)] == [5]
    assert list(audit.faults(five, audit.head(five))) == []


def test_who_writes_at_once_waits_and_the_log_stays_one_chain(engine: Engine) -> None:
    start = Barrier(4)

    def write() -> None:
        start.wait(10)
        for _ in range(5):
            with writing(engine) as connection:
                audit.note(connection, ADMIN, "people.import", now=AT)

    threads = [Thread(target=write) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    with reading(engine) as connection:
        assert faults(connection) == []
        assert audit.head(connection).number == 20


def test_a_line_goes_with_the_act_it_tells_of(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            audit.note(connection, ADMIN, "people.import", now=AT)
            raise Refused("no")

    with pytest.raises(Refused):
        fail()
    with reading(engine) as connection:
        assert connection.execute(select(tables.audit_log)).all() == []


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "act", "allowed"),
        [
            (Role.ADMIN, "restore", True),
            (Role.ADMIN, "tokens.add", True),
            (Role.OPERATOR, "adjustments.add-touch", True),
            (Role.OPERATOR, "people.import", True),
            (Role.OPERATOR, "tokens.add", False),
            (Role.OPERATOR, "bridges.invite", False),
            (Role.AUDITOR, "adjustments.void", False),
            (Role.AUDITOR, "people.import", False),
        ],
    )
    def test_an_act_asks_for_a_right(
        self, kept_engine: Engine, role: Role, act: str, allowed: bool
    ) -> None:
        refused = pytest.raises(Refused, match=f"the role {role} may not do this")
        with kept_engine.connect() as connection:
            with nullcontext() if allowed else refused:
                audit.note(connection, Actor("x", "x", role), act, now=AT)
            connection.rollback()

    def test_only_admin_and_auditor_verify_and_only_some_decide(self) -> None:
        assert {one for one in Role if may(one, Right.AUDIT)} == {Role.ADMIN, Role.AUDITOR}
        assert {one for one in Role if may(one, Right.DECIDE)} == {Role.ADMIN, Role.OPERATOR}
        assert {one for one in Role if may(one, Right.KEEP)} == {Role.ADMIN, Role.SERVICE}

    def test_every_right_is_somebodys_and_every_act_asks_for_a_changing_one(self) -> None:
        assert set().union(*MAY.values()) == set(Right)
        assert not {Right.MEASURE, Right.READ, Right.AUDIT} & set(NEEDS.values())

    def test_an_act_that_nobody_named_cannot_be_noted(self, kept_engine: Engine) -> None:
        with pytest.raises(KeyError), writing(kept_engine) as connection:
            audit.note(connection, ADMIN, "people.imported", now=AT)
