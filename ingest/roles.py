"""Who may do what: the roles, and the right each act asks for. Pure.

A person at the command line acts by the role of the user that the own account stands for (see
`ingest.identity`); who only has a token acts by the role of that token.
"""

from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    READER = "reader"
    BRIDGE = "bridge"  # no person: it acts by its key
    SERVICE = "service"  # no person: what this computer does by itself


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
    Role.READER: frozenset({Right.MEASURE, Right.READ}),
    Role.BRIDGE: frozenset({Right.ENTER}),
    Role.SERVICE: frozenset({Right.MEASURE, Right.KEEP}),
}

PEOPLES = (Role.ADMIN, Role.OPERATOR, Role.AUDITOR, Role.READER)
"""The roles that a user or a token can have."""

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
    "calendar.import": Right.REGISTER,
    "calendar.remove": Right.REGISTER,
    "calendar.seed": Right.REGISTER,
    "calendar.special-add": Right.REGISTER,
    "calendar.special-remove": Right.REGISTER,
    "cases.run": Right.KEEP,
    "coverage.withdraw": Right.DECIDE,
    "excuses.give": Right.DECIDE,
    "excuses.import": Right.DECIDE,
    "excuses.withdraw": Right.DECIDE,
    "notices.told": Right.KEEP,
    "offices.import": Right.REGISTER,
    "partitions.archive": Right.KEEP,
    "partitions.attach": Right.KEEP,
    "people.import": Right.REGISTER,
    "quarantine.reopen": Right.DECIDE,
    "quarantine.resolve": Right.DECIDE,
    "restore": Right.KEEP,
    "rosters.cycle": Right.REGISTER,
    "rosters.import": Right.REGISTER,
    "rosters.swap": Right.DECIDE,
    "schemes.end-use": Right.REGISTER,
    "schemes.import": Right.REGISTER,
    "schemes.remove": Right.REGISTER,
    "schemes.remove-use": Right.REGISTER,
    "schemes.use": Right.REGISTER,
    "seal.make": Right.ADMIT,
    "terminals.add": Right.REGISTER,
    "terminals.import": Right.REGISTER,
    "terminals.set": Right.REGISTER,
    "tokens.add": Right.ADMIT,
    "tokens.revoke": Right.ADMIT,
    "users.add": Right.ADMIT,
    "users.end": Right.ADMIT,
    "users.recover": Right.ADMIT,
    "users.set": Right.ADMIT,
    "user-ids.import": Right.REGISTER,
}
"""The right of every act that changes something; what only reads asks for the right of its command
(`ingest.declared`)."""


def may(role: Role, right: Right) -> bool:
    """Say whether a role has a right."""
    return right in MAY[role]
