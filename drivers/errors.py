"""What can go wrong with a terminal. The class answers the caller, the text answers the person."""


class DriverError(Exception):
    """Any fault of a terminal or of the way to it."""


class TerminalUnreachable(DriverError):
    """No connection, no answer in time, or a connection that broke: try again later, alone."""


class TerminalBusy(DriverError):
    """The terminal or another session of ours is occupied: try again later, alone."""


class TerminalRefused(DriverError):
    """The terminal answers and says no (key, mode, firmware): wait for a person."""


class NotSupported(DriverError):
    """This family or this firmware cannot do what was asked, and `TerminalInfo.can` says so."""


class MalformedReply(DriverError):
    """Bytes that follow no known rule: keep them, wait for a person.

    `raw` holds what was received, cut to a size that fits a log.
    """

    def __init__(self, message: str, raw: bytes = b"") -> None:
        super().__init__(message)
        self.raw = raw[:4096]


class UndecidableLog(MalformedReply):
    """A log whose layout cannot be told apart with certainty: nothing of it may be used."""
