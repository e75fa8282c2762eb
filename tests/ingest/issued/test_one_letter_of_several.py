"""One letter to an office about several of its cases: one number, and each case has it."""

from typing import Any

import pytest
from followed import ANI, HEAD, PERSON, Followed, nip
from lettered import Office, faked

from ingest.discipline.cases import Addressee, Step, deeds
from ingest.store import letters
from ingest.store.database import reading

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
OTHER = 3


@pytest.fixture
def both(engine: Any, tmp_path: Any, database_url: str, monkeypatch: Any) -> Office:
    """Two people of one office: their superior was reprimanded of each, the office waits."""
    faked(monkeypatch)
    followed = Followed(engine)
    followed.person(OTHER, superior=HEAD)
    followed.go(3)
    office = Office(followed, tmp_path, database_url).users()
    for number, person in ((1, PERSON), (2, OTHER)):
        whom = Addressee("yang bersangkutan", nip=nip(person))
        followed.do(
            lambda state, ask, whom=whom: deeds.tell(
                state, ask, ANI, of=1, to=whom, what="accepted", on=followed.today, how="WA"
            ),
            number=number, person_id=person,
        )  # fmt: skip
    followed.go(16, present=(HEAD, PERSON, OTHER), each=False)
    for number, person in ((1, PERSON), (2, OTHER)):
        office.approve(followed.state(number, person).waiting(Step.REPRIMAND).number, case=number)
    return office


def test_two_cases_of_an_office_share_a_letter_and_its_number(both: Office) -> None:
    followed = both.followed
    first, second = (
        followed.state(number, person).waiting(step).number
        for number, person, step in (
            (1, PERSON, Step.OFFICE_LETTER), (2, OTHER, Step.OFFICE_LETTER),
        )
    )  # fmt: skip
    told = both.approve(first, "--with", f"2:{second}").stdout
    assert "letter 3: number 800.1.11/3/BKPSDM/III/2026" in told
    with reading(followed.engine) as connection:
        *_, letter = letters.find(connection)
    assert [(one.case, one.of) for one in letter.basis] == [(1, first), (2, second)]
    assert [one.person.name for one in letter.text.about] == ["Orang 2", "Orang 3"]
    for number, person in ((1, PERSON), (2, OTHER)):
        (done,) = followed.state(number, person).of(Step.OFFICE_LETTER)
        assert done.letter.number == letter.printed
    on = str(followed.today)
    both("siti", "letters", "received", "3", "--on", on, "--how", "tanda terima")
    for number, person in ((1, PERSON), (2, OTHER)):
        assert followed.state(number, person).marks[-1].event == "letter-received"
    both("budi", "letters", "register", "--year", "2026")
