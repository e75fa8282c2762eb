"""Excuses at the command line: given, refused, doubted, taken back, and taken from reports."""

import csv
import hashlib
import io
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

ONE, TWO = "198609262015051001", "198609262015051002"
BY = ["--why", "keperluan keluarga", "--by", "Kepala BKPSDM"]


@pytest.fixture
def sealed(staffed):
    """A staffed store with a seal and a confirmed year, on both databases."""
    return prepare(staffed)


@pytest.fixture
def quick(copied):
    """The same on SQLite alone, for what no database has to do with."""
    return prepare(copied)


def prepare(run):
    run.config.write_text(run.config.read_text() + 'seal_file = "seal.key"\n')
    run("seal", "make", "--by", "Kepala BKPSDM")
    run("calendar", "seed", "2026")
    run("calendar", "confirm", "2026")
    return run


def give(run, *more, nip=ONE, code="CT", first="2026-03-09", letter="800/12", status=0):
    letters = ["--letter", letter] if letter else []
    return run(
        "excuses", "give", "--nip", nip, "--type", code, "--from", first,
        "--approver", "Kepala Dinas", *letters, *BY, *more, code=status,
    )  # fmt: skip


def take(run, text, *more, status=0, name="laporan.csv"):
    path = str(text) if isinstance(text, Path) else run.file(name, text)
    return run("excuses", "import", path, *BY, *more, code=status)


def known(run):
    return [
        (one["nip"][-1], one["type"], one["first"], one["last"], one["worth"])
        for one in run.json("excuses", "list")
    ]


def last_act(run):
    return run.json("audit", "list")[-1]


HEAD = "NO,NIP,NAMA,DARI,SAMPAI,JENIS,NO. SURAT,PEJABAT\n"


