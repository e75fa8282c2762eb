"""What people decide counts, is told with the day, and is proven; punches stay as they are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from recapped import recap
from sqlalchemy import func, select
from tampered import tamper

from ingest import seal as keys
from ingest.errors import NotKnown, Refused
from ingest.roles import Role
from ingest.rules import Status
from ingest.seal import SealError
from ingest.store import adjustments, quarantine, resolutions, seals, tables
from ingest.store.audit import Actor
from ingest.store.decided import Grounds

TUESDAY = date(2026, 3, 3)
GROUNDS = Grounds(Actor("Bu Kepala", "root", Role.ADMIN), "daftar hadir", "800/12")


class Office:
    """A scene with a seal, Ani as user 12, and a terminal read to the end."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.connection = scene.connection
        self.seal = keys.new()
        seals.register(self.connection, self.seal, before=None, lost=False, now=scene.now)
        self.ani = scene.person("Ani", "12")
        self.terminal = scene.terminal()
        self.judging = {"zone": scene.settings.zone, "clock_limit_s": scene.settings.clock_limit_s}

    def add(self, clock: str, **other: Any) -> int:
        return adjustments.add_touch(
            self.connection,
            other.get("seal", self.seal),
            GROUNDS,
            nip=self.scene.nip_of(self.ani),
            local_time=self.scene.local(clock),
            now=self.scene.now,
            zone=self.scene.settings.zone,
        ).number

    def void(self, clock: str, user_id: str = "12") -> int:
        return adjustments.void(
            self.connection,
            self.seal,
            GROUNDS,
            terminal="T1",
            user_id=user_id,
            local_time=self.scene.local(clock),
            now=self.scene.now,
        ).number

    def take_back(self, number: int) -> int:
        return adjustments.withdraw(
            self.connection, self.seal, GROUNDS, number, now=self.scene.now
        ).number

    def resolve(self, verdict: str) -> list[int]:
        waiting = quarantine.find_waiting(self.connection)
        made = resolutions.resolve(
            self.connection, self.seal, GROUNDS, waiting, verdict, now=self.scene.now,
            **self.judging,
        )  # fmt: skip
        return [one.number for one in made]

    def reopen(self, number: int) -> None:
        resolutions.reopen(
            self.connection, self.seal, GROUNDS, number, now=self.scene.now, **self.judging
        )

    def withdraw_coverage(self, first: date, last: date) -> int:
        return resolutions.withdraw_coverage(
            self.connection,
            self.seal,
            GROUNDS,
            terminal="T1",
            first=first,
            last=last,
            now=self.scene.now,
            **self.judging,
        ).number

    def day(self) -> Any:
        return self.scene.evaluate()[self.ani]

    def because(self) -> str:
        return "; ".join(one.text for one in self.day().because)

    def story(self) -> str:
        return "\n".join(self.scene.explain(self.ani).story)

    def marked(self) -> set[tuple[str, date]]:
        """Return the office-days to be judged again, and what user ids did on which day."""
        offices = self.connection.execute(select(tables.dirty_offices)).all()
        users = self.connection.execute(select(tables.dirty_punches)).all()
        return {(row.office, row.day) for row in offices} | {
            (row.user_id, row.local_day) for row in users
        }


@pytest.fixture
def office(scene: Any) -> Iterator[Office]:
    return Office(scene)


