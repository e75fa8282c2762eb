"""Numbers of the TC_B protocol: what we ask for, and what a terminal answers with.

Nothing here changes a terminal: no clock is set, and no record or mark is cleared.
"""

SERIAL_TEXT = 0x24
GET_TIME = 0x38
RECORD_INFO = 0x3C
DOWNLOAD_RECORDS = 0x40
DOWNLOAD_USERS = 0x42
SERIAL_NUMBER = 0x46
TYPE_CODE = 0x48
CAPACITY = 0x5D
DOWNLOAD_USERS_EXTENDED = 0x72
PING = 0x7F

SUCCESS = 0x00
NO_USERS = 0x05
LOST = 0x0E
"""Seen on TCP after half an hour without traffic."""

_RESULTS = {
    0x01: "failed",
    0x04: "user full",
    NO_USERS: "no users",
    0x06: "no such user",
    0x08: "time-out",
    0x0A: "user exists",
    0x0B: "finger exists",
    LOST: "connection lost",
}


def describe(result: int) -> str:
    """Return a result for people."""
    return f"result {result} ({_RESULTS.get(result, 'unknown')})"