class TestGiving:
    def test_one_is_given_listed_shown_and_taken_back(self, sealed):
        out = give(sealed, "--until", "2026-03-11").stdout
        assert "excuse 1: Cuti tahunan from 2026-03-09 to 2026-03-11" in out
        (one,) = sealed.json("excuses", "list", "--office", "A")
        assert (one["worth"], one["approver"], one["letter"]) == (
            "in force", "Kepala Dinas", "800/12",
        )  # fmt: skip
        assert sealed.json("excuses", "list", "--office", "B") == []
        act = next(one for one in sealed.json("audit", "list") if one["what"] == "excuses.give")
        assert act["subject"] == f"nip {ONE}"
        assert act["details"]["decisions"][0]["number"] == 1
        sealed("excuses", "withdraw", "1", *BY)
        shown = sealed.json("excuses", "show", "1")
        assert {row["of"] for row in shown} == {"excuse 1", "excuse 2"}
        assert [one["worth"] for one in sealed.json("excuses", "list")] == [
            "taken back", "withdrawal",
        ]  # fmt: skip
        assert "2 rows agree" in sealed("excuses", "verify").stdout
        again = sealed("excuses", "withdraw", "1", *BY, code=1).stderr
        assert "taken back already" in again

    def test_hours_of_a_day_may_stand_beside_other_hours(self, quick):
        hours = ["--from-time", "07.30", "--until-time", "10:00"]
        assert ", 07:30-10:00" in give(quick, *hours, code="I").stdout
        more = ["--from-time", "10:00", "--until-time", "11:00"]
        give(quick, *more, code="DL")
        less = ["--from-time", "09:00", "--until-time", "09:30"]
        said = give(quick, *less, code="DL", status=1).stderr
        assert said == "overlaps excuse 1 (I 07:30-10:00) on 2026-03-09\n"
        assert "on 2026-03-09" in give(quick, status=1).stderr
        assert "or none of the two" in give(quick, "--from-time", "07:30", status=2).stderr

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"first": "2026-03-02"}, "entered 8 days after its first day, 5 are usual"),
            ({"letter": ""}, "CT needs the number of a letter"),
            ({"first": "2026-03-08"}, "no working day of this person lies in it"),
            (
                {"first": "2025-12-01"},
                "nobody has confirmed the calendar of 2025; its free days may change",
            ),
            ({"first": "2025-12-01"}, "this person serves nowhere on 2025-12-01"),
            ({"first": "2027-04-01"}, "2027-04-01 lies more than a year ahead"),
        ],
    )
    def test_what_is_doubtful_needs_a_reason_that_is_kept(self, quick, options, says):
        said = give(quick, status=1, **options).stderr
        assert f"{says} (--accept-doubts)" in said
        assert known(quick) == []
        give(quick, "--accept-doubts", "dirawat di Samarinda", **options)
        (one,) = quick.json("excuses", "list")
        assert one["why"].startswith("keperluan keluarga; diterima walaupun ")
        assert one["why"].endswith(": dirawat di Samarinda")
        assert says in "; ".join(last_act_of(quick, "excuses.give")["details"]["doubts"])

    def test_three_sick_notes_of_a_day_are_three_days(self, quick):
        give(quick, code="S", first="2026-03-09")
        said = give(quick, code="S", first="2026-03-10", status=1).stderr
        assert "2 working days with what adjoins it (2026-03-09 to 2026-03-10)" in said
        assert "S lasts 1 at most" in said

    def test_what_says_the_same_is_told_and_what_was_taken_back_is_doubted(self, quick):
        give(quick)
        assert "excuse 1 says all of this already" in give(quick, status=1).stderr
        quick("excuses", "withdraw", "1", *BY)
        said = give(quick, status=1).stderr
        assert "excuse 1 said the same and was taken back" in said

    def test_misuse_is_named(self, quick):
        assert 'no type "X"' in give(quick, code="X", status=1).stderr
        assert "nobody has this NIP" in give(quick, nip=ONE[:-1] + "9", status=1).stderr
        said = give(quick, "--until", "2026-03-01", status=1).stderr
        assert "lies before the first" in said
        said = give(quick, "--until", "2036-03-01", status=1).stderr
        assert "longer than four years" in said
        hours = ["--from-time", "22:00", "--until-time", "01:00"]
        assert "write hours over midnight as two" in give(quick, *hours, status=1).stderr
        assert "no excuse 7" in quick("excuses", "show", "7", code=1).stderr

    def test_without_the_seal_nothing_is_given(self, copied):
        assert "seal" in give(copied, status=1).stderr

    def test_own_types_take_the_place_of_those_that_ship(self, quick):
        quick.file(
            "jenis.toml",
            '[RD]\nname = "Rapat dinas"\nstatus = "DUTY"\nunit = "working"\nletter = false\n'
            'mark = "L"\nsource = "kebijakan OPD"\n',
        )
        give(quick)
        quick.config.write_text(quick.config.read_text() + 'excuses_file = "jenis.toml"\n')
        (one,) = quick.json("excuses", "types")
        assert (one["code"], one["name"], one["letter"]) == ("RD", "Rapat dinas", False)
        give(quick, code="rd", letter="", nip=TWO)
        said = quick("check", code=1).stdout
        assert "1 types of excuses can be used" in said
        assert "1 excuses are of the type CT, which excuses_file does not name" in said
        assert 'no type "CT"; known are RD' in give(quick, status=1).stderr
        (quick.folder / "jenis.toml").write_text("[RD]\nname = 1\n")
        assert "jenis.toml" in quick("check", code=1).stdout
        assert "jenis.toml" in quick("excuses", "types", code=2).stderr
        assert "jenis.toml" in quick("serve", code=2).stderr


def last_act_of(run, what):
    return [one for one in run.json("audit", "list") if one["what"] == what][-1]


