"""From a step of a case to a message that was taken, and back into the case."""

from datetime import timedelta

import pytest
from followed import HEAD, MONDAY, PERSON, nip
from told import OFFICE, PHONE, Crash, Fault, Pigeon, Telling, failure

from ingest.notify.base import Kind, Sent, State
from ingest.notify.reconcile import GRACE, ask
from ingest.store import contacts, dispatches, receipts, storms
from ingest.store.case_checks import case_faults, chain_faults
from ingest.store.database import reading, writing
from ingest.store.receipts import Told

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_a_warning_goes_out_once_and_its_clock_begins(telling: Telling) -> None:
    sent = telling.send()
    assert sent.outcomes == {("wa", "accepted"): 2}
    assert telling.states() == [("warning", "wa", "accepted")]
    assert telling.states(HEAD) == [("knowledge", "wa", "accepted")]
    (row,) = telling.rows()
    assert row.told_at == telling.now
    assert row.provider_id in {"wa-1", "wa-2"}
    assert telling.followed.kinds() == ["OPENED", "TOLD", "TOLD"]
    marks = telling.followed.state().marks
    assert [(one.event, one.on) for one in marks] == [("warning-accepted", telling.followed.today)]
    assert telling.send().outcomes == {}
    assert telling.followed.kinds() == ["OPENED", "TOLD", "TOLD"]
    with reading(telling.followed.engine) as connection:
        assert [*chain_faults(connection), *case_faults(connection, None)] == []


@one_database
def test_a_message_tells_the_days_and_neither_nip_nor_reason(telling: Telling) -> None:
    telling.send()
    (text,) = telling.texts()
    assert "Orang 2" in text
    assert "3 hari kerja" in text
    assert "dalam 10 hari kerja" in text
    assert not any(one.isdigit() and len(one) > 3 for one in text.split())


@one_database
def test_a_case_whose_days_wait_to_be_judged_is_told_in_a_later_round(telling: Telling) -> None:
    telling.followed.punch(HEAD, MONDAY, hours=(12,))
    telling.followed.punch(PERSON, telling.followed.today, hours=(7,))
    assert telling.send().untold == 2
    assert telling.states() == [("warning", "wa", "accepted")]
    telling.followed.judge()
    telling.pass_(hours=1)
    assert telling.send().untold == 0
    assert telling.followed.kinds().count("TOLD") == 2
    assert len(telling.channels[0].sent) == 2


class TestAnotherWay:
    pytestmark = one_database

    def test_who_is_not_on_whatsapp_gets_an_sms_in_the_next_round(self, telling: Telling) -> None:
        telling.channels[0].answers = [failure(Fault.ADDRESS)] * 2
        telling.send()
        assert telling.states() == [("warning", "wa", "failed")]
        telling.send()
        assert telling.states() == [("warning", "wa", "failed"), ("warning", "sms", "accepted")]

    def test_an_address_that_no_channel_reaches_is_wrong_and_paper_is_left(
        self, telling: Telling
    ) -> None:
        for one in telling.channels:
            one.answers = [failure(Fault.ADDRESS)] * 2
        for _ in range(3):
            telling.send()
        assert telling.states()[-1] == ("warning", "-paper", "waiting")
        with reading(telling.followed.engine) as connection:
            found = contacts.find(connection, nip=nip(PERSON))
            assert contacts.count_wrong(connection) == [(OFFICE, 2)]
        assert [(one.state, one.state_why) for one in found] == [("wrong", "sms: it said address")]

    def test_who_refuses_messages_gets_paper_and_no_message(self, telling: Telling) -> None:
        with writing(telling.followed.engine) as connection:
            contacts.mark(
                connection, (nip(PERSON), None), kind="phone", state="refused", why="x",
                now=telling.now,
            )  # fmt: skip
        telling.send()
        assert telling.states() == [("warning", "-paper", "waiting")]
        assert telling.texts() == []

    def test_an_sms_follows_where_nobody_tells_that_whatsapp_arrived(
        self, telling: Telling
    ) -> None:
        telling.send()
        telling.pass_(hours=3)
        telling.send()
        assert len(telling.states()) == 1
        telling.pass_(hours=1)
        telling.send()
        assert telling.states()[1:] == [("warning", "sms", "accepted")]
        telling.pass_(hours=24)
        telling.send()
        assert len(telling.states()) == 2
        assert telling.followed.kinds().count("TOLD") == 2

    def test_no_sms_follows_what_arrived(self, telling: Telling) -> None:
        telling.send()
        self._receive(telling, "delivered")
        telling.pass_(hours=5)
        telling.send()
        assert telling.states() == [("warning", "wa", "delivered")]

    def test_an_sms_that_waits_is_dropped_once_whatsapp_arrived(self, telling: Telling) -> None:
        telling.send()
        telling.channels[1].answers = [failure(Fault.LATER)] * 2
        telling.pass_(hours=4)
        telling.send()
        self._receive(telling, "read")
        telling.pass_(hours=1)
        telling.send()
        assert telling.states() == [("warning", "wa", "read"), ("warning", "sms", "dropped")]

    def test_what_failed_after_it_was_taken_goes_another_way(self, telling: Telling) -> None:
        telling.send()
        self._receive(telling, "failed", fault="address")
        telling.pass_(minutes=1)
        telling.send()
        assert telling.states() == [("warning", "wa", "failed"), ("warning", "sms", "accepted")]

    def _receive(self, telling: Telling, state: str, fault: str = "") -> None:
        row = telling.rows()[0]
        told = Told(state, telling.now, row.provider_id, None, fault)
        with writing(telling.followed.engine) as connection:
            receipts.take(connection, "wa", [told], state.encode(), telling.now)


