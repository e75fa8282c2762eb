"""Letters name people by the rank and post they hold on the day of the letter, and keep it so."""

from datetime import date, timedelta
from typing import Any

import pytest
from followed import HEAD, PERSON, nip

from ingest.discipline.cases import Step
from ingest.letters.base import LetterText
from ingest.store import letters
from ingest.store.database import reading

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def hold(office: Any, person: int, on: date, *words: str) -> None:
    office("budi", "people", "post", nip(person), "--from", str(on), *words)


def only(office: Any) -> LetterText:
    with reading(office.followed.engine) as connection:
        (found,) = letters.find(connection)
    text = found.text
    assert isinstance(text, LetterText)
    return text


def test_person_superior_and_signer_are_named_as_of_the_day_of_the_letter(
    reprimanded: Any,
) -> None:
    today = reprimanded.followed.today
    surat = reprimanded.surat.read_text().replace('rank = "Pembina Utama Muda (IV/c)"\n', "")
    reprimanded.surat.write_text(surat.replace("197001011995032001", nip(HEAD)))
    hold(reprimanded, PERSON, date(2024, 1, 1), "--rank", "III/a", "--post", "Analis")
    hold(reprimanded, PERSON, today, "--rank", "III/b")
    hold(reprimanded, PERSON, today + timedelta(days=1), "--post", "Penyuluh")
    hold(reprimanded, HEAD, date(2024, 1, 1), "--rank", "IV/a", "--post", "Kepala Bidang")
    reprimanded.approve(reprimanded.followed.state().waiting(Step.REPRIMAND).number)
    text = only(reprimanded)
    person = text.about[0].person
    assert (person.rank, person.post) == ("Penata Muda Tingkat I (III/b)", "Analis")
    assert text.to[2:4] == ("Kepala Bidang", "selaku atasan langsung")
    assert (text.signer.rank, text.signer.post) == ("Pembina (IV/a)", "Kepala BKPSDM")


def test_what_is_written_down_later_changes_no_letter(reprimanded: Any) -> None:
    reprimanded.approve(reprimanded.followed.state().waiting(Step.REPRIMAND).number)
    before = only(reprimanded)
    assert (before.about[0].person.rank, before.about[0].person.post) == ("", "")
    assert before.signer.rank == "Pembina Utama Muda (IV/c)"
    hold(reprimanded, PERSON, date(2024, 1, 1), "--rank", "III/a", "--post", "Analis")
    assert only(reprimanded) == before
    assert reprimanded("budi", "letters", "verify").stdout.startswith("1 rows agree")


def test_an_examiner_is_named_by_his_nip_with_rank_post_and_unit(reprimanded: Any) -> None:
    hold(reprimanded, HEAD, date(2024, 1, 1), "--rank", "IV/a", "--post", "Kepala Bidang")
    summons = (
        "cases", "record", "summons", "1", "--on", "2026-04-24", "--at", "09:00",
        "--place", "aula", "--why", "pemeriksaan",
    )  # fmt: skip
    assert "say who examines" in reprimanded("ani", *summons, code=2).stderr
    both = ("--examiner", "Kabid", "--examiner-nip", nip(HEAD))
    assert "say who examines" in reprimanded("ani", *summons, *both, code=2).stderr
    reprimanded("ani", *summons, "--examiner-nip", nip(HEAD))
    reprimanded.approve(reprimanded.followed.state().waiting(Step.SUMMONS).number, who="budi")
    examiner = only(reprimanded).meeting.examiner
    assert (examiner.name, examiner.nip) == (f"Orang {HEAD}", nip(HEAD))
    assert (examiner.rank, examiner.post, examiner.unit) == (
        "Pembina (IV/a)", "Kepala Bidang", "Dinas",
    )  # fmt: skip
