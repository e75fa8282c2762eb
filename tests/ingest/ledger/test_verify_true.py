"""A store that was only written by its own program verifies, whatever its bridges did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from signed import Signer

from ingest.store import bridges
from ingest.store.bridges import Bridge
from ingest.store.database import writing

Make = Callable[..., Any]


def test_an_empty_store_is_sound(centre: Any) -> None:
    report = centre.verify()
    assert report.sound
    assert (report.counts.batches, report.counts.keys) == (0, 1)


def test_what_came_once_is_counted(centre: Any, bridge: Bridge, touches: Make, bad: Make) -> None:
    centre.bring(bridge, *touches(1, 2, 3))
    centre.bring(bridge, *touches(4, 5), *touches(6, terminal="NEW"), bad())
    report = centre.verify()
    assert report.faults == []
    found = report.counts
    assert (found.batches, found.rows, found.punches, found.bad_records) == (2, 7, 6, 1)
    assert found.chains == 3


def test_rows_told_again_are_known_before(
    centre: Any, bridge: Bridge, other_bridge: Bridge, touches: Make, bad: Make
) -> None:
    rows = [*touches(1, 2, 3), bad()]
    batch = centre.chains.batch(*rows)
    centre.send(bridge, batch)
    centre.send(bridge, batch)
    centre.bring(other_bridge, *rows, *touches(4), outbox="1" * 32)
    report = centre.verify()
    assert report.faults == []
    assert (report.counts.punches, report.counts.known_before) == (4, 8)


def test_a_run_cut_otherwise_the_second_time_agrees(
    centre: Any, bridge: Bridge, touches: Make
) -> None:
    rows = touches(*range(1, 11))
    centre.send(bridge, centre.chains.batch(*rows))
    for start, end in ((0, 4), (4, 10), (2, 7)):
        again = type(centre.chains)()
        if start:
            again.batch(*rows[:start])
        centre.send(bridge, again.batch(*rows[start:end]))
    report = centre.verify()
    assert report.faults == []
    assert report.counts.known_before == 15


def test_contradictions_are_kept_beside(
    centre: Any, bridge: Bridge, other_bridge: Bridge, touches: Make
) -> None:
    (one,) = touches(1)
    centre.bring(bridge, one, replace(one, state=5), replace(one, raw=b"same codes"))
    centre.bring(other_bridge, replace(one, state=1, source="usb"), outbox="1" * 32)
    centre.bring(other_bridge, replace(one, state=1, source="usb"), outbox="1" * 32)
    report = centre.verify()
    assert report.faults == []
    assert report.counts.punches == 1


def test_doubts_are_judged_by_the_limit_of_their_batch(
    centre: Any, bridge: Bridge, punch: Make
) -> None:
    late = int(datetime(2026, 3, 2, 3, 0).timestamp())
    for limit_s, hour in ((300, 8), (86_400, 9)):
        centre.bring(
            bridge,
            punch("1", datetime(2038, 1, 19, 3, hour)),
            punch("2", datetime(2000, 1, 1, 0, hour)),
            punch("3", datetime(2026, 3, 2, hour, 0), after=late),
            limit_s=limit_s,
        )
    assert centre.verify().faults == []


def test_rows_refused_are_counted_and_their_heights_are_no_gap(
    centre: Any, bridge: Bridge, touches: Make, engine: Any
) -> None:
    receipt = centre.bring(bridge, *touches(1, 2), *touches(8, 9, terminal="S2"))
    assert len(receipt.parked) == 2
    centre.tamper("UPDATE terminals SET office = 'A' WHERE serial = 'S2'")
    centre.bring(bridge, *touches(10, terminal="S2"))
    report = centre.verify()
    assert report.faults == []
    assert (report.counts.refused, report.counts.punches) == (2, 3)


def test_a_row_that_cannot_be_read_is_refused(centre: Any, bridge: Bridge, touches: Make) -> None:
    rows = touches(1, 2, 3)
    broken = replace(rows[1], user_id="x\ty")
    receipt = centre.bring(bridge, rows[0], broken, rows[2])
    assert list(receipt.parked) == ["p1"]
    report = centre.verify()
    assert report.faults == []
    assert report.counts.punches == 2


def test_a_new_outbox_ends_the_old_chains(centre: Any, bridge: Bridge, touches: Make) -> None:
    centre.bring(bridge, *touches(1, 2))
    centre.chains.batch(*touches(3))  # parked at the bridge, and told under the new name
    centre.bring(bridge, *touches(4))
    centre.bring(bridge, *touches(3, 5), outbox="1" * 32)
    report = centre.verify()
    assert report.faults == []
    assert "heights 3 to 3" in report.notes[0]


def test_a_rotated_key_stands_on_the_old_ones_signature(
    centre: Any, bridge: Bridge, touches: Make
) -> None:
    centre.bring(bridge, *touches(1))
    centre.rotate(bridge, "a2")
    centre.bring(bridge, *touches(2))
    report = centre.verify()
    assert report.faults == []
    assert report.counts.keys == 2


def test_a_machine_that_enrols_as_another_bridge_is_told(
    centre: Any, bridge: Bridge, other_bridge: Bridge, touches: Make
) -> None:
    centre.bring(bridge, *touches(1))
    centre.bring(other_bridge, *touches(2))
    report = centre.verify()
    assert report.faults == []
    assert "was bridge 1's and is bridge 2's since batch 2" in report.notes[0]


@pytest.mark.parametrize("code", ["a\x1eb", "\x1f", "é" * 32, "-", "\n"])
def test_any_work_code_is_taken_for_itself(
    centre: Any, bridge: Bridge, touches: Make, code: str
) -> None:
    first, second = touches(1, 2)
    centre.bring(bridge, replace(first, work_code=code), second)
    report = centre.verify()
    assert report.faults == []
    assert report.counts.punches == 2


def test_only_one_office_or_what_came_lately_is_looked_at(
    centre: Any, bridge: Bridge, touches: Make, engine: Any
) -> None:
    with writing(engine) as connection:
        added = bridges.add(connection, office="B", name="c", now=centre.now)
        bridges.add_key(
            connection, added.id, Signer("c").public_key, now=centre.now, grounds={"test": ""}
        )
    centre.bring(bridge, *touches(1, 2))
    since = centre.now.replace(second=30)
    centre.bring(bridge, *touches(3))
    centre.bring(added, *touches(4, 5, terminal="S2"), outbox="1" * 32)
    for wanted, batches, punches in (
        ({"office": "A"}, 2, 3),
        ({"office": "B"}, 1, 2),
        ({"since": since}, 2, 3),
        ({"since": since, "office": "A"}, 1, 1),
    ):
        report = centre.verify(**wanted)
        assert report.faults == []
        assert (report.counts.batches, report.counts.punches) == (batches, punches), wanted
