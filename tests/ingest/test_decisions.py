"""Whatever is done to decisions afterwards is named, whoever does it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from tampered import tamper, unlock

from ingest import seal as keys
from ingest.errors import Refused
from ingest.roles import Role
from ingest.seal import Seal, SealError
from ingest.store import adjustments, audit, resolutions, sealed, seals, tables
from ingest.store.audit import Actor
from ingest.store.decided import Grounds
from ingest.store.sealed import Fault

AT = datetime(2026, 3, 4, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Makassar")
NIP = "198609262015051001"
ACTOR = Actor("Bu Kepala", "root", Role.ADMIN)
GROUNDS = Grounds(ACTOR, "daftar hadir", "800/12")


class Store:
    """A person of office A, terminal S1, a seal; each decision is told in the audit log."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.seal = keys.new()
        for table, row in (
            (tables.offices, {"code": "A", "name": "A", "scheme": "5-hari"}),
            (tables.people, {"id": 1, "nip": NIP, "name": "N", "kind": "PNS"}),
            (
                tables.assignments,
                {"person_id": 1, "office": "A", "valid_from": date(2026, 1, 1)},
            ),
            (
                tables.terminals,
                {
                    "id": 1, "serial": "S1", "name": "S", "office": "A", "registered": True,
                    "first_seen_at": AT,
                },
            ),
        ):  # fmt: skip
            connection.execute(insert(table).values(**row))
        seals.register(connection, self.seal, before=None, lost=False, now=AT)

    def add(self, minute: int, seal: Seal | None = None) -> None:
        made = adjustments.add_touch(
            self.connection,
            seal or self.seal,
            GROUNDS,
            nip=NIP,
            local_time=datetime(2026, 3, 3, 7, minute),
            now=AT,
            zone=ZONE,
        )
        self.note("adjustments.add-touch", made)

    def distrust(self, day: int) -> None:
        made = resolutions.withdraw_coverage(
            self.connection,
            self.seal,
            GROUNDS,
            terminal="S1",
            first=date(2026, 3, day),
            last=date(2026, 3, day),
            now=AT,
            zone=ZONE,
            clock_limit_s=300,
        )
        self.note("coverage.withdraw", made)

    def note(self, what: str, made: sealed.Head) -> None:
        told = {"decisions": [{"number": made.number, "digest": made.digest.hex()}]}
        audit.note(self.connection, ACTOR, what, details=told, now=AT)

    def faults(self, of: Any, root: Seal | None = None) -> list[Fault]:
        return list(of.faults(self.connection, (root or self.seal).fingerprint))


@pytest.fixture
def store(kept_engine: Engine) -> Iterator[Store]:
    with kept_engine.connect() as connection:
        made = Store(connection)
        for number in (1, 2, 3):
            made.add(number)
            made.distrust(number)
        yield made
        connection.rollback()


FAMILIES = pytest.mark.parametrize(
    ("table", "of"), [("adjustments", adjustments), ("resolutions", resolutions)]
)


@FAMILIES
def test_what_nobody_touched_has_no_fault(store: Store, table: str, of: Any) -> None:
    assert store.faults(of) == []


@FAMILIES
@pytest.mark.parametrize(
    "change", ["why = 'lain'", "who = 'Orang Lain'", "letter = ''", "at = '2026-03-04 02:00:00'"]
)
def test_a_changed_one_is_named(store: Store, table: str, of: Any, change: str) -> None:
    tamper(store.connection, table, f"UPDATE {table} SET {change} WHERE id = 2")
    assert store.faults(of) == [Fault(2, "was changed")]


@pytest.mark.parametrize("kept_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", ["signature", "digest", "previous", "at", "who"])
def test_what_is_no_value_of_its_column_is_named_like_any_change(store: Store, column: str) -> None:
    """A file takes texts for bytes and words for moments; whoever verifies must not stumble."""
    tamper(store.connection, "adjustments", f"UPDATE adjustments SET {column} = 'x' WHERE id = 2")
    found = store.faults(adjustments)
    assert {one.number for one in found} <= {2, 3}
    assert any(one.number == 2 and "changed" in one.what for one in found) or column == "signature"


@pytest.mark.parametrize("kept_engine", ["sqlite"], indirect=True)
def test_a_seal_that_is_no_key_vouches_for_nothing(store: Store) -> None:
    tamper(store.connection, "seals", "UPDATE seals SET public_key = 'x'")
    assert {one.what[:13] for one in store.faults(adjustments)} == {"is not signed"}


