"""People who decide at the same moment: each decision stands once, and the chain stays whole."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert

from ingest import seal as keys
from ingest.errors import Refused
from ingest.roles import Role
from ingest.seal import Seal
from ingest.store import adjustments, audit, quarantine, resolutions, seals, tables
from ingest.store.audit import Actor
from ingest.store.database import reading, writing
from ingest.store.decided import Grounds

AT = datetime(2026, 3, 4, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Makassar")
NIP = "198609262015051001"
ACTOR = Actor("Bu Kepala", "root", Role.ADMIN)
GROUNDS = Grounds(ACTOR, "daftar hadir")
JUDGING: dict[str, Any] = {"zone": ZONE, "clock_limit_s": 300}


@pytest.fixture
def seal(engine: Engine, bridge: object) -> Seal:
    """A seal; a person of office A; on S1 a punch and a doubtful one."""
    own = keys.new()
    with writing(engine) as connection:
        seals.register(connection, own, before=None, lost=False, now=AT)
        connection.execute(insert(tables.people).values(id=1, nip=NIP, name="N", kind="PNS"))
        connection.execute(
            insert(tables.assignments).values(person_id=1, office="A", valid_from=date(2026, 1, 1))
        )
        connection.execute(
            insert(tables.batches).values(
                id=1, bridge_id=1, office="A", outbox="o", receipt="r", received_at=AT, sent=2
            )
        )
        for clock, doubt in ((datetime(2000, 1, 1), "ancient"), (datetime(2026, 3, 3, 10), None)):
            connection.execute(
                insert(tables.punches).values(
                    terminal_id=1, user_id="7", local_time=clock, local_day=clock.date(),
                    occurred_at=clock.replace(tzinfo=UTC), work_code="", source="poll", read_at=AT,
                    received_at=AT, batch_id=1, doubt=doubt, raw=b"",
                )
            )  # fmt: skip
    return own


def at_once(*acts: Callable[[], None]) -> list[str]:
    """Run acts at the same moment; return what those that were refused were told."""
    start, told = Barrier(len(acts)), list[str]()

    def run(act: Callable[[], None]) -> None:
        start.wait(10)
        try:
            act()
        except Refused as error:
            told.append(str(error))

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return told


def add(engine: Engine, seal: Seal, minute: int) -> None:
    with writing(engine) as connection:
        made = adjustments.add_touch(
            connection, seal, GROUNDS, nip=NIP, local_time=datetime(2026, 3, 3, 7, minute), now=AT,
            zone=ZONE,
        )  # fmt: skip
        told = {"decisions": [{"number": made.number, "digest": made.digest.hex()}]}
        audit.note(connection, ACTOR, "adjustments.add-touch", details=told, now=AT)


def void(engine: Engine, seal: Seal) -> None:
    with writing(engine) as connection:
        adjustments.void(
            connection, seal, GROUNDS, terminal="S1", user_id="7",
            local_time=datetime(2026, 3, 3, 10), now=AT,
        )  # fmt: skip


def resolve(engine: Engine, seal: Seal, verdict: str) -> None:
    with reading(engine) as connection:  # what a person saw before he decided
        waiting = quarantine.find_waiting(connection)
    with writing(engine) as connection:
        resolutions.resolve(connection, seal, GROUNDS, waiting, verdict, now=AT, **JUDGING)


def test_the_same_touch_is_added_once(engine: Engine, seal: Seal) -> None:
    told = at_once(*[lambda: add(engine, seal, 25)] * 4)
    assert told == ["this touch is added already, by adjustment 1"] * 3


def test_the_same_punch_is_made_void_once_and_taken_back_once(engine: Engine, seal: Seal) -> None:
    assert len(at_once(*[lambda: void(engine, seal)] * 3)) == 2

    def take_back() -> None:
        with writing(engine) as connection:
            adjustments.withdraw(connection, seal, GROUNDS, 1, now=AT)

    assert len(at_once(*[take_back] * 3)) == 2


def test_different_ones_stand_in_one_chain(engine: Engine, seal: Seal) -> None:
    acts = [lambda minute=minute: add(engine, seal, minute) for minute in range(8)]
    assert at_once(*acts, lambda: void(engine, seal)) == []
    with reading(engine) as connection:
        found = adjustments.find(connection)
        assert [one.number for one in found] == list(range(1, 10))
        assert list(adjustments.faults(connection, seal.fingerprint)) == []
        assert list(audit.faults(connection)) == []


def test_two_verdicts_on_one_punch_cannot_both_stand(engine: Engine, seal: Seal) -> None:
    """Else taking the second back would bring the first one into force, unseen."""
    with reading(engine) as connection:
        waiting = quarantine.find_waiting(connection)
    resolve(engine, seal, "reject")
    with writing(engine) as connection, pytest.raises(Refused, match="somebody was faster"):
        resolutions.resolve(connection, seal, GROUNDS, waiting, "accept", now=AT, **JUDGING)
    with reading(engine) as connection:
        assert [one.verdict for one in resolutions.find(connection)] == ["reject"]


def test_the_same_verdict_twice_in_one_act_is_one_too_many(engine: Engine, seal: Seal) -> None:
    with writing(engine) as connection:
        waiting = quarantine.find_waiting(connection) * 2
        with pytest.raises(Refused, match="named twice"):
            resolutions.resolve(connection, seal, GROUNDS, waiting, "reject", now=AT, **JUDGING)
