"""From a terminal's record to a punch that the centre takes, or to a bad record that is kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signed import Chains

from bridge.normalise import MAX_HELD, Normaliser, Read, fit_raw
from drivers.base import BadRecord, Entry, RawPunch
from ingest import wire

SERIAL = "OGT7030056062300032"
READ_AT = int(datetime(2026, 3, 3, tzinfo=UTC).timestamp())
BERLIN = ZoneInfo("Europe/Berlin")


def read(zone: str = "Asia/Makassar", read_at: int = READ_AT, after: int | None = None) -> Read:
    return Read(SERIAL, ZoneInfo(zone), "poll", read_at, after, 3)


def touch(local_time: datetime, user_id: str = "7", **changed: object) -> RawPunch:
    return RawPunch(user_id, local_time, 0, 1, "", b"raw")._replace(**changed)


def bad(kind: str = "date", raw: bytes = b"bad") -> BadRecord:
    return BadRecord(raw, kind, "no date", "7")


def normalised(entries: list[Entry], told: Read | None = None) -> list[object]:
    return [row.body for row in Normaliser(told or read()).rows(entries, 0)]


def arrives(bodies: list[object]) -> wire.DecodedBatch:
    """Send bodies over the wire; return what the centre reads."""
    return wire.decode_batch(wire.encode_batch(Chains().batch(*bodies)))


def test_a_touch_becomes_a_punch_with_its_lasting_id():
    local_time = datetime(2026, 3, 2, 7, 30, 5)
    [punch] = normalised([touch(local_time)], read(after=READ_AT - 60))
    assert punch == wire.Punch(
        id=wire.punch_id(SERIAL, "7", local_time),
        terminal=SERIAL,
        user_id="7",
        local_time=local_time,
        occurred_at=int(datetime(2026, 3, 1, 23, 30, 5, tzinfo=UTC).timestamp()),
        state=0,
        verify=1,
        work_code="",
        source="poll",
        clock_offset_s=3,
        read_at=READ_AT,
        after=READ_AT - 60,
        raw=b"raw",
    )


def test_the_claimed_time_is_not_corrected_by_the_clocks_error():
    local_time = datetime(2026, 3, 2, 7, 30)
    told = Read(SERIAL, ZoneInfo("Asia/Jayapura"), "poll", READ_AT, None, -86_400)
    [punch] = normalised([touch(local_time)], told)
    assert punch.local_time == local_time
    assert punch.occurred_at == datetime(2026, 3, 1, 22, 30, tzinfo=UTC).timestamp()


def test_parts_of_a_second_are_dropped_so_that_id_and_time_agree():
    [punch] = normalised([touch(datetime(2026, 3, 2, 7, 30, 5, 999_999, fold=1))])
    assert punch.local_time == datetime(2026, 3, 2, 7, 30, 5)
    assert not arrives([punch]).rejected


AUTUMN = int(datetime(2025, 10, 27, tzinfo=UTC).timestamp())


def instants(*clock: str, read_at: int = AUTUMN) -> list[str]:
    """Return the UTC times of local times on the day when Berlin's 02:00 to 03:00 comes twice."""
    entries: list[Entry] = [
        touch(datetime.fromisoformat(f"2025-10-26 {one}"), str(number))
        for number, one in enumerate(clock)
    ]
    bodies = normalised(entries, read("Europe/Berlin", read_at))
    return [f"{datetime.fromtimestamp(one.occurred_at, UTC):%H:%M}" for one in bodies]


def test_order_decides_which_of_the_two_repeated_hours_it_was():
    assert instants("01:59", "02:10", "02:50", "02:10", "02:50", "03:10") == [
        "23:59", "00:10", "00:50", "01:10", "01:50", "02:10",
    ]  # fmt: skip


def test_a_record_written_moments_late_stays_in_its_hour():
    assert instants("02:30:05", "02:30:01", "02:31") == ["00:30", "00:30", "00:31"]
    assert instants("02:50", "02:05", "02:04:58") == ["00:50", "01:05", "01:04"]


def test_an_hour_that_has_not_come_yet_is_not_chosen():
    read_at = int(datetime(2025, 10, 26, 0, 55, tzinfo=UTC).timestamp())
    assert instants("02:50", "02:10", read_at=read_at) == ["00:50", "00:10"]


def test_context_decides_for_the_first_new_record():
    normaliser = Normaliser(read("Europe/Berlin", AUTUMN))
    normaliser.context([touch(datetime(2025, 10, 26, 2, 50))])
    [row] = normaliser.rows([touch(datetime(2025, 10, 26, 2, 10))], 1)
    assert datetime.fromtimestamp(row.body.occurred_at, UTC).hour == 1
    assert row.index == 1


def test_an_hour_that_spring_leaves_out_is_read_with_the_offset_before():
    [punch] = normalised([touch(datetime(2026, 3, 29, 2, 30))], read("Europe/Berlin", AUTUMN))
    assert datetime.fromtimestamp(punch.occurred_at, UTC) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("year", [2000, 2038, 2099, 2106, 2133, 2229])
def test_any_year_of_a_terminals_calendar_is_a_punch(year):
    bodies = normalised([touch(datetime(year, 12, 31, 23, 59, 59))])
    assert isinstance(bodies[0], wire.Punch)
    assert not arrives(bodies).rejected


