"""Stored punches as the texts a body is compared with, in the SQL of either database.

What is shown alike may be kept otherwise. SQLite takes bytes for text, a text that a NUL cuts off,
a 30th of February: whoever asks for the punch by its user id or day does not find it then. So each
row says beside its entry whether it is in the form in which this program writes it.
"""

_ENTRY = {
    "postgresql": (
        "concat_ws(E'\\x1f', user_id, date_part('epoch', local_time),"
        " date_part('epoch', occurred_at), coalesce(CAST(state AS text), '-'),"
        " coalesce(CAST(verify AS text), '-'), work_code, source,"
        " coalesce(CAST(clock_offset_s AS text), '-'), date_part('epoch', read_at),"
        " coalesce(CAST(date_part('epoch', after_at) AS text), '-'), encode(raw, 'hex'), doubt)"
    ),
    "sqlite": (
        "printf('%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s', user_id,"
        " strftime('%s', local_time), strftime('%s', occurred_at), ifnull(state, '-'),"
        " ifnull(verify, '-'), work_code, source, ifnull(clock_offset_s, '-'),"
        " strftime('%s', read_at), ifnull(strftime('%s', after_at), '-'), lower(hex(raw)))"
        " || ifnull('\x1f' || doubt, '')"
    ),
}
"""A stored punch as the entry it was made of; a part of a second shows on PostgreSQL as such."""
ENTRIES = {
    "postgresql": f"convert_to(string_agg({_ENTRY['postgresql']}, E'\\x1e'), 'UTF8')",
    "sqlite": f"CAST(group_concat({_ENTRY['sqlite']}, '\x1e') AS blob)",
}
"""Those of a group, divided by ROW_SEPARATOR of `ingest.ledger.quick`."""
ARRIVED = {
    # as text: there are moments on PostgreSQL that are none in Python
    "postgresql": "to_char({}(received_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "sqlite": "{}(punches.received_at)",
}
"""The first or last arrival of a group, by `min` or `max`."""

_WHOLE_SECONDS = "datetime({0}, '+0 seconds') || '.000000' = {0}"
_FORM = {
    # what is NULL falls out of the entry, so that the next field could stand in its place
    "postgresql": (
        "coalesce(local_day = CAST(local_time AS date), false)"
        " AND num_nulls(user_id, occurred_at, work_code, source, read_at, received_at, raw) = 0"
    ),
    "sqlite": " AND ".join(
        [
            "local_day = substr(local_time, 1, 10) AND received_at IS NOT NULL",
            "typeof(raw) = 'blob' AND typeof(doubt) IN ('text', 'null')",
            *(
                f"typeof({name}) IN ('integer', 'null')"
                for name in ("state", "verify", "clock_offset_s")
            ),
            *(
                f"typeof({name}) = 'text' AND instr({name}, char(0)) = 0"
                for name in ("user_id", "work_code", "source")
            ),
            *(_WHOLE_SECONDS.format(name) for name in ("local_time", "occurred_at", "read_at")),
            f"ifnull({_WHOLE_SECONDS.format('after_at')}, after_at IS NULL)",
        ]
    ),
}
ALL_IN_FORM = {
    "postgresql": f"bool_and({_FORM['postgresql']})",
    "sqlite": f"min(ifnull({_FORM['sqlite']}, 0))",
}
"""Whether all of a group are in form; their arrival is compared as a text besides."""
IN_FORM = {
    "postgresql": _FORM["postgresql"],
    "sqlite": f"ifnull({_FORM['sqlite']} AND length(punches.received_at) = 26, 0)",
}
"""Whether a single row is."""
