"""Files people keep: taken whole or not at all, every faulty row by its line."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from ingest.errors import ImportFaults
from ingest.imports import offices, people, terminals, user_ids
from ingest.imports.sheet import Columns, parse_sheet, read_sheet
from ingest.store import tables
from ingest.store.people import find_assignments, find_offices, find_people
from ingest.store.terminals import find_terminals, find_user_ids

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
ONE, TWO, THREE = (f"19860926201505100{n}" for n in (1, 2, 3))
COLUMNS = Columns(required=("code", "name"), optional=("scheme",))
PEOPLE = "nip,name,kind,office,superior_nip,from,until\n"
USER_IDS = "terminal,office,user_id,nip,from,until\n"

# Where the thinking is at stake and not the SQL, one database is enough; a fresh one costs time.
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


def rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, row.cells) for row in parse_sheet(content, "a.csv", COLUMNS).rows]


def faults(content: bytes) -> list[str]:
    with pytest.raises(ImportFaults) as caught:
        parse_sheet(content, "a.csv", COLUMNS)
    return caught.value.faults


class TestSheet:
    @pytest.mark.parametrize(
        "content",
        [
            b"code,name\n1,Caf\xc3\xa9\n",
            b"\xef\xbb\xbfcode,name\r\n1,Caf\xc3\xa9\r\n",
            b"code;name\r1;Caf\xc3\xa9\r",
            b"code\tname\n1\tCaf\xc3\xa9",
            b"code;name\r\n1;Caf\xe9\r\n",
            b"sep=;\r\ncode;name\r\n1;Caf\xc3\xa9\r\n",
            b" Code ; NAME ;;\r\n 1 ; Caf\xc3\xa9 ;;\r\n",
        ],
    )
    def test_reads_what_people_save(self, content):
        (only,) = rows(content)
        assert only[1] == {"code": "1", "name": "Café"}

    def test_names_lines_as_an_editor_does(self):
        found = rows(b'code,name\n\n1,"two\nlines"\n,\n2,b\n')
        assert found == [
            (3, {"code": "1", "name": "two\nlines"}),
            (6, {"code": "2", "name": "b"}),
        ]
        assert rows(b"sep=,\ncode,name\n1,a\n")[0][0] == 3

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "line 1: the file is empty"),
            (b"\n \n", "line 1: the file is empty"),
            (b"PK\x03\x04xxx", "Excel workbook"),
            (b"\xd0\xcf\x11\xe0xxx", "Excel workbook"),
            ("code,name\n".encode("utf-16"), "CSV UTF-8"),
            (b"code,name\n1,\x00\n", "CSV UTF-8"),
            (b"code,name\n1,\x81\n", "neither UTF-8 nor Windows-1252"),
            (b'code,name\n1,a\n2,"b\n', "line 3: not valid CSV"),
            (b'code,name\n1,"a"b\n', "line 2: not valid CSV"),
        ],
    )
    def test_names_what_is_no_table(self, content, says):
        (fault,) = faults(content)
        assert says in fault

    def test_names_every_column_that_is_wrong(self):
        assert faults(b"nmae,name,name,xyz\n") == [
            'line 1: unknown column "nmae", did you mean "name"?',
            'line 1: unknown column "xyz"; known are code, name, scheme',
            'line 1: the column "code" is missing',
            'line 1: the column "name" stands twice',
        ]

    def test_names_every_row_of_another_width(self):
        assert faults(b"code,name\n1\n2,b\n3,c,d\n4,e,,\n") == [
            "line 2: 1 cells, the header has 2",
            "line 4: 3 cells, the header has 2",
        ]

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path):
        with pytest.raises(ImportFaults) as caught:
            read_sheet(tmp_path / "none.csv", COLUMNS)
        assert caught.value.faults == ["cannot be read (No such file or directory)"]
        with pytest.raises(ImportFaults) as caught:
            read_sheet(tmp_path, COLUMNS)
        assert caught.value.faults == ["cannot be read (Is a directory)"]

    def test_a_file_too_large_is_not_read(self, tmp_path):
        path = tmp_path / "a.csv"
        with path.open("wb") as file:
            file.truncate(40 * 1024 * 1024)
        with pytest.raises(ImportFaults) as caught:
            read_sheet(path, COLUMNS)
        assert "split it" in caught.value.faults[0]


class Store:
    """A store and its imports, each a transaction as in a command."""

    def __init__(self, engine):
        self.engine = engine

    def offices(self, text):
        return self._take(offices.import_offices, offices.COLUMNS, text, today=TODAY)

    def people(self, text, today=TODAY):
        return self._take(people.import_people, people.COLUMNS, text, today=today)

    def terminals(self, text):
        return self._take(terminals.import_terminals, terminals.COLUMNS, text, today=TODAY, now=NOW)

    def user_ids(self, text):
        return self._take(user_ids.import_user_ids, user_ids.COLUMNS, text, today=TODAY)

    def _take(self, take, columns, text, **moment):
        with self.engine.begin() as connection:
            return take(connection, parse_sheet(text.encode(), "a.csv", columns), **moment)

    def ask(self, find, **arguments):
        with self.engine.connect() as connection:
            return find(connection, **arguments)

    def served(self):
        return [
            (one.nip[-1], one.office, str(one.first), str(one.last or ""))
            for one in self.ask(find_assignments)
        ]

    def dirty(self):
        query = select(tables.dirty_offices.c.office, tables.dirty_offices.c.day)
        with self.engine.begin() as connection:
            found = sorted((office, str(day)) for office, day in connection.execute(query))
            connection.execute(tables.dirty_offices.delete())
        return found

    def put(self, table, **values):
        with self.engine.begin() as connection:
            connection.execute(insert(table).values(values))

    def known_from(self, day):
        """Make both offices look used since a day: somebody's day was judged."""
        with self.engine.begin() as connection:
            ids = connection.scalars(select(tables.people.c.id).order_by(tables.people.c.id))
            for person, office in zip(ids.all(), ("4.01", "4.02"), strict=True):
                connection.execute(
                    insert(tables.days).values(
                        person_id=person, day=day, office=office, status="UNVERIFIED",
                        because=[], evaluated_at=NOW,
                    )
                )  # fmt: skip


