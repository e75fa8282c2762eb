import json
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import BadRecord, RawPunch, records_digest
from drivers.errors import DriverError, FileFault, UndecidableLog, UnfitFile
from drivers.usb.codec import read_text

TESTS = Path(__file__).parents[1]
SERIAL = "A6DG190960001"
SAMPLES = sorted((TESTS / "samples").glob("usb-attlog-*.dat"))
CAPTURES = sorted((TESTS / "captures").glob("usb-attlog-*.dat"))

CLASSIC = (
    b"        8\t2024-02-27 16:40:20\t1\t255\t1\t0\n"
    b"        9\t2024-02-27 17:56:49\t1\t0\t15\t0\n"
    b"       12\t2024-02-28 06:52:59\t1\t1\t4\t7\n"
)
FIRST = CLASSIC.splitlines(keepends=True)[0]


def read(data: bytes, name: str = "") -> list[RawPunch | BadRecord]:
    return list(read_text(data, SERIAL, name_hint=name).entries())


def only_bad(data: bytes) -> BadRecord:
    """The one bad record of a file whose other lines are CLASSIC."""
    bad = [entry for entry in read(data) if isinstance(entry, BadRecord)]
    assert len(bad) == 1
    assert len(read(data)) == 4
    return bad[0]


def test_reads_samples_and_captures():
    assert len(SAMPLES) == 6
    assert len(CAPTURES) == 2


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_decodes_to_its_sidecar(path):
    told = json.loads(path.with_name(path.name + ".json").read_text())["decode"]
    entries = read(path.read_bytes())
    assert all(isinstance(entry, RawPunch) for entry in entries)
    assert len(entries) == told["records"]
    for entry, row in ((entries[0], told["first"]), (entries[-1], told["last"])):
        assert entry.user_id == row["pin"]
        assert entry.local_time == datetime.fromisoformat(row["local_time"])
        assert (entry.state, entry.verify) == (row["status"], row["verify"])
        assert entry.work_code == row["workcode"].strip("0")
    for key, column in (("status_counts", "state"), ("verify_counts", "verify")):
        if key in told:
            values = Counter(str(getattr(entry, column)) for entry in entries)
            assert values == told[key]
    backwards = [
        row
        for row, (before, after) in enumerate(pairwise(entries), 2)
        if after.local_time < before.local_time
    ]
    assert backwards == told.get("backward_steps_at_rows", [])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_record_keeps_its_line(path):
    log = read_text(path.read_bytes(), SERIAL)
    lines = path.read_bytes().splitlines()
    assert [log.raw(place) for place in range(len(log))] == lines
    assert log.digest(len(log)) == records_digest(iter(lines))
    assert log.digest(3) == records_digest(iter(lines[:3]))


@pytest.mark.parametrize("path", [*SAMPLES, *CAPTURES], ids=lambda path: path.stem)
def test_a_sample_cut_anywhere_gives_its_first_rows_and_at_most_one_broken(path):
    """A stick pulled out too early, and bytes behind the last row: no other row changes."""
    lines = path.read_bytes().splitlines(keepends=True)[:20]
    before, last = b"".join(lines[:-1]), lines[-1]
    *whole, end = read(before + last)
    for length in range(1, len(last)):
        entries = read(before + last[:length])
        assert entries[: len(whole)] == whole
        for torn in entries[len(whole) :]:
            assert torn._replace(raw=b"") == end._replace(raw=b"") or isinstance(torn, BadRecord)
        assert len(entries) <= len(whole) + 1
    for behind in (b"\0", b"rubbish", last.strip()[:7]):
        *kept, torn = read(before + last + behind)
        assert kept == [*whole, end]
        assert isinstance(torn, BadRecord)


def test_a_sample_of_another_machine_number_agrees_with_its_file_name():
    data = (TESTS / "samples" / "usb-attlog-devno2.dat").read_bytes()
    assert len(read(data, "2_attlog.dat")) == 300


def test_reads_the_capture_with_repeats_within_a_second():
    entries = read((TESTS / "captures" / "usb-attlog-status4.dat").read_bytes())
    assert [entry.state for entry in entries].count(4) == 1
    assert len(entries) == 12


