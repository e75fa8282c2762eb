"""What can be done to a simulated terminal while it runs: one line in, one JSON object out.

punch USER [STATE] [LOCAL_TIME]   somebody touches, now or at YYYY-MM-DDTHH:MM:SS
bad [KIND]                        a record that is no punch: date, blank, user-id
clear                             the log is emptied
fault NAME[=VALUE][,times:N,p:P]  a fault is switched on; several may be named
nofault                           all faults end
clock +SECONDS | -SECONDS | TIME  the clock is moved, or set to YYYY-MM-DDTHH:MM:SS
count                             how many records the log holds
dump                              every good punch in the log
commands                          every command number clients sent, and how often
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory

Answer = dict[str, object]


class Control:
    """Obeys lines; safe beside a running server."""

    def __init__(self, memory: Memory, faults: Faults) -> None:
        self._memory = memory
        self._faults = faults

    def obey(self, line: str) -> Answer:
        """Do what a line says; `{"error": ...}` tells why it was not done."""
        name, *words = line.split() or [""]
        obey = _COMMANDS.get(name)
        if obey is None:
            return {"error": f"no command {name!r}; known are {', '.join(_COMMANDS)}"}
        try:
            return obey(self, words)
        except ValueError as error:
            return {"error": str(error)}

    def _punch(self, words: Sequence[str]) -> Answer:
        if not words:
            raise ValueError("punch needs a user id")
        user_id, *rest = words
        state = int(rest[0]) if rest else 0
        # as one word with a T, or as two
        local_time = datetime.fromisoformat(" ".join(rest[1:])) if rest[1:] else None
        recorded = self._memory.punch(user_id, state, local_time)
        return {"recorded": recorded, "count": self._memory.count()}

    def _bad(self, words: Sequence[str]) -> Answer:
        self._memory.add_bad(words[0] if words else "date")
        return {"count": self._memory.count()}

    def _clear(self, _words: Sequence[str]) -> Answer:
        self._memory.clear()
        return {"count": 0}

    def _fault(self, words: Sequence[str]) -> Answer:
        if not words:
            raise ValueError("fault needs a name")
        return {"faults": [self._faults.add(word).name for word in words]}

    def _no_fault(self, _words: Sequence[str]) -> Answer:
        self._faults.clear()
        return {"fired": self._faults.fired()}

    def _clock(self, words: Sequence[str]) -> Answer:
        text = " ".join(words)
        if text.startswith(("+", "-")):
            self._memory.shift_clock(int(text))
        else:
            self._memory.set_clock(datetime.fromisoformat(text))
        return {"clock": self._memory.now().isoformat()}

    def _count(self, _words: Sequence[str]) -> Answer:
        return {"count": self._memory.count()}

    def _dump(self, _words: Sequence[str]) -> Answer:
        return {
            "serial": self._memory.serial,
            "punches": [
                {
                    "user_id": touch.user_id,
                    "local_time": touch.local_time.isoformat(),
                    "state": touch.state,
                    "verify": touch.verify,
                }
                for touch in self._memory.touches()
            ],
        }

    def _commands(self, _words: Sequence[str]) -> Answer:
        seen = sorted(self._memory.commands_seen.items())
        return {"commands": {str(number): times for number, times in seen}}


_COMMANDS: Mapping[str, Callable[[Control, Sequence[str]], Answer]] = {
    "punch": Control._punch,
    "bad": Control._bad,
    "clear": Control._clear,
    "fault": Control._fault,
    "nofault": Control._no_fault,
    "clock": Control._clock,
    "count": Control._count,
    "dump": Control._dump,
    "commands": Control._commands,
}
