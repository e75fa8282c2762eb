"""G-logs: the samples, the four layouts, and the order of day and month."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import BadRecord, RawPunch, records_digest
from drivers.errors import DriverError, FileFault, UnfitFile
from drivers.usb.codec import read_text

SAMPLES = Path(__file__).parents[1] / "samples"
SERIAL = "S260000001"
KINDS = ("usb-agl-s260.txt", "usb-glg-mdy.txt")

G1 = "No TMNo EnNo Name INOUT Mode DateTime"
G2 = "No TMNo EnNo Name GMNo Mode DateTime"
G4 = "No Mchn EnNo Name Mode IOMd DateTime"


def text(header: str, *rows: str) -> bytes:
    return "".join(
        f"{line.replace('|', '	')}\r\n" for line in (header.replace(" ", "|"), *rows)
    ).encode()


def dated(*dates: str) -> bytes:
    rows = [f"{number}|1|33|Siti A|1|2|{date}" for number, date in enumerate(dates, 1)]
    return text(G2, *rows)


def read(data: bytes, order: str = "auto", name: str = "GLG_001.TXT") -> list[RawPunch | BadRecord]:
    return list(read_text(data, SERIAL, name_hint=name, date_order=order).entries())


def times(data: bytes, order: str = "auto") -> list[datetime]:
    return [entry.local_time for entry in read(data, order)]


def refusal(data: bytes, order: str = "auto") -> UnfitFile:
    with pytest.raises(UnfitFile) as raised:
        read(data, order)
    assert str(raised.value).startswith("GLG_001.TXT: ")
    return raised.value


@pytest.mark.parametrize("name", KINDS)
def test_a_sample_decodes_to_its_sidecar(name):
    told = json.loads((SAMPLES / f"{name}.json").read_text())["decode"]
    entries = read((SAMPLES / name).read_bytes())
    assert all(isinstance(entry, RawPunch) for entry in entries)
    assert len(entries) == told["records"]
    for entry, row in ((entries[0], told["first"]), (entries[-1], told["last"])):
        assert entry.user_id == row["enno"]
        assert entry.local_time == datetime.fromisoformat(row["local_time"].replace("  ", " "))
        assert entry.verify == int(row["mode"])
        assert entry.work_code == ""
    if letters := told.get("in_out_counts"):
        states = Counter(entry.state for entry in entries)
        assert states == {0: letters["S"], 1: letters["E"], None: letters["A"]}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(lambda data: data.rstrip(b"\n"), id="no-last-end"),
        pytest.param(lambda data: data.replace(b"\n", b"\t\n"), id="trailing-tab"),
        pytest.param(lambda data: data + data[: data.index(b"\n1\t") + 1], id="head-again"),
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="utf8-bom"),
        pytest.param(lambda data: data.decode().encode("utf-16"), id="utf16"),
    ],
)
def test_what_happened_to_the_file_changes_no_punch(name, change):
    data = (SAMPLES / name).read_bytes()
    assert [e._replace(raw=b"") for e in read(change(data))] == [
        e._replace(raw=b"") for e in read(data)
    ]


@pytest.mark.parametrize("name", KINDS)
def test_a_sample_cut_anywhere_gives_its_first_rows_and_at_most_one_broken(name):
    data = (SAMPLES / name).read_bytes()[:1_800]
    whole = read(data)[:-1]
    for length in range(0, len(data), 3):
        try:
            entries = read(data[:length])
        except UnfitFile:
            continue
        good = entries[:-1]
        assert good == whole[: len(good)]


@pytest.mark.parametrize("name", KINDS)
def test_a_record_is_found_by_its_place(name):
    log = read_text((SAMPLES / name).read_bytes(), SERIAL)
    raws = [log.raw(place) for place in range(len(log))]
    assert [entry.raw for entry in log.entries()] == raws
    assert [entry.raw for entry in log.entries(7)] == raws[7:]
    assert log.digest(9) == records_digest(iter(raws[:9]))
    assert (log.claimed, log.positional) == (None, False)


def test_the_count_at_the_head_is_no_claim():
    data = (SAMPLES / "usb-agl-s260.txt").read_bytes()
    assert b"LogCount = 2873" in data
    assert read_text(data, SERIAL).claimed is None


def test_each_layout_is_read_in_its_own_way():
    first = text(G1, "7|1|00012|Siti A|0|5|2017/11/22 14:17:21")
    assert read(first) == [
        RawPunch("00012", datetime(2017, 11, 22, 14, 17, 21), None, None, "",
                 b"7\t1\t00012\t\t0\t5\t2017/11/22 14:17:21")
    ]  # fmt: skip
    fourth = text(G4, "7|1|12||1|E|2017-11-22 14:17:21", "8|1|12||1|1|2017-11-22 14:17:22")
    assert [(entry.state, entry.verify) for entry in read(fourth)] == [(1, 1), (None, 1)]


def test_names_are_kept_nowhere():
    data = dated("02/25/2020 07:00:00") + b"2\t1\tSiti A\t\t1\t2\n3\tSiti A\n"
    data += b"".join(dated("02/25/2020 07:00:00").splitlines(keepends=True)[1:]) * 30
    log = read_text(data, SERIAL)
    assert "Siti" not in repr(list(log.entries()))
    assert b"Siti" not in b"".join(log.raw(place) for place in range(len(log)))


class TestTheOrderOfDates:
    def test_is_proven_by_a_day_above_12(self):
        assert times(dated("07/03/2015 07:00:00", "02/25/2020 07:00:00"))[0].month == 7
        assert times(dated("07/03/2015 07:00:00", "25/02/2020 07:00:00"))[0].month == 3
        assert times(dated("2015/07/03 07:00:00"))[0].month == 7

    @pytest.mark.parametrize("order", ["auto", "ymd"])
    def test_is_asked_for_where_nothing_proves_it(self, order):
        found = refusal(dated("07/03/2015 07:00:00", "02/05/2020 07:00:00"), order)
        assert found.fault is FileFault.DATE_ORDER
        assert "07/03/2015 07:00:00" in str(found)

    def test_is_taken_as_given_where_nothing_proves_it(self):
        data = dated("07/03/2015 07:00:00")
        assert times(data, "dmy") == [datetime(2015, 3, 7, 7)]
        assert times(data, "mdy") == [datetime(2015, 7, 3, 7)]

    @pytest.mark.parametrize("given", ["dmy", "ymd"])
    def test_is_not_taken_as_given_where_the_file_proves_another(self, given):
        found = refusal(dated("02/25/2020 07:00:00"), given)
        assert found.fault is FileFault.CONTRADICTION
        assert f"mdy and not {given}" in str(found)

    def test_cannot_be_two_in_one_file(self):
        for other in ("25/02/2020 07:00:00", "2020/02/25 07:00:00"):
            found = refusal(dated("02/25/2020 07:00:00", "02/26/2020 07:00:00", other))
            assert found.fault is FileFault.CONTRADICTION
        found = refusal(dated("2020/02/25 07:00:00", "02/03/2020 07:00:00"))
        assert found.fault is FileFault.CONTRADICTION

    def test_is_not_overthrown_by_one_damaged_date(self):
        dates = ["02/25/2020 07:00:00"] * 300
        entries = read(dated(*dates, "25/02/2020 07:00:00"))
        assert isinstance(entries[-1], BadRecord)
        assert entries[-1].kind == "date"
        assert sum(isinstance(entry, RawPunch) for entry in entries) == 300

    def test_needs_a_year_of_four_digits(self):
        assert refusal(dated("25/02/20 07:00:00")).fault is FileFault.LAYOUT


@pytest.mark.parametrize(
    ("row", "kind", "user_id"),
    [
        ("2|1|33||1|2|02/31/2020 07:00:00", "date", "33"),
        ("2|1|33||1|2|02/25/2020 24:00:00", "date", "33"),
        ("2|1|33||1|2|2020/02/25 07:00:00", "date", "33"),
        ("2|2|33||1|2|02/25/2020 07:00:00", "line", "33"),
        ("2|1|||1|2|02/25/2020 07:00:00", "user-id", ""),
        ("2|1|1,98E+17||1|2|02/25/2020 07:00:00", "user-id", ""),
        ("2|1|33||1|2|02/25/2020 07:0", "line", ""),
        ("2|1|33||1|2", "line", ""),
        ("\x00\x01", "line", ""),
    ],
)
def test_what_is_no_punch_is_kept_and_the_rest_goes_on(row, kind, user_id):
    good = dated(*["02/25/2020 07:00:00"] * 300)
    entries = read(good + row.replace("|", "\t").encode())
    assert [entry for entry in entries[:-1] if isinstance(entry, BadRecord)] == []
    bad = entries[-1]
    assert isinstance(bad, BadRecord)
    assert (bad.kind, bad.user_id) == (kind, user_id)


@pytest.mark.parametrize(
    ("data", "fault", "words"),
    [
        (text("No TMNo EnNo Name"), FileFault.LAYOUT, "columns 'no tmno enno name'"),
        (text("No EnNo Name When"), FileFault.LAYOUT, "line 1"),
        (text(G2), FileFault.EMPTY, "holds no record"),
        (text(G2, "1|1|33||1|2", "x"), FileFault.EDITED, "line 2: no row of layout G2"),
        (text(G2, "\x01\x02", "\x01"), FileFault.DAMAGED, "line 2: this is not text"),
        (
            dated("02/25/2020 07:00:00")
            + dated("02/25/2020 07:00:00").replace(b"\t1\t33", b"\t2\t33"),
            FileFault.MIXED,
            "2 different machines",
        ),
    ],
)
def test_a_file_in_doubt_is_refused_with_the_reason(data, fault, words):
    found = refusal(data)
    assert found.fault is fault
    assert words in str(found)


PIECES = (
    *(b"\t", b"\n", b"\r", b" ", b"\x00", b"\xff", b"1", b"#", b"02/25/2020 07:00:00", b"S"),
    *(b"1\t1\t33\t\t1\t2\t", b"2020-13-01 00:00:00", dated("02/25/2020 07:00:00")),
)


@given(
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=60),
    st.sampled_from([G1, G2, G4]),
    st.sampled_from(["auto", "dmy", "mdy", "ymd"]),
)
def test_any_bytes_are_read_or_refused(pieces, header, order):
    data = text(header) + b"".join(pieces)
    try:
        log = read_text(data, SERIAL, date_order=order)
    except DriverError:
        return
    entries = list(log.entries())
    assert [entry.raw for entry in entries] == [log.raw(place) for place in range(len(log))]
    assert all(0 < len(entry.raw) <= 1_024 for entry in entries)
