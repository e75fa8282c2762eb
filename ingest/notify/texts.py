"""What a notice says to whom, as its case stands now."""

from sqlalchemy import Connection

from ingest.casework import Dossier, Keeping
from ingest.discipline.cases import NotAllowed
from ingest.discipline.cases.texts import span
from ingest.notify.templates import Templates, Text, Values
from ingest.store import notices
from ingest.store.notices import Notice


def text_of(
    connection: Connection, keeping: Keeping, templates: Templates, notice: Notice, sender: str
) -> Text:
    """Return the message of a notice. Raises TextUnfit, StoreError."""
    days, within = _standing(connection, keeping, notice)
    office = notices.office_name(connection, notice.case_office)
    name = notices.name_of(connection, notice)
    return templates.render(notice.what, Values(name, days, within, office, sender))


def _standing(connection: Connection, keeping: Keeping, notice: Notice) -> tuple[int, str]:
    """Return of how many days a case is now, and within which time it is to be answered."""
    dossier = Dossier(connection, keeping, notice.person_id, look=True)
    state = dossier.states.get(notice.case)
    if state is None:
        raise NotAllowed(f"case {notice.case} has no event; run hadir-ingest cases verify")
    try:
        clock = span(dossier.rules(notice.case).clarification)
    except NotAllowed:  # no rule keeps it any more: it is told without a time
        clock = "waktu yang ditentukan"
    return len(state.days), clock
