"""What a day rests on, in a few words for whoever's day it is. Pure.

The whole of it stands beside the day (`days explain`); on a page of a month there is a line a day.
"""

from collections.abc import Iterable

from ingest.coverage import Reason
from ingest.days.advice import ADVICE
from ingest.rules import CORRECTIONS, Status

MOST = 90
"""Characters of it all."""
_RECORDED = " oleh "
"""Who entered a thing is told after this; the page tells what it was."""
_TERMINALS = "data mesin belum lengkap"
_SHORT = {
    **dict.fromkeys(ADVICE, _TERMINALS),
    **dict.fromkeys(("touches", "late", "early"), "rekaman mesin"),
    "absence": "tidak ada rekaman, data mesin lengkap",
    "clock": "jam mesin diragukan",
    "no-user-id": "belum ada ID pengguna di mesin",
    "not-ended": "hari belum berakhir",
    "provisional": "menit belum dihitung",
    "unmapped": "ada ID pengguna yang belum diketahui miliknya",
    "unproven": "ada keputusan yang belum terbukti sah",
    "unregistered": "ada rekaman di mesin yang belum terdaftar",
}
_WHO_TOLD = frozenset({"excuse", *CORRECTIONS})


def short(status: Status, because: Iterable[Reason]) -> str:
    """Return the ground of a day; a day off that is one by its schedule needs none."""
    if status is Status.OFF:
        return "libur menurut jadwal"
    told = "; ".join(dict.fromkeys(_short(one) for one in because))
    return told if len(told) <= MOST else f"{told[: MOST - 4].rstrip()} ..."


def _short(one: Reason) -> str:
    if one.code in _WHO_TOLD:
        return one.text.partition(", dicatat" + _RECORDED)[0].partition(_RECORDED)[0]
    return _SHORT.get(one.code, one.text)
