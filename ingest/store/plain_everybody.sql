-- Everybody who serves on the office-days. `unusual` are those about which a touch or a decision
-- says something unusual; `theirs` is whom user ids stand for, wherever it is.
serving AS MATERIALIZED (
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
    SELECT office, day FROM mixed WHERE odd
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
), touch AS MATERIALIZED (
    SELECT office, day, person_id, min(first) AS first, max(last) AS last
    FROM owner WHERE person_id IS NOT NULL GROUP BY 1, 2, 3
), theirs AS NOT MATERIALIZED (
    SELECT * FROM user_ids
),
