"""Whatever happens in whatever order: never two sends of one message, and no notice forgotten.

HADIR_EXAMPLES says how many stories are tried.
"""

import contextlib
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from followed import Followed
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from told import Crash, Fault, Kind, Pigeon, Telling, failure

from ingest.notify.base import Sent
from ingest.store import dispatches, receipts
from ingest.store.database import open_engine, writing
from ingest.store.receipts import Told

EXAMPLES = int(os.environ.get("HADIR_EXAMPLES", "8"))


class _Mortal:
    """An answer whose number nobody lives to read."""

    accepted = True
    failure = None

    @property
    def provider_id(self) -> str:
        raise Crash


class Sending(RuleBasedStateMachine):
    """A store with one case, two channels, and everything that may go wrong."""

    template: Path
    made: Followed

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "hadir.db"
        shutil.copyfile(self.template, path)
        self._engine = open_engine(f"sqlite:///{path}")
        self._channels = (Pigeon("wa", finds=True), Pigeon("sms", Kind.SMS, tells=""))
        self._telling = Telling(self.made.beside(self._engine), *self._channels, days="all",
                                hours="00:00-23:59")  # fmt: skip
        self.truth: Counter[str] = Counter()
        for one in self._channels:
            one.send = self._watched(one, one.send)  # type: ignore[method-assign]

    def _watched(self, channel: Pigeon, send: Any) -> Any:
        def watched(message: Any, *, now: Any) -> Sent:
            done = send(message, now=now)
            if done.accepted:
                self.truth[message.reference] += 1
            return done

        return watched

    @rule(
        faults=st.lists(st.sampled_from([None, *Fault, "before", "after", "settling", "lost"]),
                        max_size=3),
        minutes=st.sampled_from([0, 1, 6, 30, 300]),
    )  # fmt: skip
    def round(self, faults: list[Any], minutes: int) -> None:
        self._telling.pass_(minutes=minutes)
        for one in self._channels:
            one.answers = [self._answer(one, fault) for fault in faults if fault is not None]
        with contextlib.suppress(Crash):  # the next round is another process
            self._telling.send()
        for one in self._channels:
            one.answers = []

    def _answer(self, channel: Pigeon, fault: Any) -> Any:
        if isinstance(fault, Fault):
            return failure(fault)

        def answer(message: Any) -> Any:
            if fault == "before":
                raise Crash
            channel.sent.append(message)
            if fault == "settling":
                return _Mortal()
            self.truth[message.reference] += 1
            if fault == "after":
                raise Crash
            return Sent(accepted=False, failure=failure(Fault.UNKNOWN))

        return answer

    @rule(data=st.data(), state=st.sampled_from(["sent", "delivered", "read", "failed"]))
    def receipt(self, data: Any, state: str) -> None:
        rows = [one for one in self._telling.rows(to=None) if self.truth[one.reference]]
        if not rows:
            return
        one = data.draw(st.sampled_from(rows))
        told = Told(state, self._telling.now, None, one.reference, "address")
        with writing(self._engine) as connection:
            receipts.take(connection, one.channel, [told], state.encode(), self._telling.now)

    @rule()
    def person(self) -> None:
        """Settle what nobody knows, by what is true."""
        for one in self._telling.rows(to=None):
            if one.state == "unknown":
                with writing(self._engine) as connection:
                    dispatches.settle(
                        connection, one.id, sent=bool(self.truth[one.reference]), why="dilihat",
                        now=self._telling.now,
                    )  # fmt: skip

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert max(self.truth.values(), default=0) <= 1

    def teardown(self) -> None:
        for _ in range(14):
            self._telling.pass_(hours=2)
            self._telling.send()
            self.person()
        self._telling.send()
        rows = self._telling.rows(to=None)
        assert len({one.notice_id for one in rows}) == 2, "a notice was forgotten"
        for one in rows:
            on_paper = any(
                other.channel == "-paper" for other in rows if other.notice_id == one.notice_id
            )
            assert one.told_at is not None or on_paper
        self.nothing_is_sent_twice()
        self._engine.dispose()
        self._folder.cleanup()


def test_any_order_of_crashes_and_faults(opened: tuple[Path, Followed]) -> None:
    class Here(Sending):
        template, made = opened

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=8, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
