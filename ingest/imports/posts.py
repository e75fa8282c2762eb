"""Rank and post of people in files: of their own, or as further columns of a list of people.

    nip, from[, rank][, post]                                   people posts import
    ..., [rank, rank_from,] [post, post_from]                   people import

In a list of people the day of a post is that of the row where none of its own is given. An empty
cell says nothing: nobody loses a rank by it.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Cells, Columns
from ingest.ranks import rank_text
from ingest.store import person_posts as store
from ingest.store.person_posts import MOST, WHATS, DatedPost

OF_POSTS = Columns(required=("nip", "from"), optional=WHATS)
BESIDE = tuple(name for what in WHATS for name in (what, f"{what}_from"))
"""Columns of a list of people."""


def read_posts(cells: Cells, nip: str, first: date) -> tuple[DatedPost, ...]:
    """Return what a row says of somebody's rank and post; faults are added to the row."""
    found = []
    for what in WHATS:
        text, own = cells.raw(what), cells.day_or_none(f"{what}_from")
        if not text:
            if own is not None:
                cells.fault(f"{what}_from: a day, and no {what}")
            continue
        text = cells.text(what, MOST)
        told = rank_text(text) if what == "rank" else text
        found.append(DatedPost(nip, what, told, own or first))
    return tuple(found)


def doubled(rows: Iterable[tuple[int, Sequence[DatedPost]]]) -> Iterable[tuple[int, str]]:
    """Yield each line that gives somebody another rank or post than a line before, from one day."""
    seen: dict[tuple[str, str, date], tuple[int, str]] = {}
    for line, posts in rows:
        for one in posts:
            before, text = seen.setdefault((one.nip, one.what, one.first), (line, one.text))
            if text != one.text:
                yield line, f"{one.what} differs from line {before}, from the same day"


def changing(connection: Connection, rows: Iterable[tuple[int, Sequence[DatedPost]]]) -> set[int]:
    """Return the lines that say of a day another rank or post than is held on it; write nothing."""
    said = list(rows)
    held = store.find(connection, {one.nip for _, posts in said for one in posts})
    return {
        line
        for line, posts in said
        for one in posts
        if getattr(store.held_on(held, one.first)[one.nip], one.what) != one.text
    }


def take_posts(
    connection: Connection, rows: Iterable[tuple[int, Sequence[DatedPost]]], outcome: Outcome
) -> set[int]:
    """Write what lines say down; tell each change, and return the lines that made one."""
    lines = {one: line for line, posts in rows for one in posts}
    changed = set()
    for one, was in store.put(connection, lines):
        changed.add(lines[one])
        outcome.changes.append(
            f"line {lines[one]}: {one.nip} {one.what} {was or 'none'} -> {one.text} "
            f"from {one.first}"
        )
    return changed
