"""Brings back into a case that a provider took a notice: clocks begin by it.

It is an event of the machine, in the transaction of whoever calls, with what follows of it.
"""

from datetime import date

from sqlalchemy import Connection

from ingest.casework import Dossier, Keeping
from ingest.casework.rounds import MACHINE as ACCOUNT
from ingest.casework.rounds import told
from ingest.discipline.cases import MACHINE, Addressee, NotAllowed, deeds
from ingest.notify.base import Kind
from ingest.store import audit, case_events
from ingest.store.case_events import By
from ingest.store.notices import Notice

ACT = "notices.told"
_KIND = {Kind.WHATSAPP: "WhatsApp", Kind.SMS: "SMS", Kind.MAIL: "surel"}


def how(channel: str, kind: Kind | None) -> str:
    """Return the words by which a case tells of a message that was taken."""
    return f"pesan {_KIND[kind] if kind else channel}, diterima penyedia layanan ({channel})"


def bring(connection: Connection, keeping: Keeping, notice: Notice, *, on: date, how: str) -> None:
    """Write that a notice was taken on a day. Raises NotAtRest, NotAllowed, StoreError."""
    dossier = Dossier(connection, keeping, notice.person_id)
    if notice.case not in dossier.states:
        raise NotAllowed(f"case {notice.case} has no event; run hadir-ingest cases verify")
    whom = _addressee(dossier, notice)
    wrote = dossier.do(
        notice.case,
        lambda state, ask: deeds.tell(
            state, ask, MACHINE, of=notice.event, to=whom, what="accepted", on=on, how=how
        ),
        By(keeping.now),
    )
    case_events.tell(connection, notice.case, notice.event, notice.key, how=how, now=keeping.now)
    for number in sorted({one.case for one in wrote}):
        audit.note(
            connection,
            ACCOUNT,
            ACT,
            subject=f"nip {dossier.states[number].subject.nip}",
            details=told(number, wrote),
            now=keeping.now,
        )


def _addressee(dossier: Dossier, notice: Notice) -> Addressee:
    for one in dossier.states[notice.case].told:
        if one.key == notice.key:
            return one
    raise NotAllowed(f"case {notice.case} had nobody of this notice to tell")