class TestANameColumn:
    DATA = (TESTS / "captures" / "usb-attlog-name-column.dat").read_bytes()

    def test_gives_user_id_time_and_state(self):
        entries = read(self.DATA)
        assert len(entries) == 10
        assert entries[0] == RawPunch(
            "9", datetime(2013, 4, 20, 9, 36, 49), 0, None, "", b"9\t\t2013-04-20 09:36:49\t1\t0"
        )

    def test_never_keeps_the_name(self):
        assert b"NAME" in self.DATA
        log = read_text(self.DATA, SERIAL)
        kept = b"".join(log.raw(place) for place in range(len(log)))
        assert b"NAME" not in kept
        assert "NAME" not in repr(list(log.entries()))

    @pytest.mark.parametrize(
        "line",
        [
            b"9\tSITI A\t2013-04-20\t1\t0",
            b"SITI A\t2013-04-20 09:36:49\t1\t0",
            b"SITI A, S.Pd\t9\t2013-04-20 09:36:49\t1\t0",
            b"SITI A",
            b"9\tSITI A\t2013-02-31 09:36:49\t1\t0",
            "9\tSITI Á\t2013-04-20 09:36:49\t1\t0\t0".encode(),
        ],
    )
    def test_keeps_no_name_of_a_broken_line_either(self, line):
        entries = read(self.DATA + line)
        assert isinstance(entries[-1], BadRecord)
        assert "SITI" not in repr(entries)
        assert "S.Pd" not in repr(entries)

    def test_names_may_be_in_any_code_page(self):
        assert read(self.DATA.replace(b"NAME01", b"\xd6\xd0\xb9\xfa"))[0].user_id == "9"


def test_unpads_the_user_id_and_keeps_leading_zeros_and_letters():
    data = CLASSIC + b"    00A12\t2024-02-28 06:53:00\t1\t0\t1\t0"
    assert [entry.user_id for entry in read(data)] == ["8", "9", "12", "00A12"]


def test_keeps_doubles_order_and_state_255():
    data = CLASSIC + FIRST
    entries = read(data)
    assert entries[0] == entries[3]
    assert entries[0].state == 255


def test_an_extract_claims_nothing():
    log = read_text(CLASSIC, SERIAL)
    assert (log.serial, log.claimed, log.positional) == (SERIAL, None, False)


def test_a_work_code_of_zero_is_none():
    assert [entry.work_code for entry in read(CLASSIC)] == ["", "", "7"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(lambda data: data.replace(b"\n", b"\r"), id="cr"),
        pytest.param(lambda data: data.replace(b"\n", b"\r\r\n"), id="cr-crlf"),
        pytest.param(lambda data: data.rstrip(b"\n"), id="no-last-end"),
        pytest.param(lambda data: b"\n" + data + b"\n \n", id="blank-lines"),
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="utf8-bom"),
        pytest.param(lambda data: data.decode().encode("utf-16"), id="utf16"),
        pytest.param(lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"), id="utf16-be"),
    ],
)
def test_what_an_editor_did_to_the_file_changes_no_record(change):
    assert change(CLASSIC) != CLASSIC
    assert read(change(CLASSIC)) == read(CLASSIC)


def test_an_impossible_date_is_one_bad_record():
    bad = only_bad(CLASSIC + b"        8\t2024-02-30 16:40:20\t1\t255\t1\t0\n")
    assert bad == BadRecord(
        b"        8\t2024-02-30 16:40:20\t1\t255\t1\t0",
        "date",
        "there is no such date and time: 2024-02-30 16:40:20",
        "8",
    )


@pytest.mark.parametrize("date", [b"27/02/2024 16:40", b"", b"2024-02-27T16:40:20"])
def test_a_date_that_is_none_is_one_bad_record(date):
    bad = only_bad(CLASSIC + b"        8\t" + date + b"\t1\t255\t1\t0\n")
    assert (bad.kind, bad.user_id) == ("date", "8")
    assert "column 2" in bad.reason


@pytest.mark.parametrize(
    "user_id", [b"1,98E+17", b"1.98E+17", b"1E+5", b"12.0", b"12,5", b"1.98e+17"]
)
def test_a_user_id_that_went_through_a_spreadsheet_is_refused(user_id):
    bad = only_bad(CLASSIC + user_id + b"\t2024-02-28 06:53:00\t1\t0\t1\t0\n")
    assert (bad.kind, bad.user_id) == ("user-id", "")
    assert "spreadsheet" in bad.reason
    assert user_id.decode() in bad.reason


