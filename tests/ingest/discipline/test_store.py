"""The counts of everybody and of one person come from two paths, and are the same."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ingest.discipline import Regulation, Shelf
from ingest.discipline.findings import days_text
from ingest.errors import NotKnown, StoreError
from ingest.regulations import load
from ingest.reports.discipline import Year, count_all, count_one, discipline, plain, story
from ingest.store import superiors, tables
from ingest.store import tally as kept

SHELF = load()
SPAN = Year(2026, date(2026, 7, 1))


def converting(shelf: Shelf) -> Shelf:
    """The same shelf, with minutes that become days."""
    return Shelf(
        tuple(
            replace(one, late_conversion=replace(one.late_conversion, enabled=True))
            if isinstance(one, Regulation)
            else one
            for one in shelf.documents
        )
    )


def scatter(chance: random.Random) -> str:
    """A few months of days with streaks, holes and all that may lie between."""
    letters = "".join(chance.choices(["A", "H", "L", "E", ".", "?", " "], k=6)) + "AAAH."
    return "".join(chance.choice(letters) * chance.randrange(1, 6) for _ in range(60))[:200]


@pytest.mark.parametrize("shelf", [SHELF, converting(SHELF)], ids=["days", "minutes too"])
@pytest.mark.parametrize("seed", range(3))
def test_everybodys_path_and_ones_own_come_to_the_same(store, shelf, seed):
    chance = random.Random(seed)
    moved = ((date(2020, 1, 1), date(2026, 2, 20)), (date(2026, 3, 20), date(2026, 5, 30)))
    for n in range(30):
        first = date(2025, 10, 1) + timedelta(days=chance.randrange(160))
        spans = {"spans": moved} if n % 5 == 0 else {}
        store.person(scatter(chance), first, kind=("PNS", "CPNS", "PPPK")[n % 3], **spans)
    found = {one.person.nip: one for one in count_all(store.connection, shelf, SPAN)}
    assert len(found) > 20
    assert any(one.tally.findings for one in found.values())
    for n in range(1, 31):
        alone = count_one(store.connection, shelf, SPAN, nip=store.nip(n))
        if store.nip(n) in found:
            assert plain(found[store.nip(n)]) == plain(alone)
        else:
            assert (alone.tally.absent, alone.tally.findings, alone.tally.warnings) == ((), (), ())


def unbroken(chance: random.Random) -> str:
    """Days without a hole, with free stretches longer than the week that is looked at first."""
    letters = chance.choice(["A.", "A.H", "A?.", "A?.HLI"])
    return "".join(chance.choice(letters) * chance.randrange(1, 20) for _ in range(40))[:270]


@pytest.mark.parametrize("seed", range(2))
def test_nothing_between_two_days_of_who_has_no_gap_is_lost(store, seed):
    chance = random.Random(seed)
    for _ in range(20):
        store.person(unbroken(chance), date(2025, 10, 1))
    found = {one.person.nip: plain(one) for one in count_all(store.connection, SHELF, SPAN)}
    assert len(found) > 15
    for nip, told in found.items():
        assert told == plain(count_one(store.connection, SHELF, SPAN, nip=nip))


def test_everybody_is_read_in_a_fixed_number_of_questions(store, asked):
    numbers = []
    for _ in range(2):
        for _ in range(10):
            store.person("AAAH?A")
        with asked() as statements:
            assert count_all(store.connection, SHELF, SPAN)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 7


@pytest.fixture
def asked(engine):
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def asked():
        statements = []

        def note(_connection, _cursor, statement, *_rest):
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield statements
        event.remove(engine, "before_cursor_execute", note)

    return asked


def one(store, person="AAA", **options):
    store.person(person, **options)
    return count_one(store.connection, SHELF, SPAN, nip=store.nip(1)).tally


class TestOnePerson:
    def test_days_that_were_never_judged_are_told_apart_from_those_not_verified(self, store):
        spans = ((date(2026, 2, 20), date(2026, 3, 9)),)
        found = one(store, "A?H  A", spans=spans)
        # before: 20 February to 1 March; between: two; after: 8 and 9 March
        assert (len(found.absent), found.unverified, found.unjudged) == (2, 1, 10 + 2 + 2)

    def test_today_and_what_comes_count_for_nothing(self, store):
        found = one(store, "A" * 30, first=date(2026, 6, 28))
        assert found.absent == tuple(date(2026, 6, n) for n in (28, 29, 30))

    def test_a_streak_across_new_year_is_found(self, store):
        found = one(store, "A" * 10, first=date(2025, 12, 28))
        assert [(len(row.days), row.count) for row in found.findings] == [
            (10, "consecutive"), (6, "cumulative"),
        ]  # fmt: skip

    def test_a_hole_in_the_days_keeps_ten_in_a_row_from_being_proven(self, store):
        spans = ((date(2026, 3, 2), date(2026, 3, 12)),)
        (row, _) = one(store, "AAAAA AAAAA", spans=spans).findings
        assert (row.waiting, row.unverified) == (True, 1)

    def test_a_kind_without_a_regulation_is_only_counted(self, store):
        found = one(store, "A" * 30, kind="PPPK")
        assert (len(found.absent), found.regulations, found.findings) == (30, (), ())
        assert found.warnings

    def test_nobody_is_told_of_an_unknown_nip(self, store):
        with pytest.raises(NotKnown):
            count_one(store.connection, SHELF, SPAN, nip=store.nip(1))

    def test_a_status_that_no_counter_knows_is_not_guessed(self, store):
        person = store.person()
        store.add(
            tables.days, person_id=person, day=date(2026, 3, 2), office="A", status="CUTI",
            because=[], evaluated_at=date_at(),
        )  # fmt: skip
        with pytest.raises(StoreError, match="'CUTI'"):
            count_one(store.connection, SHELF, SPAN, nip=store.nip(1))


def date_at():
    from datetime import UTC, datetime

    return datetime(2026, 3, 3, tzinfo=UTC)


class TestEverybody:
    def test_the_heaviest_comes_first_and_who_was_always_there_not_at_all(self, store):
        for text in ("AAA", "HHH", "A" * 28, "A", "???"):
            store.person(text)
        found = count_all(store.connection, SHELF, SPAN)
        assert [row.person.name for row in found] == ["Orang 03", "Orang 01", "Orang 04"]

    def test_an_office_is_that_of_today(self, store):
        store.person("AAA", office="A")
        store.person("AAA", office="B")
        (found,) = count_all(store.connection, SHELF, SPAN, office="B")
        assert found.person.office == "B"
        ended = ((date(2020, 1, 1), date(2026, 4, 1)),)
        store.person("AAA", office="B", spans=ended)
        assert len(count_all(store.connection, SHELF, SPAN, office="B")) == 1
        gone = [row for row in count_all(store.connection, SHELF, SPAN) if not row.person.office]
        assert [row.person.name for row in gone] == ["Orang 03"]

    def test_an_absence_of_the_year_before_alone_puts_nobody_on_the_list(self, store):
        store.person("A" * 12, first=date(2025, 12, 1))
        assert count_all(store.connection, SHELF, SPAN) == []

    def test_who_only_waits_for_proof_is_told_as_a_number(self, store):
        for text in ("??H", "A?", "HH"):
            store.person(text)
        told = kept.find_waiting(
            store.connection, first=date(2026, 1, 1), last=SPAN.until, today=SPAN.today
        )
        assert told == (1, 2)


class TestTheTable:
    def test_it_says_what_it_is_and_what_it_is_not(self, store):
        chief = store.person()
        store.person("A" * 12 + "H?", superior=chief)
        store.person("AAA", kind="PPPK")
        store.person("?")
        results = count_all(store.connection, SHELF, SPAN)
        table = discipline(store.connection, SPAN, results)
        row = table.rows[0]
        assert (row["absent"], row["streak"], row["unverified"]) == (12, 12, 1)
        assert row["indication"] == (
            "indikasi berat: 12 hari berturut-turut; indikasi sedang: 12 hari setahun"
        )
        notes = "\n".join(table.notes)
        assert "bukan hukuman disiplin" in notes
        assert "keterangan lain yang sudah dicatat tidak dihitung" in notes
        assert "usul penghentian pembayaran gaji" in notes
        assert "PPPK: tidak ada peraturan yang berlaku di sini untuk PPPK" in notes
        assert "1 pegawai lain tanpa ketidakhadiran masih punya 1 hari" in notes
        assert "Hari dinilai sejak 2 Maret 2026" in notes
        assert "kalender tahun 2026 belum dikonfirmasi" in notes

    def test_a_story_names_each_day_source_and_officer(self, store):
        chief = store.person()
        store.person("AAAAH?", superior=chief)
        told = "\n".join(story(count_one(store.connection, SHELF, SPAN, nip=store.nip(2)), SPAN))
        assert "2, 3, 4, 5 Maret 2026" in told
        assert "Indikasi: 4 hari kerja tanpa keterangan secara kumulatif" in told
        assert "rentang 4-6 hari (PP 94/2021 Pasal 9 ayat (2))" in told
        assert "tingkat ringan, teguran tertulis" in told
        assert "Belum terverifikasi: 1 hari; belum dinilai: 175 hari" in told
        assert "176 hari belum terverifikasi atau belum dinilai dan dapat mengubahnya" in told
        assert "yaitu Orang 01, NIP 19860926 201505 1 001" in told
        assert "Peringatan dini: 4 hari kerja" in told

    def test_a_story_without_anything_says_so(self, store):
        store.person("HHH")
        found = count_one(store.connection, SHELF, SPAN, nip=store.nip(1))
        assert "Tidak ada indikasi" in story(found, SPAN)


class TestChains:
    def chain(self, store, person, steps=3):
        found = superiors.find_chains(store.connection, [person], on=SPAN.until, steps=steps)
        return [row.name for row in found[person]]

    def test_it_goes_up_step_by_step(self, store):
        top = store.person()
        middle = store.person(superior=top)
        low = store.person(superior=middle)
        assert self.chain(store, low) == ["Orang 02", "Orang 01"]
        assert self.chain(store, low, steps=1) == ["Orang 02"]
        assert self.chain(store, top) == []

    def test_it_ends_where_it_would_come_back(self, store):
        first = store.person()
        second = store.person(superior=first)
        store.connection.execute(
            tables.assignments.update()
            .where(tables.assignments.c.person_id == first)
            .values(superior_id=second)
        )
        assert self.chain(store, first) == ["Orang 02"]

    def test_it_is_that_of_the_day(self, store):
        chief = store.person()
        before = ((date(2020, 1, 1), date(2026, 1, 31)),)
        low = store.person(superior=chief, spans=before)
        assert self.chain(store, low) == []


def test_dates_are_read_as_people_write_them():
    days = [date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 1)]
    assert days_text(days) == "2, 3 Maret 2026, 1 April 2026"
    many = [date(2026, 3, 1) + timedelta(days=n) for n in range(45)]
    assert days_text(many).endswith("dan 5 hari lainnya")