@pytest.fixture
def store(engine):
    store = Store(engine)
    store.offices("code,name\n4.01,Dinas\n4.02,Badan\n")
    return store


@pytest.fixture
def staffed(store):
    store.people(
        PEOPLE + f"{ONE},Satu,PNS,4.01,,2026-01-01,\n{TWO},Dua,PNS,4.02,{ONE},2026-01-01,\n"
    )
    store.terminals("serial,name,office,counts_from\nA1,depan,4.01,2026-01-01\n")
    return store


def refused(take, text) -> list[str]:
    with pytest.raises(ImportFaults) as caught:
        take(text)
    assert str(caught.value) == f"a.csv: {len(caught.value.faults)} fault(s), nothing imported"
    return caught.value.faults


class TestOffices:
    def test_are_taken_and_told(self, store):
        outcome = store.offices("code,name\n4.01,Dinas\n4.02,Badan Baru\n4.03,Camat\n")
        assert (outcome.new, outcome.changed, outcome.same) == (1, 1, 1)
        assert outcome.changes == ["office 4.02: name Badan -> Badan Baru"]
        assert [one.name for one in store.ask(find_offices).values()] == [
            "Dinas",
            "Badan Baru",
            "Camat",
        ]

    @one_database
    def test_every_faulty_row_is_named_and_nothing_is_kept(self, store):
        found = refused(
            store.offices,
            "code,name,scheme\n4.03,Camat,\n04/01/2001,x,\n4.04,,\n4.03,y,\n4.05,z,6-hari\n"
            "4.06,=1+1,\n",
        )
        assert [one.split(":")[0] for one in found] == [f"line {n}" for n in (3, 4, 5, 6, 7)]
        assert found[2] == "line 5: office 4.03 stands on line 2 too"
        assert found[3] == 'line 6: no scheme "6-hari"; known are 5-hari'
        assert list(store.ask(find_offices)) == ["4.01", "4.02"]

    def test_another_scheme_judges_all_days_again(self, staffed):
        staffed.put(tables.schemes, code="6-hari", name="enam")
        staffed.known_from(date(2026, 3, 7))
        staffed.dirty()
        staffed.offices("code,name,scheme\n4.01,Dinas,6-hari\n")
        assert staffed.dirty() == [("4.01", f"2026-03-{d:02d}") for d in (7, 8, 9, 10)]
        staffed.offices("code,name\n4.01,Dinas\n")  # a file without the column says nothing of it
        assert staffed.ask(find_offices)["4.01"].scheme == "6-hari"
        assert staffed.dirty() == []


