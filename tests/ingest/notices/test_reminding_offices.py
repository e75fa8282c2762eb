"""Offices are asked once a month for numbers that work: how many people, and by which command."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert
from told import Pigeon, failure

from ingest.days import Settings
from ingest.jobs.remind_offices import NotTaken, remind, remind_offices
from ingest.jobs.work import Work
from ingest.notify.base import Fault, Kind
from ingest.notify.outlets import Outlet
from ingest.notify.registry import ChannelConfig
from ingest.notify.room import room
from ingest.notify.settings import usual
from ingest.store import audit, contacts, dispatch_rows, tables
from ingest.store.database import open_engine, reading, writing
from ingest.store.unreachable import Unreachable, count_unreachable, find_missing

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # Monday, half past nine in Makassar
SINCE = date(2026, 1, 1)
ZONE = ZoneInfo("Asia/Makassar")


def nip(number: int) -> str:
    return f"1986092620150510{number:02}"


class Centre:
    """Office A: one good number, one that reaches nobody, one refused, two without. B: one."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.now, self.mail = engine, NOW, Pigeon("surel", Kind.MAIL, tells="")
        self.per_minute, self.per_day = 20, 1_000
        with writing(engine) as connection:
            connection.execute(
                insert(tables.offices),
                [{"code": one, "name": f"Dinas {one}", "scheme": "5-hari"} for one in "AB"],
            )
            for number, office in enumerate("AAAAAB", 1):
                row = {"id": number, "nip": nip(number), "name": f"P{number}", "kind": "PNS"}
                connection.execute(insert(tables.people).values(row))
                served = {"person_id": number, "office": office, "valid_from": SINCE}
                connection.execute(insert(tables.assignments).values(served))
            for number, state in (
                (1, "wrong"),
                (1, "good"),
                (2, "wrong"),
                (3, "refused"),
                (3, "wrong"),
            ):
                self.phone(connection, number, f"62811{number}{len(state)}", state)
            self.box(connection, "A", "a@example.go.id")

    def phone(self, connection: Any, number: int, value: str, state: str) -> None:
        contacts.add(
            connection, (nip(number), None), kind="phone", value=value, source="tes", state=state,
            now=NOW,
        )  # fmt: skip

    def box(self, connection: Any, office: str, value: str) -> None:
        contacts.add(
            connection, (None, office), kind="mail", value=value, source="tes", post="Operator",
            now=NOW,
        )  # fmt: skip

    @property
    def work(self) -> Work:
        return Work(self.engine, Settings(ZONE), lambda: self.now, 40, timedelta(minutes=30))

    def round(self) -> int:
        return remind(self.work, [Outlet(self.mail, self.per_minute, self.per_day)])

    def lines(self) -> list[tuple[str, str, Any]]:
        with reading(self.engine) as connection:
            return [(one.what, one.subject, one.details) for one in audit.find(connection)]


@pytest.fixture
def engine(database_url: str) -> Any:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def centre(engine: Engine) -> Centre:
    return Centre(engine)


def test_people_count_who_have_no_number_that_works(centre: Centre) -> None:
    with reading(centre.engine) as connection:
        found = count_unreachable(connection, date(2026, 3, 2))
        assert found == {"A": Unreachable(wrong=1, missing=2), "B": Unreachable(0, 1)}
        assert [one.name for one in find_missing(connection, date(2026, 3, 2), "A")] == ["P4", "P5"]
        assert count_unreachable(connection, date(2025, 3, 2)) == {}


one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


@one_database
def test_an_office_is_asked_by_its_mail_box_with_counts_and_a_command(centre: Centre) -> None:
    assert centre.round() == 1
    (mail,) = centre.mail.sent
    assert mail.to == "a@example.go.id"
    assert "3 pegawai Dinas A belum mempunyai nomor" in mail.text
    assert "- 1 pegawai: pesan ke nomor yang tercatat tidak sampai" in mail.text
    assert "- 2 pegawai: belum ada nomor" in mail.text
    assert "hadir-ingest contacts wrong --office A --missing" in mail.text
    assert "Maret 2026" in mail.text
    for private in ("P2", "P4", "1986", "62811"):
        assert private not in mail.text + mail.subject
    assert centre.lines() == [
        ("contacts.remind", "office A", {"people": 3, "outcome": "asked", "channel": "surel"})
    ]


@one_database
def test_it_is_asked_once_a_month_and_again_in_the_next(centre: Centre) -> None:
    assert [centre.round() for _ in range(3)] == [1, 0, 0]
    centre.now += timedelta(days=29)  # 31 March
    assert centre.round() == 0
    centre.now += timedelta(days=1)
    assert centre.round() == 1


@one_database
def test_what_the_server_cannot_take_is_tried_in_the_next_round(centre: Centre) -> None:
    centre.mail.answers = [failure(Fault.LATER), failure(Fault.ACCOUNT)]
    for _ in range(2):
        with pytest.raises(NotTaken, match="office A cannot be asked"):
            centre.round()
    assert centre.lines() == []
    assert centre.round() == 1


