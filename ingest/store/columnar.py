"""Punches of a sound batch, stored column by column with one statement for all of them.

On PostgreSQL the statement takes whole columns (`unnest`), leaves known punches alone and marks the
days of the new ones; on SQLite it holds the values of up to 250 rows at a time. What is stored,
marked and kept as a contradiction is what `ingest.store.rows` would have made of the same rows.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from ingest.columns import SoundBatch
from ingest.coverage import all_believed, claimed_doubt
from ingest.store import rows
from ingest.store.arrivals import Arrival, keep_clocks, mark_office, mark_users
from ingest.wire import Punch

_DAY_S = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()

_COLUMNS = (
    "terminal_id, user_id, local_time, local_day, occurred_at, state, verify, work_code, source,"
    " clock_offset_s, read_at, after_at, received_at, batch_id, doubt, raw"
)
_INSERT = f"""
INSERT INTO punches ({_COLUMNS})
SELECT t, u, l, l::date, o, NULLIF(s, -1), NULLIF(v, -1), w, c, NULLIF(k, -4611686018427387904),
    r, NULLIF(a, '-infinity'), %(at)b, %(batch)b::int8, NULLIF(d, ''), b
FROM unnest(%(t)b::int4[], %(u)b::text[], %(l)b::timestamp[], %(o)b::timestamptz[], %(s)b::int4[],
    %(v)b::int4[], %(w)b::text[], %(c)b::text[], %(k)b::int8[], %(r)b::timestamptz[],
    %(a)b::timestamptz[], %(d)b::text[], %(b)b::bytea[])
    AS told (t, u, l, o, s, v, w, c, k, r, a, d, b)
ON CONFLICT DO NOTHING
"""  # noqa: S608 - made of constants alone
_INSERT_AND_MARK = f"""
WITH new AS ({_INSERT} RETURNING terminal_id, user_id, local_day),
marked AS (
    INSERT INTO dirty_punches (terminal_id, user_id, local_day)
    SELECT terminal_id, user_id, local_day FROM new
    GROUP BY terminal_id, user_id, local_day
    ORDER BY terminal_id, user_id COLLATE "C", local_day
    ON CONFLICT (terminal_id, user_id, local_day) DO UPDATE SET local_day = excluded.local_day
)
SELECT count(*) FROM new
"""  # noqa: S608 - made of constants alone
"""The marks as `ingest.store.marks` makes them: in the order of their keys, and written even where
they stand, so that they are locked until we commit."""
_INSERT_AND_TELL = f"""
WITH new AS ({_INSERT} RETURNING terminal_id, user_id, local_time)
SELECT i FROM unnest(%(t)b::int4[], %(u)b::text[], %(l)b::timestamp[])
    WITH ORDINALITY AS told (t, u, l, i)
JOIN new ON new.terminal_id = t AND new.user_id = u AND new.local_time = l
"""  # noqa: S608 - made of constants alone
_CONTRADICTING = """
SELECT i FROM unnest(%(t)b::int4[], %(u)b::text[], %(l)b::timestamp[], %(s)b::int4[],
    %(v)b::int4[], %(w)b::text[]) WITH ORDINALITY AS told (t, u, l, s, v, w, i)
CROSS JOIN LATERAL (
    SELECT state, verify, work_code FROM punches
    WHERE terminal_id = %(one)b::int4 AND user_id = u AND local_time = l
        AND local_time BETWEEN %(first)b::timestamp AND %(last)b::timestamp
    LIMIT 1
) AS held
WHERE t = %(one)b::int4 AND (held.state, held.verify, held.work_code)
    IS DISTINCT FROM (NULLIF(s, -1), NULLIF(v, -1), w)
