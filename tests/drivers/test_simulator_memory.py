"""The simulated terminal without its network: people, log, clock, flash and the fault menu."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from drivers.base import BadRecord
from drivers.errors import MalformedReply
from drivers.simulator.control import Control
from drivers.simulator.disturb import on_datagrams, on_stream
from drivers.simulator.faults import MENU, Fault, Faults, UnknownFault
from drivers.simulator.flash import FlashError
from drivers.simulator.memory import Memory
from drivers.simulator.profiles import PROFILES, bad_kinds
from drivers.simulator.touches import Habit, Touch, make_up, read_attlog, shifted
from drivers.zk.codec import Packet, decode_packet, encode_packet, frame
from drivers.zk.records import decode_records

SAMPLES = Path(__file__).parents[1] / "samples"
FRIDAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 7, 20, 5)
LAYOUTS = sorted(PROFILES)
SOME_PACKETS = [Packet(1501, index, 7, bytes([index]) * 40) for index in range(6)]


def still(at: datetime = MORNING) -> Memory:
    return Memory(clock=lambda: at)


class TestExport:
    @pytest.mark.parametrize("name", sorted(one.name for one in SAMPLES.glob("usb-attlog*.dat")))
    def test_every_real_export_loads_as_its_sidecar_says(self, name: str) -> None:
        decoded = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["decode"]
        export = read_attlog((SAMPLES / name).read_bytes())
        memory = Memory()
        memory.load(export.touches)
        assert export.refused == []
        assert memory.count() == decoded["records"]
        for end, touch in (("first", export.touches[0]), ("last", export.touches[-1])):
            told = decoded[end]
            assert touch.user_id == told["pin"]
            assert touch.local_time.isoformat(sep=" ") == told["local_time"]
            assert (touch.state, touch.verify) == (told["status"], told["verify"])
            assert touch.work_code == int(told["workcode"])

    def test_a_line_that_is_no_record_is_named_and_left_out(self) -> None:
        good, impossible = (
            "    7\t2026-11-20 07:20:05\t1\t0\t1\t0",
            "8\t2026-02-31 07:00:00\t1\t0\t1\t0",
        )
        export = read_attlog(f"{good}\r\nrubbish\r\n{impossible}".encode())
        assert export.touches == [Touch("7", MORNING, 0, 1)]
        assert export.refused == [2, 3]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_what_notepad_does_to_a_file_is_undone(self, encoding: str) -> None:
        text = "7\t2026-11-20 07:20:05\t1\t0\t1\t0\n"
        assert read_attlog(text.encode(encoding)).touches == [Touch("7", MORNING, 0, 1)]

    def test_shifted_moves_whole_days_and_keeps_the_order(self) -> None:
        touches = read_attlog((SAMPLES / "usb-attlog-clock-backwards.dat").read_bytes()).touches
        moved = shifted(touches, FRIDAY)
        assert max(one.local_time for one in moved).date() == FRIDAY
        steps = {new.local_time - old.local_time for new, old in zip(moved, touches, strict=True)}
        assert len(steps) == 1
        assert steps.pop() % timedelta(days=1) == timedelta()
        assert shifted([], FRIDAY) == []


class TestMakingUp:
    def test_the_same_seed_makes_the_same_days_and_more_people_change_nobody(self) -> None:
        few = make_up(people=3, days=10, last_day=FRIDAY, seed=4)
        many = make_up(people=5, days=12, last_day=FRIDAY, seed=4)
        assert few == make_up(people=3, days=10, last_day=FRIDAY, seed=4)
        assert few != make_up(people=3, days=10, last_day=FRIDAY, seed=5)
        assert set(few) < set(many)

    def test_people_come_on_working_days_at_about_the_usual_times(self) -> None:
        touches = make_up(people=20, days=15, last_day=FRIDAY + timedelta(days=2))
        assert len(touches) == 20 * 15 * 2
        assert {one.local_time.weekday() for one in touches} == {0, 1, 2, 3, 4}
        assert max(one.local_time for one in touches).date() == FRIDAY
        assert touches == sorted(touches, key=lambda one: one.local_time)
        arrivals = [f"{one.local_time:%H:%M}" for one in touches if one.state == 0]
        leavings = [f"{one.local_time:%H:%M}" for one in touches if one.state == 1]
        assert all("06:30" <= at <= "07:29" for at in arrivals)
        assert all("16:00" < at < "17:00" for at in leavings)

    def test_the_absent_stay_away_and_the_late_come_late(self) -> None:
        touches = make_up(
            people=3,
            days=5,
            last_day=FRIDAY,
            absent=[Habit.parse("2"), Habit.parse("3@2026-11-20")],
            late=[Habit.parse("1@2026-11-19")],
        )
        came = {(one.user_id, one.local_time.date()) for one in touches}
        assert {user for user, _ in came} == {"1", "3"}
        assert ("3", FRIDAY) not in came
        assert ("3", FRIDAY - timedelta(days=1)) in came
        late = [one.local_time for one in touches if one.state == 0 and one.local_time.hour >= 8]
        assert [at.date() for at in late] == [date(2026, 11, 19)]


class TestLog:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_the_log_decodes_to_the_truth_in_storage_order(self, layout: str) -> None:
        memory = Memory(layout=layout)
        memory.load([Touch("12", MORNING, 1, 1), Touch("7", MORNING, 0, 3)])
        slots = {person.uid: person.user_id for person in memory.people()}
        punches = list(decode_records(layout, memory.log(), user_ids=slots))
        assert [(one.user_id, one.local_time, one.state, one.verify) for one in punches] == [
            ("12", MORNING, 1, 1),
            ("7", MORNING, 0, 3),
        ]
        assert memory.truth() == {(memory.serial, one, MORNING) for one in ("12", "7")}

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_kind_of_bad_record_is_one_and_no_truth(self, layout: str) -> None:
        memory = Memory(layout=layout)
        memory.load([Touch("1", MORNING)] * 40, bad_records=6)
        entries = list(decode_records(layout, memory.log(), user_ids={1: "1"}))
        bad = [one for one in entries if isinstance(one, BadRecord)]
        assert {one.kind for one in bad} == set(bad_kinds(PROFILES[layout]))
        assert (len(bad), len(entries)) == (6, 46)
        assert len(memory.touches()) == 40
        heap = [isinstance(one, BadRecord) for one in entries[:6] + entries[-6:]]
        assert sum(heap) <= 2, "they are strewn, not heaped at an end"

    def test_a_full_log_overwrites_the_oldest_or_records_no_more(self) -> None:
        rotating, stopping = Memory(capacity=2), Memory(capacity=2, rotates=False)
        for memory in (rotating, stopping):
            told = [memory.punch(user, 0, MORNING) for user in ("1", "2", "3")]
            assert told == [True, True, memory is rotating]
        assert [one.user_id for one in rotating.touches()] == ["2", "3"]
        assert [one.user_id for one in stopping.touches()] == ["1", "2"]

    def test_ids_are_kept_as_the_layout_keeps_them(self) -> None:
        text, number = Memory(layout="40"), Memory(layout="16")
        text.punch("007", 0, MORNING)
        number.punch("007", 0, MORNING)
        assert [one.user_id for one in text.touches()] == ["007"]
        assert [one.user_id for one in number.touches()] == ["7"]
        text.punch("198503302003121002", 0, MORNING)
        for memory, user_id in ((number, "A7"), (text, "x" * 25), (text, ""), (text, "é")):
            with pytest.raises(ValueError, match="user id"):
                memory.punch(user_id, 0, MORNING)

    @pytest.mark.parametrize(
        "wrong", [Touch("1", MORNING, 256), Touch("1", datetime(1999, 12, 31)), Touch("", MORNING)]
    )
    def test_what_cannot_be_held_is_refused_whole_and_the_flash_stays_good(
        self, wrong: Touch, tmp_path: Path
    ) -> None:
        with Memory(flash=tmp_path / "flash") as memory:
            with pytest.raises(ValueError, match=r".+"):
                memory.load([Touch("1", MORNING), wrong])
            assert memory.fresh
            memory.punch("2", 0, MORNING)
        with Memory(flash=tmp_path / "flash") as memory:
            assert [one.user_id for one in memory.touches()] == ["2"]

    def test_raw_records_are_stored_as_they_stand(self) -> None:
        memory = Memory()
        memory.add_raw(b"\x01" * 40)
        assert memory.log() == b"\x01" * 40
        assert memory.truth() == set()
        with pytest.raises(ValueError, match="40 bytes"):
            memory.add_raw(b"\x01" * 39)

    def test_listeners_hear_punches_until_they_stop_listening(self) -> None:
        memory, heard = still(), list[Touch]()
        stop = memory.listen(heard.append)
        memory.punch("5", 1)
        stop()
        memory.punch("6", 1)
        assert heard == [Touch("5", MORNING, 1)]

    def test_a_disabled_terminal_records_nobody(self) -> None:
        memory = Memory()
        memory.enabled = False
        assert memory.punch("1") is False
        assert memory.count() == 0


class TestClock:
    def test_the_clock_runs_beside_true_time(self) -> None:
        memory = Memory(clock=lambda: MORNING, clock_skew_s=90)
        assert memory.now() == MORNING + timedelta(seconds=90)
        memory.shift_clock(-100)
        assert memory.now() == MORNING - timedelta(seconds=10)
        memory.set_clock(datetime(2000, 1, 1))
        assert memory.now() == datetime(2000, 1, 1)
        memory.punch("1")
        assert memory.touches() == [Touch("1", datetime(2000, 1, 1))]

    def test_sessions_change_with_every_connect(self) -> None:
        memory = still()
        sessions = [memory.next_session() for _ in range(50)]
        assert len(set(sessions)) == 50
        assert all(0 < one < 0xFFFF for one in sessions)


class TestFlash:
    def test_everything_comes_back(self, tmp_path: Path) -> None:
        flash = tmp_path / "flash"
        with Memory(capacity=9, clock=lambda: MORNING, flash=flash) as before:
            assert before.fresh
            before.load([Touch("1", MORNING)] * 3, names={"9": "Pegawai 9"}, bad_records=1)
            before.clear()
            before.load([Touch(str(one), MORNING, one) for one in range(1, 9)], bad_records=3)
            before.enrol("44", "Pegawai 44")
            before.forget(2)
            before.set_option("WorkCode", "1")
            before.shift_clock(77)
        with Memory(capacity=9, clock=lambda: MORNING, flash=flash) as after:
            assert not after.fresh
            assert after.log() == before.log()
            assert after.touches() == before.touches()
            assert after.people() == before.people()
            assert after.now() == before.now()
            assert after.option("WorkCode") == "1"
            assert after.count() == 9, "it rotated before and did so again"

    def test_a_line_cut_off_while_written_never_was(self, tmp_path: Path) -> None:
        flash = tmp_path / "flash"
        with Memory(flash=flash) as memory:
            memory.punch("1", 0, MORNING)
        whole = flash.read_bytes()
        with Memory(flash=flash) as memory:
            memory.punch("2", 0, MORNING)
        torn = flash.read_bytes()
        for end in range(len(whole), len(torn)):
            flash.write_bytes(torn[:end])
            with Memory(flash=flash) as memory:
                assert [one.user_id for one in memory.touches()] == ["1"]
                memory.punch("3", 0, MORNING)
            with Memory(flash=flash) as memory:
                assert [one.user_id for one in memory.touches()] == ["1", "3"]

    def test_another_terminals_file_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        flash = tmp_path / "flash"
        with Memory("SIM1", flash=flash) as memory:
            memory.punch("1", 0, MORNING)
        content = flash.read_bytes()
        with pytest.raises(FlashError, match="belongs to another terminal"):
            Memory("SIM2", flash=flash)
        assert flash.read_bytes() == content

    def test_a_file_that_is_no_flash_is_refused(self, tmp_path: Path) -> None:
        flash = tmp_path / "notes.txt"
        flash.write_text("milk\neggs\n", encoding="utf-8")
        with pytest.raises(FlashError, match=r"notes\.txt is no state file"):
            Memory(flash=flash)
        assert flash.read_text(encoding="utf-8") == "milk\neggs\n"


class TestFaultMenu:
    def test_a_fault_is_read_with_what_follows_its_name(self) -> None:
        assert Fault.parse("cut") == Fault("cut", MENU["cut"].value, None, 1.0)
        assert Fault.parse("cut=5000,times:2,p:0.5") == Fault("cut", 5000, 2, 0.5)
        assert Fault.parse("drop=p:0.1") == Fault("drop", 0, None, 0.1)
        assert Fault.parse("wrong-count=-3").value == -3
        assert Fault.parse("cleared").times == 1

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("stal", "did you mean 'stall'"),
            ("xyz", "known are cut, stall"),
            ("cut=few", "fault 'cut=few': "),
            ("cut=1,often:2", "neither a number, times:N nor p:P"),
            ("cut=p:2", "between 0 and 1"),
            ("cut=-1", "must not be below 0"),
        ],
    )
    def test_a_fault_written_wrongly_is_told(self, text: str, says: str) -> None:
        with pytest.raises(UnknownFault, match=says):
            Faults(text)

    def test_a_fault_is_used_up_after_its_times(self) -> None:
        faults = Faults("slow=1,times:2")
        assert faults.active("slow")
        assert [bool(faults.fires("slow")) for _ in range(4)] == [True, True, False, False]
        assert faults.active("slow") is None
        assert faults.fired() == {"slow": 2}
        faults.add("slow=1")
        assert faults.fires("slow")

    def test_chance_comes_from_the_seed(self) -> None:
        rolls = [
            [bool(faults.fires("drop")) for _ in range(1_000)]
            for faults in (Faults("drop=p:0.3", seed=1), Faults("drop=p:0.3", seed=1))
        ]
        assert rolls[0] == rolls[1]
        assert 200 < sum(rolls[0]) < 400

    def test_all_faults_end_at_once(self) -> None:
        faults = Faults("drop", "slow")
        faults.clear()
        assert not faults.fires("drop")
        assert not faults.active("slow")


class TestDisturb:
    whole = b"".join(frame(encode_packet(one)) for one in SOME_PACKETS)

    def test_without_faults_each_packet_goes_by_itself(self) -> None:
        assert on_stream(SOME_PACKETS, Faults()) == [
            frame(encode_packet(one)) for one in SOME_PACKETS
        ]
        assert on_datagrams(SOME_PACKETS, Faults()) == [encode_packet(one) for one in SOME_PACKETS]

    def test_silence_stays_silent_and_uses_up_no_fault(self) -> None:
        faults = Faults("slow", "rubbish", "drop")
        assert on_stream([], faults) == on_datagrams([], faults) == []
        assert faults.fired() == {}

    def test_split_and_merge_change_no_byte(self) -> None:
        split = on_stream(SOME_PACKETS, Faults("split=7"))
        assert b"".join(split) == self.whole
        assert {len(one) for one in split[:-1]} == {7}
        assert on_stream(SOME_PACKETS, Faults("merge")) == [self.whole]

    def test_trickle_waits_after_every_byte(self) -> None:
        steps = on_stream(SOME_PACKETS, Faults("trickle=20"))
        assert b"".join(steps[::2]) == self.whole
        assert set(steps[1::2]) == {0.02}

    def test_slow_waits_first(self) -> None:
        assert on_stream(SOME_PACKETS, Faults("slow=250"))[0] == 0.25
        assert on_datagrams(SOME_PACKETS, Faults("slow=250"))[0] == 0.25

    def test_damage_is_one_bit_that_the_checksum_sees(self) -> None:
        steps = on_datagrams(SOME_PACKETS, Faults("damage"))
        wrong = [
            (step, encode_packet(packet))
            for step, packet in zip(steps, SOME_PACKETS, strict=True)
            if step != encode_packet(packet)
        ]
        ((damaged, sound),) = wrong
        assert sum((a ^ b).bit_count() for a, b in zip(damaged, sound, strict=True)) == 1
        with pytest.raises(MalformedReply, match="checksum"):
            decode_packet(damaged)

    def test_duplicate_and_reorder_and_drop(self) -> None:
        sound = [encode_packet(one) for one in SOME_PACKETS]
        twice = on_datagrams(SOME_PACKETS, Faults("duplicate"))
        assert twice[::2] == twice[1::2] == sound
        swapped = on_datagrams(SOME_PACKETS, Faults("reorder"))
        assert swapped == [*sound[:2], sound[3], sound[2], *sound[4:]]
        assert on_datagrams(SOME_PACKETS, Faults("drop=times:2")) == sound[2:]
        assert on_datagrams(SOME_PACKETS, Faults("drop")) == []

    def test_huge_frame_claims_what_is_not_there(self) -> None:
        steps = on_stream(SOME_PACKETS, Faults("huge-frame"))
        assert steps[0][:8] == bytes.fromhex("5050827d00000080")
        assert b"".join(steps)[8:] == self.whole[8:]

    def test_rubbish_is_as_long_as_ordered_and_the_same_from_the_same_seed(self) -> None:
        (rubbish,) = on_stream(SOME_PACKETS, Faults("rubbish=99", seed=3))
        assert len(rubbish) == 99
        assert [rubbish] == on_datagrams(SOME_PACKETS, Faults("rubbish=99", seed=3))


class TestControl:
    def test_lines_are_obeyed(self) -> None:
        memory, faults = still(), Faults()
        control = Control(memory, faults)
        assert control.obey("punch 17 1") == {"recorded": True, "count": 1}
        assert control.obey("punch 18 0 2026-11-19T16:00:00") == {"recorded": True, "count": 2}
        assert control.obey("bad blank") == {"count": 3}
        assert control.obey("count") == {"count": 3}
        assert control.obey("dump") == {
            "serial": memory.serial,
            "punches": [
                {"user_id": "17", "local_time": "2026-11-20T07:20:05", "state": 1, "verify": 1},
                {"user_id": "18", "local_time": "2026-11-19T16:00:00", "state": 0, "verify": 1},
            ],
        }
        assert control.obey("clock +60") == {"clock": "2026-11-20T07:21:05"}
        assert control.obey("clock 2000-01-01T00:00:00") == {"clock": "2000-01-01T00:00:00"}
        assert control.obey("fault split=3 stall") == {"faults": ["split", "stall"]}
        assert faults.fires("split") == Fault("split", 3, None, 1.0)
        assert control.obey("nofault") == {"fired": {"split": 1}}
        assert faults.active("stall") is None
        assert control.obey("clear") == {"count": 0}
        memory.commands_seen[1003] += 1
        assert control.obey("commands") == {"commands": {"1003": 1}}

    @pytest.mark.parametrize(
        "line",
        ["", "dance", "punch", "punch 1 in", "punch 1 0 noon", "bad luck", "fault", "fault stal",
         "clock", "clock +x"],
    )  # fmt: skip
    def test_a_line_that_makes_no_sense_is_answered_with_why(self, line: str) -> None:
        memory = still()
        answer = Control(memory, Faults()).obey(line)
        assert list(answer) == ["error"]
        assert answer["error"]
        assert memory.count() == 0
        assert json.dumps(answer)
