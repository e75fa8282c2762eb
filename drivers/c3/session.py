"""The numbers of a conversation with a panel, without the wire: what goes out, what is an answer.

Answers repeat the number of their question. A panel that answered late once stays one message
behind for good, so older answers are passed over, and whoever waits in vain begins anew.
"""

from drivers.c3 import commands
from drivers.c3.codec import FIRST_NUMBERS, Frame, encode, in_session
from drivers.errors import DriverError, MalformedReply, TerminalRefused


class Session:
    """One conversation, from greeting to farewell."""

    def __init__(self) -> None:
        self._numbers: tuple[int, int] | None = None
        self.begun = False

    def greeting(self, password: str, *, with_session: bool) -> bytes:
        """Return what begins a conversation; older and newer panels know no session."""
        self._numbers = FIRST_NUMBERS if with_session else None
        command = commands.CONNECT_SESSION if with_session else commands.CONNECT
        return encode(Frame(command, password.encode("latin-1"), self._numbers))

    def begin(self, answer: Frame) -> bool:
        """Take the answer to a greeting; False where the panel knows no such greeting."""
        if answer.command == commands.ERROR and _code(answer) == commands.NO_SUCH_COMMAND:
            return False
        if answer.command != commands.OK:
            raise refusal(answer)
        if self._numbers:
            self._numbers = in_session(answer).numbers
        self.begun = True
        return True

    def request(self, command: int, data: bytes = b"") -> bytes:
        """Return the next question; answers to earlier ones no longer count."""
        if self._numbers:
            session, number = self._numbers
            self._numbers = (session, (number + 1) & 0xFFFF)
        return encode(Frame(command, data, self._numbers))

    def answer(self, frame: Frame) -> bytes | None:
        """Return the data of the answer to the last question; None where a frame is an older one.

        TerminalRefused where the panel says no.
        """
        if frame.command not in (commands.OK, commands.ERROR):
            return None  # our own question, given back by an adapter
        if self._numbers and len(frame.data) >= 4:
            frame = in_session(frame)
            session, number = frame.numbers or (0, 0)
            if session != self._numbers[0]:
                raise MalformedReply("answers in another session than ours", frame.data)
            if number != self._numbers[1]:
                return None
        elif self._numbers and frame.command == commands.OK:
            raise MalformedReply("sent an answer without its session", frame.data)
        if frame.command == commands.ERROR:
            raise refusal(frame)
        return frame.data


def _code(answer: Frame) -> int:
    return int.from_bytes(answer.data[-1:], signed=True) if answer.data else 0


def refusal(answer: Frame) -> DriverError:
    """Return what an answer that says no means."""
    if answer.command != commands.ERROR:
        return MalformedReply(f"answers with code {answer.command:#04x}", answer.data)
    if _code(answer) == commands.WRONG_PASSWORD:
        return TerminalRefused('rejects our password; compare "password" with its own')
    return TerminalRefused(f"answers with error {commands.describe(_code(answer))}")