class TestFaults:
    pytestmark = one_database

    def test_a_gateway_that_is_away_is_tried_again_ever_later_and_then_another(
        self, telling: Telling
    ) -> None:
        telling.settings["tries"] = 3
        telling.channels[0].answers = [failure(Fault.LATER)] * 6
        for minutes in (0, 1, 2, 2, 2, 2, 2, 2, 2):
            telling.pass_(minutes=minutes)
            telling.send()
        assert telling.states() == [("warning", "wa", "failed"), ("warning", "sms", "accepted")]
        assert telling.rows()[0].tries == 3

    def test_a_gateway_is_heard_when_it_says_how_long_to_wait(self, telling: Telling) -> None:
        telling.channels[0].answers = [failure(Fault.LATER, 1_200.0)]
        telling.send()
        telling.pass_(minutes=19)
        assert telling.send().outcomes == {("wa", "accepted"): 1}
        telling.pass_(minutes=1)
        assert telling.send().outcomes == {("wa", "accepted"): 1}

    def test_an_account_at_its_end_stops_the_channel_and_costs_no_try(
        self, telling: Telling
    ) -> None:
        wa = telling.channels[0]
        wa.answers = [failure(Fault.ACCOUNT)]
        assert telling.send().outcomes == {("wa", "account"): 1}
        telling.pass_(minutes=5)
        assert telling.send().outcomes == {}
        assert {one.tries for one in telling.rows(to=None)} == {0}
        telling.pass_(minutes=5)
        assert telling.send().outcomes == {("wa", "accepted"): 2}

    def test_a_message_without_an_answer_waits_for_a_person_for_ever(
        self, telling: Telling
    ) -> None:
        telling.channels[0].answers = [failure(Fault.UNKNOWN), failure(Fault.UNKNOWN)]
        for _ in range(3):
            telling.send()
            telling.pass_(hours=5)
        assert telling.states() == [("warning", "wa", "unknown")]
        (row,) = telling.rows()
        assert row.told_at is None
        with writing(telling.followed.engine) as connection:
            assert dispatches.settle(connection, row.id, sent=False, why="x", now=telling.now)
            assert not dispatches.settle(connection, row.id, sent=True, why="x", now=telling.now)
        telling.pass_(hours=12)
        telling.send()
        telling.send()
        assert telling.states()[1:] == [("warning", "sms", "accepted")]

    def test_a_receipt_settles_what_nobody_knew(self, telling: Telling) -> None:
        telling.channels[0].answers = [failure(Fault.UNKNOWN), failure(Fault.UNKNOWN)]
        telling.send()
        (row,) = telling.rows()
        with writing(telling.followed.engine) as connection:
            told = Told("delivered", telling.now, "wamid", row.reference)
            receipts.take(connection, "wa", [told], b"{}", telling.now)
        telling.pass_(minutes=1)
        telling.send()
        assert telling.states() == [("warning", "wa", "delivered")]
        assert telling.followed.kinds().count("TOLD") == 1


