"""The examination every driver sits, also those outside this house.

Load a terminal (a real one, a simulator, a file) with `SAMPLE_LOG`, hand it over by a fixture, and
the tests below run against it:

    from drivers.testing import SAMPLE_LOG, TerminalContract

    class TestMine(TerminalContract):
        @pytest.fixture
        def terminal(self):
            with simulated(SAMPLE_LOG) as port, MyTerminal(MyTerminal.Options(port)) as opened:
                yield opened

A family that cannot hold the whole sample (no letters, no long ids) sets `expected` to what it was
loaded with, and says in a comment what its records have no room for.

Needs pytest, so nothing but tests may import this.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from drivers.base import (
    BadRecord,
    Caller,
    Capability,
    Entry,
    Known,
    ListLog,
    RawPunch,
    Receiver,
    Request,
    Terminal,
    User,
    records_digest,
)
from drivers.errors import DriverError, LogChanged, NotSupported


def _touch(user_id: str, local_time: str, state: int, verify: int) -> RawPunch:
    return RawPunch(user_id, datetime.fromisoformat(local_time), state, verify, "", b"")


SAMPLE_LOG = (
    _touch("198001012005011001", "2024-02-29 06:48:23", 0, 1),  # 18 digits, on a leap day
    _touch("007", "2024-02-29 06:48:23", 0, 15),  # the same second, leading zeros
    _touch("7", "2024-02-29 06:48:23", 0, 1),  # somebody else than 007
    _touch("12", "2024-02-29 16:05:00", 255, 4),  # no key pressed
    _touch("12", "2038-01-19 03:14:08", 1, 1),  # a clock far ahead, past 31 bits of seconds
    _touch("12", "2024-02-28 07:30:00", 0, 3),  # the clock set back
    _touch("12", "2024-02-28 07:30:00", 0, 3),  # the very same again
)
"""What a terminal under examination holds, in storage order. `raw` is empty: it is the family's."""