class TestReports:
    def test_a_report_is_taken_and_the_second_time_changes_nothing(self, sealed):
        text = (
            HEAD
            + f"1,{ONE},Satu,09/03/2026,10/03/2026,Cuti Tahunan,800/1,Kadis\n"
            + "2,19860926 201505 1 002,DUA S.Sos,9 Maret 2026,,DL ke Samarinda,800/2,Kadis\n"
        )
        out = take(sealed, text)
        assert out.stdout == "excuses: 2 new, 0 changed, 0 as before\n"
        assert known(sealed) == [
            ("1", "CT", "2026-03-09", "2026-03-10", "in force"),
            ("2", "DL", "2026-03-09", "2026-03-09", "in force"),
        ]
        assert sealed.json("excuses", "list")[1]["why"] == "keperluan keluarga: ke Samarinda"
        act = last_act_of(sealed, "excuses.import")
        digest = hashlib.sha256((sealed.folder / "laporan.csv").read_bytes()).hexdigest()
        assert (act["subject"], act["details"]["sha256"]) == ("laporan.csv", digest)
        assert [one["number"] for one in act["details"]["decisions"]] == [1, 2]
        assert take(sealed, text).stdout == "excuses: 0 new, 0 changed, 2 as before\n"
        assert len(known(sealed)) == 2
        assert "2 rows agree" in sealed("excuses", "verify").stdout

    def test_a_title_two_lines_of_header_numbers_and_a_signature_are_passed_over(self, quick):
        text = (
            "LAPORAN KEHADIRAN MANUAL,,,,,,,\nDINAS CONTOH,,,,,,,\n\n"
            "NO,NIP,NAMA,TANGGAL,,KETERANGAN,Nomor Surat,Pejabat yang menyetujui\n"
            ",,,DARI,S/D,,,\n1,2,3,4,5,6,7,8\n"
            f"1,{ONE},Satu,09-03-2026,10-03-2026,CT,800/1,Kadis\n"
            ',,,,,"Tenggarong, 10 Maret 2026",,\n,,,,,Kepala Dinas,,\n'
        )
        out = take(quick, text)
        assert known(quick) == [("1", "CT", "2026-03-09", "2026-03-10", "in force")]
        assert "lines passed over, for they name nobody and no day: 8, 9" in out.stderr

    def test_every_row_that_is_wrong_is_named_and_nothing_is_kept(self, quick):
        text = (
            HEAD
            + f"1,{ONE},Satu,09/03/2026,,CT,800/1,Kadis\n"
            + f"2,{ONE},Satu,09/03/2026,,Sakit,800/1,Kadis\n"
            + f"3,{ONE},Satu,31/02/2026,,CT,800/1,Kadis\n"
            + f"4,{ONE},Satu,10/03/26,,CT,800/1,Kadis\n"
            + "5,1234,Satu,10/03/2026,,CT,800/1,Kadis\n"
            + f"6,{ONE},Satu,10/03/2026,,jalan-jalan,800/1,Kadis\n"
            + f"7,{ONE},Satu,10/03/2026,,Cuti,800/1,Kadis\n"
            + f"8,{ONE},Satu,10/03/2026,,DL,,\n"
            + f"9,{ONE[:-1]}9,Satu,10/03/2026,,DL,800/1,Kadis\n"
        )
        said = take(quick, text, status=1).stderr
        for expected in (
            "line 3: overlaps line 2 (CT) on 2026-03-09",
            'line 4: "31/02/2026" is no day: day, month, year in this order',
            'line 5: "10/03/26" is no day',
            "line 6: the NIP has 4 digits",
            'line 7: "jalan-jalan" is no known reason',
            'line 8: "Cuti" may be CT, CB, CM, CAP, CLTN; write which',
            "line 9: names no approver",
            "line 9: DL needs the number of a letter (--accept-doubts)",
            "line 10: nobody in the store has this NIP",
            "9 fault(s), nothing imported",
        ):
            assert expected in said
        assert known(quick) == []

    def test_the_sound_rows_are_taken_and_the_rest_can_be_corrected(self, quick):
        text = (
            HEAD
            + f"1,{ONE},Satu,09/03/2026,,CT,800/1,Kadis\n"
            + f"2,{TWO},Dua,09/03/2026,,Cutti,=800/2,Kadis\n"
        )
        rest = quick.folder / "sisa.csv"
        out = take(quick, text, "--skip-doubtful", str(rest))
        assert out.stdout == "excuses: 1 new, 0 changed, 0 as before\n"
        assert "1 rows stand in" in out.stderr
        header, row = list(csv.reader(io.StringIO(rest.read_bytes().decode("utf-8-sig"))))
        assert header[-1] == "CATATAN"
        assert row[1] == "19860926 201505 1 002"
        assert row[6] == "'=800/2"
        assert '"Cutti" is no known reason' in row[-1]
        assert (
            "is there already" in take(quick, text, "--skip-doubtful", str(rest), status=1).stderr
        )
        mended = rest.read_bytes().decode("utf-8-sig").replace("Cutti,'=", "CT,")
        assert take(quick, mended).stdout == "excuses: 1 new, 0 changed, 0 as before\n"
        assert [one[:2] for one in known(quick)] == [("1", "CT"), ("2", "CT")]

    def test_doubts_of_a_file_are_accepted_with_one_reason(self, quick):
        text = HEAD + f"1,{ONE},Satu,02/03/2026,,CT,800/1,Kadis\n"
        assert "entered 8 days after" in take(quick, text, status=1).stderr
        out = take(quick, text, "--accept-doubts", "laporan bulanan")
        assert "line 2: accepted: entered 8 days after" in out.stderr
        (one,) = quick.json("excuses", "list")
        assert one["why"] == (
            "keperluan keluarga; diterima walaupun terlambat diserahkan: laporan bulanan"
        )

    def test_a_row_under_another_name_is_doubted(self, quick):
        text = HEAD + f"1,{ONE},Dua,09/03/2026,,CT,800/1,Kadis\n"
        said = take(quick, text, status=1).stderr
        assert 'line 2: this NIP is of "Satu", and the row says "Dua" (--accept-doubts)' in said

    def test_a_dry_run_tells_and_does_nothing(self, quick):
        text = HEAD + f"1,{ONE},Satu,09/03/2026,,CT,800/1,Kadis\n2,{TWO},Dua,,,CT,1,K\n"
        rest = quick.folder / "sisa.csv"
        acts = len(quick.json("audit", "list"))
        out = take(quick, text, "--skip-doubtful", str(rest), "--dry-run")
        assert out.stdout == "excuses, if this were no dry run: 1 new, 0 changed, 0 as before\n"
        assert "line 3: says no day" in out.stderr
        assert not rest.exists()
        assert len(quick.json("audit", "list")) == acts
        assert known(quick) == []

    def test_the_marks_of_a_month_are_spans(self, quick):
        days = ",".join(str(n) for n in range(1, 32))
        marks = {9: "CT", 10: "CT*", 3: "H", 4: "TK", 5: "?", 7: "L", 12: "DL", 6: "S"}
        cells = ",".join(marks.get(n, "") for n in range(1, 32))
        text = f"No,NIP,Nama,{days},H,HT\n1,{ONE},Satu,{cells},1,0\n"
        assert "name it by --month" in take(quick, text, status=1).stderr
        options = ["--month", "2026-03", "--letter", "800/40", "--approver", "Kadis"]
        out = take(quick, text, *options)
        assert [one[1:4] for one in known(quick)] == [
            ("S", "2026-03-06", "2026-03-06"),
            ("CT", "2026-03-09", "2026-03-10"),
            ("DL", "2026-03-12", "2026-03-12"),
        ]
        assert "columns that are not read: H, HT" in out.stderr
        # the recap shows any leave as C: beside a known leave it says nothing new
        again = text.replace("CT*", "C").replace("CT", "C")
        out = take(quick, again, *options)
        assert out.stdout == "excuses: 0 new, 0 changed, 3 as before\n"
        more = text.replace(",DL,", ",C,")
        assert '"C" may be CT, CB, CM, CAP, CLTN' in take(quick, more, *options, status=1).stderr

    def test_a_mark_that_is_merged_over_days_holds_for_each(self, quick):
        """Read as of its first day alone, the others would be absences."""
        book = Workbook()
        (sheet,) = book.worksheets
        sheet.append(["DAFTAR HADIR MANUAL"])
        sheet.append(["No", "NIP", *range(1, 32)])
        sheet.append([1, ONE, *[None] * 8, "CT"])
        sheet.append([2, TWO, *[None] * 29, "DL"])
        sheet.append(["Kepala Dinas"])
        for merge in ("A1:AG1", "K3:M3", "AF4:AG4", "A5:AG5"):
            sheet.merge_cells(merge)
        path = quick.folder / "bulan.xlsx"
        book.save(path)
        options = ["--month", "2026-03", "--letter", "800/40", "--approver", "Kadis"]
        take(quick, path, *options)
        assert [one[1:4] for one in known(quick)] == [
            ("CT", "2026-03-09", "2026-03-11"),
            ("DL", "2026-03-30", "2026-03-31"),
        ]

    def test_one_letter_and_one_span_may_be_merged_over_several_people(self, quick):
        book = Workbook()
        (sheet,) = book.worksheets
        sheet.append(["NIP", "Tanggal", None, "Jenis", "No. Surat", "Pejabat"])
        sheet.append([None, "Dari", "Sampai"])
        at = datetime(2026, 3, 9)
        sheet.append([ONE, at, None, "DL", "800/1", "Kadis"])
        sheet.append([TWO, datetime(2026, 3, 10), datetime(2026, 3, 11)])
        sheet.append([None, "Tenggarong, 12 Maret 2026"])
        for merge in ("A1:A2", "B1:C1", "B3:C3", "D3:D4", "E3:E4", "F3:F4", "B5:F5"):
            sheet.merge_cells(merge)
        path = quick.folder / "surat.xlsx"
        book.save(path)
        assert "line 5" not in take(quick, path).stdout
        found = quick.json("excuses", "list")
        assert [(one["nip"], one["first"], one["last"], one["letter"]) for one in found] == [
            (ONE, "2026-03-09", "2026-03-09", "800/1"),
            (TWO, "2026-03-10", "2026-03-11", "800/1"),
        ]

    def test_a_workbook_is_read_with_its_dates(self, quick):
        book = Workbook()
        (sheet,) = book.worksheets
        sheet.append(["LAPORAN"])
        sheet.append(["NIP", "Nama", "Tanggal", "Jam", "Jenis", "No. Surat", "Pejabat"])
        at = datetime(2026, 3, 9)
        sheet.append([ONE, "Satu", at, "07.30 - 10.00", "Izin", "800/1", "Kadis"])
        sheet.append([TWO, "Dua", date(2026, 3, 10), None, "Tugas luar", "800/2", "Kadis"])
        sheet.append([int(TWO), "Dua", date(2026, 3, 11), None, "DL", "800/2", "Kadis"])
        path = quick.folder / "laporan.xlsx"
        book.save(path)
        said = take(quick, path, status=1).stderr
        assert "line 5: column A: a number of which Excel keeps fifteen digits" in said
        take(quick, path, "--skip-doubtful", str(quick.folder / "sisa.csv"))
        first, second = quick.json("excuses", "list")
        assert (first["type"], first["from_time"], first["until_time"]) == ("I", "07:30", "10:00")
        assert (second["type"], second["first"]) == ("DL", "2026-03-10")

    def test_an_american_date_makes_every_date_of_its_kind_unsure(self, quick):
        text = (
            HEAD
            + f"1,{ONE},Satu,03/25/2026,,CT,800/1,Kadis\n"
            + f"2,{TWO},Dua,03/04/2026,,CT,800/1,Kadis\n"
        )
        said = take(quick, text, status=1).stderr
        assert 'line 2: "03/25/2026" is no day' in said
        assert "line 3: line 2 writes the month before the day" in said

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("a,b\n1,2\n", "has a column NIP"),
            (f"NIP,JENIS\n{ONE},CT\n", "no column with the days"),
            (f"NIP,TANGGAL\n{ONE},09/03/2026\n", "no column that says what excuses"),
            (f"NIP,TANGGAL,DARI,JENIS\n{ONE},1,1,CT\n", "both TANGGAL and DARI"),
            (f"NIP,TANGGAL,1,2\n{ONE},1,1,CT\n", "keep one of them"),
            (f"NIP,TANGGAL,JENIS,JAM MULAI\n{ONE},1,CT,1\n", "without the other"),
            ("", "has a column NIP"),
        ],
    )
    def test_what_is_no_report_is_named(self, quick, text, says):
        assert says in take(quick, text, status=1).stderr