ORDER BY i
"""
_ROW = f"({', '.join('?' * (1 + _COLUMNS.count(',')))})"
_INTO_SQLITE = {
    count: f"INSERT INTO punches ({_COLUMNS}) VALUES {', '.join([_ROW] * count)}"  # noqa: S608
    " ON CONFLICT DO NOTHING"
    for count in (250, 50, 10, 1)
}
"""Rows of one statement, largest first. A statement a row would hand the interpreter back after
each, and while other requests are at work it comes back late. Of few sizes, so that all stay
prepared; with 1,000 rows one is slower than four of 250."""
_MARK_IN_SQLITE = """
INSERT INTO dirty_punches (terminal_id, user_id, local_day)
SELECT terminal_id, user_id, local_day FROM punches WHERE batch_id = ?
ON CONFLICT DO NOTHING
"""


def put(arrival: Arrival, sound: SoundBatch) -> int | None:
    """Store a batch and return how many rows were not known.

    None, and nothing is stored, where it tells one touch twice: that is for `ingest.store.rows`.
    """
    terminals = _terminal_ids(arrival, sound)
    users, locals_ = sound.columns[0], sound.columns[1]
    if len(set(zip(terminals, users, locals_, strict=True))) < sound.rows:
        return None
    keys = sorted(zip(terminals, users, locals_, range(sound.rows), strict=True))
    places = [key[3] for key in keys]
    columns = [_picked(column, places) for column in (terminals, *sound.columns)]
    told = _Told(arrival, sound, places, columns)
    put_in = told.into_postgresql if _on_postgresql(arrival.connection) else told.into_sqlite
    new, office = put_in() if places else (0, set())
    office |= keep_clocks(arrival, set(zip(columns[0], columns[9], columns[8], strict=True)))
    mark_office(arrival, office)
    return new


def _picked(column: list[Any], places: list[int]) -> list[Any]:
    if len(places) < 2:  # then an itemgetter returns no tuple, or cannot be made
        return [column[place] for place in places]
    return list(itemgetter(*places)(column))


class _Told:
    """The rows of a batch in the order of their keys; the first column is the terminal's id."""

    def __init__(
        self, arrival: Arrival, sound: SoundBatch, places: list[int], columns: list[list[Any]]
    ) -> None:
        self._arrival = arrival
        self._sound = sound
        self._places = places
        self._columns = columns
        self._doubts = self._find_doubts()

    def into_postgresql(self) -> tuple[int, set[date]]:
        """Return how many were new, and the days they mark for the whole office."""
        arrays = self._arrays()
        if any(self._doubts):
            new, office = self._with_doubts(arrays)
        else:
            new, office = self._run(_INSERT_AND_MARK, arrays).scalar_one(), set()
        if new < len(self._places):
            self._contradicting(arrays)
        return new, office

    def into_sqlite(self) -> tuple[int, set[date]]:
        """The same."""
        connection, count = self._arrival.connection, len(self._places)
        added = _insert(connection, self._values(), count)
        if added == count and not any(self._doubts):
            # nobody else writes at the same time: no order to keep, no mark to lock
            connection.exec_driver_sql(_MARK_IN_SQLITE, (self._arrival.batch_id,))
            return count, set()
        new, contradicting = rows.tell_apart(self._arrival, self._punches(range(count)))
        office = mark_users(self._arrival, new)
        rows.put_contradictions(self._arrival, contradicting)
        return len(new), office

    def _contradicting(self, arrays: dict[str, Any]) -> None:
        """Asked terminal by terminal: each question lies in one part of a table that is spread."""
        places: list[int] = []
        for terminal in sorted(set(self._columns[0])):
            places += self._run(_CONTRADICTING, {**arrays, "one": terminal}).scalars()
        rows.put_contradictions(self._arrival, self._punches(place - 1 for place in places))

    def _with_doubts(self, arrays: dict[str, Any]) -> tuple[int, set[date]]:
        """A doubt marks more than its own day, and all marks are written in one order."""
        places = self._run(_INSERT_AND_TELL, arrays).scalars()
        new = self._punches(place - 1 for place in places)
        return len(new), mark_users(self._arrival, new)

    def _run(self, statement: str, arrays: dict[str, Any]) -> Any:
        return self._arrival.connection.exec_driver_sql(statement, arrays)

    def _punches(self, ranks: Any) -> list[Punch]:
        return self._sound.punches([self._places[rank] for rank in ranks])

    def _find_doubts(self) -> list[str | None]:
        limit_s = self._arrival.limit_s
        _, _, local, occurred_at, *_, read_at, after, _ = self._columns
        if all_believed(local, occurred_at, read_at, after, limit_s):
            return [None] * len(local)
        return [
            claimed_doubt(*one, limit_s)
            for one in zip(local, occurred_at, read_at, after, strict=True)
        ]

    def _arrays(self) -> dict[str, Any]:
        from ingest.store import arrays  # psycopg is not needed where the store is a file

        terminal, user, local, at, state, verify, work, source, offset, read, after, raw = (
            self._columns
        )
        return {
            "t": arrays.int4s(terminal), "u": arrays.texts(user), "l": arrays.timestamps(local),
            "o": arrays.moments(at), "s": arrays.int4s(state), "v": arrays.int4s(verify),
            "w": arrays.texts(work), "c": arrays.texts(source), "k": arrays.int8s(offset),
            "r": arrays.moments(read), "a": arrays.moments(after),
            "d": arrays.texts([one or "" for one in self._doubts]), "b": arrays.raws(raw),
            "at": self._arrival.at, "batch": self._arrival.batch_id,
            "first": _wall_clock(min(local)), "last": _wall_clock(max(local)),
        }  # fmt: skip

    def _values(self) -> list[Any]:
        """Return row after row, all in one list, as SQLAlchemy writes them into SQLite."""
        terminal, user, local, at, state, verify, work, source, offset, read, after, raw = (
            self._columns
        )
        walls, count = _texts(local), len(terminal)
        received = f"{self._arrival.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        columns = (
            terminal, user, walls, [one[:10] for one in walls], _texts(at), state, verify,
            work, source, offset, _texts(read), _texts(after), [received] * count,
            [self._arrival.batch_id] * count, self._doubts, list(map(bytes.fromhex, raw)),
        )  # fmt: skip
        values: list[Any] = [None] * (count * len(columns))
        for place, column in enumerate(columns):
            values[place :: len(columns)] = column
        return values


