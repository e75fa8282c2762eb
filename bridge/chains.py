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
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bridge import rows
from ingest import wire

Place = tuple[int, bytes, bytes]
"""Height, before, link."""

Known = tuple[sqlite3.Row, rows.Body]
"""A row, and what it says."""

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
    entries = _entries(bodies)
    for (serial, kind), members in groups.items():
        height, link = _end(connection, serial, kind)
        links = wire.extend(link, [entries[index] for index in members])
        befores = [link, *links]
        for step, index in enumerate(members):
            places[index] = (height + step + 1, befores[step], links[step])
        connection.execute(
            "INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?)",
            (serial, kind, height + len(members), links[-1]),
        )
    return [places[index] for index in range(len(bodies))]


def chain_waiting(connection: sqlite3.Connection, *, as_they_are: bool = False) -> int:
    """Give every waiting row without a place one, oldest first; return how many had changed.

    What the disk has changed is set aside, unless a person wants it sent as it is now.
    """
    changed = 0
    while found := rows.fetch(
        connection,
        f"{rows.SELECT} WHERE place = 'waiting' AND height IS NULL ORDER BY seq LIMIT ?",
        (PIECE,),
    ):
        sound, unsound = look_at(found)
        changed += len(unsound)
        if as_they_are:
            sound += _as_they_are(connection, [row for row in found if row["seq"] in unsound])
            sound.sort(key=lambda one: one[0]["seq"])
        else:
            set_aside(connection, unsound)
        places = extend(connection, [body for _, body in sound])
        connection.executemany(
            "UPDATE records SET height = ?, before = ?, link = ? WHERE seq = ?",
            [(*place, row["seq"]) for place, (row, _) in zip(places, sound, strict=True)],
        )
    return changed


def look_at(found: Iterable[sqlite3.Row]) -> tuple[list[Known], dict[int, str]]:
    """Return the rows that are what they were when they were stored, and why others are not."""
    read: list[Known] = []
    unsound: dict[int, str] = {}
    for row in found:
        try:
            read.append((row, rows.body(row)))
        except rows.Unreadable as error:
            unsound[row["seq"]] = str(error)
    sound = []
    for one, entry in zip(read, _entries([body for _, body in read]), strict=True):
        if rows.fits(*one, entry):
            sound.append(one)
        else:
            unsound[one[0]["seq"]] = rows.CHANGED
    return sound, unsound


def set_aside(connection: sqlite3.Connection, reasons: Mapping[int, str]) -> None:
    """Park rows that have changed, each under the terminal whose days wait for it."""
    for seq, reason in reasons.items():
        [row] = rows.fetch(connection, f"{rows.SELECT} WHERE seq = ?", (seq,))
        connection.execute(
            "UPDATE records SET place = 'parked', parked_because = ?, "
            "terminal = ifnull(?, terminal) WHERE seq = ? AND place = 'waiting'",
            (reason, _owner(connection, row), seq),
        )


def forget(connection: sqlite3.Connection) -> None:
    """Take every row out of its chain, and forget the chains: the outbox has another name now.

    Each keeps its link, by which it can still be told whether it changed.
    """
    connection.execute("UPDATE records SET height = NULL WHERE height IS NOT NULL")
    connection.execute("DELETE FROM chains")


def runs(found: Iterable[Known]) -> list[tuple[wire.Run, list[Known]]]:
    """Return rows of one kind as the runs they travel in, each with its rows in order."""
    runs: list[list[Known]] = []
    expected: tuple[str, int] | None = None
    for one in sorted(found, key=lambda one: (one[0]["terminal"], one[0]["height"])):
        row = one[0]
        if expected == (row["terminal"], row["height"]):
            runs[-1].append(one)
        else:
            runs.append([one])
        expected = row["terminal"], row["height"] + 1
    return [(_run([row for row, _ in members]), members) for members in runs]


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


def _entries(bodies: Sequence[rows.Body]) -> list[bytes]:
    """Return what the links of rows are made of, in their order."""
    punches = [body for body in bodies if isinstance(body, wire.Punch)]
    told = wire.punch_entries(wire.punch_columns(punches))
    if len(punches) == len(bodies):
        return told
    bad = [body for body in bodies if isinstance(body, wire.BadRecord)]
    told_bad = iter(wire.bad_entries(wire.bad_columns(bad)))
    told_good = iter(told)
    return [next(told_good if isinstance(body, wire.Punch) else told_bad) for body in bodies]


def _as_they_are(connection: sqlite3.Connection, changed: Iterable[sqlite3.Row]) -> list[Known]:
    """Let changed rows be what they say now; one that says what another says stays aside."""
    taken = []
    for row in changed:
        body = rows.as_it_is(row)
        if connection.execute(rows.REPLACE, (*rows.values(body), row["seq"])).rowcount:
            taken.append((row, body))
        else:
            set_aside(connection, {row["seq"]: f"{rows.CHANGED}, and says what another row says"})
    return taken


def _owner(connection: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    """Return the terminal that a punch's id was made of, None where that cannot be found."""
    known = connection.execute("SELECT serial FROM coverage UNION SELECT serial FROM chains")
    for (serial,) in known.fetchall():
        try:
            local_time = datetime.fromisoformat(row["local_time"])
            if row["id"].hex() == wire.punch_id(serial, row["user_id"], local_time):
                return str(serial)
        except (AttributeError, TypeError, ValueError):
            return None
    return None