class TestTouches:
    def test_one_that_is_added_counts_and_says_who_and_why(self, office: Office) -> None:
        assert office.day().status is Status.ABSENT
        office.add("07:25")
        office.add("16:02")
        judged = office.day()
        assert (judged.status, judged.late_minutes) == (Status.PRESENT, 0)
        text = "rekaman pukul 07.25 ditambahkan oleh Bu Kepala, surat 800/12: daftar hadir"
        assert text in office.because()
        assert f"  - {text}" in office.story()
        touches = office.scene.explain(office.ani).touches
        assert [(one.terminal, one.source, one.counted) for one in touches] == [
            ("", "adjustment", True)
        ] * 2

    def test_one_that_is_added_stands_beside_the_punches(self, office: Office) -> None:
        office.scene.punch(office.terminal, "12", "16:05")
        assert office.day().status is Status.INCOMPLETE
        office.add("07:29")
        assert office.day().status is Status.PRESENT
        told = office.scene.explain(office.ani).touches
        assert [f"{one.local_time:%H:%M}" for one in told] == ["07:29", "16:05"]

    def test_adding_and_taking_back_mark_the_day(self, office: Office) -> None:
        number = office.add("07:25")
        assert office.marked() == {(office.scene.office, TUESDAY)}
        office.connection.execute(tables.dirty_offices.delete())
        office.take_back(number)
        assert office.marked() == {(office.scene.office, TUESDAY)}
        assert office.day().status is Status.ABSENT
        assert "ditambahkan" not in office.because()

    def test_nothing_is_taken_back_twice(self, office: Office) -> None:
        number = office.add("07:25")
        back = office.take_back(number)
        with pytest.raises(Refused, match=f"decision {number} was taken back already"):
            office.take_back(number)
        with pytest.raises(Refused, match=f"decision {back} was taken back already, or takes"):
            office.take_back(back)
        with pytest.raises(NotKnown, match="no decision 99"):
            office.take_back(99)
        office.add("07:25")  # and may be added again

    def test_the_same_is_not_added_twice(self, office: Office) -> None:
        office.add("07:25")
        with pytest.raises(Refused, match="added already, by adjustment 1"):
            office.add("07:25")

    def test_none_is_added_to_a_time_to_come_or_where_nobody_serves(self, office: Office) -> None:
        with pytest.raises(Refused, match="has not come yet"):
            office.add("2026-03-04 08:01")
        with pytest.raises(Refused, match="serves in no office on 2025-12-31"):
            office.add("2025-12-31 07:25")

    def test_a_holiday_tells_of_it_too(self, office: Office) -> None:
        office.scene.free(TUESDAY, "Hari Contoh", "local")
        office.add("07:25")
        assert "ditambahkan oleh Bu Kepala" in office.because()

    def test_a_seal_that_is_not_in_use_signs_nothing(self, office: Office) -> None:
        with pytest.raises(SealError, match="not the one in use here"):
            office.add("07:25", seal=keys.new())


class TestVoid:
    def test_a_void_punch_does_not_count_and_stays_stored(self, office: Office) -> None:
        office.scene.punch(office.terminal, "12", "10:04")
        assert office.day().status is Status.INCOMPLETE
        stored = office.connection.execute(select(tables.punches)).all()
        number = office.void("10:04")
        assert office.marked() == {("12", TUESDAY)}
        assert office.day().status is Status.ABSENT
        assert "tidak dihitung, dibatalkan oleh Bu Kepala" in office.because()
        assert (
            "pukul 10.04.00 pada mesin pintu-T1 (poll), tidak dihitung: "
            "dibatalkan oleh Bu Kepala, surat 800/12: daftar hadir"
        ) in office.story()
        assert office.connection.execute(select(tables.punches)).all() == stored
        office.take_back(number)
        assert office.day().status is Status.INCOMPLETE

    def test_a_technicians_test_under_an_unknown_number_holds_nobody_up(
        self, office: Office
    ) -> None:
        office.scene.punch(office.terminal, "999", "10:04")
        assert office.day().status is Status.UNVERIFIED
        office.void("10:04", "999")
        assert office.day().status is Status.ABSENT

    def test_a_test_under_somebodys_nip_does_not_prove_that_he_can_touch(
        self, office: Office
    ) -> None:
        """Who is known to no terminal cannot be absent, and a void punch makes nobody known."""
        citra = office.scene.person("Citra")
        nip = office.scene.nip_of(citra)
        assert office.scene.evaluate()[citra].status is Status.UNVERIFIED
        office.scene.punch(office.terminal, nip, "10:04")
        number = office.void("10:04", nip)
        assert office.marked() == {(nip, TUESDAY), (nip, date(2026, 3, 4))}
        judged = office.scene.evaluate()[citra]
        assert judged.status is Status.UNVERIFIED
        assert "nomor pengguna pegawai ini pada mesin belum dipetakan" in (
            "; ".join(one.text for one in judged.because)
        )
        office.take_back(number)
        assert office.scene.evaluate()[citra].status is Status.INCOMPLETE
        office.scene.punch(office.terminal, nip, "2026-03-02 07:20")
        office.void("10:04", nip)
        assert office.scene.evaluate()[citra].status is Status.ABSENT

    def test_only_a_stored_and_believed_punch_is_made_void(self, office: Office) -> None:
        with pytest.raises(NotKnown, match="no punch of user id 12 at 2026-03-03 10:04:00"):
            office.void("10:04")
        office.scene.punch(office.terminal, "12", "2000-01-01 00:04", read_at="17:00")
        with pytest.raises(Refused, match="settle it by quarantine resolve"):
            office.void("2000-01-01 00:04")
        office.scene.punch(office.terminal, "12", "10:04")
        office.void("10:04")
        with pytest.raises(Refused, match="void already, by adjustment 1"):
            office.void("10:04")


