"""Another superior is reprimanded later: both are proposed under Pasal 28, each in his own time."""

from typing import Any

import pytest
from followed import HEAD, PERSON, nip
from lettered import Office
from sqlalchemy import update

from ingest.discipline.cases import Addressee, Step
from ingest.store import letters, tables
from ingest.store.database import reading, writing

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
NEW, BOSS = 3, 4


def put_under(office: Office, superior: int, person: int) -> None:
    with writing(office.followed.engine) as connection:
        connection.execute(
            update(tables.assignments)
            .where(tables.assignments.c.person_id == person)
            .values(superior_id=superior)
        )


def come(office: Office, days: int) -> None:
    office.followed.go(days, present=(HEAD, PERSON, NEW, BOSS), each=False)


@pytest.fixture
def taken_over(written: Office) -> Office:
    """HEAD was reprimanded and the office written to; NEW, who is under BOSS, answers since."""
    for person in (NEW, BOSS):
        written.followed.person(person)
    put_under(written, NEW, PERSON)
    put_under(written, BOSS, NEW)
    come(written, 1)
    return written


def proposals(office: Office) -> list[Any]:
    return [
        (one.number, one.proposal.concerns, one.proposal.to[0].key)
        for one in office.followed.state().pending
        if one.proposal.step is Step.SUPERIOR_PROPOSAL
    ]


def test_who_took_over_is_reprimanded_after_his_own_time_and_proposed_after_his_own_28_days(
    taken_over: Office,
) -> None:
    office, followed = taken_over, taken_over.followed
    assert followed.kinds()[-1] == "SUCCEEDED"
    propose = ("cases", "propose", "1", "reprimand", "--why", "tidak bertindak")
    assert "has no notice of it yet" in office("budi", *propose, code=1).stderr
    followed.told(of=followed.state().events, to=Addressee("atasan langsung", nip=nip(NEW)))
    come(office, 16)
    office("budi", *propose)
    number = followed.state().waiting(Step.REPRIMAND).number
    office.approve(number)
    assert "it was done before" in office("budi", *propose, code=1).stderr
    office(
        "budi", "letters", "received", "3", "--on", str(followed.today), "--how", "tanda terima"
    )  # fmt: skip
    told = office("budi", "cases", "explain", "1").stdout
    assert "sejak atasan yang kemudian ditegur, 28 hari kalender: mulai" in told
    come(office, 28)
    assert [one[1:] for one in proposals(office)] == [(nip(HEAD), (None, "A"))]
    come(office, 1)
    first, second = proposals(office)
    assert first[1:] == (nip(HEAD), (None, "A"))  # nobody is recorded above him
    assert second[1:] == (nip(NEW), (nip(BOSS), None))
    told = office("budi", "cases", "show", "1").stdout
    assert f"usul pemeriksaan atasan 19860926 201505 1 003 (peristiwa {second[0]}" in told
    for proposal in (first, second):
        office.approve(proposal[0])
    with reading(followed.engine) as connection:
        *_, of_head, of_new = letters.find(connection)
        reprimands = [one.printed for one in letters.find(connection) if one.kind == "REPRIMAND"]
    for letter, own, other in ((of_head, *reprimands), (of_new, *reversed(reprimands))):
        body = " ".join(letter.text.body)
        assert own in body
        assert other not in body
    office("budi", "cases", "verify")
