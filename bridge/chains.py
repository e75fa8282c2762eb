"""Each row's place in the chain of its terminal: given once, in the commit that makes it wait.

    height   1, 2, 3 ... for each terminal and kind of row
    before   the link of the row below it
    link     made of `before` and everything the row says (`ingest.wire.chain`)

A row keeps `before` beside its own link, so that it can be sent when the row below it is long
forgotten. Chains belong to the outbox's name: one that begins anew begins new chains, and rows that
are in none (sent under the old name, or before there were chains) get a place when they have to
wait again.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from bridge import rows
from ingest import wire

Place = tuple[int, bytes, bytes]
"""Height, before, link."""

PIECE = 1_000


def kind_of(body: rows.Body) -> str:
    """Return which of a terminal's two chains a row belongs to."""
    return wire.PUNCH if isinstance(body, wire.Punch) else wire.BAD


def extend(connection: sqlite3.Connection, bodies: Sequence[rows.Body]) -> list[Place]:
    """Return the places of new rows behind the ends of their chains, and move the ends.

    The caller stores the rows in the same transaction.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for index, body in enumerate(bodies):
        groups.setdefault((body.terminal, kind_of(body)), []).append(index)
    places: dict[int, Place] = {}
    for (serial, kind), members in groups.items():
        height, link = _end(connection, serial, kind)
        links = wire.extend(link, _entries(kind, [bodies[index] for index in members]))
        befores = [link, *links]
        for step, index in enumerate(members):
            places[index] = (height + step + 1, befores[step], links[step])
        connection.execute(
            "INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?)",
            (serial, kind, height + len(members), links[-1]),
        )
    return [places[index] for index in range(len(bodies))]


def chain_waiting(connection: sqlite3.Connection) -> None:
    """Give every waiting row without a place one, oldest first."""
    while found := connection.execute(
        f"{rows.SELECT} WHERE place = 'waiting' AND height IS NULL ORDER BY seq LIMIT ?", (PIECE,)
    ).fetchall():
        places = extend(connection, [rows.body(row) for row in found])
        connection.executemany(
            "UPDATE records SET height = ?, before = ?, link = ? WHERE seq = ?",
            [(*place, row["seq"]) for place, row in zip(places, found, strict=True)],
        )


def forget(connection: sqlite3.Connection) -> None:
    """Take every row out of its chain, and forget the chains: the outbox has another name now."""
    connection.execute(
        "UPDATE records SET height = NULL, before = NULL, link = NULL WHERE height IS NOT NULL"
    )
    connection.execute("DELETE FROM chains")


def runs(found: Iterable[sqlite3.Row]) -> list[tuple[wire.Run, list[sqlite3.Row]]]:
    """Return rows of one kind as the runs they travel in, each with its rows in order."""
    runs: list[list[sqlite3.Row]] = []
    for row in sorted(found, key=lambda one: (one["terminal"], one["height"])):
        last = runs[-1][-1] if runs else None
        if last and (last["terminal"], last["height"] + 1) == (row["terminal"], row["height"]):
            runs[-1].append(row)
        else:
            runs.append([row])
    return [(_run(members), members) for members in runs]


def _run(members: Sequence[sqlite3.Row]) -> wire.Run:
    first, last = members[0], members[-1]
    return wire.Run(
        terminal=first["terminal"],
        first=first["height"],
        count=len(members),
        before=first["before"],
        after=last["link"],
    )


def _end(connection: sqlite3.Connection, serial: str, kind: str) -> tuple[int, bytes]:
    found = connection.execute(
        "SELECT height, link FROM chains WHERE serial = ? AND kind = ?", (serial, kind)
    ).fetchone()
    if found is not None:
        return found["height"], found["link"]
    (outbox,) = connection.execute("SELECT value FROM meta WHERE key = 'outbox'").fetchone()
    return 0, wire.genesis(kind, outbox, serial)


def _entries(kind: str, bodies: Sequence[rows.Body]) -> list[bytes]:
    if kind == wire.PUNCH:
        punches = [body for body in bodies if isinstance(body, wire.Punch)]
        return wire.punch_entries(wire.punch_columns(punches))
    bad = [body for body in bodies if isinstance(body, wire.BadRecord)]
    return wire.bad_entries(wire.bad_columns(bad))
