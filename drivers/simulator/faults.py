"""The fault menu: what real terminals and networks do wrong, each by name and at will.

A fault is written `NAME`, `NAME=VALUE` or `NAME=VALUE,times:N,p:0.1`, each part optional: how often
it fires before it is used up (always, where not told), and how likely it fires at each occasion.
All may be switched while the terminal runs; what fired is counted.
"""

import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Dish:
    """One line of the menu."""

    help: str
    value: int = 0
    """What VALUE is where it is not told."""
    times: int | None = None
    """How often it fires where that is not told; None means always."""


MENU: Mapping[str, Dish] = {
    # how bytes travel
    "cut": Dish("hang up after VALUE bytes of a connection (UDP: forget the client)", 1_000),
    "stall": Dish("send nothing more after VALUE bytes of a connection", 1_000),
    "split": Dish("send in segments of VALUE bytes", 7),
    "trickle": Dish("send one byte every VALUE milliseconds", 100),
    "merge": Dish("send all packets of one answer in one segment"),
    "slow": Dish("answer VALUE milliseconds late", 1_000),
    "rubbish": Dish("send VALUE random bytes in place of an answer", 64),
    "damage": Dish("flip one bit in each answer, checksum untouched"),
    "huge-frame": Dish("claim VALUE bytes in the frame of an answer (TCP)", 1 << 31),
    "drop": Dish("lose a datagram (UDP)"),
    "reorder": Dish("swap the two middle datagrams of an answer (UDP)"),
    "duplicate": Dish("send every packet of an answer twice"),
    # what the terminal says
    "stray-ack": Dish("put an ACK of the command before in front of an answer"),
    "stray-event": Dish("put a real-time event in front of an answer"),
    "late-ack": Dish("hold the ACK that ends a bulk answer back until the next command"),
    "missing-ack": Dish("leave the ACK that ends a bulk answer out"),
    "short-chunk": Dish("send VALUE bytes fewer than a chunk announces", 100),
    "single-chunk": Dish("answer a chunk with one bare DATA packet"),
    "refuse-chunk": Dish("answer a chunk with code VALUE", 2001),
    "refuse-skip": Dish("answer a chunk that skips ahead with code VALUE", 2001),
    "skip-zeros": Dish("answer a chunk that skips ahead with zeros"),
    "skip-ignored": Dish("answer a chunk that skips ahead from the beginning instead"),
    "refuse-prefix": Dish("answer a chunk of 4 bytes with code VALUE", 2001),
    "wrong-prefix": Dish("state VALUE bytes more in front of the log than there are", 40),
    "blank-slot": Dish("count and hand over the blank slot that is written next"),
    "event-size": Dish("tell a touch in an event of VALUE bytes", 52),
    "lost-event": Dish("tell nothing of a touch"),
    "refuse-events": Dish("answer who would listen for events with code VALUE", 2001),
    "wrong-count": Dish("tell VALUE records more (or, below zero, fewer) than there are", -1),
    "zero-count": Dish("tell zero records"),
    "huge-size": Dish("claim a log of VALUE bytes", 1 << 31),
    "refuse-read": Dish("answer the buffered read (1503) with code VALUE", 65_535),
    "access-control": Dish("keep the log out of reach: zero records, 1503 answered 4989"),
    "secure": Dish("answer CONNECT with code VALUE, as encrypted firmware does", 6001),
    # what happens to the terminal
    "late-punch": Dish("somebody punches between GET_FREE_SIZES and 1503", times=1),
    "cleared": Dish("somebody clears the log before a client connects", times=1),
    "clock-2000": Dish("the clock falls back to 2000 before a client connects", times=1),
}


class UnknownFault(ValueError):
    """A fault that is not on the menu, or is written wrongly."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as ordered."""

    name: str
    value: int
    times: int | None
    p: float

    @classmethod
    def parse(cls, text: str, menu: Mapping[str, Dish] = MENU) -> "Fault":
        """Read `NAME[=VALUE][,times:N][,p:P]`. Raises UnknownFault."""
        name, _, rest = text.strip().partition("=")
        dish = menu.get(name)
        if dish is None:
            near = get_close_matches(name, menu, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(menu)}"
            raise UnknownFault(f"no fault {name!r}; {hint}")
        value, times, p = dish.value, dish.times, 1.0
        try:
            for item in filter(None, rest.split(",")):
                match item.split(":"):
                    case [number]:
                        value = int(number)
                    case ["times", number]:
                        times = int(number)
                    case ["p", number]:
                        p = float(number)
                    case _:
                        raise ValueError(f"{item!r} is neither a number, times:N nor p:P")
            if (times is not None and times < 0) or not 0 <= p <= 1:
                raise ValueError("times must not be below 0, and p lies between 0 and 1")
            if value < 0 and name != "wrong-count":
                raise ValueError("the value must not be below 0")
        except ValueError as error:
            raise UnknownFault(f"fault {text!r}: {error}") from error
        return cls(name, value, times, p)


class Faults:
    """The faults in force. Safe to switch from any thread."""

    def __init__(self, *texts: str, seed: int = 0, menu: Mapping[str, Dish] = MENU) -> None:
        self._menu = menu
        self._lock = threading.Lock()
        self._dice = random.Random(seed)
        self._active: dict[str, Fault] = {}
        self._left: dict[str, int | None] = {}
        self._fired: Counter[str] = Counter()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> Fault:
        """Order a fault; the same name again replaces it. Raises UnknownFault."""
        fault = Fault.parse(text, self._menu)
        with self._lock:
            self._active[fault.name] = fault
            self._left[fault.name] = fault.times
        return fault

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._active.clear()
            self._left.clear()

    def fires(self, name: str) -> Fault | None:
        """Return the fault if it strikes on this occasion, and count it."""
        with self._lock:
            fault = self._active.get(name)
            if fault is None or self._dice.random() >= fault.p:
                return None
            left = self._left[name]
            if left is not None:
                if left <= 0:
                    return None
                self._left[name] = left - 1
            self._fired[name] += 1
            return fault

    def active(self, name: str) -> Fault | None:
        """Return the fault if it could strike now, without counting."""
        with self._lock:
            return None if self._left.get(name) == 0 else self._active.get(name)

    def fired(self) -> dict[str, int]:
        """Return how often each fault has struck."""
        with self._lock:
            return dict(self._fired)

    def random_bytes(self, count: int) -> bytes:
        """Return bytes from the seeded dice."""
        with self._lock:
            return self._dice.randbytes(count)

    def random_index(self, count: int) -> int:
        """Return a place below `count` from the seeded dice."""
        with self._lock:
            return self._dice.randrange(count)
