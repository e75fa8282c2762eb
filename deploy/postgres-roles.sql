-- The roles of a hadir store on PostgreSQL, each with no more rights than its work takes.
--
--   hadir_migrator  owns every table; `hadir-ingest migrate` and `restore`, and nothing that serves
--   hadir_ingest    the service: API and jobs. It adds punches and can neither change nor delete them
--   hadir_admin     commands of a person at the centre: people, calendar, bridges; no more on evidence
--   hadir_report    who evaluates: reads, and no key, code, nonce or signed body
--   hadir_backup    pg_dump: reads everything, and adds its line to the audit log
--
-- Run it as a superuser, in one piece, when the database is made, after each `hadir-ingest migrate`
-- and after each restore. It is harmless to repeat, and takes back what somebody granted by hand:
--
--   createdb --owner=hadir_migrator hadir
--   psql -X -v ON_ERROR_STOP=1 -d hadir -f deploy/postgres-roles.sql
--
-- The roles have no password: docs/postgresql.md tells how each of them logs in. The first time,
-- before the database, make their names alone: psql -X -c 'CREATE ROLE hadir_migrator LOGIN'.

BEGIN;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY
        ARRAY['hadir_migrator', 'hadir_ingest', 'hadir_admin', 'hadir_report', 'hadir_backup']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted);
    END LOOP;
END $$;

-- The door: whoever is not named here gets no further than the server.
DO $$ BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO hadir_migrator, hadir_ingest, hadir_admin,'
        ' hadir_report, hadir_backup', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC, hadir_ingest, hadir_admin, hadir_report, hadir_backup;
GRANT USAGE ON SCHEMA public TO hadir_ingest, hadir_admin, hadir_report, hadir_backup;
GRANT USAGE, CREATE ON SCHEMA public TO hadir_migrator;

