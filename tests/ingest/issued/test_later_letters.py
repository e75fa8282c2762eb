"""Letters after the reprimand: to the office and its answer, a summons and minutes."""

from typing import Any

import pytest
from followed import HEAD, PERSON

from ingest.discipline.cases import Kind, Step
from ingest.store import letters
from ingest.store.database import reading

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def waiting(office: Any, step: Step) -> int:
    number = office.followed.state().waiting(step).number
    assert isinstance(number, int)
    return number


@pytest.fixture
def written(reprimanded: Any) -> Any:
    """The superior was reprimanded and the office written to: letters 1 and 2."""
    reprimanded.approve(waiting(reprimanded, Step.REPRIMAND))
    reprimanded.approve(waiting(reprimanded, Step.OFFICE_LETTER))
    return reprimanded


def kinds(office: Any) -> list[tuple[str, int | None]]:
    with reading(office.followed.engine) as connection:
        return [(one.kind, one.running) for one in letters.find(connection)]


def test_what_the_office_answers_that_it_did_stands_in_the_case_with_its_paper(
    written: Any,
) -> None:
    on = str(written.followed.today)
    words = ("letters", "answered", "2", "--on", on, "--action", "examination-filed")
    assert "only with its paper" in written("ani", *words, code=2).stderr
    written("ani", *words, "--paper", written.paper())
    assert written.followed.kinds()[-1] == Kind.ACTED.value
    assert written.followed.state().happened("examination-filed")
    assert kinds(written) == [("REPRIMAND", 1), ("OFFICE", 2)]


def test_a_summons_is_numbered_as_it_is_approved_and_minutes_tell_who_stayed_away(
    written: Any,
) -> None:
    assert "no summons" in written(
        "ani", "letters", "issue", "1", "--kind", "minutes", "--why", "x", code=1
    ).stderr  # fmt: skip
    written(
        "ani", "cases", "record", "summons", "1", "--on", "2026-04-10", "--place", "ruang rapat",
        "--examiner", "Kepala Bidang", "--why", "pemeriksaan",
    )  # fmt: skip
    written.approve(waiting(written, Step.SUMMONS), who="budi")
    written(
        "ani", "letters", "issue", "1", "--kind", "minutes", "--minutes", "missed",
        "--place", "ruang rapat", "--happened-on", "2026-03-21", "--why", "tidak hadir",
    )  # fmt: skip
    assert kinds(written)[2:] == [("SUMMONS", 3), ("MINUTES", 4)]
    with reading(written.followed.engine) as connection:
        summons, minutes = letters.find(connection)[2:]
    assert summons.text.meeting.place == "ruang rapat"
    assert (summons.secrecy, minutes.secrecy) == ("Rahasia", "Rahasia")
    assert minutes.text.about[0].person.name == f"Orang {PERSON}"


def test_a_silent_superior_is_proposed_for_examination_by_a_letter_of_its_own(
    written: Any,
) -> None:
    followed = written.followed
    written("siti", "letters", "received", "2", "--on", str(followed.today), "--how", "kurir")
    followed.go(40, present=(HEAD, PERSON), each=False)
    written.approve(waiting(written, Step.SUPERIOR_PROPOSAL))
    with reading(followed.engine) as connection:
        proposal = letters.find(connection)[-1]
    assert (proposal.kind, proposal.running) == ("PROPOSAL", 3)
    (done,) = followed.state().of(Step.SUPERIOR_PROPOSAL)
    assert done.letter.number == proposal.printed
    assert proposal.text.subject == "Usul Pemeriksaan terhadap Atasan Langsung"
    before = [one for one in proposal.text.body if "telah disampaikan sebelumnya" in one]
    assert ["/1/BKPSDM/" in one and "/2/BKPSDM/" in one for one in before] == [True]
    named = [one for one in proposal.text.body if "diusulkan untuk diperiksa" in one]
    assert [f"Orang {HEAD}, NIP " in one for one in named] == [True]
