"""One client's session with the simulated terminal: a request in, the packets of its answer out.

No sockets here. Commands that change a terminal are really carried out, so that a driver which
sends one is found out by what it did as well as by `Memory.commands_seen`.
"""

import struct
from collections.abc import Callable, Mapping

from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.tables import encode_event, encode_sizes, encode_users, read_user
from drivers.simulator.touches import Touch
from drivers.zk import commands
from drivers.zk.codec import Packet, scramble_key
from drivers.zk.records import pack_time, unpack_time

INLINE_MAX = 1_016
"""A buffered answer up to this size comes whole in one packet."""
DATA_MAX_TCP = 65_528
DATA_MAX_UDP = 1_024

# what our drivers never send, and a terminal obeys all the same
DB_RRQ = 7
USER_WRQ = 8
OPTIONS_WRQ = 12
CLEAR_DATA = 14
CLEAR_ATTLOG = 15
DELETE_USER = 18
STARTVERIFY = 60
CANCELCAPTURE = 62
STATE_RRQ = 64
GET_PINWIDTH = 69
SET_TIME = 202
ENABLEDEVICE = 1002
DISABLEDEVICE = 1003
RESTART = 1004
REFRESHDATA = 1013
REFRESHOPTION = 1014

_EVENT_ATTLOG = 1
_EVENT_FINGER = 2
_TABLE_LOG = 1
_TABLE_USERS = 5
_IDLE = 0


