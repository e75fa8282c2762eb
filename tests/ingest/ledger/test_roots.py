"""Each day of each office has one root, which holds the day before; none is made too early."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from signed import Signer
from sqlalchemy import select, text

from ingest.errors import StoreUnavailable
from ingest.ledger.statements import first_previous
from ingest.store import bridges, tables
from ingest.store.bridges import Bridge
from ingest.store.database import reading, writing
from ingest.store.ledger_roots import SETTLED, make_roots

Make = Callable[..., Any]
MIDNIGHT = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
"""The end of the day on which these tests begin, in Makassar."""


def roots_of(centre: Any, office: str = "A") -> list[Any]:
    with reading(centre.engine) as connection:
        query = select(tables.roots).where(tables.roots.c.office == office)
        return list(connection.execute(query.order_by(tables.roots.c.day)))


def test_a_root_follows_the_one_before_on_empty_days_too(
    centre: Any, bridge: Bridge, touches: Make
) -> None:
    centre.bring(bridge, *touches(1, 2))
    centre.now += timedelta(days=3)
    centre.bring(bridge, *touches(3))
    assert centre.close_days() == 4
    rows = roots_of(centre)
    assert [row.day for row in rows] == [date(2026, 3, day) for day in (3, 4, 5, 6)]
    assert [(row.batches, row.rows) for row in rows] == [(1, 2), (0, 0), (0, 0), (1, 1)]
    assert [row.previous for row in rows] == [first_previous("A"), *(row.root for row in rows[:-1])]
    report = centre.verify()
    assert report.faults == []
    assert (report.counts.roots, len(report.notes)) == (4, 1)


def test_an_office_without_a_batch_has_no_root(centre: Any) -> None:
    assert centre.close_days(30) == 0


def test_a_day_is_left_alone_until_it_is_over_for_a_while(
    centre: Any, bridge: Bridge, touches: Make
) -> None:
    centre.bring(bridge, *touches(1))
    early = MIDNIGHT + SETTLED - timedelta(seconds=1)
    assert make_roots(centre.engine, zone=ZoneInfo("Asia/Makassar"), now=early) == 0
    assert "1 batches of office A are under no root yet" in centre.verify().notes
    zone = ZoneInfo("Asia/Makassar")
    assert make_roots(centre.engine, zone=zone, now=MIDNIGHT + SETTLED) == 1
    assert make_roots(centre.engine, zone=zone, now=MIDNIGHT + SETTLED) == 0


def test_years_without_a_root_are_made_up_for(centre: Any, bridge: Bridge, touches: Make) -> None:
    centre.bring(bridge, *touches(1))
    assert centre.close_days(100) == 100
    assert centre.verify().sound


def test_a_batch_of_a_day_that_has_its_root_is_sent_back(
    centre: Any, bridge: Bridge, touches: Make
) -> None:
    centre.bring(bridge, *touches(1))
    assert centre.close_days() == 1
    centre.now = MIDNIGHT - timedelta(minutes=2)  # it arrived before midnight and was held up
    refusal: Any = StoreUnavailable if centre.engine.dialect.name == "postgresql" else Exception
    with pytest.raises(refusal, match=r"busy|has its root already"):
        centre.bring(bridge, *touches(2))
    centre.chains.forget()
    centre.chains.batch(*touches(1))
    centre.now = MIDNIGHT + timedelta(days=1)
    centre.bring(bridge, *touches(2))
    assert centre.verify().sound


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_root_waits_for_whoever_is_bringing_a_batch(
    centre: Any, bridge: Bridge, touches: Make
) -> None:
    centre.bring(bridge, *touches(1))
    with writing(centre.engine) as held:
        held.execute(
            text(
                "INSERT INTO batches (bridge_id, office, outbox, receipt, received_at, sent)"
                " VALUES (1, 'A', 'o', 'r', '2026-03-03 15:59:59+00', 0)"
            )
        )
        made: list[int] = []
        night = threading.Thread(target=lambda: made.append(centre.close_days()))
        night.start()
        night.join(0.3)
        assert made == []
    night.join(10)
    assert made == [1]
    assert [row.batches for row in roots_of(centre)] == [2]


def test_another_zone_moves_no_batch_to_another_day(
    centre: Any, bridge: Bridge, touches: Make
) -> None:
    centre.bring(bridge, *touches(1))
    assert centre.close_days() == 1
    for zone, user in (("Asia/Jayapura", 2), ("Asia/Jakarta", 3)):
        centre.bring(bridge, *touches(user))
        centre.now += timedelta(days=1)
        assert make_roots(centre.engine, zone=ZoneInfo(zone), now=centre.now) == 1
    report = centre.verify()
    assert (report.faults, report.counts.roots) == ([], 3)


def test_offices_have_roots_of_their_own(centre: Any, bridge: Bridge, touches: Make) -> None:
    with writing(centre.engine) as connection:
        added = bridges.add(connection, office="B", name="c", now=centre.now)
        key = Signer("c").public_key
        bridges.add_key(connection, added.id, key, now=centre.now, grounds={"test": ""})
    centre.bring(bridge, *touches(1))
    centre.now += timedelta(days=1)
    centre.bring(added, *touches(4, terminal="S2"), outbox="1" * 32)
    assert centre.close_days() == 3
    assert [row.batches for row in roots_of(centre)] == [1, 0]
    assert [row.batches for row in roots_of(centre, "B")] == [1]
    for wanted, roots in (({}, 3), ({"office": "B"}, 1), ({"since": MIDNIGHT}, 1)):
        report = centre.verify(**wanted)
        assert (report.faults, report.counts.roots) == ([], roots), wanted