class TestQuarantine:
    @pytest.fixture
    def doubted(self, office: Office) -> Office:
        """Ani's punch came to light an hour late on a Tuesday that is known to the end."""
        office.scene.punch(office.terminal, "12", "07:25", after="12:00", read_at="17:00")
        office.scene.punch(office.terminal, "12", "16:05")
        return office

    def test_an_accepted_punch_counts_at_the_time_it_claims(self, doubted: Office) -> None:
        assert doubted.day().late_minutes is None
        (number,) = doubted.resolve("accept")
        judged = doubted.day()
        assert (judged.status, judged.late_minutes) == (Status.PRESENT, 0)
        assert "waktu rekaman pukul 07.25 pada mesin pintu-T1 diterima oleh Bu Kepala" in (
            doubted.because()
        )
        assert "(poll); waktunya diterima oleh Bu Kepala" in doubted.story()
        assert quarantine.find_waiting(doubted.connection) == []
        doubted.reopen(number)
        assert doubted.day().late_minutes is None
        assert len(quarantine.find_waiting(doubted.connection)) == 1

    def test_a_rejected_punch_does_not_count_and_holds_nothing_open(self, doubted: Office) -> None:
        doubted.resolve("reject")
        assert doubted.day().status is Status.INCOMPLETE
        assert "tidak dihitung: ditolak oleh Bu Kepala" in doubted.story()

    @pytest.mark.parametrize("verdict", ["accept", "reject"])
    def test_days_on_which_it_may_have_come_wait_no_longer(
        self, office: Office, verdict: str
    ) -> None:
        office.scene.punch(
            office.terminal, "12", "2026-02-27 07:25", after="06:00", read_at="17:00"
        )
        assert office.day().status is Status.UNVERIFIED
        (number,) = office.resolve(verdict)
        marked = office.marked()
        assert {(office.scene.office, TUESDAY), (office.scene.office, date(2026, 2, 27))} <= marked
        assert office.day().status is Status.ABSENT
        assert (
            "1 rekaman pada mesin pintu-T1 bertanggal 27 Februari 2026 pukul 07.25 tidak terjadi "
            f"hari ini, {'diterima' if verdict == 'accept' else 'ditolak'} oleh Bu Kepala"
        ) in office.because()
        office.reopen(number)
        assert office.day().status is Status.UNVERIFIED

    def test_one_of_an_unmapped_number_holds_nobody_up_any_more(self, office: Office) -> None:
        office.scene.punch(
            office.terminal, "77", "2000-01-01 00:04", after="06:00", read_at="17:00"
        )
        assert office.day().status is Status.UNVERIFIED
        office.resolve("reject")
        assert office.day().status is Status.ABSENT

    def test_of_two_doubtful_punches_the_other_still_counts_as_doubt(self, office: Office) -> None:
        for clock in ("2000-01-01 00:04", "2000-01-01 00:09"):
            office.scene.punch(office.terminal, "12", clock, after="06:00", read_at="17:00")
        waiting = quarantine.find_waiting(office.connection)
        resolutions.resolve(
            office.connection, office.seal, GROUNDS, waiting[:1], "reject", now=office.scene.now,
            **office.judging,
        )  # fmt: skip
        assert office.day().status is Status.UNVERIFIED
        assert len(quarantine.find_waiting(office.connection)) == 1

    def test_a_rejected_record_keeps_nobodys_day_open(self, office: Office) -> None:
        office.scene.bad_record(office.terminal, near_from="07:00", near_until="09:00")
        assert office.day().status is Status.UNVERIFIED
        (number,) = office.resolve("reject")
        assert (office.scene.office, TUESDAY) in office.marked()
        assert office.day().status is Status.ABSENT
        assert "satu rekaman rusak pada mesin pintu-T1" in office.because()
        office.reopen(number)
        assert office.day().status is Status.UNVERIFIED

    def test_a_record_of_one_person_is_told_to_that_person_alone(self, office: Office) -> None:
        budi = office.scene.person("Budi", "13")
        office.scene.bad_record(office.terminal, "13", near_from="07:00", near_until="09:00")
        office.resolve("reject")
        judged = office.scene.evaluate()
        assert {one.code for one in judged[budi].because} == {"absence", "resolved"}
        assert {one.code for one in judged[office.ani].because} == {"absence"}

    def test_a_record_and_a_time_to_come_cannot_be_accepted(self, office: Office) -> None:
        office.scene.bad_record(office.terminal, near_from="07:00", near_until="09:00")
        with pytest.raises(Refused, match="has no time at which it could count"):
            office.resolve("accept")
        office.resolve("reject")
        office.scene.punch(office.terminal, "12", "2038-01-01 07:00", read_at="17:00")
        with pytest.raises(Refused, match="claims a time that has not come"):
            office.resolve("accept")

    def test_a_slot_that_was_never_written_does_not_wait(self, office: Office) -> None:
        office.scene.bad_record(office.terminal, kind="blank")
        assert quarantine.find_waiting(office.connection) == []


