"""Punches of a sound batch, stored column by column with one statement for all of them.

On PostgreSQL the statement takes whole columns (`unnest`), leaves known punches alone and marks the
days of the new ones; on SQLite it holds the values of some hundred rows at a time. What is stored,
marked and kept as a contradiction is what `ingest.store.rows` would have made of the same rows.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
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
_AT_ONCE = 250
"""Rows of one statement on SQLite. A statement a row would hand the interpreter back after each,
and while other requests are at work it comes back late."""


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
    columns = [list(map(column.__getitem__, places)) for column in (terminals, *sound.columns)]
    told = _Told(arrival, sound, places, columns)
    put_in = told.into_postgresql if _on_postgresql(arrival.connection) else told.into_sqlite
    new, office = put_in() if places else (0, set())
    office |= keep_clocks(arrival, set(zip(columns[0], columns[9], columns[8], strict=True)))
    mark_office(arrival, office)
    return new


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
        added = _insert(connection, f"punches ({_COLUMNS})", self._values())
        if added == count and not any(self._doubts):
            # nobody else writes at the same time: no order to keep, no mark to lock
            _insert(connection, "dirty_punches (terminal_id, user_id, local_day)", self._marks())
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

    def _values(self) -> list[tuple[Any, ...]]:
        """Return rows as SQLAlchemy writes them into SQLite."""
        terminal, user, local, at, state, verify, work, source, offset, read, after, raw = (
            self._columns
        )
        walls, count = _texts(local), len(terminal)
        received = f"{self._arrival.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        return list(
            zip(
                terminal, user, walls, [one[:10] for one in walls], _texts(at), state, verify,
                work, source, offset, _texts(read), _texts(after), [received] * count,
                [self._arrival.batch_id] * count, self._doubts, map(bytes.fromhex, raw),
                strict=True,
            )
        )  # fmt: skip

    def _marks(self) -> list[tuple[Any, ...]]:
        found = {
            (terminal, user, local // _DAY_S)
            for terminal, user, local in zip(*self._columns[:3], strict=True)
        }
        days = {number: str(_day(number)) for number in {one[2] for one in found}}
        return [(terminal, user, days[number]) for terminal, user, number in found]


def _insert(connection: Connection, into: str, given: list[tuple[Any, ...]]) -> int:
    """Add rows to a table of SQLite but for those that are there; return how many were not."""
    added = 0
    for start in range(0, len(given), _AT_ONCE):
        told = given[start : start + _AT_ONCE]
        row = f"({', '.join('?' * len(told[0]))})"
        statement = (
            f"INSERT INTO {into} VALUES {', '.join([row] * len(told))}"  # noqa: S608 - constants
            " ON CONFLICT DO NOTHING"
        )
        added += connection.exec_driver_sql(statement, tuple(chain(*told))).rowcount
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
    told = {one for one in seconds if one is not None}
    days = {number: f"{_day(number)} " for number in {one // _DAY_S for one in told}}
    found: dict[int | None, str] = {
        one: days[one // _DAY_S] + _MINUTES[one % _DAY_S // 60] + _SECONDS[one % 60] for one in told
    }
    return list(map(found.get, seconds))


def _wall_clock(seconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)


def _day(number: int) -> date:
    return date.fromordinal(_EPOCH_DAY + number)
