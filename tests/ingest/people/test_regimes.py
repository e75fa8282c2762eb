"""Each day counts under the regime of the kind that the person was on it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from written import Written

from ingest.discipline import Effect, JudgedDay, Regulation, Shelf, kind_on, kinds_of, tally
from ingest.discipline.regimes import parts, under
from ingest.errors import NotKnown, Refused
from ingest.regulations import load
from ingest.reports.discipline import Year, count_all, count_one, discipline, plain, story
from ingest.store import person_kinds

SHELF = load()
MONDAY = date(2026, 3, 2)
UNTIL = date(2026, 6, 30)
SPAN = Year(2026, date(2026, 7, 1))


def with_pppk() -> Shelf:
    """The shipped regulations, and the example for PPPK in force."""
    documents = (
        replace(one, example=False) if isinstance(one, Regulation) and one.example else one
        for one in SHELF.documents
    )
    return Shelf(tuple(documents))


def absences(count: int, first: date = MONDAY) -> list[JudgedDay]:
    return [JudgedDay(first + timedelta(days=n), Effect.COUNTS) for n in range(count)]


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


class TestKinds:
    def test_a_kind_holds_from_its_day_until_the_next(self) -> None:
        kinds = kinds_of("CPNS", [(day(9), "NON-ASN"), (day(3), "PNS")])
        assert [kind_on(kinds, day(n)) for n in (-900, 2, 3, 8, 9, 900)] == [
            "CPNS", "CPNS", "PNS", "PNS", "NON-ASN", "NON-ASN",
        ]  # fmt: skip
        assert list(parts(kinds, day(2), day(4))) == [
            ("CPNS", day(2), day(2)),
            ("PNS", day(3), day(4)),
        ]
        assert list(parts(kinds, day(3), day(3))) == [("PNS", day(3), day(3))]

    def test_days_of_another_regime_are_left_out_and_end_a_streak(self) -> None:
        kinds = kinds_of("PNS", [(day(2), "PPPK"), (day(4), "PNS")])
        found = under(absences(6), kinds, {"PNS"})
        assert [one.day for one in found if one.effect is Effect.COUNTS] == [
            day(0), day(1), day(4), day(5),
        ]  # fmt: skip
        assert [one.day for one in found if one.effect is Effect.BREAKS] == [day(2)]

    def test_a_stretch_that_was_never_judged_is_cut_where_the_kind_changes(self) -> None:
        stretch = JudgedDay(day(0), Effect.UNJUDGED, day(9))
        found = under([stretch], kinds_of("PPPK", [(day(4), "PNS")]), {"PNS"})
        assert found == [JudgedDay(day(4), Effect.UNJUDGED, day(9))]

    def test_kinds_of_one_regulation_that_follow_one_another_are_one(self) -> None:
        days = absences(6)
        assert under(days, kinds_of("CPNS", [(day(3), "PNS")]), {"PNS", "CPNS"}) == days


class TestTally:
    def count(self, days: list[JudgedDay], kinds: Any, shelf: Shelf = SHELF) -> Any:
        return tally(days, shelf, kinds=kinds, year=2026, until=UNTIL)

    def test_a_cpns_who_becomes_a_pns_keeps_his_days_and_his_streak(self) -> None:
        found = self.count(absences(12), kinds_of("CPNS", [(day(6), "PNS")]))
        alone = self.count(absences(12), kinds_of("PNS"))
        assert found == alone
        assert {one.count for one in found.findings} == {"consecutive", "cumulative"}
        assert found.unregulated == ()

    def test_a_pppk_who_becomes_a_pns_has_two_regimes_in_one_year(self) -> None:
        found = self.count(absences(12), kinds_of("PPPK", [(day(7), "PNS")]), with_pppk())
        assert len(found.regulations) == 2
        totals = {one.rule: one.total for one in found.findings if one.count == "cumulative"}
        assert sorted(totals.values()) == [5, 7]
        assert [one for one in found.findings if one.count == "consecutive"] == []
        whole = self.count(absences(12), kinds_of("PNS"), with_pppk())
        assert {one.total for one in whole.findings} == {12}

    def test_who_was_no_servant_before_is_only_counted_for_that_time(self) -> None:
        found = self.count(absences(12), kinds_of("NON-ASN", [(day(10), "PNS")]))
        assert found.unregulated == ("NON-ASN",)
        assert len(found.absent) == 12
        assert [one.total for one in found.findings] == []
        assert self.count(absences(12), kinds_of("NON-ASN")).warnings == ()

    def test_a_kind_of_next_year_changes_nothing_of_this_one(self) -> None:
        days = absences(12)
        later = kinds_of("PNS", [(date(2027, 1, 1), "NON-ASN")])
        assert self.count(days, later) == self.count(days, kinds_of("PNS"))


@pytest.fixture
def store(kept_engine: Engine) -> Iterator[Written]:
    with kept_engine.connect() as connection, connection.begin() as transaction:
        yield Written(connection)
        transaction.rollback()


class TestStored:
    def test_kinds_are_put_corrected_and_taken_away(self, store: Written) -> None:
        store.person(kind="CPNS")
        nip, at = store.nip(1), store.connection
        assert person_kinds.put(at, nip, "PNS", day(3)) == "CPNS"
        assert person_kinds.put(at, nip, "PPPK", day(3)) == "PNS"
        assert [(one.kind, one.first) for one in person_kinds.find(at)] == [("PPPK", day(3))]
        with pytest.raises(Refused, match="is PPPK on 2026-03-06 already"):
            person_kinds.put(at, nip, "PPPK", day(4))
        assert person_kinds.remove(at, nip, day(3)) == "PPPK"
        with pytest.raises(NotKnown, match="no kind of this person begins on 2026-03-05"):
            person_kinds.remove(at, nip, day(3))
        with pytest.raises(NotKnown, match="no person"):
            person_kinds.put(at, "1" * 18, "PNS", day(3))

    def test_one_is_looked_up_by_the_key_of_the_store(self, store: Written) -> None:
        key = store.person(kind="CPNS")
        person_kinds.put(store.connection, store.nip(1), "PNS", day(3))
        kinds = [person_kinds.find_kind(store.connection, key, day(n)) for n in (2, 3)]
        assert kinds == ["CPNS", "PNS"]
        with pytest.raises(NotKnown, match="nobody has the number 999"):
            person_kinds.find_kind(store.connection, 999, day(3))

    def test_everybodys_path_and_ones_own_agree_on_who_changed(self, store: Written) -> None:
        shelf = with_pppk()
        for n in range(1, 5):
            store.person("A" * 12, kind="PPPK")
            if n > 1:
                person_kinds.put(store.connection, store.nip(n), "PNS", day(2 * n))
        found = {one.person.nip: one for one in count_all(store.connection, shelf, SPAN)}
        for n in range(1, 5):
            alone = count_one(store.connection, shelf, SPAN, nip=store.nip(n))
            assert plain(alone) == plain(found[store.nip(n)])
            assert len(alone.tally.regulations) == (1 if n == 1 else 2)
            assert alone.person.kind == ("PPPK" if n == 1 else "PNS")

    def test_the_story_says_since_when(self, store: Written) -> None:
        store.person("A" * 12, kind="NON-ASN")
        person_kinds.put(store.connection, store.nip(1), "PNS", day(4))
        one = count_one(store.connection, SHELF, SPAN, nip=store.nip(1))
        told = "\n".join(story(one, SPAN))
        assert "berubah: NON-ASN, lalu PNS sejak 6 Maret 2026" in told
        assert "untuk NON-ASN; hanya dihitung" in told
        table = discipline(store.connection, SPAN, [one])
        assert any(note.startswith("NON-ASN: tidak ada peraturan") for note in table.notes)
