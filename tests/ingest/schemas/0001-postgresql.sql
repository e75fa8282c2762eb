SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE FUNCTION public.hadir_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '% is never changed: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation'; END $$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);

CREATE TABLE public.assignments (
    id integer NOT NULL,
    person_id integer NOT NULL,
    office character varying(32) NOT NULL,
    superior_id integer,
    valid_from date NOT NULL,
    valid_until date
);

CREATE SEQUENCE public.assignments_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.assignments_id_seq OWNED BY public.assignments.id;

CREATE TABLE public.bad_records (
    id character varying(32) NOT NULL,
    terminal_id integer NOT NULL,
    kind character varying(20) NOT NULL,
    reason character varying(500) NOT NULL,
    user_id character varying(64) NOT NULL,
    near_from timestamp without time zone,
    near_until timestamp without time zone,
    source character varying(8) NOT NULL,
    read_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    batch_id bigint NOT NULL,
    raw bytea NOT NULL
);

CREATE TABLE public.batches (
    id bigint NOT NULL,
    bridge_id integer NOT NULL,
    outbox character varying(32) NOT NULL,
    receipt character varying(32) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    sent integer NOT NULL,
    new integer NOT NULL
);

CREATE SEQUENCE public.batches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.batches_id_seq OWNED BY public.batches.id;

CREATE TABLE public.bridges (
    id integer NOT NULL,
    office character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    token_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    last_seen_at timestamp with time zone,
    health json
);

CREATE SEQUENCE public.bridges_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.bridges_id_seq OWNED BY public.bridges.id;

CREATE TABLE public.calendar_years (
    year smallint NOT NULL,
    seeded_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone
);

CREATE TABLE public.clock_days (
    terminal_id integer NOT NULL,
    day date NOT NULL,
    worst_offset_s bigint NOT NULL
);

CREATE TABLE public.contradictions (
    id bigint NOT NULL,
    terminal_id integer NOT NULL,
    user_id character varying(64) NOT NULL,
    local_time timestamp without time zone NOT NULL,
    state integer,
    verify integer,
    work_code character varying(32) NOT NULL,
    source character varying(8) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    batch_id bigint NOT NULL,
    raw bytea NOT NULL,
    key character varying(80) NOT NULL
);

CREATE SEQUENCE public.contradictions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.contradictions_id_seq OWNED BY public.contradictions.id;

CREATE TABLE public.coverage (
    id bigint NOT NULL,
    terminal_id integer NOT NULL,
    bridge_id integer NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    on_terminal bigint,
    taken bigint NOT NULL,
    parked bigint NOT NULL,
    clock_offset_s bigint,
    read_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    source character varying(8) NOT NULL,
    note character varying(300) NOT NULL
);

CREATE SEQUENCE public.coverage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.coverage_id_seq OWNED BY public.coverage.id;