class Conversation:
    """The terminal's side of one session."""

    def __init__(self, memory: Memory, faults: Faults, *, data_max: int) -> None:
        self.finished = False
        """True when the terminal hangs up after this answer."""
        self._memory = memory
        self._faults = faults
        self._data_max = data_max
        self._session = 0
        self._connected = False
        self._last_command = 0
        self._buffer: bytes | None = None
        self._reached = 0
        self._events = 0
        self._held: list[Packet] = []

    def answer(self, request: Packet) -> list[Packet]:
        """Return what the terminal says to a request, in order; nothing to an ACK of an event."""
        self._memory.commands_seen[request.command] += 1
        if request.command == commands.ACK_OK:
            return []
        before, self._held = self._held, []
        if self._faults.fires("stray-ack"):
            before.append(Packet(commands.ACK_OK, self._session, (request.reply - 1) % 0xFFFF))
        if self._faults.fires("stray-event"):
            before.append(Packet(commands.REG_EVENT, _EVENT_FINGER, 0))
        packets = self._obey(request)
        self._last_command = request.command
        return before + packets

    def event(self, touch: Touch) -> list[Packet]:
        """Return the packet that tells a listening client of a touch just made."""
        if not self._connected or not self._events & _EVENT_ATTLOG:
            return []
        if self._faults.fires("lost-event"):
            return []
        size = self._memory.profile.event_size
        if other := self._faults.fires("event-size"):
            size = other.value
        slots = {person.user_id: person.uid for person in self._memory.people()}
        data = encode_event(size, touch, slots.get(touch.user_id, 0))
        return [Packet(commands.REG_EVENT, _EVENT_ATTLOG, 0, data)]

    def _obey(self, request: Packet) -> list[Packet]:
        if request.command not in _WITHOUT_SESSION:
            if not self._connected:
                return self._say(request, commands.ACK_UNAUTH)
            if request.session != self._session:
                return self._say(request, commands.ACK_ERROR_INIT)
        obey = _COMMANDS.get(request.command)
        if obey is None:
            return self._say(request, commands.ACK_UNKNOWN)
        try:
            return obey(self, request)
        except (ValueError, struct.error):  # a request whose data make no sense
            return self._say(request, commands.ACK_ERROR_DATA)

    def _say(self, request: Packet, code: int = commands.ACK_OK, data: bytes = b"") -> list[Packet]:
        return [Packet(code, self._session, request.reply, data)]

    # -- session ---------------------------------------------------------------------------------

    def _connect(self, request: Packet) -> list[Packet]:
        if self._faults.fires("cleared"):
            self._memory.clear()
        if self._faults.fires("clock-2000"):
            self._memory.set_clock(self._memory.now().replace(year=2000, month=1, day=1))
        if secure := self._faults.fires("secure"):
            return self._say(request, secure.value)
        if self._last_command != commands.CONNECT:  # asked again over UDP: the same session
            self._session = self._memory.next_session()
        self._connected = self._memory.comm_key == 0
        return self._say(request, commands.ACK_OK if self._connected else commands.ACK_UNAUTH)

    def _authorise(self, request: Packet) -> list[Packet]:
        key = self._memory.comm_key
        sent = request.data
        right = len(sent) == 4 and sent == scramble_key(key, self._session, sent[2])
        if self._session and request.session == self._session and right:
            self._connected = True
        return self._say(request, commands.ACK_OK if self._connected else commands.ACK_UNAUTH)

    def _exit(self, request: Packet) -> list[Packet]:
        self._connected = False
        self._buffer = None
        self.finished = True
        return self._say(request)

    def _restart(self, _request: Packet) -> list[Packet]:
        self._connected = False
        self.finished = True
        return []

    # -- asking ----------------------------------------------------------------------------------

    def _version(self, request: Packet) -> list[Packet]:
        return self._say(request, data=self._memory.profile.firmware.encode() + b"\0")

    def _option(self, request: Packet) -> list[Packet]:
        name = request.data.split(b"\0", 1)[0].decode("latin-1")
        value = self._memory.option(name)
        if value is None:
            odd = self._memory.layout == "22"
            return self._say(request, commands.ACK_UNKNOWN if odd else commands.ACK_ERROR)
        return self._say(request, data=f"{name}={value}".encode("latin-1") + b"\0")

    def _time(self, request: Packet) -> list[Packet]:
        return self._say(request, data=struct.pack("<I", pack_time(self._memory.now())))

    def _state(self, request: Packet) -> list[Packet]:
        return [Packet(commands.ACK_OK, _IDLE, request.reply)]

    def _pin_width(self, request: Packet) -> list[Packet]:
        return self._say(request, data=bytes([self._memory.profile.pin_width]))

    def _sizes(self, request: Packet) -> list[Packet]:
        memory, faults = self._memory, self._faults
        told = memory.count() + (faults.active("blank-slot") is not None)
        if wrong := faults.fires("wrong-count"):
            told = max(told + wrong.value, 0)
        if faults.fires("zero-count") or faults.active("access-control"):
            told = 0
        sizes = encode_sizes(users=len(memory.people()), records=told, capacity=memory.capacity)
        short = memory.sizes_length <= 12  # a form that says nothing
        return self._say(
            request, data=bytes(memory.sizes_length) if short else sizes[: memory.sizes_length]
        )

    # -- bulk ------------------------------------------------------------------------------------

    def _prepare(self, request: Packet) -> list[Packet]:
        _, wanted, table, _ = struct.unpack("<BHII", request.data)
        of_log = wanted == commands.ATTLOG_RRQ
        if of_log and self._faults.fires("late-punch"):
            people = self._memory.people()
            self._memory.punch(people[0].user_id if people else "1")
        if of_log and self._faults.fires("access-control"):
            return self._say(request, commands.NO_LOG_HERE)
        if refused := self._faults.fires("refuse-read"):
            return self._say(request, refused.value)
        if of_log:
            content = self._memory.log()
            if self._faults.fires("blank-slot"):
                content += bytes(self._memory.profile.record_size)
        elif wanted == commands.USERS_RRQ and table == _TABLE_USERS:
            content = self._users()
        else:
            return self._say(request, commands.ACK_ERROR)
        wrong = self._faults.fires("wrong-prefix") if of_log else None
        stated = len(content) + (wrong.value if wrong else 0)
        whole = struct.pack("<I", stated) + content
        huge = self._faults.fires("huge-size")
        if len(whole) <= INLINE_MAX and not huge:
            return self._say(request, commands.DATA, whole)
        self._buffer, self._reached = whole, 0
        size = huge.value & 0xFFFFFFFF if huge else len(whole)
        return self._say(request, data=struct.pack("<BIII", 0, size, size, 0))

    def _chunk(self, request: Packet) -> list[Packet]:
        start, size = struct.unpack("<II", request.data)
        if refused := self._faults.fires("refuse-chunk"):
            return self._say(request, refused.value)
        if self._buffer is None or start + size > len(self._buffer):
            return self._say(request, commands.ACK_ERROR)
        if size == 4 and (refused := self._faults.fires("refuse-prefix")):
            return self._say(request, refused.value)
        chunk = self._buffer[start : start + size]
        if start > self._reached:
            if refused := self._faults.fires("refuse-skip"):
                return self._say(request, refused.value)
            if self._faults.fires("skip-zeros"):
                chunk = bytes(size)
            if self._faults.fires("skip-ignored"):
                chunk = self._buffer[:size]
        self._reached = max(self._reached, start + size)
        if self._faults.fires("single-chunk"):
            return self._say(request, commands.DATA, chunk)
        return self._bulk(request, chunk)

    def _free(self, request: Packet) -> list[Packet]:
        self._buffer = None
        return self._say(request)

    def _legacy_log(self, request: Packet) -> list[Packet]:
        if self._faults.fires("access-control"):
            return self._say(request, commands.ACK_ERROR)
        return self._legacy(request, self._memory.log())

    def _legacy_users(self, request: Packet) -> list[Packet]:
        if request.data[:1] != bytes([_TABLE_USERS]) or len(request.data) != 1:
            return self._say(request, commands.ACK_ERROR)  # one user's fingers: none are kept
        return self._legacy(request, self._users())

    def _legacy_table(self, request: Packet) -> list[Packet]:
        if request.data == bytes([_TABLE_LOG]):
            return self._legacy_log(request)
        if request.data == bytes([_TABLE_USERS]):
            return self._legacy(request, self._users())
        return self._say(request, commands.ACK_ERROR)

    def _legacy(self, request: Packet, content: bytes) -> list[Packet]:
        if not content:
            return self._say(request, commands.ACK_ERROR)
        return self._bulk(request, struct.pack("<I", len(content)) + content)

    def _bulk(self, request: Packet, content: bytes) -> list[Packet]:
        huge = self._faults.fires("huge-size")
        told = huge.value & 0xFFFFFFFF if huge else len(content)
        if short := self._faults.fires("short-chunk"):
            content = content[: max(len(content) - short.value, 0)]
        prepare = struct.pack("<II", told, self._data_max)
        data = [
            Packet(commands.DATA, index & 0xFFFF, request.reply, content[at : at + self._data_max])
            for index, at in enumerate(range(0, len(content), self._data_max))
        ]
        end = [Packet(commands.ACK_OK, told & 0xFFFF, request.reply)]
        if self._faults.fires("missing-ack"):
            end = []
        elif self._faults.fires("late-ack"):
            self._held, end = end, []
        return [*self._say(request, commands.PREPARE_DATA, prepare), *data, *end]

    def _users(self) -> bytes:
        return encode_users(self._memory.profile.user_size, self._memory.people())

    # -- changing --------------------------------------------------------------------------------

    def _agree(self, request: Packet) -> list[Packet]:
        return self._say(request)

    def _register(self, request: Packet) -> list[Packet]:
        if refused := self._faults.fires("refuse-events"):
            return self._say(request, refused.value)
        (self._events,) = struct.unpack("<I", request.data)
        return self._say(request)

    def _disable(self, request: Packet) -> list[Packet]:
        self._memory.enabled = False
        return self._say(request)

    def _enable(self, request: Packet) -> list[Packet]:
        self._memory.enabled = True
        return self._say(request)

    def _clear_log(self, request: Packet) -> list[Packet]:
        self._memory.clear()
        return self._say(request)

    def _clear_data(self, request: Packet) -> list[Packet]:
        if not request.data:
            self._memory.forget_everything()
        elif request.data[0] == _TABLE_LOG:
            self._memory.clear()
        elif request.data[0] == _TABLE_USERS:
            for person in self._memory.people():
                self._memory.forget(person.uid)
        return self._say(request)

    def _delete_user(self, request: Packet) -> list[Packet]:
        (uid,) = struct.unpack("<H", request.data)
        known = self._memory.forget(uid)
        return self._say(request, commands.ACK_OK if known else commands.ACK_ERROR)

    def _write_user(self, request: Packet) -> list[Packet]:
        person = read_user(request.data)
        self._memory.enrol(person.user_id, person.name, person.uid)
        return self._say(request)

    def _set_time(self, request: Packet) -> list[Packet]:
        local_time = unpack_time(*struct.unpack("<I", request.data))
        if local_time is None:
            return self._say(request, commands.ACK_ERROR)
        self._memory.set_clock(local_time)
        return self._say(request)

    def _set_option(self, request: Packet) -> list[Packet]:
        name, _, value = request.data.split(b"\0", 1)[0].decode("latin-1").partition("=")
        self._memory.set_option(name, value)
        return self._say(request)


