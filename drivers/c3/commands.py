"""Numbers of the pull protocol: what we ask for, and what a panel answers with.

Nothing here opens a door, sets a clock or writes a table.
"""

CONNECT = 0x01
"""Without a session: what follows carries neither session nor number."""
DISCONNECT = 0x02
GET_PARAMETERS = 0x04
DESCRIBE_TABLES = 0x06
READ_TABLE = 0x08
CONNECT_SESSION = 0x76

OK = 0xC8
ERROR = 0xC9

NO_SUCH_COMMAND = -13
WRONG_PASSWORD = -14


def describe(code: int) -> str:
    """Return an error code for people."""
    known = {NO_SUCH_COMMAND: "no such command", WRONG_PASSWORD: "wrong password"}
    return f"{code} ({known[code]})" if code in known else str(code)