@pytest.mark.parametrize("user_id", [b"", b"   ", b"1 2", b"\xff12", b"1" * 25, b"\x0112"])
def test_a_user_id_that_cannot_be_one_is_refused(user_id):
    bad = only_bad(CLASSIC + user_id + b"\t2024-02-28 06:53:00\t1\t0\t1\t0\n")
    assert (bad.kind, bad.user_id) == ("user-id", "")
    assert bad.raw.startswith(user_id)


@pytest.mark.parametrize(
    "line",
    [
        b"        8\t2024-02-27 16:40:20\t1\t25",  # the stick was pulled
        b"        8\t2024-02-27 16:40:20\t1\t255\t1\t",
        b"        8\t2024-02-27 16:40:20\t1\tC/In\t1\t0",
        b"        8\t2024-02-27 16:40:20\t1\t1000\t1\t0",
        b"        8 2024-02-27 16:40:20 1 255 1 0",
        b"\x00" * 40,
        b"PIN\tTime\tDevice\tStatus\tVerify\tWorkcode",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_broken_line_is_kept_and_the_rest_goes_on(line, first):
    bad = only_bad(line + b"\n" + CLASSIC if first else CLASSIC + line)
    assert bad.raw == line
    assert bad.kind in ("line", "date")
    assert bad.reason


def test_a_broken_line_without_end_is_cut():
    assert len(only_bad(CLASSIC + b"\x00" * 100_000).raw) == 512


def test_a_line_of_another_machine_is_nobodys():
    bad = only_bad(CLASSIC + b"        8\t2024-02-27 16:40:20\t7\t255\t1\t0\n")
    assert bad.kind == "line"
    assert "machine 7 in a file of machine 1" in bad.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "holds no line"),
        (b"\xef\xbb\xbf \r\n\r\n", "holds no line"),
        (b"\x93\x12\x00\x8a\xff\x01" * 99, "line 1: this is not text; if the terminal encrypts"),
        (b"\n\n\x93\x12\x00\x8a\xff", "line 3: this is not text"),
        (b"8,2024-02-27 16:40:20,1,255,1,0\n", "line 1: no TAB"),
        (b"8\t27/02/2024 16:40\t1\t0\t1\t0\n", "line 1: no date written YYYY-MM-DD HH:MM:SS"),
        (b"Budi\t8\t1\t2024-02-27 16:40:20\t0\n", "line 1: 5 columns in an order"),
        (CLASSIC + b"8\t2024-02-28 06:53:00\t1\t0\t0\n" * 3, "line 4: 5 columns in an order"),
        (CLASSIC + b"x\ny\n", "line 4: no TAB separates"),
        (b"\xff\xfe8", "saved as UTF-16 and is damaged"),
    ],
)
def test_a_file_in_doubt_is_refused_with_the_reason(data, reason):
    with pytest.raises(UndecidableLog) as refusal:
        read_text(data, SERIAL, name_hint="attlog.dat")
    assert str(refusal.value).startswith("attlog.dat")
    assert reason in str(refusal.value)
    assert "Budi" not in str(refusal.value)


def test_columns_of_another_order_are_refused():
    data = b"".join(
        b"%d\t2024-02-28 06:5%d:00\t%d\t0\t1\t0\n" % (number, number, number % 3)
        for number in range(9)
    )
    with pytest.raises(UndecidableLog, match="column 3 should be the machine number"):
        read(data)


def test_the_file_name_may_name_the_machine():
    assert len(read(CLASSIC, "1_attlog.dat")) == 3
    assert len(read(CLASSIC, "001_ATTLOG (2).DAT")) == 3
    with pytest.raises(UndecidableLog, match="of machine 2, but its lines say machine 1"):
        read(CLASSIC, "2_attlog.dat")


