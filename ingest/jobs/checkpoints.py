"""Sends each office's checkpoint out of the centre, and again until it came there.

A page and where it has to go are kept before the first try. A folder that is not there (a share
that is not mounted) is not made; a file that stands there already is not overwritten. A mail is
delivered when the server has taken it.
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import Engine

from ingest import mail, seal
from ingest.checkpointing import FOLDER, MAIL, MailServer, Ways
from ingest.errors import IngestError
from ingest.indonesian import day_text
from ingest.jobs.work import Work
from ingest.seal import Seal
from ingest.store import ledger_copies, seals
from ingest.store.database import reading, writing
from ingest.store.ledger_checkpoints import page, take
from ingest.store.ledger_copies import Copy

log = logging.getLogger(__name__)

Send = Callable[[MailServer, EmailMessage], None]
_FIRST_WAIT, _LONGEST_WAIT = timedelta(hours=1), timedelta(hours=24)


class NotDelivered(IngestError):
    """Some pages did not come where they have to go."""


class _Page(IngestError):
    """One page that did not come there."""


def checkpoints(work: Work, *, send: Send = mail.send) -> None:
    """Do one round: make the pages that are due, and send what waits. Raises NotDelivered."""
    if work.ways is None:
        return
    now = work.clock()
    made = make(work.engine, seal.require(work.seal_file), work.ways, now=now)
    if made:
        log.info("%d checkpoints made", made)
    deliver(work.engine, work.ways, now=now, send=send)


def make(engine: Engine, own: Seal, ways: Ways, *, now: datetime) -> int:
    """Make the page of every office for which one is due; return how many. Raises ContactsFault."""
    with reading(engine) as connection:
        offices = ledger_copies.due(connection, ways.every_days)
        seals.require_known(connection, own)
    for office in offices:
        with writing(engine) as connection:
            taken = take(connection, office)
            if taken is not None:
                to = ways.of(office)
                if not to:
                    log.warning("the checkpoint of office %s has nowhere to go", office)
                ledger_copies.keep(connection, taken, page(taken, own), to, now=now)
    return len(offices)


def deliver(engine: Engine, ways: Ways, *, now: datetime, send: Send = mail.send) -> int:
    """Send what waits and is due to be tried; return how many came there. Raises NotDelivered."""
    with reading(engine) as connection:
        waiting = ledger_copies.find(connection, waiting=True)
    came, faults = 0, []
    for copy in waiting:
        if not _is_due(copy, now):
            faults.append(copy)
            continue
        fault = _try(copy, ways, now, send)
        with writing(engine) as connection:
            ledger_copies.tried(connection, copy, fault, now=now)
        if fault is None:
            came += 1
        else:
            faults.append(copy)
            log.warning("checkpoint of %s for %s to %s: %s", copy.office, copy.day, copy.way, fault)
    if came:
        log.info("%d checkpoints delivered", came)
    if faults:
        raise NotDelivered(
            f"{len(faults)} checkpoints did not come where they have to go; "
            "hadir-ingest ledger checkpoints tells which and why"
        )
    return came


def _is_due(copy: Copy, now: datetime) -> bool:
    """The wait doubles from an hour to a day."""
    wait = (
        min(_FIRST_WAIT * 2 ** max(copy.tries - 1, 0), _LONGEST_WAIT)
        if copy.tries < 9
        else _LONGEST_WAIT
    )
    return copy.tried_at is None or now - copy.tried_at >= wait - timedelta(minutes=5)


def _try(copy: Copy, ways: Ways, now: datetime, send: Send) -> str | None:
    """Send a copy; return why it did not come there."""
    try:
        if copy.way.startswith(FOLDER):
            put(Path(copy.way.removeprefix(FOLDER)), copy.office, copy.day.isoformat(), copy.page)
        else:
            _mail(copy, ways, now, send)
    except (IngestError, OSError) as error:
        return str(error)
    return None


def put(folder: Path, office: str, day: str, text: str) -> Path:
    """Write a page into a folder, told to the disk; the same page twice is one. Raises OSError."""
    if not folder.is_dir():
        raise _Page(f"{folder} is not there; is the share mounted?")
    path = folder / file_name(office, day)
    try:
        with path.open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        if path.read_bytes() != text.encode():
            raise _Page(f"{path} is there already and holds another page") from error
    return path


def file_name(office: str, day: str) -> str:
    """Return what the page of an office and day is called."""
    plain = "".join(one if one.isalnum() or one in ".-" else "_" for one in office)
    return f"titik-periksa-{plain}-{day}.txt"


def _mail(copy: Copy, ways: Ways, now: datetime, send: Send) -> None:
    if ways.server is None:
        raise _Page("no mail server is configured any more")
    send(
        ways.server,
        mail.message(
            ways.server,
            copy.way.removeprefix(MAIL),
            subject=f"Titik periksa presensi {copy.office} s.d. {day_text(copy.day)}",
            page=copy.page,
            file=file_name(copy.office, copy.day.isoformat()),
            now=now,
        ),
    )
