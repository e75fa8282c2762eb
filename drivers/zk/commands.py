"""Command and reply numbers of the ZK protocol: those we send, those we may be answered."""

OPTIONS_RRQ = 11
USERS_RRQ = 9
ATTLOG_RRQ = 13
GET_FREE_SIZES = 50
GET_TIME = 201
CONNECT = 1000
EXIT = 1001
GET_VERSION = 1100
AUTH = 1102
FREE_DATA = 1502
PREPARE_BUFFER = 1503
READ_BUFFER = 1504

# What changes a terminal: sent by `orders` alone, and never for a read.
CLEAR_ATTLOG = 15
SET_TIME = 202
ENABLE = 1002
DISABLE = 1003
REFRESH = 1013

REG_EVENT = 500
PREPARE_DATA = 1500
DATA = 1501
ACK_OK = 2000
ACK_ERROR = 2001
ACK_UNAUTH = 2005
LOCKED = 2032
NO_LOG_HERE = 4989
SECURE_ONLY = 6001
ACK_ERROR_DATA = 65531
ACK_ERROR_INIT = 65532
ACK_ERROR_COMMAND = 65533
ACK_UNKNOWN = 65535

REFUSALS = frozenset({ACK_ERROR, ACK_ERROR_DATA, ACK_ERROR_INIT, ACK_ERROR_COMMAND, ACK_UNKNOWN})
"""Answers that say "not this request", after which another way of asking may be tried."""

_NAMES = {
    REG_EVENT: "event",
    PREPARE_DATA: "data follow",
    DATA: "data",
    ACK_OK: "ok",
    ACK_ERROR: "refused",
    ACK_UNAUTH: "key needed or wrong",
    LOCKED: "locked, new firmware",
    NO_LOG_HERE: "log is not in this table",
    SECURE_ONLY: "encrypted handshake required",
    ACK_ERROR_DATA: "bad data",
    ACK_ERROR_INIT: "not initialised",
    ACK_ERROR_COMMAND: "bad command",
    ACK_UNKNOWN: "unknown command",
}


def describe(code: int) -> str:
    """Return a reply code with its name, for messages: `2001 (refused)`."""
    return f"{code} ({_NAMES[code]})" if code in _NAMES else str(code)
