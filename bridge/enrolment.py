"""How this bridge makes its key known to the centre, and takes another. May be killed anywhere.

The key is on the disk before it is shown and takes its place after the answer (`bridge.keys`). So
whoever tries again shows the same key, and the centre, which may know it by then, says yes again.
"""

from typing import Protocol

from bridge.errors import BridgeError, CentreRefused, KeyRefused
from bridge.keys import CURRENT, ENROLLING, ROTATING, BridgeKey, KeyFiles
from ingest import wire


class KeyInUse(BridgeError):
    """There is a key already: a person decides whether it is given up."""


class OfficeDiffers(BridgeError):
    """The code was for another office than the configuration names: a person corrects one."""


class Registry(Protocol):
    """What is needed of the centre."""

    def enrol(self, enrolment: wire.Enrolment, key: BridgeKey) -> wire.Enrolled:
        """Make a key known by a code. Raises CentreError."""

    def rotate(self, key: BridgeKey, successor: BridgeKey) -> wire.Rotated:
        """Let one key take the place of another. Raises CentreError."""

    def probe(self, key: BridgeKey | None = None) -> None:
        """Learn whether a key is taken. Raises CentreError."""


def enrol(
    centre: Registry,
    keys: KeyFiles,
    code: str,
    *,
    office: str,
    now: int,
    bridge_version: str,
    again: bool = False,
) -> tuple[BridgeKey, wire.Enrolled]:
    """Make a key, let the centre know it by the code, and sign with it from now on.

    Raises KeyInUse unless `again`, CentreError where the centre says no, and OfficeDiffers, with
    the key in its place, where the code was for another office.
    """
    if not again and (known := keys.waiting(CURRENT)):
        raise KeyInUse(
            f"this bridge has the key {known.id} already; `hadir-bridge check --connect` tells "
            "whether the centre takes it, --again puts another in its place"
        )
    key = keys.prepare(ENROLLING, now)
    enrolled = centre.enrol(wire.Enrolment(code, key.public, bridge_version[:40]), key)
    keys.promote(ENROLLING, key)
    keys.discard(ROTATING)  # it was to follow a key that counts no more
    if enrolled.office != office:
        raise OfficeDiffers(
            f"the code was for office {enrolled.office} and the configuration says {office}; "
            "correct bridge.office, or ask for a code of this office and enrol with --again"
        )
    return key, enrolled


def rotate(centre: Registry, keys: KeyFiles, *, now: int) -> BridgeKey:
    """Make a key that takes the place of the present one, and return it. Raises CentreError.

    An earlier try whose answer was lost is brought to its end.
    """
    key, successor = keys.current(), keys.prepare(ROTATING, now)
    try:
        centre.rotate(key, successor)
    except CentreRefused:
        keys.discard(ROTATING)  # the centre has not taken it, and need not be shown it again
        raise
    except KeyRefused as refusal:
        if refusal.code != "retired":
            raise
        _confirm(centre, successor, refusal)
    keys.promote(ROTATING, successor)
    return successor


def _confirm(centre: Registry, successor: BridgeKey, refusal: KeyRefused) -> None:
    """Make sure that it was this key that replaced ours. Raises the refusal where it was not."""
    try:
        centre.probe(successor)
    except KeyRefused:
        raise refusal from None