class TestPeople:
    def test_are_taken_with_superiors_that_come_later_in_the_file(self, store):
        outcome = store.people(
            PEOPLE
            + f"19860926 201505 1 001,Satu  Nama,pns,4.01,{TWO},2026-01-01,\n"
            + f"{TWO},Dua,PNS,4.01,,2026-01-01,2026-12-31\n"
        )
        assert (outcome.new, outcome.changed, outcome.same) == (2, 0, 0)
        first, second = store.ask(find_assignments)
        assert (first.nip, first.superior, first.last) == (ONE, TWO, None)
        assert (second.superior, second.last) == (None, date(2026, 12, 31))
        assert store.ask(find_people)[ONE].name == "Satu Nama"

    @one_database
    def test_taken_again_nothing_changes(self, staffed):
        before = staffed.served()
        again = staffed.people(
            PEOPLE + f"{ONE},Satu,PNS,4.01,,2026-01-01,\n{TWO},Dua,PNS,4.02,{ONE},2026-01-01,\n"
        )
        assert (again.new, again.changed, again.same, again.changes) == (0, 0, 2, [])
        assert staffed.served() == before

    def test_a_move_ends_what_went_before(self, staffed):
        outcome = staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.02,,2026-03-01,\n")
        assert staffed.served()[:2] == [
            ("1", "4.01", "2026-01-01", "2026-02-28"),
            ("1", "4.02", "2026-03-01", ""),
        ]
        assert outcome.new == 1
        assert outcome.changes == [
            f"{ONE}: the assignment in 4.01 from 2026-01-01 now ends 2026-02-28"
        ]

    @one_database
    def test_the_old_file_taken_after_a_move_undoes_nothing(self, staffed):
        staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.02,,2026-03-01,\n")
        moved = staffed.served()
        again = staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.01,,2026-01-01,\n")
        assert (again.same, again.changes) == (1, [])
        assert staffed.served() == moved

    @one_database
    def test_an_earlier_row_ends_where_the_stored_one_begins(self, staffed):
        staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.02,,2025-06-01,\n")
        assert staffed.served()[:2] == [
            ("1", "4.02", "2025-06-01", "2025-12-31"),
            ("1", "4.01", "2026-01-01", ""),
        ]

    def test_changes_are_told_by_line(self, staffed):
        outcome = staffed.people(PEOPLE + f"\n{ONE},Satu S.Kom,PNS,4.02,{TWO},2026-01-01,\n")
        assert outcome.changes == [
            f"line 3: name Satu -> Satu S.Kom, office 4.01 -> 4.02, superior none -> {TWO}"
        ]
        assert outcome.changed == 1

    @one_database
    def test_a_file_without_until_opens_no_closed_assignment(self, staffed):
        staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.01,,2026-01-01,2026-02-01\n")
        outcome = staffed.people(
            "nip,name,kind,office,superior_nip,from\n" + f"{ONE},Satu,PNS,4.01,,2026-01-01\n"
        )
        assert outcome.same == 1
        assert staffed.served()[0] == ("1", "4.01", "2026-01-01", "2026-02-01")
        outcome = staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.01,,2026-01-01,\n")
        assert outcome.changes == ["line 2: until 2026-02-01 -> none"]

    @one_database
    def test_every_faulty_row_is_named_and_nothing_is_kept(self, staffed):
        before = staffed.served()
        found = refused(
            staffed.people,
            PEOPLE
            + f"{THREE},Tiga,PNS,4.01,,2026-01-01,\n"  # good, and still not kept
            + '"1,98E+17",Empat,PSN,4.1,,31/01/2026,\n'
            + f"{ONE},,PNS,4.01,{ONE},2026-02-01,2026-01-01\n"
            + f"{TWO},Dua,PNS,4.02,198609262015051009,2026-05-01,\n"
            + f"{THREE},Tiga,PNS,4.01,,2026-01-01,\n"
            + f"{THREE},Tiga,PPPK,4.01,,2026-06-01,\n",
        )
        assert found == [
            'line 3: kind "PSN" is unknown, did you mean "PNS"?',
            'line 3: no office "4.1", did you mean "4.01"?',
            "line 3: Excel has turned the NIP into a rounded number (such as 1,98E+17); "
            "format the column as text and type it again",
            'line 3: from: "31/01/2026" is no day written as 2026-01-31',
            "line 4: name is empty",
            "line 4: superior_nip: nobody is their own superior",
            "line 5: superior_nip: nobody has this NIP, in the file or in the store",
            "line 6: the same person from the same day as on line 2",
            "line 7: name or kind differs from line 2 of the same person",
        ]
        assert staffed.served() == before
        assert THREE not in staffed.ask(find_people)

    @pytest.mark.parametrize(
        ("lines", "says"),
        [
            (["2026-01-01,2026-03-05", "2026-03-01,"], "line 3"),
            (["2026-02-01,2026-02-02", "2026-01-01,2026-02-01"], "line 3"),
        ],
    )
    @one_database
    def test_an_until_that_reaches_too_far_is_named(self, store, lines, says):
        (fault,) = refused(
            store.people, PEOPLE + "".join(f"{ONE},Satu,PNS,4.01,,{one}\n" for one in lines)
        )
        assert fault.startswith(says)
        assert "(line 2)" in fault

    @one_database
    def test_an_overlap_with_the_store_is_named(self, staffed):
        staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.01,,2026-01-01,2026-12-31\n")
        (fault,) = refused(staffed.people, PEOPLE + f"{ONE},Satu,PNS,4.02,,2026-06-01,\n")
        assert "line 2" in fault
        assert "(in the store)" in fault

    @one_database
    def test_a_period_that_ends_before_it_begins_is_named(self, store):
        (fault,) = refused(store.people, PEOPLE + f"{ONE},S,PNS,4.01,,2026-02-01,2026-01-01\n")
        assert fault == "line 2: until 2026-01-01 lies before from 2026-02-01"

    @one_database
    def test_warnings_do_not_stop_an_import(self, store):
        outcome = store.people(PEOPLE + f"{ONE},Satu,PPPK,4.01,,2026-01-01,\n")
        assert outcome.new == 1
        assert outcome.warnings == [
            "line 2: the NIP has the shape of a PNS number, the kind says PPPK"
        ]

    def test_a_move_judges_the_days_of_both_offices_again(self, staffed):
        staffed.known_from(date(2026, 2, 26))
        staffed.dirty()
        staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.02,,2026-03-09,\n")
        marked = staffed.dirty()
        assert [day for office, day in marked if office == "4.02"] == ["2026-03-09", "2026-03-10"]
        old = [day for office, day in marked if office == "4.01"]
        assert old == ["2026-03-09", "2026-03-10"], "the days before the move are as they were"

    @one_database
    def test_without_any_data_no_day_is_judged_again(self, store):
        store.people(PEOPLE + f"{ONE},Satu,PNS,4.01,,1999-01-01,\n")
        assert store.dirty() == []

    def test_a_mark_that_stands_already_is_no_obstacle(self, staffed):
        staffed.known_from(date(2026, 3, 9))
        staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.02,,2026-03-01,\n")
        staffed.people(PEOPLE + f"{ONE},Satu,PNS,4.01,,2026-03-01,\n")
        assert ("4.01", "2026-03-10") in staffed.dirty()


