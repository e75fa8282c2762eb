"""Makes of terminal, one line per record layout, and what follows from the make.

The bad records here are those that real logs hold: a 31st of February, bytes that are no id, a slot
that was counted and never written.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from drivers.zk.records import LayoutName, encode_punch, pack_time


@dataclass(frozen=True, slots=True)
class Profile:
    """A make of terminal: one line per record layout."""

    model: str
    platform: str
    firmware: str
    record_size: int
    time_at: int
    """Where the packed time stands in a record."""
    id_size: int
    """Bytes of a user id in a record; 0 where it is a number."""
    pin_width: int
    user_size: int
    event_size: int


PROFILES: Mapping[LayoutName, Profile] = {
    "8a": Profile("K14", "ZEM560", "Ver 6.20 Sep 10 2010", 8, 3, 0, 5, 28, 10),
    "8b": Profile("MA300", "ZEM510", "Ver 6.21 Oct 10 2012", 8, 4, 0, 5, 28, 10),
    "16": Profile("iClock 580", "ZEM600", "Ver 6.60 Aug 17 2015", 16, 4, 0, 9, 28, 12),
    "22": Profile("WL10", "AK3750WIFI_TFT", "Ver 6.60 Oct 25 2022", 22, 13, 10, 9, 72, 32),
    "40": Profile("K40", "ZLM60_TFT", "Ver 6.60 Apr 28 2017", 40, 27, 24, 24, 72, 36),
    "49": Profile("SpeedFace-V5L", "ZAM170_TFT", "ZAM170-NF-Ver1.1.9", 49, 27, 24, 24, 72, 52),
}


def bad_kinds(profile: Profile) -> tuple[str, ...]:
    """Return the kinds of bad record a make can hold: no id is wrong where ids are numbers."""
    return ("date", "blank", "user-id") if profile.id_size else ("date", "blank")


def bad_record(layout: LayoutName, kind: str, number: int, year: int) -> bytes:
    """Return a record that cannot be a punch; other numbers give other bytes (blanks are alike)."""
    profile = PROFILES[layout]
    if kind not in bad_kinds(profile):
        known = ", ".join(bad_kinds(profile))
        raise ValueError(f"no bad record {kind!r} in layout {layout}; known are {known}")
    if kind == "blank":
        return bytes(profile.record_size)
    first = datetime(year, 2, 1, 7 + number // 60 % 12, number % 60)
    raw = bytearray(
        encode_punch(
            layout, uid=1, user_id=str(number % 9 + 1), local_time=first, state=0, verify=1
        )
    )
    if kind == "date":
        # every month has 31 days in a packed time, so the 31st of February can be written
        struct.pack_into("<I", raw, profile.time_at, pack_time(first) + 30 * 86_400)
    else:
        raw[2:6] = b"\xff\xfe\x80" + bytes([number % 255 + 1])
    return bytes(raw)


def options(serial: str, profile: Profile) -> dict[str, str]:
    """Return what a terminal answers to OPTIONS_RRQ, by name."""
    return {
        "~SerialNumber": serial,
        "~Platform": profile.platform,
        "~DeviceName": profile.model,
        "~ProductTime": "2017-05-02 10:11:12",
        "~OEMVendor": "Simulator",
        "~OS": "1",
        "~ZKFPVersion": "10",
        "~ExtendFmt": "0",
        "~UserExtFmt": "1" if profile.user_size == 72 else "0",
        "CompatOldFirmware": "0",
        "~PIN2Width": str(profile.pin_width),
        "~SSR": "1" if profile.id_size else "0",
        "~ShowState": "1",
        "WorkCode": "0",
        "MAC": "00:17:61:00:00:01",
        "IPAddress": "127.0.0.1",
        "NetMask": "255.0.0.0",
        "GATEIPAddress": "127.0.0.1",
        "DeviceID": "1",
        "Language": "69",
    }
