-- Judges office-days in one statement: see plain_sql.py, which binds the names, and rules/, whose
-- sentences these are. `wanted` is what is asked, `unusual` are office-days about which a touch or
-- a decision says something unusual, `apart` are people with hours or terminals of their own.
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:office AS text[]), CAST(:day AS date[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]), CAST(:free AS text[]), CAST(:free_because AS text[]), CAST(:start AS timestamp[]), CAST(:end AS timestamp[]), CAST(:middle AS timestamp[]), CAST(:late_from AS timestamp[]), CAST(:start_text AS text[]), CAST(:end_text AS text[]), CAST(:absent_because AS text[])) AS w("office", "day", "since", "until", "free", "free_because", "start", "end", "middle", "late_from", "start_text", "end_text", "absent_because")
), place AS MATERIALIZED (
    SELECT w.office, w.day, w.since, w."until", t.id AS terminal_id, t.serial,
        t.registered AND (t.counts_from IS NULL OR t.counts_from <= w.day)
            AND (t.counts_until IS NULL OR t.counts_until >= w.day) AS counts,
        t.registered
    FROM wanted w JOIN terminals t ON t.office = w.office
), doubted AS MATERIALIZED (
    SELECT l.office, l.day, p.terminal_id, p.user_id
    FROM place l JOIN punches p ON p.terminal_id = l.terminal_id AND p.local_day = l.day
    WHERE p.doubt IS NOT NULL
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
), owner AS MATERIALIZED (  -- `odd`: doubtful, nobody's, or of more than one
    SELECT day, terminal_id, user_id, min(office) AS office, min(first) AS first,
        max(last) AS last, min(person_id) AS person_id,
        bool_or(odd) OR sum(known) = 0 OR min(person_id) <> max(person_id)
            OR min(person_id) IS NOT NULL AND count(person_id) < sum(known) AS odd
    FROM (
        SELECT office, day, terminal_id, user_id, first, last, odd, 0 AS known,
            CAST(NULL AS int) AS person_id
        FROM combo
        UNION ALL
        SELECT office, day, terminal_id, user_id, NULL, NULL, true, 0, NULL FROM doubted
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, u.person_id
        FROM combo c JOIN user_ids u ON u.office = c.office AND u.user_id = c.user_id
        WHERE u.valid_from <= c.day AND (u.valid_until IS NULL OR u.valid_until >= c.day)
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, u.person_id
        FROM combo c JOIN user_ids u ON u.terminal_id = c.terminal_id AND u.user_id = c.user_id
        WHERE u.valid_from <= c.day AND (u.valid_until IS NULL OR u.valid_until >= c.day)
        UNION ALL
        SELECT c.office, c.day, c.terminal_id, c.user_id, c.first, c.last, false, 1, n.id
        FROM combo c JOIN people n ON n.nip = c.user_id
        WHERE length(c.user_id) = 18
    ) AS one GROUP BY 1, 2, 3
), serving AS MATERIALIZED (
    SELECT w.office, w.day, w.free, a.person_id, n.nip
    FROM wanted w JOIN assignments a ON a.office = w.office JOIN people n ON n.id = a.person_id
    WHERE a.valid_from <= w.day AND (a.valid_until IS NULL OR a.valid_until >= w.day)
        AND NOT EXISTS (
            SELECT FROM assignments b WHERE b.person_id = a.person_id
                AND b.valid_from > a.valid_from AND b.valid_from <= w.day
                AND (b.valid_until IS NULL OR b.valid_until >= w.day))
), staff AS MATERIALIZED (
    SELECT office, day FROM serving WHERE free = '' GROUP BY 1, 2 HAVING count(*) >= :fewest
), touched AS MATERIALIZED (
    SELECT DISTINCT office, day FROM combo
), unusual AS MATERIALIZED (
    SELECT office, day FROM owner WHERE odd
    UNION
    SELECT l.office, l.day FROM place l JOIN punches p ON p.terminal_id = l.terminal_id
    WHERE p.doubt IS NOT NULL AND p.read_at >= l.since
        AND (p.after_at IS NULL OR p.after_at < l."until")
    UNION
    SELECT l.office, l.day FROM place l JOIN adjustments j
        ON j.terminal = l.serial AND j.local_day = l.day
    UNION  -- nobody touched anything: its terminals may have been dead
    SELECT office, day FROM staff
    WHERE NOT EXISTS (SELECT FROM touched c WHERE c.office = staff.office AND c.day = staff.day)
    UNION
    SELECT w.office, w.day FROM wanted w JOIN days d ON d.office = w.office AND d.day = w.day
    WHERE d.office = ANY(CAST(:the_offices AS text[])) AND d.day = ANY(CAST(:the_days AS date[]))
        AND NOT EXISTS (
        SELECT FROM serving s WHERE s.person_id = d.person_id AND s.day = d.day)
), apart AS MATERIALIZED (
    SELECT s.office, s.day, s.person_id FROM serving s JOIN roster_days r USING (person_id)
    WHERE r.day BETWEEN s.day - 2 AND s.day + 2
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN scheme_uses r USING (person_id)
    WHERE r.first <= s.day AND (r.last IS NULL OR r.last >= s.day)
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN special_days r USING (person_id)
    WHERE r.first <= s.day AND r.last >= s.day
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN service_breaks r USING (person_id)
    WHERE r.first <= s.day AND (r.last IS NULL OR r.last >= s.day)
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN excuses r ON r.nip = s.nip
    WHERE r.first <= s.day AND r.last >= s.day
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN adjustments r
        ON r.local_day = s.day AND r.nip = s.nip
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN adjustments r
        ON r.local_day = s.day AND r.user_id = s.nip
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN user_ids u USING (person_id)
        LEFT JOIN terminals t ON t.id = u.terminal_id
    WHERE u.valid_from <= s.day AND (u.valid_until IS NULL OR u.valid_until >= s.day)
        AND coalesce(u.office, t.office) <> s.office
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN user_ids u ON u.user_id = s.nip
    WHERE u.person_id IS NULL OR u.person_id <> s.person_id
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN punches p ON p.user_id = s.nip
        JOIN terminals t ON t.id = p.terminal_id
    WHERE :roaming AND length(p.user_id) = 18 AND t.office <> s.office
        AND (p.local_day BETWEEN s.day - 31 AND s.day + 31 OR p.doubt IS NOT NULL)
), touch AS MATERIALIZED (
    SELECT office, day, person_id, min(first) AS first, max(last) AS last
    FROM owner WHERE person_id IS NOT NULL GROUP BY 1, 2, 3
), among AS MATERIALIZED (  -- first of all by itself: joined at once, each would meet all of the office
    SELECT s.office, s.day, s.free, s.person_id FROM serving s
    WHERE (:everybody OR EXISTS (
            SELECT FROM unnest(CAST(:who AS int[]), CAST(:when AS date[])) AS o(who, day)
            WHERE o.who = s.person_id AND o.day = s.day))
        AND NOT EXISTS (SELECT FROM unusual u WHERE u.office = s.office AND u.day = s.day)
        AND NOT EXISTS (SELECT FROM apart a WHERE a.person_id = s.person_id AND a.day = s.day)
), calm AS MATERIALIZED (
    SELECT s.office, s.day, s.free, s.person_id, t.first, t.last,
        t.last - t.first < interval '5 minutes' AS single
    FROM among s LEFT JOIN touch t USING (office, day, person_id)
), unknown AS MATERIALIZED (
    SELECT s.office, s.day, s.person_id FROM calm s
    WHERE s.first IS NULL AND s.free = '' AND NOT EXISTS (SELECT FROM user_ids u WHERE u.person_id = s.person_id AND u.valid_from <= s.day
    AND (u.valid_until IS NULL OR u.valid_until >= s.day)
    AND (u.office = s.office OR EXISTS (SELECT FROM place l
        WHERE l.terminal_id = u.terminal_id AND l.day = s.day AND l.counts)))
), measured AS (
    SELECT c.*, w.free_because, w.absent_because, w.start_text, w.end_text,
        c.first >= w.middle AND c.free = '' AS leaves,
        CASE WHEN c.first >= w.late_from
            THEN floor(extract(epoch FROM c.first - w.start) / 60)::int ELSE 0 END AS late,
        greatest(floor(extract(epoch FROM w."end" - date_trunc('minute', c.last)) / 60)::int, 0)
            AS early
    FROM calm c JOIN wanted w USING (office, day)
    WHERE NOT EXISTS (
        SELECT FROM unknown u WHERE u.person_id = c.person_id AND u.day = c.day)
), worded AS (
    SELECT *, CASE WHEN first_text = last_text THEN first_text
        ELSE first_text || ', ' || last_text END AS times
    FROM (SELECT *, to_char(first, 'HH24.MI') AS first_text, to_char(last, 'HH24.MI') AS last_text
        FROM measured) AS m
), verdict AS MATERIALIZED (
    SELECT person_id, day, office,
        CASE WHEN free <> '' THEN free WHEN first IS NULL THEN 'ABSENT'
            WHEN single THEN 'INCOMPLETE' WHEN late > 0 THEN 'LATE' WHEN early > 0 THEN 'EARLY'
            ELSE 'PRESENT' END AS status,
        CASE WHEN single AND leaves THEN NULL ELSE first END AS first_in,
        CASE WHEN single AND NOT leaves THEN NULL ELSE last END AS last_out,
        CASE WHEN free = '' AND NOT single THEN late END AS late_minutes,
        CASE WHEN free = '' AND NOT single THEN early END AS early_minutes,
        -- by hand: nothing in these texts needs a sign of JSON to be escaped, and it is faster
        CAST(CASE WHEN free <> '' THEN free_because WHEN first IS NULL THEN absent_because
            ELSE '[{"code": "' || CASE
                WHEN single THEN 'incomplete", "text": "hanya ada rekaman pukul ' || times
                    || ', tidak ada rekaman ' || CASE WHEN leaves THEN 'masuk' ELSE 'pulang' END
                WHEN late > 0 THEN 'late", "text": "masuk pukul ' || first_text
                    || ', jam kerja mulai pukul ' || start_text || ': terlambat ' || late
                    || ' menit' || CASE WHEN early > 0 THEN '"}, {"code": "' ELSE '' END
                WHEN early > 0 THEN ''
                ELSE 'touches", "text": "ada rekaman pukul ' || times END
            || CASE WHEN early > 0 AND NOT single
                THEN 'early", "text": "pulang pukul ' || last_text || ', jam kerja berakhir pukul '
                    || end_text || ': lebih cepat ' || early || ' menit' ELSE '' END
            || '"}]' END AS json) AS because
    FROM worded
), changed AS (
    INSERT INTO day_changes (person_id, day, was, became, because, at)
    SELECT v.person_id, v.day, d.status, v.status, v.because, :now
    FROM verdict v JOIN days d USING (person_id, day) WHERE d.status <> v.status
    RETURNING 1
), written AS (
    INSERT INTO days AS d (person_id, day, office, status, first_in, last_out, late_minutes,
        early_minutes, because, evaluated_at)
    SELECT person_id, day, office, status, first_in, last_out, late_minutes, early_minutes,
        because, :now
    FROM verdict ORDER BY person_id, day
    ON CONFLICT (person_id, day) DO UPDATE SET office = excluded.office,
        status = excluded.status, first_in = excluded.first_in, last_out = excluded.last_out,
        late_minutes = excluded.late_minutes, early_minutes = excluded.early_minutes,
        because = excluded.because, evaluated_at = excluded.evaluated_at
    WHERE (d.office, d.status, d.first_in, d.last_out, d.late_minutes, d.early_minutes,
            d.because::jsonb)
        IS DISTINCT FROM (excluded.office, excluded.status, excluded.first_in,
            excluded.last_out, excluded.late_minutes, excluded.early_minutes,
            excluded.because::jsonb)
    RETURNING 1
)
SELECT 'unusual' AS what, office, day, NULL::int AS person_id FROM unusual
UNION ALL
SELECT 'apart', s.office, s.day, s.person_id FROM apart s
WHERE (:everybody OR EXISTS (SELECT FROM unnest(CAST(:who AS int[]), CAST(:when AS date[])) AS o(who, day)
            WHERE o.who = s.person_id AND o.day = s.day)) AND  NOT EXISTS (SELECT FROM unusual u WHERE u.office = s.office AND u.day = s.day)
UNION ALL SELECT 'apart', office, day, person_id FROM unknown
UNION ALL SELECT 'written', NULL, NULL, count(*)::int FROM written