@FAMILIES
def test_a_removed_one_is_named_the_last_one_too(store: Store, table: str, of: Any) -> None:
    tamper(store.connection, table, f"DELETE FROM {table} WHERE id = 2")
    assert store.faults(of) == [Fault(2, "is missing")]
    tamper(store.connection, table, f"DELETE FROM {table} WHERE id = 3")
    assert store.faults(of) == [
        Fault(2, "is missing: the audit log tells of it"),
        Fault(3, "is missing: the audit log tells of it"),
    ]


def test_one_that_was_forged_with_its_digests_lacks_the_seal(store: Store) -> None:
    """Its writer knows every rule but not the key."""
    forger = keys.new()
    connection = store.connection
    tamper(connection, "adjustments", "DELETE FROM adjustments WHERE id = 3")
    row = {
        "kind": "touch", "nip": NIP, "local_time": datetime(2026, 3, 3, 7, 9),
        "local_day": date(2026, 3, 3), "why": "x", "letter": "", "who": "x", "os_user": "x",
        "at": AT,
    }  # fmt: skip
    seals.register(connection, forger, before=None, lost=True, now=AT)
    sealed.append(connection, tables.adjustments, row, forger)
    told = [one.what for one in store.faults(adjustments)]
    assert told == [
        f"is not signed by a seal that is trusted here ({forger.fingerprint})",
        "is not the one that the audit log tells of",
    ]


def test_a_seal_written_over_another_vouches_for_nothing(store: Store) -> None:
    forger = keys.new()
    unlock(store.connection, "seals")
    store.connection.execute(text("UPDATE seals SET public_key = :key"), {"key": forger.public})
    assert {one.what[:13] for one in store.faults(adjustments)} == {"is not signed"}


def test_a_new_seal_vouches_for_the_old_and_its_decisions(store: Store) -> None:
    old, new = store.seal, keys.new()
    seals.register(store.connection, new, before=old, lost=False, now=AT)
    store.add(9, new)
    assert store.faults(adjustments, new) == []
    assert store.faults(adjustments, old) == []  # it endorsed the new one
    with pytest.raises(SealError, match="not the one in use"):
        store.add(10, old)


def test_a_seal_after_a_lost_one_vouches_for_it_and_is_not_endorsed(store: Store) -> None:
    old, new = store.seal, keys.new()
    seals.register(store.connection, new, before=None, lost=True, now=AT)
    store.add(9, new)
    assert store.faults(adjustments, new) == []
    assert [one.number for one in store.faults(adjustments, old)] == [4]


def test_a_seal_comes_after_the_one_in_use(store: Store) -> None:
    connection, new = store.connection, keys.new()
    with pytest.raises(Refused, match="is in use; name its file by --after"):
        seals.register(connection, new, before=None, lost=False, now=AT)
    with pytest.raises(Refused, match="the file of --after holds another"):
        seals.register(connection, new, before=keys.new(), lost=False, now=AT)
    with pytest.raises(SealError, match="known here already"):
        seals.register(connection, store.seal, before=None, lost=False, now=AT)


def test_the_first_seal_comes_after_none(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(Refused, match="there is no seal before this one"):
            seals.register(connection, keys.new(), before=None, lost=True, now=AT)
        with pytest.raises(SealError, match="run hadir-ingest seal make"):
            seals.require_known(connection, keys.new())
        assert seals.trusted(connection) == {}


def test_a_column_of_a_later_release_changes_nothing_that_was_signed(store: Store) -> None:
    row = store.connection.execute(select(tables.adjustments)).first()
    assert row is not None
    told = sealed.message(tables.adjustments, row._asdict())
    assert b"withdraws" not in told  # empty, and so as if it did not exist
    assert told == sealed.message(tables.adjustments, row._asdict() | {"later": None})


def test_the_bytes_that_are_signed_stay_the_same() -> None:
    """Should this fail, every decision ever signed is void."""
    row = {
        "id": 7, "kind": "touch", "nip": NIP, "local_time": datetime(2026, 3, 3, 7, 25),
        "local_day": date(2026, 3, 3), "why": "mesin mati – rusak", "letter": "",
        "who": "Bu Kepala", "os_user": "root", "at": AT, "seal": "ab" * 16,
        "previous": b"\x01" * 32,
    }  # fmt: skip
    assert sealed.message(tables.adjustments, row).decode() == (
        'hadir-adjustments-1\n{"at":"2026-03-04T01:00:00.000000+00:00","id":7,"kind":"touch",'
        '"letter":"","local_day":"2026-03-03","local_time":"2026-03-03T07:25:00.000000",'
        '"nip":"198609262015051001","os_user":"root","previous":"' + "01" * 32 + '",'
        '"seal":"' + "ab" * 16 + '","who":"Bu Kepala","why":"mesin mati – rusak"}'
    )
