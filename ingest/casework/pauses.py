"""Days on which no clock of a case runs: the centre was down, or an office's log is not known."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection

from ingest.casework.keeping import Keeping
from ingest.coverage import Verdict
from ingest.days.month import month_of
from ingest.discipline.cases import CaseState, Step
from ingest.store import centre_days

_HOUR_S = 3_600
_MOST = timedelta(days=400)


class Pauses:
    """Looks at each month of an office once."""

    def __init__(self, connection: Connection, keeping: Keeping, *, look: bool) -> None:
        """Only to `look`, what others of the same round found is taken."""
        self._connection = connection
        self._keeping = keeping
        self._incomplete = keeping.incomplete if look else {}

    def of(
        self, state: CaseState | None, where: Callable[[date], str], *, down_hours: int
    ) -> Mapping[date, str]:
        """Return the days since the clocks of a case began, with why they do not count; `where` is
        the office whose log has to be known on a day."""
        first = None if state is None else _since(state)
        last = self._keeping.today - timedelta(days=1)
        if state is None or first is None or first > last:
            return {}
        first = max(first, last - _MOST)
        silent = centre_days.find_silences(
            self._connection, first, last, zone=self._keeping.settings.zone
        )
        found: dict[date, str] = {}
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            if silent.get(day, 0) > down_hours * _HOUR_S:
                found[day] = f"pusat tidak berjalan {silent[day] // _HOUR_S} jam"
            elif self._is_incomplete(where(day), day):
                own = where(day) == state.subject.office
                whose = "perangkat daerah" if own else f"kantor {where(day)}"
                found[day] = f"data mesin {whose} tidak lengkap"
        return found

    def _is_incomplete(self, office: str, day: date) -> bool:
        if (office, day) not in self._incomplete:
            (month,) = month_of(
                self._connection,
                offices=[office],
                day=day,
                now=self._keeping.now,
                settings=self._keeping.settings,
            )
            self._incomplete |= {
                (office, one.day): one.coverage is None
                or one.coverage.verdict is not Verdict.COMPLETE
                for one in month.days
            }
        return self._incomplete[office, day]


def _since(state: CaseState) -> date | None:
    """Return when the first clock that may still run began; None where none does.

    Once every superior who was reprimanded is proposed for examination, or a person refused that,
    no clock is asked any more but that of who came to answer for the person since.
    """
    if state.ending is not None:
        return None
    done, last = state.of(Step.REPRIMAND), Step.SUPERIOR_PROPOSAL
    since = [one.on for known in state.informed for one in known.marks]
    if state.unproposed or not (done or state.of(last) or state.was_refused(last)):
        letters = [one.on for one in state.marks if one.scope == "office"]
        asked = letters if done and state.of(Step.OFFICE_LETTER) and letters else None
        since += asked or [one.on for one in state.marks]
    return min(since, default=None)
