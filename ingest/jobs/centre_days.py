"""Writes each minute that the centre is awake: no clock of a case runs on a day it was not."""

from ingest.jobs.work import Work
from ingest.store.centre_days import beat
from ingest.store.database import writing


def centre_day(work: Work) -> None:
    """Do one beat."""
    with writing(work.engine) as connection:
        beat(connection, now=work.clock(), zone=work.settings.zone)
