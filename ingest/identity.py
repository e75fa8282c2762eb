"""Who acts: the user that an account of the operating system stands for, and what they may. Pure.

The account is the one this program runs as, which only the system can give. Who became it by sudo
is told by sudo in SUDO_USER, and counts for as much as the account itself is guarded: see
`docs/design.md`, "Who acts".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.declared import Declared, Reach
from ingest.errors import Refused
from ingest.roles import Role, may


class OutOfScope(Refused):
    """Somebody asked for what is another office's; `subject` is what, for the audit log alone."""

    def __init__(self, sentence: str, subject: str) -> None:
        super().__init__(sentence)
        self.subject = subject


@dataclass(frozen=True, slots=True)
class User:
    name: str
    """Short, and never given to anybody else."""
    full_name: str
    role: Role
    office: str | None
    """The only one they see; None: every office."""
    os_user: str | None
    """As `Account.text` tells it; None: acts nowhere."""
    created_at: datetime
    ended_at: datetime | None
    nip: str | None = None
    """Where they are a civil servant; nobody decides on himself."""

    @property
    def acts(self) -> bool:
        return self.ended_at is None and self.os_user is not None


@dataclass(frozen=True, slots=True)
class Account:
    """What the operating system says of who runs this program."""

    name: str
    sudo: str = ""
    """Who became this account by sudo."""
    root: bool = False

    @property
    def text(self) -> str:
        return account_text(self.name, self.sudo)


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, in which role, and the office beyond which they see nothing (None: no bound)."""

    account: Account
    role: Role
    user: User | None = None
    """None while there are no users, and for an account that acts without one."""

    @property
    def office(self) -> str | None:
        return None if self.user is None else self.user.office


def account_text(name: str, sudo: str = "") -> str:
    """Return an account as users and the audit log name it."""
    return f"{name} (sudo {sudo})"[:200] if sudo else name


def find_user(users: Sequence[User], account: Account) -> User | None:
    """Return whose an account is, of those who did not end before those who did.

    An account that people share, told apart by sudo, is nobody's else: who came to it by sudo and
    is not known must not act as whoever it belongs to without.
    """
    shared = f"{account.name} (sudo "
    by_sudo = any(one.acts and (one.os_user or "").startswith(shared) for one in users)
    wanted = [account.text] if account.sudo and by_sudo else [account.text, account.name]
    for text in wanted:
        theirs = [one for one in users if one.os_user == text]
        if theirs:
            return min(theirs, key=lambda one: one.ended_at is not None)
    return None


def admit(users: Sequence[User], account: Account, command: str, asks: Declared) -> Acting:
    """Return who acts by a command. Raises Refused, in one sentence."""
    if not users:
        return Acting(account, Role.ADMIN)
    user = find_user(users, account)
    if user is None:
        return _stranger(account, asks)
    if asks.stranger is Role.ADMIN:  # the command itself asks who owns the store
        return Acting(account, Role.ADMIN, user if user.acts else None)
    if user.ended_at is not None:
        raise Refused(
            f"user {user.name} may do nothing here since {user.ended_at:%Y-%m-%d}; "
            "ask an admin of hadir"
        )
    _require(user, command, asks)
    return Acting(account, user.role, user)


def require_own_name(acting: Acting, named: str | None) -> str | None:
    """Return in whose name an act is done; None: nobody was named and nobody has to be.

    An admin writes down what somebody else decided, by a letter; everybody else decides alone.
    Raises Refused.
    """
    user = acting.user
    if user is None or named is None:
        return named if user is None else user.full_name
    if named.casefold() in (user.name.casefold(), user.full_name.casefold()):
        return user.full_name
    if user.role is not Role.ADMIN:
        raise Refused(f"user {user.name} can decide in no other name; leave out --by")
    return named


def _stranger(account: Account, asks: Declared) -> Acting:
    """Let a machine do its work, and an owner come back; people have to be known."""
    by_itself = account.root or not account.sudo or asks.reach is Reach.NONE
    if asks.stranger is Role.ADMIN or (asks.stranger is not None and by_itself):
        return Acting(account, asks.stranger)
    raise Refused(
        f'the account "{account.text}" is no user of hadir; ask an admin for hadir-ingest users add'
    )


def _require(user: User, command: str, asks: Declared) -> None:
    if not may(user.role, asks.right):
        raise Refused(
            f"user {user.name} is {user.role} and may not run {command}; "
            f"it needs the right {asks.right!s}"
        )
    if asks.reach is Reach.ALL and user.office is not None:
        raise Refused(
            f"{command} concerns every office, and user {user.name} is of office {user.office} "
            "alone; ask an admin of hadir"
        )
