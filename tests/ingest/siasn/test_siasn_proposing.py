"""What one person of BKN would change here: from which day, and what is left to people."""

from dataclasses import replace
from datetime import date

import pytest
from fake_siasn import person

from ingest import excuse_types
from ingest.calendar.excusing import Earlier
from ingest.siasn import columns
from ingest.siasn.changes import Field, Units, digest, narrow
from ingest.siasn.proposing import Known, propose
from ingest.store.people import Assignment
from ingest.store.siasn import Told, Unit

NIP = "198609262015051001"
ON = date(2026, 3, 10)
SHIPPED = columns.load()
TYPES = excuse_types.load(None)
UNITS = Units(
    {"A1": Unit("A1", "Bidang", "A", "A"), "B1": Unit("B1", "Bidang", "B", "B")},
    {"A": "4.01", "B": "4.02"},
)
HERE = Known(
    "Satu", "PNS", (Assignment(NIP, "4.01", None, date(2026, 1, 1), None),),
    rank="Penata (III/c)", post="Analis",
    posts_since={"rank": date(2026, 1, 1), "post": date(2026, 1, 1)},
)  # fmt: skip


def told(rows=None, **other):
    row = person(NIP, unorId="A1", unorIndukId="A") | other
    kept = {"data-utama": (columns.keep(SHIPPED, "data-utama", row),)}
    for kind, some in (rows or {}).items():
        kept[kind] = tuple(columns.keep(SHIPPED, kind, one) for one in some)
    return Told(NIP, ON, kept)


def changes(one, known=HERE):
    return list(propose(one, known, UNITS, TYPES))


def posts(*since_units):
    return {"rw-jabatan": [{"tmtJabatan": since, "unorId": unit} for since, unit in since_units]}


def test_who_is_as_here_changes_nothing():
    assert changes(told(gelarDepan="Dr.", gelarBelakang="S.E.", nama="SATU")) == []


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        (posts(("01-01-2020", "A1"), ("02-02-2026", "B1"), ("01-03-2026", "B1")), (2026, 2, 2)),
        (posts(("02-02-2026", "B1"), ("15-02-2026", "A1"), ("01-03-2026", "B1")), (2026, 3, 1)),
        (posts(("01-01-2020", "B1")), (2026, 3, 10)),  # before what is known here
        (posts(("01-01-2027", "B1")), (2026, 2, 1)),  # not yet; the post's own day then
        ({}, (2026, 2, 1)),
    ],
)
def test_a_move_is_of_the_first_of_the_last_posts_in_an_office(rows, first):
    (move,) = changes(told(rows, unorId="B1", unorIndukId="B"))
    assert (move.field, move.old, move.new) == (Field.OFFICE, "4.01", "4.02")
    assert move.first == date(*first)


def test_a_move_on_a_day_on_which_the_assignment_here_began_is_a_note():
    here = replace(HERE, assignments=(Assignment(NIP, "4.01", None, ON, None),))
    (note,) = changes(told(unorId="B1", unorIndukId="B"), here)
    assert note.field is Field.NOTE
    assert "serves in 4.02; here 4.01 from 2026-03-10 on" in note.because


def test_who_serves_nowhere_here_is_shown_with_the_office_of_bkn():
    here = replace(HERE, assignments=())
    (move,) = changes(told(), here)
    assert (move.old, move.new, move.first) == ("", "4.01", date(2026, 2, 1))


def test_a_cpns_is_pns_since_the_day_bkn_tells_and_anything_else_since_the_answer():
    (kind,) = changes(told(), replace(HERE, kind="CPNS"))
    assert (kind.old, kind.new, kind.first) == ("CPNS", "PNS", date(2016, 5, 1))
    (kind,) = changes(told(), replace(HERE, kind="PPPK"))
    assert kind.first == ON
    (kind,) = changes(told(), replace(HERE, kind="CPNS", kind_since=date(2026, 2, 1)))
    assert kind.first == ON, "here the kind is dated later than BKN's day"


