"""How complete a month's data are, office by office, and how each terminal does."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ingest.coverage import Verdict
from ingest.days.month import OfficeMonth, month_of
from ingest.indonesian import month_text
from ingest.reports.base import Asked, Cell, Column, Kind, Table
from ingest.reports.calendar import offices_overview
from ingest.store.terminal_health import Health, find_health

_AT_ONCE = 50


def coverage(connection: Connection, asked: Asked) -> Table:
    """Return a row an office: how many days of the month are known to the end. Raises MonthAway."""
    table = offices_overview(_months(connection, asked))
    return Table(
        f"Kelengkapan data mesin {asked.scope.title}, {month_text(asked.day)}",
        table.columns,
        table.rows,
        table.notes,
        people=0,
    )


def terminals(connection: Connection, asked: Asked) -> Table:
    """Return a row a terminal: its days of the month, and how it does now. Raises MonthAway."""
    days = _days(_months(connection, asked))
    found = find_health(connection, list(asked.scope.offices))
    return Table(
        f"Keadaan mesin presensi {asked.scope.title}, {month_text(asked.day)}",
        [
            Column("office", "Kantor", width=12),
            Column("serial", "Nomor seri"),
            Column("name", "Mesin"),
            Column("registered", "Terdaftar"),
            Column("complete", "Hari lengkap", Kind.NUMBER),
            Column("not-yet", "Belum", Kind.NUMBER),
            Column("gap", "Celah", Kind.NUMBER),
            Column("known_until", "Diketahui sampai", Kind.MOMENT),
            Column("read_at", "Terakhir dibaca", Kind.MOMENT),
            Column("clock_offset_s", "Selisih jam (detik)", Kind.NUMBER),
            Column("fault", "Gangguan"),
        ],
        [_row(one, days.get(one.serial, {}), asked.settings.zone) for one in found],
        [
            "Hari lengkap: log mesin terbaca tanpa celah sampai akhir hari itu; belum: menunggu "
            "pembacaan; celah: tidak lengkap dengan sendirinya",
            "Gangguan: kata komputer penghubung (bridge) kantor itu pada laporannya yang terakhir",
        ],
        people=0,
    )


def _months(connection: Connection, asked: Asked) -> list[OfficeMonth]:
    codes = list(asked.scope.offices)
    return [
        month
        for place in range(0, len(codes), _AT_ONCE)
        for month in month_of(
            connection,
            offices=codes[place : place + _AT_ONCE],
            day=asked.day,
            now=asked.now,
            settings=asked.settings,
        )
    ]


def _days(months: list[OfficeMonth]) -> dict[str, dict[Verdict, int]]:
    """Return by serial how many days came to which verdict."""
    found: dict[str, dict[Verdict, int]] = {}
    for month in months:
        for day in month.days:
            for one in day.coverage.terminals if day.coverage else ():
                counts = found.setdefault(one.serial, dict.fromkeys(Verdict, 0))
                counts[one.verdict] += 1
    return found


def _row(one: Health, days: dict[Verdict, int], zone: ZoneInfo) -> dict[str, Cell]:
    return {
        "office": one.office,
        "serial": one.serial,
        "name": one.name,
        "registered": "ya" if one.registered else "belum",
        **{verdict.value: days.get(verdict, 0) for verdict in Verdict},
        "known_until": _local(one.known_until, zone),
        "read_at": _local(one.read_at, zone),
        "clock_offset_s": one.clock_offset_s,
        "fault": one.fault,
    }


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else at.astimezone(zone)