@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1), datetime(9999, 12, 31, 23), datetime(2231, 1, 1)]
)
def test_a_year_beyond_any_calendar_is_a_bad_record(moment):
    bodies = normalised([touch(moment)])
    assert isinstance(bodies[0], wire.BadRecord)
    assert bodies[0].kind == "date"
    assert str(moment.year) in bodies[0].reason
    assert not arrives(bodies).rejected


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"user_id": ""}, "user-id"),
        ({"user_id": "1" * 65}, "user-id"),
        ({"user_id": "12\x0034"}, "user-id"),
        ({"user_id": "12\n34"}, "user-id"),
        ({"user_id": "\ud800"}, "user-id"),
        ({"state": -1}, "codes"),
        ({"verify": 70_000}, "codes"),
        ({"work_code": "9" * 33}, "codes"),
        ({"work_code": "a\x00"}, "codes"),
    ],
)
def test_what_the_wire_cannot_carry_is_kept_as_a_bad_record(changed, kind):
    bodies = normalised([touch(datetime(2026, 3, 2, 7, 30), **changed)])
    [record] = bodies
    assert isinstance(record, wire.BadRecord)
    assert (record.kind, record.raw) == (kind, b"raw")
    assert arrives(bodies).batch.bad == (record,)


def test_ids_with_letters_zeros_and_eighteen_digits_are_kept_as_they_are():
    told = ["0007", "A-12", "198501012010011001", "7 7", "é"]
    bodies = normalised([touch(datetime(2026, 3, 2, 7, 30), one) for one in told])
    assert [one.user_id for one in bodies] == told
    assert not arrives(bodies).rejected


def test_a_bad_record_knows_the_good_ones_around_it():
    early, late = datetime(2026, 3, 2, 7), datetime(2026, 3, 2, 8)
    bodies = normalised([bad(raw=b"0"), touch(early), bad(raw=b"1"), bad(raw=b"2"), touch(late)])
    around = [(one.near_from, one.near_until) for one in bodies if isinstance(one, wire.BadRecord)]
    assert around == [(None, early), (early, late), (early, late)]
    assert [one.raw for one in bodies] == [b"0", b"raw", b"1", b"2", b"raw"]


def test_a_bad_record_at_the_end_of_the_log_has_no_later_neighbour():
    [_, record] = normalised([touch(datetime(2026, 3, 2, 7)), bad()])
    assert (record.near_from, record.near_until) == (datetime(2026, 3, 2, 7), None)


def test_blank_slots_at_the_end_are_not_handed_out_and_others_are():
    entries = [bad("blank"), touch(datetime(2026, 3, 2, 7)), bad("blank"), bad("blank")]
    rows = list(Normaliser(read()).rows(entries, 10))
    assert [row.index for row in rows] == [10, 11]
    assert rows[0].body.kind == "blank"


def test_a_log_of_nothing_but_bad_records_is_handed_out_in_bounded_memory():
    def endless():
        for number in range(MAX_HELD * 3):
            yield bad(raw=b"%d" % number)
            handed.append(number)

    handed: list[int] = []
    rows = Normaliser(read()).rows(endless(), 0)
    next(rows)
    assert len(handed) <= MAX_HELD
    assert sum(1 for _ in rows) == MAX_HELD * 3 - 1


def test_too_many_bytes_are_cut_and_stay_apart():
    one, other = b"x" * 2_000 + b"1", b"x" * 2_000 + b"2"
    assert len(fit_raw(one)) == wire.MAX_RAW
    assert fit_raw(one) != fit_raw(other)
    assert fit_raw(b"x" * wire.MAX_RAW) == b"x" * wire.MAX_RAW
    bodies = normalised([bad(raw=one), bad(raw=other)])
    assert bodies[0].id != bodies[1].id
    assert not arrives(bodies).rejected


def test_what_a_bad_record_tells_is_made_fit_for_the_wire():
    record = BadRecord(b"r", "k" * 30, "no\x00 date " + "x" * 600, "\ud800" * 70)
    assert not arrives(normalised([record])).rejected


texts = st.text(st.characters(), max_size=70)
touches = st.builds(
    RawPunch,
    user_id=texts,
    local_time=st.datetimes(),
    state=st.none() | st.integers(-5, 1 << 33),
    verify=st.none() | st.integers(-5, 1 << 33),
    work_code=texts,
    raw=st.binary(max_size=40),
)
records = st.builds(
    BadRecord, raw=st.binary(max_size=40), kind=texts, reason=texts, user_id=texts
).filter(lambda one: one.kind != "blank")


@given(
    st.lists(touches | records, max_size=12),
    st.sampled_from(["Asia/Makassar", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Monrovia"]),
)
def test_whatever_a_terminal_tells_reaches_the_centre(entries, zone):
    bodies = normalised(entries, read(zone))
    assert [one.raw for one in bodies] == [one.raw for one in entries]
    found = arrives(bodies)
    assert not found.rejected
    assert len(found.batch.punches) + len(found.batch.bad) == len(entries)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)), st.booleans())
def test_an_instant_shows_the_claimed_time_on_the_offices_clock(local_time, after_another):
    normaliser = Normaliser(read("Europe/Berlin", wire.MAX_MOMENT))
    if after_another:
        normaliser.context([touch(local_time + timedelta(hours=1))])
    [row] = normaliser.rows([touch(local_time)], 0)
    shown = datetime.fromtimestamp(row.body.occurred_at, BERLIN).replace(tzinfo=None, fold=0)
    claimed = row.body.local_time
    missing = datetime.fromtimestamp(claimed.replace(tzinfo=BERLIN).timestamp(), BERLIN).replace(
        tzinfo=None, fold=0
    )
    assert shown in (claimed, missing)
