"""The first filling of a year's calendar, from the holidays package.

Both categories are asked for: by default the package knows no cuti bersama, and people would be
called absent on it. The language is pinned, else the machine's locale would name the days. The
package is never asked when days are judged: what it says is copied once and then owned by people.
"""

from datetime import date
from typing import NamedTuple

from ingest.calendar.expected import Category
from ingest.indonesian import day_text

ESTIMATED = "(perkiraan)"  # the package's own mark on days that the government has not fixed yet


class SeedRow(NamedTuple):
    day: date
    name: str
    category: Category


def seed_rows(year: int) -> list[SeedRow]:
    """Return the free days of a year in Indonesia, in order."""
    from holidays import country_holidays

    rows = [
        SeedRow(day, name, category)
        for category in (Category.PUBLIC, Category.GOVERNMENT)
        for day, names in country_holidays(
            "ID", years=year, categories=(category.value,), language="id"
        ).items()
        for name in names.split("; ")
    ]
    return sorted(rows)


def seed_warnings(year: int, rows: list[SeedRow]) -> list[str]:
    """Say what a person must compare with the government's decrees."""
    if not rows:
        return [f"tahun {year}: tidak ada data libur; isi sendiri menurut SKB 3 Menteri"]
    found = [
        f"{day_text(row.day)}: {row.name}; sesuaikan dengan keputusan pemerintah"
        for row in rows
        if ESTIMATED in row.name
    ]
    if all(row.category is not Category.GOVERNMENT for row in rows):
        found.append(f"tahun {year}: belum ada cuti bersama; tambahkan menurut SKB 3 Menteri")
    return found
