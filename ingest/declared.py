"""What each command asks of whoever runs it: a right, an office, a line in the audit log. Pure.

A command that is missing here cannot be run. `docs/design.md`, "Who acts", tells the whole.
"""

from dataclasses import dataclass
from enum import StrEnum

from ingest.errors import Refused
from ingest.roles import NEEDS, Right, Role, may


class Reach(StrEnum):
    """How much of the store a command looks at or changes."""

    OFFICE = "office"  # it asks `cli.scope` whose it is: who has an office gets that one alone
    ALL = "all"  # of every office: refused to who has one
    NONE = "none"  # of no office and no person


@dataclass(frozen=True, slots=True)
class Declared:
    """`reads`: it shows records of people, and tells the audit log which (`cli.scope.tell_read`).

    `stranger` is the role in which an account runs it that is no user's, once there are users: what
    a machine does by itself, and what only who owns the store can do. None: it is refused.
    """

    right: Right
    reach: Reach
    reads: bool = False
    stranger: Role | None = None


_READS = Declared(Right.READ, Reach.OFFICE, reads=True)
_DECIDES = Declared(Right.DECIDE, Reach.OFFICE)
_REGISTERS = Declared(Right.REGISTER, Reach.OFFICE)
_RULES = Declared(Right.REGISTER, Reach.ALL)
_LOOKS = Declared(Right.MEASURE, Reach.OFFICE)
_KNOWN_TO_ALL = Declared(Right.MEASURE, Reach.NONE)
_MEASURES = Declared(Right.MEASURE, Reach.ALL)
_AUDITS = Declared(Right.AUDIT, Reach.ALL)
_COPIES = Declared(Right.AUDIT, Reach.ALL, reads=True)
_ADMITS = Declared(Right.ADMIT, Reach.ALL)
_KEEPS = Declared(Right.KEEP, Reach.ALL)