class TestReceipts:
    pytestmark = one_database

    @pytest.mark.parametrize(
        "order",
        [
            ("sent", "delivered", "read"), ("read", "delivered", "sent"), ("read",) * 3,
            ("failed", "read", "failed"), ("delivered", "failed", "read"),
        ],
    )  # fmt: skip
    def test_out_of_order_and_twice_they_come_to_the_same(self, telling: Telling, order) -> None:
        telling.send()
        (row,) = telling.rows()
        for number, state in enumerate(order * 2):
            told = Told(state, telling.now, row.provider_id, row.reference, "later")
            with writing(telling.followed.engine) as connection:
                body = str(number % len(order)).encode()
                assert receipts.take(connection, "wa", [told], body, telling.now) == 0
        (after,) = telling.rows()
        assert (after.state, after.read_at) == ("read", telling.now)
        assert after.accepted_at == row.accepted_at

    def test_one_that_is_faster_than_our_own_commit_counts(self, telling: Telling) -> None:
        def tell_first(message):
            with writing(telling.followed.engine) as connection:
                told = Told("delivered", telling.now, f"id {message.to}", None)
                assert receipts.take(connection, "wa", [told], message.to.encode(), telling.now)
            return Sent(accepted=True, provider_id=f"id {message.to}")

        telling.channels[0].answers = [tell_first, tell_first]
        telling.send()
        assert telling.states() == [("warning", "wa", "delivered")]
        assert telling.followed.kinds().count("TOLD") == 2

    def test_another_channel_cannot_speak_of_a_message(self, telling: Telling) -> None:
        telling.send()
        (row,) = telling.rows()
        with writing(telling.followed.engine) as connection:
            told = Told("read", telling.now, row.provider_id, row.reference)
            assert receipts.take(connection, "sms", [told], b"", telling.now) == 1
        assert telling.states() == [("warning", "wa", "accepted")]

    def test_a_channel_that_does_not_call_is_asked(self, telling: Telling) -> None:
        wa = telling.channels[0]
        wa.receipts_by, wa.finds = "poll", True
        telling.send()
        wa.states = {one.reference: State.DELIVERED for one in wa.sent}
        assert ask(telling.followed.engine, telling.outlets, telling.now) == 2
        assert telling.states() == [("warning", "wa", "delivered")]


class TestCutOff:
    pytestmark = one_database

    @pytest.mark.parametrize("taken", [False, True])
    def test_a_message_that_was_cut_off_is_never_sent_again(self, telling: Telling, taken) -> None:
        self._crash(telling, taken)
        assert telling.states() == [("warning", "wa", "sending")]
        telling.pass_(minutes=1)
        telling.send()
        assert telling.states() == [("warning", "wa", "sending")]
        telling.pass_(minutes=5)
        telling.send()
        assert telling.states() == [("warning", "wa", "unknown")]
        assert len(telling.texts()) == taken

    @pytest.mark.parametrize("taken", [False, True])
    def test_a_gateway_that_knows_our_reference_is_asked(self, telling: Telling, taken) -> None:
        wa = telling.channels[0]
        wa.finds = True
        self._crash(telling, taken)
        wa.away = True
        telling.pass_(seconds=GRACE.total_seconds())
        telling.send()
        assert telling.states() == [("warning", "wa", "sending")]
        wa.away = False
        telling.send()
        assert telling.states() == [("warning", "wa", "accepted")]
        assert len(telling.texts()) == 1
        assert telling.rows()[0].told_at is not None

    def _crash(self, telling: Telling, taken: bool) -> None:
        wa = telling.channels[0]

        def crash(message):
            if taken:
                wa.sent.append(message)
            raise Crash

        order = []
        wa.answers = [lambda message: order.append(message.to) or crash(message)]
        with pytest.raises(Crash):
            telling.send()
        if order != [PHONE[PERSON]]:  # the other one was first
            wa.answers = [crash]
            with pytest.raises(Crash):
                telling.send()