def test_an_excuse_takes_an_absence_back_and_its_withdrawal_brings_it_back(sealed):
    sealed.now = datetime(2026, 3, 10, 1, tzinfo=UTC)
    span = ["--office", "A", "--from", "2026-03-09"]
    sealed("days", "evaluate", *span)
    give(sealed, nip=TWO)
    sealed("days", "evaluate", *span)
    (shown,) = [one for one in sealed.json("excuses", "show", "1") if one["what"] == "status"]
    assert shown["says"] == "LEAVE (Cuti)"


def test_one_that_was_cut_off_or_altered_is_noticed(quick):
    give(quick)
    give(quick, nip=TWO)
    store = sqlite3.connect(quick.folder / "hadir.db")
    for verb in ("update", "delete"):
        store.execute(f"DROP TRIGGER excuses_no_{verb}")
    store.execute("UPDATE excuses SET last = '2026-03-20' WHERE id = 1")
    store.execute("DELETE FROM excuses WHERE id = 2")
    store.commit()
    said = quick("excuses", "verify", code=1).stdout
    assert "excuse 1 was changed" in said
    assert "excuse 2 is missing: the audit log tells of it" in said
    assert "excuse 1 was changed" in quick("check", code=1).stdout
    (first,) = quick.json("excuses", "list")
    assert first["worth"] == "not proven"


