"""What was altered, added or taken away in the history of cases is named; and nothing goes on."""

import hashlib

import pytest
from followed import ANI, BUDI, CITRA, PERSON, Followed
from sqlalchemy import text
from tampered import tamper

from ingest import seal as keys
from ingest.casework import Dossier
from ingest.discipline.cases import Paper, deeds, preparing
from ingest.errors import NotKnown, Refused, StoreError
from ingest.seal import SealError
from ingest.store import case_files
from ingest.store.case_checks import case_faults, chain_faults
from ingest.store.case_events import By
from ingest.store.database import reading, writing
from ingest.store.decisions import faults as all_faults
from ingest.store.tables_cases import case_events
from ingest.store.tables_cases import case_files as case_files_table


def fill(engine, _folder, _url):
    followed = Followed(engine).go(3)
    followed.told()
    content = b"surat dokter"
    paper = Paper(hashlib.sha256(content).hexdigest(), "surat.pdf")
    with writing(followed.engine) as connection:
        case_files.keep(connection, 1, paper, content, followed.now)
    followed.do(
        lambda state, ask: deeds.clarify(
            state, ask, CITRA, by="office", text="dinas luar", handed_in=followed.today,
            papers=(paper,),
        )
    )  # fmt: skip
    followed.do(lambda state, ask: preparing.end(state, ask, ANI, withdraw=True, why="keliru"))
    return followed


@pytest.fixture
def kept(stocked):
    """A case with a clarification, its paper, and a withdrawal that waits for approval."""
    engine, _, made = stocked(fill)
    return made.beside(engine)


def faults(followed):
    with reading(followed.engine) as connection:
        chain = [f"{one.number} {one.what}" for one in chain_faults(connection)]
        cases = [
            f"{one.number} {one.what}" for one in case_faults(connection, followed.seal.fingerprint)
        ]
    return chain, cases


def test_what_nobody_touched_agrees(kept):
    assert faults(kept) == ([], [])
    assert kept.kinds() == ["OPENED", "TOLD", "CLARIFIED", "PREPARED"]
    with reading(kept.engine) as connection:
        assert (
            case_files.fetch(connection, 1, kept.rows(case_files_table)[0].sha256[:8])
            == b"surat dokter"
        )


ALTERED = {
    "the reason": "UPDATE case_events SET why = 'lain' WHERE id = 3",
    "who did it": "UPDATE case_events SET who = 'hadir' WHERE id = 4",
    "the body": (
        "UPDATE case_events SET body = REPLACE(CAST(body AS TEXT), 'dinas luar', 'bolos')"
        " WHERE id = 3"
    ),
    "an event in the middle": "DELETE FROM case_events WHERE id = 2",
    "the signature": "UPDATE case_events SET seal = NULL, signature = NULL WHERE id = 4",
}


@pytest.mark.parametrize("what", ALTERED)
def test_an_event_that_was_altered_is_named_and_the_case_is_left_alone(kept, what):
    statement = ALTERED[what]
    if kept.engine.dialect.name == "postgresql":
        statement = statement.replace("'bolos')", "'bolos')::json")
    with writing(kept.engine) as connection:
        tamper(connection, "case_events", statement)
    chain, cases = faults(kept)
    assert chain
    assert cases
    before = len(kept.rows(case_events))
    with pytest.raises(StoreError, match="left alone"):
        kept.round()
    assert len(kept.rows(case_events)) == before
    with reading(kept.engine) as connection:
        told = list(all_faults(connection, kept.seal.fingerprint))
    assert any(one.startswith("case event") for one in told)


def test_the_last_event_cut_off_is_missed_by_its_case(kept):
    with writing(kept.engine) as connection:
        tamper(connection, "case_events", "DELETE FROM case_events WHERE id = 4")
    assert faults(kept) == ([], ["1 is 4 in events, and by its events 3"])


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE cases SET state = 'CLOSED'", "1 is CLOSED in state, and by its events CLARIFYING"),
        (
            "DELETE FROM case_notices WHERE what = 'warning'",
            "1 event 1 asks for a notice (warning)",
        ),
        ("DELETE FROM case_files", "is missing"),
        ("UPDATE case_files SET content = 'x'", "is not as it was handed in"),
    ],
)
def test_what_hangs_on_it_is_looked_at_too(kept, statement, told):
    with writing(kept.engine) as connection:
        for table in ("cases", "case_notices", "case_files"):
            tamper(connection, table)
        connection.execute(text(statement))
    chain, cases = faults(kept)
    assert chain == []
    assert len(cases) == 1
    assert told in cases[0]


@pytest.mark.parametrize(("seal", "error"), [(None, Refused), (keys.new(), SealError)])
def test_a_persons_deed_without_a_seal_or_by_another_is_refused(kept, seal, error):
    def deed(state, ask):
        return deeds.judge(state, ask, BUDI, of=3, accepted=True, why="ya")

    with pytest.raises(error), writing(kept.engine) as connection:
        Dossier(connection, kept.keeping(), PERSON).do(1, deed, By(kept.now, "x", seal))
    assert len(kept.rows(case_events)) == 4


def test_a_paper_is_bounded_and_asked_for_by_its_digest(kept, tmp_path):
    large = tmp_path / "besar.pdf"
    large.write_bytes(b"x" * (case_files.MOST_BYTES + 1))
    with pytest.raises(Refused, match=r"besar.pdf has 5242881 bytes"):
        case_files.read(large)
    with reading(kept.engine) as connection, pytest.raises(NotKnown):
        case_files.fetch(connection, 1, "ffff")