_WITHOUT_SESSION = frozenset({commands.CONNECT, commands.AUTH})

_COMMANDS: Mapping[int, Callable[[Conversation, Packet], list[Packet]]] = {
    commands.CONNECT: Conversation._connect,
    commands.AUTH: Conversation._authorise,
    commands.EXIT: Conversation._exit,
    commands.GET_VERSION: Conversation._version,
    commands.OPTIONS_RRQ: Conversation._option,
    commands.GET_TIME: Conversation._time,
    commands.GET_FREE_SIZES: Conversation._sizes,
    commands.PREPARE_BUFFER: Conversation._prepare,
    commands.READ_BUFFER: Conversation._chunk,
    commands.FREE_DATA: Conversation._free,
    commands.ATTLOG_RRQ: Conversation._legacy_log,
    commands.USERS_RRQ: Conversation._legacy_users,
    commands.REG_EVENT: Conversation._register,
    DB_RRQ: Conversation._legacy_table,
    STATE_RRQ: Conversation._state,
    GET_PINWIDTH: Conversation._pin_width,
    STARTVERIFY: Conversation._agree,
    CANCELCAPTURE: Conversation._agree,
    REFRESHDATA: Conversation._agree,
    REFRESHOPTION: Conversation._agree,
    USER_WRQ: Conversation._write_user,
    OPTIONS_WRQ: Conversation._set_option,
    SET_TIME: Conversation._set_time,
    DELETE_USER: Conversation._delete_user,
    CLEAR_ATTLOG: Conversation._clear_log,
    CLEAR_DATA: Conversation._clear_data,
    ENABLEDEVICE: Conversation._enable,
    DISABLEDEVICE: Conversation._disable,
    RESTART: Conversation._restart,
}