class TestTerminals:
    HEADER = "serial,name,office,counts_from,counts_until\n"

    def test_are_taken_and_told(self, staffed):
        outcome = staffed.terminals(
            self.HEADER + "A1,belakang,4.01,2026-01-01,2026-06-30\nB2,aula,4.02,2026-02-01,\n"
        )
        assert (outcome.new, outcome.changed, outcome.same) == (1, 1, 0)
        assert outcome.changes == [
            "terminal A1: name depan -> belakang, counts_until none -> 2026-06-30"
        ]
        assert staffed.ask(find_terminals)["B2"].registered

    def test_one_that_spoke_first_becomes_registered(self, staffed):
        staffed.put(
            tables.terminals, serial="C3", name="C3", office="4.01", registered=False,
            first_seen_at=NOW,
        )  # fmt: skip
        outcome = staffed.terminals(self.HEADER + "C3,pos,4.02,2026-02-01,\n")
        assert outcome.changes == ["terminal C3: now registered, office 4.01 -> 4.02"]
        assert staffed.ask(find_terminals)["C3"].office == "4.02"

    @one_database
    def test_every_faulty_row_is_named_and_nothing_is_kept(self, staffed):
        found = refused(
            staffed.terminals,
            self.HEADER
            + "B2,aula,4.02,2026-02-01,\n"
            + "B 3,x,4.09,,\n"
            + "B2,y,4.01,2026-02-01,2026-01-01\n"
            + "B2,z,4.01,2026-02-01,\n",
        )
        assert [one.split(":")[0] for one in found] == [
            "line 3", "line 3", "line 3", "line 4", "line 5",
        ]  # fmt: skip
        assert list(staffed.ask(find_terminals)) == ["A1"]

    @pytest.mark.parametrize("known_by", ["mapping", "nip"])
    def test_the_days_of_whoever_of_another_office_touches_it_are_judged_again(
        self, staffed, known_by
    ):
        """Minutes counted without this terminal may not stand, nor may a touch on it wait."""
        staffed.known_from(date(2026, 3, 9))
        if known_by == "mapping":
            staffed.user_ids(USER_IDS + f",4.01,7,{TWO},2026-01-01,\n")
        else:
            with_punch(staffed, "A1", TWO, datetime(2026, 3, 2, 7, 30))
        staffed.dirty()
        staffed.terminals(self.HEADER + "A1,depan,4.01,2026-01-01,2026-03-09\n")
        assert ("4.02", "2026-03-09") in staffed.dirty()

    def test_one_with_punches_stays_in_its_office(self, staffed):
        with_punch(staffed, "A1", "7", datetime(2026, 3, 2, 7, 30))
        (fault,) = refused(staffed.terminals, self.HEADER + "A1,depan,4.02,2026-01-01,\n")
        assert "holds punches of office 4.01" in fault

    @one_database
    def test_one_without_punches_may_move(self, staffed):
        staffed.terminals(self.HEADER + "A1,depan,4.02,2026-01-01,\n")
        assert staffed.ask(find_terminals)["A1"].office == "4.02"

    @one_database
    def test_a_new_one_judges_its_offices_days_again(self, staffed):
        staffed.known_from(date(2026, 3, 8))
        staffed.dirty()
        staffed.terminals(self.HEADER + "B2,aula,4.01,2026-03-09,\n")
        assert staffed.dirty() == [("4.01", "2026-03-09"), ("4.01", "2026-03-10")]

    @one_database
    def test_a_file_without_until_keeps_the_stored_one(self, staffed):
        staffed.terminals(self.HEADER + "A1,depan,4.01,2026-01-01,2026-06-30\n")
        short = "serial,name,office,counts_from\n"
        assert staffed.terminals(short + "A1,depan,4.01,2026-01-01\n").same == 1
        (fault,) = refused(staffed.terminals, short + "A1,depan,4.01,2026-07-01\n")
        assert "lies after the stored counts_until" in fault


