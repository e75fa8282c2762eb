"""Which 18 digits are a NIP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.nip import NipFault, read_nip

GOOD = "198609262015051001"


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        "19860926 201505 1 001",
        " 19860926\u00a0201505 1 001 ",
        "'198609262015051001",
        "19860926.201505.1.001",
        "19860926-201505-1-001",
    ],
)
def test_takes_a_nip_as_people_write_it(written):
    nip = read_nip(written, kind="PNS")
    assert (nip.digits, nip.shape, nip.warnings) == (GOOD, "PNS", ())


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "empty"),
        ("1,98609E+17", "Excel"),
        ("1.98609262015051E+17", "Excel"),
        ("198609262015051000", "Excel"),
        ("19860926201505100", "17 digits"),
        ("1986092620150510011", "19 digits"),
        ("130000000", "9 digits"),
        ("19860926201505100A", "other than digits"),
        ("١٩٨٦٠٩٢٦٢٠١٥٠٥١٠٠١", "other than digits"),
        ("198613262015051001", "birth date"),
        ("198602302015051001", "birth date"),
        ("000000002015051001", "birth date"),
        ("198609262002081001", "under 16"),
        ("198609261986091001", "under 16"),
        ("198609262015053001", "sex"),
        ("198609262015050001", "sex"),
    ],
)
def test_refuses_what_is_none_and_says_why(written, says):
    with pytest.raises(NipFault, match=says):
        read_nip(written)


def test_sixteen_years_are_old_enough_to_the_month():
    assert read_nip("198609262002091001").shape == "PNS"


def test_pppk_shape_is_known_by_its_mark():
    assert read_nip("199001012025212001", kind="PPPK").warnings == ()
    assert read_nip("199001012025212001", kind="PPPK").shape == "PPPK"


def test_another_mark_is_taken_with_a_warning():
    nip = read_nip("199001012025312001", kind="PPPK")
    assert nip.shape == "PPPK"
    assert "21" in nip.warnings[0]


@pytest.mark.parametrize(
    ("digits", "kind", "warned"),
    [
        ("199001012025212001", "PNS", True),
        ("199001012025212001", "CPNS", True),
        ("199001012025212001", "NON-ASN", False),
        ("198609262015051001", "PPPK", True),
        ("198609262015051001", "PPPK-PW", True),
        ("198609262015051001", "NON-ASN", False),
        ("198609262015051001", None, False),
    ],
)
def test_the_kind_is_never_decided_by_the_shape_only_compared(digits, kind, warned):
    assert bool(read_nip(digits, kind=kind).warnings) is warned


@given(st.text(max_size=40))
def test_any_text_is_a_nip_or_a_fault(text):
    try:
        nip = read_nip(text)
    except NipFault:
        return
    assert len(nip.digits) == 18
    assert nip.digits.isdigit()


def test_a_fault_repeats_no_nip():
    with pytest.raises(NipFault) as caught:
        read_nip("198613262015051001")
    assert "1986132" not in str(caught.value)
