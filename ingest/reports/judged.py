"""The days of many people as they are now: what is written, and what waits to be judged, judged.

A recap must not show what is no longer true. So a day that is marked, unwritten or was left open
too early is worked out anew, as judging would, and nothing of it is written. Where more office-days
wait than can be worked out for a recap, the rest is shown as not verified, and the recap says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, islice

from sqlalchemy import Connection

from ingest.coverage import day_bounds
from ingest.days import PersonDay, Settings, work_out
from ingest.reports.notes import is_corrected
from ingest.store import reported
from ingest.store.partitions import MonthAway
from ingest.store.reported import Given, Ground, Known, Member, Written

MOST_ANEW = 500
"""Office-days that one recap works out; some seconds."""
_OPEN = "UNVERIFIED"


_WAITS = Known(_OPEN)


class Judged:
    """Yields each person of some offices with the days that have begun. What it counts is whole
    when all have been taken."""

    def __init__(
        self,
        connection: Connection,
        offices: Sequence[str],
        first: date,
        last: date,
        *,
        now: datetime,
        settings: Settings,
        most_anew: int = MOST_ANEW,
        only: int | None = None,
        grounds: bool = False,
    ) -> None:
        """Of `only` one person, if given; each day with its ground, if that is asked for."""
        self._connection = connection
        self._now, self._settings = now, settings
        self.today = now.astimezone(settings.zone).date()
        self.first, self.last = first, min(last, self.today)
        members = reported.find_members(connection, frozenset(offices), first, last)
        self.members = [one for one in members if only in (None, one.person_id)]
        self._stale = reported.find_stale(
            connection, frozenset(offices), first, last, today=self.today
        )
        self._days = _days(self.first, self.last)
        self._left, self._grounds = most_anew, grounds
        self._anew: dict[tuple[str, date], Mapping[int, Known] | None] = {}
        self._archived: set[tuple[str, date]] = set()
        self.worked_out = 0
        """Office-days."""
        self.waiting = 0
        """Days of people that were not worked out, and are shown as not verified."""
        self.away = 0
        """Days of people in a month that is archived, shown as they were written."""
        self.corrected = 0

    def __iter__(self) -> Iterator[tuple[Member, dict[date, Known]]]:
        for _, of_office in groupby(self.members, key=lambda one: one.office):
            for some in _batches(of_office):
                yield from self._some(some)
            self._anew.clear()

    def _some(self, some: Sequence[Member]) -> Iterator[tuple[Member, dict[date, Known]]]:
        ids = [one.person_id for one in some]
        written = reported.find_written(self._connection, ids, self.first, self.last)
        if self._grounds:
            written = self._with_grounds(ids, written)
        nips = [one.nip for one in some]
        given = reported.find_types(self._connection, nips, self.first, self.last)
        for one in some:
            found = self._person(one, written[one.person_id])
            if own := given.get(one.nip):
                found = {day: self._typed(known, day, own) for day, known in found.items()}
            self.corrected += sum(known.corrected for known in found.values())
            yield one, found

    def _with_grounds(
        self, ids: Sequence[int], written: Mapping[int, Mapping[date, Written]]
    ) -> dict[int, dict[date, Written]]:
        grounds = reported.find_grounds(self._connection, ids, self.first, self.last)
        return {
            one: {
                day: row._replace(known=row.known._replace(ground=grounds[one].get(day)))
                for day, row in days.items()
            }
            for one, days in written.items()
        }

    def _person(self, one: Member, written: Mapping[date, Written]) -> dict[date, Known]:
        """Return somebody's days that have begun; those that are simply as written, at once."""
        looked = one.office in self._stale.places
        found = {}
        for begin, end in one.spans:
            for day in self._days[max(0, (begin - self.first).days) : (end - self.first).days + 1]:
                row = written.get(day)
                if row is None or row.office != one.office or looked or row.open_at is not None:
                    found[day] = self._day(one, day, row)
                else:
                    found[day] = row.known
        return found

    def _day(self, one: Member, day: date, row: Written | None) -> Known:
        if row is None or row.office != one.office or self._is_stale(one, day, row):
            return self._now_of(one, day, row)
        return row.known

    def _is_stale(self, one: Member, day: date, row: Written) -> bool:
        if (one.office, day, one.person_id) in self._stale:
            return True
        if row.open_at is None:
            return False
        end = day_bounds(day, self._settings.zone)[1]
        return row.open_at < end <= self._now

    def _now_of(self, one: Member, day: date, row: Written | None) -> Known:
        pair = (one.office, day)
        if pair not in self._anew:
            self._anew[pair] = self._work_out(pair)
        anew = self._anew[pair]
        if anew is not None:
            return anew.get(one.person_id, _WAITS)
        if pair in self._archived and row is not None and row.office == one.office:
            self.away += 1
            return row.known
        self.waiting += 1
        return _WAITS

    def _work_out(self, pair: tuple[str, date]) -> Mapping[int, Known] | None:
        """Return everybody of an office-day; None: its month is away, or too many were asked."""
        if not self._left:
            return None
        try:
            found = work_out(
                self._connection,
                office=pair[0],
                day=pair[1],
                now=self._now,
                settings=self._settings,
            )
        except MonthAway:
            self._archived.add(pair)
            return None
        self._left -= 1
        self.worked_out += 1
        return {one.person_id: _known(one, ground=self._grounds) for one in found.people}

    def _typed(self, known: Known, day: date, given: Sequence[Given]) -> Known:
        for one in given:
            kind = self._settings.types.get(one.type)
            if kind and kind.status == known.status and one.first <= day <= one.last:
                return known._replace(type=one.type)
        return known

    def notes(self) -> list[str]:
        """Say what of it is not as written, and what waits."""
        found = []
        if self.worked_out:
            found.append(
                f"{self.worked_out} hari-kantor dihitung saat rekap ini dibuat, karena ada data "
                "yang belum dinilai; penilaian berikutnya akan menyimpannya"
            )
        if self.waiting:
            found.append(
                f"Perhatian: {self.waiting} hari pegawai masih menunggu penilaian dan ditampilkan "
                "sebagai belum terverifikasi; buat rekap ini lagi setelah penilaian selesai"
            )
        if self.away:
            found.append(
                f"Perhatian: {self.away} hari pegawai ada di bulan yang sudah diarsipkan dan "
                "ditampilkan sebagaimana tersimpan, meskipun ada data yang datang sesudahnya"
            )
        return found


def _known(one: PersonDay, *, ground: bool) -> Known:
    known = Known(one.status.value, one.late_minutes, one.early_minutes, is_corrected(one))
    if not ground:
        return known
    return known._replace(ground=Ground(one.first_in, one.last_out, one.because))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _batches(members: Iterable[Member]) -> Iterator[list[Member]]:
    left = iter(members)
    while some := list(islice(left, reported.AT_ONCE)):
        yield some
