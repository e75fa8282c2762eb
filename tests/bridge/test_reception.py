"""Calls of terminals, answered without sockets: what is kept, proven, acknowledged, refused."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from bridge.errors import OutboxFull
from bridge.intake import Intake, Reading
from bridge.ledger import CentreState
from bridge.outbox import Outbox
from bridge.reception import AGAIN_S, KEEP_S, SILENT_S, Reception
from bridge.terminals import TerminalConfig
from drivers.adms.receiver import AdmsReceiver
from drivers.base import ListLog, RawPunch, Request, TerminalInfo
from drivers.usb.codec import read_text

SERIAL = "CEZU202360241"
MAKASSAR = ZoneInfo("Asia/Makassar")
NOW = int(datetime(2026, 3, 3, 12, 0, tzinfo=MAKASSAR).timestamp())
ROW = "1001\t2026-03-03 07:15:02\t0\t1\t0\t0\t0\t0\t0\t0\t\n"
OTHER = "1002\t2026-03-03 07:20:00\t0\t15\t0\t0\t0\t0\t0\t0\t\n"


def sql(outbox: Outbox, statement: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(outbox.path, isolation_level=None)) as connection:
        return connection.execute(statement, values).fetchall()


class Desk:
    """A reception, a clock that stands still, and a terminal that calls it."""

    def __init__(self, outbox: Outbox, *terminals: TerminalConfig) -> None:
        self.now = NOW
        self.outbox = outbox
        self.reception = Reception(
            outbox, terminals, zone=MAKASSAR, clock_limit_s=300, clock=lambda: self.now
        )

    def get(self, verb: str, query: str = "", **more: str) -> str:
        return self._ask("GET", verb, query, b"", **more)

    def post(self, verb: str, query: str, body: str | bytes, **more: str) -> str:
        return self._ask("POST", verb, query, body.encode() if isinstance(body, str) else body)

    def _ask(self, method: str, verb: str, query: str, body: bytes, **more: str) -> str:
        serial, peer = more.get("serial", SERIAL), more.get("peer", "192.168.1.203")
        words = {name.lower(): value for name, value in parse_qsl(f"SN={serial}&{query}")}
        reply = self.reception.answer(Request(method, f"/iclock/{verb}", words, {}, body, peer))
        self.reply = reply
        return f"{reply.status} {reply.body.decode()}"

    def order(self) -> tuple[str, str]:
        """Poll, and return the id and the text of the order."""
        told = self.get("getrequest")
        assert told.startswith("200 C:"), told
        _, order_id, text = told.removeprefix("200 ").split(":", 2)
        return order_id, text.rstrip("\n")

    def answer(self, order_id: str, code: int = 0, **facts: object) -> str:
        lines = [f"ID={order_id}&Return={code}&CMD=DATA", *(f"{k}={v}" for k, v in facts.items())]
        return self.post("devicecmd", "", "\n".join(lines) + "\n")

    def round(self, count: int | None, rows: str = "") -> list[str]:
        """Go through one round as a terminal with so many records; return what was ordered."""
        asked = []
        while True:
            told = self.get("getrequest")
            if told == "200 OK":
                return asked
            _, order_id, text = told.removeprefix("200 ").split(":", 2)
            asked.append(text.rstrip("\n").partition(" StartTime")[0])
            if text.startswith("DATA QUERY") and rows:
                self.post("cdata", "table=ATTLOG&Stamp=9999", rows)
            told_count = {"TransactionCount": count} if count is not None else {}
            self.answer(order_id, **(told_count if text.startswith("INFO") else {}))

    def coverage(self) -> list[tuple[int, int, int | None]]:
        return sql(self.outbox, "SELECT since, until, on_terminal FROM coverage ORDER BY since")

    def events(self) -> set[str]:
        return {one.kind for one in self.outbox.ledger.events()}

    def kept(self) -> list[tuple[str, str]]:
        return [
            (row.body.user_id, str(getattr(row.body, "local_time", "bad")))
            for row in self.outbox.listing("waiting")
        ]


def configured(**options: object) -> TerminalConfig:
    return TerminalConfig(
        "hall", "adms", 60, SERIAL, AdmsReceiver.Options(serial=SERIAL, **options)
    )


@pytest.fixture
def desk(outbox: Outbox) -> Desk:
    return Desk(outbox, configured())


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=MAKASSAR).timestamp())


class TestPunches:
    def test_a_punch_is_on_the_disk_when_it_is_acknowledged(self, desk):
        assert desk.post("cdata", "table=ATTLOG&Stamp=9999", ROW + OTHER) == "200 OK: 2"
        (first, second) = desk.outbox.listing("waiting")
        assert first.body.user_id == "1001"
        assert first.body.source == "push"
        assert first.body.terminal == SERIAL
        assert first.body.local_time == datetime(2026, 3, 3, 7, 15, 2)
        assert first.body.occurred_at == at("2026-03-03 07:15:02")
        assert second.body.verify == 15

    def test_the_same_upload_again_changes_nothing_and_is_acknowledged(self, desk):
        for _ in range(3):
            assert desk.post("cdata", "table=ATTLOG", ROW + OTHER) == "200 OK: 2"
        assert len(desk.kept()) == 2
        assert desk.outbox.callers.find(SERIAL).held == 2

    def test_a_row_that_is_no_punch_is_kept_and_acknowledged(self, desk):
        assert desk.post("cdata", "table=ATTLOG", ROW + "garbage\tx\n") == "200 OK: 2"
        _, bad = desk.outbox.listing("waiting")
        assert (bad.body.kind, bad.body.raw) == ("date", b"garbage\tx")
        assert "bad-records" in desk.events()

    def test_a_damaged_body_is_not_acknowledged_and_nothing_of_it_is_kept(self, desk):
        told = desk.post("cdata", "table=ATTLOG", ROW + "1003\t2026-03-0")
        assert told == "503 this cannot be read"
        assert desk.kept() == []
        assert desk.events() == {"bad-call"}
        assert desk.post("cdata", "table=ATTLOG&ContentType=tgz", "x").startswith("503")

    def test_a_full_outbox_acknowledges_nothing_and_takes_the_rest_later(self, desk, monkeypatch):
        add = desk.outbox.add

        def refuse(bodies, *, mark=None):
            if bodies:
                raise OutboxFull("too many wait")
            return add(bodies, mark=mark)

        monkeypatch.setattr(desk.outbox, "add", refuse)
        assert desk.post("cdata", "table=ATTLOG&Stamp=77", ROW).startswith("503 it cannot be kept")
        monkeypatch.undo()
        assert desk.outbox.callers.find(SERIAL).held == 0
        assert "77" not in desk.outbox.callers.find(SERIAL).notebook
        assert desk.post("cdata", "table=ATTLOG&Stamp=77", ROW) == "200 OK: 1"
        assert len(desk.kept()) == 1

    def test_pushed_polled_and_carried_by_hand_it_is_one_punch(self, desk, outbox):
        desk.post("cdata", "table=ATTLOG", ROW)
        raw = RawPunch("1001", datetime(2026, 3, 3, 7, 15, 2), 0, 1, "", b"\x01\x02")
        intake = Intake(outbox, zone=MAKASSAR, clock_limit_s=300)
        polled = intake.take(Reading("gate", "zk", ListLog(SERIAL, [raw]), NOW))
        line = b"    1001\t2026-03-03 07:15:02\t1\t0\t1\t0\r\n"
        carried = intake.take(Reading("hall", "usb", read_text(line, SERIAL), NOW))
        assert (polled.records, polled.new) == (1, 0)
        assert (carried.records, carried.new) == (1, 0)
        assert len(desk.kept()) == 1

    def test_the_last_stamp_comes_back_in_the_next_greeting(self, desk):
        first = desk.get("cdata", "options=all&pushver=2.4.0")
        assert "\nATTLOGStamp=0\n" in first, "a new terminal sends its whole log, once"
        assert "\nATTLOGStamp=None\n" in desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG&Stamp=82983982", ROW)
        told = desk.get("cdata", "options=all")
        assert "\nATTLOGStamp=82983982\nStamp=82983982\n" in told
        desk.post(
            "cdata", "table=OPERLOG&OpStamp=17", "OPLOG 4\t0\t2026-03-03 07:00:00\t0\t0\t0\t0\n"
        )
        assert "\nOpStamp=17\n" in desk.get("cdata", "options=all")

    def test_attendance_of_a_table_with_another_name_is_taken_and_other_tables_named(self, desk):
        assert desk.post("cdata", "table=ATTENDANCE2", ROW) == "200 OK: 1"
        assert len(desk.kept()) == 1
        assert desk.post("cdata", "table=SURPRISE", "a=1\nb=2\n") == "200 OK: 2"
        assert "unknown-table" in desk.events()
        assert len(desk.kept()) == 1

    def test_people_and_fingers_are_acknowledged_and_are_nowhere(self, desk):
        secret = "USER PIN=7\tName=Siti Rahma\tPasswd=4711\nFP PIN=7\tTMP=TUlSMVNTMjE\n"
        assert desk.post("cdata", "table=OPERLOG&Stamp=1", secret) == "200 OK: 2"
        assert (
            desk.post("cdata", "table=BIODATA&Stamp=1", "BIODATA Pin=7\tTmp=TUlSMVNT\n")
            == "200 OK: 1"
        )
        for path in desk.outbox.path.parent.iterdir():
            content = path.read_bytes()
            assert b"Siti" not in content
            assert b"4711" not in content
            assert b"TUlSMVNT" not in content

    def test_events_of_doors_come_in(self, desk):
        row = "time=2026-03-03 07:00:00\tpin=5\tcardno=1\tevent=0\tinoutstatus=0\tverifytype=4\n"
        assert desk.post("cdata", "table=rtlog", row) == "200 OK"
        assert desk.kept() == [("5", "2026-03-03 07:00:00")]
        assert desk.get("getrequest") == "200 OK", "doors know no query of a period"
        assert desk.post("registry", "", "DeviceType=acc") == f"200 RegistryCode={SERIAL}"
        assert "registry=ok" in desk.get("cdata", "options=all&pushver=3.1.2&DeviceType=acc")
        assert "TransTables=Transaction" in desk.post("push", "", "")
        query = "table=tabledata&tablename=user&count=3"
        assert desk.post("cdata", query, "user uid=1\tname=Siti\n") == "200 user=3"
        query = "type=tabledata&tablename=transaction&count=1"
        assert desk.post("querydata", query, "transaction cardno=0\tpin=5\n") == "200 transaction=1"
        assert len(desk.kept()) == 2


class TestProof:
    def test_calls_and_uploads_alone_prove_nothing(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG&Stamp=9999", ROW)
        desk.get("ping")
        desk.get("getrequest", "INFO=Ver 8,1,1,1,10.0.0.1")
        assert desk.coverage() == []

    def test_a_count_that_agrees_proves_the_log_up_to_when_it_was_asked(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG&Stamp=9999", ROW + OTHER)
        assert desk.round(2) == ["INFO"]
        assert desk.coverage() == [(at("2026-03-03 07:15:02"), NOW, 2)]
        assert desk.outbox.ledger.terminals()[0].records == 2

    def test_an_hour_later_it_is_asked_for_what_did_not_come_and_the_stretch_grows(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.round(1)
        assert desk.round(1) == []
        desk.now += 90
        assert desk.get("getrequest") == "200 OK"
        for _ in range(39):
            desk.now += 90
            told = desk.get("getrequest")
            if told != "200 OK":
                break
        assert "DATA QUERY ATTLOG StartTime=2026-03-03 11:00:00\tEndTime=2026-03-04" in told
        order_id = told.split(":")[1]
        desk.post("cdata", "table=ATTLOG", OTHER)
        desk.answer(order_id, 1)
        assert desk.round(2) == ["INFO"]
        assert desk.coverage() == [(at("2026-03-03 07:15:02"), desk.now, 2)]

    def test_a_count_that_is_larger_proves_nothing_and_asks_for_more(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        assert desk.round(2) == ["INFO"]
        assert desk.coverage() == []
        desk.now += 60
        assert desk.round(2, rows=ROW + OTHER) == ["DATA QUERY ATTLOG", "INFO"]
        assert desk.coverage() == [(at("2026-03-03 07:15:02"), desk.now, 2)]

    def test_what_comes_between_the_question_and_its_answer_cannot_stand_for_what_is_missing(
        self, desk
    ):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)  # one of two that the terminal holds
        order_id, text = desk.order()
        assert text == "INFO"
        desk.post("cdata", "table=ATTLOG", "1003\t2026-03-03 12:00:00\t0\t1\t0\t0\t0\n")
        desk.answer(order_id, TransactionCount=2)
        assert desk.coverage() == []

    def test_an_answer_that_comes_after_its_order_was_given_again_counts_for_nothing(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        first, _ = desk.order()
        desk.now += 301
        second, _ = desk.order()
        assert first != second
        desk.answer(first, TransactionCount=1)
        assert desk.coverage() == []
        desk.answer(second, TransactionCount=1)
        assert desk.coverage() == [(at("2026-03-03 07:15:02"), desk.now, 1)]

    def test_rows_may_come_after_the_result_of_the_query(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.round(3)
        desk.now += 60
        order_id, text = desk.order()
        assert text.startswith("DATA QUERY ATTLOG StartTime=2000-01-01 00:00:00")
        desk.answer(order_id)
        order_id, text = desk.order()
        desk.answer(order_id, TransactionCount=3)
        assert desk.coverage() == []
        desk.post("cdata", "table=ATTLOG", OTHER + "1003\t2026-03-03 07:30:00\t0\t1\t0\t0\t0\n")
        desk.now += 120
        assert desk.round(3)[-1] == "INFO"
        assert desk.coverage()[0][1:] == (desk.now, 3)

    def test_two_records_that_are_equal_count_as_two_when_one_upload_shows_both(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.post("cdata", "table=ATTLOG", ROW)  # pressed twice, or sent twice: nobody knows
        desk.round(2)
        assert desk.coverage() == []
        desk.now += 60
        desk.round(2, rows=ROW + ROW)
        assert desk.coverage()[0][2] == 2
        assert len(desk.kept()) == 1

    def test_a_terminal_without_a_count_is_believed_when_it_answers_a_query(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        assert desk.round(None) == ["INFO", "DATA QUERY ATTLOG", "INFO"]
        assert desk.coverage() == [(at("2026-03-03 07:15:02"), NOW, None)]
        ((note,),) = sql(desk.outbox, "SELECT note FROM coverage")
        assert note == "by its answer; it tells no count"

    def test_a_terminal_that_knows_no_order_is_never_believed(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        for _ in range(3):
            order_id, _ = desk.order()
            desk.answer(order_id, -1002)
        assert desk.get("getrequest") == "200 OK"
        assert desk.coverage() == []
        assert {"query-refused", "unproven"} <= desk.events()

    def test_a_terminal_that_answers_nothing_is_asked_three_times_and_named(self, desk):
        desk.get("cdata", "options=all")
        asked = 0
        for _ in range(12):
            asked += desk.get("getrequest").startswith("200 C:")
            desk.now += 100
        assert asked == 3
        assert "unproven" in desk.events()

    def test_after_a_silence_it_is_asked_at_once(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.round(1)
        desk.now += 130
        assert desk.round(1) == ["DATA QUERY ATTLOG", "INFO"]

    def test_after_a_start_of_ours_it_is_asked_at_once(self, desk, outbox):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.round(1)
        again = Desk(outbox, configured())
        again.now = desk.now + 10
        assert again.round(1) == ["DATA QUERY ATTLOG", "INFO"]

    def test_one_that_never_greeted_us_is_told_to(self, desk):
        desk.post("cdata", "table=ATTLOG", ROW)
        assert desk.round(1) == ["CHECK", "INFO"]
        assert desk.coverage() != []

    def test_a_log_that_shrank_begins_anew(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW + OTHER)
        desk.round(2)
        desk.now += 130
        late = "1003\t2026-03-03 12:01:00\t0\t1\t0\t0\t0\n"
        desk.post("cdata", "table=ATTLOG", late)
        assert desk.round(1, rows=late) == [
            "DATA QUERY ATTLOG", "INFO", "DATA QUERY ATTLOG", "INFO"
        ]  # fmt: skip
        assert "log-shrank" in desk.events()
        assert desk.coverage() == [
            (at("2026-03-03 07:15:02"), NOW, 2),
            (at("2026-03-03 12:01:00"), desk.now, 1),
        ]

    def test_records_deleted_at_the_menu_end_the_stretch_once(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW + OTHER)
        desk.round(2)
        cleared = "OPLOG 13\t1\t2026-03-03 12:00:30\t0\t0\t0\t0\n"
        desk.post("cdata", "table=OPERLOG&Stamp=5", cleared)
        assert "log-deleted" in desk.events()
        assert desk.outbox.callers.find(SERIAL).held == 0
        desk.now += 60
        late = "1003\t2026-03-03 12:00:50\t0\t1\t0\t0\t0\n"
        desk.post("cdata", "table=ATTLOG", late)
        desk.round(1, rows=late)
        assert desk.coverage()[-1] == (at("2026-03-03 12:00:50"), desk.now, 1)
        desk.post("cdata", "table=OPERLOG&Stamp=5", cleared)
        assert desk.outbox.callers.find(SERIAL).held == 1, "an old operation is history"

    def test_what_comes_after_a_proof_by_count_was_made_after_it(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.round(1)
        desk.now += 30
        desk.post("cdata", "table=ATTLOG", "1003\t2026-03-01 07:00:00\t0\t1\t0\t0\t0\n")
        first, second = desk.outbox.listing("waiting")
        assert (first.body.after, second.body.after) == (None, NOW)
        assert "past" in desk.events()

    def test_a_proof_waits_for_the_rows_it_rests_on(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.round(1)
        assert desk.outbox.ledger.due(10) == []


class TestWhoMayCall:
    def test_an_unknown_terminal_waits_and_keeps_its_records(self, outbox, caplog):
        desk = Desk(outbox)
        assert desk.post("cdata", "table=ATTLOG", ROW) == "503 this terminal is not approved here"
        assert desk.get("cdata", "options=all&pushver=2.4.0").startswith("503")
        assert desk.kept() == []
        (waiting,) = outbox.callers.all()
        assert (waiting.serial, waiting.state, waiting.peer) == (SERIAL, "waiting", "192.168.1.203")
        assert len(caplog.records) == 1
        assert f"hadir-bridge terminals approve {SERIAL}" in caplog.text
        outbox.callers.admit(SERIAL, "adms", "hall")
        assert desk.post("cdata", "table=ATTLOG", ROW) == "200 OK: 1"
        outbox.callers.reject(SERIAL)
        assert desk.post("cdata", "table=ATTLOG", OTHER).startswith("503")
        assert len(desk.kept()) == 1

    def test_what_an_unknown_terminal_says_of_itself_is_kept_for_the_person(self, outbox):
        desk = Desk(outbox)
        desk.get("cdata", "options=all&pushver=2.4.0&language=73")
        assert outbox.callers.find(SERIAL).told == "push 2.4.0, language 73"

    def test_invented_serial_numbers_are_bounded_and_do_not_push_out_approved_ones(self, outbox):
        desk = Desk(outbox, configured())
        desk.post("cdata", "table=ATTLOG", ROW)
        for number in range(200):
            desk.get("getrequest", serial=f"FAKE{number}")
        assert sum(one.state == "waiting" for one in outbox.callers.all()) == 64
        assert desk.reply.body == b"too many unknown terminals are waiting"
        desk.now += 86_401
        desk.get("getrequest", serial="REAL")
        waiting = [one.serial for one in outbox.callers.all() if one.state == "waiting"]
        assert waiting == ["REAL"]
        assert desk.post("cdata", "table=ATTLOG", ROW) == "200 OK: 1"

    @pytest.mark.parametrize(
        ("source", "peer", "good"),
        [
            ("192.168.1.203", "192.168.1.203", True),
            ("192.168.1.203", "192.168.1.204", False),
            ("192.168.1.0/24", "192.168.1.77", True),
            ("192.168.1.0/24", "192.168.2.77", False),
            ("192.168.1.0/24", "::ffff:192.168.1.77", True),
            ("fe80::/10", "fe80::1%eth0", True),
            ("192.168.1.0/24", "nonsense", False),
        ],
    )
    def test_a_terminal_is_pinned_to_where_it_calls_from(self, outbox, source, peer, good):
        desk = Desk(outbox, configured(source=source))
        told = desk._ask("POST", "cdata", "table=ATTLOG", ROW.encode(), peer=peer)
        assert told == ("200 OK: 1" if good else "503 not from this address")
        assert len(desk.kept()) == good
        assert ("source" in desk.events()) is not good

    def test_one_that_was_approved_is_pinned_as_well(self, outbox):
        outbox.callers.admit(SERIAL, "adms", "hall", "10.0.0.0/8")
        assert Desk(outbox).get("getrequest") == "503 not from this address"

    def test_the_configuration_decides_over_what_was_rejected_before(self, outbox):
        Desk(outbox).get("getrequest")
        outbox.callers.reject(SERIAL)
        assert Desk(outbox, configured()).post("cdata", "table=ATTLOG", ROW) == "200 OK: 1"

    def test_a_stranger_with_our_path_but_no_serial_number_gets_a_404(self, desk):
        for path in ("/", "/iclock/cdata", "/iclock/file"):
            reply = desk.reception.answer(Request("GET", path, {"sn": ""}, {}, b"", "10.0.0.1"))
            assert reply.status == 404

    def test_a_fault_is_logged_once_an_hour(self, outbox, caplog):
        desk = Desk(outbox, configured(source="10.0.0.1"))
        for _ in range(5):
            desk.get("getrequest")
        assert len(caplog.records) == 1
        desk.now += AGAIN_S
        desk.get("getrequest")
        assert len(caplog.records) == 2

    def test_the_same_terminal_read_over_the_network_as_well_has_one_name_for_its_state(
        self, outbox
    ):
        raw = RawPunch("1001", datetime(2026, 3, 3, 7, 15, 2), 0, 1, "", b"\x01\x02")
        gate = TerminalConfig("gate", "usb", 60, SERIAL, None)
        intake = Intake(outbox, zone=MAKASSAR, clock_limit_s=300)
        reading = Reading("gate", "zk", ListLog(SERIAL, [raw]), NOW, 0, TerminalInfo(SERIAL))
        intake.take(reading)
        desk = Desk(outbox, configured(), gate)
        desk.post("cdata", "table=ATTLOG", ROW)
        assert [one.name for one in outbox.ledger.terminals()] == ["gate"]
        assert intake.take(reading).statement is not None


class TestClock:
    def test_no_reply_tells_a_time_unless_it_was_asked_for(self, desk):
        told = desk.get("cdata", "options=all")
        assert "TimeZone" not in told
        assert desk.reply.headers == (("Content-Type", "text/plain"),)

    def test_a_clock_is_set_by_a_clock_that_agrees_with_the_centre_only(self, outbox):
        desk = Desk(outbox, configured(clock="set"))
        assert "TimeZone" not in desk.get("cdata", "options=all")
        outbox.ledger.note_centre(CentreState(ok_at=NOW, skew_s=600))
        assert "TimeZone" not in desk.get("cdata", "options=all")
        outbox.ledger.note_centre(CentreState(ok_at=NOW, skew_s=2))
        assert "\nTimeZone=8\n" in desk.get("cdata", "options=all")
        assert ("Date", "Tue, 03 Mar 2026 04:00:00 GMT") in desk.reply.headers
        assert "clock-set" in desk.events()
        desk.get("getrequest")
        assert ("Date", "Tue, 03 Mar 2026 04:00:00 GMT") in desk.reply.headers

    @pytest.mark.parametrize("off_s", [-7_200, 0, 900])
    def test_punches_that_come_at_once_show_how_far_the_clock_is_off(self, desk, off_s):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        for number in range(3):
            for _ in range(5):
                desk.now += 70
                desk.get("ping")
            made = datetime.fromtimestamp(desk.now + off_s, MAKASSAR).replace(tzinfo=None)
            desk.now += 2 * number + 1  # on the way
            desk.post("cdata", "table=ATTLOG", f"{number}\t{made}\t0\t1\t0\t0\t0\n")
        desk.round(4)
        offsets = {told for (told,) in sql(desk.outbox, "SELECT clock_offset_s FROM coverage")}
        assert offsets == {off_s - 1}
        assert ("clock" in desk.events()) is (abs(off_s) > 300)
        assert desk.outbox.ledger.terminals()[0].clock_offset_s == off_s - 1

    def test_what_waited_in_the_terminal_shows_no_clock(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)  # hours old: it just came up
        desk.round(1)
        desk.now += 600
        desk.post("cdata", "table=ATTLOG", OTHER)  # after a silence
        order_id, _ = desk.order()
        desk.post(
            "cdata", "table=ATTLOG", "1003\t2026-03-03 07:30:00\t0\t1\t0\t0\t0\n"
        )  # asked for
        desk.answer(order_id)
        desk.round(3)
        assert sql(desk.outbox, "SELECT clock_offset_s FROM coverage") == [(None,)]
        assert "clock" not in desk.events()

    def test_a_clock_that_was_set_at_the_menu_is_named(self, desk):
        desk.post("cdata", "table=OPERLOG", "OPLOG 21\t1\t2026-03-03 12:00:00\t0\t0\t0\t0\n")
        assert desk.events() == {"clock-changed"}


class TestSilence:
    def test_a_terminal_that_does_not_call_is_named_until_it_does(self, desk, caplog):
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.reception.look()
        assert desk.outbox.ledger.terminals()[0].error == ""
        desk.now += SILENT_S + 1
        for _ in range(3):
            desk.reception.look()
        (state,) = desk.outbox.ledger.terminals()
        assert state.error == (
            "hall has not called for 15 minutes; is it on, and is its cloud server set to us?"
        )
        assert sum("has not called" in one.message for one in caplog.records) == 1
        desk.get("getrequest")
        assert desk.outbox.ledger.terminals()[0].error == ""

    def test_one_that_never_called_is_named_too(self, desk):
        desk.now += SILENT_S + 1
        desk.reception.look()
        assert "has not called" in desk.outbox.ledger.terminals()[0].error

    def test_calls_that_bring_nothing_are_written_down_once_a_minute(self, desk):
        desk.get("cdata", "options=all")
        desk.post("cdata", "table=ATTLOG", ROW)
        desk.round(1)
        before = desk.outbox.callers.find(SERIAL)
        desk.now += KEEP_S - 1
        desk.get("getrequest")
        assert desk.outbox.callers.find(SERIAL) == before
        desk.now += 1
        desk.get("getrequest")
        assert desk.outbox.callers.find(SERIAL).last_at == desk.now


def test_an_outbox_from_before_gets_the_new_tables(tmp_path: Path):
    with Outbox(tmp_path / "outbox.db") as outbox:
        name = outbox.name
        sql(outbox, "DROP TABLE callers")
        sql(outbox, "DROP TABLE pushed")
    with Outbox(tmp_path / "outbox.db") as outbox:
        assert outbox.name == name
        assert outbox.callers.all() == []


def test_a_notebook_of_another_version_is_read_as_far_as_it_is_known(desk):
    desk.post("cdata", "table=ATTLOG&Stamp=5", ROW)
    state = desk.outbox.callers.find(SERIAL)
    noted = json.loads(state.notebook) | {"something": "new"}
    sql(desk.outbox, "UPDATE callers SET notebook = ?", json.dumps(noted))
    assert "\nStamp=0\n" in desk.get("cdata", "options=all")
    assert "\nStamp=5\n" in desk.get("cdata", "options=all")