class TestQuota:
    def test_more_than_a_year_holds_is_doubted_by_row_and_told_by_person(self, sealed):
        give(sealed, "--until", "2026-03-20")  # two weeks: the last three days are free by decree
        over = (
            HEAD + f"1,{TWO},Dua,2026-04-06,2026-04-10,CT,800/1,Kadis\n"
            f"2,{ONE},Satu,2026-04-06,2026-04-10,CT,800/2,Kadis\n"
        )
        rows = sealed.json("excuses", "quota", "--office", "A", "--year", "2026")
        assert [(one["nip"], one["days"], one["used"], one["left"]) for one in rows] == [
            (ONE, 12, 7, 5), (TWO, 12, 0, 12),
        ]  # fmt: skip
        assert {(one["carried"], one["notes"]) for one in rows} == {
            (None, "what is left of 2025 is not known here")
        }
        take(sealed, over)
        third = HEAD + f"1,{ONE},Satu,2026-05-04,2026-05-05,CT,800/3,Kadis\n"
        said = take(sealed, third, status=1).stderr
        assert "14 working days of CT in 2026, 12 are due" in said
        take(sealed, third, "--accept-doubts", "sisa 2025 menurut buku cuti")
        (one,) = sealed.json("excuses", "quota", "--over")
        assert (one["nip"], one["used"], one["left"], one["over"]) == (ONE, 14, 0, 2)
        line = last_act(sealed)
        assert (line["what"], line["details"]["people"]) == ("excuses.quota", 2)
        kept = [one["why"] for one in sealed.json("excuses", "list", "--nip", ONE)]
        assert "diterima walaupun melebihi jatah: sisa 2025 menurut buku cuti" in kept[-1]

    def test_what_has_no_quota_is_not_counted(self, quick):
        said = quick("excuses", "quota", "--type", "DL", code=1).stderr
        assert said == "no type DL has a quota; those that have: CT\n"
        assert quick("excuses", "quota", "--nip", ONE, "--csv").stdout.splitlines() == [
            "nip,name,type,days,carried,used,left,over,notes",
            f"{ONE},Satu,CT,12,,0,12,0,what is left of 2025 is not known here",
        ]
