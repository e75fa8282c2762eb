"""What served a purpose is erased in time, never while it is needed, and a record tells of it.

The history of cases stays provable afterwards; what is emptied by hand is named.
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from followed import ANI, BUDI, CITRA, HEAD, PERSON, ZONE, Followed, nip
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from tampered import tamper

from ingest.discipline.cases import Paper, Step, deeds, preparing
from ingest.errors import Refused
from ingest.jobs.retention import forget as job
from ingest.jobs.work import Work
from ingest.retention import Retention
from ingest.store import audit, case_files, privacy, tables
from ingest.store.case_checks import case_faults, chain_faults
from ingest.store.database import reading, writing
from ingest.store.decisions import faults as decision_faults
from ingest.store.forgetting import KINDS, count, forget, forget_all
from ingest.store.personal import collect
from ingest.store.receipts import Told, take
from ingest.store.tables_cases import case_files as papers
from ingest.store.tables_cases import case_notices, cases
from ingest.store.tables_notices import contacts, dispatches, receipts
from ingest.store.tables_privacy import erasures
from ingest.store.tables_siasn import siasn_pulls, siasn_records, siasn_tasks

CONTENT = b"surat dokter"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
LATER = datetime(2037, 1, 4, 9, tzinfo=ZONE)  # ten years and a half on
SETTINGS = Retention()


@pytest.fixture
def database_kind() -> str:
    """SQLite: what differs on PostgreSQL, the triggers, is tried on both below."""
    return "sqlite"


def _opened(engine: Any, _folder: Any, _url: str) -> Followed:
    followed = Followed(engine).go(3)
    followed.told()
    paper = Paper(DIGEST, "surat.pdf")
    with writing(followed.engine) as connection:
        case_files.keep(connection, 1, paper, CONTENT, followed.now)
    followed.do(
        lambda state, ask: deeds.clarify(
            state, ask, CITRA, by="office", text="dinas luar", handed_in=followed.today,
            papers=(paper,),
        )
    )  # fmt: skip
    with writing(followed.engine) as connection:
        _add_notices(connection, followed.now)
        for person in (HEAD, PERSON):
            connection.execute(
                insert(contacts).values(
                    person_id=person, kind="phone", value=f"62812000000{person}", source="x",
                    entered_at=followed.now, state="good", state_at=followed.now, state_why="",
                )
            )  # fmt: skip
    return followed


def _add_notices(connection: Any, now: datetime) -> None:
    notice = connection.scalar(
        select(case_notices.c.id).where(case_notices.c.nip == nip(PERSON)).limit(1)
    )
    common = {
        "notice_id": notice, "address": "628120000002", "followed": True, "fault": "",
        "failure": "", "template": "warning", "template_sha256": "0" * 64,
        "text": "silakan hubungi atasan", "text_sha256": "1" * 64, "not_before": now,
        "made_at": now, "tries": 1, "why": "",
    }  # fmt: skip
    for number, state in enumerate(("read", "sending")):
        connection.execute(
            insert(dispatches).values(
                channel=f"c{number}", state=state, reference=f"{number:032x}", **common
            )
        )


def _closed(engine: Any, folder: Any, url: str) -> Followed:
    followed = _opened(engine, folder, url)
    followed.do(lambda state, ask: preparing.end(state, ask, ANI, withdraw=True, why="keliru"))
    followed.approve(Step.WITHDRAWAL, BUDI)
    with reading(followed.engine) as connection:
        assert connection.scalar(select(cases.c.closed_on)) is not None
    return followed


@pytest.fixture
def open_case(stocked):
    """A case with a paper, a message that was sent, and numbers of both people."""
    engine, _, made = stocked(_opened)
    return made.beside(engine)


@pytest.fixture
def closed_case(stocked):
    """The same, withdrawn by two people."""
    engine, _, made = stocked(_closed)
    return made.beside(engine)


def due(followed: Any, name: str, now: datetime = LATER) -> int:
    with reading(followed.engine) as connection:
        return count(connection, kind(name), SETTINGS, now=now)


def kind(name: str) -> Any:
    return next(one for one in KINDS if one.name == name)


def faults(followed: Any) -> list[str]:
    with reading(followed.engine) as connection:
        found = [
            *chain_faults(connection),
            *case_faults(connection, followed.seal.fingerprint),
            *audit.faults(connection),
        ]
    return [f"{one.number} {one.what}" for one in found]


def erase(followed: Any, now: datetime = LATER) -> dict[str, int]:
    with writing(followed.engine) as connection:
        return forget_all(connection, SETTINGS, now=now)


def test_nothing_of_a_person_goes_while_a_case_lives(open_case) -> None:
    gone = erase(open_case)
    assert gone["papers"] == gone["messages"] == 0
    assert due(open_case, "contacts") == 0


def test_nothing_of_a_person_goes_while_somebody_holds_it(closed_case) -> None:
    with writing(closed_case.engine) as connection:
        _leaves(connection)
        privacy.hold(connection, PERSON, why="PTUN", letter="1", who="Ani", now=closed_case.now)
    gone = erase(closed_case)
    assert (gone["papers"], gone["messages"], gone["contacts"]) == (0, 0, 0)
    again = {"why": "x", "letter": "", "who": "Ani", "now": closed_case.now}
    with (
        pytest.raises(Refused, match="held back already"),
        writing(closed_case.engine) as connection,
    ):
        privacy.hold(connection, PERSON, **again)
    with writing(closed_case.engine) as connection:
        privacy.release(connection, PERSON, why="selesai", who="Ani", now=LATER)
    gone = erase(closed_case)
    assert (gone["papers"], gone["messages"], gone["contacts"]) == (1, 1, 1)


def test_a_paper_that_was_emptied_by_hand_is_named(closed_case) -> None:
    with writing(closed_case.engine) as connection:
        connection.execute(update(papers).values(content=b"", erased_at=LATER))
    assert faults(closed_case) == [f"1 paper {DIGEST[:12]} was emptied, and no erasure tells of it"]


def test_a_paper_that_was_put_back_wrong_is_named(closed_case) -> None:
    erase(closed_case)
    with writing(closed_case.engine) as connection:
        tamper(connection, "case_files", "UPDATE case_files SET content = 'x'")
    assert f"1 paper {DIGEST[:12]} is not as it was handed in" in faults(closed_case)


def test_of_a_message_the_text_goes_and_what_became_of_it_stays(closed_case) -> None:
    assert due(closed_case, "messages", closed_case.now + timedelta(days=364)) == 0
    assert erase(closed_case)["messages"] == 1
    rows = {row.state: row for row in closed_case.rows(dispatches)}
    assert rows["read"].text == ""
    assert rows["read"].text_sha256 == "1" * 64
    assert rows["sending"].text, "what may still be sent, or looked into, is no message that served"


def test_numbers_of_who_left_go_and_of_who_serves_stay(closed_case) -> None:
    with writing(closed_case.engine) as connection:
        _leaves(connection)
    left_on = datetime(2026, 6, 30, 9, tzinfo=ZONE)
    assert due(closed_case, "contacts", left_on + timedelta(days=365)) == 0
    assert due(closed_case, "contacts", left_on + timedelta(days=366)) == 1
    erase(closed_case)
    assert [row.person_id for row in closed_case.rows(contacts)] == [HEAD]


def _leaves(connection: Any) -> None:
    connection.execute(
        update(tables.assignments)
        .where(tables.assignments.c.person_id == PERSON)
        .values(valid_until=date(2026, 6, 30))
    )


def _tell(followed: Any) -> None:
    """Keep what a gateway told: of a stranger's message first, then of the person's."""
    told = [
        Told("read", followed.now, "wamid.1", None),
        Told("read", followed.now, None, f"{0:032x}"),
    ]
    with writing(followed.engine) as connection:
        take(connection, "c0", told, b"from 628120000002", followed.now)


def _by_place(followed: Any) -> list[dict[str, Any]]:
    return sorted((row._asdict() for row in followed.rows(receipts)), key=lambda row: row["place"])


def _refuses(followed: Any, statement: Any) -> None:
    with (
        pytest.raises((IntegrityError, DBAPIError), match="receipts is never changed"),
        writing(followed.engine) as connection,
    ):
        connection.execute(statement)


def test_what_bkn_told_goes_when_it_was_not_told_again(closed_case) -> None:
    now = closed_case.now
    with writing(closed_case.engine) as connection:
        connection.execute(
            insert(siasn_pulls).values(
                id=1, mode="training", who="x", started_at=now, told_on=now.date(), ended_at=now,
                state="done",
            )
        )  # fmt: skip
        connection.execute(
            insert(siasn_tasks).values(
                pull_id=1, number=1, kind="people", nip="1" * 18, state="done", fault=""
            )
        )
        connection.execute(
            insert(siasn_records).values(
                nip="1" * 18, kind="people", number=0, body={}, pull_id=1, told_on=now.date(),
                pulled_at=now,
            )
        )  # fmt: skip
    assert due(closed_case, "siasn", now + timedelta(days=365)) == 0
    gone = erase(closed_case)
    assert (gone["siasn"], gone["siasn-tasks"]) == (1, 1)


def test_the_job_leaves_its_line_and_a_quiet_round_leaves_none(closed_case) -> None:
    work = Work(
        closed_case.engine, closed_case.settings(), lambda: LATER, 45, timedelta(minutes=30)
    )
    job(work)
    job(work)
    with reading(closed_case.engine) as connection:
        lines = [one for one in audit.find(connection) if one.what == "retention.run"]
    assert [one.details for one in lines] == [{"erased": {"messages": 1, "papers": 1}}]


def test_a_round_that_is_cut_off_erases_nothing(closed_case) -> None:
    def cut_off() -> None:
        with writing(closed_case.engine) as connection:
            assert forget(connection, kind("papers"), SETTINGS, now=LATER) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_off()
    assert closed_case.rows(papers)[0].content == CONTENT
    assert closed_case.rows(erasures) == []


class TestOnBoth:
    @pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
    def database_kind(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_a_paper_of_a_closed_case_loses_its_bytes_and_the_case_stays_sound(
        self, closed_case
    ) -> None:
        soon = closed_case.now + timedelta(days=3_649)
        assert due(closed_case, "papers", soon) == 0
        assert erase(closed_case)["papers"] == 1
        (row,) = closed_case.rows(papers)
        assert (row.content, row.sha256, row.name, row.size) == (
            b"",
            DIGEST,
            "surat.pdf",
            len(CONTENT),
        )
        assert faults(closed_case) == []
        with reading(closed_case.engine) as connection:
            with pytest.raises(Refused, match="kept long enough and erased on 2037-01-04"):
                case_files.fetch(connection, 1, DIGEST)
            assert list(decision_faults(connection, closed_case.seal.fingerprint)) == []
            told = {one.kind: one for one in privacy.find_erasures(connection)}
        assert told["papers"].rows == (f"1/{DIGEST}",)
        assert erase(closed_case)["papers"] == 0

    def test_the_database_itself_keeps_a_paper_that_is_held(self, closed_case) -> None:
        """Whoever has the store open and not our program cannot empty it either."""
        empty = update(papers).values(content=b"", erased_at=LATER)
        with writing(closed_case.engine) as connection:
            privacy.hold(connection, PERSON, why="PTUN", letter="1", who="Ani", now=closed_case.now)
        for statement in (
            empty,
            update(papers).values(content=b"lain", erased_at=LATER),
            update(papers).values(content=b""),
            update(papers).values(content=b"", erased_at=LATER, sha256="0" * 64),
            delete(papers),
        ):
            with (
                pytest.raises((IntegrityError, DBAPIError), match="case_files is never changed"),
                writing(closed_case.engine) as connection,
            ):
                connection.execute(statement)

    def test_a_paper_of_an_open_case_cannot_be_emptied(self, open_case) -> None:
        with (
            pytest.raises((IntegrityError, DBAPIError), match="case_files is never changed"),
            writing(open_case.engine) as connection,
        ):
            connection.execute(update(papers).values(content=b"", erased_at=LATER))

    def test_of_a_receipt_the_body_goes_once_and_what_it_told_stays(self, closed_case) -> None:
        _tell(closed_case)
        assert due(closed_case, "receipts", closed_case.now + timedelta(days=365)) == 0
        before = [row | {"body": None} for row in _by_place(closed_case)]
        assert erase(closed_case)["receipts"] == 1
        assert _by_place(closed_case) == before
        assert erase(closed_case)["receipts"] == 0
        _refuses(closed_case, update(receipts).values(body=b"lain"))

    def test_the_database_itself_keeps_a_body_that_names_who_is_held(self, closed_case) -> None:
        """Also where the held one stands second in it; and nothing but the body ever goes."""
        _tell(closed_case)
        first = update(receipts).where(receipts.c.place == 0)
        _refuses(closed_case, first.values(body=None, state="failed"))
        _refuses(closed_case, first.values(body=None, provider_id="lain"))
        _refuses(closed_case, first.values(body=b""))
        _refuses(closed_case, delete(receipts))
        with writing(closed_case.engine) as connection:
            privacy.hold(connection, PERSON, why="PTUN", letter="1", who="Ani", now=closed_case.now)
        assert due(closed_case, "receipts") == 0
        _refuses(closed_case, first.values(body=None))

    def test_a_body_that_names_an_open_case_stays(self, open_case) -> None:
        _tell(open_case)
        assert due(open_case, "receipts") == 0
        _refuses(open_case, update(receipts).where(receipts.c.place == 0).values(body=None))

    def test_a_record_of_an_erasure_is_never_changed(self, closed_case) -> None:
        erase(closed_case)
        for statement in (delete(erasures), update(erasures).values(count=0)):
            with (
                pytest.raises((IntegrityError, DBAPIError), match="erasures is never changed"),
                writing(closed_case.engine) as connection,
            ):
                connection.execute(statement)

    def test_what_is_left_is_what_an_export_holds(self, closed_case) -> None:
        closed_case.punch(PERSON, date(2026, 3, 2))
        erase(closed_case)
        with reading(closed_case.engine) as connection:
            rows = collect(connection, nip(PERSON)).rows
            other = collect(connection, nip(HEAD)).rows
        assert [(row["content"], row["erased_at"]) for row in rows["case_files"]] == [(b"", LATER)]
        assert {row["user_id"] for row in rows["punches"]} == {"2"}
        assert {row["user_id"] for row in other["punches"]} == {"1"}
        assert [row["text"] for row in rows["dispatches"] if row["state"] == "read"] == [""]
        assert other["case_events"] == other["dispatches"] == []
        assert rows["audit_log"]
