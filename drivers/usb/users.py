"""`user.dat`, the users a ZK terminal writes on a stick: bytes in, users out. No files here.

    72 bytes, colour terminals:   uid u16 | privilege u8 | password 8 | name 24 | ... | user id 24
                                  0         2              3            11            48
    28 bytes, black and white:    uid u16 | privilege u8 | password 5 | name 8  | ... | user id u32
                                  0         2              3            8             24

Little-endian, no header. The file also holds passwords and card numbers in clear: they are not
read, and no error quotes the file.
"""

import re
import struct
from collections.abc import Callable

from drivers.base import User
from drivers.errors import UndecidableLog

_TFT = struct.Struct("<HB8x24s13x24s")
_MONO = struct.Struct("<HB5x8s8xI")
_PRIVILEGES = frozenset({0, 2, 6, 10, 14, 1, 3, 7, 11, 15})  # odd: the same, disabled
_USER_ID = re.compile(rb"([0-9A-Za-z]{1,24})(?:\x00.*)?", re.DOTALL)


def decode_users(data: bytes) -> list[User]:
    """Return who is in the file. Raises UndecidableLog unless exactly one layout fits it all."""
    found = [
        users
        for layout, decode in ((_TFT, _tft_user), (_MONO, _mono_user))
        if (users := _decode_all(data, layout, decode)) is not None
    ]
    if len(found) == 1:
        return found[0]
    why = "two layouts fit it" if found else "no layout of 72 or 28 bytes a user fits it"
    raise UndecidableLog(
        f"user.dat of {len(data)} bytes: {why}; copy it from the stick again, or read the users "
        f"from the terminal"
    )


_Decode = Callable[[int, bytes, bytes | int], User | None]


def _decode_all(data: bytes, layout: struct.Struct, decode: _Decode) -> list[User] | None:
    if not data or len(data) % layout.size:
        return None
    users = []
    for uid, privilege, name, user_id in layout.iter_unpack(data):
        user = decode(uid, name, user_id)
        if user is None or uid == 0 or privilege not in _PRIVILEGES:
            return None
        users.append(user)
    if len({user.uid for user in users}) < len(users):
        return None
    return users


def _tft_user(uid: int, name: bytes, user_id: bytes | int) -> User | None:
    match = _USER_ID.fullmatch(user_id) if isinstance(user_id, bytes) else None
    return User(match[1].decode("ascii"), uid, _text(name)) if match else None


def _mono_user(uid: int, name: bytes, user_id: bytes | int) -> User | None:
    return User(str(user_id), uid, _text(name)) if user_id else None


def _text(field: bytes) -> str:
    """Read a name, written in the terminal's own code page: UTF-8, else GB2312, else Latin-1."""
    name = _decoded(field.split(b"\x00", 1)[0])
    return "".join(sign for sign in name if sign.isprintable()).strip()


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # the field ends inside a character
            return name[: error.start].decode("utf-8")
    try:
        return name.decode("gb2312")
    except UnicodeDecodeError:
        return name.decode("latin-1")
