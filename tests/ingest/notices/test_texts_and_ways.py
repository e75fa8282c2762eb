"""The thinking of notices: which way, when, how many, and what a text may say."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ConfigError
from ingest.notify import forbidden, templates
from ingest.notify.base import Kind
from ingest.notify.guard import Guard
from ingest.notify.quiet import Window
from ingest.notify.routing import PAPER, Choice, Done, Tried, Wait, Way, choose, is_wrong
from ingest.notify.settings import Notify, check
from ingest.notify.templates import SAMPLE, WHATS, TextUnfit, Values

ZONE = ZoneInfo("Asia/Makassar")
CONFIG = Path("/etc/hadir/ingest.toml")
NOW = datetime(2026, 3, 5, 9, tzinfo=ZONE)
HOURS = timedelta(hours=4)
WAYS = (
    Way("wa", Kind.WHATSAPP, True), Way("sms", Kind.SMS, False), Way("surel", Kind.MAIL, False),
)  # fmt: skip
BOTH = {"phone": "628111", "mail": "a@b"}


def tried(channel: str, state: str, fault: str = "", *, ago: int = 0) -> Tried:
    return Tried(channel, state, fault, NOW - timedelta(hours=ago) if state == "accepted" else None)


@pytest.mark.parametrize(
    ("before", "follows"),
    [
        ((), Choice("wa", "628111")),
        ((tried("wa", "waiting"),), Wait),
        ((tried("wa", "held"),), Wait),
        ((tried("wa", "sending"),), Wait),
        ((tried("wa", "unknown"),), Wait),
        ((tried("wa", "accepted", ago=3),), Wait),
        ((tried("wa", "accepted", ago=4),), Choice("sms", "628111")),
        ((tried("wa", "delivered"),), Done),
        ((tried("wa", "failed", "address"),), Choice("sms", "628111")),
        ((tried("wa", "failed", "content"),), Choice("sms", "628111")),
        ((tried("wa", "failed"), tried("sms", "accepted")), Done),
        ((tried("wa", "failed"), tried("sms", "failed")), Choice("surel", "a@b")),
        ((tried("wa", "failed"), tried("sms", "failed"), tried("surel", "failed")),
         Choice(PAPER, "")),
        ((tried("wa", "accepted", ago=9), tried("sms", "failed"), tried("surel", "failed")), Done),
        ((tried(PAPER, "waiting"),), Done),
        ((tried("wa", "dropped"),), Done),
    ],
)  # fmt: skip
def test_what_follows(before, follows) -> None:
    found = choose(WAYS, BOTH, before, now=NOW, fallback_after=HOURS)
    assert found == follows if isinstance(follows, Choice) else isinstance(found, follows)


def test_a_number_is_wrong_when_every_channel_that_takes_it_says_so() -> None:
    wa, sms = tried("wa", "failed", "address"), tried("sms", "failed", "address")
    assert is_wrong((wa,), WAYS) is None
    assert is_wrong((wa, sms), WAYS) == "phone"
    assert is_wrong((tried("surel", "failed", "address"),), WAYS) == "mail"
    assert is_wrong((wa, tried("sms", "failed", "content")), WAYS) is None


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))


@given(now=MOMENTS, zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]))
def test_a_message_goes_out_in_the_hours_of_its_office_and_as_soon_as_it_may(now, zone) -> None:
    window = Window(time(7, 30), time(17), True, ZONE, {"A": ZoneInfo(zone)})
    opens = window.opens(now, "A", lambda day: None)
    here = opens.astimezone(ZoneInfo(zone))
    assert opens >= now
    assert time(7, 30) <= here.time() < time(17)
    assert here.weekday() <= 4
    assert window.opens(opens, "A", lambda day: None) == opens
    assert opens == now or here.time() == time(7, 30)


def test_a_holiday_of_the_office_is_no_day_to_write() -> None:
    window = Window(time(7, 30), time(17), True, ZONE)
    opens = window.opens(NOW, "A", lambda day: day.day == 9)
    assert opens == datetime(2026, 3, 9, 7, 30, tzinfo=ZONE)


def test_a_mass_is_counted_by_number_and_by_share() -> None:
    guard = Guard(warnings=50, percent=5, least=10, hours=12)
    assert [guard.holds(n, 20_000) for n in (50, 51)] == [False, True]
    assert [guard.holds(n, 100) for n in (9, 10)] == [False, True]
    assert [guard.holds(n, 200) for n in (10, 11)] == [False, True]
    assert not guard.holds(2, 10)


class TestTexts:
    def test_those_that_ship_fit_two_short_messages(self) -> None:
        found = templates.load(None)
        for what in WHATS:
            assert len(found.render(what, SAMPLE).text) <= 306

    @given(name=st.text(max_size=300), days=st.integers(0, 400))
    def test_whatever_a_name_holds_is_text_and_nothing_more(self, name: str, days: int) -> None:
        words = forbidden.load(None)
        made = templates.Templates(
            {"warning": "{{ nama }}:{{ jumlah_hari }}"},
            {"warning": templates.About("x", variables=("nama",))},
            words,
        )
        values = Values(name, days, "", "", "")
        if words.faults(f"{name}:{days}", but=[name]):
            with pytest.raises(TextUnfit, match="as long as a NIP"):
                made.render("warning", values)
            return
        found = made.render("warning", values)
        plain = " ".join(" ".join(name.split())[:200].split())
        assert found.text == f"{plain}:{days}".strip()

    @pytest.mark.parametrize(
        "text",
        [
            "198609262015051001",
            "19860926 201505 1 001",
            "1986.0926.2015.0510.01",
            "6403-0123-4567-8901",
        ],
    )  # fmt: skip
    def test_a_number_of_a_person_is_seen_however_it_is_parted(self, text: str) -> None:
        assert forbidden.load(None).faults(f"x {text} y") == ["a number as long as a NIP"]

    def test_a_phone_number_and_a_name_that_holds_a_word_are_no_fault(self) -> None:
        words = forbidden.load(None)
        assert words.faults("hubungi 0811-2345-67890, Bidang Sanksi", but=["Bidang Sanksi"]) == []
        assert words.faults("ada SANKSI") == ['the word "sanksi"']

    @pytest.mark.parametrize(
        "source",
        [
            "{% for a in nama %}{{ a }}{% endfor %}", "{{ 'x' * 999999999 }}", "{{ nama ~ nama }}",
            "{{ nama.__class__ }}", "{{ nama[0] }}", "{{ nip }}", "{% include 'x' %}",
            "{% macro a() %}{{ a() }}{% endmacro %}", "{% set a = nama %}", "{{ range(9) }}",
            "{{ nama | tojson }}", "{{ nama", "{{ " + "(" * 1_500 + "nama" + ")" * 1_500 + " }}",
            "{{ " + "not " * 300 + "nama }}", "{% if nama %}" * 150 + "x" + "{% endif %}" * 150,
            "x" * 5_000, "",
        ],
    )  # fmt: skip
    def test_a_text_that_could_run_on_or_look_around_is_refused(self, source, tmp_path) -> None:
        (tmp_path / "warning.txt.j2").write_text(source)
        with pytest.raises(ConfigError) as refused:
            templates.load(tmp_path)
        assert len(refused.value.faults) >= 1

    def test_an_office_adds_words_and_takes_none_away(self, tmp_path) -> None:
        (tmp_path / "forbidden.toml").write_text('words = ["Rahasia"]\n')
        found = forbidden.load(tmp_path)
        assert found.faults("rahasia dan sanksi") == ['the word "sanksi"', 'the word "rahasia"']

    def test_a_table_names_what_it_has_not(self, tmp_path) -> None:
        (tmp_path / "templates.toml").write_text(
            '[warning]\nsubject = "x"\nvariables = ["nip"]\n[lain]\nsubject = "x"\n'
        )
        with pytest.raises(ConfigError) as refused:
            templates.load(tmp_path)
        told = " ".join(refused.value.faults)
        assert "[lain] is no message" in told
        assert "no value 'nip'" in told


def test_settings_that_cannot_be_are_named() -> None:
    faults: list[str] = []
    assert check(Notify(hours="17:00-07:30"), CONFIG, ZONE, faults=faults) is None
    assert check(Notify(hours="x"), CONFIG, ZONE, faults=faults) is None
    assert check(Notify(zones={"A": "Mars"}), CONFIG, ZONE, faults=faults) is None
    assert [one.split(":")[0] for one in faults] == [
        "ingest.notify.hours", "ingest.notify.hours", "ingest.notify.zones",
    ]  # fmt: skip
