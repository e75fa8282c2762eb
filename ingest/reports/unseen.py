"""Who has not been seen for a while though they had to come, and user ids of nobody known.

Both are faults of the data as often as of people: somebody whose user id was never mapped is seen
by no one, and a new number on a terminal may be theirs.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from ingest.indonesian import day_text
from ingest.reports.base import Asked, Cell, Column, Kind, Table
from ingest.reports.judged import Judged
from ingest.reports.notes import calendar_notes
from ingest.reports.printed import PRESENT
from ingest.rules import Status
from ingest.store.last_seen import find_last_seen
from ingest.store.reported import Known, Member
from ingest.store.terminals import find_unmapped


def unseen(connection: Connection, asked: Asked) -> Table:
    """Return who touched nothing for so many days up to a day, and had to on at least one."""
    last = min(asked.day, asked.today - timedelta(days=1))  # today is not over for anybody
    first = last - timedelta(days=asked.unseen_days - 1)
    judged = Judged(
        connection,
        list(asked.scope.offices),
        first,
        last,
        now=asked.now,
        settings=asked.settings,
    )
    found = list(_unseen(judged))
    ids = [one.person_id for one, _ in found]
    seen = find_last_seen(connection, ids, until=first)
    return Table(
        f"Pegawai tanpa rekaman {asked.unseen_days} hari terakhir {asked.scope.title}, "
        f"sampai {day_text(last)}",
        [
            Column("number", "No", Kind.NUMBER, width=5),
            Column("name", "Nama"),
            Column("nip", "NIP", Kind.NIP),
            Column("office", "Kantor", width=12),
            Column("last_seen", "Terakhir hadir", Kind.DATE),
            Column("days_absent", "Hari tanpa keterangan", Kind.NUMBER, summed=True),
            Column("days_open", "Hari belum terverifikasi", Kind.NUMBER, summed=True),
            Column("user_ids", "ID pengguna", Kind.NUMBER),
        ],
        [
            _row(number, one, days, seen.get(one.person_id, (None, 0)))
            for number, (one, days) in enumerate(found, 1)
        ],
        [
            "Yang berhalangan dengan keterangan sepanjang waktu ini tidak disebut",
            "ID pengguna: banyaknya pemetaan yang berlaku; 0 berarti hanya sentuhan dengan NIP "
            "sendiri yang terhitung, dan pegawai itu barangkali tidak dikenal mesin",
            *calendar_notes(connection, asked.day.year),
            *judged.notes(),
        ],
    )


def _unseen(judged: Judged) -> Iterator[tuple[Member, dict[date, Known]]]:
    for one, days in judged:
        statuses = {known.status for known in days.values()}
        due = {Status.ABSENT.value, Status.UNVERIFIED.value}
        if statuses & due and not statuses & {*PRESENT}:
            yield one, days


def _row(
    number: int, one: Member, days: dict[date, Known], known: tuple[date | None, int]
) -> dict[str, Cell]:
    statuses = [day.status for day in days.values()]
    return {
        "number": number,
        "name": one.name,
        "nip": one.nip,
        "office": one.office,
        "last_seen": known[0],
        "days_absent": statuses.count(Status.ABSENT),
        "days_open": statuses.count(Status.UNVERIFIED),
        "user_ids": known[1],
    }


def unmapped(connection: Connection, asked: Asked) -> Table:
    """Return the user ids of registered terminals of which nothing is known."""
    found = [
        one
        for one in find_unmapped(connection, office=asked.scope.office)
        if one.office in asked.scope.offices
    ]
    return Table(
        f"ID pengguna yang belum dipetakan {asked.scope.title}",
        [
            Column("office", "Kantor", width=12),
            Column("terminal", "Mesin"),
            Column("user_id", "ID pengguna"),
            Column("punches", "Rekaman", Kind.NUMBER, summed=True),
            Column("first_seen", "Pertama", Kind.MOMENT),
            Column("last_seen", "Terakhir", Kind.MOMENT),
        ],
        [
            {
                "office": one.office,
                "terminal": one.terminal,
                "user_id": one.user_id,
                "punches": one.punches,
                "first_seen": one.first_seen,
                "last_seen": one.last_seen,
            }
            for one in found
        ],
        [
            "Selama sebuah ID tidak diketahui milik siapa, tidak ada pegawai kantor itu yang "
            "dinilai tanpa keterangan pada hari ID itu dipakai; petakan dengan user-ids import"
        ]
        if found
        else ["Semua ID pengguna di mesin yang terdaftar sudah dipetakan"],
        people=0,
    )