class TerminalContract:
    """What the bridge relies on. Subclass it, name it Test..., and override `terminal`."""

    expected: ClassVar[Sequence[RawPunch]] = SAMPLE_LOG
    """What was loaded. User id, time, state and verify are compared; work code and raw are not."""

    @pytest.fixture
    def terminal(self) -> Terminal:
        """Return an open terminal. The one who opened it closes it after the test."""
        raise NotImplementedError("override this fixture: it returns an open terminal")

    def test_tells_its_serial_number(self, terminal: Terminal) -> None:
        serial = terminal.info().serial
        assert serial, "a terminal without a serial number has no identity"
        assert serial == serial.strip(), f"blanks around {serial!r}"
        assert len(serial) <= 64, f"{serial!r} is longer than the wire takes"
        assert serial.isprintable(), f"{serial!r} holds control characters"

    def test_tells_the_same_of_itself_through_the_session(self, terminal: Terminal) -> None:
        before = terminal.info()
        terminal.read()
        assert terminal.info() == before, "info() changed within a session"

    def test_tells_its_clock_or_that_it_has_none(self, terminal: Terminal) -> None:
        if Capability.CLOCK not in terminal.info().can:
            with pytest.raises(NotSupported):
                terminal.clock()
            return
        assert terminal.clock().tzinfo is None, "a terminal's clock has no zone"

    def test_tells_its_users_or_that_it_cannot(self, terminal: Terminal) -> None:
        if Capability.USERS not in terminal.info().can:
            with pytest.raises(NotSupported):
                terminal.users()
            return
        users = terminal.users()
        assert all(isinstance(user, User) for user in users), "users() returns drivers.base.User"
        assert all(_is_user_id(user.user_id) for user in users), "a user id is plain text"

    def test_counts_before_it_reads_or_says_it_cannot(self, terminal: Terminal) -> None:
        info = terminal.info()
        counts = Capability.COUNT in info.can
        assert (info.records is not None) == counts, "info().records and COUNT disagree"
        claimed = terminal.read().claimed
        assert (claimed is not None) == counts, "Log.claimed and COUNT disagree"
        assert claimed in (None, len(self.expected)), f"{claimed} claimed"

    def test_reads_every_punch_in_storage_order(self, terminal: Terminal) -> None:
        found = [_told(entry) for entry in terminal.read().entries()]
        assert found == [_told(punch) for punch in self.expected]

    def test_names_itself_in_its_log(self, terminal: Terminal) -> None:
        assert terminal.read().serial == terminal.info().serial

    def test_reads_the_same_twice(self, terminal: Terminal) -> None:
        first, second = terminal.read(), terminal.read()
        assert list(first.entries()) == list(second.entries())
        assert first.digest(len(first)) == second.digest(len(second))

    def test_gives_each_record_by_its_place(self, terminal: Terminal) -> None:
        log = terminal.read()
        whole = list(log.entries())
        assert len(whole) == len(log), "len() counts every entry"
        assert list(log.entries()) == whole, "entries() can be asked again"
        for place in range(len(log) + 1):
            assert list(log.entries(place)) == whole[place:], f"entries({place}) is another part"
        for place, entry in enumerate(whole):
            assert log.raw(place) == entry.raw, f"raw({place}) is not what entry {place} carries"

    def test_keeps_the_bytes_of_every_record(self, terminal: Terminal) -> None:
        for entry in terminal.read().entries():
            assert isinstance(entry.raw, bytes), "raw is bytes"
            assert 0 < len(entry.raw) <= 1024, f"{len(entry.raw)} bytes of {entry!r}"

    def test_digests_its_beginning(self, terminal: Terminal) -> None:
        log = terminal.read()
        raws = [log.raw(place) for place in range(len(log))]
        for count in range(len(log) + 1):
            expected = records_digest(iter(raws[:count]))
            assert log.digest(count) == expected, f"digest({count}) breaks its promise"

    def test_uses_plain_text_and_naive_times(self, terminal: Terminal) -> None:
        for entry in terminal.read().entries():
            if isinstance(entry, BadRecord):
                assert entry.kind in ("blank", "date", "user-id", "line"), f"kind {entry.kind!r}"
                assert entry.reason, "a bad record says why"
                continue
            assert _is_user_id(entry.user_id), f"user id {entry.user_id!r}"
            assert entry.local_time.tzinfo is None, "a terminal's own time has no zone"
            assert entry.local_time.microsecond == 0, "terminals tell whole seconds"
            assert _are_codes(entry.state, entry.verify), f"codes of {entry!r}"

    def test_reads_on_from_a_known_place(self, terminal: Terminal) -> None:
        log = terminal.read()
        whole = list(log.entries())
        for count in range(1, len(log) + 1):
            on = terminal.read_on(Known.of(log, count))
            assert on.start <= count, "records were left out"
            assert len(on) == len(log), "len() counts every record of the terminal"
            assert list(on.entries(on.start)) == whole[on.start :], f"another log from {count} on"

    def test_reads_the_whole_log_where_the_place_is_not_known_again(
        self, terminal: Terminal
    ) -> None:
        log = terminal.read()
        place = Known.of(log, len(log))
        for strange in (
            replace(place, records=tuple(bytes(len(raw)) for raw in place.records)),
            replace(place, count=len(log) + 1),
            replace(place, layout="no such layout"),
        ):
            on = terminal.read_on(strange)
            assert on.start == 0, f"read on from {strange}"
            assert list(on.entries()) == list(log.entries())

    def test_tells_no_touches_where_it_says_it_cannot(self, terminal: Terminal) -> None:
        if Capability.LIVE in terminal.info().can:
            return
        with pytest.raises(NotSupported):
            terminal.listen(print)

    def test_sets_no_clock_where_it_says_it_cannot(self, terminal: Terminal) -> None:
        if Capability.SET_CLOCK in terminal.info().can:
            assert Capability.CLOCK in terminal.info().can, "a clock that is set can be read"
            return
        with pytest.raises(NotSupported):
            terminal.set_clock(datetime(2026, 3, 2, 7, 30))

    def test_clears_no_log_but_the_one_that_was_meant(self, terminal: Terminal) -> None:
        before = terminal.read()
        other = ListLog(before.serial, list(before.entries())[:-1])
        able = Capability.CLEAR in terminal.info().can
        with pytest.raises(LogChanged if able else NotSupported):
            terminal.clear(other)
        if able:
            after = terminal.read()
            assert after.digest(len(after)) == before.digest(len(before)), "something was cleared"

    def test_is_closed_for_good(self, terminal: Terminal) -> None:
        terminal.close()
        terminal.close()
        with pytest.raises(DriverError):
            terminal.read()


