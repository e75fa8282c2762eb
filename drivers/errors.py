"""What can go wrong with a terminal. The class answers the caller, the text answers the person."""

from enum import StrEnum


class DriverError(Exception):
    """Any fault of a terminal or of the way to it."""


class TerminalUnreachable(DriverError):
    """No connection, no answer in time, or a connection that broke: try again later, alone."""


class TerminalBusy(DriverError):
    """The terminal or another session of ours is occupied: try again later, alone."""


class TerminalRefused(DriverError):
    """The terminal answers and says no (key, mode, firmware): wait for a person."""


class KeyRejected(TerminalRefused):
    """The terminal wants another key than ours."""


class NoSerial(TerminalRefused):
    """The terminal works, and does not tell who it is."""


class MustPush(TerminalRefused):
    """New firmware that speaks only encrypted: it cannot be asked, it must call us.

    The text ends with "this terminal must push", for whoever knows where to.
    """


class LogChanged(DriverError):
    """The log is no longer the one that was meant, so nothing was done to it."""


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


class FileFault(StrEnum):
    """Why a file carried by hand cannot be used, for those who explain it in other words."""

    BINARY = "binary"  # a form of the log that is no text
    CONTRADICTION = "contradiction"  # its dates are in another order than was said, or in two
    DAMAGED = "damaged"
    DATE_ORDER = "date-order"  # nothing in it tells day from month
    EDITED = "edited"  # saved by a spreadsheet or an editor
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    LAYOUT = "layout"  # columns in an order that is not known
    MIXED = "mixed"  # of several terminals
    OTHER_TERMINAL = "other-terminal"
    PRIVATE = "private"  # fingers, faces, passwords: never read
    TOO_LARGE = "too-large"


class UnfitFile(UndecidableLog):
    """A file carried by hand of which nothing may be used."""

    def __init__(self, message: str, fault: FileFault) -> None:
        super().__init__(message)
        self.fault = fault