class TestUserIds:
    def test_are_taken_for_a_terminal_or_an_office(self, staffed):
        outcome = staffed.user_ids(
            USER_IDS
            + f"A1,,0007,{ONE},2026-01-01,\n"
            + f",4.02,7,{TWO},2026-01-01,2026-06-30\n"
            + "A1,,99,Nobody,2026-01-01,\n"
        )
        assert outcome.new == 3
        assert [
            (one.terminal, one.office, one.user_id, one.nip) for one in staffed.ask(find_user_ids)
        ] == [("A1", None, "0007", ONE), ("A1", None, "99", None), (None, "4.02", "7", TWO)]

    @one_database
    def test_taken_again_nothing_changes(self, staffed):
        text = USER_IDS + f"A1,,7,{ONE},2026-01-01,\n"
        staffed.user_ids(text)
        again = staffed.user_ids(text)
        assert (again.new, again.changed, again.same, again.changes) == (0, 0, 1, [])

    @one_database
    def test_a_correction_is_told(self, staffed):
        staffed.user_ids(USER_IDS + f"A1,,7,{ONE},2026-01-01,\n")
        outcome = staffed.user_ids(USER_IDS + f"A1,,7,{TWO},2026-01-01,2026-02-01\n")
        assert outcome.changes == [
            f"line 2: user id 7: person {ONE} -> {TWO}, until none -> 2026-02-01"
        ]

    def test_a_user_id_passes_on_when_the_file_says_when_it_ended(self, staffed):
        staffed.user_ids(USER_IDS + f"A1,,7,{ONE},2026-01-01,\n")
        outcome = staffed.user_ids(
            USER_IDS + f"A1,,7,{ONE},2026-01-01,2026-02-28\nA1,,7,{TWO},2026-03-01,\n"
        )
        assert (outcome.new, outcome.changed) == (1, 1)

    @pytest.mark.parametrize(
        "second",
        [
            f"A1,,7,{TWO},2026-03-01,",  # the same terminal
            f"A1,,7,{ONE},2026-03-01,",  # even for the same person
            f",4.01,7,{TWO},2026-03-01,",  # the office of that terminal
            ",4.01,7,nobody,2026-03-01,",
        ],
    )
    @one_database
    def test_two_never_share_a_user_id(self, staffed, second):
        first = f"A1,,7,{ONE},2026-01-01,\n"
        (fault,) = refused(staffed.user_ids, f"{USER_IDS}{first}{second}\n")
        assert "(line 2, A1)" in fault
        staffed.user_ids(USER_IDS + first)
        (fault,) = refused(staffed.user_ids, f"{USER_IDS}{second}\n")
        assert "(the store, A1)" in fault
        assert len(staffed.ask(find_user_ids)) == 1

    @pytest.mark.parametrize(
        "second",
        [
            f",4.01,7,{ONE},2026-01-01,",  # the office says the same as its terminal
            f",4.02,7,{TWO},2026-01-01,",  # another office numbers its own
            f"A1,,8,{ONE},2026-01-01,",  # one person, two numbers
            f"A1,,07,{TWO},2026-01-01,",  # a leading zero makes another user id
        ],
    )
    @one_database
    def test_what_is_no_conflict(self, staffed, second):
        outcome = staffed.user_ids(f"{USER_IDS}A1,,7,{ONE},2026-01-01,\n{second}\n")
        assert outcome.new == 2

    @one_database
    def test_every_faulty_row_is_named_and_nothing_is_kept(self, staffed):
        found = refused(
            staffed.user_ids,
            USER_IDS
            + f"A1,,1,{ONE},2026-01-01,\n"
            + f"A2,,2,{ONE},2026-01-01,\n"
            + f",,3,{ONE},2026-01-01,\n"
            + f"A1,4.01,4,{ONE},2026-01-01,\n"
            + f"A1,,,{THREE},2026-01-01,\n"
            + "A1,,6,123,,\n"
            + f"A1,,1,{ONE},2026-01-01,\n",
        )
        assert [one.split(":")[0] for one in found] == [
            f"line {n}" for n in (3, 4, 5, 6, 6, 7, 7, 8)
        ]
        assert found[0].endswith('no terminal "A2"; import the terminals first')
        assert staffed.ask(find_user_ids) == []

    def test_a_mapping_judges_the_days_it_touches_again(self, staffed):
        staffed.known_from(date(2026, 3, 8))
        staffed.dirty()
        staffed.user_ids(USER_IDS + f"A1,,7,{TWO},2026-03-09,2026-03-09\n")
        # where the person serves, and where the user id was a stranger until now
        assert staffed.dirty() == [("4.01", "2026-03-09"), ("4.02", "2026-03-09")]


