"""Who may do what: the roles, and the right each act asks for. Pure.

A person at the command line of the centre holds its configuration and its database, and so acts as
admin; who only has a token acts by the role of that token.
"""

from enum import StrEnum

from ingest.errors import Refused


class Role(StrEnum):
    ADMIN = "admin"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    BRIDGE = "bridge"  # no person: it acts by its key


class Right(StrEnum):
    MEASURE = "measure"  # metrics, health, checkpoints: nothing of any person
    READ = "read"  # punches, days and recaps of people
    AUDIT = "audit"  # the log, the ledger and every decision, to be verified
    REGISTER = "register"  # people, offices, terminals, user ids, the calendar
    DECIDE = "decide"  # adjustments, and what becomes of evidence that is not believed
    ADMIT = "admit"  # bridges, tokens, the seal
    ENTER = "enter"  # a bridge's own key, by an invitation or by the key before it
    KEEP = "keep"  # whole stores: restore, and move old months away


MAY: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.OPERATOR: frozenset({Right.MEASURE, Right.READ, Right.REGISTER, Right.DECIDE}),
    Role.AUDITOR: frozenset({Right.MEASURE, Right.READ, Right.AUDIT}),
    Role.BRIDGE: frozenset({Right.ENTER}),
}

NEEDS: dict[str, Right] = {
    "adjustments.add-touch": Right.DECIDE,
    "adjustments.void": Right.DECIDE,
    "adjustments.withdraw": Right.DECIDE,
    "backup": Right.KEEP,
    "bridges.enrol": Right.ENTER,
    "bridges.invite": Right.ADMIT,
    "bridges.revoke": Right.ADMIT,
    "bridges.rotate": Right.ENTER,
    "bridges.withdraw": Right.ADMIT,
    "calendar.add": Right.REGISTER,
    "calendar.confirm": Right.REGISTER,
    "calendar.remove": Right.REGISTER,
    "calendar.seed": Right.REGISTER,
    "coverage.withdraw": Right.DECIDE,
    "offices.import": Right.REGISTER,
    "partitions.archive": Right.KEEP,
    "partitions.attach": Right.KEEP,
    "people.import": Right.REGISTER,
    "quarantine.reopen": Right.DECIDE,
    "quarantine.resolve": Right.DECIDE,
    "restore": Right.KEEP,
    "seal.make": Right.ADMIT,
    "terminals.add": Right.REGISTER,
    "terminals.import": Right.REGISTER,
    "terminals.set": Right.REGISTER,
    "tokens.add": Right.ADMIT,
    "tokens.revoke": Right.ADMIT,
    "user-ids.import": Right.REGISTER,
}
"""Every act that the audit log can name."""


def may(role: Role, right: Right) -> bool:
    """Say whether a role has a right."""
    return right in MAY[role]


def require(role: Role, act: str) -> None:
    """Raise Refused unless a role may do this. An act that NEEDS does not name is a KeyError."""
    if not may(role, NEEDS[act]):
        raise Refused(f"the role {role} may not do this ({act}); it needs the right {NEEDS[act]!s}")
