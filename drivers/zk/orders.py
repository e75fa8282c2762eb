"""What changes a terminal, because a person said so: its clock, and a log that is saved elsewhere.

No other module sends these commands, and no read needs them. A terminal that is held still is let
go on every path, by `let_go` or by `farewell`.
Source: README.md, section "Orders".
"""

from datetime import datetime

from drivers.errors import TerminalRefused
from drivers.zk import commands
from drivers.zk.records import pack_time
from drivers.zk.session import Session, Talk, ask, expect


def set_clock(session: Session, local_time: datetime) -> Talk[None]:
    """Set the wall clock, which has whole seconds."""
    packed = pack_time(local_time).to_bytes(4, "little")
    expect((yield from ask(session, commands.SET_TIME, packed)), commands.ACK_OK)
    yield from _refresh(session)


def hold_still(session: Session) -> Talk[None]:
    """Let nobody punch until `let_go`."""
    session.held_still = True  # it may have obeyed, whatever becomes of its answer
    answer = yield from ask(session, commands.DISABLE)
    if answer.command != commands.ACK_OK:
        raise TerminalRefused(
            f"cannot be held still, {commands.describe(answer.command)}, and somebody might punch "
            "while its log is cleared; clear it at its menu"
        )


def let_go(session: Session) -> Talk[None]:
    """Let people punch again."""
    expect((yield from ask(session, commands.ENABLE)), commands.ACK_OK)
    session.held_still = False


def clear_log(session: Session) -> Talk[None]:
    """Empty the log. There is no way back."""
    expect((yield from ask(session, commands.CLEAR_ATTLOG, sends=1)), commands.ACK_OK)
    yield from _refresh(session)


def _refresh(session: Session) -> Talk[None]:
    """Let the terminal look at its memory anew; what it answers does not matter."""
    yield from ask(session, commands.REFRESH)