def _insert(connection: Connection, values: list[Any], count: int) -> int:
    """Add punches to a table of SQLite but for those that are there; return how many were not."""
    added, start, width = 0, 0, len(values) // count
    for at_once, statement in _INTO_SQLITE.items():
        while count - start >= at_once:
            told = tuple(values[start * width : (start + at_once) * width])
            added += connection.exec_driver_sql(statement, told).rowcount
            start += at_once
    return added


def _terminal_ids(arrival: Arrival, sound: SoundBatch) -> list[int]:
    ids: list[int] = []
    for run in sound.batch.punch_runs:
        ids += [arrival.known.ids[run.terminal]] * run.count
    return ids


def _on_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


_MINUTES = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1_440)]
_SECONDS = [f"{second:02d}.000000" for second in range(60)]


def _texts(seconds: Sequence[int | None]) -> list[Any]:
    """Return seconds since 1970 as SQLAlchemy writes a date and time into SQLite; None stays."""
    told = set(seconds)
    if len(told) == 1:  # one read of a log has one time of it
        return _texts_each(told) * len(seconds)
    return _texts_each(seconds)


def _texts_each(seconds: Collection[int | None]) -> list[Any]:
    minutes = {one // 60 for one in seconds if one is not None}
    days = {number: f"{_day(number)} " for number in {one // 1_440 for one in minutes}}
    found = {one: days[one // 1_440] + _MINUTES[one % 1_440] for one in minutes}
    return [None if one is None else found[one // 60] + _SECONDS[one % 60] for one in seconds]


def _wall_clock(seconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)


def _day(number: int) -> date:
    return date.fromordinal(_EPOCH_DAY + number)