class TestTimes:
    pytestmark = one_database

    def test_nothing_goes_out_at_night_or_on_days_off(self, telling: Telling) -> None:
        telling.pass_(hours=8)  # Thursday, 17:00
        assert telling.send().outcomes == {}
        telling.pass_(hours=14, minutes=29)
        assert telling.send().outcomes == {}
        telling.pass_(minutes=1)
        assert telling.send().outcomes == {("wa", "accepted"): 2}

    def test_a_friday_evening_waits_for_monday(self, telling: Telling) -> None:
        telling.pass_(days=1, hours=9)
        telling.send()
        (row,) = telling.rows()
        assert f"{row.not_before.astimezone(telling.now.tzinfo):%a %H:%M}" == "Mon 07:30"

    def test_the_clock_is_that_of_the_persons_office(self, telling: Telling) -> None:
        telling.settings |= {"hours": "09:30-17:00", "zones": {OFFICE: "Asia/Jayapura"}}
        assert telling.send().outcomes == {("wa", "accepted"): 2}

    def test_what_was_planned_by_day_and_comes_too_late_waits(self, telling: Telling) -> None:
        telling.channels[0].answers = [failure(Fault.LATER, 9 * 3_600.0)]
        telling.send()
        telling.send()
        telling.pass_(hours=9)
        telling.send()
        known = telling.rows(to=None)
        (late,) = [one for one in known if (one.channel, one.state) == ("wa", "waiting")]
        assert late.not_before - telling.now == timedelta(hours=13, minutes=30)

    def test_a_restart_counts_on_within_the_minute_and_the_day(self, telling: Telling) -> None:
        telling.per_minute = 1
        assert telling.send().outcomes == {("wa", "accepted"): 1}
        telling.pass_(seconds=59)
        assert telling.send().outcomes == {}
        telling.per_minute, telling.per_day = 10, 1
        telling.pass_(hours=5)
        telling.settings["fallback_hours"] = 100
        assert telling.send().outcomes == {}
        telling.pass_(hours=19)
        assert telling.send().outcomes == {("wa", "accepted"): 1}


class TestOvertaken:
    pytestmark = one_database

    def test_who_was_not_warned_need_not_be_told_that_it_was_withdrawn(
        self, telling: Telling
    ) -> None:
        telling.pass_(hours=9)
        telling.send()
        self._withdraw(telling)
        telling.pass_(hours=15)
        telling.send()
        assert telling.states() == [
            ("warning", "wa", "dropped"), ("withdrawn", "-none", "dropped"),
        ]  # fmt: skip
        assert telling.channels[0].sent == []

    def test_who_was_warned_is_told_that_it_was_withdrawn(self, telling: Telling) -> None:
        telling.send()
        self._withdraw(telling)
        telling.send()
        assert telling.states() == [
            ("warning", "wa", "accepted"), ("withdrawn", "wa", "accepted"),
        ]  # fmt: skip
        assert "ditarik" in telling.texts()[1]

    def test_who_may_have_been_warned_is_told_too(self, telling: Telling) -> None:
        telling.channels[0].answers = [failure(Fault.UNKNOWN)] * 2
        telling.send()
        telling.send()
        self._withdraw(telling)
        telling.send()
        assert telling.states()[1:] == [("withdrawn", "wa", "accepted")]

    def _withdraw(self, telling: Telling) -> None:
        telling.followed.punch(PERSON, MONDAY)
        telling.followed.judge()
        telling.followed.round()
        assert telling.followed.kinds()[-1] == "WITHDRAWN"