def test_the_file_name_may_name_the_terminal():
    assert len(read(CLASSIC, f"{SERIAL}_attlog.dat")) == 3
    assert len(read(CLASSIC, f"{SERIAL.lower()}_attlog.dat")) == 3
    assert len(read(CLASSIC, "DINASKESEHATAN_attlog.dat")) == 3
    with pytest.raises(UndecidableLog, match=f"NYU7244800354, not of {SERIAL}"):
        read(CLASSIC, "NYU7244800354_attlog.dat")


def test_extra_columns_of_newer_firmware_may_hold_numbers_but_no_words():
    line = b"14524\t2026-09-14 12:20:26\t1\t0\t15\t0\t0\t0\t1\t36.2\t97.1\n"
    assert read(line)[0].verify == 15
    with pytest.raises(UndecidableLog):
        read(line.replace(b"36.2", b"Siti"))


def test_user_id_and_time_alone_are_a_punch_without_codes():
    for tail in (b"", b"\t1", b"\t1\t0"):
        punch = read(b"8\t2024-02-27 16:40:20" + tail)[0]
        assert (punch.user_id, punch.state, punch.verify) == ("8", None, None)


@pytest.mark.parametrize(
    "name",
    [
        *("user.dat", "USER.DAT", "user (2).dat", "ssruser.dat", "template.dat", "template.fp10.1"),
        *("ssrface7.dat", "sms.dat", "photo.jpg", "extuser.dat"),
    ],
)
def test_a_file_of_persons_is_refused_by_its_name(name):
    with pytest.raises(UnfitFile, match="users, fingers, faces") as refusal:
        read(CLASSIC, name)
    assert refusal.value.fault is FileFault.PRIVATE


@pytest.mark.parametrize("name", ["ssrattlog.dat", "AGL_001.DAT", "GLG_001_10.TXT"])
def test_a_binary_log_is_refused(name):
    with pytest.raises(UnfitFile, match=f"^{name}") as refusal:
        read(b"\x01\x02\x03", name)
    assert refusal.value.fault is FileFault.BINARY


@pytest.mark.parametrize(
    ("data", "name", "fault"),
    [
        (b"", "", FileFault.EMPTY),
        (b"\x93\x12\x00\x8a\xff", "", FileFault.ENCRYPTED),
        (b"8,2024-02-27 16:40:20,1,255,1,0\n", "", FileFault.EDITED),
        (b"8\t27/02/2024 16:40\t1\t0\t1\t0\n", "", FileFault.EDITED),
        (b"Budi\t8\t1\t2024-02-27 16:40:20\t0\n", "", FileFault.LAYOUT),
        (b"\xff\xfe8", "", FileFault.DAMAGED),
        (CLASSIC, "2_attlog.dat", FileFault.OTHER_TERMINAL),
        (CLASSIC, "NYU7244800354_attlog.dat", FileFault.OTHER_TERMINAL),
        (CLASSIC + CLASSIC.replace(b"\t1\t", b"\t2\t"), "", FileFault.MIXED),
    ],
)
def test_a_refusal_says_why_in_a_word(data, name, fault):
    with pytest.raises(UnfitFile) as refusal:
        read(data, name)
    assert refusal.value.fault is fault


def test_its_dates_begin_with_the_year_whatever_is_said():
    assert len(read_text(CLASSIC, SERIAL, date_order="ymd")) == 3
    with pytest.raises(UnfitFile, match="not in the order dmy") as refusal:
        read_text(CLASSIC, SERIAL, date_order="dmy")
    assert refusal.value.fault is FileFault.CONTRADICTION


PIECES = (
    *(b"\t", b"\n", b"\r", b" ", b"\x00", b"\xff", b"8", b"a"),
    *(b"2024-02-27 16:40:20", b"2024-13-01 00:00:00", b"1\t0\t1\t0", FIRST),
)


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=60), st.booleans())
def test_any_bytes_are_read_or_refused_and_every_line_is_accounted_for(pieces, good):
    data = (CLASSIC * 40 if good else b"") + b"".join(pieces)
    try:
        log = read_text(data, SERIAL)
    except DriverError:
        return
    entries = list(log.entries())
    assert len(entries) == len(log)
    assert [entry.raw for entry in entries] == [log.raw(place) for place in range(len(log))]
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        lines = [line for line in data.replace(b"\r", b"\n").split(b"\n") if line.strip()]
        assert len(entries) == len(lines)
