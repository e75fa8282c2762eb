"""Who acts, by the account of the operating system: pure, so every corner is asked."""

from datetime import UTC, datetime

import pytest

from ingest.declared import COMMANDS, require
from ingest.errors import Refused
from ingest.identity import Account, User, admit, find_user, require_own_name
from ingest.roles import Role

AT = datetime(2026, 3, 3, 1, tzinfo=UTC)


def user(name: str, account: str | None, role: Role = Role.ADMIN, **more: object) -> User:
    values: dict[str, object] = {"office": None, "created_at": AT, "ended_at": None} | more
    return User(name, name.title(), role, os_user=account, **values)  # type: ignore[arg-type]


HADIR, SITI = user("hadir", "hadir"), user("siti", "hadir (sudo siti)")


@pytest.mark.parametrize(
    ("users", "account", "found"),
    [
        ([HADIR], Account("hadir"), "hadir"),
        ([HADIR], Account("hadir", "siti"), "hadir"),  # nobody shares the account
        ([HADIR, SITI], Account("hadir", "siti"), "siti"),
        ([HADIR, SITI], Account("hadir", "asing"), None),
        ([HADIR, SITI], Account("hadir"), "hadir"),
        ([SITI], Account("hadir"), None),
        ([SITI], Account("hadir2", "siti"), None),
        ([SITI], Account("siti"), None),
        ([user("x", None)], Account("x"), None),
        ([user("a", "a", ended_at=AT), user("b", "a")], Account("a"), "b"),
        ([user("a", "a", ended_at=AT)], Account("a"), "a"),
        # who shared it has ended: it is its own again, and theirs still, to be refused
        ([HADIR, user("s", "hadir (sudo s)", ended_at=AT)], Account("hadir", "s"), "s"),
        ([HADIR, user("s", "hadir (sudo s)", ended_at=AT)], Account("hadir", "t"), "hadir"),
    ],
)
def test_an_account_is_somebodys_or_nobodys(
    users: list[User], account: Account, found: str | None
) -> None:
    got = find_user(users, account)
    assert (None if got is None else got.name) == found


@pytest.mark.parametrize(
    ("account", "command", "role"),
    [
        (Account("x"), "serve", Role.SERVICE),
        (Account("x"), "backup", Role.SERVICE),
        (Account("root", "asing", root=True), "migrate", Role.SERVICE),
        (Account("x", "asing"), "backup", None),
        (Account("x", "asing"), "whoami", Role.SERVICE),
        (Account("x", "asing"), "users recover", Role.ADMIN),
        (Account("x"), "people list", None),
        (Account("root", root=True), "people list", None),
        (Account("root", root=True), "users add", None),
    ],
)
def test_an_account_without_a_user_does_what_machines_and_owners_do(
    account: Account, command: str, role: Role | None
) -> None:
    if role is None:
        with pytest.raises(Refused, match="is no user of hadir"):
            admit([HADIR], account, command, COMMANDS[command])
    else:
        assert admit([HADIR], account, command, COMMANDS[command]).role is role


def test_without_users_everybody_is_admin_and_sees_all() -> None:
    acting = admit([], Account("x", "y"), "restore", COMMANDS["restore"])
    assert (acting.role, acting.user, acting.office) == (Role.ADMIN, None, None)


def test_who_ended_acts_no_more_but_as_who_owns_the_store() -> None:
    gone = [user("a", "a", ended_at=AT), HADIR]
    with pytest.raises(Refused, match="may do nothing here since 2026-03-03"):
        admit(gone, Account("a"), "whoami", COMMANDS["whoami"])
    acting = admit(gone, Account("a"), "users recover", COMMANDS["users recover"])
    assert acting.user is None


def test_a_role_is_asked_for_the_right_and_an_office_for_its_reach() -> None:
    operator = [HADIR, user("o", "o", Role.OPERATOR, office="A")]
    account = Account("o")
    assert admit(operator, account, "people list", COMMANDS["people list"]).office == "A"
    for command in ("users list", "offices import", "backup", "ledger export"):
        with pytest.raises(Refused, match=r"user o .*"):
            admit(operator, account, command, COMMANDS[command])


@pytest.mark.parametrize(
    ("role", "named", "given"),
    [
        (Role.ADMIN, None, "Siti"),
        (Role.ADMIN, "Kepala", "Kepala"),
        (Role.OPERATOR, "SITI", "Siti"),
        (Role.OPERATOR, "Kepala", None),
        (Role.READER, "Kepala", None),
    ],
)
def test_only_an_admin_writes_down_what_another_decided(
    role: Role, named: str | None, given: str | None
) -> None:
    siti = user("siti", "siti", role, office="A" if role is Role.OPERATOR else None)
    acting = admit([siti], Account("siti"), "whoami", COMMANDS["whoami"])
    if given is None:
        with pytest.raises(Refused, match="can decide in no other name"):
            require_own_name(acting, named)
    else:
        assert require_own_name(acting, named) == given


def test_a_look_is_noted_by_whoever_may_look() -> None:
    require(Role.READER, "report.daily")
    require(Role.AUDITOR, "ledger.export")
    with pytest.raises(Refused, match="needs the right audit"):
        require(Role.READER, "ledger.export")