@one_database
def test_a_box_that_takes_nothing_keeps_no_other_office_from_being_asked(centre: Centre) -> None:
    with writing(centre.engine) as connection:
        centre.box(connection, "B", "b@example.go.id")
    centre.mail.answers = [failure(Fault.LATER)]
    with pytest.raises(NotTaken, match="it said later"):
        centre.round()
    assert len(centre.mail.sent) == len(centre.lines()) == 1
    assert centre.round() == 1


@one_database
def test_each_hour_begins_with_another_office_and_has_patience_with_three(centre: Centre) -> None:
    with writing(centre.engine) as connection:
        for office, number in zip("CDEF", range(7, 11), strict=True):
            values = {"code": office, "name": f"Dinas {office}", "scheme": "5-hari"}
            connection.execute(insert(tables.offices).values(values))
            row = {"id": number, "nip": nip(number), "name": f"P{number}", "kind": "PNS"}
            connection.execute(insert(tables.people).values(row))
            served = {"person_id": number, "office": office, "valid_from": SINCE}
            connection.execute(insert(tables.assignments).values(served))
            centre.box(connection, office, f"{office}@example.go.id")
    first = set()
    for _ in range(5):
        centre.mail.answers = [failure(Fault.LATER)] * 5
        with pytest.raises(NotTaken) as caught:
            centre.round()
        assert len(centre.mail.answers) == 2
        first.add(str(caught.value).split()[1])
        centre.now += timedelta(hours=1)
    assert first == set("ACDEF")


@one_database
@pytest.mark.parametrize("fault", [Fault.UNKNOWN, Fault.CONTENT, Fault.ADDRESS])
def test_what_may_have_been_sent_or_never_will_be_is_not_tried_again(
    centre: Centre, fault: Fault
) -> None:
    centre.mail.answers = [failure(fault)]
    assert [centre.round(), centre.round()] == [1, 0]
    assert centre.mail.sent == []
    assert centre.lines()[0][2]["outcome"] == fault.value
    with reading(centre.engine) as connection:
        box = contacts.in_use(connection, [(None, "A")])[None, "A"]["mail"]
    assert box.state == ("wrong" if fault is Fault.ADDRESS else "good")


@one_database
def test_no_more_are_asked_in_a_round_than_the_server_takes_in_a_minute(centre: Centre) -> None:
    with writing(centre.engine) as connection:
        centre.box(connection, "B", "b@example.go.id")
    centre.per_minute = 1
    asked = []
    for _ in range(4):
        asked.append(centre.round())
        centre.now += timedelta(seconds=40)
    assert asked == [1, 0, 1, 0]
    assert {one.to for one in centre.mail.sent} == {"a@example.go.id", "b@example.go.id"}


@one_database
def test_what_offices_are_asked_counts_against_the_cap_of_the_day(centre: Centre) -> None:
    with writing(centre.engine) as connection:
        centre.box(connection, "B", "b@example.go.id")
    centre.per_day = 1
    outlet = Outlet(centre.mail, centre.per_minute, centre.per_day)
    assert centre.round() == 1
    centre.now += timedelta(hours=23)
    with reading(centre.engine) as connection:
        assert room(connection, outlet, centre.now) == 0  # for who must be told, too
    assert centre.round() == 0
    centre.now += timedelta(hours=1)
    assert centre.round() == 1


@one_database
def test_what_waits_to_be_told_goes_before_what_offices_are_asked(
    centre: Centre, monkeypatch: Any
) -> None:
    waiting = [SimpleNamespace(channel="surel"), SimpleNamespace(channel="wa")]
    monkeypatch.setattr(dispatch_rows, "find_waiting", lambda *_: waiting)
    centre.per_day = 1
    assert centre.round() == 0
    centre.per_day = 2
    assert centre.round() == 1


@one_database
@pytest.mark.parametrize(
    ("at", "day", "drivers", "asks"),
    [
        ("2026-03-02 01:30", 1, ("fonnte", "mail"), True),
        ("2026-03-02 01:30", 3, ("fonnte", "mail"), False),  # not yet that day
        ("2026-03-02 01:30", 0, ("fonnte", "mail"), False),  # never
        ("2026-03-02 01:30", 1, ("mail",), False),  # nobody needs a number here
        ("2026-03-02 01:30", 1, ("fonnte",), False),  # and nothing can be mailed
        ("2026-03-01 01:30", 1, ("fonnte", "mail"), False),  # a Sunday
        ("2026-03-02 12:30", 1, ("fonnte", "mail"), False),  # half past eight in the evening
    ],
)
def test_offices_are_asked_in_their_hours_from_a_day_of_the_month_on(
    centre: Centre, monkeypatch: Any, at: str, day: int, drivers: tuple[str, ...], asks: bool
) -> None:
    channels = tuple(ChannelConfig(one, one, 20, 1_000, None) for one in drivers)
    monkeypatch.setattr(
        ChannelConfig, "open", lambda one: centre.mail if one.driver == "mail" else None
    )
    centre.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    told = replace(usual(ZONE), remind_day=day)
    remind_offices(replace(centre.work, channels=channels, notify=told))
    assert bool(centre.mail.sent) is asks
