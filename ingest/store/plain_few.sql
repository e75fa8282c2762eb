-- Of the office-days these people alone: `asked`. What is unusual is asked of all that was touched,
-- because it may concern everybody; who else serves is not.
asked AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:where AS text[]), CAST(:when AS date[]), CAST(:which AS text[]),
        CAST(:who AS int[])) AS o(office, day, free, person_id)
), someone AS MATERIALIZED (
    SELECT n.id, n.nip FROM people n WHERE n.id = ANY(CAST(:each AS int[]))
), serving AS MATERIALIZED (
    SELECT o.office, o.day, o.free, o.person_id, n.nip
    FROM asked o JOIN someone n ON n.id = o.person_id CROSS JOIN LATERAL (
        SELECT FROM (
            SELECT a.office FROM assignments a
            WHERE a.person_id = o.person_id AND a.valid_from <= o.day
                AND (a.valid_until IS NULL OR a.valid_until >= o.day)
            ORDER BY a.valid_from DESC LIMIT 1) AS a
        WHERE a.office = o.office
        OFFSET 0) AS a  -- each by the key, and none expected to be left out
), unusual AS MATERIALIZED (
    SELECT office, day FROM mixed WHERE odd
    UNION
    SELECT l.office, l.day FROM place l JOIN adjustments j
        ON j.terminal = l.serial AND j.local_day = l.day
    UNION  -- nobody touched anything: its terminals may have been dead
    SELECT w.office, w.day FROM (
        SELECT w.office, w.day FROM wanted w
        WHERE w.free = ''
            -- each asked by itself: the first row of it ends the search
            AND (SELECT true FROM combo c WHERE c.office = w.office AND c.day = w.day LIMIT 1)
                IS NULL
        OFFSET 0) AS w  -- first of all: there are none, as a rule
    WHERE :fewest <= (
        SELECT count(*) FROM assignments a
        WHERE a.office = w.office AND a.valid_from <= w.day
            AND (a.valid_until IS NULL OR a.valid_until >= w.day)
            AND NOT EXISTS (
                SELECT FROM assignments b WHERE b.person_id = a.person_id
                    AND b.valid_from > a.valid_from AND b.valid_from <= w.day
                    AND (b.valid_until IS NULL OR b.valid_until >= w.day)))
), touch AS MATERIALIZED (
    SELECT office, day, person_id, min(first) AS first, max(last) AS last
    FROM owner WHERE person_id = ANY(CAST(:each AS int[])) GROUP BY 1, 2, 3
), theirs AS MATERIALIZED (
    SELECT u.* FROM (SELECT DISTINCT person_id FROM serving) AS s CROSS JOIN LATERAL (
        SELECT * FROM user_ids u WHERE u.person_id = s.person_id OFFSET 0) AS u
),
