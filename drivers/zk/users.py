"""User tables: slot, user id and name. Passwords and cards stand beside them and are left alone.

    72 | uid u16 | 1 privilege | 8 password | name 24 | 4 card | 9 groups and zones | user id 24 |
    28 | uid u16 | 1 privilege | 5 password | name 8 | 4 card | 4 group and zones | number u32 |

Source: README.md, section "Users".
"""

import struct

from drivers.base import User
from drivers.errors import UndecidableLog
from drivers.zk.choice import by_count
from drivers.zk.records import user_id_text

_SHORT = struct.Struct("<H6x8s8xI")
_LONG = struct.Struct("<H9x24s13x24s")


def decode_users(body: bytes | memoryview, *, claimed: int | None) -> list[User]:
    """Return the users of a table. A slot without a readable user id is nobody and left out.

    `claimed` is the terminal's own count: 504 bytes are 7 long records or 18 short ones.
    """
    sizes = [size for size in (_SHORT.size, _LONG.size) if len(body) % size == 0]
    if not body:
        return []
    counted = by_count(len(body), sizes, claimed) or sizes
    if len(counted) > 1:
        counted = [_LONG.size if _all_long(body) else _SHORT.size]
    if not counted:
        raise UndecidableLog(
            f"sent a user table of {len(body)} bytes, which is of no known layout",
            bytes(body[:4096]),
        )
    return _long_users(body) if counted[0] == _LONG.size else _short_users(body)


def user_name(field: bytes) -> str:
    """Return a name in whichever encoding the terminal writes: UTF-8, GB2312, or a Latin one."""
    text = field.split(b"\0", 1)[0]
    for encoding in ("utf-8", "gb2312"):
        try:
            return _printable(text.decode(encoding))
        except UnicodeDecodeError as error:
            cut = error.reason == "unexpected end of data" and len(text) == len(field)
            if encoding == "utf-8" and cut:  # the last letter did not fit the field
                return _printable(text.decode(encoding, "ignore"))
    return _printable(text.decode("latin-1"))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _all_long(body: bytes | memoryview) -> bool:
    """Whether every record ends in a NUL-padded text: short records do not by chance."""
    for _, _, padded in _LONG.iter_unpack(body):
        text, _, rest = padded.partition(b"\0")
        if any(rest) or (text and user_id_text(text) is None):
            return False
    return True


def _long_users(body: bytes | memoryview) -> list[User]:
    return [
        User(user_id=user_id, uid=uid, name=user_name(name))
        for uid, name, padded in _LONG.iter_unpack(body)
        if (user_id := user_id_text(padded)) is not None
    ]


def _short_users(body: bytes | memoryview) -> list[User]:
    return [
        User(user_id=str(number), uid=uid, name=user_name(name))
        for uid, name, number in _SHORT.iter_unpack(body)
        if number
    ]
