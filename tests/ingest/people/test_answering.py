"""Who answers for somebody on a day, and the sentence for each who is passed over."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update
from written import Written

from ingest import seal as keys
from ingest.calendar.excusing import Claim
from ingest.discipline.cases import Responsible
from ingest.errors import NotKnown, Refused, StoreError
from ingest.excuse_types import shipped
from ingest.reports.person import find_person, story
from ingest.roles import Role
from ingest.seal import Seal
from ingest.store import excuses, seals, service_breaks, stand_ins, tables
from ingest.store.audit import Actor
from ingest.store.decided import Grounds
from ingest.store.superiors import find_responsible
from ingest.store.touched import Owner

MONDAY = date(2026, 3, 2)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = shipped()


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


class People(Written):
    """Somebody (1) under a section head (2) under the head of office A (3), and two others."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.seal: Seal = keys.new()
        seals.register(connection, self.seal, before=None, lost=False, now=EPOCH)
        head = self.person()
        section = self.person(superior=head)
        self.me = self.person(superior=section)
        self.head, self.section = head, section
        self.others = [self.person(), self.person(office="B")]

    def nip_of(self, person_id: int) -> str:
        order = [self.head, self.section, self.me, *self.others]
        return self.nip(order.index(person_id) + 1)

    def answers(self, person_id: int | None = None, on: date = MONDAY) -> Responsible:
        asked = person_id or self.me
        found = find_responsible(
            self.connection, [asked], on=on, types=TYPES, root=self.seal.fingerprint
        )
        return found[asked]

    def act(self, owner: Owner, by: int, how: str = "plh", last: date | None = None) -> int:
        return stand_ins.add(self.connection, owner, by, how, MONDAY, last, letter="800/15")

    def off(self, person_id: int, kind: str, last: date | None = None) -> int:
        return service_breaks.add(
            self.connection, person_id, kind, MONDAY, last, letter="882/7", today=day(30)
        )[0]

    def leave(self, person_id: int, code: str, last: date, hours: Any = None) -> None:
        new = excuses.New(
            self.nip_of(person_id),
            Claim(TYPES[code], MONDAY, last, hours, letter="800/1"),
            "Kadis",
            "surat",
        )
        excuses.give(
            self.connection, self.seal, Grounds(Actor("Ani", "ani", Role.ADMIN), "x"), [new],
            now=EPOCH, today=MONDAY,
        )  # fmt: skip

    def edit(self, person_id: int, **values: Any) -> None:
        self.connection.execute(
            update(tables.assignments)
            .where(tables.assignments.c.person_id == person_id)
            .values(**values)
        )


@pytest.fixture
def people(kept_engine: Engine) -> Iterator[People]:
    with kept_engine.connect() as connection, connection.begin() as transaction:
        yield People(connection)
        transaction.rollback()


