"""Asks each office once a month, by its own mail box, for numbers that work.

From the day `remind_day` of a month on, in the hours in which people are told, Monday to Friday,
and where there is a channel that needs a number. An office that was asked stands in the audit log
and is not asked again that month. What a server could not take is tried in the next round, and
keeps no other office from being asked: the box of one may be full for weeks. A kill between mail
and line asks an office twice, which harms nobody.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, time
from uuid import uuid4

from sqlalchemy import Connection

from ingest.errors import IngestError
from ingest.indonesian import month_text
from ingest.jobs.work import Work
from ingest.notify.alone import alone
from ingest.notify.base import Fault, Kind, Message
from ingest.notify.outlets import Outlet, opened
from ingest.notify.reminding import SUBJECT, text_of
from ingest.notify.room import room_beside
from ingest.roles import Role
from ingest.store import audit, contacts, unreachable
from ingest.store.database import reading, writing
from ingest.store.people import find_offices
from ingest.store.unreachable import Unreachable

MACHINE = audit.Actor("hadir", "", Role.SERVICE)
log = logging.getLogger(__name__)


_FRIDAY = 4
_PATIENCE = 3  # mails that are not taken: more may be a server that is away, and time-outs
_Due = list[tuple[str, str, str, Unreachable]]


class NotTaken(IngestError):
    """The mail server takes nothing at present."""


def remind_offices(work: Work) -> None:
    """Do one round. Raises NotTaken, StoreError."""
    mail = [one for one in work.channels if one.driver == "mail"]
    if mail and len(mail) < len(work.channels) and _is_time(work, work.clock()):
        with opened(mail) as outlets:
            remind(work, outlets)


def remind(work: Work, outlets: Sequence[Outlet]) -> int:
    """Ask the offices that are due, as many as the first mail server takes beside what waits to be
    told; return how many were asked. Raises NotTaken in the end for those it did not take, and
    StoreError."""
    (outlet, *_) = [one for one in outlets if one.channel.kind is Kind.MAIL]
    with alone(work.engine) as mine:
        if not mine:
            return 0
        with reading(work.engine) as connection:
            due = _in_turn(_due(connection, work, work.clock()), work.clock())
            room = room_beside(connection, outlet, work.clock())
        asked, left = 0, list[NotTaken]()
        for office, name, address, found in due[:room]:
            try:
                _ask(work, outlet, (office, name), address, found)
                asked += 1
            except NotTaken as error:
                left.append(error)
                if len(left) == _PATIENCE:
                    break
    if left:
        raise left[0]
    return asked


def _in_turn(due: _Due, now: datetime) -> _Due:
    """Begin with another office each hour, so that no few of them use up the patience of each."""
    at = int(now.timestamp() // 3_600) % len(due) if due else 0
    return due[at:] + due[:at]


def _is_time(work: Work, now: datetime) -> bool:
    sending = work.telling()
    here = now.astimezone(work.settings.zone)
    if not sending.remind_day or here.day < sending.remind_day:
        return False
    return sending.window.is_open(now, "", lambda day: day.weekday() <= _FRIDAY)


def _due(connection: Connection, work: Work, now: datetime) -> _Due:
    """Return the offices to ask: code, name, address, and how many."""
    here = now.astimezone(work.settings.zone)
    begun = datetime.combine(here.date().replace(day=1), time(), here.tzinfo)
    asked, offices = unreachable.find_asked(connection, begun), find_offices(connection)
    found = {
        office: one
        for office, one in unreachable.count_unreachable(connection, here.date()).items()
        if office not in asked
    }
    known = contacts.in_use(connection, [(None, office) for office in found])
    due = []
    for office, one in found.items():
        mail = known.get((None, office), {}).get("mail")
        if mail is not None and mail.state == contacts.GOOD:
            due.append((office, offices[office].name, mail.value, one))
    return due


def _ask(
    work: Work, outlet: Outlet, office: tuple[str, str], address: str, found: Unreachable
) -> None:
    code, name = office
    now = work.clock()
    month = month_text(now.astimezone(work.settings.zone).date())
    text = text_of(code, name, found, month=month, sender=work.telling().sender)
    message = Message(address, text, uuid4().hex, name=name, subject=SUBJECT)
    sent = outlet.channel.send(message, now=now)
    failure = sent.failure
    if failure is not None and failure.fault in (Fault.LATER, Fault.ACCOUNT):
        raise NotTaken(f"office {code} cannot be asked for numbers: {failure.text}")
    told = "asked" if failure is None else failure.fault.value
    with writing(work.engine) as connection:
        if failure is not None and failure.fault is Fault.ADDRESS:
            contacts.mark(
                connection, (None, code), kind="mail", value=address, state=contacts.WRONG,
                why=failure.text, now=now,
            )  # fmt: skip
        details = {"people": found.people, "outcome": told, "channel": outlet.name}
        audit.note(
            connection, MACHINE, unreachable.ASKED, subject=f"office {code}", details=details,
            now=now,
        )  # fmt: skip
    log.info("office %s was asked for %d numbers: %s", code, found.people, told)
