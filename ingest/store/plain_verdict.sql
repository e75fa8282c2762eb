-- Judges who serves on the office-days (`serving`), but for `unusual` ones and for `apart`: people
-- with hours or terminals of their own. Writes what differs, and tells what it left.
apart AS MATERIALIZED (
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
    SELECT s.office, s.day, s.person_id FROM serving s JOIN theirs u USING (person_id)
        LEFT JOIN terminals t ON t.id = u.terminal_id
    WHERE u.valid_from <= s.day AND (u.valid_until IS NULL OR u.valid_until >= s.day)
        AND coalesce(u.office, t.office) <> s.office
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN user_ids u ON u.user_id = s.nip
    WHERE u.person_id IS NULL OR u.person_id <> s.person_id
    {roaming}
), among AS MATERIALIZED (  -- first of all by itself: joined at once, each would meet all of the office
    SELECT s.office, s.day, s.free, s.person_id FROM serving s
    WHERE NOT EXISTS (SELECT FROM unusual u WHERE u.office = s.office AND u.day = s.day)
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
WHERE NOT EXISTS (SELECT FROM unusual u WHERE u.office = s.office AND u.day = s.day)
UNION ALL SELECT 'apart', office, day, person_id FROM unknown
UNION ALL SELECT 'written', NULL, NULL, count(*)::int FROM written