CREATE TABLE public.day_changes (
    id bigint NOT NULL,
    person_id integer NOT NULL,
    day date NOT NULL,
    was character varying(16),
    became character varying(16) NOT NULL,
    because json NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.day_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.day_changes_id_seq OWNED BY public.day_changes.id;

CREATE TABLE public.days (
    person_id integer NOT NULL,
    day date NOT NULL,
    office character varying(32) NOT NULL,
    status character varying(16) NOT NULL,
    first_in timestamp without time zone,
    last_out timestamp without time zone,
    late_minutes integer,
    early_minutes integer,
    because json NOT NULL,
    evaluated_at timestamp with time zone NOT NULL
);

CREATE TABLE public.dirty_offices (
    office character varying(32) NOT NULL,
    day date NOT NULL
);

CREATE TABLE public.dirty_punches (
    terminal_id integer NOT NULL,
    user_id character varying(64) NOT NULL,
    local_day date NOT NULL
);

CREATE TABLE public.holidays (
    id integer NOT NULL,
    day date NOT NULL,
    office character varying(32),
    name character varying(200) NOT NULL,
    category character varying(12) NOT NULL
);

CREATE SEQUENCE public.holidays_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.holidays_id_seq OWNED BY public.holidays.id;

CREATE TABLE public.offices (
    code character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    scheme character varying(32) NOT NULL
);

CREATE TABLE public.people (
    id integer NOT NULL,
    nip character varying(18) NOT NULL,
    name character varying(200) NOT NULL,
    kind character varying(20) NOT NULL
);

CREATE SEQUENCE public.people_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.people_id_seq OWNED BY public.people.id;

CREATE TABLE public.punches (
    terminal_id integer NOT NULL,
    user_id character varying(64) NOT NULL,
    local_time timestamp without time zone NOT NULL,
    local_day date NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    state integer,
    verify integer,
    work_code character varying(32) NOT NULL,
    source character varying(8) NOT NULL,
    clock_offset_s bigint,
    read_at timestamp with time zone NOT NULL,
    after_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    batch_id bigint NOT NULL,
    doubt character varying(20),
    raw bytea NOT NULL
);

CREATE TABLE public.schemes (
    code character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    hours json NOT NULL,
    tolerance_s integer NOT NULL
);

CREATE TABLE public.terminals (
    id integer NOT NULL,
    serial character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    office character varying(32) NOT NULL,
    registered boolean NOT NULL,
    counts_from date,
    counts_until date,
    first_seen_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.terminals_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.terminals_id_seq OWNED BY public.terminals.id;

CREATE TABLE public.user_ids (
    id integer NOT NULL,
    terminal_id integer,
    office character varying(32),
    user_id character varying(64) NOT NULL,
    person_id integer,
    valid_from date NOT NULL,
    valid_until date,
    CONSTRAINT ck_user_ids_one_scope CHECK (((terminal_id IS NULL) <> (office IS NULL)))
);

CREATE SEQUENCE public.user_ids_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.user_ids_id_seq OWNED BY public.user_ids.id;

ALTER TABLE ONLY public.assignments ALTER COLUMN id SET DEFAULT nextval('public.assignments_id_seq'::regclass);

ALTER TABLE ONLY public.batches ALTER COLUMN id SET DEFAULT nextval('public.batches_id_seq'::regclass);

ALTER TABLE ONLY public.bridges ALTER COLUMN id SET DEFAULT nextval('public.bridges_id_seq'::regclass);

ALTER TABLE ONLY public.contradictions ALTER COLUMN id SET DEFAULT nextval('public.contradictions_id_seq'::regclass);

ALTER TABLE ONLY public.coverage ALTER COLUMN id SET DEFAULT nextval('public.coverage_id_seq'::regclass);

ALTER TABLE ONLY public.day_changes ALTER COLUMN id SET DEFAULT nextval('public.day_changes_id_seq'::regclass);

ALTER TABLE ONLY public.holidays ALTER COLUMN id SET DEFAULT nextval('public.holidays_id_seq'::regclass);

ALTER TABLE ONLY public.people ALTER COLUMN id SET DEFAULT nextval('public.people_id_seq'::regclass);

ALTER TABLE ONLY public.terminals ALTER COLUMN id SET DEFAULT nextval('public.terminals_id_seq'::regclass);

ALTER TABLE ONLY public.user_ids ALTER COLUMN id SET DEFAULT nextval('public.user_ids_id_seq'::regclass);

INSERT INTO public.alembic_version VALUES
	('0001');

INSERT INTO public.assignments VALUES
	(1, 1, '4.01.01', NULL, '2026-01-01', NULL),
	(2, 2, '4.01.01', 1, '2026-01-01', NULL),
	(3, 3, '4.01.01', 1, '2026-01-01', NULL),
	(4, 4, '4.01.01', 1, '2026-01-01', NULL),
	(5, 5, '4.02.01', NULL, '2026-01-01', NULL),
	(6, 6, '4.02.01', 5, '2026-01-01', NULL),
	(7, 7, '4.02.01', 5, '2026-01-01', NULL),
	(8, 8, '4.02.01', 5, '2026-01-01', NULL),
	(9, 9, '5.01.01', NULL, '2026-01-01', NULL),
	(10, 10, '5.01.01', 9, '2026-01-01', NULL),
	(11, 11, '5.01.01', 9, '2026-01-01', NULL),
	(12, 12, '5.01.01', 9, '2026-01-01', NULL);

INSERT INTO public.bad_records VALUES
	('1b67639eadd7d48793b552acb4686dc0', 1, 'date', 'month 13 does not exist', '3', '2026-02-18 07:10:00', '2026-02-18 16:10:00', 'poll', '2026-03-03 00:55:00+00', '2026-03-03 00:56:00+00', 31, '\x03000d1f'),
	('f4b8366d933dd08e6e1279d3595c92c1', 1, 'blank', 'a slot never written', '', '2026-02-18 07:10:00', '2026-02-18 16:10:00', 'poll', '2026-03-03 00:55:00+00', '2026-03-03 00:56:00+00', 31, '\x00000000000000000000000000000000');

INSERT INTO public.batches VALUES
	(1, 1, '00000000000000000000000000000001', '0000000000000000000000000000004b', '2026-02-16 10:00:00+00', 5, 5),
	(2, 2, '00000000000000000000000000000002', '0000000000000000000000000000004d', '2026-02-16 10:00:00+00', 5, 5),
	(3, 3, '00000000000000000000000000000003', '0000000000000000000000000000004f', '2026-02-16 10:00:00+00', 5, 5),
	(4, 1, '00000000000000000000000000000001', '00000000000000000000000000000051', '2026-02-17 10:00:00+00', 5, 5),
	(5, 2, '00000000000000000000000000000002', '00000000000000000000000000000053', '2026-02-17 10:00:00+00', 5, 5),
	(6, 3, '00000000000000000000000000000003', '00000000000000000000000000000055', '2026-02-17 10:00:00+00', 5, 5),
	(7, 1, '00000000000000000000000000000001', '00000000000000000000000000000057', '2026-02-18 10:00:00+00', 5, 5),
	(8, 2, '00000000000000000000000000000002', '00000000000000000000000000000059', '2026-02-18 10:00:00+00', 5, 5),
	(9, 3, '00000000000000000000000000000003', '0000000000000000000000000000005b', '2026-02-18 10:00:00+00', 5, 5),
	(10, 1, '00000000000000000000000000000001', '0000000000000000000000000000005d', '2026-02-19 10:00:00+00', 5, 5),
	(11, 2, '00000000000000000000000000000002', '0000000000000000000000000000005f', '2026-02-19 10:00:00+00', 5, 5),
	(12, 3, '00000000000000000000000000000003', '00000000000000000000000000000061', '2026-02-19 10:00:00+00', 5, 5),
	(13, 1, '00000000000000000000000000000001', '00000000000000000000000000000063', '2026-02-20 10:00:00+00', 5, 5),
	(14, 2, '00000000000000000000000000000002', '00000000000000000000000000000065', '2026-02-20 10:00:00+00', 5, 5),
	(15, 3, '00000000000000000000000000000003', '00000000000000000000000000000067', '2026-02-20 10:00:00+00', 5, 5),
	(16, 1, '00000000000000000000000000000001', '00000000000000000000000000000069', '2026-02-23 10:00:00+00', 5, 5),
	(17, 2, '00000000000000000000000000000002', '0000000000000000000000000000006b', '2026-02-23 10:00:00+00', 5, 5),
	(18, 3, '00000000000000000000000000000003', '0000000000000000000000000000006d', '2026-02-23 10:00:00+00', 5, 5),
	(19, 1, '00000000000000000000000000000001', '0000000000000000000000000000006f', '2026-02-24 10:00:00+00', 5, 5),
	(20, 2, '00000000000000000000000000000002', '00000000000000000000000000000071', '2026-02-24 10:00:00+00', 5, 5),
	(21, 3, '00000000000000000000000000000003', '00000000000000000000000000000073', '2026-02-24 10:00:00+00', 5, 5),
	(22, 1, '00000000000000000000000000000001', '00000000000000000000000000000075', '2026-02-25 10:00:00+00', 5, 5),
	(23, 2, '00000000000000000000000000000002', '00000000000000000000000000000077', '2026-02-25 10:00:00+00', 5, 5),
	(24, 3, '00000000000000000000000000000003', '00000000000000000000000000000079', '2026-02-25 10:00:00+00', 5, 5),
	(25, 1, '00000000000000000000000000000001', '0000000000000000000000000000007b', '2026-02-26 10:00:00+00', 5, 5),
	(26, 2, '00000000000000000000000000000002', '0000000000000000000000000000007d', '2026-02-26 10:00:00+00', 5, 5),
	(27, 3, '00000000000000000000000000000003', '0000000000000000000000000000007f', '2026-02-26 10:00:00+00', 5, 5),
	(28, 1, '00000000000000000000000000000001', '00000000000000000000000000000081', '2026-02-27 10:00:00+00', 5, 5),
	(29, 2, '00000000000000000000000000000002', '00000000000000000000000000000083', '2026-02-27 10:00:00+00', 5, 5),
	(30, 3, '00000000000000000000000000000003', '00000000000000000000000000000085', '2026-02-27 10:00:00+00', 5, 5),
	(31, 1, '00000000000000000000000000000001', '00000000000000000000000000000087', '2026-03-03 00:56:00+00', 5, 4),
	(32, 2, '00000000000000000000000000000002', '00000000000000000000000000000089', '2026-03-03 00:57:00+00', 1, 1),
	(33, 3, '00000000000000000000000000000003', '0000000000000000000000000000008b', '2026-03-03 00:58:00+00', 2, 1),
	(34, 1, '00000000000000000000000000000001', '0000000000000000000000000000008d', '2026-03-03 00:59:00+00', 1, 1);

INSERT INTO public.bridges VALUES
	(2, '4.02.01', 'pc-4.02.01', '66777a0a011589eb2ccb7b6b92b9fd9dff03f8b97393e86056e0caef8ab31add', '2026-02-16 00:00:00+00', NULL, '2026-03-03 00:57:00+00', NULL),
	(1, '4.01.01', 'pc-4.01.01', '1c423add2e164058df0b17aa064109735c388ce6c2b1809296b6edc7bdd254ee', '2026-02-16 00:00:00+00', NULL, '2026-03-03 00:59:00+00', NULL),
	(3, '5.01.01', 'pc-5.01.01', 'f4d10db1753298457f782d6d1bfaa84fe052a1a3b58bde0106be7382a11c4a8f', '2026-02-16 00:00:00+00', '2026-03-03 01:00:00+00', '2026-03-03 00:58:00+00', NULL);

INSERT INTO public.calendar_years VALUES
	(2026, '2026-03-03 01:00:00+00', '2026-03-03 01:00:00+00');

INSERT INTO public.clock_days VALUES
	(1, '2026-02-16', 3),
	(1, '2026-02-17', 3),
	(2, '2026-02-16', 3),
	(2, '2026-02-17', 3),
	(3, '2026-02-16', 3),
	(3, '2026-02-17', 3),
	(1, '2026-02-18', 3),
	(2, '2026-02-18', 3),
	(3, '2026-02-18', 3),
	(1, '2026-02-19', 3),
	(2, '2026-02-19', 3),
	(3, '2026-02-19', 3),
	(1, '2026-02-20', 3),
	(2, '2026-02-20', 3),
	(3, '2026-02-20', 3),
	(1, '2026-02-21', 3),
	(2, '2026-02-21', 3),
	(3, '2026-02-21', 3),
	(1, '2026-02-22', 3),
	(2, '2026-02-22', 3),
	(3, '2026-02-22', 3),
	(1, '2026-02-23', 3),
	(2, '2026-02-23', 3),
	(3, '2026-02-23', 3),
	(1, '2026-02-24', 3),
	(2, '2026-02-24', 3),
	(3, '2026-02-24', 3),
	(1, '2026-02-25', 3),
	(2, '2026-02-25', 3),
	(3, '2026-02-25', 3),
	(1, '2026-02-26', 3),
	(3, '2026-02-26', 3),
	(1, '2026-02-27', 3),
	(2, '2026-02-26', 3),
	(3, '2026-02-27', 3),
	(1, '2026-02-28', 3),
	(2, '2026-02-27', 3),
	(3, '2026-02-28', 3),
	(1, '2026-03-01', 3),
	(3, '2026-03-01', 3),
	(1, '2026-03-02', 3),
	(3, '2026-03-02', 3),
	(2, '2026-03-03', 378000000),
	(4, '2026-02-18', 3);

INSERT INTO public.contradictions VALUES
	(1, 1, '1', '2026-02-18 07:10:00', 4, 15, '', 'usb', '2026-03-03 00:56:00+00', 31, '\x3109323032362d30322d31382030373a31303a3030', 'c25dac57f8d57aba4d258e0ec2d1d305:4:15:');

INSERT INTO public.coverage VALUES
	(2, 2, 2, '2026-02-15 16:00:00+00', '2026-02-24 16:00:59+00', 10, 10, 0, 3, '2026-02-24 16:00:59+00', '2026-02-24 16:00:59+00', 'poll', 'first read'),
	(1, 1, 1, '2026-02-15 16:00:00+00', '2026-03-01 16:00:59+00', 10, 10, 0, 3, '2026-03-01 16:00:59+00', '2026-03-01 16:00:59+00', 'poll', 'first read'),
	(3, 3, 3, '2026-02-15 16:00:00+00', '2026-03-01 16:00:59+00', 10, 10, 0, 3, '2026-03-01 16:00:59+00', '2026-03-01 16:00:59+00', 'poll', 'first read');

INSERT INTO public.day_changes VALUES
	(1, 3, '2026-02-18', 'INCOMPLETE', 'PRESENT', '[{"code": "touches", "text": "ada rekaman pukul 07.20, 16.50"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "bad-record", "text": "satu rekaman nomor pengguna 3 pada mesin depan di sekitar hari ini rusak"}]', '2026-03-03 01:00:00+00'),
	(2, 12, '2026-02-18', 'ABSENT', 'UNVERIFIED', '[{"code": "unmapped", "text": "ada rekaman dari nomor pengguna yang belum dipetakan pada mesin DGD9190019004: 1"}]', '2026-03-03 01:00:00+00');

INSERT INTO public.days VALUES
	(1, '2026-02-13', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(2, '2026-02-13', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(3, '2026-02-13', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(4, '2026-02-13', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(5, '2026-02-13', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(6, '2026-02-13', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(7, '2026-02-13', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(8, '2026-02-13', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(9, '2026-02-13', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(10, '2026-02-13', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(11, '2026-02-13', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(12, '2026-02-13', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]', '2026-02-16 16:30:00+00'),
	(1, '2026-02-14', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(2, '2026-02-14', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(3, '2026-02-14', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(4, '2026-02-14', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(5, '2026-02-14', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(6, '2026-02-14', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(7, '2026-02-14', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(8, '2026-02-14', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(9, '2026-02-14', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(10, '2026-02-14', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(11, '2026-02-14', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(12, '2026-02-14', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(1, '2026-02-15', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(2, '2026-02-15', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(3, '2026-02-15', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(4, '2026-02-15', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(5, '2026-02-15', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(6, '2026-02-15', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(7, '2026-02-15', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(8, '2026-02-15', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(9, '2026-02-15', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(10, '2026-02-15', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(11, '2026-02-15', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(12, '2026-02-15', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-16 16:30:00+00'),
	(1, '2026-02-16', '4.01.01', 'JOINT', '2026-02-16 07:10:00', '2026-02-16 16:35:00', NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(2, '2026-02-16', '4.01.01', 'JOINT', '2026-02-16 07:45:00', '2026-02-16 16:31:00', NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(3, '2026-02-16', '4.01.01', 'JOINT', '2026-02-16 07:20:00', NULL, NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(4, '2026-02-16', '4.01.01', 'JOINT', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(5, '2026-02-16', '4.02.01', 'JOINT', '2026-02-16 07:10:01', '2026-02-16 16:35:01', NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(6, '2026-02-16', '4.02.01', 'JOINT', '2026-02-16 07:46:01', '2026-02-16 16:31:01', NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(7, '2026-02-16', '4.02.01', 'JOINT', '2026-02-16 07:20:01', NULL, NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(8, '2026-02-16', '4.02.01', 'JOINT', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(9, '2026-02-16', '5.01.01', 'JOINT', '2026-02-16 07:10:02', '2026-02-16 16:35:02', NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(10, '2026-02-16', '5.01.01', 'JOINT', '2026-02-16 07:47:02', '2026-02-16 16:31:02', NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(11, '2026-02-16', '5.01.01', 'JOINT', '2026-02-16 07:20:02', NULL, NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(12, '2026-02-16', '5.01.01', 'JOINT', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]', '2026-02-16 16:30:00+00'),
	(1, '2026-02-17', '4.01.01', 'HOLIDAY', '2026-02-17 07:10:00', '2026-02-17 16:35:00', NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(2, '2026-02-17', '4.01.01', 'HOLIDAY', '2026-02-17 07:45:00', '2026-02-17 16:31:00', NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00');
INSERT INTO public.days VALUES
	(3, '2026-02-17', '4.01.01', 'HOLIDAY', '2026-02-17 07:20:00', NULL, NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(4, '2026-02-17', '4.01.01', 'HOLIDAY', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(5, '2026-02-17', '4.02.01', 'HOLIDAY', '2026-02-17 07:10:01', '2026-02-17 16:35:01', NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(6, '2026-02-17', '4.02.01', 'HOLIDAY', '2026-02-17 07:46:01', '2026-02-17 16:31:01', NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(7, '2026-02-17', '4.02.01', 'HOLIDAY', '2026-02-17 07:20:01', NULL, NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(8, '2026-02-17', '4.02.01', 'HOLIDAY', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(9, '2026-02-17', '5.01.01', 'HOLIDAY', '2026-02-17 07:10:02', '2026-02-17 16:35:02', NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(10, '2026-02-17', '5.01.01', 'HOLIDAY', '2026-02-17 07:47:02', '2026-02-17 16:31:02', NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(11, '2026-02-17', '5.01.01', 'HOLIDAY', '2026-02-17 07:20:02', NULL, NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(12, '2026-02-17', '5.01.01', 'HOLIDAY', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]', '2026-02-17 16:30:00+00'),
	(1, '2026-02-18', '4.01.01', 'PRESENT', '2026-02-18 07:10:00', '2026-02-18 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-18 16:30:00+00'),
	(2, '2026-02-18', '4.01.01', 'LATE', '2026-02-18 07:45:00', '2026-02-18 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-18 16:30:00+00'),
	(4, '2026-02-18', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-18 16:30:00+00'),
	(5, '2026-02-18', '4.02.01', 'PRESENT', '2026-02-18 07:10:01', '2026-02-18 16:35:01', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-18 16:30:00+00'),
	(6, '2026-02-18', '4.02.01', 'LATE', '2026-02-18 07:46:01', '2026-02-18 16:31:01', 16, 0, '[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]', '2026-02-18 16:30:00+00'),
	(7, '2026-02-18', '4.02.01', 'INCOMPLETE', '2026-02-18 07:20:01', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-18 16:30:00+00'),
	(8, '2026-02-18', '4.02.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-18 16:30:00+00'),
	(9, '2026-02-18', '5.01.01', 'PRESENT', '2026-02-18 07:10:02', '2026-02-18 16:35:02', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-18 16:30:00+00'),
	(10, '2026-02-18', '5.01.01', 'LATE', '2026-02-18 07:47:02', '2026-02-18 16:31:02', 17, 0, '[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]', '2026-02-18 16:30:00+00'),
	(11, '2026-02-18', '5.01.01', 'INCOMPLETE', '2026-02-18 07:20:02', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-18 16:30:00+00'),
	(1, '2026-02-19', '4.01.01', 'PRESENT', '2026-02-19 07:10:00', '2026-02-19 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-19 16:30:00+00'),
	(2, '2026-02-19', '4.01.01', 'LATE', '2026-02-19 07:45:00', '2026-02-19 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-19 16:30:00+00'),
	(3, '2026-02-19', '4.01.01', 'INCOMPLETE', '2026-02-19 07:20:00', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-19 16:30:00+00'),
	(4, '2026-02-19', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-19 16:30:00+00'),
	(5, '2026-02-19', '4.02.01', 'PRESENT', '2026-02-19 07:10:01', '2026-02-19 16:35:01', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-19 16:30:00+00'),
	(6, '2026-02-19', '4.02.01', 'LATE', '2026-02-19 07:46:01', '2026-02-19 16:31:01', 16, 0, '[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]', '2026-02-19 16:30:00+00'),
	(7, '2026-02-19', '4.02.01', 'INCOMPLETE', '2026-02-19 07:20:01', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-19 16:30:00+00'),
	(8, '2026-02-19', '4.02.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-19 16:30:00+00'),
	(9, '2026-02-19', '5.01.01', 'PRESENT', '2026-02-19 07:10:02', '2026-02-19 16:35:02', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-19 16:30:00+00'),
	(10, '2026-02-19', '5.01.01', 'LATE', '2026-02-19 07:47:02', '2026-02-19 16:31:02', 17, 0, '[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]', '2026-02-19 16:30:00+00'),
	(11, '2026-02-19', '5.01.01', 'INCOMPLETE', '2026-02-19 07:20:02', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-19 16:30:00+00'),
	(12, '2026-02-19', '5.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-19 16:30:00+00'),
	(1, '2026-02-20', '4.01.01', 'PRESENT', '2026-02-20 07:10:00', '2026-02-20 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-20 16:30:00+00'),
	(2, '2026-02-20', '4.01.01', 'LATE', '2026-02-20 07:45:00', '2026-02-20 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-20 16:30:00+00'),
	(3, '2026-02-20', '4.01.01', 'INCOMPLETE', '2026-02-20 07:20:00', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-20 16:30:00+00'),
	(4, '2026-02-20', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-20 16:30:00+00'),
	(5, '2026-02-20', '4.02.01', 'PRESENT', '2026-02-20 07:10:01', '2026-02-20 16:35:01', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-20 16:30:00+00'),
	(6, '2026-02-20', '4.02.01', 'LATE', '2026-02-20 07:46:01', '2026-02-20 16:31:01', 16, 0, '[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]', '2026-02-20 16:30:00+00'),
	(7, '2026-02-20', '4.02.01', 'INCOMPLETE', '2026-02-20 07:20:01', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-20 16:30:00+00'),
	(8, '2026-02-20', '4.02.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-20 16:30:00+00'),
	(12, '2026-02-18', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "unmapped", "text": "ada rekaman dari nomor pengguna yang belum dipetakan pada mesin DGD9190019004: 1"}]', '2026-03-03 01:00:00+00'),
	(9, '2026-02-20', '5.01.01', 'PRESENT', '2026-02-20 07:10:02', '2026-02-20 16:35:02', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-20 16:30:00+00'),
	(10, '2026-02-20', '5.01.01', 'LATE', '2026-02-20 07:47:02', '2026-02-20 16:31:02', 17, 0, '[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]', '2026-02-20 16:30:00+00'),
	(11, '2026-02-20', '5.01.01', 'INCOMPLETE', '2026-02-20 07:20:02', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-20 16:30:00+00'),
	(12, '2026-02-20', '5.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-20 16:30:00+00'),
	(1, '2026-02-21', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(2, '2026-02-21', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(3, '2026-02-21', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(4, '2026-02-21', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(5, '2026-02-21', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00');
INSERT INTO public.days VALUES
	(6, '2026-02-21', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(7, '2026-02-21', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(8, '2026-02-21', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(9, '2026-02-21', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(10, '2026-02-21', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(11, '2026-02-21', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(12, '2026-02-21', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-21 16:30:00+00'),
	(1, '2026-02-22', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(2, '2026-02-22', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(3, '2026-02-22', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(4, '2026-02-22', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(5, '2026-02-22', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(6, '2026-02-22', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(7, '2026-02-22', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(8, '2026-02-22', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(9, '2026-02-22', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(10, '2026-02-22', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(11, '2026-02-22', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(12, '2026-02-22', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-22 16:30:00+00'),
	(1, '2026-02-23', '4.01.01', 'PRESENT', '2026-02-23 07:10:00', '2026-02-23 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-23 16:30:00+00'),
	(2, '2026-02-23', '4.01.01', 'LATE', '2026-02-23 07:45:00', '2026-02-23 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-23 16:30:00+00'),
	(3, '2026-02-23', '4.01.01', 'INCOMPLETE', '2026-02-23 07:20:00', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-23 16:30:00+00'),
	(4, '2026-02-23', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-23 16:30:00+00'),
	(5, '2026-02-23', '4.02.01', 'PRESENT', '2026-02-23 07:10:01', '2026-02-23 16:35:01', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-23 16:30:00+00'),
	(6, '2026-02-23', '4.02.01', 'LATE', '2026-02-23 07:46:01', '2026-02-23 16:31:01', 16, 0, '[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]', '2026-02-23 16:30:00+00'),
	(7, '2026-02-23', '4.02.01', 'INCOMPLETE', '2026-02-23 07:20:01', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-23 16:30:00+00'),
	(8, '2026-02-23', '4.02.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-23 16:30:00+00'),
	(9, '2026-02-23', '5.01.01', 'PRESENT', '2026-02-23 07:10:02', '2026-02-23 16:35:02', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-23 16:30:00+00'),
	(10, '2026-02-23', '5.01.01', 'LATE', '2026-02-23 07:47:02', '2026-02-23 16:31:02', 17, 0, '[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]', '2026-02-23 16:30:00+00'),
	(11, '2026-02-23', '5.01.01', 'INCOMPLETE', '2026-02-23 07:20:02', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-23 16:30:00+00'),
	(12, '2026-02-23', '5.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-23 16:30:00+00'),
	(1, '2026-02-24', '4.01.01', 'PRESENT', '2026-02-24 07:10:00', '2026-02-24 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-24 16:30:00+00'),
	(2, '2026-02-24', '4.01.01', 'LATE', '2026-02-24 07:45:00', '2026-02-24 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-24 16:30:00+00'),
	(3, '2026-02-24', '4.01.01', 'INCOMPLETE', '2026-02-24 07:20:00', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-24 16:30:00+00'),
	(4, '2026-02-24', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-24 16:30:00+00'),
	(5, '2026-02-24', '4.02.01', 'PRESENT', '2026-02-24 07:10:01', '2026-02-24 16:35:01', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-24 16:30:00+00'),
	(6, '2026-02-24', '4.02.01', 'LATE', '2026-02-24 07:46:01', '2026-02-24 16:31:01', 16, 0, '[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]', '2026-02-24 16:30:00+00'),
	(7, '2026-02-24', '4.02.01', 'INCOMPLETE', '2026-02-24 07:20:01', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-24 16:30:00+00'),
	(8, '2026-02-24', '4.02.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-24 16:30:00+00'),
	(9, '2026-02-24', '5.01.01', 'PRESENT', '2026-02-24 07:10:02', '2026-02-24 16:35:02', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-24 16:30:00+00'),
	(10, '2026-02-24', '5.01.01', 'LATE', '2026-02-24 07:47:02', '2026-02-24 16:31:02', 17, 0, '[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]', '2026-02-24 16:30:00+00'),
	(11, '2026-02-24', '5.01.01', 'INCOMPLETE', '2026-02-24 07:20:02', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-24 16:30:00+00'),
	(12, '2026-02-24', '5.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-24 16:30:00+00'),
	(1, '2026-02-25', '4.01.01', 'PRESENT', '2026-02-25 07:10:00', '2026-02-25 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-25 16:30:00+00'),
	(2, '2026-02-25', '4.01.01', 'LATE', '2026-02-25 07:45:00', '2026-02-25 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-25 16:30:00+00'),
	(3, '2026-02-25', '4.01.01', 'INCOMPLETE', '2026-02-25 07:20:00', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-25 16:30:00+00'),
	(4, '2026-02-25', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-25 16:30:00+00'),
	(9, '2026-02-25', '5.01.01', 'PRESENT', '2026-02-25 07:10:02', '2026-02-25 16:35:02', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-25 16:30:00+00'),
	(10, '2026-02-25', '5.01.01', 'LATE', '2026-02-25 07:47:02', '2026-02-25 16:31:02', 17, 0, '[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]', '2026-02-25 16:30:00+00'),
	(11, '2026-02-25', '5.01.01', 'INCOMPLETE', '2026-02-25 07:20:02', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-25 16:30:00+00');
INSERT INTO public.days VALUES
	(12, '2026-02-25', '5.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-25 16:30:00+00'),
	(5, '2026-02-25', '4.02.01', 'PRESENT', '2026-02-25 07:10:01', '2026-02-25 16:35:01', NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(6, '2026-02-25', '4.02.01', 'PRESENT', '2026-02-25 07:46:01', '2026-02-25 16:31:01', NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.46, 16.31"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(7, '2026-02-25', '4.02.01', 'PRESENT', '2026-02-25 07:20:01', NULL, NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.20"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(1, '2026-02-26', '4.01.01', 'PRESENT', '2026-02-26 07:10:00', '2026-02-26 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-26 16:30:00+00'),
	(2, '2026-02-26', '4.01.01', 'LATE', '2026-02-26 07:45:00', '2026-02-26 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-26 16:30:00+00'),
	(3, '2026-02-26', '4.01.01', 'INCOMPLETE', '2026-02-26 07:20:00', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-26 16:30:00+00'),
	(4, '2026-02-26', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-26 16:30:00+00'),
	(9, '2026-02-26', '5.01.01', 'PRESENT', '2026-02-26 07:10:02', '2026-02-26 16:35:02', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-26 16:30:00+00'),
	(10, '2026-02-26', '5.01.01', 'LATE', '2026-02-26 07:47:02', '2026-02-26 16:31:02', 17, 0, '[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]', '2026-02-26 16:30:00+00'),
	(11, '2026-02-26', '5.01.01', 'INCOMPLETE', '2026-02-26 07:20:02', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-26 16:30:00+00'),
	(12, '2026-02-26', '5.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-26 16:30:00+00'),
	(5, '2026-02-26', '4.02.01', 'PRESENT', '2026-02-26 07:10:01', '2026-02-26 16:35:01', NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(6, '2026-02-26', '4.02.01', 'PRESENT', '2026-02-26 07:46:01', '2026-02-26 16:31:01', NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.46, 16.31"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(7, '2026-02-26', '4.02.01', 'PRESENT', '2026-02-26 07:20:01', NULL, NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.20"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(8, '2026-02-26', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(1, '2026-02-27', '4.01.01', 'PRESENT', '2026-02-27 07:10:00', '2026-02-27 16:35:00', 0, 0, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]', '2026-02-27 16:30:00+00'),
	(2, '2026-02-27', '4.01.01', 'LATE', '2026-02-27 07:45:00', '2026-02-27 16:31:00', 15, 0, '[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]', '2026-02-27 16:30:00+00'),
	(3, '2026-02-27', '4.01.01', 'INCOMPLETE', '2026-02-27 07:20:00', NULL, NULL, NULL, '[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]', '2026-02-27 16:30:00+00'),
	(4, '2026-02-27', '4.01.01', 'ABSENT', NULL, NULL, NULL, NULL, '[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]', '2026-02-27 16:30:00+00'),
	(9, '2026-02-27', '5.01.01', 'HOLIDAY', '2026-02-27 07:10:02', '2026-02-27 16:35:02', NULL, NULL, '[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]', '2026-02-27 16:30:00+00'),
	(10, '2026-02-27', '5.01.01', 'HOLIDAY', '2026-02-27 07:47:02', '2026-02-27 16:31:02', NULL, NULL, '[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]', '2026-02-27 16:30:00+00'),
	(11, '2026-02-27', '5.01.01', 'HOLIDAY', '2026-02-27 07:20:02', NULL, NULL, NULL, '[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]', '2026-02-27 16:30:00+00'),
	(12, '2026-02-27', '5.01.01', 'HOLIDAY', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]', '2026-02-27 16:30:00+00'),
	(1, '2026-02-28', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(2, '2026-02-28', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(3, '2026-02-28', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(4, '2026-02-28', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(5, '2026-02-28', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(6, '2026-02-28', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(7, '2026-02-28', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(8, '2026-02-28', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(9, '2026-02-28', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(10, '2026-02-28', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(11, '2026-02-28', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(12, '2026-02-28', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-02-28 16:30:00+00'),
	(1, '2026-03-01', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(2, '2026-03-01', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(3, '2026-03-01', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(4, '2026-03-01', '4.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(5, '2026-03-01', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(6, '2026-03-01', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(7, '2026-03-01', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(8, '2026-03-01', '4.02.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(9, '2026-03-01', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(10, '2026-03-01', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(11, '2026-03-01', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(12, '2026-03-01', '5.01.01', 'OFF', NULL, NULL, NULL, NULL, '[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]', '2026-03-01 16:30:00+00'),
	(1, '2026-03-03', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00'),
	(2, '2026-03-03', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00');
INSERT INTO public.days VALUES
	(3, '2026-03-03', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00'),
	(8, '2026-02-27', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(8, '2026-02-25', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(4, '2026-03-03', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00'),
	(5, '2026-03-03', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(6, '2026-03-03', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(7, '2026-03-03', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(8, '2026-03-03', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}, {"code": "doubtful", "text": "1 rekaman pada mesin depan bertanggal 19 Januari 2038 pukul 03.14 mungkin terjadi hari ini"}]', '2026-03-03 01:00:00+00'),
	(1, '2026-03-02', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00'),
	(2, '2026-03-02', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00'),
	(3, '2026-03-02', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00'),
	(4, '2026-03-02', '4.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]', '2026-03-03 01:00:00+00'),
	(5, '2026-03-02', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(6, '2026-03-02', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(7, '2026-03-02', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(8, '2026-03-02', '4.02.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(9, '2026-03-02', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]', '2026-03-03 01:00:00+00'),
	(10, '2026-03-02', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]', '2026-03-03 01:00:00+00'),
	(11, '2026-03-02', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]', '2026-03-03 01:00:00+00'),
	(12, '2026-03-02', '5.01.01', 'UNVERIFIED', NULL, NULL, NULL, NULL, '[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]', '2026-03-03 01:00:00+00'),
	(5, '2026-02-27', '4.02.01', 'PRESENT', '2026-02-27 07:10:01', '2026-02-27 16:35:01', NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(6, '2026-02-27', '4.02.01', 'PRESENT', '2026-02-27 07:46:01', '2026-02-27 16:31:01', NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.46, 16.31"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(7, '2026-02-27', '4.02.01', 'PRESENT', '2026-02-27 07:20:01', NULL, NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.20"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]', '2026-03-03 01:00:00+00'),
	(3, '2026-02-18', '4.01.01', 'PRESENT', '2026-02-18 07:20:00', '2026-02-18 16:50:00', NULL, NULL, '[{"code": "touches", "text": "ada rekaman pukul 07.20, 16.50"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "bad-record", "text": "satu rekaman nomor pengguna 3 pada mesin depan di sekitar hari ini rusak"}]', '2026-03-03 01:00:00+00');

INSERT INTO public.dirty_punches VALUES
	(1, '3', '2026-02-24');

INSERT INTO public.holidays VALUES
	(1, '2026-01-01', NULL, 'Tahun Baru Masehi', 'public'),
	(2, '2026-01-16', NULL, 'Isra Mikraj Nabi Muhammad', 'public'),
	(3, '2026-02-16', NULL, 'Cuti Bersama Tahun Baru Imlek', 'government'),
	(4, '2026-02-17', NULL, 'Tahun Baru Imlek', 'public'),
	(5, '2026-03-18', NULL, 'Cuti Bersama Hari Suci Nyepi', 'government'),
	(6, '2026-03-19', NULL, 'Hari Suci Nyepi', 'public'),
	(7, '2026-03-20', NULL, 'Cuti Bersama Hari Raya Idul Fitri', 'government'),
	(8, '2026-03-21', NULL, 'Hari Raya Idul Fitri', 'public'),
	(9, '2026-03-22', NULL, 'Hari kedua dari Hari Raya Idul Fitri', 'public'),
	(10, '2026-03-23', NULL, 'Cuti Bersama Hari Raya Idul Fitri', 'government'),
	(11, '2026-03-24', NULL, 'Cuti Bersama Hari Raya Idul Fitri', 'government'),
	(12, '2026-04-03', NULL, 'Wafat Yesus Kristus', 'public'),
	(13, '2026-04-05', NULL, 'Kebangkitan Yesus Kristus', 'public'),
	(14, '2026-05-01', NULL, 'Hari Buruh Internasional', 'public'),
	(15, '2026-05-14', NULL, 'Kenaikan Yesus Kristus', 'public'),
	(16, '2026-05-15', NULL, 'Cuti Bersama Kenaikan Yesus Kristus', 'government'),
	(17, '2026-05-27', NULL, 'Hari Raya Idul Adha', 'public'),
	(18, '2026-05-28', NULL, 'Cuti Bersama Hari Raya Idul Adha', 'government'),
	(19, '2026-05-31', NULL, 'Hari Raya Waisak', 'public'),
	(20, '2026-06-01', NULL, 'Hari Lahir Pancasila', 'public'),
	(21, '2026-06-16', NULL, 'Tahun Baru Islam', 'public'),
	(22, '2026-08-17', NULL, 'Hari Kemerdekaan Republik Indonesia', 'public'),
	(23, '2026-08-25', NULL, 'Maulid Nabi Muhammad', 'public'),
	(24, '2026-12-24', NULL, 'Cuti Bersama Hari Raya Natal', 'government'),
	(25, '2026-12-25', NULL, 'Hari Raya Natal', 'public'),
	(26, '2026-02-27', '5.01.01', 'Hari jadi daerah', 'local');

INSERT INTO public.offices VALUES
	('4.01.01', 'Dinas Pendidikan', '5-hari'),
	('4.02.01', 'Dinas Kesehatan', '5-hari'),
	('5.01.01', 'Badan Kepegawaian', '5-hari');

INSERT INTO public.people VALUES
	(1, '198609262015051001', 'Andi Satu', 'PNS'),
	(2, '198609262015051002', 'Sitti Dua', 'PNS'),
	(3, '198609262015051003', 'I Made Tiga', 'CPNS'),
	(4, '198609262015051004', 'Ni Luh Empat', 'PNS'),
	(5, '198609262015052011', 'Andi Satu', 'PNS'),
	(6, '198609262015052012', 'Sitti Dua', 'PNS'),
	(7, '198609262015052013', 'I Made Tiga', 'CPNS'),
	(8, '198609262015052014', 'Ni Luh Empat', 'PNS'),
	(9, '198609262015051021', 'Andi Satu', 'PNS'),
	(10, '198609262015051022', 'Sitti Dua', 'PNS'),
	(11, '198609262015051023', 'I Made Tiga', 'CPNS'),
	(12, '198609262015051024', 'Ni Luh Empat', 'PNS');

INSERT INTO public.punches VALUES
	(1, '1', '2026-02-16 07:10:00', '2026-02-16', '2026-02-15 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-15 23:12:00+00', '2026-02-15 23:08:00+00', '2026-02-16 10:00:00+00', 1, NULL, '\x3109323032362d30322d31362030373a31303a3030'),
	(1, '1', '2026-02-16 16:35:00', '2026-02-16', '2026-02-16 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-16 08:37:00+00', '2026-02-16 08:33:00+00', '2026-02-16 10:00:00+00', 1, NULL, '\x3109323032362d30322d31362031363a33353a3030'),
	(1, '2', '2026-02-16 07:45:00', '2026-02-16', '2026-02-15 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-15 23:47:00+00', '2026-02-15 23:43:00+00', '2026-02-16 10:00:00+00', 1, NULL, '\x3209323032362d30322d31362030373a34353a3030'),
	(1, '2', '2026-02-16 16:31:00', '2026-02-16', '2026-02-16 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-16 08:33:00+00', '2026-02-16 08:29:00+00', '2026-02-16 10:00:00+00', 1, NULL, '\x3209323032362d30322d31362031363a33313a3030'),
	(1, '3', '2026-02-16 07:20:00', '2026-02-16', '2026-02-15 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-15 23:22:00+00', '2026-02-15 23:18:00+00', '2026-02-16 10:00:00+00', 1, NULL, '\x3309323032362d30322d31362030373a32303a3030'),
	(2, '1', '2026-02-16 07:10:01', '2026-02-16', '2026-02-15 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-15 23:12:01+00', '2026-02-15 23:08:01+00', '2026-02-16 10:00:00+00', 2, NULL, '\x3109323032362d30322d31362030373a31303a3031'),
	(2, '1', '2026-02-16 16:35:01', '2026-02-16', '2026-02-16 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-16 08:37:01+00', '2026-02-16 08:33:01+00', '2026-02-16 10:00:00+00', 2, NULL, '\x3109323032362d30322d31362031363a33353a3031'),
	(2, '2', '2026-02-16 07:46:01', '2026-02-16', '2026-02-15 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-15 23:48:01+00', '2026-02-15 23:44:01+00', '2026-02-16 10:00:00+00', 2, NULL, '\x3209323032362d30322d31362030373a34363a3031'),
	(2, '2', '2026-02-16 16:31:01', '2026-02-16', '2026-02-16 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-16 08:33:01+00', '2026-02-16 08:29:01+00', '2026-02-16 10:00:00+00', 2, NULL, '\x3209323032362d30322d31362031363a33313a3031'),
	(2, '3', '2026-02-16 07:20:01', '2026-02-16', '2026-02-15 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-15 23:22:01+00', '2026-02-15 23:18:01+00', '2026-02-16 10:00:00+00', 2, NULL, '\x3309323032362d30322d31362030373a32303a3031'),
	(3, '1', '2026-02-16 07:10:02', '2026-02-16', '2026-02-15 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-15 23:12:02+00', '2026-02-15 23:08:02+00', '2026-02-16 10:00:00+00', 3, NULL, '\x3109323032362d30322d31362030373a31303a3032'),
	(3, '1', '2026-02-16 16:35:02', '2026-02-16', '2026-02-16 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-16 08:37:02+00', '2026-02-16 08:33:02+00', '2026-02-16 10:00:00+00', 3, NULL, '\x3109323032362d30322d31362031363a33353a3032'),
	(3, '2', '2026-02-16 07:47:02', '2026-02-16', '2026-02-15 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-15 23:49:02+00', '2026-02-15 23:45:02+00', '2026-02-16 10:00:00+00', 3, NULL, '\x3209323032362d30322d31362030373a34373a3032'),
	(3, '2', '2026-02-16 16:31:02', '2026-02-16', '2026-02-16 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-16 08:33:02+00', '2026-02-16 08:29:02+00', '2026-02-16 10:00:00+00', 3, NULL, '\x3209323032362d30322d31362031363a33313a3032'),
	(3, '3', '2026-02-16 07:20:02', '2026-02-16', '2026-02-15 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-15 23:22:02+00', '2026-02-15 23:18:02+00', '2026-02-16 10:00:00+00', 3, NULL, '\x3309323032362d30322d31362030373a32303a3032'),
	(1, '1', '2026-02-17 07:10:00', '2026-02-17', '2026-02-16 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-16 23:12:00+00', '2026-02-16 23:08:00+00', '2026-02-17 10:00:00+00', 4, NULL, '\x3109323032362d30322d31372030373a31303a3030'),
	(1, '1', '2026-02-17 16:35:00', '2026-02-17', '2026-02-17 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-17 08:37:00+00', '2026-02-17 08:33:00+00', '2026-02-17 10:00:00+00', 4, NULL, '\x3109323032362d30322d31372031363a33353a3030'),
	(1, '2', '2026-02-17 07:45:00', '2026-02-17', '2026-02-16 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-16 23:47:00+00', '2026-02-16 23:43:00+00', '2026-02-17 10:00:00+00', 4, NULL, '\x3209323032362d30322d31372030373a34353a3030'),
	(1, '2', '2026-02-17 16:31:00', '2026-02-17', '2026-02-17 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-17 08:33:00+00', '2026-02-17 08:29:00+00', '2026-02-17 10:00:00+00', 4, NULL, '\x3209323032362d30322d31372031363a33313a3030'),
	(1, '3', '2026-02-17 07:20:00', '2026-02-17', '2026-02-16 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-16 23:22:00+00', '2026-02-16 23:18:00+00', '2026-02-17 10:00:00+00', 4, NULL, '\x3309323032362d30322d31372030373a32303a3030'),
	(2, '1', '2026-02-17 07:10:01', '2026-02-17', '2026-02-16 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-16 23:12:01+00', '2026-02-16 23:08:01+00', '2026-02-17 10:00:00+00', 5, NULL, '\x3109323032362d30322d31372030373a31303a3031'),
	(2, '1', '2026-02-17 16:35:01', '2026-02-17', '2026-02-17 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-17 08:37:01+00', '2026-02-17 08:33:01+00', '2026-02-17 10:00:00+00', 5, NULL, '\x3109323032362d30322d31372031363a33353a3031'),
	(2, '2', '2026-02-17 07:46:01', '2026-02-17', '2026-02-16 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-16 23:48:01+00', '2026-02-16 23:44:01+00', '2026-02-17 10:00:00+00', 5, NULL, '\x3209323032362d30322d31372030373a34363a3031'),
	(2, '2', '2026-02-17 16:31:01', '2026-02-17', '2026-02-17 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-17 08:33:01+00', '2026-02-17 08:29:01+00', '2026-02-17 10:00:00+00', 5, NULL, '\x3209323032362d30322d31372031363a33313a3031'),
	(2, '3', '2026-02-17 07:20:01', '2026-02-17', '2026-02-16 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-16 23:22:01+00', '2026-02-16 23:18:01+00', '2026-02-17 10:00:00+00', 5, NULL, '\x3309323032362d30322d31372030373a32303a3031'),
	(3, '1', '2026-02-17 07:10:02', '2026-02-17', '2026-02-16 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-16 23:12:02+00', '2026-02-16 23:08:02+00', '2026-02-17 10:00:00+00', 6, NULL, '\x3109323032362d30322d31372030373a31303a3032'),
	(3, '1', '2026-02-17 16:35:02', '2026-02-17', '2026-02-17 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-17 08:37:02+00', '2026-02-17 08:33:02+00', '2026-02-17 10:00:00+00', 6, NULL, '\x3109323032362d30322d31372031363a33353a3032'),
	(3, '2', '2026-02-17 07:47:02', '2026-02-17', '2026-02-16 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-16 23:49:02+00', '2026-02-16 23:45:02+00', '2026-02-17 10:00:00+00', 6, NULL, '\x3209323032362d30322d31372030373a34373a3032'),
	(3, '2', '2026-02-17 16:31:02', '2026-02-17', '2026-02-17 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-17 08:33:02+00', '2026-02-17 08:29:02+00', '2026-02-17 10:00:00+00', 6, NULL, '\x3209323032362d30322d31372031363a33313a3032'),
	(3, '3', '2026-02-17 07:20:02', '2026-02-17', '2026-02-16 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-16 23:22:02+00', '2026-02-16 23:18:02+00', '2026-02-17 10:00:00+00', 6, NULL, '\x3309323032362d30322d31372030373a32303a3032'),
	(1, '1', '2026-02-18 07:10:00', '2026-02-18', '2026-02-17 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-17 23:12:00+00', '2026-02-17 23:08:00+00', '2026-02-18 10:00:00+00', 7, NULL, '\x3109323032362d30322d31382030373a31303a3030'),
	(1, '1', '2026-02-18 16:35:00', '2026-02-18', '2026-02-18 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-18 08:37:00+00', '2026-02-18 08:33:00+00', '2026-02-18 10:00:00+00', 7, NULL, '\x3109323032362d30322d31382031363a33353a3030'),
	(1, '2', '2026-02-18 07:45:00', '2026-02-18', '2026-02-17 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-17 23:47:00+00', '2026-02-17 23:43:00+00', '2026-02-18 10:00:00+00', 7, NULL, '\x3209323032362d30322d31382030373a34353a3030'),
	(1, '2', '2026-02-18 16:31:00', '2026-02-18', '2026-02-18 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-18 08:33:00+00', '2026-02-18 08:29:00+00', '2026-02-18 10:00:00+00', 7, NULL, '\x3209323032362d30322d31382031363a33313a3030'),
	(1, '3', '2026-02-18 07:20:00', '2026-02-18', '2026-02-17 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-17 23:22:00+00', '2026-02-17 23:18:00+00', '2026-02-18 10:00:00+00', 7, NULL, '\x3309323032362d30322d31382030373a32303a3030'),
	(2, '1', '2026-02-18 07:10:01', '2026-02-18', '2026-02-17 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-17 23:12:01+00', '2026-02-17 23:08:01+00', '2026-02-18 10:00:00+00', 8, NULL, '\x3109323032362d30322d31382030373a31303a3031'),
	(2, '1', '2026-02-18 16:35:01', '2026-02-18', '2026-02-18 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-18 08:37:01+00', '2026-02-18 08:33:01+00', '2026-02-18 10:00:00+00', 8, NULL, '\x3109323032362d30322d31382031363a33353a3031'),
	(2, '2', '2026-02-18 07:46:01', '2026-02-18', '2026-02-17 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-17 23:48:01+00', '2026-02-17 23:44:01+00', '2026-02-18 10:00:00+00', 8, NULL, '\x3209323032362d30322d31382030373a34363a3031'),
	(2, '2', '2026-02-18 16:31:01', '2026-02-18', '2026-02-18 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-18 08:33:01+00', '2026-02-18 08:29:01+00', '2026-02-18 10:00:00+00', 8, NULL, '\x3209323032362d30322d31382031363a33313a3031'),
	(2, '3', '2026-02-18 07:20:01', '2026-02-18', '2026-02-17 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-17 23:22:01+00', '2026-02-17 23:18:01+00', '2026-02-18 10:00:00+00', 8, NULL, '\x3309323032362d30322d31382030373a32303a3031'),
	(3, '1', '2026-02-18 07:10:02', '2026-02-18', '2026-02-17 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-17 23:12:02+00', '2026-02-17 23:08:02+00', '2026-02-18 10:00:00+00', 9, NULL, '\x3109323032362d30322d31382030373a31303a3032'),
	(3, '1', '2026-02-18 16:35:02', '2026-02-18', '2026-02-18 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-18 08:37:02+00', '2026-02-18 08:33:02+00', '2026-02-18 10:00:00+00', 9, NULL, '\x3109323032362d30322d31382031363a33353a3032'),
	(3, '2', '2026-02-18 07:47:02', '2026-02-18', '2026-02-17 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-17 23:49:02+00', '2026-02-17 23:45:02+00', '2026-02-18 10:00:00+00', 9, NULL, '\x3209323032362d30322d31382030373a34373a3032'),
	(3, '2', '2026-02-18 16:31:02', '2026-02-18', '2026-02-18 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-18 08:33:02+00', '2026-02-18 08:29:02+00', '2026-02-18 10:00:00+00', 9, NULL, '\x3209323032362d30322d31382031363a33313a3032'),
	(3, '3', '2026-02-18 07:20:02', '2026-02-18', '2026-02-17 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-17 23:22:02+00', '2026-02-17 23:18:02+00', '2026-02-18 10:00:00+00', 9, NULL, '\x3309323032362d30322d31382030373a32303a3032'),
	(1, '1', '2026-02-19 07:10:00', '2026-02-19', '2026-02-18 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-18 23:12:00+00', '2026-02-18 23:08:00+00', '2026-02-19 10:00:00+00', 10, NULL, '\x3109323032362d30322d31392030373a31303a3030'),
	(1, '1', '2026-02-19 16:35:00', '2026-02-19', '2026-02-19 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-19 08:37:00+00', '2026-02-19 08:33:00+00', '2026-02-19 10:00:00+00', 10, NULL, '\x3109323032362d30322d31392031363a33353a3030'),
	(1, '2', '2026-02-19 07:45:00', '2026-02-19', '2026-02-18 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-18 23:47:00+00', '2026-02-18 23:43:00+00', '2026-02-19 10:00:00+00', 10, NULL, '\x3209323032362d30322d31392030373a34353a3030'),
	(1, '2', '2026-02-19 16:31:00', '2026-02-19', '2026-02-19 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-19 08:33:00+00', '2026-02-19 08:29:00+00', '2026-02-19 10:00:00+00', 10, NULL, '\x3209323032362d30322d31392031363a33313a3030'),
	(1, '3', '2026-02-19 07:20:00', '2026-02-19', '2026-02-18 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-18 23:22:00+00', '2026-02-18 23:18:00+00', '2026-02-19 10:00:00+00', 10, NULL, '\x3309323032362d30322d31392030373a32303a3030');
INSERT INTO public.punches VALUES
	(2, '1', '2026-02-19 07:10:01', '2026-02-19', '2026-02-18 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-18 23:12:01+00', '2026-02-18 23:08:01+00', '2026-02-19 10:00:00+00', 11, NULL, '\x3109323032362d30322d31392030373a31303a3031'),
	(2, '1', '2026-02-19 16:35:01', '2026-02-19', '2026-02-19 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-19 08:37:01+00', '2026-02-19 08:33:01+00', '2026-02-19 10:00:00+00', 11, NULL, '\x3109323032362d30322d31392031363a33353a3031'),
	(2, '2', '2026-02-19 07:46:01', '2026-02-19', '2026-02-18 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-18 23:48:01+00', '2026-02-18 23:44:01+00', '2026-02-19 10:00:00+00', 11, NULL, '\x3209323032362d30322d31392030373a34363a3031'),
	(2, '2', '2026-02-19 16:31:01', '2026-02-19', '2026-02-19 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-19 08:33:01+00', '2026-02-19 08:29:01+00', '2026-02-19 10:00:00+00', 11, NULL, '\x3209323032362d30322d31392031363a33313a3031'),
	(2, '3', '2026-02-19 07:20:01', '2026-02-19', '2026-02-18 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-18 23:22:01+00', '2026-02-18 23:18:01+00', '2026-02-19 10:00:00+00', 11, NULL, '\x3309323032362d30322d31392030373a32303a3031'),
	(3, '1', '2026-02-19 07:10:02', '2026-02-19', '2026-02-18 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-18 23:12:02+00', '2026-02-18 23:08:02+00', '2026-02-19 10:00:00+00', 12, NULL, '\x3109323032362d30322d31392030373a31303a3032'),
	(3, '1', '2026-02-19 16:35:02', '2026-02-19', '2026-02-19 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-19 08:37:02+00', '2026-02-19 08:33:02+00', '2026-02-19 10:00:00+00', 12, NULL, '\x3109323032362d30322d31392031363a33353a3032'),
	(3, '2', '2026-02-19 07:47:02', '2026-02-19', '2026-02-18 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-18 23:49:02+00', '2026-02-18 23:45:02+00', '2026-02-19 10:00:00+00', 12, NULL, '\x3209323032362d30322d31392030373a34373a3032'),
	(3, '2', '2026-02-19 16:31:02', '2026-02-19', '2026-02-19 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-19 08:33:02+00', '2026-02-19 08:29:02+00', '2026-02-19 10:00:00+00', 12, NULL, '\x3209323032362d30322d31392031363a33313a3032'),
	(3, '3', '2026-02-19 07:20:02', '2026-02-19', '2026-02-18 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-18 23:22:02+00', '2026-02-18 23:18:02+00', '2026-02-19 10:00:00+00', 12, NULL, '\x3309323032362d30322d31392030373a32303a3032'),
	(1, '1', '2026-02-20 07:10:00', '2026-02-20', '2026-02-19 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-19 23:12:00+00', '2026-02-19 23:08:00+00', '2026-02-20 10:00:00+00', 13, NULL, '\x3109323032362d30322d32302030373a31303a3030'),
	(1, '1', '2026-02-20 16:35:00', '2026-02-20', '2026-02-20 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-20 08:37:00+00', '2026-02-20 08:33:00+00', '2026-02-20 10:00:00+00', 13, NULL, '\x3109323032362d30322d32302031363a33353a3030'),
	(1, '2', '2026-02-20 07:45:00', '2026-02-20', '2026-02-19 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-19 23:47:00+00', '2026-02-19 23:43:00+00', '2026-02-20 10:00:00+00', 13, NULL, '\x3209323032362d30322d32302030373a34353a3030'),
	(1, '2', '2026-02-20 16:31:00', '2026-02-20', '2026-02-20 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-20 08:33:00+00', '2026-02-20 08:29:00+00', '2026-02-20 10:00:00+00', 13, NULL, '\x3209323032362d30322d32302031363a33313a3030'),
	(1, '3', '2026-02-20 07:20:00', '2026-02-20', '2026-02-19 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-19 23:22:00+00', '2026-02-19 23:18:00+00', '2026-02-20 10:00:00+00', 13, NULL, '\x3309323032362d30322d32302030373a32303a3030'),
	(2, '1', '2026-02-20 07:10:01', '2026-02-20', '2026-02-19 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-19 23:12:01+00', '2026-02-19 23:08:01+00', '2026-02-20 10:00:00+00', 14, NULL, '\x3109323032362d30322d32302030373a31303a3031'),
	(2, '1', '2026-02-20 16:35:01', '2026-02-20', '2026-02-20 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-20 08:37:01+00', '2026-02-20 08:33:01+00', '2026-02-20 10:00:00+00', 14, NULL, '\x3109323032362d30322d32302031363a33353a3031'),
	(2, '2', '2026-02-20 07:46:01', '2026-02-20', '2026-02-19 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-19 23:48:01+00', '2026-02-19 23:44:01+00', '2026-02-20 10:00:00+00', 14, NULL, '\x3209323032362d30322d32302030373a34363a3031'),
	(2, '2', '2026-02-20 16:31:01', '2026-02-20', '2026-02-20 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-20 08:33:01+00', '2026-02-20 08:29:01+00', '2026-02-20 10:00:00+00', 14, NULL, '\x3209323032362d30322d32302031363a33313a3031'),
	(2, '3', '2026-02-20 07:20:01', '2026-02-20', '2026-02-19 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-19 23:22:01+00', '2026-02-19 23:18:01+00', '2026-02-20 10:00:00+00', 14, NULL, '\x3309323032362d30322d32302030373a32303a3031'),
	(3, '1', '2026-02-20 07:10:02', '2026-02-20', '2026-02-19 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-19 23:12:02+00', '2026-02-19 23:08:02+00', '2026-02-20 10:00:00+00', 15, NULL, '\x3109323032362d30322d32302030373a31303a3032'),
	(3, '1', '2026-02-20 16:35:02', '2026-02-20', '2026-02-20 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-20 08:37:02+00', '2026-02-20 08:33:02+00', '2026-02-20 10:00:00+00', 15, NULL, '\x3109323032362d30322d32302031363a33353a3032'),
	(3, '2', '2026-02-20 07:47:02', '2026-02-20', '2026-02-19 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-19 23:49:02+00', '2026-02-19 23:45:02+00', '2026-02-20 10:00:00+00', 15, NULL, '\x3209323032362d30322d32302030373a34373a3032'),
	(3, '2', '2026-02-20 16:31:02', '2026-02-20', '2026-02-20 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-20 08:33:02+00', '2026-02-20 08:29:02+00', '2026-02-20 10:00:00+00', 15, NULL, '\x3209323032362d30322d32302031363a33313a3032'),
	(3, '3', '2026-02-20 07:20:02', '2026-02-20', '2026-02-19 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-19 23:22:02+00', '2026-02-19 23:18:02+00', '2026-02-20 10:00:00+00', 15, NULL, '\x3309323032362d30322d32302030373a32303a3032'),
	(1, '1', '2026-02-23 07:10:00', '2026-02-23', '2026-02-22 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-22 23:12:00+00', '2026-02-22 23:08:00+00', '2026-02-23 10:00:00+00', 16, NULL, '\x3109323032362d30322d32332030373a31303a3030'),
	(1, '1', '2026-02-23 16:35:00', '2026-02-23', '2026-02-23 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-23 08:37:00+00', '2026-02-23 08:33:00+00', '2026-02-23 10:00:00+00', 16, NULL, '\x3109323032362d30322d32332031363a33353a3030'),
	(1, '2', '2026-02-23 07:45:00', '2026-02-23', '2026-02-22 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-22 23:47:00+00', '2026-02-22 23:43:00+00', '2026-02-23 10:00:00+00', 16, NULL, '\x3209323032362d30322d32332030373a34353a3030'),
	(1, '2', '2026-02-23 16:31:00', '2026-02-23', '2026-02-23 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-23 08:33:00+00', '2026-02-23 08:29:00+00', '2026-02-23 10:00:00+00', 16, NULL, '\x3209323032362d30322d32332031363a33313a3030'),
	(1, '3', '2026-02-23 07:20:00', '2026-02-23', '2026-02-22 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-22 23:22:00+00', '2026-02-22 23:18:00+00', '2026-02-23 10:00:00+00', 16, NULL, '\x3309323032362d30322d32332030373a32303a3030'),
	(2, '1', '2026-02-23 07:10:01', '2026-02-23', '2026-02-22 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-22 23:12:01+00', '2026-02-22 23:08:01+00', '2026-02-23 10:00:00+00', 17, NULL, '\x3109323032362d30322d32332030373a31303a3031'),
	(2, '1', '2026-02-23 16:35:01', '2026-02-23', '2026-02-23 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-23 08:37:01+00', '2026-02-23 08:33:01+00', '2026-02-23 10:00:00+00', 17, NULL, '\x3109323032362d30322d32332031363a33353a3031'),
	(2, '2', '2026-02-23 07:46:01', '2026-02-23', '2026-02-22 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-22 23:48:01+00', '2026-02-22 23:44:01+00', '2026-02-23 10:00:00+00', 17, NULL, '\x3209323032362d30322d32332030373a34363a3031'),
	(2, '2', '2026-02-23 16:31:01', '2026-02-23', '2026-02-23 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-23 08:33:01+00', '2026-02-23 08:29:01+00', '2026-02-23 10:00:00+00', 17, NULL, '\x3209323032362d30322d32332031363a33313a3031'),
	(2, '3', '2026-02-23 07:20:01', '2026-02-23', '2026-02-22 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-22 23:22:01+00', '2026-02-22 23:18:01+00', '2026-02-23 10:00:00+00', 17, NULL, '\x3309323032362d30322d32332030373a32303a3031'),
	(3, '1', '2026-02-23 07:10:02', '2026-02-23', '2026-02-22 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-22 23:12:02+00', '2026-02-22 23:08:02+00', '2026-02-23 10:00:00+00', 18, NULL, '\x3109323032362d30322d32332030373a31303a3032'),
	(3, '1', '2026-02-23 16:35:02', '2026-02-23', '2026-02-23 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-23 08:37:02+00', '2026-02-23 08:33:02+00', '2026-02-23 10:00:00+00', 18, NULL, '\x3109323032362d30322d32332031363a33353a3032'),
	(3, '2', '2026-02-23 07:47:02', '2026-02-23', '2026-02-22 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-22 23:49:02+00', '2026-02-22 23:45:02+00', '2026-02-23 10:00:00+00', 18, NULL, '\x3209323032362d30322d32332030373a34373a3032'),
	(3, '2', '2026-02-23 16:31:02', '2026-02-23', '2026-02-23 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-23 08:33:02+00', '2026-02-23 08:29:02+00', '2026-02-23 10:00:00+00', 18, NULL, '\x3209323032362d30322d32332031363a33313a3032'),
	(3, '3', '2026-02-23 07:20:02', '2026-02-23', '2026-02-22 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-22 23:22:02+00', '2026-02-22 23:18:02+00', '2026-02-23 10:00:00+00', 18, NULL, '\x3309323032362d30322d32332030373a32303a3032'),
	(1, '1', '2026-02-24 07:10:00', '2026-02-24', '2026-02-23 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-23 23:12:00+00', '2026-02-23 23:08:00+00', '2026-02-24 10:00:00+00', 19, NULL, '\x3109323032362d30322d32342030373a31303a3030'),
	(1, '1', '2026-02-24 16:35:00', '2026-02-24', '2026-02-24 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-24 08:37:00+00', '2026-02-24 08:33:00+00', '2026-02-24 10:00:00+00', 19, NULL, '\x3109323032362d30322d32342031363a33353a3030'),
	(1, '2', '2026-02-24 07:45:00', '2026-02-24', '2026-02-23 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-23 23:47:00+00', '2026-02-23 23:43:00+00', '2026-02-24 10:00:00+00', 19, NULL, '\x3209323032362d30322d32342030373a34353a3030'),
	(1, '2', '2026-02-24 16:31:00', '2026-02-24', '2026-02-24 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-24 08:33:00+00', '2026-02-24 08:29:00+00', '2026-02-24 10:00:00+00', 19, NULL, '\x3209323032362d30322d32342031363a33313a3030'),
	(1, '3', '2026-02-24 07:20:00', '2026-02-24', '2026-02-23 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-23 23:22:00+00', '2026-02-23 23:18:00+00', '2026-02-24 10:00:00+00', 19, NULL, '\x3309323032362d30322d32342030373a32303a3030'),
	(2, '1', '2026-02-24 07:10:01', '2026-02-24', '2026-02-23 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-23 23:12:01+00', '2026-02-23 23:08:01+00', '2026-02-24 10:00:00+00', 20, NULL, '\x3109323032362d30322d32342030373a31303a3031'),
	(2, '1', '2026-02-24 16:35:01', '2026-02-24', '2026-02-24 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-24 08:37:01+00', '2026-02-24 08:33:01+00', '2026-02-24 10:00:00+00', 20, NULL, '\x3109323032362d30322d32342031363a33353a3031'),
	(2, '2', '2026-02-24 07:46:01', '2026-02-24', '2026-02-23 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-23 23:48:01+00', '2026-02-23 23:44:01+00', '2026-02-24 10:00:00+00', 20, NULL, '\x3209323032362d30322d32342030373a34363a3031'),
	(2, '2', '2026-02-24 16:31:01', '2026-02-24', '2026-02-24 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-24 08:33:01+00', '2026-02-24 08:29:01+00', '2026-02-24 10:00:00+00', 20, NULL, '\x3209323032362d30322d32342031363a33313a3031'),
	(2, '3', '2026-02-24 07:20:01', '2026-02-24', '2026-02-23 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-23 23:22:01+00', '2026-02-23 23:18:01+00', '2026-02-24 10:00:00+00', 20, NULL, '\x3309323032362d30322d32342030373a32303a3031');
INSERT INTO public.punches VALUES
	(3, '1', '2026-02-24 07:10:02', '2026-02-24', '2026-02-23 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-23 23:12:02+00', '2026-02-23 23:08:02+00', '2026-02-24 10:00:00+00', 21, NULL, '\x3109323032362d30322d32342030373a31303a3032'),
	(3, '1', '2026-02-24 16:35:02', '2026-02-24', '2026-02-24 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-24 08:37:02+00', '2026-02-24 08:33:02+00', '2026-02-24 10:00:00+00', 21, NULL, '\x3109323032362d30322d32342031363a33353a3032'),
	(3, '2', '2026-02-24 07:47:02', '2026-02-24', '2026-02-23 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-23 23:49:02+00', '2026-02-23 23:45:02+00', '2026-02-24 10:00:00+00', 21, NULL, '\x3209323032362d30322d32342030373a34373a3032'),
	(3, '2', '2026-02-24 16:31:02', '2026-02-24', '2026-02-24 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-24 08:33:02+00', '2026-02-24 08:29:02+00', '2026-02-24 10:00:00+00', 21, NULL, '\x3209323032362d30322d32342031363a33313a3032'),
	(3, '3', '2026-02-24 07:20:02', '2026-02-24', '2026-02-23 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-23 23:22:02+00', '2026-02-23 23:18:02+00', '2026-02-24 10:00:00+00', 21, NULL, '\x3309323032362d30322d32342030373a32303a3032'),
	(1, '1', '2026-02-25 07:10:00', '2026-02-25', '2026-02-24 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-24 23:12:00+00', '2026-02-24 23:08:00+00', '2026-02-25 10:00:00+00', 22, NULL, '\x3109323032362d30322d32352030373a31303a3030'),
	(1, '1', '2026-02-25 16:35:00', '2026-02-25', '2026-02-25 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-25 08:37:00+00', '2026-02-25 08:33:00+00', '2026-02-25 10:00:00+00', 22, NULL, '\x3109323032362d30322d32352031363a33353a3030'),
	(1, '2', '2026-02-25 07:45:00', '2026-02-25', '2026-02-24 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-24 23:47:00+00', '2026-02-24 23:43:00+00', '2026-02-25 10:00:00+00', 22, NULL, '\x3209323032362d30322d32352030373a34353a3030'),
	(1, '2', '2026-02-25 16:31:00', '2026-02-25', '2026-02-25 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-25 08:33:00+00', '2026-02-25 08:29:00+00', '2026-02-25 10:00:00+00', 22, NULL, '\x3209323032362d30322d32352031363a33313a3030'),
	(1, '3', '2026-02-25 07:20:00', '2026-02-25', '2026-02-24 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-24 23:22:00+00', '2026-02-24 23:18:00+00', '2026-02-25 10:00:00+00', 22, NULL, '\x3309323032362d30322d32352030373a32303a3030'),
	(2, '1', '2026-02-25 07:10:01', '2026-02-25', '2026-02-24 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-24 23:12:01+00', '2026-02-24 23:08:01+00', '2026-02-25 10:00:00+00', 23, NULL, '\x3109323032362d30322d32352030373a31303a3031'),
	(2, '1', '2026-02-25 16:35:01', '2026-02-25', '2026-02-25 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-25 08:37:01+00', '2026-02-25 08:33:01+00', '2026-02-25 10:00:00+00', 23, NULL, '\x3109323032362d30322d32352031363a33353a3031'),
	(2, '2', '2026-02-25 07:46:01', '2026-02-25', '2026-02-24 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-24 23:48:01+00', '2026-02-24 23:44:01+00', '2026-02-25 10:00:00+00', 23, NULL, '\x3209323032362d30322d32352030373a34363a3031'),
	(2, '2', '2026-02-25 16:31:01', '2026-02-25', '2026-02-25 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-25 08:33:01+00', '2026-02-25 08:29:01+00', '2026-02-25 10:00:00+00', 23, NULL, '\x3209323032362d30322d32352031363a33313a3031'),
	(2, '3', '2026-02-25 07:20:01', '2026-02-25', '2026-02-24 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-24 23:22:01+00', '2026-02-24 23:18:01+00', '2026-02-25 10:00:00+00', 23, NULL, '\x3309323032362d30322d32352030373a32303a3031'),
	(3, '1', '2026-02-25 07:10:02', '2026-02-25', '2026-02-24 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-24 23:12:02+00', '2026-02-24 23:08:02+00', '2026-02-25 10:00:00+00', 24, NULL, '\x3109323032362d30322d32352030373a31303a3032'),
	(3, '1', '2026-02-25 16:35:02', '2026-02-25', '2026-02-25 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-25 08:37:02+00', '2026-02-25 08:33:02+00', '2026-02-25 10:00:00+00', 24, NULL, '\x3109323032362d30322d32352031363a33353a3032'),
	(3, '2', '2026-02-25 07:47:02', '2026-02-25', '2026-02-24 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-24 23:49:02+00', '2026-02-24 23:45:02+00', '2026-02-25 10:00:00+00', 24, NULL, '\x3209323032362d30322d32352030373a34373a3032'),
	(3, '2', '2026-02-25 16:31:02', '2026-02-25', '2026-02-25 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-25 08:33:02+00', '2026-02-25 08:29:02+00', '2026-02-25 10:00:00+00', 24, NULL, '\x3209323032362d30322d32352031363a33313a3032'),
	(3, '3', '2026-02-25 07:20:02', '2026-02-25', '2026-02-24 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-24 23:22:02+00', '2026-02-24 23:18:02+00', '2026-02-25 10:00:00+00', 24, NULL, '\x3309323032362d30322d32352030373a32303a3032'),
	(1, '1', '2026-02-26 07:10:00', '2026-02-26', '2026-02-25 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-25 23:12:00+00', '2026-02-25 23:08:00+00', '2026-02-26 10:00:00+00', 25, NULL, '\x3109323032362d30322d32362030373a31303a3030'),
	(1, '1', '2026-02-26 16:35:00', '2026-02-26', '2026-02-26 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-26 08:37:00+00', '2026-02-26 08:33:00+00', '2026-02-26 10:00:00+00', 25, NULL, '\x3109323032362d30322d32362031363a33353a3030'),
	(1, '2', '2026-02-26 07:45:00', '2026-02-26', '2026-02-25 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-25 23:47:00+00', '2026-02-25 23:43:00+00', '2026-02-26 10:00:00+00', 25, NULL, '\x3209323032362d30322d32362030373a34353a3030'),
	(1, '2', '2026-02-26 16:31:00', '2026-02-26', '2026-02-26 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-26 08:33:00+00', '2026-02-26 08:29:00+00', '2026-02-26 10:00:00+00', 25, NULL, '\x3209323032362d30322d32362031363a33313a3030'),
	(1, '3', '2026-02-26 07:20:00', '2026-02-26', '2026-02-25 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-25 23:22:00+00', '2026-02-25 23:18:00+00', '2026-02-26 10:00:00+00', 25, NULL, '\x3309323032362d30322d32362030373a32303a3030'),
	(2, '1', '2026-02-26 07:10:01', '2026-02-26', '2026-02-25 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-25 23:12:01+00', '2026-02-25 23:08:01+00', '2026-02-26 10:00:00+00', 26, NULL, '\x3109323032362d30322d32362030373a31303a3031'),
	(2, '1', '2026-02-26 16:35:01', '2026-02-26', '2026-02-26 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-26 08:37:01+00', '2026-02-26 08:33:01+00', '2026-02-26 10:00:00+00', 26, NULL, '\x3109323032362d30322d32362031363a33353a3031'),
	(2, '2', '2026-02-26 07:46:01', '2026-02-26', '2026-02-25 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-25 23:48:01+00', '2026-02-25 23:44:01+00', '2026-02-26 10:00:00+00', 26, NULL, '\x3209323032362d30322d32362030373a34363a3031'),
	(2, '2', '2026-02-26 16:31:01', '2026-02-26', '2026-02-26 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-26 08:33:01+00', '2026-02-26 08:29:01+00', '2026-02-26 10:00:00+00', 26, NULL, '\x3209323032362d30322d32362031363a33313a3031'),
	(2, '3', '2026-02-26 07:20:01', '2026-02-26', '2026-02-25 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-25 23:22:01+00', '2026-02-25 23:18:01+00', '2026-02-26 10:00:00+00', 26, NULL, '\x3309323032362d30322d32362030373a32303a3031'),
	(3, '1', '2026-02-26 07:10:02', '2026-02-26', '2026-02-25 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-25 23:12:02+00', '2026-02-25 23:08:02+00', '2026-02-26 10:00:00+00', 27, NULL, '\x3109323032362d30322d32362030373a31303a3032'),
	(3, '1', '2026-02-26 16:35:02', '2026-02-26', '2026-02-26 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-26 08:37:02+00', '2026-02-26 08:33:02+00', '2026-02-26 10:00:00+00', 27, NULL, '\x3109323032362d30322d32362031363a33353a3032'),
	(3, '2', '2026-02-26 07:47:02', '2026-02-26', '2026-02-25 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-25 23:49:02+00', '2026-02-25 23:45:02+00', '2026-02-26 10:00:00+00', 27, NULL, '\x3209323032362d30322d32362030373a34373a3032'),
	(3, '2', '2026-02-26 16:31:02', '2026-02-26', '2026-02-26 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-26 08:33:02+00', '2026-02-26 08:29:02+00', '2026-02-26 10:00:00+00', 27, NULL, '\x3209323032362d30322d32362031363a33313a3032'),
	(3, '3', '2026-02-26 07:20:02', '2026-02-26', '2026-02-25 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-25 23:22:02+00', '2026-02-25 23:18:02+00', '2026-02-26 10:00:00+00', 27, NULL, '\x3309323032362d30322d32362030373a32303a3032'),
	(1, '1', '2026-02-27 07:10:00', '2026-02-27', '2026-02-26 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-26 23:12:00+00', '2026-02-26 23:08:00+00', '2026-02-27 10:00:00+00', 28, NULL, '\x3109323032362d30322d32372030373a31303a3030'),
	(1, '1', '2026-02-27 16:35:00', '2026-02-27', '2026-02-27 08:35:00+00', 1, 1, '', 'poll', 3, '2026-02-27 08:37:00+00', '2026-02-27 08:33:00+00', '2026-02-27 10:00:00+00', 28, NULL, '\x3109323032362d30322d32372031363a33353a3030'),
	(1, '2', '2026-02-27 07:45:00', '2026-02-27', '2026-02-26 23:45:00+00', 0, 1, '', 'poll', 3, '2026-02-26 23:47:00+00', '2026-02-26 23:43:00+00', '2026-02-27 10:00:00+00', 28, NULL, '\x3209323032362d30322d32372030373a34353a3030'),
	(1, '2', '2026-02-27 16:31:00', '2026-02-27', '2026-02-27 08:31:00+00', 1, 1, '', 'poll', 3, '2026-02-27 08:33:00+00', '2026-02-27 08:29:00+00', '2026-02-27 10:00:00+00', 28, NULL, '\x3209323032362d30322d32372031363a33313a3030'),
	(1, '3', '2026-02-27 07:20:00', '2026-02-27', '2026-02-26 23:20:00+00', 0, 1, '', 'poll', 3, '2026-02-26 23:22:00+00', '2026-02-26 23:18:00+00', '2026-02-27 10:00:00+00', 28, NULL, '\x3309323032362d30322d32372030373a32303a3030'),
	(2, '1', '2026-02-27 07:10:01', '2026-02-27', '2026-02-26 23:10:01+00', 0, 1, '', 'poll', 3, '2026-02-26 23:12:01+00', '2026-02-26 23:08:01+00', '2026-02-27 10:00:00+00', 29, NULL, '\x3109323032362d30322d32372030373a31303a3031'),
	(2, '1', '2026-02-27 16:35:01', '2026-02-27', '2026-02-27 08:35:01+00', 1, 1, '', 'poll', 3, '2026-02-27 08:37:01+00', '2026-02-27 08:33:01+00', '2026-02-27 10:00:00+00', 29, NULL, '\x3109323032362d30322d32372031363a33353a3031'),
	(2, '2', '2026-02-27 07:46:01', '2026-02-27', '2026-02-26 23:46:01+00', 0, 1, '', 'poll', 3, '2026-02-26 23:48:01+00', '2026-02-26 23:44:01+00', '2026-02-27 10:00:00+00', 29, NULL, '\x3209323032362d30322d32372030373a34363a3031'),
	(2, '2', '2026-02-27 16:31:01', '2026-02-27', '2026-02-27 08:31:01+00', 1, 1, '', 'poll', 3, '2026-02-27 08:33:01+00', '2026-02-27 08:29:01+00', '2026-02-27 10:00:00+00', 29, NULL, '\x3209323032362d30322d32372031363a33313a3031'),
	(2, '3', '2026-02-27 07:20:01', '2026-02-27', '2026-02-26 23:20:01+00', 0, 1, '', 'poll', 3, '2026-02-26 23:22:01+00', '2026-02-26 23:18:01+00', '2026-02-27 10:00:00+00', 29, NULL, '\x3309323032362d30322d32372030373a32303a3031'),
	(3, '1', '2026-02-27 07:10:02', '2026-02-27', '2026-02-26 23:10:02+00', 0, 1, '', 'poll', 3, '2026-02-26 23:12:02+00', '2026-02-26 23:08:02+00', '2026-02-27 10:00:00+00', 30, NULL, '\x3109323032362d30322d32372030373a31303a3032'),
	(3, '1', '2026-02-27 16:35:02', '2026-02-27', '2026-02-27 08:35:02+00', 1, 1, '', 'poll', 3, '2026-02-27 08:37:02+00', '2026-02-27 08:33:02+00', '2026-02-27 10:00:00+00', 30, NULL, '\x3109323032362d30322d32372031363a33353a3032'),
	(3, '2', '2026-02-27 07:47:02', '2026-02-27', '2026-02-26 23:47:02+00', 0, 1, '', 'poll', 3, '2026-02-26 23:49:02+00', '2026-02-26 23:45:02+00', '2026-02-27 10:00:00+00', 30, NULL, '\x3209323032362d30322d32372030373a34373a3032'),
	(3, '2', '2026-02-27 16:31:02', '2026-02-27', '2026-02-27 08:31:02+00', 1, 1, '', 'poll', 3, '2026-02-27 08:33:02+00', '2026-02-27 08:29:02+00', '2026-02-27 10:00:00+00', 30, NULL, '\x3209323032362d30322d32372031363a33313a3032'),
	(3, '3', '2026-02-27 07:20:02', '2026-02-27', '2026-02-26 23:20:02+00', 0, 1, '', 'poll', 3, '2026-02-26 23:22:02+00', '2026-02-26 23:18:02+00', '2026-02-27 10:00:00+00', 30, NULL, '\x3309323032362d30322d32372030373a32303a3032');
INSERT INTO public.punches VALUES
	(1, '198609262015051003', '2026-02-18 16:50:00', '2026-02-18', '2026-02-18 08:50:00+00', 1, 1, '', 'poll', 3, '2026-02-18 08:52:00+00', '2026-02-18 08:48:00+00', '2026-03-03 00:56:00+00', 31, NULL, '\x31393836303932363230313530353130303309323032362d30322d31382031363a35303a3030'),
	(1, '99', '2026-02-18 07:19:00', '2026-02-18', '2026-02-17 23:19:00+00', 0, 1, '7', 'poll', 3, '2026-02-17 23:21:00+00', '2026-02-17 23:17:00+00', '2026-03-03 00:56:00+00', 31, NULL, '\x393909323032362d30322d31382030373a31393a3030'),
	(2, '4', '2038-01-19 03:14:07', '2038-01-19', '2038-01-18 19:14:07+00', 0, 1, '', 'poll', 378000000, '2026-03-03 00:51:40+00', '2026-03-03 00:45:00+00', '2026-03-03 00:57:00+00', 32, 'future', '\x3409323033382d30312d31392030333a31343a3037'),
	(4, '1', '2026-02-18 07:10:00', '2026-02-18', '2026-02-17 23:10:00+00', 0, 1, '', 'poll', 3, '2026-02-17 23:12:00+00', '2026-02-17 23:08:00+00', '2026-03-03 00:58:00+00', 33, NULL, '\x3109323032362d30322d31382030373a31303a3030'),
	(1, '3', '2026-02-24 16:40:00', '2026-02-24', '2026-02-24 08:40:00+00', 1, 1, '', 'usb', 3, '2026-02-24 08:42:00+00', NULL, '2026-03-03 00:59:00+00', 34, NULL, '\x3309323032362d30322d32342031363a34303a3030');

INSERT INTO public.schemes VALUES
	('5-hari', '5 hari kerja', '{"0": ["07:30", "16:00"], "1": ["07:30", "16:00"], "2": ["07:30", "16:00"], "3": ["07:30", "16:00"], "4": ["07:30", "16:30"]}', 0);

INSERT INTO public.terminals VALUES
	(1, 'AF6P210460001', 'depan', '4.01.01', true, '2026-02-16', NULL, '2026-03-03 01:00:00+00'),
	(2, 'BOCK201260002', 'depan', '4.02.01', true, '2026-02-16', NULL, '2026-03-03 01:00:00+00'),
	(3, 'CQZ7224160003', 'depan', '5.01.01', true, '2026-02-16', NULL, '2026-03-03 01:00:00+00'),
	(4, 'DGD9190019004', 'DGD9190019004', '5.01.01', false, NULL, NULL, '2026-03-03 00:58:00+00');

INSERT INTO public.user_ids VALUES
	(1, 1, NULL, '1', 1, '2026-02-16', NULL),
	(2, 1, NULL, '2', 2, '2026-02-16', NULL),
	(3, 1, NULL, '3', 3, '2026-02-16', NULL),
	(4, 1, NULL, '4', 4, '2026-02-16', NULL),
	(5, 2, NULL, '1', 5, '2026-02-16', NULL),
	(6, 2, NULL, '2', 6, '2026-02-16', NULL),
	(7, 2, NULL, '3', 7, '2026-02-16', NULL),
	(8, 2, NULL, '4', 8, '2026-02-16', NULL),
	(9, 3, NULL, '1', 9, '2026-02-16', NULL),
	(10, 3, NULL, '2', 10, '2026-02-16', NULL),
	(11, 3, NULL, '3', 11, '2026-02-16', NULL),
	(12, 3, NULL, '4', 12, '2026-02-16', NULL),
	(13, NULL, '4.01.01', '99', NULL, '2026-02-16', NULL);

SELECT pg_catalog.setval('public.assignments_id_seq', 12, true);

SELECT pg_catalog.setval('public.batches_id_seq', 34, true);

SELECT pg_catalog.setval('public.bridges_id_seq', 3, true);

SELECT pg_catalog.setval('public.contradictions_id_seq', 1, true);

SELECT pg_catalog.setval('public.coverage_id_seq', 37, true);

SELECT pg_catalog.setval('public.day_changes_id_seq', 2, true);

SELECT pg_catalog.setval('public.holidays_id_seq', 26, true);

SELECT pg_catalog.setval('public.people_id_seq', 12, true);

SELECT pg_catalog.setval('public.terminals_id_seq', 4, true);

SELECT pg_catalog.setval('public.user_ids_id_seq', 13, true);

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT pk_assignments PRIMARY KEY (id);

ALTER TABLE ONLY public.bad_records
    ADD CONSTRAINT pk_bad_records PRIMARY KEY (id);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT pk_batches PRIMARY KEY (id);

ALTER TABLE ONLY public.bridges
    ADD CONSTRAINT pk_bridges PRIMARY KEY (id);

ALTER TABLE ONLY public.calendar_years
    ADD CONSTRAINT pk_calendar_years PRIMARY KEY (year);

ALTER TABLE ONLY public.clock_days
    ADD CONSTRAINT pk_clock_days PRIMARY KEY (terminal_id, day);

ALTER TABLE ONLY public.contradictions
    ADD CONSTRAINT pk_contradictions PRIMARY KEY (id);

ALTER TABLE ONLY public.coverage
    ADD CONSTRAINT pk_coverage PRIMARY KEY (id);

ALTER TABLE ONLY public.day_changes
    ADD CONSTRAINT pk_day_changes PRIMARY KEY (id);

ALTER TABLE ONLY public.days
    ADD CONSTRAINT pk_days PRIMARY KEY (person_id, day);

ALTER TABLE ONLY public.dirty_offices
    ADD CONSTRAINT pk_dirty_offices PRIMARY KEY (office, day);

ALTER TABLE ONLY public.dirty_punches
    ADD CONSTRAINT pk_dirty_punches PRIMARY KEY (terminal_id, user_id, local_day);

ALTER TABLE ONLY public.holidays
    ADD CONSTRAINT pk_holidays PRIMARY KEY (id);

ALTER TABLE ONLY public.offices
    ADD CONSTRAINT pk_offices PRIMARY KEY (code);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT pk_people PRIMARY KEY (id);

ALTER TABLE ONLY public.punches
    ADD CONSTRAINT pk_punches PRIMARY KEY (terminal_id, user_id, local_time);

ALTER TABLE ONLY public.schemes
    ADD CONSTRAINT pk_schemes PRIMARY KEY (code);

ALTER TABLE ONLY public.terminals
    ADD CONSTRAINT pk_terminals PRIMARY KEY (id);

ALTER TABLE ONLY public.user_ids
    ADD CONSTRAINT pk_user_ids PRIMARY KEY (id);

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT uq_assignments_person_id_valid_from UNIQUE (person_id, valid_from);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT uq_batches_receipt UNIQUE (receipt);

ALTER TABLE ONLY public.bridges
    ADD CONSTRAINT uq_bridges_token_hash UNIQUE (token_hash);

ALTER TABLE ONLY public.contradictions
    ADD CONSTRAINT uq_contradictions_key UNIQUE (key);

ALTER TABLE ONLY public.coverage
    ADD CONSTRAINT uq_coverage_terminal_id_bridge_id_since UNIQUE (terminal_id, bridge_id, since);

ALTER TABLE ONLY public.holidays
    ADD CONSTRAINT uq_holidays_day_office_name UNIQUE (day, office, name);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT uq_people_nip UNIQUE (nip);

ALTER TABLE ONLY public.terminals
    ADD CONSTRAINT uq_terminals_serial UNIQUE (serial);

CREATE INDEX ix_assignments_office ON public.assignments USING btree (office);

CREATE INDEX ix_bad_records_terminal_id ON public.bad_records USING btree (terminal_id);

CREATE INDEX ix_batches_outbox ON public.batches USING btree (outbox);

CREATE INDEX ix_bridges_office ON public.bridges USING btree (office);

CREATE INDEX ix_day_changes_person_id ON public.day_changes USING btree (person_id);

CREATE INDEX ix_days_office_day ON public.days USING btree (office, day);

CREATE INDEX ix_punches_doubtful ON public.punches USING btree (terminal_id, read_at) WHERE (doubt IS NOT NULL);

CREATE INDEX ix_punches_local_day_terminal_id ON public.punches USING btree (local_day, terminal_id);

CREATE INDEX ix_punches_own_nip ON public.punches USING btree (user_id, local_day, terminal_id) WHERE (length((user_id)::text) = 18);

CREATE INDEX ix_terminals_office ON public.terminals USING btree (office);

CREATE INDEX ix_user_ids_person_id ON public.user_ids USING btree (person_id);

CREATE INDEX ix_user_ids_user_id ON public.user_ids USING btree (user_id);

CREATE TRIGGER bad_records_frozen BEFORE DELETE OR UPDATE ON public.bad_records FOR EACH ROW EXECUTE FUNCTION public.hadir_refuse();

CREATE TRIGGER bad_records_kept BEFORE TRUNCATE ON public.bad_records FOR EACH STATEMENT EXECUTE FUNCTION public.hadir_refuse();

CREATE TRIGGER contradictions_frozen BEFORE DELETE OR UPDATE ON public.contradictions FOR EACH ROW EXECUTE FUNCTION public.hadir_refuse();

CREATE TRIGGER contradictions_kept BEFORE TRUNCATE ON public.contradictions FOR EACH STATEMENT EXECUTE FUNCTION public.hadir_refuse();

CREATE TRIGGER day_changes_frozen BEFORE DELETE OR UPDATE ON public.day_changes FOR EACH ROW EXECUTE FUNCTION public.hadir_refuse();

CREATE TRIGGER day_changes_kept BEFORE TRUNCATE ON public.day_changes FOR EACH STATEMENT EXECUTE FUNCTION public.hadir_refuse();

CREATE TRIGGER punches_frozen BEFORE DELETE OR UPDATE ON public.punches FOR EACH ROW EXECUTE FUNCTION public.hadir_refuse();

CREATE TRIGGER punches_kept BEFORE TRUNCATE ON public.punches FOR EACH STATEMENT EXECUTE FUNCTION public.hadir_refuse();

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT fk_assignments_office FOREIGN KEY (office) REFERENCES public.offices(code);

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT fk_assignments_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT fk_assignments_superior_id FOREIGN KEY (superior_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.bad_records
    ADD CONSTRAINT fk_bad_records_batch_id FOREIGN KEY (batch_id) REFERENCES public.batches(id);

ALTER TABLE ONLY public.bad_records
    ADD CONSTRAINT fk_bad_records_terminal_id FOREIGN KEY (terminal_id) REFERENCES public.terminals(id);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT fk_batches_bridge_id FOREIGN KEY (bridge_id) REFERENCES public.bridges(id);

ALTER TABLE ONLY public.bridges
    ADD CONSTRAINT fk_bridges_office FOREIGN KEY (office) REFERENCES public.offices(code);

ALTER TABLE ONLY public.clock_days
    ADD CONSTRAINT fk_clock_days_terminal_id FOREIGN KEY (terminal_id) REFERENCES public.terminals(id);

ALTER TABLE ONLY public.contradictions
    ADD CONSTRAINT fk_contradictions_batch_id FOREIGN KEY (batch_id) REFERENCES public.batches(id);

ALTER TABLE ONLY public.contradictions
    ADD CONSTRAINT fk_contradictions_terminal_id FOREIGN KEY (terminal_id) REFERENCES public.terminals(id);

ALTER TABLE ONLY public.coverage
    ADD CONSTRAINT fk_coverage_bridge_id FOREIGN KEY (bridge_id) REFERENCES public.bridges(id);

ALTER TABLE ONLY public.coverage
    ADD CONSTRAINT fk_coverage_terminal_id FOREIGN KEY (terminal_id) REFERENCES public.terminals(id);

ALTER TABLE ONLY public.day_changes
    ADD CONSTRAINT fk_day_changes_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.days
    ADD CONSTRAINT fk_days_office FOREIGN KEY (office) REFERENCES public.offices(code);

ALTER TABLE ONLY public.days
    ADD CONSTRAINT fk_days_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.dirty_offices
    ADD CONSTRAINT fk_dirty_offices_office FOREIGN KEY (office) REFERENCES public.offices(code);

ALTER TABLE ONLY public.dirty_punches
    ADD CONSTRAINT fk_dirty_punches_terminal_id FOREIGN KEY (terminal_id) REFERENCES public.terminals(id);

ALTER TABLE ONLY public.holidays
    ADD CONSTRAINT fk_holidays_office FOREIGN KEY (office) REFERENCES public.offices(code);

ALTER TABLE ONLY public.offices
    ADD CONSTRAINT fk_offices_scheme FOREIGN KEY (scheme) REFERENCES public.schemes(code);

ALTER TABLE ONLY public.punches
    ADD CONSTRAINT fk_punches_batch_id FOREIGN KEY (batch_id) REFERENCES public.batches(id);

ALTER TABLE ONLY public.punches
    ADD CONSTRAINT fk_punches_terminal_id FOREIGN KEY (terminal_id) REFERENCES public.terminals(id);

ALTER TABLE ONLY public.terminals
    ADD CONSTRAINT fk_terminals_office FOREIGN KEY (office) REFERENCES public.offices(code);

ALTER TABLE ONLY public.user_ids
    ADD CONSTRAINT fk_user_ids_office FOREIGN KEY (office) REFERENCES public.offices(code);

ALTER TABLE ONLY public.user_ids
    ADD CONSTRAINT fk_user_ids_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.user_ids
    ADD CONSTRAINT fk_user_ids_terminal_id FOREIGN KEY (terminal_id) REFERENCES public.terminals(id);