def test_a_rank_and_a_post_hold_since_the_day_bkn_tells_if_that_is_later_than_what_is_here():
    rank, post = changes(
        told(golRuangAkhir="III/d", tmtGolAkhir="01-02-2026", jabatanNama="Kepala Bidang",
             tmtJabatan="01-12-2025")
    )  # fmt: skip
    assert (rank.field, rank.old, rank.new) == (
        Field.RANK, "Penata (III/c)", "Penata Tingkat I (III/d)",
    )  # fmt: skip
    assert rank.first == date(2026, 2, 1)
    assert (post.field, post.old, post.new, post.first) == (
        Field.POST, "Analis", "Kepala Bidang", ON,
    )  # fmt: skip
    bare = replace(HERE, rank="", post="", posts_since={})
    rank, post = changes(told(tmtGolAkhir="01-04-2022"), bare)
    assert (rank.new, rank.first) == ("Penata (III/c)", date(2022, 4, 1))
    assert (post.new, post.first) == ("Analis", date(2026, 2, 1))


@pytest.mark.parametrize(
    ("row", "rank"),
    [
        ({"golRuangAkhir": "III/c", "pangkatAkhir": "PENATA"}, []),
        ({"golRuangAkhir": "", "pangkatAkhir": "Penata"}, ["Penata"]),
        ({"golRuangAkhir": "IX", "pangkatAkhir": ""}, ["IX"]),
        ({"golRuangAkhir": "IX", "pangkatAkhir": "Ahli Pertama"}, ["Ahli Pertama (IX)"]),
        ({"golRuangAkhir": ""}, []),
        ({"jabatanNama": "x" * 250, "golRuangAkhir": ""}, [""]),
    ],
)
def test_a_rank_is_written_as_letters_have_it_and_one_that_is_missing_takes_none_away(row, rank):
    assert [one.new for one in changes(told(**row))] == rank


def test_a_unit_is_of_the_office_of_the_nearest_unit_above_it_and_a_circle_of_none():
    units = Units(
        {"X": Unit("X", "", "Y", ""), "Y": Unit("Y", "", "X", ""), "Z": Unit("Z", "", "", "A")},
        {"A": "4.01"},
    )
    assert units.office("A") == units.office("Z") == "4.01"
    assert units.office("X") is units.office("") is units.office("tiada") is None


def test_a_leave_before_the_first_day_here_is_passed_over_and_a_long_one_is_a_note():
    rows = {"rw-tubel": [{"tglMulai": "01-09-2020", "tglSelesai": "01-09-2022"},
                         {"tglMulai": "01-09-2026", "tglSelesai": "01-09-2036"}]}  # fmt: skip
    (note,) = changes(told(rows))
    assert "longer than four years" in note.because


def test_a_leave_that_was_given_here_is_no_change_and_one_taken_back_is_shown():
    rows = {"rw-tubel": [{"tglMulai": "01-09-2026", "tglSelesai": "01-09-2027"}]}
    given = Earlier("excuse 1", "TB", date(2026, 9, 1), date(2027, 9, 1))
    assert changes(told(rows), replace(HERE, earlier=(given,))) == []
    back = replace(given, taken_back=True)
    (leave,) = changes(told(rows), replace(HERE, earlier=(back,)))
    assert (leave.field, leave.new) == (Field.EXCUSE, "TB")


def test_missing_fields_are_notes_and_no_crash():
    assert [one.field for one in changes(Told(NIP, ON, {"data-utama": ({"nip": NIP},)}))] == [
        Field.NOTE, Field.NOTE,
    ]  # fmt: skip
    (note,) = changes(Told(NIP, ON, {"data-utama": ({"nip": NIP},)}), None)
    assert note.because == "BKN tells no name that can be kept"


def test_a_digest_names_changes_in_whole():
    (move,) = changes(told(unorId="B1", unorIndukId="B"))
    assert digest([move]) == digest([replace(move)])
    assert digest([move]) != digest([replace(move, first=ON)])
    assert digest([move]) != digest([move, move])
    assert narrow([move], ["name"], []) == []
    assert narrow([move], ["office"], [NIP]) == narrow([move], [], []) == [move]
