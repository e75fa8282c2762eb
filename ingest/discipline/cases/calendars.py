"""By whose working days something is counted: the office's, or those of the person himself. Pure.

The person's own are told by his judged days: whoever had to come had a working day, whatever came
of it. A free day of his is none, also on a Wednesday. A day that is not judged, or not verified,
may have been either; it is not known. Of days that are not over his schedule tells.
"""

from collections.abc import Iterable
from datetime import date

from ingest.discipline.cases.facts import IsWorking
from ingest.discipline.days import OPEN, Effect, JudgedDay
from ingest.discipline.values import Calendar


def own_days(days: Iterable[JudgedDay], planned: IsWorking, today: date) -> IsWorking:
    """Return the person's own working days; None is not known."""
    judged = {one.day: one.effect is not Effect.FREE for one in days if one.effect not in OPEN}
    return lambda day: planned(day) if day >= today else judged.get(day)


def not_known(calendar: Calendar, day: date) -> str:
    """Return, for who reads it, why it is not known whether a day is worked."""
    if calendar == "office":
        return f"kalender tahun {day.year} belum dikonfirmasi"
    return "belum diketahui apakah ini hari kerja pegawai menurut jadwalnya sendiri"
