"""What can go wrong in an office. The class answers the caller, the text answers the person."""


class BridgeError(Exception):
    """Any fault of the bridge, its outbox or its way to the centre."""


class Stopping(BridgeError):
    """We were asked to stop in the middle of a log; what was taken so far is kept."""


class NotContinued(BridgeError):
    """The end of a log is not known to belong to what was read before: the whole is needed."""


class FolderUnfit(BridgeError):
    """A folder where files are dropped is not as it must be, or a file in it is not."""


class SerialUnfit(BridgeError):
    """A terminal tells a serial number that cannot name it: its log stays where it is."""


class OutboxError(BridgeError):
    """The outbox cannot do what was asked; nothing was written."""


class OutboxFull(OutboxError):
    """Too many rows wait, or the disk is full: terminals keep their logs until there is room."""


class OutboxBusy(OutboxError):
    """Another process holds the outbox for longer than we wait: try again later."""


class OutboxUnusable(OutboxError):
    """The file cannot be opened, read or written, or is of another version: wait for a person."""


class OutboxDamaged(OutboxError):
    """The file is no longer a sound database: wait for a person, delete nothing."""


class CentreError(BridgeError):
    """Any answer of the centre but a receipt."""

    request = ""
    """The nonce of the request that failed, by which the centre's log tells of it, too."""


class CentreUnreachable(CentreError):
    """No answer, a broken one, or a fault of its own: keep everything, try again later."""


class CentreBusy(CentreUnreachable):
    """The centre asks us to wait."""

    def __init__(self, message: str, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ReceiptUnfit(CentreUnreachable):
    """A receipt that is not for what was sent: it settles nothing, try again later."""


class KeyRefused(CentreError):
    """The centre does not take what our key signs: wait for a person.

    `code` is the centre's word for why, such as `revoked`, empty where it gave none; `now` its time
    in epoch seconds, where it is our clock that is refused.
    """

    def __init__(self, message: str, code: str = "", now: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.now = now


class KeyUnfit(BridgeError):
    """This bridge has no key, or a file that cannot be one: wait for a person."""


class CentreMisconfigured(CentreError):
    """The centre's address cannot be used safely: wait for a person."""


class BatchTooLarge(CentreError):
    """The body is larger than the centre or a proxy before it takes: send less at once."""


class CentreBehind(CentreError):
    """The centre does not know our last receipt: it was restored from an older copy."""


class CentreForked(CentreError):
    """The centre knows our chains with another past: our outbox was restored from an older copy."""


class CentreRefused(CentreError):
    """The centre will not have this request as it is, whenever it is sent."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"the centre refuses with status {status}: {reason}")
        self.status = status
        self.reason = reason