@one_database
def test_a_nip_that_is_said_to_be_nobodys_judges_its_owner_again(staffed):
    staffed.known_from(date(2026, 3, 9))
    staffed.user_ids(USER_IDS + f",4.01,{TWO},nobody,2026-03-10,\n")
    assert ("4.02", "2026-03-10") in staffed.dirty()


def with_punch(store, serial, user_id, local_time, doubt=None):
    """Store one punch, past the API."""
    with store.engine.begin() as connection:
        terminal = connection.scalar(
            select(tables.terminals.c.id).where(tables.terminals.c.serial == serial)
        )
        bridge = connection.execute(
            insert(tables.bridges).values(office="4.01", name="b", created_at=NOW)
        ).inserted_primary_key[0]
        batch = connection.execute(
            insert(tables.batches).values(
                bridge_id=bridge, office="4.01", outbox="o",
                receipt=f"{user_id}{local_time:%d%H%M}",
                received_at=NOW, sent=1,
            )
        ).inserted_primary_key[0]  # fmt: skip
        connection.execute(
            insert(tables.punches).values(
                terminal_id=terminal, user_id=user_id, local_time=local_time,
                local_day=local_time.date(), occurred_at=local_time.replace(tzinfo=UTC),
                work_code="", source="poll", read_at=NOW, received_at=NOW, batch_id=batch,
                doubt=doubt, raw=b"",
            )
        )  # fmt: skip


def test_marks_reach_back_to_the_first_believable_punch(staffed):
    with_punch(staffed, "A1", "7", datetime(2026, 3, 6, 7, 30))
    with_punch(staffed, "A1", "7", datetime(2000, 1, 1, 7, 30), doubt="ancient")
    staffed.dirty()
    staffed.user_ids(USER_IDS + f"A1,,7,{ONE},2026-01-01,2026-03-08\n")
    assert staffed.dirty() == [("4.01", f"2026-03-{d:02d}") for d in (6, 7, 8)]