def _told(entry: Entry) -> tuple[object, ...]:
    if isinstance(entry, BadRecord):
        return entry
    return (entry.user_id, entry.local_time, entry.state, entry.verify)


def _is_user_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable()


def _are_codes(*codes: int | None) -> bool:
    return all(code is None or 0 <= code <= 65_535 for code in codes)


class ReceiverContract:
    """What the bridge relies on of terminals that call. Override `receiver` and `upload`."""

    expected: ClassVar[Sequence[RawPunch]] = SAMPLE_LOG
    """What `upload` hands in. User id, time, state and verify are compared."""

    serial: ClassVar[str] = "CONTRACT1"

    @pytest.fixture
    def receiver(self) -> Receiver:
        """Return the receiver of the terminal `serial`."""
        raise NotImplementedError("override this fixture: it returns a receiver")

    @pytest.fixture
    def upload(self) -> Request:
        """Return a request of that terminal which hands in `expected`."""
        raise NotImplementedError("override this fixture: it returns a request")

    @pytest.fixture
    def greeting(self) -> Request:
        """Return a request of that terminal without punches in it."""
        raise NotImplementedError("override this fixture: it returns a request")

    def test_knows_whose_call_it_is(
        self, receiver: Receiver, upload: Request, greeting: Request
    ) -> None:
        for request in (upload, greeting):
            assert receiver.serial_of(request) == self.serial
            assert receiver.describe(request).isprintable(), "shown to the person who approves"

    def test_leaves_the_calls_of_others_alone(self, receiver: Receiver, upload: Request) -> None:
        stranger = Request("GET", "/", {}, {}, b"", "127.0.0.1")
        assert receiver.serial_of(stranger) is None
        for request in (stranger, replace(upload, query={})):
            if receiver.serial_of(request) != self.serial:
                with pytest.raises(DriverError):
                    receiver.handle(request, _caller())

    def test_hands_in_every_punch_in_the_order_it_came(
        self, receiver: Receiver, upload: Request
    ) -> None:
        entries = receiver.handle(upload, _caller()).entries
        assert [_told(entry) for entry in entries] == [_told(punch) for punch in self.expected]
        for entry in entries:
            assert isinstance(entry.raw, bytes), "raw is bytes"
            assert 0 < len(entry.raw) <= 1024, f"{len(entry.raw)} bytes of {entry!r}"

    def test_is_pure(self, receiver: Receiver, upload: Request, greeting: Request) -> None:
        for request in (upload, greeting):
            first = receiver.handle(request, _caller())
            second = receiver.handle(request, _caller())
            assert first == second, "the same call at the same time meant something else"

    def test_an_acknowledgement_is_no_refusal(self, receiver: Receiver, upload: Request) -> None:
        refusal = receiver.refusal("no room")
        assert refusal.status >= 400
        assert receiver.handle(upload, _caller()).reply.status == 200

    def test_a_repetition_brings_the_same_punches(
        self, receiver: Receiver, upload: Request
    ) -> None:
        first = receiver.handle(upload, _caller())
        noted = _caller(notebook=first.notebook or "")
        again = receiver.handle(upload, noted)
        assert [_told(one) for one in again.entries] == [_told(one) for one in first.entries]
        assert again.reply.status == 200, "a lost acknowledgement is given again"

    def test_a_call_alone_proves_nothing(
        self, receiver: Receiver, upload: Request, greeting: Request
    ) -> None:
        notebook = ""
        for request in (greeting, upload, greeting, upload):
            heard = receiver.handle(request, _caller(notebook=notebook))
            assert heard.proof is None, "that a terminal calls says nothing of what it holds"
            notebook = notebook if heard.notebook is None else heard.notebook

    def test_tells_no_time_unless_it_was_told_to_set_the_clock(
        self, receiver: Receiver, greeting: Request
    ) -> None:
        reply = receiver.handle(greeting, _caller(clock_trusted=True)).reply
        assert "date" not in {name.lower() for name, _ in reply.headers}


def _caller(*, notebook: str = "", clock_trusted: bool = False) -> Caller:
    return Caller(
        now=1_772_510_400,
        zone=UTC,
        notebook=notebook,
        held=0,
        silent_s=None,
        clock_trusted=clock_trusted,
    )
