"""What can keep us from an answer. The text names neither a person nor an address with one."""

from ingest.errors import IngestError


class SiasnFault(IngestError):
    """No answer that can be used."""


class NotNow(SiasnFault):
    """BKN does not answer, or is busy: the same may go well later. Nothing is known to be done."""


class NotReached(NotNow):
    """No connection was made: what was to be sent is certainly not there."""


class NotLetIn(SiasnFault):
    """BKN refuses our keys; a person has to look at them."""


class TurnedAway(NotLetIn):
    """BKN answers 401, twice: it has not looked at what was asked."""


class Told(SiasnFault):
    """BKN answers as itself, and says that it did not do it."""


class Nonsense(SiasnFault):
    """The answer is none of BKN's: half of one, a page for people, another person's."""