class TestAnswers:
    def test_the_direct_superior_does(self, people: People) -> None:
        found = people.answers()
        assert (found.nip, found.post, found.how) == (
            people.nip_of(people.section), "atasan langsung", None,
        )  # fmt: skip
        assert found.passed_over == ()

    def test_a_superior_who_is_suspended_is_passed_over_for_the_next(self, people: People) -> None:
        people.off(people.section, "suspended", day(9))
        found = people.answers()
        assert found.nip == people.nip_of(people.head)
        assert found.passed_over == (
            "atasan langsung: sedang diberhentikan sementara sampai 11 Maret 2026",
        )
        assert people.answers(on=day(10)).nip == people.nip_of(people.section)

    def test_a_suspension_without_an_end_is_told_as_one(self, people: People) -> None:
        people.off(people.section, "suspended")
        found = people.answers()
        assert found.nip == people.nip_of(people.head)
        assert found.passed_over == ("atasan langsung: sedang diberhentikan sementara seterusnya",)

    def test_a_break_of_no_known_kind_names_nobody(self, people: People) -> None:
        number = people.off(people.section, "unpaid")
        with pytest.raises(StoreError, match=f"people breaks remove {number}"):
            people.answers()

    def test_one_on_leave_is_passed_over_until_he_is_back(self, people: People) -> None:
        people.leave(people.section, "CT", day(2))
        found = people.answers()
        assert found.nip == people.nip_of(people.head)
        assert found.passed_over == ("atasan langsung: sedang cuti tahunan sampai 4 Maret 2026",)
        assert people.answers(on=day(3)).nip == people.nip_of(people.section)

    def test_a_part_of_a_day_or_of_another_place_is_no_absence_of_a_superior(
        self, people: People
    ) -> None:
        people.leave(people.section, "I", MONDAY, (time(10), time(11)))
        people.leave(people.head, "WFA", MONDAY)
        assert people.answers().nip == people.nip_of(people.section)
        assert people.answers(people.section).nip == people.nip_of(people.head)

    def test_a_superior_who_has_ended_leaves_it_to_the_next(self, people: People) -> None:
        people.off(people.section, "ended")
        found = people.answers()
        assert (found.nip, found.post) == (people.nip_of(people.head), "atasan tingkat 2")
        assert found.passed_over == ("atasan langsung: jabatan lowong",)

    def test_so_does_one_whose_assignment_is_over(self, people: People) -> None:
        people.edit(people.section, valid_until=day(-1))
        assert people.answers().nip == people.nip_of(people.head)
        assert people.answers(on=day(-1)).nip == people.nip_of(people.section)

    def test_who_stands_in_comes_before_the_next_one_up(self, people: People) -> None:
        people.off(people.section, "suspended", day(9))
        people.act(Owner(None, people.section), people.others[1], last=day(9))
        found = people.answers()
        assert (found.nip, found.how, found.letter) == (
            people.nip_of(people.others[1]), "plh", "800/15",
        )  # fmt: skip
        assert people.answers(on=day(10)).how is None

    def test_nobody_answers_for_himself_as_a_stand_in(self, people: People) -> None:
        people.off(people.section, "suspended", day(9))
        people.act(Owner(None, people.section), people.me)
        found = people.answers()
        assert found.nip == people.nip_of(people.head)
        assert found.passed_over[1] == "Plh. atasan langsung: yang bersangkutan sendiri"

    def test_an_office_without_a_head_has_its_plt(self, people: People) -> None:
        people.act(Owner("A", None), people.others[0], "plt")
        found = people.answers(people.head)
        assert (found.nip, found.how) == (people.nip_of(people.others[0]), "plt")

    def test_nobody_is_found_above_the_head_and_that_is_said(self, people: People) -> None:
        found = people.answers(people.head)
        assert found.nip is None
        assert found.passed_over[-1] == "tidak ada atasan lain yang tercatat"

    def test_a_circle_ends(self, people: People) -> None:
        people.edit(people.head, superior_id=people.me)
        people.off(people.section, "suspended", day(9))
        people.off(people.head, "suspended", day(9))
        assert people.answers().nip is None

    def test_a_chain_goes_over_offices(self, people: People) -> None:
        people.edit(people.section, office="B")
        people.off(people.section, "suspended", day(9))
        found = people.answers()
        assert (found.nip, found.office) == (people.nip_of(people.head), "A")

    def test_many_are_asked_at_once_and_a_stranger_is_left_out(self, people: People) -> None:
        found = find_responsible(
            people.connection, [people.me, people.section, 999_999], on=MONDAY, types=TYPES,
            root=None,
        )  # fmt: skip
        assert {one: answer.nip for one, answer in found.items()} == {
            people.me: people.nip_of(people.section),
            people.section: people.nip_of(people.head),
        }


