"""Why something may not happen to a case."""

from ingest.errors import Refused


class NotAllowed(Refused):
    """An event that a case does not allow as it stands."""


def need(true: bool, otherwise: str) -> None:
    """Raise NotAllowed unless something holds."""
    if not true:
        raise NotAllowed(otherwise)
