"""Which layout a log has: nobody announces it, and a wrong guess reads rubbish as punches.

The size of a record follows from the size of the log and from what divides it, from the count the
terminal gives, and from the content. The count may be short, zero, or older than a record that
arrived meanwhile, so alone it proves little; the content alone proves little in a short log. Where
both together leave more than one reading, nothing is read at all and a person decides.
Source: README.md, section "Size of a record".
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from drivers.errors import UndecidableLog
from drivers.zk.records import LAYOUTS, LONG_FORM, Layout, LayoutName, unpack_time, user_id_text

_BY_SIZE: dict[int, LayoutName] = {16: "16", 22: "22", 40: "40", 49: "49"}
SIZES = (8, *_BY_SIZE)
_ADVICE = 'compare a new punch with the terminal\'s screen and set "layout"'


def choose_layout(
    body: bytes | memoryview, *, claimed: int | None, now: datetime
) -> LayoutName | None:
    """Return the layout of a log's records, None where there are none.

    `claimed` is the terminal's count before the read; `now` the latest clock to believe, ours or
    the terminal's. UndecidableLog where more than one layout is left, or none.
    """
    if not body:
        return None
    fitting = [size for size in SIZES if len(body) % size == 0]
    if not fitting:
        raise _undecidable(body, claimed, "no known record size divides it")
    counted = by_count(len(body), fitting, claimed)
    plausible = [size for size in fitting if _is_plausible(size, body, now)]
    if len(counted) == 1 and (not plausible or counted[0] in plausible):
        size = counted[0]
    else:
        left = [size for size in plausible if size in counted] if counted else plausible
        if len(left) != 1:
            raise _undecidable(body, claimed, f"record sizes that may fit: {_text(left)}")
        size = left[0]
    return _BY_SIZE[size] if size in _BY_SIZE else _choose_eight(body, claimed, now)


def by_count(total: int, sizes: Sequence[int], claimed: int | None) -> list[int]:
    """Return the sizes that agree best with the terminal's count; empty where it says nothing.

    A few records more than counted came in during the read; one less is a blank slot that some
    firmware counts and does not hand over.
    """
    if not claimed:
        return []
    more = 4 + claimed // 500
    for low, high in ((claimed, claimed), (claimed, claimed + more), (claimed - 1, claimed - 1)):
        if found := [size for size in sizes if low <= total // size <= high]:
            return found
    return []


def is_plausible(layout: LayoutName, body: bytes | memoryview, *, now: datetime) -> bool:
    """Return whether the records at the ends and in the middle look like this layout."""
    return _is_plausible(LAYOUTS[layout].size, body, now)


def _is_plausible(size: int, body: bytes | memoryview, now: datetime) -> bool:
    if size == 8:
        return _fits_eight("8a", body, now) or _fits_eight("8b", body, now)
    layout = LAYOUTS[_BY_SIZE[size]]
    count = len(body) // size
    samples = [
        bytes(body[index * size : (index + 1) * size])
        for index in sorted({0, min(1, count - 1), count // 2, count - 1})
    ]
    if layout.name == "16":
        return all(_looks_like_16(layout, sample, now) for sample in samples)
    written = [sample for sample in samples if any(sample)]  # blank slots occur in real logs
    return bool(written) and all(_looks_like_text(layout, sample) for sample in written)


def _looks_like_text(layout: Layout, record: bytes) -> bool:
    padded, _, packed, *_ = layout.fields.unpack(record)
    if unpack_time(packed) is None or user_id_text(padded) is None:
        return False
    if layout.name == "22" and any(record[18:]):
        return False
    return not any(padded.partition(b"\0")[2])


def _looks_like_16(layout: Layout, record: bytes, now: datetime) -> bool:
    number, packed, *_ = layout.fields.unpack(record)
    return number != 0 and not any(record[10:12]) and _is_past(unpack_time(packed), now)


def _is_past(local_time: datetime | None, now: datetime) -> bool:
    return local_time is not None and local_time <= now + timedelta(days=1)


def _choose_eight(body: bytes | memoryview, claimed: int | None, now: datetime) -> LayoutName:
    names: tuple[LayoutName, LayoutName] = ("8a", "8b")
    fits = [name for name in names if _fits_eight(name, body, now)]
    if len(fits) != 1:
        raise _undecidable(body, claimed, f"8-byte readings that fit: {_text(fits)}")
    return fits[0]


def _fits_eight(name: LayoutName, body: bytes | memoryview, now: datetime) -> bool:
    """Whether the whole log reads as time that passes, never a day back nor beyond tomorrow."""
    # Byte 3 is always 0 in 8b, and the fastest running byte of the time in 8a.
    if any(body[3::8]) != (name == "8a"):
        return False
    previous: datetime | None = None
    for row in LAYOUTS[name].fields.iter_unpack(body):
        if not any(row):
            continue
        _, flags, packed = row[:3]  # in 8a the second field is the verify code
        local_time = unpack_time(packed)
        if local_time is None or not _is_past(local_time, now):
            return False
        if previous is not None and local_time + timedelta(days=1) < previous:
            return False
        # Without the bit the record would be of the short form, which nobody has seen.
        if name == "8b" and not flags & LONG_FORM:
            return False
        previous = local_time
    return previous is not None


def _undecidable(body: bytes | memoryview, claimed: int | None, why: str) -> UndecidableLog:
    count = "an unknown number of" if claimed is None else claimed
    return UndecidableLog(
        f"sent a log of {len(body)} bytes for {count} records whose layout is uncertain "
        f"({why}); {_ADVICE}",
        bytes(body[:4096]),
    )


def _text(left: Iterable[object]) -> str:
    return ", ".join(map(str, left)) or "none"
