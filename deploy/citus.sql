-- Spreads the store over machines by Citus (12 or newer). Run once, after hadir-ingest migrate, on
-- the coordinator, as the owner of the tables and with no centre at work:
--
--     psql --single-transaction -v ON_ERROR_STOP=1 -f deploy/citus.sql postgresql:///hadir
--
-- It needs CREATE EXTENSION citus and the workers joined (citus_add_node) beforehand. What it has
-- been tried on, what stays unproven and which statements ask several machines: docs/scale.md.

-- Evidence is frozen by triggers, and each shard has its own; Citus wants to hear that this is meant.
-- For the database as well, because every new month of punches gets its trigger later.
SET citus.enable_unsafe_triggers TO on;
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET citus.enable_unsafe_triggers TO on', current_database());
END $$;
-- Keys to reference tables are checked on the way: shard by shard, on one connection to each worker.
SET citus.multi_shard_modify_mode TO 'sequential';

-- 1. Keys between tables that are spread by different columns, or lie whole on every machine while
--    the other does not, cannot be held by the database. Nothing is ever deleted from the tables
--    they point to, and hadir-ingest ledger verify names rows whose batch does not exist.
ALTER TABLE invites DROP CONSTRAINT fk_invites_bridge_id;
ALTER TABLE bridge_keys DROP CONSTRAINT fk_bridge_keys_bridge_id;
ALTER TABLE coverage DROP CONSTRAINT fk_coverage_bridge_id;
ALTER TABLE batches DROP CONSTRAINT fk_batches_bridge_id;
ALTER TABLE punches DROP CONSTRAINT fk_punches_batch_id;
ALTER TABLE contradictions DROP CONSTRAINT fk_contradictions_batch_id;
ALTER TABLE bad_records DROP CONSTRAINT fk_bad_records_batch_id;
ALTER TABLE runs DROP CONSTRAINT fk_runs_batch_id;
ALTER TABLE runs DROP CONSTRAINT fk_runs_chain_id;

-- 2. Every unique key holds the column its table is spread by. Numbers come from one sequence each,
--    so a number alone stays unique; what is asked by it alone gets an index in the key's place.
ALTER TABLE batches DROP CONSTRAINT pk_batches, ADD CONSTRAINT pk_batches PRIMARY KEY (office, id);
CREATE INDEX ix_batches_id ON batches (id);
ALTER TABLE chains
    DROP CONSTRAINT pk_chains, ADD CONSTRAINT pk_chains PRIMARY KEY (terminal_id, id);
ALTER TABLE contradictions
    DROP CONSTRAINT pk_contradictions,
    ADD CONSTRAINT pk_contradictions PRIMARY KEY (terminal_id, id);
ALTER TABLE contradictions
    DROP CONSTRAINT uq_contradictions_key,
    ADD CONSTRAINT uq_contradictions_terminal_id_key UNIQUE (terminal_id, key);
ALTER TABLE bad_records
    DROP CONSTRAINT pk_bad_records, ADD CONSTRAINT pk_bad_records PRIMARY KEY (terminal_id, id);
ALTER TABLE coverage
    DROP CONSTRAINT pk_coverage, ADD CONSTRAINT pk_coverage PRIMARY KEY (terminal_id, id);
ALTER TABLE day_changes
    DROP CONSTRAINT pk_day_changes, ADD CONSTRAINT pk_day_changes PRIMARY KEY (person_id, id);
ALTER TABLE runs
    ADD CONSTRAINT fk_runs_chain_id
    FOREIGN KEY (terminal_id, chain_id) REFERENCES chains (terminal_id, id);

-- 3. Whole on every machine: small, seldom written, asked together with everything else.
SELECT create_reference_table('schemes');
SELECT create_reference_table('offices');
SELECT create_reference_table('people');
SELECT create_reference_table('assignments');
SELECT create_reference_table('terminals');
SELECT create_reference_table('user_ids');
SELECT create_reference_table('bridge_keys');
SELECT create_reference_table('invites');
SELECT create_reference_table('holidays');
SELECT create_reference_table('calendar_years');
SELECT create_reference_table('seals');
SELECT create_reference_table('users');
SELECT create_reference_table('adjustments');
SELECT create_reference_table('resolutions');
SELECT create_reference_table('scheme_terms');
SELECT create_reference_table('scheme_overlays');
SELECT create_reference_table('scheme_uses');
SELECT create_reference_table('shifts');
SELECT create_reference_table('roster_days');
SELECT create_reference_table('roster_swaps');
SELECT create_reference_table('special_days');
SELECT create_reference_table('person_kinds');
SELECT create_reference_table('person_posts');
SELECT create_reference_table('service_breaks');
SELECT create_reference_table('stand_ins');
SELECT create_reference_table('excuses');
SELECT create_reference_table('cases');
SELECT create_reference_table('case_events');
SELECT create_reference_table('case_files');
SELECT create_reference_table('case_notices');
SELECT create_reference_table('privacy_holds');
SELECT create_reference_table('privacy_requests');
SELECT create_reference_table('letters');
SELECT create_reference_table('letter_cases');
SELECT create_reference_table('letter_marks');
SELECT create_reference_table('letter_files');
SELECT create_reference_table('letter_series');
SELECT create_reference_table('siasn_pulls');
SELECT create_reference_table('siasn_tasks');
SELECT create_reference_table('siasn_records');
SELECT create_reference_table('siasn_units');
SELECT create_reference_table('siasn_unit_offices');
SELECT create_reference_table('siasn_pushes');
SELECT create_reference_table('contacts');
SELECT create_reference_table('office_contacts');
SELECT create_reference_table('storms');
SELECT create_reference_table('dispatches');
SELECT create_reference_table('receipts');

-- 4. By terminal: what terminals told, and what is known of them.
SELECT create_distributed_table('punches', 'terminal_id', colocate_with => 'none');
SELECT create_distributed_table('contradictions', 'terminal_id', colocate_with => 'punches');
SELECT create_distributed_table('bad_records', 'terminal_id', colocate_with => 'punches');
SELECT create_distributed_table('chains', 'terminal_id', colocate_with => 'punches');
SELECT create_distributed_table('runs', 'terminal_id', colocate_with => 'punches');
SELECT create_distributed_table('coverage', 'terminal_id', colocate_with => 'punches');
SELECT create_distributed_table('clock_days', 'terminal_id', colocate_with => 'punches');
SELECT create_distributed_table('dirty_punches', 'terminal_id', colocate_with => 'punches');

-- 5. By office: what bridges signed, and what it came to.
SELECT create_distributed_table('batches', 'office', colocate_with => 'none');
SELECT create_distributed_table('roots', 'office', colocate_with => 'batches');
SELECT create_distributed_table('checkpoints', 'office', colocate_with => 'batches');
SELECT create_distributed_table('checkpoint_copies', 'office', colocate_with => 'batches');
SELECT create_distributed_table('dirty_offices', 'office', colocate_with => 'batches');
SELECT create_distributed_table('dirty_people', 'office', colocate_with => 'batches');

-- 6. By bridge and by key: written with every request, so not whole on every machine.
SELECT create_distributed_table('bridges', 'id', colocate_with => 'none');
SELECT create_distributed_table('nonces', 'key_id', colocate_with => 'none');

-- 7. By person: a person's day is one row wherever that person serves.
SELECT create_distributed_table('days', 'person_id', colocate_with => 'none');
SELECT create_distributed_table('day_changes', 'person_id', colocate_with => 'days');

-- The rest stays on the coordinator: audit_log, access_tokens, archived_months, centre_days,
-- job_runs, erasures, alembic_version.
