"""Whatever the owner of the database changes, with every trigger off, the very thing is named."""

import gzip
import json
from typing import Any

import pytest
from ledgered import touches
from signed import Signer
from sqlalchemy import insert, select

from ingest.ledger.report import Kind
from ingest.store import tables
from ingest.store.database import reading

OF_3 = "WHERE user_id = '3'"
THREE = {"terminal": "S1", "user_id": "3", "height": 3, "batch": 1}


def first_of(centre: Any, **wanted: Any) -> Any:
    report = centre.verify(**wanted)
    assert not report.sound
    assert report.first is not None
    return report.first


PUNCH_CHANGES = {
    "user_id": "'33'",
    "local_time": "'2026-03-02 07:04:30.000000'",
    "local_day": "'2026-03-01'",
    "occurred_at": "'2026-03-01 23:03:01.000000'",
    "state": "1",
    "verify": "NULL",
    "work_code": "'x'",
    "source": "'usb'",
    "clock_offset_s": "NULL",
    "read_at": "'2026-03-03 00:58:00.000000'",
    "after_at": "'2026-03-01 00:00:00.000000'",
    "received_at": "'2026-03-03 01:02:00.000000'",
    "doubt": "'future'",
}


@pytest.mark.parametrize("column", PUNCH_CHANGES)
def test_each_field_of_a_punch(told: Any, column: str) -> None:
    told.tamper(f"UPDATE punches SET {column} = {PUNCH_CHANGES[column]} {OF_3}")
    fault = first_of(told)
    assert (fault.kind, {name: getattr(fault, name) for name in THREE}) == (Kind.ALTERED, THREE)
    assert f"{column} is" in fault.text
    assert "and was" in fault.text
    assert told.verify(everything=True).found == 1


def test_the_raw_bytes_of_a_punch(told: Any) -> None:
    told.tamper(f"UPDATE punches SET raw = :raw {OF_3}", raw=b"\x03\x07\x07")
    fault = first_of(told)
    assert (fault.kind, fault.height) == (Kind.ALTERED, 3)
    assert "raw is 030707 and was 0307075331" in fault.text


def test_a_part_of_a_second(told: Any) -> None:
    told.tamper(f"UPDATE punches SET local_time = '2026-03-02 07:03:00.300000' {OF_3}")
    fault = first_of(told)
    assert (fault.kind, fault.height) == (Kind.ALTERED, 3)
    assert "local_time is 2026-03-02 07:03:00.300000 and was 2026-03-02 07:03:00" in fault.text


def test_the_terminal_of_a_punch(told: Any) -> None:
    told.tamper(
        "UPDATE punches SET terminal_id = (SELECT id FROM terminals WHERE serial = 'NEW') " + OF_3
    )
    fault = first_of(told)
    assert (fault.kind, fault.height) == (Kind.ALTERED, 3)
    assert "terminal is 'NEW' and was 'S1'" in fault.text


def test_the_batch_of_a_punch(told: Any) -> None:
    told.tamper(f"UPDATE punches SET batch_id = 2 {OF_3}")
    report = told.verify(everything=True)
    assert [one.kind for one in report.faults] == [Kind.INSERTED]
    assert "user 3 at 2026-03-02 07:03:00 on terminal S1 stands under batch 2" in str(report.first)


def test_a_punch_taken_out(told: Any) -> None:
    told.tamper(f"DELETE FROM punches {OF_3}")
    fault = first_of(told)
    assert (fault.kind, {name: getattr(fault, name) for name in THREE}) == (Kind.MISSING, THREE)
    assert "(batch 1, row p2, height 3 of its chain) is not in the store any more" in fault.text


COPIED = (
    "INSERT INTO punches (terminal_id, user_id, local_time, local_day, occurred_at, state, verify,"
    " work_code, source, clock_offset_s, read_at, after_at, received_at, batch_id, doubt, raw)"
    " SELECT terminal_id, '99', local_time, local_day, occurred_at, state, verify, work_code,"
    " source, clock_offset_s, read_at, after_at, received_at, {batch}, doubt, raw FROM punches "
)


@pytest.mark.parametrize(
    ("batch", "where"),
    [
        ("batch_id", "stands under batch 1, and its signed body does not tell it"),
        ("4", "stands under batch 4"),
        ("0", "is said to be of batch 0, which does not exist"),
        ("77", "is said to be of batch 77, which does not exist"),
    ],
)
def test_a_punch_put_in(told: Any, batch: str, where: str) -> None:
    told.tamper(COPIED.format(batch=batch) + OF_3)
    fault = first_of(told)
    assert (fault.kind, fault.user_id, fault.terminal) == (Kind.INSERTED, "99", "S1")
    assert where in fault.text
    assert told.verify(everything=True).found == 1


