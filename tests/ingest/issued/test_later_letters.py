"""Letters after the reprimand: to the office and its answer, a summons and minutes."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from followed import ANI, BUDI, HEAD, PERSON

from ingest.discipline.cases import Appointment, Kind, Step
from ingest.discipline.cases.preparing import summon
from ingest.letters import composing
from ingest.store import letters
from ingest.store.database import reading

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def waiting(office: Any, step: Step) -> int:
    number = office.followed.state().waiting(step).number
    assert isinstance(number, int)
    return number


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
        "ani", "cases", "record", "summons", "1", "--on", "2026-04-10", "--at", "08.30",
        "--place", "ruang rapat", "--examiner", "Kepala Bidang", "--why", "pemeriksaan",
    )  # fmt: skip
    written.approve(waiting(written, Step.SUMMONS), who="budi")
    written(
        "ani", "letters", "issue", "1", "--kind", "minutes", "--minutes", "missed",
        "--place", "ruang rapat", "--happened-on", "2026-03-21", "--why", "tidak hadir",
    )  # fmt: skip
    assert kinds(written)[2:] == [("SUMMONS", 3), ("MINUTES", 4)]
    with reading(written.followed.engine) as connection:
        summons, minutes = letters.find(connection)[2:]
    meeting = summons.text.meeting
    assert (meeting.place, meeting.at, meeting.zone) == ("ruang rapat", time(8, 30), "WITA")
    assert (summons.secrecy, minutes.secrecy) == ("Rahasia", "Rahasia")
    assert minutes.text.about[0].person.name == f"Orang {PERSON}"


def summoned_without_an_hour(office: Any) -> int:
    """Prepare a summons as a release did that asked for no hour; return its event."""
    meeting = Appointment(date(2026, 4, 10), "aula", "Kepala Bidang", time(9))

    def prepare(state: Any, ask: Any) -> Any:
        event = summon(state, ask, ANI, appointment=meeting, why="pemeriksaan")
        return replace(event, about=replace(event.about, appointment=replace(meeting, at=None)))

    office.followed.do(prepare)
    return waiting(office, Step.SUMMONS)


def test_a_summons_without_an_hour_is_no_letter_until_somebody_says_it(written: Any) -> None:
    event = summoned_without_an_hour(written)
    words = ("cases", "approve", "1", str(event), "--why", "sesuai")
    assert "names no hour" in written("budi", *words, code=1).stderr
    assert kinds(written)[2:] == []
    written.followed.approve(Step.SUMMONS, BUDI)  # its letter was written elsewhere
    again = ("letters", "issue", "1", "--of", str(event), "--why", "salah", "--at", "10:00")
    assert "written elsewhere" in written("budi", *again, code=1).stderr


def test_a_void_summons_without_an_hour_is_issued_anew_with_one(
    written: Any, monkeypatch: Any
) -> None:
    event = summoned_without_an_hour(written)
    with monkeypatch.context() as earlier:
        earlier.setattr(composing, "_hour_of", lambda *_: None)
        written.approve(event, who="budi")
    written("budi", "letters", "void", "3", "--why", "tanpa jam")
    again = ("letters", "issue", "1", "--of", str(event), "--why", "tanpa jam")
    assert "names no hour" in written("budi", *again, code=1).stderr
    written("budi", *again, "--at", "10:00")
    with reading(written.followed.engine) as connection:
        before, after = letters.find(connection)[2:]
    assert (before.text.meeting.at, before.text.meeting.zone) == (None, "")
    assert (after.text.meeting.at, after.text.meeting.zone) == (time(10), "WITA")


def test_an_hour_that_was_approved_is_not_changed_by_its_letter(written: Any) -> None:
    written(
        "ani", "cases", "record", "summons", "1", "--on", "2026-04-10", "--at", "08.30",
        "--place", "aula", "--examiner", "Kabid", "--why", "pemeriksaan",
    )  # fmt: skip
    event = waiting(written, Step.SUMMONS)
    written.approve(event, who="budi")
    again = ("letters", "issue", "1", "--of", str(event), "--why", "x", "--at", "10:00")
    assert "approved for 08:30" in written("budi", *again, code=1).stderr


def test_an_office_in_another_zone_has_its_own_name_of_it(written: Any) -> None:
    with written.config.open("a") as config:
        config.write('[ingest.notify]\nzones = { "A" = "Asia/Jayapura" }\n')
    written(
        "ani", "cases", "record", "summons", "1", "--on", "2026-04-10", "--at", "08.30",
        "--place", "aula", "--examiner", "Kabid", "--why", "pemeriksaan",
    )  # fmt: skip
    proposal = written.followed.state().waiting(Step.SUMMONS).proposal
    assert (proposal.appointment.at, proposal.appointment.zone) == (time(8, 30), "WIT")
    assert "pukul 08.30 WIT di aula" in proposal.text


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
