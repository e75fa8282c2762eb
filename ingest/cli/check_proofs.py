"""What `check` finds of seal, decisions, quarantine and backups: whether they can be relied on."""

from collections import Counter
from datetime import timedelta
from itertools import islice

from sqlalchemy import Connection

from ingest.cli.check_grades import BAD, GOOD, LOOK, Findings
from ingest.cli.context import Centre

FEW = 5
BACKUP_HOURS = 36
"""A nightly backup that is older was missed."""


def of_decisions(centre: Centre, connection: Connection) -> Findings:
    """Look at the seal, at what it signed, and at what waits for a decision."""
    from ingest import seal

    try:
        root = seal.root(centre.config.seal_file)
    except seal.SealError as error:
        yield BAD, str(error)
        return
    yield from _seal(centre, connection, root)
    yield from _decisions(connection, root)
    yield from _quarantine(connection, root)


def _seal(centre: Centre, connection: Connection, root: str | None) -> Findings:
    from ingest.store import seals

    if root is not None:
        if not seals.is_known(connection, root):
            yield BAD, f"the store does not know the seal {root}; run hadir-ingest seal make"
        return
    if seals.find(connection) and centre.config.seal_file is not None:
        yield (
            BAD,
            f"{centre.config.seal_file}, the seal, is not there; bring it back from its copy: "
            "nothing can be decided, and decisions are believed by the word of the database alone",
        )
    elif seals.find(connection):
        yield (
            LOOK,
            "decisions are believed by the word of the database alone; name the seal by seal_file",
        )


def _decisions(connection: Connection, root: str | None) -> Findings:
    from ingest.store import audit, decisions

    found = list(islice(decisions.faults(connection, root), FEW + 1))
    for one in found[:FEW]:
        yield BAD, one
    if len(found) > FEW:
        yield (
            BAD,
            "and more; see audit verify, adjustments verify, excuses verify and quarantine verify",
        )
    if not found and audit.head(connection).number:
        yield GOOD, "the audit log and all decisions are as they were signed"


def of_backups(centre: Centre, connection: Connection) -> Findings:
    """Tell when the last backup was made."""
    from ingest.store import audit

    last = audit.last(connection, "backup")
    if last is None:
        yield (
            LOOK,
            "hadir-ingest backup was never run on this store; see docs/backup.md",
        )
        return
    told = f"the last backup was made {last.astimezone(centre.config.zone):%Y-%m-%d %H:%M %Z}"
    old = centre.now() - last > timedelta(hours=BACKUP_HOURS)
    yield (LOOK, f"{told}; see systemctl status hadir-backup") if old else (GOOD, told)


def _quarantine(connection: Connection, root: str | None) -> Findings:
    from ingest.store import quarantine, refused

    offices = Counter(one.office for one in quarantine.find_waiting(connection, root=root))
    for office, count in sorted(offices.items()):
        yield (
            LOOK,
            f"{count} doubtful punches and bad records of office {office} wait for a decision; see "
            f"hadir-ingest quarantine list --office {office}",
        )
    for office, count in sorted(refused.count(connection).items()):
        yield (
            LOOK,
            f"{count} rows of office {office} were refused and lie at its bridge; see "
            f"hadir-ingest quarantine list --office {office}",
        )