COMMANDS: dict[str, Declared] = {
    "adjustments add-touch": _DECIDES,
    "adjustments list": _READS,
    "adjustments verify": _AUDITS,
    "adjustments void": _DECIDES,
    "adjustments withdraw": _DECIDES,
    "audit list": _AUDITS,
    "audit verify": _AUDITS,
    "backup": Declared(Right.KEEP, Reach.ALL, stranger=Role.SERVICE),
    "bridges invite": _ADMITS,
    "bridges invites": _AUDITS,
    "bridges keys": _LOOKS,
    "bridges list": _LOOKS,
    "bridges revoke": _ADMITS,
    "bridges withdraw": _ADMITS,
    "calendar add": _REGISTERS,
    "calendar confirm": _RULES,
    "calendar export": _KNOWN_TO_ALL,
    "calendar import": _RULES,
    "calendar list": _KNOWN_TO_ALL,
    "calendar remove": _REGISTERS,
    "calendar seed": _RULES,
    "calendar special add": _REGISTERS,
    "calendar special list": _READS,
    "calendar special remove": _REGISTERS,
    "cases accept": _DECIDES,
    "cases approve": _DECIDES,
    "cases clarify": _DECIDES,
    "cases explain": _READS,
    "cases list": _READS,
    "cases paper": _READS,
    "cases propose": _DECIDES,
    "cases record action": _DECIDES,
    "cases record decision": _DECIDES,
    "cases record examination": _DECIDES,
    "cases record hand-over": _DECIDES,
    "cases record missed": _DECIDES,
    "cases record summons": _DECIDES,
    "cases record told": _DECIDES,
    "cases reject": _DECIDES,
    "cases show": _READS,
    "cases verify": _AUDITS,
    "cases withdraw": _DECIDES,
    "check": Declared(Right.MEASURE, Reach.ALL, stranger=Role.SERVICE),
    "contacts import": _REGISTERS,
    "contacts list": _READS,
    "contacts refuse": _REGISTERS,
    "contacts set": _REGISTERS,
    "contacts wrong": _READS,
    "coverage": _LOOKS,
    "coverage show": _LOOKS,
    "coverage withdraw": _DECIDES,
    "days evaluate": _REGISTERS,
    "days explain": _READS,
    "discipline regulations": _KNOWN_TO_ALL,
    "discipline tally": _READS,
    "excuses give": _DECIDES,
    "excuses import": _DECIDES,
    "excuses list": _READS,
    "excuses quota": _READS,
    "excuses show": _READS,
    "excuses types": _KNOWN_TO_ALL,
    "excuses verify": _AUDITS,
    "excuses withdraw": _DECIDES,
    "jobs list": _MEASURES,
    "ledger checkpoint": _AUDITS,
    "ledger checkpoints": _AUDITS,
    "ledger export": Declared(Right.AUDIT, Reach.ALL, reads=True),
    "ledger verify": _AUDITS,
    "letters answered": _DECIDES,
    "letters draft": _READS,
    "letters issue": Declared(Right.DECIDE, Reach.ALL),
    "letters list": _READS,
    "letters print": _READS,
    "letters received": _DECIDES,
    "letters register": Declared(Right.READ, Reach.ALL, reads=True),
    "letters scan": _DECIDES,
    "letters sent": _DECIDES,
    "letters show": _READS,
    "letters verify": _READS,
    "letters void": Declared(Right.DECIDE, Reach.ALL),
    "migrate": Declared(Right.KEEP, Reach.ALL, stranger=Role.SERVICE),
    "notices list": _READS,
    "notices preview": _KNOWN_TO_ALL,
    "notices send": Declared(Right.AUDIT, Reach.ALL, reads=True),
    "notices settle": _ADMITS,
    "notices show": _READS,
    "notices storm drop": _ADMITS,
    "notices storm list": Declared(Right.READ, Reach.ALL),
    "notices storm release": _ADMITS,
    "notices templates check": _KNOWN_TO_ALL,
    "notices test-send": _ADMITS,
    "offices import": _RULES,
    "offices list": _LOOKS,
    "partitions archive": _KEEPS,
    "partitions attach": _KEEPS,
    "partitions list": _MEASURES,
    "people break": _RULES,
    "people breaks end": _RULES,
    "people breaks import": _RULES,
    "people breaks list": _READS,
    "people breaks remove": _RULES,
    "people export": _READS,
    "people import": _REGISTERS,
    "people kind": _RULES,
    "people kinds import": _RULES,
    "people kinds list": _READS,
    "people kinds remove": _RULES,
    "people list": _READS,
    "people post": _RULES,
    "people posts import": _RULES,
    "people posts list": _READS,
    "people posts remove": _RULES,
    "people show": _READS,
    "people stand-in": _REGISTERS,
    "people stand-ins end": _REGISTERS,
    "people stand-ins import": _RULES,
    "people stand-ins list": _READS,
    "people stand-ins remove": _REGISTERS,
    "privacy export": _COPIES,
    "privacy hold": _KEEPS,
    "privacy holds": _COPIES,
    "privacy release": _KEEPS,
    "privacy requests add": _KEEPS,
    "privacy requests done": _KEEPS,
    "privacy requests list": _COPIES,
    "punches export": _READS,
    "punches list": _READS,
    "quarantine list": _READS,
    "quarantine reopen": _DECIDES,
    "quarantine resolve": _DECIDES,
    "quarantine resolved": _READS,
    "quarantine verify": _AUDITS,
    "report coverage": _READS,
    "report daily": _READS,
    "report discipline": _READS,
    "report monthly": _READS,
    "report person": _READS,
    "report terminals": _READS,
    "report tpp": _READS,
    "report trend": _READS,
    "report unmapped": _READS,
    "report unseen": _READS,
    "report weekdays": _READS,
    "report year": _READS,
    "restore": Declared(Right.KEEP, Reach.ALL, stranger=Role.ADMIN),
    "retention list": _MEASURES,
    "retention report": _AUDITS,
    "retention run": _KEEPS,
    "rosters cycle": _REGISTERS,
    "rosters export": _READS,
    "rosters import": _REGISTERS,
    "rosters show": _READS,
    "rosters swap": _DECIDES,
    "schemes examples": _KNOWN_TO_ALL,
    "schemes export": _KNOWN_TO_ALL,
    "schemes import": _RULES,
    "schemes list": _KNOWN_TO_ALL,
    "schemes remove": _RULES,
    "schemes show": _KNOWN_TO_ALL,
    "schemes use": _REGISTERS,
    "schemes uses end": _REGISTERS,
    "schemes uses list": _READS,
    "schemes uses remove": _REGISTERS,
    "seal make": _ADMITS,
    "seal show": _KNOWN_TO_ALL,
    "serve": Declared(Right.KEEP, Reach.ALL, stranger=Role.SERVICE),
    "siasn apply": Declared(Right.DECIDE, Reach.ALL),
    "siasn diff": Declared(Right.READ, Reach.ALL, reads=True),
    "siasn pull": _RULES,
    "siasn push-sanction": Declared(Right.DECIDE, Reach.ALL),
    "siasn pushes": Declared(Right.READ, Reach.ALL, reads=True),
    "siasn settle": Declared(Right.DECIDE, Reach.ALL),
    "siasn status": _MEASURES,
    "siasn units import": _RULES,
    "siasn units list": _MEASURES,
    "siasn units remove": _RULES,
    "siasn units unknown": _MEASURES,
    "simulate": _READS,
    "terminals add": _REGISTERS,
    "terminals import": _REGISTERS,
    "terminals list": _LOOKS,
    "terminals set": _REGISTERS,
    "tokens add": _ADMITS,
    "tokens list": _AUDITS,
    "tokens revoke": _ADMITS,
    "user-ids import": _REGISTERS,
    "user-ids list": _READS,
    "user-ids unmapped": Declared(Right.READ, Reach.OFFICE),
    "users add": _ADMITS,
    "users end": _ADMITS,
    "users list": _AUDITS,
    "users recover": Declared(Right.ADMIT, Reach.ALL, stranger=Role.ADMIN),
    "users set": _ADMITS,
    "whoami": Declared(Right.MEASURE, Reach.NONE, stranger=Role.SERVICE),
}
"""By the words that call it. Sorted, so that who adds one sees its neighbours."""


def act_of(command: str) -> str:
    """Return the name under which the audit log tells that a command was run."""
    return command.replace(" ", ".")


ACTS: dict[str, Right] = {
    **{act_of(name): one.right for name, one in COMMANDS.items()},
    **NEEDS,
    "contacts.remind": Right.KEEP,  # an office was asked for numbers that work
    "users.refused": Right.MEASURE,  # somebody asked for what is another office's
}
"""The right of every act that the audit log can name."""


def require(role: Role, act: str) -> None:
    """Raise Refused unless a role may do this. An act that ACTS does not name is a KeyError."""
    if not may(role, ACTS[act]):
        raise Refused(f"the role {role} may not do this ({act}); it needs the right {ACTS[act]!s}")
