"""Numbers of letters under their row, pure patterns, and codes that show a slip."""

import threading
from datetime import date

import pytest

from ingest.letters.codes import ALPHABET, CodeMistyped, checked, read_code
from ingest.letters.numbering import Pattern
from ingest.letters.settings import Series
from ingest.store import letter_numbers
from ingest.store.database import reading, writing

SERIES = Series("umum", Pattern("800/{urut}/{tahun}"), 1)


def test_of_many_at_once_nobody_gets_a_number_twice_and_who_fails_takes_none(engine):
    given: list[int] = []

    def one(fails: bool) -> None:
        try:
            with writing(engine) as connection:
                running = letter_numbers.take(connection, SERIES, 2026)
                if fails:
                    raise KeyError
                given.append(running)
        except KeyError:
            return

    threads = [threading.Thread(target=one, args=(n % 3 == 0,)) for n in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [1, 2, 3, 4, 5, 6]
    with reading(engine) as connection:
        assert [one.last for one in letter_numbers.find(connection, 2026)] == [6]


def test_a_number_is_read_back_in_whatever_month_and_spelling():
    pattern = Pattern("800/{urut:04}/{unit}/{bulan_romawi}/{tahun}", unit="BKPSDM")
    assert pattern.render(7, date(2026, 11, 2)) == "800/0007/BKPSDM/XI/2026"
    assert pattern.reads("800/ 7/bkpsdm/iii/2026", 2026) == 7
    assert pattern.reads("800/7/BKPSDM/III/2025", 2026) is None


@pytest.mark.parametrize("place", range(9))
def test_every_wrong_sign_and_every_swap_of_a_code_is_noticed(place):
    code = checked("7K3QF9XD2").replace("-", "")
    wrong = [code[:place] + sign + code[place + 1 :] for sign in ALPHABET if sign != code[place]]
    wrong.append(code[:place] + code[place + 1] + code[place] + code[place + 2 :])
    for one in wrong:
        with pytest.raises(CodeMistyped):
            read_code(one)
    assert read_code(code.lower()) == checked("7K3QF9XD2")