def test_two_punches_that_change_places(told: Any) -> None:
    told.tamper(
        "UPDATE punches SET user_id = 'x' WHERE user_id = '3'",
        "UPDATE punches SET user_id = '3' WHERE user_id = '4'",
        "UPDATE punches SET user_id = '4' WHERE user_id = 'x'",
    )
    report = told.verify(everything=True)
    assert [one.kind for one in report.faults] == [Kind.ALTERED, Kind.ALTERED]
    assert {one.height for one in report.faults} == {3, 4}


def test_a_contradiction_changed_taken_out_or_put_in(told: Any) -> None:
    told.tamper("UPDATE contradictions SET state = 7")
    assert "the contradicting telling of user 1" in first_of(told).text
    told.tamper("UPDATE contradictions SET state = 1", "DELETE FROM contradictions")
    assert first_of(told).kind is Kind.MISSING


def test_two_tellings_that_change_places(told: Any) -> None:
    """The punch takes what the other bridge told later, and its own telling stands beside it."""
    told.tamper(
        "UPDATE punches SET state = 1, batch_id = 3, received_at = (SELECT received_at FROM"
        " batches WHERE id = 3) WHERE user_id = '1' AND terminal_id ="
        " (SELECT id FROM terminals WHERE serial = 'S1')",
    )
    fault = first_of(told)
    assert (fault.batch, fault.user_id) == (1, "1")
    assert "the contradicting telling" in fault.text


@pytest.mark.parametrize("change", ["kind = 'x'", "reason = ''", "id = 'x'", "user_id = '1'"])
def test_a_bad_record(told: Any, change: str) -> None:
    told.tamper(f"UPDATE bad_records SET {change}")
    fault = first_of(told)
    assert (fault.kind, fault.terminal, fault.height) == (Kind.ALTERED, "S1", 1)
    told.tamper("DELETE FROM bad_records")
    assert first_of(told).kind is Kind.MISSING


def test_a_doubt_that_was_told_away(told: Any) -> None:
    told.bring(told.a, *touches(20, after=1_772_438_000))
    assert told.verify().sound
    told.tamper("UPDATE punches SET doubt = NULL WHERE user_id = '20'")
    fault = first_of(told)
    assert (fault.kind, fault.user_id) == (Kind.ALTERED, "20")
    assert "doubt is empty and was 'outside'" in fault.text


def test_a_whole_batch_with_its_rows(told: Any) -> None:
    told.tamper(
        "DELETE FROM punches WHERE batch_id = 2",
        "DELETE FROM runs WHERE batch_id = 2",
        "DELETE FROM batches WHERE id = 2",
    )
    report = told.verify(everything=True)
    assert report.first.kind is Kind.LOST_BATCH
    assert "its bridge holds and which is not among those before it" in report.first.text
    assert {one.kind for one in report.faults} == {Kind.LOST_BATCH, Kind.GAP, Kind.ROOT}
    gap = next(one for one in report.faults if one.kind is Kind.GAP)
    assert "heights 6 to 8 of the punches of terminal S1" in gap.text


def test_a_whole_batch_whose_receipt_another_one_takes(told: Any) -> None:
    told.tamper(
        "DELETE FROM punches WHERE batch_id = 2",
        "DELETE FROM runs WHERE batch_id = 2",
    )
    with reading(told.engine) as connection:
        taken = connection.scalar(select(tables.batches.c.receipt).where(tables.batches.c.id == 2))
    told.tamper(
        "DELETE FROM batches WHERE id = 2",
        "UPDATE batches SET receipt = :taken WHERE id = 1",
        taken=taken,
    )
    report = told.verify(everything=True)
    assert [one.kind for one in report.faults] == [Kind.GAP, Kind.ROOT]
    assert "heights 6 to 8 of the punches of terminal S1" in report.first.text


def test_the_end_cut_off_a_day_that_has_its_root(told: Any) -> None:
    told.tamper(
        "DELETE FROM punches WHERE batch_id >= 3",
        "DELETE FROM contradictions WHERE batch_id >= 3",
        "DELETE FROM runs WHERE batch_id >= 3",
        "DELETE FROM batches WHERE id >= 3",
    )
    fault = first_of(told)
    assert fault.kind is Kind.ROOT
    assert "is over 3 batches with 14 rows (1 to 3), and 2 with 11 rows (1 to 2)" in fault.text


