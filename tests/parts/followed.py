"""People of an office who come or do not, from their punches to their cases, through the store."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, insert, select, update

from ingest import seal as keys
from ingest.casework import Dossier, Keeping, Round, Wrote, run_round
from ingest.days import Settings, evaluate_dirty, evaluate_many
from ingest.discipline import Shelf
from ingest.discipline.cases import Actor, Addressee, CaseState, Letter, Step, deeds
from ingest.discipline.values import Service
from ingest.regulations import load
from ingest.roles import Role
from ingest.seal import Seal
from ingest.store import cases as store
from ingest.store import excuses, marks, seals, tables
from ingest.store.audit import Actor as Account
from ingest.store.case_events import By, tell
from ingest.store.database import reading, writing
from ingest.store.decided import Grounds

ZONE = ZoneInfo("Asia/Makassar")
MONDAY = date(2026, 3, 2)
HEAD, PERSON = 1, 2
OFFICE = "A"
ANI = Actor("Ani Admin (ani)", "admin")
BUDI = Actor("Budi Admin (budi)", "admin")
CITRA = Actor("Citra (citra)", "operator", office=OFFICE)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SHELF = load()


def nip(person_id: int) -> str:
    return f"198609262015051{person_id:03}"


class Followed:
    """`today` goes on by `go`; each passing day is judged and everybody's cases are asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.today = MONDAY
        self.shelf: Shelf = SHELF
        self.seal: Seal = keys.new()
        with writing(engine) as connection:
            seals.register(connection, self.seal, before=None, lost=False, now=EPOCH)
            self._add(connection, tables.offices, code=OFFICE, name="Dinas", scheme="5-hari")
            self._add(
                connection, tables.calendar_years, year=2026, seeded_at=EPOCH, confirmed_at=EPOCH
            )
            self._add(connection, tables.bridges, id=1, office=OFFICE, name="pc", created_at=EPOCH)
            self._add(
                connection, tables.batches, id=1, bridge_id=1, office=OFFICE, outbox="0" * 32,
                receipt="1" * 32, received_at=EPOCH, sent=0,
            )  # fmt: skip
            self._add(
                connection, tables.terminals, id=1, serial="T1", name="pintu", office=OFFICE,
                registered=True, counts_from=date(2026, 1, 1), first_seen_at=EPOCH,
            )  # fmt: skip
            self._add(
                connection, tables.coverage, terminal_id=1, bridge_id=1,
                since=datetime(2026, 1, 5, tzinfo=UTC), until=self._moment(MONDAY), on_terminal=1,
                taken=1, parked=0, clock_offset_s=0, read_at=self._moment(MONDAY),
                received_at=self._moment(MONDAY), source="poll", note="",
            )  # fmt: skip
        self.person(HEAD)
        self.person(PERSON, superior=HEAD)

    def beside(self, engine: Engine) -> "Followed":
        """Return the same office as it stands in a copy of its store."""
        found = Followed.__new__(Followed)
        found.engine, found.today = engine, self.today
        found.shelf, found.seal = self.shelf, self.seal
        return found

    def _add(self, connection: Any, table: Any, **values: Any) -> None:
        connection.execute(insert(table).values(**values))

    def _moment(self, day: date, hour: int = 7) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)

    def person(self, person_id: int, *, superior: int | None = None) -> None:
        with writing(self.engine) as connection:
            name = f"Orang {person_id}"
            self._add(connection, tables.people, id=person_id, nip=nip(person_id), name=name,
                      kind="PNS")  # fmt: skip
            self._add(
                connection, tables.assignments, person_id=person_id, office=OFFICE,
                superior_id=superior, valid_from=date(2026, 1, 1),
            )  # fmt: skip
            self._add(
                connection, tables.user_ids, terminal_id=1, user_id=str(person_id),
                person_id=person_id, valid_from=date(2026, 1, 1),
            )  # fmt: skip

    @property
    def now(self) -> datetime:
        """Nine in the morning of today."""
        return self._moment(self.today, 9)

    def settings(self) -> Settings:
        return Settings(ZONE, seal=self.seal.fingerprint)

    def keeping(self) -> Keeping:
        return Keeping(self.shelf, self.settings(), self.now)

    def rules(self, **changes: Any) -> "Followed":
        """Keep cases by other figures in `[case]`."""
        documents = [
            replace(one, case=replace(one.case, **changes))
            if isinstance(one, Service) and one.case
            else one
            for one in self.shelf.documents
        ]
        self.shelf = Shelf(tuple(documents))
        return self

    def go(
        self,
        days: int,
        *,
        present: tuple[int, ...] = (HEAD,),
        read: bool = True,
        each: bool = True,
    ) -> "Followed":
        """Let days pass. Who is not present does not come; unread days are not covered; cases are
        asked on each day, or on the last alone."""
        passed = []
        for left in reversed(range(days)):
            for one in present if self.today.weekday() < 5 else ():
                self.punch(one, self.today)
            passed.append(self.today)
            self.today += timedelta(days=1)
            if each or not left:
                if read:
                    self.read()
                self.judge(*passed)
                self.round()
                passed.clear()
        return self

    def open_office(self, code: str, *, name: str = "Badan Baru") -> None:
        """Let there be another office, with a terminal of its own that is read like the first."""
        with writing(self.engine) as connection:
            self._add(connection, tables.offices, code=code, name=name, scheme="5-hari")
            self._add(connection, tables.bridges, id=2, office=code, name="pc", created_at=EPOCH)
            self._add(
                connection, tables.terminals, id=2, serial="T2", name="pintu", office=code,
                registered=True, counts_from=date(2026, 1, 1), first_seen_at=EPOCH,
            )  # fmt: skip
            until = self._moment(self.today, 8)
            self._add(
                connection, tables.coverage, terminal_id=2, bridge_id=2,
                since=datetime(2026, 1, 5, tzinfo=UTC), until=until, on_terminal=1, taken=1,
                parked=0, clock_offset_s=0, read_at=until, received_at=until, source="poll",
                note="",
            )  # fmt: skip

    def move(self, code: str, *, superior: int) -> None:
        """Let PERSON serve in another office from today on."""
        with writing(self.engine) as connection:
            connection.execute(
                update(tables.assignments)
                .where(tables.assignments.c.person_id == PERSON)
                .values(valid_until=self.today - timedelta(days=1))
            )
            self._add(
                connection, tables.assignments, person_id=PERSON, office=code,
                superior_id=superior, valid_from=self.today,
            )  # fmt: skip

    def read(self) -> None:
        """Let the terminal be read, to the end of yesterday and a little more."""
        with writing(self.engine) as connection:
            until = self._moment(self.today, 8)
            connection.execute(
                update(tables.coverage).values(until=until, read_at=until, received_at=until)
            )

    def punch(
        self,
        person_id: int,
        day: date,
        *,
        hours: tuple[int, ...] = (7, 17),
        doubt: str | None = None,
    ) -> None:
        """Let touches come in, however late, marked as the store marks them. With a doubt about
        their time they wait in quarantine."""
        with writing(self.engine) as connection:
            for hour in hours:
                local = datetime(day.year, day.month, day.day, hour, 5)
                at = local.replace(tzinfo=ZONE)
                self._add(
                    connection, tables.punches, terminal_id=1, user_id=str(person_id),
                    local_time=local, local_day=day, occurred_at=at, doubt=doubt, state=0, verify=1,
                    work_code="", source="poll", clock_offset_s=0, read_at=at, received_at=at,
                    batch_id=1, raw=b"",
                )  # fmt: skip
            marks.mark_user_days(connection, [(1, str(person_id), day)])

    def judge(self, *days: date) -> None:
        """Judge these days (yesterday, where none is named), and what is marked."""
        with writing(self.engine) as connection:
            pairs = [(OFFICE, day) for day in days or (self.today - timedelta(days=1),)]
            evaluate_many(connection, pairs, now=self.now, settings=self.settings())
        evaluate_dirty(self.engine, now=self.now, settings=self.settings())

    def excuse(self, person_id: int, first: date, last: date, code: str = "CT") -> None:
        from ingest.calendar.excusing import Claim

        claim = Claim(self.settings().types[code], first, last, letter="800/1")
        with writing(self.engine) as connection:
            excuses.give(
                connection, self.seal, Grounds(Account("Ani", "ani", Role.ADMIN), "x"),
                [excuses.New(nip(person_id), claim, "Kadis", "surat cuti")],
                now=self.now, today=self.today,
            )  # fmt: skip
        self.judge()

    def unexcuse(self, number: int) -> None:
        """Take an excuse back."""
        with writing(self.engine) as connection:
            grounds = Grounds(Account("Ani", "ani", Role.ADMIN), "keliru")
            excuses.withdraw(connection, self.seal, grounds, number, now=self.now, today=self.today)
        self.judge()

    def round(self, **options: Any) -> Round:
        return run_round(self.engine, self.keeping(), **options)

    def do(self, deed: Any, *, number: int = 1, person_id: int = PERSON) -> list[Wrote]:
        """Let a person do something to a case, as the commands do."""
        with writing(self.engine) as connection:
            dossier = Dossier(connection, self.keeping(), person_id)
            return dossier.do(number, deed, By(self.now, "tester", self.seal))

    def told(self, *, of: int = 1, to: Addressee | None = None, what: Any = "accepted") -> None:
        """Let a notice reach whom it is for; the person unless told otherwise."""
        whom = to or Addressee("yang bersangkutan", nip=nip(PERSON))
        self.do(
            lambda state, ask: deeds.tell(
                state, ask, ANI, of=of, to=whom, what=what, on=self.today, how="WA"
            )
        )
        with writing(self.engine) as connection:
            tell(connection, 1, of, whom.key, how="WA", now=self.now)

    def approve(self, step: Step, who: Actor = ANI) -> None:
        pending = self.state().waiting(step)
        assert pending is not None, f"{step} does not wait"
        letter = None if step in {Step.WITHDRAWAL, Step.CLOSURE} else Letter("800/9", self.today)
        self.do(
            lambda state, ask: deeds.approve(
                state, ask, who, of=pending.number, why="setuju", letter=letter
            )
        )

    def state(self, number: int = 1, person_id: int = PERSON) -> CaseState:
        with reading(self.engine) as connection:
            return Dossier(connection, self.keeping(), person_id, look=True).states[number]

    def kinds(self, number: int = 1, person_id: int = PERSON) -> list[str]:
        with reading(self.engine) as connection:
            dossier = Dossier(connection, self.keeping(), person_id, look=True)
        return [one.event.kind.value for one in dossier.events[number]]

    def cases(self) -> list[store.StoredCase]:
        with reading(self.engine) as connection:
            return store.find(connection)

    def rows(self, table: Any) -> list[Any]:
        with reading(self.engine) as connection:
            return list(connection.execute(select(table)).all())