class TestCoverage:
    def test_withdrawn_coverage_leaves_nobody_absent(self, office: Office) -> None:
        assert office.day().status is Status.ABSENT
        number = office.withdraw_coverage(date(2026, 3, 2), TUESDAY)
        days = {(office.scene.office, date(2026, 3, 2)), (office.scene.office, TUESDAY)}
        assert days <= office.marked()
        assert office.day().status is Status.UNVERIFIED
        assert (
            "mesin pintu-T1 (T1): bukti kelengkapan hari ini ditarik oleh Bu Kepala, surat 800/12: "
            "daftar hadir"
        ) in office.because()
        assert "pintu-T1 (T1): ada celah" in office.story()
        office.reopen(number)
        assert office.day().status is Status.ABSENT

    def test_other_days_stay_as_they_are(self, office: Office) -> None:
        office.withdraw_coverage(date(2026, 3, 2), date(2026, 3, 2))
        assert office.day().status is Status.ABSENT

    def test_what_rested_on_it_is_doubted_again(self, office: Office) -> None:
        """A record without an earlier neighbour is younger than the last stretch that ended before
        it was read; unless that stretch was wrong."""
        office.connection.execute(tables.coverage.delete())
        office.scene.covered(office.terminal, "2026-01-05 07:00", "2026-03-04 06:00")
        office.scene.bad_record(office.terminal, read_at="2026-03-04 07:00")
        assert office.day().status is Status.ABSENT
        office.withdraw_coverage(date(2026, 3, 4), date(2026, 3, 4))
        assert (office.scene.office, TUESDAY) in office.marked()
        assert office.day().status is Status.UNVERIFIED

    def test_only_days_of_a_known_terminal_that_have_begun(self, office: Office) -> None:
        with pytest.raises(Refused, match="2026-03-05 has not begun"):
            office.withdraw_coverage(TUESDAY, date(2026, 3, 5))
        with pytest.raises(Refused, match="lies before"):
            office.withdraw_coverage(TUESDAY, date(2026, 3, 2))