def test_a_body_changed(told: Any) -> None:
    told.tamper("UPDATE batches SET body = :body WHERE id = 1", body=b"{}")
    report = told.verify(everything=True)
    assert [one.kind for one in report.faults] == [Kind.SIGNATURE, Kind.BODY, Kind.ROOT]
    assert "batch 1 of office A" in str(report.first)


def forged(told: Any, number: int) -> bytes:
    """Return the body of a batch with one punch less late, chained as it should be."""
    with reading(told.engine) as connection:
        body = connection.scalar(select(tables.batches.c.body).where(tables.batches.c.id == number))
    found = json.loads(gzip.decompress(body))
    from ingest.wire import extend, punch_entries
    from ingest.wire.chain import PUNCH_COLUMNS

    found["punches"]["local"][0] -= 600
    found["punches"]["occurred_at"][0] -= 600
    entries = punch_entries([found["punches"][name] for name in PUNCH_COLUMNS])
    (run,) = [one for one in found["punches"]["runs"] if one[0] == "S1"]
    assert found["punches"]["runs"][0] == run
    run[4] = extend(bytes.fromhex(run[3]), entries[: run[2]])[-1].hex()
    return gzip.compress(json.dumps(found, separators=(",", ":")).encode(), 1, mtime=0)


def resign(told: Any, signer: Signer, *more: str) -> None:
    """Put a forged body in the place of batch 1, all that stands beside it fitting."""
    body = forged(told, 1)
    with reading(told.engine) as connection:
        row = connection.execute(select(tables.batches).where(tables.batches.c.id == 1)).one()
    signed = signer.sign("/v2/punches", body, time=row.signed_at, nonce=row.nonce)
    after = json.loads(gzip.decompress(body))["punches"]["runs"][0][4]
    told.tamper(
        *more,
        "UPDATE batches SET body = :body, signature = :signature WHERE id = 1",
        "UPDATE runs SET after = :after WHERE batch_id = 1 AND chain_id = (SELECT id FROM chains"
        " WHERE kind = 'p' AND outbox = '00000000000000000000000000000000'"
        " AND terminal_id = (SELECT id FROM terminals WHERE serial = 'S1'))",
        "UPDATE punches SET local_time = '2026-03-02 06:51:00.000000',"
        " occurred_at = '2026-03-01 22:51:00.000000+00' WHERE user_id = '1' AND batch_id = 1"
        " AND terminal_id = (SELECT id FROM terminals WHERE serial = 'S1')"
        if told.engine.dialect.name == "postgresql"
        else "UPDATE punches SET local_time = '2026-03-02 06:51:00.000000',"
        " occurred_at = '2026-03-01 22:51:00.000000' WHERE user_id = '1' AND batch_id = 1"
        " AND terminal_id = (SELECT id FROM terminals WHERE serial = 'S1')",
        body=body,
        signature=signed.signature,
        after=bytes.fromhex(after),
    )


def test_a_body_signed_anew_with_another_key(told: Any) -> None:
    resign(told, Signer("forger"))
    report = told.verify(everything=True)
    assert report.first.kind is Kind.SIGNATURE
    assert "is not what key" in report.first.text
    assert Kind.CHAIN in {one.kind for one in report.faults}  # what came later says otherwise


def test_a_key_changed_for_another(told: Any) -> None:
    forger = Signer("forger")
    told.tamper(
        "UPDATE bridge_keys SET public_key = :public WHERE id = 1", public=forger.public_key
    )
    fault = first_of(told)
    assert fault.kind is Kind.KEY
    assert "is another key than its name says" in fault.text


def add_key(told: Any, signer: Signer, bridge: int, **other: Any) -> None:
    told.tamper("DELETE FROM bridge_keys WHERE id = 9")
    with told.engine.begin() as connection:
        row = {
            "id": 9, "bridge_id": bridge, "key_id": signer.key_id,
            "public_key": signer.public_key, "enrolled_at": told.now, "grounds": {},
        } | other  # fmt: skip
        connection.execute(insert(tables.bridge_keys).values(row))


