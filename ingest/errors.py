"""What can go wrong at the centre. The text tells a person what, which one, and what to do."""


class IngestError(Exception):
    """Any fault a command tells in one sentence and leaves with exit code 1."""


class ConfigError(IngestError):
    """The configuration cannot be used. `faults` holds every fault at once, each with its key."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class NotKnown(IngestError):
    """A command names something the store does not hold."""


class Refused(IngestError):
    """What a command was told to store contradicts what is stored, or is no such thing."""


class OutputExists(IngestError):
    """A file a command should write is there already, and is not overwritten."""


class ServeError(IngestError):
    """The daemon cannot start."""


class TlsError(ServeError):
    """A certificate or its key cannot be served."""


class StoreError(IngestError):
    """The database cannot be reached, is too old or too new, or refuses."""


class StoreUnavailable(StoreError):
    """The database does not answer, or is busy, for now: try again later, alone."""


class BackupError(IngestError):
    """A backup cannot be made, is not whole, or cannot be restored here."""


class ImportFaults(IngestError):
    """A file that cannot be imported; nothing of it was kept. `faults` name rows by line."""

    def __init__(self, path: str, faults: list[str]) -> None:
        super().__init__(f"{path}: {len(faults)} fault(s), nothing imported")
        self.path = path
        self.faults = faults
