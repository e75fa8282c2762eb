"""The simulated terminal's memory: who it is, its people, its log, its clock.

The log is what a real one holds: raw records in storage order. What people really did is remembered
beside each record, so that a test can ask for the truth. Everything that happens is a change, named
in `_apply`; with a flash, a change is on disk before anybody sees it. Safe to use from any thread.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import NamedTuple, Self

from drivers.simulator.flash import Change, Flash
from drivers.simulator.profiles import PROFILES, bad_kinds, bad_record, options
from drivers.simulator.tables import Person
from drivers.simulator.touches import Touch
from drivers.zk.records import LayoutName, encode_punch, pack_time


class Record(NamedTuple):
    """One record of the log, and what it stands for; None where it can be no punch."""

    raw: bytes
    touch: Touch | None


class Memory:
    """Everything a terminal knows. Serial, layout and capacity are fixed for its life."""

    def __init__(
        self,
        serial: str = "SIM0000000001",
        layout: LayoutName = "40",
        *,
        comm_key: int = 0,
        capacity: int = 100_000,
        rotates: bool = True,
        clock: Callable[[], datetime] = datetime.now,
        clock_skew_s: int = 0,
        sizes_length: int = 92,
        flash: Path | None = None,
    ) -> None:
        """Take up the memory kept in `flash`, or begin an empty one.

        Full, it overwrites the oldest record if it `rotates`, else it records no more. `clock` is
        the true time. `sizes_length` is how long its GET_FREE_SIZES is: 4, 80, 92 or 112.
        FlashError where the file belongs to another terminal.
        """
        self.serial = serial
        self.layout = layout
        self.profile = PROFILES[layout]
        self.comm_key = comm_key
        self.capacity = capacity
        self.sizes_length = sizes_length
        self.enabled = True
        """False after DISABLEDEVICE: nobody can punch."""
        self.commands_seen: Counter[int] = Counter()
        """Every command number a client sent, and how often."""
        self.skew = timedelta(seconds=clock_skew_s)
        """The terminal's clock minus true time."""
        self._rotates = rotates
        self._clock = clock
        self._lock = threading.RLock()
        self._records: deque[Record] = deque()
        self._people: dict[str, Person] = {}
        self._options = options(serial, self.profile)
        self._listeners: list[Callable[[Touch], None]] = []
        self._sessions = 0
        self._flash: Flash | None = None
        self.fresh = True
        """True until anything is kept."""
        if flash is not None:
            head: dict[str, str | int] = {
                "serial": serial,
                "layout": layout,
                "capacity": capacity,
                "rotates": rotates,
            }
            self._flash = Flash(flash, head)
            for commit in self._flash.commits:
                self._apply(commit)

    def close(self) -> None:
        """Let go of the flash; safe to call twice."""
        if self._flash is not None:
            self._flash.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- the log ---------------------------------------------------------------------------------

    def punch(
        self,
        user_id: str,
        state: int = 0,
        local_time: datetime | None = None,
        *,
        verify: int = 1,
        work_code: int = 0,
    ) -> bool:
        """Record a touch, now where no time is given; tell live listeners.

        An unknown user is enrolled. False where the terminal is disabled, or full and does not
        rotate. ValueError where the layout cannot hold the user id.
        """
        with self._lock:
            if not self.enabled or (len(self._records) >= self.capacity and not self._rotates):
                return False
            touch = self._kept(Touch(user_id, local_time or self.now(), state, verify, work_code))
            self._commit([*self._enrolments([touch]), _punch(touch)])
            listeners = list(self._listeners)
        for listener in listeners:
            listener(touch)
        return True

    def load(
        self,
        touches: Iterable[Touch],
        *,
        names: Mapping[str, str] | None = None,
        bad_records: int = 0,
    ) -> None:
        """Record many touches in one commit, with bad records strewn evenly among them.

        `names` enrols users by id, also those who never touch. ValueError where the layout cannot
        hold a touch; then nothing is recorded.
        """
        with self._lock:
            kept = [self._kept(touch) for touch in touches]
            named = {self._as_kept(one): name for one, name in (names or {}).items()}
            changes = [*self._enrolments(kept, named), *map(_punch, kept)]
            first = len(changes) - len(kept)
            kinds = bad_kinds(self.profile)
            for number in range(bad_records):
                place = first + (number + 1) * len(kept) // (bad_records + 1) + number
                changes.insert(place, self._bad(kinds[number % len(kinds)], number))
            self._commit(changes)

    def add_bad(self, kind: str) -> None:
        """Add a record that cannot be a punch, of a kind in `profiles.bad_kinds`. ValueError."""
        with self._lock:
            self._commit([self._bad(kind, len(self._records))])

    def add_raw(self, raw: bytes) -> None:
        """Add a record as it stands, counted as no punch."""
        if len(raw) != self.profile.record_size:
            raise ValueError(
                f"a record of layout {self.layout} has {self.profile.record_size} bytes"
            )
        with self._lock:
            self._commit([("raw", raw.hex())])

    def clear(self) -> None:
        """Empty the log, as a person at the menu or CLEAR_ATTLOG does."""
        with self._lock:
            self._commit([("clear",)])

    def count(self) -> int:
        """Return the number of records, bad ones included."""
        with self._lock:
            return len(self._records)

    def log(self) -> bytes:
        """Return the records' bytes in storage order, as of now."""
        with self._lock:
            return b"".join(record.raw for record in self._records)

    def touches(self) -> list[Touch]:
        """Return the good punches of the log in storage order."""
        with self._lock:
            return [record.touch for record in self._records if record.touch is not None]

    def truth(self) -> set[tuple[str, str, datetime]]:
        """Return (serial, user id, local time) of every good punch in the log."""
        return {(self.serial, touch.user_id, touch.local_time) for touch in self.touches()}

    def listen(self, listener: Callable[[Touch], None]) -> Callable[[], None]:
        """Call `listener` after each punch, on the thread of the punch; return what ends it."""
        with self._lock:
            self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def next_session(self) -> int:
        """Return a session id: like a clock, and never the one before."""
        with self._lock:
            self._sessions += 1
            return (pack_time(self.now()) + 257 * self._sessions) % 0xFFFF or 1

    # -- people, options, clock ------------------------------------------------------------------

    def enrol(self, user_id: str, name: str = "", uid: int | None = None) -> None:
        """Enrol or rename a user; the next free slot where no uid is given. ValueError."""
        with self._lock:
            user_id = self._as_kept(user_id)
            known = self._people.get(user_id)
            slot = uid or (known.uid if known else self._free_uid())
            self._commit([("user", slot, user_id, name)])

    def forget(self, uid: int) -> bool:
        """Delete a user; the records stay. False where there is none."""
        with self._lock:
            if all(person.uid != uid for person in self._people.values()):
                return False
            self._commit([("forget", uid)])
            return True

    def forget_everything(self) -> None:
        """Empty the log and the user table, as CLEAR_DATA does."""
        with self._lock:
            self._commit([("clear",), *(("forget", one.uid) for one in self.people())])

    def people(self) -> list[Person]:
        """Return who is enrolled, by slot."""
        with self._lock:
            return sorted(self._people.values())

    def option(self, name: str) -> str | None:
        """Return an option's value; None where this terminal does not know it."""
        with self._lock:
            return self._options.get(name)

    def set_option(self, name: str, value: str) -> None:
        """Change an option."""
        with self._lock:
            self._commit([("option", name, value)])

    def now(self) -> datetime:
        """Return the terminal's wall clock, naive."""
        with self._lock:
            return (self._clock() + self.skew).replace(microsecond=0)

    def set_clock(self, local_time: datetime) -> None:
        """Set the wall clock; it goes on from there."""
        with self._lock:
            true_time = self._clock().replace(microsecond=0)
            self._commit([("skew", round((local_time - true_time).total_seconds()))])

    def shift_clock(self, seconds: int) -> None:
        """Move the wall clock forward, or back."""
        with self._lock:
            self._commit([("skew", round(self.skew.total_seconds()) + seconds)])

    # -- changes ---------------------------------------------------------------------------------

    def _commit(self, changes: list[Change]) -> None:
        if self._flash is not None:
            self._flash.append(changes)
        self._apply(changes)

    def _apply(self, changes: Iterable[Change]) -> None:
        self.fresh = False
        for change in changes:
            match change:
                case ("punch", str(user_id), str(at), int(state), int(verify), int(work_code)):
                    touch = Touch(user_id, datetime.fromisoformat(at), state, verify, work_code)
                    self._store(Record(self._encode(touch, self._people[user_id].uid), touch))
                case ("raw", str(raw)):
                    self._store(Record(bytes.fromhex(raw), None))
                case ("clear",):
                    self._records.clear()
                case ("user", int(uid), str(user_id), str(name)):
                    self._people[user_id] = Person(uid, user_id, name)
                case ("forget", int(uid)):
                    left = (one for one in self._people.values() if one.uid != uid)
                    self._people = {one.user_id: one for one in left}
                case ("option", str(name), str(value)):
                    self._options[name] = value
                case ("skew", int(seconds)):
                    self.skew = timedelta(seconds=seconds)
                case _:
                    raise ValueError(f"unknown change {change!r} in the state file")

    def _store(self, record: Record) -> None:
        if len(self._records) >= self.capacity:
            if not self._rotates:
                return
            self._records.popleft()
        self._records.append(record)

    def _kept(self, touch: Touch) -> Touch:
        """Return a touch as the log will tell it. ValueError where it cannot hold it."""
        kept = touch._replace(
            user_id=self._as_kept(touch.user_id), local_time=touch.local_time.replace(microsecond=0)
        )
        self._encode(kept, uid=1)  # before it is written to the flash, which must stay readable
        return kept

    def _encode(self, touch: Touch, uid: int) -> bytes:
        return encode_punch(
            self.layout,
            uid=uid,
            user_id=touch.user_id,
            local_time=touch.local_time,
            state=touch.state,
            verify=touch.verify,
            work_code=touch.work_code,
        )

    def _enrolments(
        self, touches: Iterable[Touch], names: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[Change]:
        uid = self._free_uid()
        for user_id in dict.fromkeys((*names, *(touch.user_id for touch in touches))):
            if user_id not in self._people:
                yield ("user", uid, user_id, names.get(user_id, ""))
                uid += 1

    def _free_uid(self) -> int:
        return 1 + max((person.uid for person in self._people.values()), default=0)

    def _as_kept(self, user_id: str) -> str:
        """Return the user id as this layout keeps it: black-and-white units know numbers only."""
        limit = self.profile.id_size
        if limit:
            if not user_id.isascii() or not user_id.isprintable() or not 0 < len(user_id) <= limit:
                raise ValueError(
                    f"user id {user_id!r}: layout {self.layout} holds 1 to {limit} ASCII characters"
                )
            return user_id
        if not user_id.isdecimal() or not 0 < int(user_id) < 1 << 32:
            raise ValueError(f"user id {user_id!r}: layout {self.layout} holds numbers only")
        return str(int(user_id))

    def _bad(self, kind: str, number: int) -> Change:
        return ("raw", bad_record(self.layout, kind, number, self.now().year).hex())


def _punch(touch: Touch) -> Change:
    at = touch.local_time.isoformat(sep=" ")
    return ("punch", touch.user_id, at, touch.state, touch.verify, touch.work_code)