def test_a_key_put_in_to_sign_a_forged_body(told: Any) -> None:
    forger = Signer("forger")
    with reading(told.engine) as connection:
        came = connection.scalar(select(tables.batches.c.received_at))
    add_key(told, forger, told.a.id, enrolled_at=came, retired_at=came)
    resign(told, forger, "UPDATE batches SET key_id = 9 WHERE id = 1")
    report = told.verify(everything=True)
    assert report.first.kind is Kind.KEY
    assert "was in use: one of them was put in by hand" in report.first.text
    assert {Kind.KEY, Kind.CHAIN, Kind.ROOT} < {one.kind for one in report.faults}


def test_a_key_of_another_bridge(told: Any) -> None:
    told.tamper("UPDATE batches SET key_id = 2 WHERE id = 1")
    fault = first_of(told)
    assert fault.kind is Kind.KEY
    assert f"which is of bridge {told.b.id}" in fault.text


def test_a_batch_of_a_bridge_that_is_not_there(told: Any) -> None:
    told.tamper("UPDATE batches SET bridge_id = 99 WHERE id = 1")
    found = {fault.batch for fault in told.verify(everything=True).faults}
    assert 1 in found


def test_a_rotation_nobody_signed(told: Any) -> None:
    told.rotate(told.a, "a2")
    assert told.verify().sound
    with reading(told.engine) as connection:
        columns = tables.bridge_keys.c
        number, grounds = connection.execute(
            select(columns.id, columns.grounds).order_by(columns.id.desc()).limit(1)
        ).one()
    for change in ({"signature": "00" * 64}, {"rotated_from": "0" * 32}, {"body": "7b7d"}):
        told.tamper("UPDATE bridge_keys SET grounds = :grounds WHERE id = :id",
                    grounds=json.dumps(grounds | change), id=number)  # fmt: skip
        assert first_of(told).kind is Kind.KEY


def test_a_key_used_when_it_was_not_in_use(told: Any) -> None:
    told.tamper("UPDATE bridge_keys SET enrolled_at = '2026-03-03 08:00:00.000000' WHERE id = 1")
    fault = first_of(told)
    assert (fault.kind, fault.batch) == (Kind.KEY, 1)
    assert "which was not in use when it came" in fault.text


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("sent = 5", Kind.BODY),
        ("outbox = '22222222222222222222222222222222'", Kind.BODY),
        ("receipt = 'ffffffffffffffffffffffffffffffff'", Kind.LOST_BATCH),
        ("received_at = '2026-03-03 01:01:30.000000'", Kind.ALTERED),
        ("signed_at = signed_at + 1", Kind.SIGNATURE),
        ("nonce = 'ffffffffffffffffffffffffffffffff'", Kind.SIGNATURE),
        ("signature = NULL", Kind.SIGNATURE),
        ("key_id = NULL", Kind.SIGNATURE),
        ("body = NULL", Kind.BODY),
        ("body = NULL, signature = NULL, key_id = NULL", Kind.SIGNATURE),
        ("clock_limit_s = 301", Kind.ROOT),
        ("clock_limit_s = NULL", Kind.BODY),
        ("""refused = '{"p2": "no"}'""", Kind.REFUSED),
        ("""refused = '{"p7": "no"}'""", Kind.REFUSED),
        ("refused = NULL", Kind.ROOT),
    ],
)
def test_what_stands_beside_a_body(told: Any, change: str, kind: Kind) -> None:
    told.tamper(f"UPDATE batches SET {change} WHERE id = 1")
    report = told.verify(everything=True)
    assert report.first.kind is kind
    assert Kind.ROOT in {one.kind for one in report.faults}


def test_a_ledger_stripped_to_look_like_none(told: Any) -> None:
    told.tamper(
        "UPDATE batches SET body = NULL, signature = NULL, key_id = NULL, signed_at = NULL,"
        " nonce = NULL, refused = NULL, clock_limit_s = NULL WHERE id = 1",
        "DELETE FROM runs WHERE batch_id = 1",
        f"UPDATE punches SET state = 1 {OF_3}",
    )
    report = told.verify(everything=True)
    assert {one.kind for one in report.faults} == {Kind.GAP, Kind.ROOT}
    assert "heights 1 to 5 of the punches of terminal S1" in str(report.faults)


def test_punches_refused_after_the_fact(told: Any) -> None:
    """A whole terminal of a batch made to look refused shows in the root of the day alone."""
    told.tamper(
        """UPDATE batches SET refused = '{"p3": "no", "p4": "no"}' WHERE id = 2""",
        "DELETE FROM runs WHERE batch_id = 2 AND chain_id IN (SELECT id FROM chains WHERE"
        " terminal_id = (SELECT id FROM terminals WHERE serial = 'NEW'))",
        "DELETE FROM punches WHERE terminal_id = (SELECT id FROM terminals WHERE serial = 'NEW')",
    )
    fault = first_of(told)
    assert fault.kind is Kind.ROOT
    assert "refusals" in fault.text


