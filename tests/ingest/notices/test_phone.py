"""Numbers as people write them become one number, or are refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.notify.phone import NoNumber, normalise, shown


@pytest.mark.parametrize(
    "written",
    [
        "081234567890",
        "81234567890",
        "6281234567890",
        "+6281234567890",
        "006281234567890",
        "+62 812-3456-7890",
        "+62 (0)812 3456 7890",
        "6208 1234 567 890",
        "0812.3456.7890",
        "'081234567890",  # a spreadsheet's mark of text
        "\u202a+62\u00a0812\u20113456\u20117890\u202c",  # copied from a list of contacts
    ],
)
def test_all_ways_of_writing_are_one_number(written):
    assert normalise(written) == "6281234567890"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("0541-662088", "is a landline"),
        ("(021) 5551234", "is a landline"),
        ("+62 541 662088", "is a landline"),
        ("08001234567", "is a service number"),
        ("+60123456789", "is no number of Indonesia"),
        ("+81234567890", "is no number of Indonesia"),  # Japan, not 0812
        ("123", "is no number of Indonesia"),
        ("08123456", "has 8 digits counted from 08"),
        ("0812345678901234", "has 16 digits counted from 08"),
        ("0812345678/0813456789", "is no number"),
        ("6.281234E+12", "is no number"),
        ("nomor lama", "is no number"),
        ("0812345678９0", "is no number"),
        ("", "is no number"),
        ("0" * 4_000, "is no number"),
    ],
)
def test_what_leads_to_no_phone_for_certain_is_refused_with_the_reason(written, why):
    with pytest.raises(NoNumber) as caught:
        normalise(written)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 200


def test_is_shown_as_people_know_it():
    assert shown("6281234567890") == "081234567890"


@given(st.from_regex(r"628[1-9][0-9]{6,10}", fullmatch=True))
def test_what_is_shown_leads_back(number):
    assert normalise(shown(number)) == normalise("+" + number) == number


@given(st.text(max_size=60))
def test_no_text_becomes_anything_but_a_mobile_number(text):
    try:
        number = normalise(text)
    except NoNumber:
        return
    assert number.startswith("628")
    assert 10 <= len(number) <= 14
