"""A store of judged days, written straight into its tables: a letter a day."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, insert

from ingest.store import tables

STATUS = {
    "A": "ABSENT", "H": "PRESENT", "L": "LATE", "E": "EARLY", "I": "INCOMPLETE", ".": "OFF",
    "o": "HOLIDAY", "?": "UNVERIFIED",
}  # fmt: skip
"""A blank is a day that nobody judged."""
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Written:
    """Writes people and their days."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._people = 0
        for code in "AB":
            self.add(tables.offices, code=code, name=f"Dinas {code}", scheme="5-hari")

    def add(self, table: object, **values: object) -> int:
        result = self.connection.execute(insert(table).values(**values))  # type: ignore[arg-type]  # any of our tables
        key = result.inserted_primary_key
        return key[0] if key is not None and isinstance(key[0], int) else 0

    def person(
        self,
        text: str = "",
        first: date = date(2026, 3, 2),
        *,
        kind: str = "PNS",
        office: str = "A",
        superior: int | None = None,
        spans: tuple[tuple[date, date | None], ...] = ((date(2020, 1, 1), None),),
    ) -> int:
        self._people += 1
        n = self._people
        person_id = self.add(tables.people, nip=self.nip(n), name=f"Orang {n:02}", kind=kind)
        for since, until in spans:
            self.add(
                tables.assignments, person_id=person_id, office=office, superior_id=superior,
                valid_from=since, valid_until=until,
            )  # fmt: skip
        self.days(person_id, text, first, office)
        return person_id

    def days(self, person_id: int, text: str, first: date, office: str = "A") -> None:
        rows = [
            {
                "person_id": person_id,
                "day": first + timedelta(days=n),
                "office": office,
                "status": STATUS[letter],
                "late_minutes": 300 if letter == "L" else None,
                "early_minutes": 150 if letter == "E" else None,
                "because": [],
                "evaluated_at": AT,
            }
            for n, letter in enumerate(text)
            if letter != " "
        ]
        if rows:
            self.connection.execute(insert(tables.days), rows)

    def nip(self, n: int) -> str:
        return f"198609262015051{n:03}"
