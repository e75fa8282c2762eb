"""Late punches and excuses take back what stood on the days they prove, and tell all who know."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import date, timedelta

import pytest
from followed import ANI, BUDI, CITRA, HEAD, MONDAY, PERSON, nip
from sqlalchemy import update

from ingest.discipline.cases import Letter, NotAllowed, Step, deeds, preparing
from ingest.store.database import writing
from ingest.store.tables_cases import case_events, case_notices, cases

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
"""What a case comes to is no matter of SQL; what is asked of a store for it is asked on both."""
OFFICE = ("A", None)


def late(followed, *days):
    for day in days:
        followed.punch(PERSON, day)
    followed.judge()
    followed.round()


def last_told(followed):
    """Who has to be told of the last event."""
    events = followed.rows(case_events)
    return {
        (row.what, row.nip or row.office)
        for row in followed.rows(case_notices)
        if row.event == len(events)
    }


def reprimanded(followed):
    """A case up to the letter to the superior, which waits for approval."""
    followed.go(3)
    followed.told()
    followed.go(
        16, present=(HEAD, PERSON), each=False
    )  # ten working days after the day of the warning, and one more
    assert followed.state().waiting(Step.REPRIMAND)


class TestPunches:
    def test_one_of_three_days_withdraws_the_case_and_tells_both(self, followed):
        followed.go(3)
        late(followed, MONDAY + timedelta(days=1))
        assert followed.kinds() == ["OPENED", "WITHDRAWN"]
        (case,) = followed.cases()
        assert (case.state, case.closed_on, case.events) == ("WITHDRAWN", date(2026, 3, 5), 2)
        assert last_told(followed) == {("withdrawn", nip(PERSON)), ("withdrawn", nip(HEAD))}

    @one_database
    def test_a_day_of_many_restates_it(self, followed):
        followed.go(5)
        late(followed, MONDAY)
        assert followed.kinds()[-1] == "RESTATED"
        assert followed.state().days == tuple(MONDAY + timedelta(days=n) for n in range(1, 5))
        assert last_told(followed) == {("restated", nip(PERSON)), ("restated", nip(HEAD))}

    def test_the_round_of_those_whose_days_changed_is_enough(self, followed):
        followed.go(3)
        since = followed.now
        followed.punch(PERSON, MONDAY)
        followed.judge()
        assert followed.round(since=since + timedelta(days=1)).asked == 0
        assert followed.round(since=since).wrote == 1
        assert followed.state().phase == "WITHDRAWN"

    @one_database
    def test_what_waits_for_approval_falls_with_it(self, followed):
        reprimanded(followed)
        pending = followed.state().waiting(Step.REPRIMAND)
        late(followed, MONDAY + timedelta(days=1))
        assert followed.state().phase == "WITHDRAWN"
        assert not followed.state().pending
        with pytest.raises(NotAllowed):
            followed.do(
                lambda state, ask: deeds.approve(
                    state, ask, ANI, of=pending.number, why="x",
                    letter=Letter("1", followed.today),
                )
            )  # fmt: skip

    def test_an_approval_comes_after_the_proof_that_nobody_has_looked_at_yet(self, followed):
        reprimanded(followed)
        pending = followed.state().waiting(Step.REPRIMAND)
        followed.punch(PERSON, MONDAY)
        followed.judge()  # judged, and no round since
        before = len(followed.rows(case_events))
        with pytest.raises(NotAllowed, match="waits for no approval"):
            followed.do(
                lambda state, ask: deeds.approve(
                    state, ask, ANI, of=pending.number, why="x",
                    letter=Letter("1", followed.today),
                )
            )  # fmt: skip
        assert len(followed.rows(case_events)) == before  # refused: nothing of it is written
        followed.round()
        assert followed.state().phase == "WITHDRAWN"

    @one_database
    def test_everybody_who_was_ever_told_is_told_after_two_letters(self, followed):
        reprimanded(followed)
        followed.approve(Step.REPRIMAND)
        followed.approve(Step.OFFICE_LETTER)
        assert followed.state().phase == "LETTER_SENT"
        late(followed, MONDAY + timedelta(days=1))
        assert last_told(followed) == {
            ("withdrawn", nip(PERSON)), ("withdrawn", nip(HEAD)), ("withdrawn", "A"),
        }  # fmt: skip

    @one_database
    def test_a_case_that_was_closed_is_still_taken_back(self, followed):
        followed.go(3)
        followed.do(lambda state, ask: preparing.end(state, ask, BUDI, withdraw=False, why="cukup"))
        followed.approve(Step.CLOSURE)
        assert followed.state().phase == "CLOSED"
        followed.go(1, present=(HEAD, PERSON))
        late(followed, MONDAY)
        assert followed.kinds()[-1] == "WITHDRAWN"


class TestExcuses:
    def test_an_excuse_takes_its_days_out(self, followed):
        followed.go(5)
        followed.excuse(PERSON, MONDAY, MONDAY + timedelta(days=1))
        followed.round()
        assert followed.kinds()[-1] == "RESTATED"
        followed.excuse(PERSON, MONDAY + timedelta(days=2), MONDAY + timedelta(days=4))
        followed.round()
        assert followed.state().phase == "WITHDRAWN"

    @one_database
    def test_an_accepted_clarification_waits_for_it(self, followed):
        followed.go(3)
        followed.do(
            lambda state, ask: deeds.clarify(
                state, ask, CITRA, by="person", text="sakit", handed_in=followed.today
            )
        )
        followed.do(lambda state, ask: deeds.judge(state, ask, ANI, of=2, accepted=True, why="ya"))
        assert followed.state().phase == "EXCUSE_AWAITED"
        followed.excuse(PERSON, MONDAY, MONDAY + timedelta(days=2), "S")
        followed.round()
        assert followed.state().phase == "WITHDRAWN"


class TestKilled:
    SCRIPT = textwrap.dedent(
        """
        import os, signal, sys
        from datetime import datetime
        from zoneinfo import ZoneInfo
        from ingest.casework import Dossier, Keeping, rounds
        from ingest.days import Settings
        from ingest.regulations import load
        from ingest.store.database import open_engine
        from ingest.store import audit

        def die(*_args, **_more):
            os.kill(os.getpid(), signal.SIGKILL)

        rounds.audit.note = die
        now = datetime.fromisoformat(sys.argv[2])
        settings = Settings(ZoneInfo("Asia/Makassar"), seal=sys.argv[3])
        rounds.run_round(open_engine(sys.argv[1]), Keeping(load(), settings, now))
        """
    )

    def test_killed_between_event_and_commit_the_next_round_does_it_once(
        self, followed, database_url
    ):
        followed.go(5)
        late_days = [MONDAY, MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)]
        for day in late_days:
            followed.punch(PERSON, day)
        followed.judge()
        before = (len(followed.rows(case_events)), len(followed.rows(case_notices)))
        arguments = [database_url, followed.now.isoformat(), followed.seal.fingerprint]
        killed = subprocess.run(
            [sys.executable, "-c", self.SCRIPT, *arguments], timeout=60, check=False,
            env=dict(os.environ),
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL
        assert (len(followed.rows(case_events)), len(followed.rows(case_notices))) == before
        assert followed.round().wrote == 1
        assert followed.round().wrote == 0
        assert followed.kinds()[-1] == "WITHDRAWN"


def test_two_who_add_an_event_at_once_are_told_apart_by_its_number(followed):
    followed.go(3)
    with writing(followed.engine) as connection:
        connection.execute(update(cases).values(events=7))
    from ingest.errors import StoreError

    with pytest.raises(StoreError, match="has changed meanwhile"):
        followed.told()