class TestStorm:
    pytestmark = one_database

    def test_a_mass_waits_for_a_person_and_other_notices_do_not(self, telling: Telling) -> None:
        telling.send()  # one warning before the mass
        self._storm(telling)
        telling.followed.punch(PERSON, MONDAY)
        telling.followed.judge()
        telling.followed.round()
        telling.send()
        assert telling.states()[-1] == ("withdrawn", "wa", "accepted")
        assert telling.states(3) == [("warning", "wa", "held")]
        assert self._warned(telling) == 1
        with reading(telling.followed.engine) as connection:
            (storm,) = storms.find(connection)
            mass = storms.mass(connection, storm.number)
        assert (storm.state, storm.warnings) == ("held", 4)
        assert mass["offices"] == {OFFICE: 3}
        assert set(mass["days"].values()) == {3}

    def test_what_a_person_lets_go_goes_and_is_no_new_mass(self, telling: Telling) -> None:
        self._storm(telling)
        telling.send()
        telling.pass_(minutes=1)
        with writing(telling.followed.engine) as connection:
            dispatches.let_go(connection, 1, telling.now)
            storms.settle(connection, 1, state="released", who="Ani", why="benar", now=telling.now)
        telling.pass_(minutes=1)
        telling.send()
        assert telling.states(3) == [("warning", "wa", "accepted")]
        assert self._warned(telling) == 4
        with reading(telling.followed.engine) as connection:
            assert storms.find_held(connection) is None

    def test_three_runs_of_one_warning_each_are_a_mass_too(self, telling: Telling) -> None:
        telling.settings |= {"storm_least": 3, "storm_percent": 1}
        telling.send()
        for person in (3, 4):
            telling.followed.person(person)
            telling.reach(person)
            telling.followed.judge(MONDAY, *(MONDAY + timedelta(days=n) for n in (1, 2)))
            telling.followed.round()
            telling.send()
            telling.pass_(minutes=1)
        assert telling.states(3) == [("warning", "wa", "accepted")]
        assert telling.states(4) == [("warning", "wa", "held")]

    def _storm(self, telling: Telling) -> None:
        telling.settings |= {"storm_least": 3, "storm_percent": 50}
        for person in (3, 4, 5):
            telling.followed.person(person)
            telling.reach(person)
        telling.followed.judge(MONDAY, *(MONDAY + timedelta(days=n) for n in (1, 2)))
        telling.followed.round()
        telling.send()

    def _warned(self, telling: Telling) -> int:
        return sum("data presensi Saudara" in one.text for one in telling.channels[0].sent)


@one_database
def test_a_text_that_may_not_go_out_waits_for_an_admin(telling: Telling, tmp_path) -> None:
    own = tmp_path / "texts"
    own.mkdir()
    telling.settings["templates"] = str(own)
    (own / "warning.txt.j2").write_text(
        "{% if jumlah_hari == 3 and nama == 'Orang 2' %}sanksi{% else %}baik{% endif %}"
    )
    telling.settings["storm_least"] = 50
    telling.send()
    (row,) = telling.rows()
    assert (row.state, row.fault) == ("waiting", "text")
    assert 'the word "sanksi"' in row.failure
    assert telling.texts() == []
    (own / "warning.txt.j2").write_text("Yth. {{ nama }}, mohon hubungi atasan.")
    telling.pass_(hours=1)
    telling.send()
    assert telling.texts() == ["Yth. Orang 2, mohon hubungi atasan."]


@one_database
def test_without_any_channel_nothing_is_chosen(telling: Telling) -> None:
    telling.channels = ()
    telling.send()
    assert telling.rows(to=None) == []


@one_database
def test_mail_is_tried_where_there_is_no_number(telling: Telling) -> None:
    telling.channels = (Pigeon("wa"), Pigeon("surel", Kind.MAIL, tells=""))
    with writing(telling.followed.engine) as connection:
        contacts.mark(
            connection, (nip(PERSON), None), kind="phone", state="wrong", why="x",
            now=telling.now,
        )  # fmt: skip
        contacts.add(
            connection, (nip(PERSON), None), kind="mail", value="a@b.go.id", source="x",
            now=telling.now,
        )  # fmt: skip
    telling.send()
    assert telling.states() == [("warning", "surel", "accepted")]
    assert telling.channels[1].sent[0].subject == "Pemberitahuan data presensi"
