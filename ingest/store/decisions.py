"""All that people did and decided, verified together: the audit log and every kind of decision."""

from collections.abc import Iterator

from sqlalchemy import Connection

from ingest.store import adjustments, audit, case_checks, excuses, letter_checks, resolutions
from ingest.store.sealed import Head


def faults(connection: Connection, root: str | None, known: Head | None = None) -> Iterator[str]:
    """Yield what is wrong, a sentence each.

    `root` is the fingerprint of the seal that is trusted, None the last one known; `known` is a
    last line of the log that was kept elsewhere.
    """
    for what, found in (
        ("line of the audit log", audit.faults(connection, known)),
        ("adjustment", adjustments.faults(connection, root)),
        ("resolution", resolutions.faults(connection, root)),
        ("excuse", excuses.faults(connection, root)),
        ("case event", case_checks.chain_faults(connection)),
        ("case", case_checks.case_faults(connection, root)),
        ("letter", letter_checks.faults(connection, root)),
        ("letter mark", letter_checks.mark_faults(connection, root)),
    ):
        for one in found:
            yield f"{what} {one.number} {one.what}"
