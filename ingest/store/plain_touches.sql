-- What was touched on the office-days that are asked, and whose it is: `whose` where a user id stands
-- for one and the same over all these days, as nearly all do, and `mixed` where that has to be asked
-- day by day. `wanted` is what is asked, `place` its terminals. `known` is whom user ids stand for,
-- and stands before this.
wanted AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:office AS text[]), CAST(:day AS date[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]), CAST(:free AS text[]), CAST(:free_because AS text[]), CAST(:start AS timestamp[]), CAST(:end AS timestamp[]), CAST(:middle AS timestamp[]), CAST(:late_from AS timestamp[]), CAST(:start_text AS text[]), CAST(:end_text AS text[]), CAST(:absent_because AS text[])) AS w("office", "day", "since", "until", "free", "free_because", "start", "end", "middle", "late_from", "start_text", "end_text", "absent_because")
), place AS MATERIALIZED (
    SELECT w.office, w.day, w.since, w."until", t.id AS terminal_id, t.serial,
        t.registered AND (t.counts_from IS NULL OR t.counts_from <= w.day)
            AND (t.counts_until IS NULL OR t.counts_until >= w.day) AS counts,
        t.registered
    FROM wanted w JOIN terminals t ON t.office = w.office
), combo AS MATERIALIZED (  -- each terminal's day by itself, and in the order of the index
    SELECT l.office, l.day, l.terminal_id, p.user_id, p.first, p.last, NOT l.registered AS odd
    FROM place l CROSS JOIN LATERAL (
        SELECT p.user_id, min(p.local_time) AS first, max(p.local_time) AS last
        FROM punches p
        WHERE p.terminal_id = l.terminal_id AND p.local_day = l.day
            AND p.local_time >= :first AND p.local_time < :after  -- in few of the months
        GROUP BY p.user_id) AS p
), name AS MATERIALIZED (  -- `alone`: known as nobody else at its office, for as long as is asked
    SELECT n.office, n.user_id, min(n.person_id) AS person_id, count(*) = 1 AND bool_and(
        n.terminal_id IS NULL AND n.valid_from <= :first
        AND (n.valid_until IS NULL OR n.valid_until >= CAST(:after AS date) - 1)) AS alone
    FROM (
        SELECT u.office, u.user_id, u.person_id, u.terminal_id, u.valid_from, u.valid_until
        FROM user_ids u WHERE u.office = ANY(CAST(:the_offices AS text[]))
        UNION ALL
        SELECT t.office, u.user_id, u.person_id, u.terminal_id, u.valid_from, u.valid_until
        FROM terminals t JOIN user_ids u ON u.terminal_id = t.id
        WHERE t.office = ANY(CAST(:the_offices AS text[]))
    ) AS n GROUP BY 1, 2
), whose AS MATERIALIZED (
    SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, c.odd, n.person_id,
        NOT c.odd AND coalesce(n.alone, false) AND length(c.user_id) <> 18 AS sure
    FROM combo c LEFT JOIN name n ON n.office = c.office AND n.user_id = c.user_id
), mixed AS MATERIALIZED (  -- `odd`: nobody's, or of more than one
    SELECT day, min(office) AS office, min(first) AS first,
        max(last) AS last, min(person_id) AS person_id,
        bool_or(odd) OR sum(known) = 0 OR min(person_id) <> max(person_id)
            OR min(person_id) IS NOT NULL AND count(person_id) < sum(known) AS odd
    FROM (
        SELECT office, day, terminal_id, user_id, first, last, odd, 0 AS known,
            CAST(NULL AS int) AS person_id
        FROM whose WHERE NOT sure
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, u.person_id
        FROM whose c JOIN known u ON u.office = c.office AND u.user_id = c.user_id
        WHERE NOT c.sure
            AND u.valid_from <= c.day AND (u.valid_until IS NULL OR u.valid_until >= c.day)
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, u.person_id
        FROM whose c JOIN known u ON u.terminal_id = c.terminal_id AND u.user_id = c.user_id
        WHERE NOT c.sure
            AND u.valid_from <= c.day AND (u.valid_until IS NULL OR u.valid_until >= c.day)
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, n.id
        FROM whose c JOIN people n ON n.nip = c.user_id
        WHERE NOT c.sure AND length(c.user_id) = 18
    ) AS one GROUP BY day, terminal_id, user_id
), owner AS NOT MATERIALIZED (
    SELECT office, day, person_id, first, last FROM whose WHERE sure
    UNION ALL
    SELECT office, day, person_id, first, last FROM mixed
),
