-- In the place of Citus, which cannot be installed here: its two functions, which look at what its
-- documentation and its source say it refuses, and change nothing. Kept stricter than Citus where it
-- is lenient: a key to a table that stays on the coordinator is refused as well.

CREATE TABLE citus_tables (
    name regclass PRIMARY KEY,
    kind text NOT NULL,  -- distributed, reference
    place smallint,      -- of the distribution column
    colocated int
);
CREATE SEQUENCE citus_groups;

CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO citus_tables VALUES (name, 'reference', NULL, NULL);
    PERFORM citus_check(name);
END $$;

CREATE FUNCTION create_distributed_table(name regclass, by text, colocate_with text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place smallint;
    colocated int;
BEGIN
    SELECT attnum INTO place FROM pg_attribute
    WHERE attrelid = name AND attname = by AND attnotnull AND attgenerated = '';
    IF place IS NULL THEN
        RAISE EXCEPTION 'column % of % does not exist, may be NULL or is generated', by, name;
    END IF;
    IF (SELECT relispartition FROM pg_class WHERE oid = name) THEN
        RAISE EXCEPTION 'cannot distribute relation % which is a partition', name;
    END IF;
    IF colocate_with = 'none' THEN
        colocated := nextval('citus_groups');
    ELSE
        SELECT t.colocated INTO STRICT colocated FROM citus_tables t JOIN pg_attribute o
            ON o.attrelid = t.name AND o.attnum = t.place
            JOIN pg_attribute a ON a.attrelid = create_distributed_table.name AND a.attname = by
        WHERE t.name = colocate_with::regclass AND t.kind = 'distributed'
            AND (o.atttypid, o.attcollation) = (a.atttypid, a.attcollation);
    END IF;
    INSERT INTO citus_tables VALUES (name, 'distributed', place, colocated);
    PERFORM citus_check(name);
END $$;

-- What holds of a table, or of a partition made later, at any time.
CREATE FUNCTION citus_check(one regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    of citus_tables;
    found text;
BEGIN
    SELECT * INTO STRICT of FROM citus_tables WHERE name = one;
    SELECT string_agg(tgname, ', ') INTO found FROM pg_trigger
    WHERE tgrelid IN (SELECT * FROM citus_parts(one)) AND NOT tgisinternal;
    IF found IS NOT NULL AND current_setting('citus.enable_unsafe_triggers', true)
        IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'triggers are not supported on distributed and reference tables: %', found;
    END IF;
    SELECT string_agg(indexrelid::regclass::text, ', ') INTO found FROM pg_index
    WHERE indrelid IN (SELECT * FROM citus_parts(one)) AND of.kind = 'distributed'
        AND (indisunique OR indisexclusion) AND NOT of.place = ANY (indkey::int2[]);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION 'unique keys of % without its distribution column: %', one, found;
    END IF;
    SELECT string_agg(f.conname, ', ') INTO found
    FROM pg_constraint f
        LEFT JOIN citus_tables c ON c.name = f.conrelid
        LEFT JOIN citus_tables p ON p.name = f.confrelid
    WHERE f.contype = 'f' AND f.conparentid = 0 AND one IN (f.conrelid, f.confrelid)
        -- a key is looked at when both of its tables have their kind, at the latest by citus_all
        AND NOT coalesce(CASE
            WHEN p.kind = 'reference' THEN true
            WHEN c.kind = 'distributed' AND p.kind = 'distributed' THEN
                c.colocated = p.colocated
                AND array_position(f.conkey, c.place) = array_position(f.confkey, p.place)
        END, one = f.confrelid AND c.kind IS NULL);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION 'foreign keys of % that are neither to a reference table nor between'
            ' co-located tables by their distribution columns: %', one, found;
    END IF;
END $$;

CREATE FUNCTION citus_parts(one regclass) RETURNS SETOF oid LANGUAGE sql AS $$
    SELECT one::oid UNION SELECT relid FROM pg_partition_tree(one)
$$;

CREATE FUNCTION citus_all() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    PERFORM citus_check(name) FROM citus_tables;
    SELECT string_agg(f.conname, ', ') INTO found
    FROM pg_constraint f JOIN citus_tables p ON p.name = f.confrelid AND p.kind = 'distributed'
    WHERE f.contype = 'f' AND f.conparentid = 0
        AND f.conrelid NOT IN (SELECT name FROM citus_tables);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION 'foreign keys from local to distributed tables: %', found;
    END IF;
    RETURN (SELECT count(*) FROM citus_tables);
END $$;