@pytest.mark.parametrize(
    "change",
    ["before = after", "after = before", "first = first + 1", "last = last + 1", "batch_id = 4"],
)
def test_runs_changed(told: Any, change: str) -> None:
    told.tamper(f"UPDATE runs SET {change} WHERE batch_id = 1")
    fault = first_of(told)
    assert (fault.kind, fault.terminal) == (Kind.CHAIN, "S1")


def test_a_request_stored_twice(told: Any) -> None:
    told.tamper(
        "INSERT INTO batches (id, bridge_id, office, outbox, receipt, received_at, sent, key_id,"
        " signed_at, nonce, signature, clock_limit_s, refused, body)"
        " SELECT 50, bridge_id, office, outbox, 'new', received_at, sent, key_id, signed_at, nonce,"
        " signature, clock_limit_s, refused, body"
        " FROM batches WHERE id = 1"
    )
    fault = first_of(told)
    assert (fault.kind, fault.batch) == (Kind.REPEATED, 50)


def test_two_batches_that_change_places(told: Any) -> None:
    tables_of = ("punches", "bad_records", "contradictions", "runs")
    told.tamper(
        *(
            f"UPDATE {table} SET {column} = {new} WHERE {column} = {old}"
            for old, new in ((1, 60), (2, 1), (60, 2))
            for table, column in (("batches", "id"), *((one, "batch_id") for one in tables_of))
        )
    )
    report = told.verify(everything=True)
    assert report.first.kind is Kind.LOST_BATCH
    assert "taken out or moved" in report.first.text
    assert Kind.ROOT in {one.kind for one in report.faults}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("UPDATE roots SET root = :value", "is not that of its batches"),
        ("UPDATE roots SET previous = :value", "does not begin its office's roots"),
        ("UPDATE roots SET rows = rows + 1", "is over 3 batches with 15 rows"),
        ("UPDATE roots SET batches = 2", "is over 2 batches"),
        ("UPDATE roots SET until = '2026-03-03 15:59:00.000000'", "is not that of its batches"),
        ("UPDATE roots SET day = '2026-03-04'", "is not that of its batches"),
        ("UPDATE roots SET office = 'B'", "does not begin its office's roots"),
    ],
)
def test_a_root_changed(told: Any, change: str, text: str) -> None:
    told.tamper(change, **({"value": b"\x01" * 32} if ":value" in change else {}))
    fault = first_of(told)
    assert (fault.kind, text in fault.text) == (Kind.ROOT, True), fault


def test_a_root_taken_out_between_others(told: Any) -> None:
    told.close_days(3)
    assert told.verify().sound
    told.tamper("DELETE FROM roots WHERE day = '2026-03-04'")
    fault = first_of(told)
    assert "does not follow that of 2026-03-03: roots were taken out" in fault.text


def test_a_terminal_that_takes_anothers_serial(told: Any) -> None:
    told.tamper(
        "UPDATE terminals SET serial = 'x' WHERE serial = 'S1'",
        "UPDATE terminals SET serial = 'S1' WHERE serial = 'NEW'",
        "UPDATE terminals SET serial = 'NEW' WHERE serial = 'x'",
    )
    report = told.verify(everything=True)
    assert Kind.CHAIN in {one.kind for one in report.faults}
    assert Kind.ALTERED in {one.kind for one in report.faults}


def test_a_month_in_the_archive_is_not_missing(told: Any) -> None:
    told.tamper(
        "INSERT INTO archived_months (month, rows, first_batch, last_batch, sha256, file,"
        " archived_at) VALUES ('2026-03-01', 12, 1, 4, 'x', 'x', '2026-03-04 00:00:00.000000')",
        "DELETE FROM punches",
    )
    report = told.verify()
    assert report.faults == []
    assert report.counts.archived == 15


def test_only_the_first_is_looked_for_unless_all_are_wanted(told: Any) -> None:
    told.tamper("DELETE FROM punches WHERE user_id IN ('2', '3', '7', '11')")
    assert (told.verify().found, told.verify().counts.batches) == (1, 1)
    report = told.verify(everything=True)
    assert [one.user_id for one in report.faults] == ["2", "3", "7", "2", "2", "11"]
