-- What was touched on the office-days that are asked, and whose it is: `owner`. `wanted` is what is
-- asked, `place` its terminals. `known` is whom user ids stand for, and stands before this.
wanted AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:office AS text[]), CAST(:day AS date[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]), CAST(:free AS text[]), CAST(:free_because AS text[]), CAST(:start AS timestamp[]), CAST(:end AS timestamp[]), CAST(:middle AS timestamp[]), CAST(:late_from AS timestamp[]), CAST(:start_text AS text[]), CAST(:end_text AS text[]), CAST(:absent_because AS text[])) AS w("office", "day", "since", "until", "free", "free_because", "start", "end", "middle", "late_from", "start_text", "end_text", "absent_because")
), place AS MATERIALIZED (
    SELECT w.office, w.day, w.since, w."until", t.id AS terminal_id, t.serial,
        t.registered AND (t.counts_from IS NULL OR t.counts_from <= w.day)
            AND (t.counts_until IS NULL OR t.counts_until >= w.day) AS counts,
        t.registered
    FROM wanted w JOIN terminals t ON t.office = w.office
), combo AS MATERIALIZED (  -- by tables alone: of `place` the planner does not know how much it is
    SELECT t.office, p.local_day AS day, t.id AS terminal_id, p.user_id,
        min(p.local_time) AS first, max(p.local_time) AS last, NOT t.registered AS odd
    FROM terminals t JOIN punches p ON p.terminal_id = t.id
    WHERE t.office = ANY(CAST(:the_offices AS text[]))
        AND p.local_day = ANY(CAST(:the_days AS date[]))
        AND p.local_time >= :first AND p.local_time < :after  -- in few of the months
        AND (:all_pairs OR EXISTS (
            SELECT FROM wanted w WHERE w.office = t.office AND w.day = p.local_day))
    GROUP BY t.id, p.local_day, p.user_id
), owner AS MATERIALIZED (  -- `odd`: nobody's, or of more than one
    SELECT day, terminal_id, user_id, min(office) AS office, min(first) AS first,
        max(last) AS last, min(person_id) AS person_id,
        bool_or(odd) OR sum(known) = 0 OR min(person_id) <> max(person_id)
            OR min(person_id) IS NOT NULL AND count(person_id) < sum(known) AS odd
    FROM (
        SELECT office, day, terminal_id, user_id, first, last, odd, 0 AS known,
            CAST(NULL AS int) AS person_id
        FROM combo
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, u.person_id
        FROM combo c JOIN known u ON u.office = c.office AND u.user_id = c.user_id
        WHERE u.valid_from <= c.day AND (u.valid_until IS NULL OR u.valid_until >= c.day)
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, u.person_id
        FROM combo c JOIN known u ON u.terminal_id = c.terminal_id AND u.user_id = c.user_id
        WHERE u.valid_from <= c.day AND (u.valid_until IS NULL OR u.valid_until >= c.day)
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, n.id
        FROM combo c JOIN people n ON n.nip = c.user_id
        WHERE length(c.user_id) = 18
    ) AS one GROUP BY 1, 2, 3
),
