"""Dates, times and numbers as the people of an office read and write them."""

from datetime import date, datetime, time
from decimal import Decimal

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def day_text(day: date) -> str:
    """Return `2 Maret 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def full_day_text(day: date) -> str:
    """Return `Senin, 2 Maret 2026`."""
    return f"{WEEKDAYS[day.weekday()]}, {day_text(day)}"


def month_text(day: date) -> str:
    """Return `Maret 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def time_text(at: datetime) -> str:
    """Return `07.30`."""
    return f"{at:%H.%M}"


def clock_text(at: time) -> str:
    """Return `07.30`."""
    return f"{at:%H.%M}"


def moment_text(at: datetime) -> str:
    """Return `2 Maret 2026 pukul 07.30`, with the zone's short name where the time has one."""
    return f"{day_text(at)} pukul {time_text(at)} {at:%Z}".rstrip()


def percent_text(value: Decimal) -> str:
    """Return `2,5 %`: as many decimals as it has."""
    return f"{value.normalize():f}".replace(".", ",") + " %"


def nip_text(nip: str) -> str:
    """Return `19860926 201505 1 001`; Excel turns the bare digits into a rounded number."""
    if len(nip) != 18:
        return nip
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def greeting_text(nip: str) -> str:
    """Return how a letter addresses somebody: `Sdr.` or `Sdri.`.

    The 15th digit of a NIP says it (1 a man, 2 a woman); of any other number nothing is known.
    """
    known = {"1": "Sdr.", "2": "Sdri."}
    return known.get(nip[14:15], "Sdr./Sdri.") if len(nip) == 18 else "Sdr./Sdri."


def some_text(names: list[str], most: int = 5) -> str:
    """Return the first few of a list and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} dan {len(names) - most} lainnya" if len(names) > most else shown


def span_text(seconds: int) -> str:
    """Return a duration as a person would say it: `45 detik`, `12 menit`, `3 jam`, `5 hari`."""
    for size, unit in ((86_400, "hari"), (3_600, "jam"), (60, "menit")):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds // size} {unit}"
    return f"{seconds} detik"
