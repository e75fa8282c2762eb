"""One-time codes: read as people type them, and told from a slip of the hand."""

import pytest

from ingest import codes
from ingest.codes import ALPHABET, Code, CodeMistyped

CODE = Code(12, "7K3QF9XD2MR0C4TV8W6B5HJ1")


def test_a_code_is_written_in_groups_and_read_back() -> None:
    text = str(CODE)
    assert text.startswith("12-7K3QF-9XD2M-R0C4T-V8W6B-5HJ1")
    assert len(text) == len("12") + 5 * 6
    assert codes.read(text) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        str(CODE).lower(),
        str(CODE).replace("-", ""),
        str(CODE).replace("-", " "),
        f"  {CODE} ",
        str(CODE).replace("0", "O").replace("1", "I"),
        str(CODE).replace("0", "o").replace("1", "l"),
    ],
)
def test_what_people_make_of_it_is_understood(typed: str) -> None:
    assert codes.read(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "", "12", "-", str(CODE)[:-1], f"{CODE}0", f"0{CODE}", f"{CODE}\n", str(CODE)[3:],
        "9" * 100, str(CODE).replace("7", "U"), str(CODE).replace("7", "\u0667"),
        f"-{str(CODE)[2:]}",
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(CodeMistyped) as caught:
        codes.read(typed)
    assert not typed or typed not in str(caught.value)


def test_most_slips_of_one_sign_are_told_from_a_wrong_code() -> None:
    text, found = str(CODE), 0
    places = [at for at, sign in enumerate(text) if sign != "-" and at > 2]
    for at in places:
        slip = ALPHABET[(ALPHABET.index(text[at]) + 1) % 32]
        try:
            codes.read(text[:at] + slip + text[at + 1 :])
        except CodeMistyped:
            found += 1
    assert found >= len(places) - 3


def test_no_two_secrets_are_alike_and_all_signs_occur() -> None:
    made = {codes.new_secret() for _ in range(200)}
    assert len(made) == 200
    assert set("".join(made)) == set(ALPHABET)


def test_a_code_does_not_show_in_a_log() -> None:
    assert repr(CODE) == "Code(12)"