-- Whoever owns a table can switch its triggers off: no role that serves owns anything. A store that
-- was made before the roles changes hands here. Sequences go with the table they count for.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT oid::regclass AS name FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
            AND relowner <> 'hadir_migrator'::regrole
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO hadir_migrator', one.name);
    END LOOP;
    FOR one IN
        SELECT oid::regprocedure AS name FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace AND proowner <> 'hadir_migrator'::regrole
            AND NOT EXISTS (  -- an extension keeps its own
                SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid
                    AND deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO hadir_migrator', one.name);
    END LOOP;
END $$;

-- From nothing: what an older version of this file, or somebody's hand, granted is gone.
REVOKE ALL ON ALL TABLES IN SCHEMA public
    FROM PUBLIC, hadir_ingest, hadir_admin, hadir_report, hadir_backup;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public
    FROM PUBLIC, hadir_ingest, hadir_admin, hadir_report, hadir_backup;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public
    FROM PUBLIC, hadir_ingest, hadir_admin, hadir_report, hadir_backup;

CREATE TEMPORARY TABLE hadir_rights (roles text, rights text, tables text) ON COMMIT DROP;
INSERT INTO hadir_rights VALUES
    -- Evidence: it grows and never changes.
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT',
        'batches runs chains roots checkpoints punches contradictions bad_records day_changes'),
    -- What people decide, signed by the seal: the service judges by it and decides nothing. Who does
    -- something, a machine too, leaves a line.
    ('hadir_ingest', 'SELECT', 'seals adjustments resolutions excuses'),
    ('hadir_admin', 'SELECT, INSERT', 'seals adjustments resolutions excuses'),
    ('hadir_ingest', 'SELECT', 'roster_swaps'),
    ('hadir_admin', 'SELECT, INSERT', 'roster_swaps'),
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT', 'audit_log'),
    ('hadir_backup', 'INSERT', 'audit_log'),
    -- Who only reads leaves a line, too, and sees of the log the end to which it is tied.
    ('hadir_report', 'SELECT (id, digest), INSERT', 'audit_log'),
    -- Who may give commands. Nobody is taken out: a name stays whose it was.
    ('hadir_ingest, hadir_admin, hadir_report', 'SELECT', 'users'),
    ('hadir_admin', 'INSERT, UPDATE (full_name, role, office, os_user, nip, ended_at)', 'users'),
    -- A month is taken out and brought back by the migrator alone.
    ('hadir_ingest, hadir_admin', 'SELECT', 'archived_months'),
    -- What bridges prove, and what is worked out: kept current, and can be worked out again.
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT, UPDATE',
        'coverage clock_days checkpoint_copies'),
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT, UPDATE, DELETE',
        'days dirty_punches dirty_offices dirty_people'),
    -- Who may bring punches: a key is added and retired, a code is used, and neither is rewritten.
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT, DELETE', 'nonces'),
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT, UPDATE (retired_at)', 'bridge_keys'),
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT, UPDATE (last_seen_at, health)', 'bridges'),
    ('hadir_ingest, hadir_admin', 'SELECT, UPDATE (used_at, key_id, bridge_id), DELETE',
        'invites'),
    ('hadir_admin', 'UPDATE (revoked_at)', 'bridges'),
    ('hadir_admin', 'INSERT, UPDATE (expires_at)', 'invites'),
    ('hadir_ingest, hadir_admin', 'SELECT, DELETE', 'access_tokens'),
    ('hadir_admin', 'INSERT, UPDATE (revoked_at)', 'access_tokens'),
    -- A terminal nobody knew becomes its office's; only a person registers one.
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT', 'terminals'),
    ('hadir_admin', 'UPDATE', 'terminals'),
    -- What an admin owns: the service judges by it and changes none of it.
    ('hadir_ingest', 'SELECT',
        'schemes offices people assignments user_ids holidays calendar_years scheme_terms'
        ' scheme_overlays scheme_uses shifts roster_days special_days person_kinds person_posts'
        ' service_breaks stand_ins'),
    ('hadir_admin', 'SELECT, INSERT, UPDATE, DELETE',
        'schemes offices people assignments user_ids holidays calendar_years scheme_terms'
        ' scheme_overlays scheme_uses shifts roster_days special_days person_kinds person_posts'
        ' service_breaks stand_ins'),
    -- Cases: what was done grows and never changes; what it comes to can be made again from it.
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT', 'case_events case_files'),
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT, UPDATE', 'cases case_notices centre_days job_runs'),
    -- Letters: issued by people alone, and never changed; of a series the last number.
    ('hadir_ingest', 'SELECT', 'letters letter_cases letter_marks letter_files letter_series'),
    ('hadir_admin', 'SELECT, INSERT', 'letters letter_cases letter_marks letter_files'),
    ('hadir_admin', 'SELECT, INSERT, UPDATE', 'letter_series'),
    -- Notices: an admin keeps addresses, the service finds some wrong; what gateways told stays as it
    -- came. A report sees no number and no text that was sent.
    ('hadir_ingest, hadir_admin', 'SELECT', 'contacts office_contacts'),
    ('hadir_ingest', 'UPDATE (state, state_at, state_why)', 'contacts office_contacts'),
    ('hadir_admin', 'INSERT, UPDATE, DELETE', 'contacts office_contacts'),
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT, UPDATE', 'dispatches storms'),
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT', 'receipts'),
    -- What BKN told, and what was sent to it: a person's doing, and no service's.
    ('hadir_ingest', 'SELECT',
        'siasn_pulls siasn_tasks siasn_records siasn_units siasn_unit_offices siasn_pushes'),
    ('hadir_admin', 'SELECT, INSERT, UPDATE', 'siasn_pulls siasn_tasks siasn_units siasn_pushes'),
    ('hadir_admin', 'SELECT, INSERT, DELETE', 'siasn_records siasn_unit_offices'),
    -- Privacy: the service erases what was kept long enough, and nothing that somebody holds back.
    ('hadir_ingest, hadir_admin', 'SELECT, INSERT', 'erasures'),
    ('hadir_ingest, hadir_admin', 'UPDATE (content, erased_at)', 'case_files'),
    ('hadir_ingest, hadir_admin', 'UPDATE (body)', 'receipts'),
    ('hadir_ingest', 'DELETE', 'contacts siasn_records siasn_tasks'),
    ('hadir_admin', 'DELETE', 'siasn_tasks'),
    ('hadir_ingest', 'SELECT', 'privacy_holds privacy_requests'),
    ('hadir_admin', 'SELECT, INSERT, UPDATE', 'privacy_holds privacy_requests'),
    ('hadir_ingest, hadir_admin, hadir_report', 'SELECT', 'alembic_version'),
    -- Reports: people's days and what they rest on. Of a batch not its body: that is all punches in
    -- one piece; of keys, codes and nonces nothing.
    ('hadir_report', 'SELECT',
        'schemes offices people assignments terminals user_ids bridges punches contradictions'
        ' bad_records coverage clock_days holidays calendar_years days day_changes roots'
        ' archived_months adjustments resolutions seals excuses scheme_terms scheme_overlays'
        ' scheme_uses shifts roster_days special_days person_kinds person_posts service_breaks'
        ' stand_ins cases'
        ' case_events case_notices centre_days job_runs roster_swaps'),
    ('hadir_report', 'SELECT (id, bridge_id, outbox, receipt, received_at, sent)', 'batches'),
    ('hadir_report', 'SELECT', 'dirty_punches dirty_offices dirty_people');

-- A table that this revision does not have yet is passed over: it is granted after the migration.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT roles, rights, name FROM hadir_rights, regexp_split_to_table(tables, ' ') AS name
    LOOP
        IF to_regclass('public.' || one.name) IS NOT NULL THEN
            EXECUTE format('GRANT %s ON public.%I TO %s', one.rights, one.name, one.roles);
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hadir_ingest, hadir_admin;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO hadir_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO hadir_backup;

-- Months of punches are made ahead by the service, which owns nothing: by functions of the owner
-- that do that one thing. Every other function is for triggers, which ask for no right.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prosecdef
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO hadir_ingest, hadir_admin', one.name);
    END LOOP;
END $$;

-- What the migrator makes from now on, months and new tables: they can be added to and read by the
-- service and saved by a backup until this file is run again and says it better. A report sees
-- nothing of them before: a new table may hold what is secret.
ALTER DEFAULT PRIVILEGES FOR ROLE hadir_migrator IN SCHEMA public
    REVOKE ALL ON TABLES FROM hadir_ingest, hadir_admin, hadir_report, hadir_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE hadir_migrator IN SCHEMA public
    GRANT SELECT, INSERT ON TABLES TO hadir_ingest, hadir_admin;
ALTER DEFAULT PRIVILEGES FOR ROLE hadir_migrator IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO hadir_ingest, hadir_admin;
ALTER DEFAULT PRIVILEGES FOR ROLE hadir_migrator IN SCHEMA public
    GRANT SELECT ON TABLES TO hadir_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE hadir_migrator IN SCHEMA public
    GRANT SELECT ON SEQUENCES TO hadir_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE hadir_migrator REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

COMMIT;
