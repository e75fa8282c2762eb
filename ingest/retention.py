"""How long what is no evidence is kept: the settings, and what they can never reach.

What a terminal told and what a person decided are kept for good; so are days, letters, the audit
log and everything they rest on. What remains are secrets that have run out, signs of life of
machines that are gone, and data of people that served a purpose: texts that were sent, addresses of
who left, papers of cases long closed.
"""

import difflib
from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar

from pydantic import Field

Days = Annotated[int, Field(strict=True, ge=1, le=36_500)]


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for which each kind of thing is kept after it has served."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    invites_days: Days = 30
    """Invitations that ran out unused; a used one is the ground of a key and stays."""
    tokens_days: Days = 365
    """Access tokens that were revoked or ran out; what was done with them stands in the audit."""
    health_days: Days = 90
    """What a bridge last told of its office, once it is silent that long; the bridge stays. What
    tells of refused rows stays until they are settled, or the bridge is revoked."""
    messages_days: Days = 365
    """The text of a notice, once it was sent and its case is closed, and the bodies of what
    gateways told of it; digests and what became of it stay."""
    contacts_days: Days = 365
    """Numbers and addresses of who serves nowhere any more."""
    papers_days: Days = 3_650
    """The bytes of a case's papers, after it was closed; name, digest and size stay."""
    siasn_days: Days = 365
    """What BKN told, and was not told again."""


DEFAULT = Retention()


def unknown_retention_key(name: str) -> str:
    """Say that a key is none of ours, and why there is none for what somebody may have meant."""
    known = [one.name for one in fields(Retention)]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
    return f"unknown key, {hint}; evidence (punches, batches, decisions) is kept for good"
