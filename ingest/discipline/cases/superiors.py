"""Who answers for somebody: the direct superior, a stand-in, or the next one up, and why.

Whoever is found is proposed; a person confirms it with the step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from ingest.indonesian import day_text

How = Literal["plt", "plh", "pj"]
HOW_TEXT: dict[How, str] = {"plt": "Plt.", "plh": "Plh.", "pj": "Pj."}
_FOR_VACANT: tuple[How, ...] = ("pj", "plt", "plh")
_FOR_AWAY: tuple[How, ...] = ("plh", "plt", "pj")


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody is not there. `why` as people say it: `cuti`, `dinas luar`.

    A `last` of `date.max` is until further notice.
    """

    first: date
    last: date
    why: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who acts in a post, by letter; `last` None is until further notice."""

    nip: str
    how: How
    first: date
    last: date | None
    letter: str
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """One post above somebody: its holder, None where it is vacant, and who stands in."""

    post: str
    nip: str | None
    office: str
    away: tuple[Away, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()


class Responsible(NamedTuple):
    """Who answers, in which post, and in what way; nip None where nobody was found."""

    nip: str | None
    office: str | None
    post: str
    how: How | None
    letter: str
    passed_over: tuple[str, ...]


def responsible(
    subject: str, chain: Sequence[Rung], on: date, *, reprimanded: str | None = None
) -> Responsible:
    """Return who answers for a person on a day, the nearest post first.

    The person himself never does, not even as somebody's stand-in; nor does who was reprimanded,
    where the chain is that of the superiors above him.
    """
    barred = {subject: "yang bersangkutan sendiri"}
    if reprimanded is not None:
        barred.setdefault(reprimanded, "yang ditegur sendiri")
    passed: list[str] = []
    for rung in chain:
        reason = _reason(rung.nip, barred, rung.away, on)
        if reason is None:
            return Responsible(rung.nip, rung.office, rung.post, None, "", tuple(passed))
        passed.append(f"{rung.post}: {reason}")
        if rung.nip not in barred:
            found = _acting(rung, barred, on, passed)
            if found is not None:
                return Responsible(
                    found.nip, rung.office, rung.post, found.how, found.letter, tuple(passed)
                )
    return Responsible(None, None, "", None, "", (*passed, "tidak ada atasan lain yang tercatat"))


def above(nip: str, chain: Sequence[Rung]) -> Sequence[Rung]:
    """Return the posts above the one somebody holds or acts in; all of them if in none."""
    for place, rung in enumerate(chain):
        if nip == rung.nip or nip in {one.nip for one in rung.stand_ins}:
            return chain[place + 1 :]
    return chain


def _acting(rung: Rung, barred: Mapping[str, str], on: date, passed: list[str]) -> StandIn | None:
    for one in _in_order(rung, on):
        reason = _reason(one.nip, barred, one.away, on)
        if reason is None:
            return one
        passed.append(f"{HOW_TEXT[one.how]} {rung.post}: {reason}")
    return None


def _in_order(rung: Rung, on: date) -> Iterator[StandIn]:
    """Yield who stands in on a day: for a vacant post pj and plt first, else plh; newest first."""
    order = _FOR_VACANT if rung.nip is None else _FOR_AWAY
    valid = (one for one in rung.stand_ins if one.first <= on <= (one.last or date.max))
    yield from sorted(valid, key=lambda one: (order.index(one.how), -one.first.toordinal()))


def _reason(
    nip: str | None, barred: Mapping[str, str], away: Iterable[Away], on: date
) -> str | None:
    if nip is None:
        return "jabatan lowong"
    if nip in barred:
        return barred[nip]
    for one in away:
        if one.first <= on <= one.last:
            until = "seterusnya" if one.last == date.max else f"sampai {day_text(one.last)}"
            return f"sedang {one.why} {until}"
    return None