class TestKept:
    def test_breaks_of_one_person_do_not_overlap(self, people: People) -> None:
        number = people.off(people.me, "suspended", day(9))
        with pytest.raises(Refused, match=f"break {number} .suspended, letter 882/7. holds"):
            people.off(people.me, "ended")
        service_breaks.end(people.connection, number, day(-0), today=day(30))
        (kept,) = service_breaks.find(people.connection)
        assert (kept.first, kept.last) == (MONDAY, MONDAY)
        with pytest.raises(Refused, match="begins on 2026-03-02, after 2026-03-01"):
            service_breaks.end(people.connection, number, day(-1), today=day(30))
        was, _ = service_breaks.remove(people.connection, number, today=day(30))
        assert was == kept
        with pytest.raises(NotKnown, match="no break has the number"):
            service_breaks.remove(people.connection, number, today=day(30))

    def test_every_judged_day_that_a_break_touches_is_marked_again(self, people: People) -> None:
        people.days(people.me, "A" * 20, MONDAY)
        number, marked = service_breaks.add(
            people.connection, people.me, "suspended", day(2), day(6), letter="1", today=day(19)
        )
        assert marked == 5
        assert service_breaks.end(people.connection, number, day(9), today=day(19))[1] == 8
        assert service_breaks.remove(people.connection, number, today=day(19))[1] == 8
        with_office = tables.dirty_offices
        found = people.connection.execute(with_office.select()).all()
        assert {(row.office, row.day) for row in found} == {("A", day(n)) for n in range(2, 10)}

    def test_an_end_that_comes_sooner_marks_what_it_gives_back(self, people: People) -> None:
        people.days(people.me, "A" * 20, MONDAY)
        number = people.off(people.me, "ended")
        was, marked = service_breaks.end(people.connection, number, day(3), today=day(19))
        assert was.last is None
        assert marked == 20

    def test_a_person_stands_in_once_at_a_time_and_never_for_himself(self, people: People) -> None:
        whose = Owner(None, people.section)
        number = people.act(whose, people.others[0], last=day(5))
        with pytest.raises(Refused, match=f"stand-in {number} of the same person"):
            people.act(whose, people.others[0], "plt")
        with pytest.raises(Refused, match="nobody stands in for himself"):
            people.act(whose, people.section)
        people.act(whose, people.others[1])
        with pytest.raises(Refused, match="after 2026-03-01"):
            stand_ins.end(people.connection, number, day(-1))
        assert stand_ins.end(people.connection, number, day(3)).last == day(5)
        assert stand_ins.remove(people.connection, number).last == day(3)
        assert [one.by for one in stand_ins.find(people.connection)] == [
            people.nip_of(people.others[1])
        ]
        with pytest.raises(NotKnown, match="no stand-in has the number"):
            stand_ins.find_one(people.connection, number)


class TestStory:
    def told(self, people: People, person_id: int | None = None, on: date = MONDAY) -> str:
        nip = people.nip_of(person_id or people.me)
        found = find_person(people.connection, nip, on, types=TYPES, root=None)
        return "\n".join(story(found))

    def test_it_tells_who_answers_and_why_not_others(self, people: People) -> None:
        people.off(people.section, "suspended", day(9))
        people.act(Owner(None, people.section), people.others[0])
        told = self.told(people)
        assert "Kantor: Dinas A (A), sejak 1 Januari 2020 seterusnya" in told
        assert "Yang bertanggung jawab: Orang 04" in told
        assert "sebagai Plh. atasan langsung, surat 800/15" in told
        assert "  Dilewati: atasan langsung: sedang diberhentikan sementara" in told
        assert "Skema jam kerja: 5 hari kerja" in told
        assert "ID pengguna: tidak ada yang dipetakan" in told
        assert "Menjadi Plh. Orang 02" in self.told(people, people.others[0])
        theirs = self.told(people, people.section)
        assert "Digantikan Plh., yaitu Orang 04" in theirs
        assert "surat 882/7" in theirs

    def test_who_serves_nowhere_is_told_so(self, people: People) -> None:
        people.edit(people.me, valid_until=day(-1))
        told = self.told(people)
        assert "Tidak bertugas di kantor mana pun pada hari ini" in told

    def test_a_superior_who_has_moved_away_is_pointed_at(self, people: People) -> None:
        assert "periksa superior_nip" not in self.told(people)
        people.edit(people.section, valid_until=day(-3))
        people.add(tables.assignments, person_id=people.section, office="B", valid_from=day(-2))
        assert "bertugas di kantor B sejak 28 Februari 2026: periksa superior_nip" in self.told(
            people
        )
        with pytest.raises(NotKnown, match="no person"):
            find_person(people.connection, "1" * 18, MONDAY, types=TYPES, root=None)