class TestProof:
    def test_an_altered_touch_counts_for_nothing_and_is_told(self, office: Office) -> None:
        office.add("09:25")
        tamper(
            office.connection,
            "adjustments",
            "UPDATE adjustments SET local_time = '2026-03-03 07:25:00.000000'",
        )
        judged = office.day()
        assert judged.status is Status.UNVERIFIED
        assert "keputusan nomor 1 tidak dihitung: segelnya tidak cocok" in office.because()

    def test_it_is_told_until_a_proven_decision_takes_it_back(self, office: Office) -> None:
        office.add("09:25")
        tamper(office.connection, "adjustments", "UPDATE adjustments SET why = 'x'")
        office.take_back(1)
        assert office.day().status is Status.ABSENT

    def test_a_forged_taking_back_takes_nothing_back(self, office: Office) -> None:
        office.add("07:25")
        office.add("16:05")
        office.take_back(1)
        tamper(
            office.connection, "adjustments", "UPDATE adjustments SET withdraws = 2 WHERE id = 3"
        )
        judged = office.day()
        assert (judged.status, judged.late_minutes) == (Status.PRESENT, None)
        assert "keputusan nomor 3 tidak dihitung" in office.because()

    @pytest.mark.parametrize("verdict", ["accept", "reject"])
    def test_a_forged_verdict_closes_nothing(self, office: Office, verdict: str) -> None:
        office.scene.punch(
            office.terminal, "12", "2026-02-27 07:25", after="06:00", read_at="17:00"
        )
        office.resolve(verdict)
        tamper(office.connection, "resolutions", "UPDATE resolutions SET who = 'x'")
        assert office.day().status is Status.UNVERIFIED
        assert {"doubtful", "unproven"} <= {one.code for one in office.day().because}

    def test_a_forged_withdrawal_of_coverage_holds_the_days_open(self, office: Office) -> None:
        office.withdraw_coverage(TUESDAY, TUESDAY)
        tamper(office.connection, "resolutions", "UPDATE resolutions SET who = 'x'")
        assert office.day().status is Status.UNVERIFIED

    def test_who_puts_a_seal_into_the_database_is_not_believed(self, office: Office) -> None:
        """Only the seal in the file of the configuration leads to those that count."""
        root, forged = office.seal.fingerprint, keys.new()
        seals.register(
            office.connection, forged, before=None, lost=True, now=datetime(2026, 3, 4, tzinfo=UTC)
        )
        office.seal = forged
        office.add("07:25")
        trusting = office.scene.settings
        assert office.day().status is not Status.ABSENT
        office.scene.settings = type(trusting)(trusting.zone, trusting.clock_limit_s, root)
        assert office.day().status is Status.UNVERIFIED
        assert "keputusan nomor 1 tidak dihitung" in office.because()

    def test_a_new_seal_that_the_old_one_endorsed_is_believed(self, office: Office) -> None:
        office.add("07:25")
        old, new = office.seal, keys.new()
        seals.register(
            office.connection, new, before=old, lost=False, now=datetime(2026, 3, 4, tzinfo=UTC)
        )
        office.seal = new
        office.add("16:05")
        for root in (old, new):
            assert set(seals.trusted(office.connection, root.fingerprint)) == {
                old.fingerprint, new.fingerprint,
            }  # fmt: skip
        assert office.day().status is Status.PRESENT


@pytest.mark.parametrize("name", ["daily", "monthly"])
def test_a_recap_marks_what_was_corrected(office: Office, name: str) -> None:
    assert not any(note.startswith("*") for note in recap(office.scene, name, TUESDAY).notes)
    office.add("07:25")
    office.add("16:05")
    table = recap(office.scene, name, TUESDAY)
    assert "* 1 hasil memuat koreksi" in "\n".join(table.notes)
    key = "status" if name == "daily" else TUESDAY.isoformat()
    assert table.rows[0][key] in {"Hadir *", "H*"}


def test_deciding_touches_no_punch(office: Office) -> None:
    office.scene.punch(office.terminal, "12", "10:04")
    office.scene.punch(office.terminal, "12", "2000-01-01 00:04", read_at="17:00")
    before = office.connection.execute(select(tables.punches)).all()
    office.add("07:25")
    office.void("10:04")
    office.resolve("reject")
    office.withdraw_coverage(TUESDAY, TUESDAY)
    assert office.connection.execute(select(tables.punches)).all() == before
    rows = office.connection.scalar(select(func.count()).select_from(tables.adjustments))
    assert rows == 2
