"""The order in which a file writes day, month and year, where the file itself is to tell it. Pure.

Year first is known by its four digits. Else a number above 12 shows where the day stands; a file
whose days are all 12 or less does not tell, and is not guessed at: 07/03 is March or July.
"""

import re
from collections import Counter
from datetime import datetime

from drivers.base import DateOrder
from drivers.errors import FileFault, UnfitFile

DATE = (
    rb"(?P<date>(?P<first>\d{1,4})[-/.](?P<second>\d{1,2})[-/.](?P<third>\d{1,4})"
    rb" {1,3}(?P<time>\d{1,2}:\d\d:\d\d))"
)
PROOF = 100  # so many dates must speak for an order, for each that speaks against it
NAMED = '"--date-order", or "date_order" in its section'


class DateVotes:
    """Fed with every date of a file; then asked for their order."""

    def __init__(self) -> None:
        self._orders = Counter[DateOrder]()
        self._shown = ""

    def feed(self, match: re.Match[bytes]) -> None:
        """Take in a match of DATE."""
        self._shown = self._shown or match["date"].decode("ascii")
        order = _proven_by(match["first"], match["second"], match["third"])
        if order is not None:
            self._orders[order] += 1

    def order(self, given: DateOrder) -> DateOrder:
        """Return the order: proven, or given where nothing proves it. Raises UnfitFile."""
        if not self._orders:
            raise UnfitFile(
                f"its dates, such as {self._shown}, have no year of four digits; send the file to "
                "us",
                FileFault.LAYOUT,
            )
        proven = self._proven()
        if proven is None and given in ("auto", "ymd"):
            raise UnfitFile(
                f"its dates, such as {self._shown}, do not tell day from month; say which comes "
                f"first, dmy or mdy, by {NAMED}",
                FileFault.DATE_ORDER,
            )
        if proven is None or given in ("auto", proven):
            return proven or given
        raise UnfitFile(
            f"its dates, such as {self._shown}, are in the order {proven} and not {given}; "
            f"correct {NAMED}",
            FileFault.CONTRADICTION,
        )

    def _proven(self) -> DateOrder | None:
        told = [(order, times) for order, times in self._orders.most_common() if order != "auto"]
        if not told:
            return None
        order, times = told[0]
        against = sum(times for _, times in told[1:])
        if order == "ymd":
            against += self._orders["auto"]
        if against * PROOF > times:
            raise UnfitFile(
                "some of its dates are in one order and some in another; hand in the files as the "
                "terminal wrote them",
                FileFault.CONTRADICTION,
            )
        return order


def moment(match: re.Match[bytes], order: DateOrder) -> datetime | None:
    """Return the local time of a match of DATE; None where there is no such date or time."""
    parts = dict(zip(order, (match["first"], match["second"], match["third"]), strict=True))
    if len(parts["y"]) != 4 or len(parts["m"]) > 2 or len(parts["d"]) > 2:
        return None
    hour, minute, second = map(int, match["time"].split(b":"))
    try:
        return datetime(int(parts["y"]), int(parts["m"]), int(parts["d"]), hour, minute, second)
    except ValueError:
        return None


def _proven_by(first: bytes, second: bytes, third: bytes) -> DateOrder | None:
    """Return the order that one date proves: `auto` where it proves none, None where it is none."""
    if len(first) == 4 and len(third) <= 2:
        return "ymd"
    if len(third) != 4 or len(first) > 2:
        return None
    if int(first) > 12:
        return "dmy" if int(second) <= 12 else None
    return "mdy" if int(second) > 12 else "auto"
