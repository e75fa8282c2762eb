"""What waits to be done with letters: to be sent, to be received, and to be taken back.

A case that was withdrawn has told people things that are no longer so. Everybody a letter of it
went to gets a letter that says so; until it is issued it stands here.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from ingest.discipline.cases import Phase
from ingest.letters.base import LetterKind
from ingest.store.letters import StoredLetter
from ingest.store.tables_cases import cases


class Waiting(NamedTuple):
    """Something to be done: `do` is the command."""

    what: str
    case: int
    letter: int | None
    to: str
    since: date
    do: str


def find(
    connection: Connection, letters: Sequence[StoredLetter], *, office: str | None
) -> list[Waiting]:
    """Return what waits, of these letters: what has to be taken back first."""
    standing = [one for one in letters if one.void is None]
    query = select(cases.c.id, cases.c.closed_on).where(cases.c.state == Phase.WITHDRAWN.value)
    if office is not None:
        query = query.where(cases.c.office == office)
    ended = {row.id: row.closed_on for row in connection.execute(query)}
    return [*_take_back(standing, ended), *_on_their_way(standing, ended)]


def _take_back(letters: Iterable[StoredLetter], ended: dict[int, date | None]) -> Iterable[Waiting]:
    """Yield whom a withdrawal is owed: who had a letter of a case that was withdrawn, and none."""
    told: dict[tuple[int, tuple[str | None, str | None]], StoredLetter] = {}
    taken: set[tuple[int, tuple[str | None, str | None]]] = set()
    for one in letters:
        for case in {each.case for each in one.basis} & ended.keys():
            if one.kind == LetterKind.WITHDRAWAL:
                taken.add((case, one.to))
            elif one.kind != LetterKind.MINUTES:
                told.setdefault((case, one.to), one)
    for (case, to), letter in sorted(told.items(), key=lambda item: item[1].number):
        if (case, to) not in taken:
            whom = to[0] or to[1] or ""
            since = ended[case] or letter.dated
            do = f'letters issue {case} --kind withdrawal --to {whom} --why "..."'
            yield Waiting("withdrawal to be issued", case, letter.number, whom, since, do)


def _on_their_way(
    letters: Iterable[StoredLetter], ended: dict[int, date | None]
) -> Iterable[Waiting]:
    """Yield what is to be sent or was not received. What a withdrawn case has not sent yet is not
    to be sent any more: it is made void, or was sent and nobody wrote it down."""
    for one in letters:
        if one.kind == LetterKind.MINUTES or one.mark("received") is not None:
            continue
        whom, case = one.to[0] or one.to[1] or "", one.basis[0].case
        sent = one.mark("sent")
        over = {each.case for each in one.basis} <= ended.keys()
        if sent is None and over and one.kind != LetterKind.WITHDRAWAL:
            do = f'letters void {one.number} --why "...", or letters sent if it went out'
            yield Waiting("not to be sent any more", case, one.number, whom, one.dated, do)
        elif sent is None:
            do = f'letters sent {one.number} --on YYYY-MM-DD --how "..."'
            yield Waiting("to be sent", case, one.number, whom, one.dated, do)
        else:
            do = f'letters received {one.number} --on YYYY-MM-DD --how "..."'
            yield Waiting("sent, not known to be received", case, one.number, whom, sent.day, do)
