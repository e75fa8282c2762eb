BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE assignments (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	office VARCHAR(32) NOT NULL, 
	superior_id INTEGER, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	CONSTRAINT pk_assignments PRIMARY KEY (id), 
	CONSTRAINT fk_assignments_office FOREIGN KEY(office) REFERENCES offices (code), 
	CONSTRAINT fk_assignments_person_id FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT fk_assignments_superior_id FOREIGN KEY(superior_id) REFERENCES people (id), 
	CONSTRAINT uq_assignments_person_id_valid_from UNIQUE (person_id, valid_from)
);
INSERT INTO "assignments" VALUES(1,1,'4.01.01',NULL,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(2,2,'4.01.01',1,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(3,3,'4.01.01',1,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(4,4,'4.01.01',1,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(5,5,'4.02.01',NULL,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(6,6,'4.02.01',5,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(7,7,'4.02.01',5,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(8,8,'4.02.01',5,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(9,9,'5.01.01',NULL,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(10,10,'5.01.01',9,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(11,11,'5.01.01',9,'2026-01-01',NULL);
INSERT INTO "assignments" VALUES(12,12,'5.01.01',9,'2026-01-01',NULL);
CREATE TABLE bad_records (
	id VARCHAR(32) NOT NULL, 
	terminal_id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	near_from DATETIME, 
	near_until DATETIME, 
	source VARCHAR(8) NOT NULL, 
	read_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	batch_id INTEGER NOT NULL, 
	raw BLOB NOT NULL, 
	CONSTRAINT pk_bad_records PRIMARY KEY (id), 
	CONSTRAINT fk_bad_records_batch_id FOREIGN KEY(batch_id) REFERENCES batches (id), 
	CONSTRAINT fk_bad_records_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);
INSERT INTO "bad_records" VALUES('1b67639eadd7d48793b552acb4686dc0',1,'date','month 13 does not exist','3','2026-02-18 07:10:00.000000','2026-02-18 16:10:00.000000','poll','2026-03-03 00:55:00.000000','2026-03-03 00:56:00.000000',31,X'03000D1F');
INSERT INTO "bad_records" VALUES('f4b8366d933dd08e6e1279d3595c92c1',1,'blank','a slot never written','','2026-02-18 07:10:00.000000','2026-02-18 16:10:00.000000','poll','2026-03-03 00:55:00.000000','2026-03-03 00:56:00.000000',31,X'00000000000000000000000000000000');
CREATE TABLE batches (
	id INTEGER NOT NULL, 
	bridge_id INTEGER NOT NULL, 
	outbox VARCHAR(32) NOT NULL, 
	receipt VARCHAR(32) NOT NULL, 
	received_at DATETIME NOT NULL, 
	sent INTEGER NOT NULL, 
	new INTEGER NOT NULL, 
	CONSTRAINT pk_batches PRIMARY KEY (id), 
	CONSTRAINT fk_batches_bridge_id FOREIGN KEY(bridge_id) REFERENCES bridges (id), 
	CONSTRAINT uq_batches_receipt UNIQUE (receipt)
);
INSERT INTO "batches" VALUES(1,1,'00000000000000000000000000000001','00000000000000000000000000000004','2026-02-16 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(2,2,'00000000000000000000000000000002','00000000000000000000000000000006','2026-02-16 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(3,3,'00000000000000000000000000000003','00000000000000000000000000000008','2026-02-16 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(4,1,'00000000000000000000000000000001','0000000000000000000000000000000a','2026-02-17 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(5,2,'00000000000000000000000000000002','0000000000000000000000000000000c','2026-02-17 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(6,3,'00000000000000000000000000000003','0000000000000000000000000000000e','2026-02-17 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(7,1,'00000000000000000000000000000001','00000000000000000000000000000010','2026-02-18 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(8,2,'00000000000000000000000000000002','00000000000000000000000000000012','2026-02-18 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(9,3,'00000000000000000000000000000003','00000000000000000000000000000014','2026-02-18 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(10,1,'00000000000000000000000000000001','00000000000000000000000000000016','2026-02-19 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(11,2,'00000000000000000000000000000002','00000000000000000000000000000018','2026-02-19 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(12,3,'00000000000000000000000000000003','0000000000000000000000000000001a','2026-02-19 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(13,1,'00000000000000000000000000000001','0000000000000000000000000000001c','2026-02-20 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(14,2,'00000000000000000000000000000002','0000000000000000000000000000001e','2026-02-20 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(15,3,'00000000000000000000000000000003','00000000000000000000000000000020','2026-02-20 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(16,1,'00000000000000000000000000000001','00000000000000000000000000000022','2026-02-23 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(17,2,'00000000000000000000000000000002','00000000000000000000000000000024','2026-02-23 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(18,3,'00000000000000000000000000000003','00000000000000000000000000000026','2026-02-23 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(19,1,'00000000000000000000000000000001','00000000000000000000000000000028','2026-02-24 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(20,2,'00000000000000000000000000000002','0000000000000000000000000000002a','2026-02-24 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(21,3,'00000000000000000000000000000003','0000000000000000000000000000002c','2026-02-24 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(22,1,'00000000000000000000000000000001','0000000000000000000000000000002e','2026-02-25 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(23,2,'00000000000000000000000000000002','00000000000000000000000000000030','2026-02-25 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(24,3,'00000000000000000000000000000003','00000000000000000000000000000032','2026-02-25 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(25,1,'00000000000000000000000000000001','00000000000000000000000000000034','2026-02-26 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(26,2,'00000000000000000000000000000002','00000000000000000000000000000036','2026-02-26 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(27,3,'00000000000000000000000000000003','00000000000000000000000000000038','2026-02-26 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(28,1,'00000000000000000000000000000001','0000000000000000000000000000003a','2026-02-27 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(29,2,'00000000000000000000000000000002','0000000000000000000000000000003c','2026-02-27 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(30,3,'00000000000000000000000000000003','0000000000000000000000000000003e','2026-02-27 10:00:00.000000',5,5);
INSERT INTO "batches" VALUES(31,1,'00000000000000000000000000000001','00000000000000000000000000000040','2026-03-03 00:56:00.000000',5,4);
INSERT INTO "batches" VALUES(32,2,'00000000000000000000000000000002','00000000000000000000000000000042','2026-03-03 00:57:00.000000',1,1);
INSERT INTO "batches" VALUES(33,3,'00000000000000000000000000000003','00000000000000000000000000000044','2026-03-03 00:58:00.000000',2,1);
INSERT INTO "batches" VALUES(34,1,'00000000000000000000000000000001','00000000000000000000000000000046','2026-03-03 00:59:00.000000',1,1);
CREATE TABLE bridges (
	id INTEGER NOT NULL, 
	office VARCHAR(32) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	last_seen_at DATETIME, 
	health JSON, 
	CONSTRAINT pk_bridges PRIMARY KEY (id), 
	CONSTRAINT fk_bridges_office FOREIGN KEY(office) REFERENCES offices (code), 
	CONSTRAINT uq_bridges_token_hash UNIQUE (token_hash)
);
INSERT INTO "bridges" VALUES(1,'4.01.01','pc-4.01.01','685922d4cbcc671a76c8de4d1513a91f76012595132c85defbab80aa46ce8ef1','2026-02-16 00:00:00.000000',NULL,'2026-03-03 00:59:00.000000',NULL);
INSERT INTO "bridges" VALUES(2,'4.02.01','pc-4.02.01','18dde806397c6f94328b951ddf847518bc7603b7f363b6745e0b46f514fd1437','2026-02-16 00:00:00.000000',NULL,'2026-03-03 00:57:00.000000',NULL);
INSERT INTO "bridges" VALUES(3,'5.01.01','pc-5.01.01','b317c1a356bb1d2b05ccd4e382c5bf88a2b954d1fd21cf683c8c3f7e84bf582e','2026-02-16 00:00:00.000000','2026-03-03 01:00:00.000000','2026-03-03 00:58:00.000000',NULL);
CREATE TABLE calendar_years (
	year SMALLINT NOT NULL, 
	seeded_at DATETIME NOT NULL, 
	confirmed_at DATETIME, 
	CONSTRAINT pk_calendar_years PRIMARY KEY (year)
);
INSERT INTO "calendar_years" VALUES(2026,'2026-03-03 01:00:00.000000','2026-03-03 01:00:00.000000');
CREATE TABLE clock_days (
	terminal_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	worst_offset_s BIGINT NOT NULL, 
	CONSTRAINT pk_clock_days PRIMARY KEY (terminal_id, day), 
	CONSTRAINT fk_clock_days_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);
INSERT INTO "clock_days" VALUES(1,'2026-02-16',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-17',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-16',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-17',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-16',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-17',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-18',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-18',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-18',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-19',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-19',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-19',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-20',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-20',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-20',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-21',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-21',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-21',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-22',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-22',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-22',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-23',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-23',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-23',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-24',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-24',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-24',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-25',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-25',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-25',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-26',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-26',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-27',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-26',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-27',3);
INSERT INTO "clock_days" VALUES(1,'2026-02-28',3);
INSERT INTO "clock_days" VALUES(2,'2026-02-27',3);
INSERT INTO "clock_days" VALUES(3,'2026-02-28',3);
INSERT INTO "clock_days" VALUES(1,'2026-03-01',3);
INSERT INTO "clock_days" VALUES(3,'2026-03-01',3);
INSERT INTO "clock_days" VALUES(1,'2026-03-02',3);
INSERT INTO "clock_days" VALUES(3,'2026-03-02',3);
INSERT INTO "clock_days" VALUES(2,'2026-03-03',378000000);
INSERT INTO "clock_days" VALUES(4,'2026-02-18',3);
CREATE TABLE contradictions (
	id INTEGER NOT NULL, 
	terminal_id INTEGER NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	local_time DATETIME NOT NULL, 
	state INTEGER, 
	verify INTEGER, 
	work_code VARCHAR(32) NOT NULL, 
	source VARCHAR(8) NOT NULL, 
	received_at DATETIME NOT NULL, 
	batch_id INTEGER NOT NULL, 
	raw BLOB NOT NULL, 
	"key" VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_contradictions PRIMARY KEY (id), 
	CONSTRAINT fk_contradictions_batch_id FOREIGN KEY(batch_id) REFERENCES batches (id), 
	CONSTRAINT fk_contradictions_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id), 
	CONSTRAINT uq_contradictions_key UNIQUE ("key")
);
INSERT INTO "contradictions" VALUES(1,1,'1','2026-02-18 07:10:00.000000',4,15,'','usb','2026-03-03 00:56:00.000000',31,X'3109323032362D30322D31382030373A31303A3030','c25dac57f8d57aba4d258e0ec2d1d305:4:15:');
CREATE TABLE coverage (
	id INTEGER NOT NULL, 
	terminal_id INTEGER NOT NULL, 
	bridge_id INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	on_terminal BIGINT, 
	taken BIGINT NOT NULL, 
	parked BIGINT NOT NULL, 
	clock_offset_s BIGINT, 
	read_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	source VARCHAR(8) NOT NULL, 
	note VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_coverage PRIMARY KEY (id), 
	CONSTRAINT fk_coverage_bridge_id FOREIGN KEY(bridge_id) REFERENCES bridges (id), 
	CONSTRAINT fk_coverage_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id), 
	CONSTRAINT uq_coverage_terminal_id_bridge_id_since UNIQUE (terminal_id, bridge_id, since)
);
INSERT INTO "coverage" VALUES(1,1,1,'2026-02-15 16:00:00.000000','2026-03-01 16:00:59.000000',10,10,0,3,'2026-03-01 16:00:59.000000','2026-03-01 16:00:59.000000','poll','first read');
INSERT INTO "coverage" VALUES(2,2,2,'2026-02-15 16:00:00.000000','2026-02-24 16:00:59.000000',10,10,0,3,'2026-02-24 16:00:59.000000','2026-02-24 16:00:59.000000','poll','first read');
INSERT INTO "coverage" VALUES(3,3,3,'2026-02-15 16:00:00.000000','2026-03-01 16:00:59.000000',10,10,0,3,'2026-03-01 16:00:59.000000','2026-03-01 16:00:59.000000','poll','first read');
CREATE TABLE day_changes (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	was VARCHAR(16), 
	became VARCHAR(16) NOT NULL, 
	because JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_day_changes PRIMARY KEY (id), 
	CONSTRAINT fk_day_changes_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
INSERT INTO "day_changes" VALUES(1,3,'2026-02-18','INCOMPLETE','PRESENT','[{"code": "touches", "text": "ada rekaman pukul 07.20, 16.50"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "bad-record", "text": "satu rekaman nomor pengguna 3 pada mesin depan di sekitar hari ini rusak"}]','2026-03-03 01:00:00.000000');
INSERT INTO "day_changes" VALUES(2,12,'2026-02-18','ABSENT','UNVERIFIED','[{"code": "unmapped", "text": "ada rekaman dari nomor pengguna yang belum dipetakan pada mesin DGD9190019004: 1"}]','2026-03-03 01:00:00.000000');
CREATE TABLE days (
	person_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	office VARCHAR(32) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	first_in DATETIME, 
	last_out DATETIME, 
	late_minutes INTEGER, 
	early_minutes INTEGER, 
	because JSON NOT NULL, 
	evaluated_at DATETIME NOT NULL, 
	CONSTRAINT pk_days PRIMARY KEY (person_id, day), 
	CONSTRAINT fk_days_office FOREIGN KEY(office) REFERENCES offices (code), 
	CONSTRAINT fk_days_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
INSERT INTO "days" VALUES(1,'2026-02-13','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-13','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-13','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-13','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-13','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-13','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-13','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-13','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-13','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-13','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-13','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-13','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "no-terminal", "text": "kantor ini belum mempunyai mesin yang terdaftar"}, {"code": "no-user-id", "text": "nomor pengguna pegawai ini pada mesin belum dipetakan"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-14','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-14','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-14','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-14','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-14','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-14','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-14','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-14','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-14','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-14','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-14','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-14','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-15','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-15','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-15','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-15','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-15','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-15','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-15','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-15','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-15','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-15','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-15','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-15','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-16','4.01.01','JOINT','2026-02-16 07:10:00.000000','2026-02-16 16:35:00.000000',NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-16','4.01.01','JOINT','2026-02-16 07:45:00.000000','2026-02-16 16:31:00.000000',NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-16','4.01.01','JOINT','2026-02-16 07:20:00.000000',NULL,NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-16','4.01.01','JOINT',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-16','4.02.01','JOINT','2026-02-16 07:10:01.000000','2026-02-16 16:35:01.000000',NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-16','4.02.01','JOINT','2026-02-16 07:46:01.000000','2026-02-16 16:31:01.000000',NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-16','4.02.01','JOINT','2026-02-16 07:20:01.000000',NULL,NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-16','4.02.01','JOINT',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-16','5.01.01','JOINT','2026-02-16 07:10:02.000000','2026-02-16 16:35:02.000000',NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-16','5.01.01','JOINT','2026-02-16 07:47:02.000000','2026-02-16 16:31:02.000000',NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-16','5.01.01','JOINT','2026-02-16 07:20:02.000000',NULL,NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-16','5.01.01','JOINT',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "cuti bersama: Cuti Bersama Tahun Baru Imlek"}]','2026-02-16 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-17','4.01.01','HOLIDAY','2026-02-17 07:10:00.000000','2026-02-17 16:35:00.000000',NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-17','4.01.01','HOLIDAY','2026-02-17 07:45:00.000000','2026-02-17 16:31:00.000000',NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-17','4.01.01','HOLIDAY','2026-02-17 07:20:00.000000',NULL,NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-17','4.01.01','HOLIDAY',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-17','4.02.01','HOLIDAY','2026-02-17 07:10:01.000000','2026-02-17 16:35:01.000000',NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-17','4.02.01','HOLIDAY','2026-02-17 07:46:01.000000','2026-02-17 16:31:01.000000',NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-17','4.02.01','HOLIDAY','2026-02-17 07:20:01.000000',NULL,NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-17','4.02.01','HOLIDAY',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-17','5.01.01','HOLIDAY','2026-02-17 07:10:02.000000','2026-02-17 16:35:02.000000',NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-17','5.01.01','HOLIDAY','2026-02-17 07:47:02.000000','2026-02-17 16:31:02.000000',NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-17','5.01.01','HOLIDAY','2026-02-17 07:20:02.000000',NULL,NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-17','5.01.01','HOLIDAY',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "libur nasional: Tahun Baru Imlek"}]','2026-02-17 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-18','4.01.01','PRESENT','2026-02-18 07:10:00.000000','2026-02-18 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-18','4.01.01','LATE','2026-02-18 07:45:00.000000','2026-02-18 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-18','4.01.01','PRESENT','2026-02-18 07:20:00.000000','2026-02-18 16:50:00.000000',NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.20, 16.50"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "bad-record", "text": "satu rekaman nomor pengguna 3 pada mesin depan di sekitar hari ini rusak"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-18','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-18','4.02.01','PRESENT','2026-02-18 07:10:01.000000','2026-02-18 16:35:01.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-18','4.02.01','LATE','2026-02-18 07:46:01.000000','2026-02-18 16:31:01.000000',16,0,'[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-18','4.02.01','INCOMPLETE','2026-02-18 07:20:01.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-18','4.02.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-18','5.01.01','PRESENT','2026-02-18 07:10:02.000000','2026-02-18 16:35:02.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-18','5.01.01','LATE','2026-02-18 07:47:02.000000','2026-02-18 16:31:02.000000',17,0,'[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-18','5.01.01','INCOMPLETE','2026-02-18 07:20:02.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-18 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-18','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "unmapped", "text": "ada rekaman dari nomor pengguna yang belum dipetakan pada mesin DGD9190019004: 1"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-19','4.01.01','PRESENT','2026-02-19 07:10:00.000000','2026-02-19 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-19','4.01.01','LATE','2026-02-19 07:45:00.000000','2026-02-19 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-19','4.01.01','INCOMPLETE','2026-02-19 07:20:00.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-19','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-19','4.02.01','PRESENT','2026-02-19 07:10:01.000000','2026-02-19 16:35:01.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-19','4.02.01','LATE','2026-02-19 07:46:01.000000','2026-02-19 16:31:01.000000',16,0,'[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-19','4.02.01','INCOMPLETE','2026-02-19 07:20:01.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-19','4.02.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-19','5.01.01','PRESENT','2026-02-19 07:10:02.000000','2026-02-19 16:35:02.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-19','5.01.01','LATE','2026-02-19 07:47:02.000000','2026-02-19 16:31:02.000000',17,0,'[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-19','5.01.01','INCOMPLETE','2026-02-19 07:20:02.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-19','5.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-19 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-20','4.01.01','PRESENT','2026-02-20 07:10:00.000000','2026-02-20 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-20','4.01.01','LATE','2026-02-20 07:45:00.000000','2026-02-20 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-20','4.01.01','INCOMPLETE','2026-02-20 07:20:00.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-20','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-20','4.02.01','PRESENT','2026-02-20 07:10:01.000000','2026-02-20 16:35:01.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-20','4.02.01','LATE','2026-02-20 07:46:01.000000','2026-02-20 16:31:01.000000',16,0,'[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-20','4.02.01','INCOMPLETE','2026-02-20 07:20:01.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-20','4.02.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-20','5.01.01','PRESENT','2026-02-20 07:10:02.000000','2026-02-20 16:35:02.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-20','5.01.01','LATE','2026-02-20 07:47:02.000000','2026-02-20 16:31:02.000000',17,0,'[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-20','5.01.01','INCOMPLETE','2026-02-20 07:20:02.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-20','5.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-20 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-21','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-21','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-21','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-21','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-21','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-21','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-21','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-21','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-21','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-21','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-21','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-21','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-21 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-22','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-22','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-22','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-22','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-22','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-22','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-22','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-22','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-22','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-22','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-22','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-22','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-22 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-23','4.01.01','PRESENT','2026-02-23 07:10:00.000000','2026-02-23 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-23','4.01.01','LATE','2026-02-23 07:45:00.000000','2026-02-23 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-23','4.01.01','INCOMPLETE','2026-02-23 07:20:00.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-23','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-23','4.02.01','PRESENT','2026-02-23 07:10:01.000000','2026-02-23 16:35:01.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-23','4.02.01','LATE','2026-02-23 07:46:01.000000','2026-02-23 16:31:01.000000',16,0,'[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-23','4.02.01','INCOMPLETE','2026-02-23 07:20:01.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-23','4.02.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-23','5.01.01','PRESENT','2026-02-23 07:10:02.000000','2026-02-23 16:35:02.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-23','5.01.01','LATE','2026-02-23 07:47:02.000000','2026-02-23 16:31:02.000000',17,0,'[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-23','5.01.01','INCOMPLETE','2026-02-23 07:20:02.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-23','5.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-23 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-24','4.01.01','PRESENT','2026-02-24 07:10:00.000000','2026-02-24 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-24','4.01.01','LATE','2026-02-24 07:45:00.000000','2026-02-24 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-24','4.01.01','INCOMPLETE','2026-02-24 07:20:00.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-24','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-24','4.02.01','PRESENT','2026-02-24 07:10:01.000000','2026-02-24 16:35:01.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-24','4.02.01','LATE','2026-02-24 07:46:01.000000','2026-02-24 16:31:01.000000',16,0,'[{"code": "late", "text": "masuk pukul 07.46, jam kerja mulai pukul 07.30: terlambat 16 menit"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-24','4.02.01','INCOMPLETE','2026-02-24 07:20:01.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-24','4.02.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-24','5.01.01','PRESENT','2026-02-24 07:10:02.000000','2026-02-24 16:35:02.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-24','5.01.01','LATE','2026-02-24 07:47:02.000000','2026-02-24 16:31:02.000000',17,0,'[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-24','5.01.01','INCOMPLETE','2026-02-24 07:20:02.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-24','5.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-24 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-25','4.01.01','PRESENT','2026-02-25 07:10:00.000000','2026-02-25 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-25','4.01.01','LATE','2026-02-25 07:45:00.000000','2026-02-25 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-25','4.01.01','INCOMPLETE','2026-02-25 07:20:00.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-25','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-25','4.02.01','PRESENT','2026-02-25 07:10:01.000000','2026-02-25 16:35:01.000000',NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-25','4.02.01','PRESENT','2026-02-25 07:46:01.000000','2026-02-25 16:31:01.000000',NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.46, 16.31"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-25','4.02.01','PRESENT','2026-02-25 07:20:01.000000',NULL,NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.20"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-25','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-25','5.01.01','PRESENT','2026-02-25 07:10:02.000000','2026-02-25 16:35:02.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-25','5.01.01','LATE','2026-02-25 07:47:02.000000','2026-02-25 16:31:02.000000',17,0,'[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-25','5.01.01','INCOMPLETE','2026-02-25 07:20:02.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-25','5.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-25 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-26','4.01.01','PRESENT','2026-02-26 07:10:00.000000','2026-02-26 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-26','4.01.01','LATE','2026-02-26 07:45:00.000000','2026-02-26 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-26','4.01.01','INCOMPLETE','2026-02-26 07:20:00.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-26','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-26','4.02.01','PRESENT','2026-02-26 07:10:01.000000','2026-02-26 16:35:01.000000',NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-26','4.02.01','PRESENT','2026-02-26 07:46:01.000000','2026-02-26 16:31:01.000000',NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.46, 16.31"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-26','4.02.01','PRESENT','2026-02-26 07:20:01.000000',NULL,NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.20"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-26','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-26','5.01.01','PRESENT','2026-02-26 07:10:02.000000','2026-02-26 16:35:02.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-26','5.01.01','LATE','2026-02-26 07:47:02.000000','2026-02-26 16:31:02.000000',17,0,'[{"code": "late", "text": "masuk pukul 07.47, jam kerja mulai pukul 07.30: terlambat 17 menit"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-26','5.01.01','INCOMPLETE','2026-02-26 07:20:02.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-26','5.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.00, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-26 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-27','4.01.01','PRESENT','2026-02-27 07:10:00.000000','2026-02-27 16:35:00.000000',0,0,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-27','4.01.01','LATE','2026-02-27 07:45:00.000000','2026-02-27 16:31:00.000000',15,0,'[{"code": "late", "text": "masuk pukul 07.45, jam kerja mulai pukul 07.30: terlambat 15 menit"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-27','4.01.01','INCOMPLETE','2026-02-27 07:20:00.000000',NULL,NULL,NULL,'[{"code": "incomplete", "text": "hanya ada rekaman pukul 07.20, tidak ada rekaman pulang"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-27','4.01.01','ABSENT',NULL,NULL,NULL,NULL,'[{"code": "absence", "text": "hari kerja 07.30-16.30, tidak ada rekaman presensi, dan data semua mesin untuk hari ini sudah lengkap"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-27','4.02.01','PRESENT','2026-02-27 07:10:01.000000','2026-02-27 16:35:01.000000',NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.10, 16.35"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-27','4.02.01','PRESENT','2026-02-27 07:46:01.000000','2026-02-27 16:31:01.000000',NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.46, 16.31"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-27','4.02.01','PRESENT','2026-02-27 07:20:01.000000',NULL,NULL,NULL,'[{"code": "touches", "text": "ada rekaman pukul 07.20"}, {"code": "provisional", "text": "sementara: terlambat dan pulang cepat belum dihitung karena data belum lengkap"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-27','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-27','5.01.01','HOLIDAY','2026-02-27 07:10:02.000000','2026-02-27 16:35:02.000000',NULL,NULL,'[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-27','5.01.01','HOLIDAY','2026-02-27 07:47:02.000000','2026-02-27 16:31:02.000000',NULL,NULL,'[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-27','5.01.01','HOLIDAY','2026-02-27 07:20:02.000000',NULL,NULL,NULL,'[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-27','5.01.01','HOLIDAY',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "libur daerah: Hari jadi daerah"}]','2026-02-27 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-02-28','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-02-28','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-02-28','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-02-28','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-02-28','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-02-28','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-02-28','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-02-28','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-02-28','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-02-28','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-02-28','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-02-28','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Sabtu bukan hari kerja menurut skema 5 hari kerja"}]','2026-02-28 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-03-01','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(2,'2026-03-01','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(3,'2026-03-01','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(4,'2026-03-01','4.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(5,'2026-03-01','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(6,'2026-03-01','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(7,'2026-03-01','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(8,'2026-03-01','4.02.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(9,'2026-03-01','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(10,'2026-03-01','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(11,'2026-03-01','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(12,'2026-03-01','5.01.01','OFF',NULL,NULL,NULL,NULL,'[{"code": "calendar", "text": "Minggu bukan hari kerja menurut skema 5 hari kerja"}]','2026-03-01 16:30:00.000000');
INSERT INTO "days" VALUES(1,'2026-03-03','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(2,'2026-03-03','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(3,'2026-03-03','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(4,'2026-03-03','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(5,'2026-03-03','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(6,'2026-03-03','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(7,'2026-03-03','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(8,'2026-03-03','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "not-ended", "text": "3 Maret 2026 belum berakhir"}, {"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat hari ini"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}, {"code": "doubtful", "text": "1 rekaman pada mesin depan bertanggal 19 Januari 2038 pukul 03.14 mungkin terjadi hari ini"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(1,'2026-03-02','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(2,'2026-03-02','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(3,'2026-03-02','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(4,'2026-03-02','4.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (AF6P210460001): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.56 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(5,'2026-03-02','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(6,'2026-03-02','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(7,'2026-03-02','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(8,'2026-03-02','4.02.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "clock", "text": "mesin depan (BOCK201260002): jam mesin 4375 hari lebih cepat pada 3 Maret 2026"}, {"code": "behind", "text": "mesin depan (BOCK201260002): baru terbaca lengkap sampai 25 Februari 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.57 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(9,'2026-03-02','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(10,'2026-03-02','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(11,'2026-03-02','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]','2026-03-03 01:00:00.000000');
INSERT INTO "days" VALUES(12,'2026-03-02','5.01.01','UNVERIFIED',NULL,NULL,NULL,NULL,'[{"code": "behind", "text": "mesin depan (CQZ7224160003): baru terbaca lengkap sampai 2 Maret 2026 pukul 00.00 WITA; hadir-bridge terakhir melapor 3 Maret 2026 pukul 08.58 WITA"}]','2026-03-03 01:00:00.000000');
CREATE TABLE dirty_offices (
	office VARCHAR(32) NOT NULL, 
	day DATE NOT NULL, 
	CONSTRAINT pk_dirty_offices PRIMARY KEY (office, day), 
	CONSTRAINT fk_dirty_offices_office FOREIGN KEY(office) REFERENCES offices (code)
);
CREATE TABLE dirty_punches (
	terminal_id INTEGER NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	local_day DATE NOT NULL, 
	CONSTRAINT pk_dirty_punches PRIMARY KEY (terminal_id, user_id, local_day), 
	CONSTRAINT fk_dirty_punches_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);
INSERT INTO "dirty_punches" VALUES(1,'3','2026-02-24');
CREATE TABLE holidays (
	id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	office VARCHAR(32), 
	name VARCHAR(200) NOT NULL, 
	category VARCHAR(12) NOT NULL, 
	CONSTRAINT pk_holidays PRIMARY KEY (id), 
	CONSTRAINT fk_holidays_office FOREIGN KEY(office) REFERENCES offices (code), 
	CONSTRAINT uq_holidays_day_office_name UNIQUE (day, office, name)
);
INSERT INTO "holidays" VALUES(1,'2026-01-01',NULL,'Tahun Baru Masehi','public');
INSERT INTO "holidays" VALUES(2,'2026-01-16',NULL,'Isra Mikraj Nabi Muhammad','public');
INSERT INTO "holidays" VALUES(3,'2026-02-16',NULL,'Cuti Bersama Tahun Baru Imlek','government');
INSERT INTO "holidays" VALUES(4,'2026-02-17',NULL,'Tahun Baru Imlek','public');
INSERT INTO "holidays" VALUES(5,'2026-03-18',NULL,'Cuti Bersama Hari Suci Nyepi','government');
INSERT INTO "holidays" VALUES(6,'2026-03-19',NULL,'Hari Suci Nyepi','public');
INSERT INTO "holidays" VALUES(7,'2026-03-20',NULL,'Cuti Bersama Hari Raya Idul Fitri','government');
INSERT INTO "holidays" VALUES(8,'2026-03-21',NULL,'Hari Raya Idul Fitri','public');
INSERT INTO "holidays" VALUES(9,'2026-03-22',NULL,'Hari kedua dari Hari Raya Idul Fitri','public');
INSERT INTO "holidays" VALUES(10,'2026-03-23',NULL,'Cuti Bersama Hari Raya Idul Fitri','government');
INSERT INTO "holidays" VALUES(11,'2026-03-24',NULL,'Cuti Bersama Hari Raya Idul Fitri','government');
INSERT INTO "holidays" VALUES(12,'2026-04-03',NULL,'Wafat Yesus Kristus','public');
INSERT INTO "holidays" VALUES(13,'2026-04-05',NULL,'Kebangkitan Yesus Kristus','public');
INSERT INTO "holidays" VALUES(14,'2026-05-01',NULL,'Hari Buruh Internasional','public');
INSERT INTO "holidays" VALUES(15,'2026-05-14',NULL,'Kenaikan Yesus Kristus','public');
INSERT INTO "holidays" VALUES(16,'2026-05-15',NULL,'Cuti Bersama Kenaikan Yesus Kristus','government');
INSERT INTO "holidays" VALUES(17,'2026-05-27',NULL,'Hari Raya Idul Adha','public');
INSERT INTO "holidays" VALUES(18,'2026-05-28',NULL,'Cuti Bersama Hari Raya Idul Adha','government');
INSERT INTO "holidays" VALUES(19,'2026-05-31',NULL,'Hari Raya Waisak','public');
INSERT INTO "holidays" VALUES(20,'2026-06-01',NULL,'Hari Lahir Pancasila','public');
INSERT INTO "holidays" VALUES(21,'2026-06-16',NULL,'Tahun Baru Islam','public');
INSERT INTO "holidays" VALUES(22,'2026-08-17',NULL,'Hari Kemerdekaan Republik Indonesia','public');
INSERT INTO "holidays" VALUES(23,'2026-08-25',NULL,'Maulid Nabi Muhammad','public');
INSERT INTO "holidays" VALUES(24,'2026-12-24',NULL,'Cuti Bersama Hari Raya Natal','government');
INSERT INTO "holidays" VALUES(25,'2026-12-25',NULL,'Hari Raya Natal','public');
INSERT INTO "holidays" VALUES(26,'2026-02-27','5.01.01','Hari jadi daerah','local');
CREATE TABLE offices (
	code VARCHAR(32) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	scheme VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_offices PRIMARY KEY (code), 
	CONSTRAINT fk_offices_scheme FOREIGN KEY(scheme) REFERENCES schemes (code)
);
INSERT INTO "offices" VALUES('4.01.01','Dinas Pendidikan','5-hari');
INSERT INTO "offices" VALUES('4.02.01','Dinas Kesehatan','5-hari');
INSERT INTO "offices" VALUES('5.01.01','Badan Kepegawaian','5-hari');
CREATE TABLE people (
	id INTEGER NOT NULL, 
	nip VARCHAR(18) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_people PRIMARY KEY (id), 
	CONSTRAINT uq_people_nip UNIQUE (nip)
);
INSERT INTO "people" VALUES(1,'198609262015051001','Andi Satu','PNS');
INSERT INTO "people" VALUES(2,'198609262015051002','Sitti Dua','PNS');
INSERT INTO "people" VALUES(3,'198609262015051003','I Made Tiga','CPNS');
INSERT INTO "people" VALUES(4,'198609262015051004','Ni Luh Empat','PNS');
INSERT INTO "people" VALUES(5,'198609262015052011','Andi Satu','PNS');
INSERT INTO "people" VALUES(6,'198609262015052012','Sitti Dua','PNS');
INSERT INTO "people" VALUES(7,'198609262015052013','I Made Tiga','CPNS');
INSERT INTO "people" VALUES(8,'198609262015052014','Ni Luh Empat','PNS');
INSERT INTO "people" VALUES(9,'198609262015051021','Andi Satu','PNS');
INSERT INTO "people" VALUES(10,'198609262015051022','Sitti Dua','PNS');
INSERT INTO "people" VALUES(11,'198609262015051023','I Made Tiga','CPNS');
INSERT INTO "people" VALUES(12,'198609262015051024','Ni Luh Empat','PNS');
CREATE TABLE punches (
	terminal_id INTEGER NOT NULL, 
	user_id VARCHAR(64) NOT NULL, 
	local_time DATETIME NOT NULL, 
	local_day DATE NOT NULL, 
	occurred_at DATETIME NOT NULL, 
	state INTEGER, 
	verify INTEGER, 
	work_code VARCHAR(32) NOT NULL, 
	source VARCHAR(8) NOT NULL, 
	clock_offset_s BIGINT, 
	read_at DATETIME NOT NULL, 
	after_at DATETIME, 
	received_at DATETIME NOT NULL, 
	batch_id INTEGER NOT NULL, 
	doubt VARCHAR(20), 
	raw BLOB NOT NULL, 
	CONSTRAINT pk_punches PRIMARY KEY (terminal_id, user_id, local_time), 
	CONSTRAINT fk_punches_batch_id FOREIGN KEY(batch_id) REFERENCES batches (id), 
	CONSTRAINT fk_punches_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);
INSERT INTO "punches" VALUES(1,'1','2026-02-16 07:10:00.000000','2026-02-16','2026-02-15 23:10:00.000000',0,1,'','poll',3,'2026-02-15 23:12:00.000000','2026-02-15 23:08:00.000000','2026-02-16 10:00:00.000000',1,NULL,X'3109323032362D30322D31362030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-16 16:35:00.000000','2026-02-16','2026-02-16 08:35:00.000000',1,1,'','poll',3,'2026-02-16 08:37:00.000000','2026-02-16 08:33:00.000000','2026-02-16 10:00:00.000000',1,NULL,X'3109323032362D30322D31362031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-16 07:45:00.000000','2026-02-16','2026-02-15 23:45:00.000000',0,1,'','poll',3,'2026-02-15 23:47:00.000000','2026-02-15 23:43:00.000000','2026-02-16 10:00:00.000000',1,NULL,X'3209323032362D30322D31362030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-16 16:31:00.000000','2026-02-16','2026-02-16 08:31:00.000000',1,1,'','poll',3,'2026-02-16 08:33:00.000000','2026-02-16 08:29:00.000000','2026-02-16 10:00:00.000000',1,NULL,X'3209323032362D30322D31362031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-16 07:20:00.000000','2026-02-16','2026-02-15 23:20:00.000000',0,1,'','poll',3,'2026-02-15 23:22:00.000000','2026-02-15 23:18:00.000000','2026-02-16 10:00:00.000000',1,NULL,X'3309323032362D30322D31362030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-16 07:10:01.000000','2026-02-16','2026-02-15 23:10:01.000000',0,1,'','poll',3,'2026-02-15 23:12:01.000000','2026-02-15 23:08:01.000000','2026-02-16 10:00:00.000000',2,NULL,X'3109323032362D30322D31362030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-16 16:35:01.000000','2026-02-16','2026-02-16 08:35:01.000000',1,1,'','poll',3,'2026-02-16 08:37:01.000000','2026-02-16 08:33:01.000000','2026-02-16 10:00:00.000000',2,NULL,X'3109323032362D30322D31362031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-16 07:46:01.000000','2026-02-16','2026-02-15 23:46:01.000000',0,1,'','poll',3,'2026-02-15 23:48:01.000000','2026-02-15 23:44:01.000000','2026-02-16 10:00:00.000000',2,NULL,X'3209323032362D30322D31362030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-16 16:31:01.000000','2026-02-16','2026-02-16 08:31:01.000000',1,1,'','poll',3,'2026-02-16 08:33:01.000000','2026-02-16 08:29:01.000000','2026-02-16 10:00:00.000000',2,NULL,X'3209323032362D30322D31362031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-16 07:20:01.000000','2026-02-16','2026-02-15 23:20:01.000000',0,1,'','poll',3,'2026-02-15 23:22:01.000000','2026-02-15 23:18:01.000000','2026-02-16 10:00:00.000000',2,NULL,X'3309323032362D30322D31362030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-16 07:10:02.000000','2026-02-16','2026-02-15 23:10:02.000000',0,1,'','poll',3,'2026-02-15 23:12:02.000000','2026-02-15 23:08:02.000000','2026-02-16 10:00:00.000000',3,NULL,X'3109323032362D30322D31362030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-16 16:35:02.000000','2026-02-16','2026-02-16 08:35:02.000000',1,1,'','poll',3,'2026-02-16 08:37:02.000000','2026-02-16 08:33:02.000000','2026-02-16 10:00:00.000000',3,NULL,X'3109323032362D30322D31362031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-16 07:47:02.000000','2026-02-16','2026-02-15 23:47:02.000000',0,1,'','poll',3,'2026-02-15 23:49:02.000000','2026-02-15 23:45:02.000000','2026-02-16 10:00:00.000000',3,NULL,X'3209323032362D30322D31362030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-16 16:31:02.000000','2026-02-16','2026-02-16 08:31:02.000000',1,1,'','poll',3,'2026-02-16 08:33:02.000000','2026-02-16 08:29:02.000000','2026-02-16 10:00:00.000000',3,NULL,X'3209323032362D30322D31362031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-16 07:20:02.000000','2026-02-16','2026-02-15 23:20:02.000000',0,1,'','poll',3,'2026-02-15 23:22:02.000000','2026-02-15 23:18:02.000000','2026-02-16 10:00:00.000000',3,NULL,X'3309323032362D30322D31362030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-17 07:10:00.000000','2026-02-17','2026-02-16 23:10:00.000000',0,1,'','poll',3,'2026-02-16 23:12:00.000000','2026-02-16 23:08:00.000000','2026-02-17 10:00:00.000000',4,NULL,X'3109323032362D30322D31372030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-17 16:35:00.000000','2026-02-17','2026-02-17 08:35:00.000000',1,1,'','poll',3,'2026-02-17 08:37:00.000000','2026-02-17 08:33:00.000000','2026-02-17 10:00:00.000000',4,NULL,X'3109323032362D30322D31372031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-17 07:45:00.000000','2026-02-17','2026-02-16 23:45:00.000000',0,1,'','poll',3,'2026-02-16 23:47:00.000000','2026-02-16 23:43:00.000000','2026-02-17 10:00:00.000000',4,NULL,X'3209323032362D30322D31372030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-17 16:31:00.000000','2026-02-17','2026-02-17 08:31:00.000000',1,1,'','poll',3,'2026-02-17 08:33:00.000000','2026-02-17 08:29:00.000000','2026-02-17 10:00:00.000000',4,NULL,X'3209323032362D30322D31372031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-17 07:20:00.000000','2026-02-17','2026-02-16 23:20:00.000000',0,1,'','poll',3,'2026-02-16 23:22:00.000000','2026-02-16 23:18:00.000000','2026-02-17 10:00:00.000000',4,NULL,X'3309323032362D30322D31372030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-17 07:10:01.000000','2026-02-17','2026-02-16 23:10:01.000000',0,1,'','poll',3,'2026-02-16 23:12:01.000000','2026-02-16 23:08:01.000000','2026-02-17 10:00:00.000000',5,NULL,X'3109323032362D30322D31372030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-17 16:35:01.000000','2026-02-17','2026-02-17 08:35:01.000000',1,1,'','poll',3,'2026-02-17 08:37:01.000000','2026-02-17 08:33:01.000000','2026-02-17 10:00:00.000000',5,NULL,X'3109323032362D30322D31372031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-17 07:46:01.000000','2026-02-17','2026-02-16 23:46:01.000000',0,1,'','poll',3,'2026-02-16 23:48:01.000000','2026-02-16 23:44:01.000000','2026-02-17 10:00:00.000000',5,NULL,X'3209323032362D30322D31372030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-17 16:31:01.000000','2026-02-17','2026-02-17 08:31:01.000000',1,1,'','poll',3,'2026-02-17 08:33:01.000000','2026-02-17 08:29:01.000000','2026-02-17 10:00:00.000000',5,NULL,X'3209323032362D30322D31372031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-17 07:20:01.000000','2026-02-17','2026-02-16 23:20:01.000000',0,1,'','poll',3,'2026-02-16 23:22:01.000000','2026-02-16 23:18:01.000000','2026-02-17 10:00:00.000000',5,NULL,X'3309323032362D30322D31372030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-17 07:10:02.000000','2026-02-17','2026-02-16 23:10:02.000000',0,1,'','poll',3,'2026-02-16 23:12:02.000000','2026-02-16 23:08:02.000000','2026-02-17 10:00:00.000000',6,NULL,X'3109323032362D30322D31372030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-17 16:35:02.000000','2026-02-17','2026-02-17 08:35:02.000000',1,1,'','poll',3,'2026-02-17 08:37:02.000000','2026-02-17 08:33:02.000000','2026-02-17 10:00:00.000000',6,NULL,X'3109323032362D30322D31372031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-17 07:47:02.000000','2026-02-17','2026-02-16 23:47:02.000000',0,1,'','poll',3,'2026-02-16 23:49:02.000000','2026-02-16 23:45:02.000000','2026-02-17 10:00:00.000000',6,NULL,X'3209323032362D30322D31372030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-17 16:31:02.000000','2026-02-17','2026-02-17 08:31:02.000000',1,1,'','poll',3,'2026-02-17 08:33:02.000000','2026-02-17 08:29:02.000000','2026-02-17 10:00:00.000000',6,NULL,X'3209323032362D30322D31372031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-17 07:20:02.000000','2026-02-17','2026-02-16 23:20:02.000000',0,1,'','poll',3,'2026-02-16 23:22:02.000000','2026-02-16 23:18:02.000000','2026-02-17 10:00:00.000000',6,NULL,X'3309323032362D30322D31372030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-18 07:10:00.000000','2026-02-18','2026-02-17 23:10:00.000000',0,1,'','poll',3,'2026-02-17 23:12:00.000000','2026-02-17 23:08:00.000000','2026-02-18 10:00:00.000000',7,NULL,X'3109323032362D30322D31382030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-18 16:35:00.000000','2026-02-18','2026-02-18 08:35:00.000000',1,1,'','poll',3,'2026-02-18 08:37:00.000000','2026-02-18 08:33:00.000000','2026-02-18 10:00:00.000000',7,NULL,X'3109323032362D30322D31382031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-18 07:45:00.000000','2026-02-18','2026-02-17 23:45:00.000000',0,1,'','poll',3,'2026-02-17 23:47:00.000000','2026-02-17 23:43:00.000000','2026-02-18 10:00:00.000000',7,NULL,X'3209323032362D30322D31382030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-18 16:31:00.000000','2026-02-18','2026-02-18 08:31:00.000000',1,1,'','poll',3,'2026-02-18 08:33:00.000000','2026-02-18 08:29:00.000000','2026-02-18 10:00:00.000000',7,NULL,X'3209323032362D30322D31382031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-18 07:20:00.000000','2026-02-18','2026-02-17 23:20:00.000000',0,1,'','poll',3,'2026-02-17 23:22:00.000000','2026-02-17 23:18:00.000000','2026-02-18 10:00:00.000000',7,NULL,X'3309323032362D30322D31382030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-18 07:10:01.000000','2026-02-18','2026-02-17 23:10:01.000000',0,1,'','poll',3,'2026-02-17 23:12:01.000000','2026-02-17 23:08:01.000000','2026-02-18 10:00:00.000000',8,NULL,X'3109323032362D30322D31382030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-18 16:35:01.000000','2026-02-18','2026-02-18 08:35:01.000000',1,1,'','poll',3,'2026-02-18 08:37:01.000000','2026-02-18 08:33:01.000000','2026-02-18 10:00:00.000000',8,NULL,X'3109323032362D30322D31382031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-18 07:46:01.000000','2026-02-18','2026-02-17 23:46:01.000000',0,1,'','poll',3,'2026-02-17 23:48:01.000000','2026-02-17 23:44:01.000000','2026-02-18 10:00:00.000000',8,NULL,X'3209323032362D30322D31382030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-18 16:31:01.000000','2026-02-18','2026-02-18 08:31:01.000000',1,1,'','poll',3,'2026-02-18 08:33:01.000000','2026-02-18 08:29:01.000000','2026-02-18 10:00:00.000000',8,NULL,X'3209323032362D30322D31382031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-18 07:20:01.000000','2026-02-18','2026-02-17 23:20:01.000000',0,1,'','poll',3,'2026-02-17 23:22:01.000000','2026-02-17 23:18:01.000000','2026-02-18 10:00:00.000000',8,NULL,X'3309323032362D30322D31382030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-18 07:10:02.000000','2026-02-18','2026-02-17 23:10:02.000000',0,1,'','poll',3,'2026-02-17 23:12:02.000000','2026-02-17 23:08:02.000000','2026-02-18 10:00:00.000000',9,NULL,X'3109323032362D30322D31382030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-18 16:35:02.000000','2026-02-18','2026-02-18 08:35:02.000000',1,1,'','poll',3,'2026-02-18 08:37:02.000000','2026-02-18 08:33:02.000000','2026-02-18 10:00:00.000000',9,NULL,X'3109323032362D30322D31382031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-18 07:47:02.000000','2026-02-18','2026-02-17 23:47:02.000000',0,1,'','poll',3,'2026-02-17 23:49:02.000000','2026-02-17 23:45:02.000000','2026-02-18 10:00:00.000000',9,NULL,X'3209323032362D30322D31382030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-18 16:31:02.000000','2026-02-18','2026-02-18 08:31:02.000000',1,1,'','poll',3,'2026-02-18 08:33:02.000000','2026-02-18 08:29:02.000000','2026-02-18 10:00:00.000000',9,NULL,X'3209323032362D30322D31382031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-18 07:20:02.000000','2026-02-18','2026-02-17 23:20:02.000000',0,1,'','poll',3,'2026-02-17 23:22:02.000000','2026-02-17 23:18:02.000000','2026-02-18 10:00:00.000000',9,NULL,X'3309323032362D30322D31382030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-19 07:10:00.000000','2026-02-19','2026-02-18 23:10:00.000000',0,1,'','poll',3,'2026-02-18 23:12:00.000000','2026-02-18 23:08:00.000000','2026-02-19 10:00:00.000000',10,NULL,X'3109323032362D30322D31392030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-19 16:35:00.000000','2026-02-19','2026-02-19 08:35:00.000000',1,1,'','poll',3,'2026-02-19 08:37:00.000000','2026-02-19 08:33:00.000000','2026-02-19 10:00:00.000000',10,NULL,X'3109323032362D30322D31392031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-19 07:45:00.000000','2026-02-19','2026-02-18 23:45:00.000000',0,1,'','poll',3,'2026-02-18 23:47:00.000000','2026-02-18 23:43:00.000000','2026-02-19 10:00:00.000000',10,NULL,X'3209323032362D30322D31392030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-19 16:31:00.000000','2026-02-19','2026-02-19 08:31:00.000000',1,1,'','poll',3,'2026-02-19 08:33:00.000000','2026-02-19 08:29:00.000000','2026-02-19 10:00:00.000000',10,NULL,X'3209323032362D30322D31392031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-19 07:20:00.000000','2026-02-19','2026-02-18 23:20:00.000000',0,1,'','poll',3,'2026-02-18 23:22:00.000000','2026-02-18 23:18:00.000000','2026-02-19 10:00:00.000000',10,NULL,X'3309323032362D30322D31392030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-19 07:10:01.000000','2026-02-19','2026-02-18 23:10:01.000000',0,1,'','poll',3,'2026-02-18 23:12:01.000000','2026-02-18 23:08:01.000000','2026-02-19 10:00:00.000000',11,NULL,X'3109323032362D30322D31392030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-19 16:35:01.000000','2026-02-19','2026-02-19 08:35:01.000000',1,1,'','poll',3,'2026-02-19 08:37:01.000000','2026-02-19 08:33:01.000000','2026-02-19 10:00:00.000000',11,NULL,X'3109323032362D30322D31392031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-19 07:46:01.000000','2026-02-19','2026-02-18 23:46:01.000000',0,1,'','poll',3,'2026-02-18 23:48:01.000000','2026-02-18 23:44:01.000000','2026-02-19 10:00:00.000000',11,NULL,X'3209323032362D30322D31392030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-19 16:31:01.000000','2026-02-19','2026-02-19 08:31:01.000000',1,1,'','poll',3,'2026-02-19 08:33:01.000000','2026-02-19 08:29:01.000000','2026-02-19 10:00:00.000000',11,NULL,X'3209323032362D30322D31392031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-19 07:20:01.000000','2026-02-19','2026-02-18 23:20:01.000000',0,1,'','poll',3,'2026-02-18 23:22:01.000000','2026-02-18 23:18:01.000000','2026-02-19 10:00:00.000000',11,NULL,X'3309323032362D30322D31392030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-19 07:10:02.000000','2026-02-19','2026-02-18 23:10:02.000000',0,1,'','poll',3,'2026-02-18 23:12:02.000000','2026-02-18 23:08:02.000000','2026-02-19 10:00:00.000000',12,NULL,X'3109323032362D30322D31392030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-19 16:35:02.000000','2026-02-19','2026-02-19 08:35:02.000000',1,1,'','poll',3,'2026-02-19 08:37:02.000000','2026-02-19 08:33:02.000000','2026-02-19 10:00:00.000000',12,NULL,X'3109323032362D30322D31392031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-19 07:47:02.000000','2026-02-19','2026-02-18 23:47:02.000000',0,1,'','poll',3,'2026-02-18 23:49:02.000000','2026-02-18 23:45:02.000000','2026-02-19 10:00:00.000000',12,NULL,X'3209323032362D30322D31392030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-19 16:31:02.000000','2026-02-19','2026-02-19 08:31:02.000000',1,1,'','poll',3,'2026-02-19 08:33:02.000000','2026-02-19 08:29:02.000000','2026-02-19 10:00:00.000000',12,NULL,X'3209323032362D30322D31392031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-19 07:20:02.000000','2026-02-19','2026-02-18 23:20:02.000000',0,1,'','poll',3,'2026-02-18 23:22:02.000000','2026-02-18 23:18:02.000000','2026-02-19 10:00:00.000000',12,NULL,X'3309323032362D30322D31392030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-20 07:10:00.000000','2026-02-20','2026-02-19 23:10:00.000000',0,1,'','poll',3,'2026-02-19 23:12:00.000000','2026-02-19 23:08:00.000000','2026-02-20 10:00:00.000000',13,NULL,X'3109323032362D30322D32302030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-20 16:35:00.000000','2026-02-20','2026-02-20 08:35:00.000000',1,1,'','poll',3,'2026-02-20 08:37:00.000000','2026-02-20 08:33:00.000000','2026-02-20 10:00:00.000000',13,NULL,X'3109323032362D30322D32302031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-20 07:45:00.000000','2026-02-20','2026-02-19 23:45:00.000000',0,1,'','poll',3,'2026-02-19 23:47:00.000000','2026-02-19 23:43:00.000000','2026-02-20 10:00:00.000000',13,NULL,X'3209323032362D30322D32302030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-20 16:31:00.000000','2026-02-20','2026-02-20 08:31:00.000000',1,1,'','poll',3,'2026-02-20 08:33:00.000000','2026-02-20 08:29:00.000000','2026-02-20 10:00:00.000000',13,NULL,X'3209323032362D30322D32302031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-20 07:20:00.000000','2026-02-20','2026-02-19 23:20:00.000000',0,1,'','poll',3,'2026-02-19 23:22:00.000000','2026-02-19 23:18:00.000000','2026-02-20 10:00:00.000000',13,NULL,X'3309323032362D30322D32302030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-20 07:10:01.000000','2026-02-20','2026-02-19 23:10:01.000000',0,1,'','poll',3,'2026-02-19 23:12:01.000000','2026-02-19 23:08:01.000000','2026-02-20 10:00:00.000000',14,NULL,X'3109323032362D30322D32302030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-20 16:35:01.000000','2026-02-20','2026-02-20 08:35:01.000000',1,1,'','poll',3,'2026-02-20 08:37:01.000000','2026-02-20 08:33:01.000000','2026-02-20 10:00:00.000000',14,NULL,X'3109323032362D30322D32302031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-20 07:46:01.000000','2026-02-20','2026-02-19 23:46:01.000000',0,1,'','poll',3,'2026-02-19 23:48:01.000000','2026-02-19 23:44:01.000000','2026-02-20 10:00:00.000000',14,NULL,X'3209323032362D30322D32302030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-20 16:31:01.000000','2026-02-20','2026-02-20 08:31:01.000000',1,1,'','poll',3,'2026-02-20 08:33:01.000000','2026-02-20 08:29:01.000000','2026-02-20 10:00:00.000000',14,NULL,X'3209323032362D30322D32302031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-20 07:20:01.000000','2026-02-20','2026-02-19 23:20:01.000000',0,1,'','poll',3,'2026-02-19 23:22:01.000000','2026-02-19 23:18:01.000000','2026-02-20 10:00:00.000000',14,NULL,X'3309323032362D30322D32302030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-20 07:10:02.000000','2026-02-20','2026-02-19 23:10:02.000000',0,1,'','poll',3,'2026-02-19 23:12:02.000000','2026-02-19 23:08:02.000000','2026-02-20 10:00:00.000000',15,NULL,X'3109323032362D30322D32302030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-20 16:35:02.000000','2026-02-20','2026-02-20 08:35:02.000000',1,1,'','poll',3,'2026-02-20 08:37:02.000000','2026-02-20 08:33:02.000000','2026-02-20 10:00:00.000000',15,NULL,X'3109323032362D30322D32302031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-20 07:47:02.000000','2026-02-20','2026-02-19 23:47:02.000000',0,1,'','poll',3,'2026-02-19 23:49:02.000000','2026-02-19 23:45:02.000000','2026-02-20 10:00:00.000000',15,NULL,X'3209323032362D30322D32302030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-20 16:31:02.000000','2026-02-20','2026-02-20 08:31:02.000000',1,1,'','poll',3,'2026-02-20 08:33:02.000000','2026-02-20 08:29:02.000000','2026-02-20 10:00:00.000000',15,NULL,X'3209323032362D30322D32302031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-20 07:20:02.000000','2026-02-20','2026-02-19 23:20:02.000000',0,1,'','poll',3,'2026-02-19 23:22:02.000000','2026-02-19 23:18:02.000000','2026-02-20 10:00:00.000000',15,NULL,X'3309323032362D30322D32302030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-23 07:10:00.000000','2026-02-23','2026-02-22 23:10:00.000000',0,1,'','poll',3,'2026-02-22 23:12:00.000000','2026-02-22 23:08:00.000000','2026-02-23 10:00:00.000000',16,NULL,X'3109323032362D30322D32332030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-23 16:35:00.000000','2026-02-23','2026-02-23 08:35:00.000000',1,1,'','poll',3,'2026-02-23 08:37:00.000000','2026-02-23 08:33:00.000000','2026-02-23 10:00:00.000000',16,NULL,X'3109323032362D30322D32332031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-23 07:45:00.000000','2026-02-23','2026-02-22 23:45:00.000000',0,1,'','poll',3,'2026-02-22 23:47:00.000000','2026-02-22 23:43:00.000000','2026-02-23 10:00:00.000000',16,NULL,X'3209323032362D30322D32332030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-23 16:31:00.000000','2026-02-23','2026-02-23 08:31:00.000000',1,1,'','poll',3,'2026-02-23 08:33:00.000000','2026-02-23 08:29:00.000000','2026-02-23 10:00:00.000000',16,NULL,X'3209323032362D30322D32332031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-23 07:20:00.000000','2026-02-23','2026-02-22 23:20:00.000000',0,1,'','poll',3,'2026-02-22 23:22:00.000000','2026-02-22 23:18:00.000000','2026-02-23 10:00:00.000000',16,NULL,X'3309323032362D30322D32332030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-23 07:10:01.000000','2026-02-23','2026-02-22 23:10:01.000000',0,1,'','poll',3,'2026-02-22 23:12:01.000000','2026-02-22 23:08:01.000000','2026-02-23 10:00:00.000000',17,NULL,X'3109323032362D30322D32332030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-23 16:35:01.000000','2026-02-23','2026-02-23 08:35:01.000000',1,1,'','poll',3,'2026-02-23 08:37:01.000000','2026-02-23 08:33:01.000000','2026-02-23 10:00:00.000000',17,NULL,X'3109323032362D30322D32332031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-23 07:46:01.000000','2026-02-23','2026-02-22 23:46:01.000000',0,1,'','poll',3,'2026-02-22 23:48:01.000000','2026-02-22 23:44:01.000000','2026-02-23 10:00:00.000000',17,NULL,X'3209323032362D30322D32332030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-23 16:31:01.000000','2026-02-23','2026-02-23 08:31:01.000000',1,1,'','poll',3,'2026-02-23 08:33:01.000000','2026-02-23 08:29:01.000000','2026-02-23 10:00:00.000000',17,NULL,X'3209323032362D30322D32332031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-23 07:20:01.000000','2026-02-23','2026-02-22 23:20:01.000000',0,1,'','poll',3,'2026-02-22 23:22:01.000000','2026-02-22 23:18:01.000000','2026-02-23 10:00:00.000000',17,NULL,X'3309323032362D30322D32332030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-23 07:10:02.000000','2026-02-23','2026-02-22 23:10:02.000000',0,1,'','poll',3,'2026-02-22 23:12:02.000000','2026-02-22 23:08:02.000000','2026-02-23 10:00:00.000000',18,NULL,X'3109323032362D30322D32332030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-23 16:35:02.000000','2026-02-23','2026-02-23 08:35:02.000000',1,1,'','poll',3,'2026-02-23 08:37:02.000000','2026-02-23 08:33:02.000000','2026-02-23 10:00:00.000000',18,NULL,X'3109323032362D30322D32332031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-23 07:47:02.000000','2026-02-23','2026-02-22 23:47:02.000000',0,1,'','poll',3,'2026-02-22 23:49:02.000000','2026-02-22 23:45:02.000000','2026-02-23 10:00:00.000000',18,NULL,X'3209323032362D30322D32332030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-23 16:31:02.000000','2026-02-23','2026-02-23 08:31:02.000000',1,1,'','poll',3,'2026-02-23 08:33:02.000000','2026-02-23 08:29:02.000000','2026-02-23 10:00:00.000000',18,NULL,X'3209323032362D30322D32332031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-23 07:20:02.000000','2026-02-23','2026-02-22 23:20:02.000000',0,1,'','poll',3,'2026-02-22 23:22:02.000000','2026-02-22 23:18:02.000000','2026-02-23 10:00:00.000000',18,NULL,X'3309323032362D30322D32332030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-24 07:10:00.000000','2026-02-24','2026-02-23 23:10:00.000000',0,1,'','poll',3,'2026-02-23 23:12:00.000000','2026-02-23 23:08:00.000000','2026-02-24 10:00:00.000000',19,NULL,X'3109323032362D30322D32342030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-24 16:35:00.000000','2026-02-24','2026-02-24 08:35:00.000000',1,1,'','poll',3,'2026-02-24 08:37:00.000000','2026-02-24 08:33:00.000000','2026-02-24 10:00:00.000000',19,NULL,X'3109323032362D30322D32342031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-24 07:45:00.000000','2026-02-24','2026-02-23 23:45:00.000000',0,1,'','poll',3,'2026-02-23 23:47:00.000000','2026-02-23 23:43:00.000000','2026-02-24 10:00:00.000000',19,NULL,X'3209323032362D30322D32342030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-24 16:31:00.000000','2026-02-24','2026-02-24 08:31:00.000000',1,1,'','poll',3,'2026-02-24 08:33:00.000000','2026-02-24 08:29:00.000000','2026-02-24 10:00:00.000000',19,NULL,X'3209323032362D30322D32342031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-24 07:20:00.000000','2026-02-24','2026-02-23 23:20:00.000000',0,1,'','poll',3,'2026-02-23 23:22:00.000000','2026-02-23 23:18:00.000000','2026-02-24 10:00:00.000000',19,NULL,X'3309323032362D30322D32342030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-24 07:10:01.000000','2026-02-24','2026-02-23 23:10:01.000000',0,1,'','poll',3,'2026-02-23 23:12:01.000000','2026-02-23 23:08:01.000000','2026-02-24 10:00:00.000000',20,NULL,X'3109323032362D30322D32342030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-24 16:35:01.000000','2026-02-24','2026-02-24 08:35:01.000000',1,1,'','poll',3,'2026-02-24 08:37:01.000000','2026-02-24 08:33:01.000000','2026-02-24 10:00:00.000000',20,NULL,X'3109323032362D30322D32342031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-24 07:46:01.000000','2026-02-24','2026-02-23 23:46:01.000000',0,1,'','poll',3,'2026-02-23 23:48:01.000000','2026-02-23 23:44:01.000000','2026-02-24 10:00:00.000000',20,NULL,X'3209323032362D30322D32342030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-24 16:31:01.000000','2026-02-24','2026-02-24 08:31:01.000000',1,1,'','poll',3,'2026-02-24 08:33:01.000000','2026-02-24 08:29:01.000000','2026-02-24 10:00:00.000000',20,NULL,X'3209323032362D30322D32342031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-24 07:20:01.000000','2026-02-24','2026-02-23 23:20:01.000000',0,1,'','poll',3,'2026-02-23 23:22:01.000000','2026-02-23 23:18:01.000000','2026-02-24 10:00:00.000000',20,NULL,X'3309323032362D30322D32342030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-24 07:10:02.000000','2026-02-24','2026-02-23 23:10:02.000000',0,1,'','poll',3,'2026-02-23 23:12:02.000000','2026-02-23 23:08:02.000000','2026-02-24 10:00:00.000000',21,NULL,X'3109323032362D30322D32342030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-24 16:35:02.000000','2026-02-24','2026-02-24 08:35:02.000000',1,1,'','poll',3,'2026-02-24 08:37:02.000000','2026-02-24 08:33:02.000000','2026-02-24 10:00:00.000000',21,NULL,X'3109323032362D30322D32342031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-24 07:47:02.000000','2026-02-24','2026-02-23 23:47:02.000000',0,1,'','poll',3,'2026-02-23 23:49:02.000000','2026-02-23 23:45:02.000000','2026-02-24 10:00:00.000000',21,NULL,X'3209323032362D30322D32342030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-24 16:31:02.000000','2026-02-24','2026-02-24 08:31:02.000000',1,1,'','poll',3,'2026-02-24 08:33:02.000000','2026-02-24 08:29:02.000000','2026-02-24 10:00:00.000000',21,NULL,X'3209323032362D30322D32342031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-24 07:20:02.000000','2026-02-24','2026-02-23 23:20:02.000000',0,1,'','poll',3,'2026-02-23 23:22:02.000000','2026-02-23 23:18:02.000000','2026-02-24 10:00:00.000000',21,NULL,X'3309323032362D30322D32342030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-25 07:10:00.000000','2026-02-25','2026-02-24 23:10:00.000000',0,1,'','poll',3,'2026-02-24 23:12:00.000000','2026-02-24 23:08:00.000000','2026-02-25 10:00:00.000000',22,NULL,X'3109323032362D30322D32352030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-25 16:35:00.000000','2026-02-25','2026-02-25 08:35:00.000000',1,1,'','poll',3,'2026-02-25 08:37:00.000000','2026-02-25 08:33:00.000000','2026-02-25 10:00:00.000000',22,NULL,X'3109323032362D30322D32352031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-25 07:45:00.000000','2026-02-25','2026-02-24 23:45:00.000000',0,1,'','poll',3,'2026-02-24 23:47:00.000000','2026-02-24 23:43:00.000000','2026-02-25 10:00:00.000000',22,NULL,X'3209323032362D30322D32352030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-25 16:31:00.000000','2026-02-25','2026-02-25 08:31:00.000000',1,1,'','poll',3,'2026-02-25 08:33:00.000000','2026-02-25 08:29:00.000000','2026-02-25 10:00:00.000000',22,NULL,X'3209323032362D30322D32352031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-25 07:20:00.000000','2026-02-25','2026-02-24 23:20:00.000000',0,1,'','poll',3,'2026-02-24 23:22:00.000000','2026-02-24 23:18:00.000000','2026-02-25 10:00:00.000000',22,NULL,X'3309323032362D30322D32352030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-25 07:10:01.000000','2026-02-25','2026-02-24 23:10:01.000000',0,1,'','poll',3,'2026-02-24 23:12:01.000000','2026-02-24 23:08:01.000000','2026-02-25 10:00:00.000000',23,NULL,X'3109323032362D30322D32352030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-25 16:35:01.000000','2026-02-25','2026-02-25 08:35:01.000000',1,1,'','poll',3,'2026-02-25 08:37:01.000000','2026-02-25 08:33:01.000000','2026-02-25 10:00:00.000000',23,NULL,X'3109323032362D30322D32352031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-25 07:46:01.000000','2026-02-25','2026-02-24 23:46:01.000000',0,1,'','poll',3,'2026-02-24 23:48:01.000000','2026-02-24 23:44:01.000000','2026-02-25 10:00:00.000000',23,NULL,X'3209323032362D30322D32352030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-25 16:31:01.000000','2026-02-25','2026-02-25 08:31:01.000000',1,1,'','poll',3,'2026-02-25 08:33:01.000000','2026-02-25 08:29:01.000000','2026-02-25 10:00:00.000000',23,NULL,X'3209323032362D30322D32352031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-25 07:20:01.000000','2026-02-25','2026-02-24 23:20:01.000000',0,1,'','poll',3,'2026-02-24 23:22:01.000000','2026-02-24 23:18:01.000000','2026-02-25 10:00:00.000000',23,NULL,X'3309323032362D30322D32352030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-25 07:10:02.000000','2026-02-25','2026-02-24 23:10:02.000000',0,1,'','poll',3,'2026-02-24 23:12:02.000000','2026-02-24 23:08:02.000000','2026-02-25 10:00:00.000000',24,NULL,X'3109323032362D30322D32352030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-25 16:35:02.000000','2026-02-25','2026-02-25 08:35:02.000000',1,1,'','poll',3,'2026-02-25 08:37:02.000000','2026-02-25 08:33:02.000000','2026-02-25 10:00:00.000000',24,NULL,X'3109323032362D30322D32352031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-25 07:47:02.000000','2026-02-25','2026-02-24 23:47:02.000000',0,1,'','poll',3,'2026-02-24 23:49:02.000000','2026-02-24 23:45:02.000000','2026-02-25 10:00:00.000000',24,NULL,X'3209323032362D30322D32352030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-25 16:31:02.000000','2026-02-25','2026-02-25 08:31:02.000000',1,1,'','poll',3,'2026-02-25 08:33:02.000000','2026-02-25 08:29:02.000000','2026-02-25 10:00:00.000000',24,NULL,X'3209323032362D30322D32352031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-25 07:20:02.000000','2026-02-25','2026-02-24 23:20:02.000000',0,1,'','poll',3,'2026-02-24 23:22:02.000000','2026-02-24 23:18:02.000000','2026-02-25 10:00:00.000000',24,NULL,X'3309323032362D30322D32352030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-26 07:10:00.000000','2026-02-26','2026-02-25 23:10:00.000000',0,1,'','poll',3,'2026-02-25 23:12:00.000000','2026-02-25 23:08:00.000000','2026-02-26 10:00:00.000000',25,NULL,X'3109323032362D30322D32362030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-26 16:35:00.000000','2026-02-26','2026-02-26 08:35:00.000000',1,1,'','poll',3,'2026-02-26 08:37:00.000000','2026-02-26 08:33:00.000000','2026-02-26 10:00:00.000000',25,NULL,X'3109323032362D30322D32362031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-26 07:45:00.000000','2026-02-26','2026-02-25 23:45:00.000000',0,1,'','poll',3,'2026-02-25 23:47:00.000000','2026-02-25 23:43:00.000000','2026-02-26 10:00:00.000000',25,NULL,X'3209323032362D30322D32362030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-26 16:31:00.000000','2026-02-26','2026-02-26 08:31:00.000000',1,1,'','poll',3,'2026-02-26 08:33:00.000000','2026-02-26 08:29:00.000000','2026-02-26 10:00:00.000000',25,NULL,X'3209323032362D30322D32362031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-26 07:20:00.000000','2026-02-26','2026-02-25 23:20:00.000000',0,1,'','poll',3,'2026-02-25 23:22:00.000000','2026-02-25 23:18:00.000000','2026-02-26 10:00:00.000000',25,NULL,X'3309323032362D30322D32362030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-26 07:10:01.000000','2026-02-26','2026-02-25 23:10:01.000000',0,1,'','poll',3,'2026-02-25 23:12:01.000000','2026-02-25 23:08:01.000000','2026-02-26 10:00:00.000000',26,NULL,X'3109323032362D30322D32362030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-26 16:35:01.000000','2026-02-26','2026-02-26 08:35:01.000000',1,1,'','poll',3,'2026-02-26 08:37:01.000000','2026-02-26 08:33:01.000000','2026-02-26 10:00:00.000000',26,NULL,X'3109323032362D30322D32362031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-26 07:46:01.000000','2026-02-26','2026-02-25 23:46:01.000000',0,1,'','poll',3,'2026-02-25 23:48:01.000000','2026-02-25 23:44:01.000000','2026-02-26 10:00:00.000000',26,NULL,X'3209323032362D30322D32362030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-26 16:31:01.000000','2026-02-26','2026-02-26 08:31:01.000000',1,1,'','poll',3,'2026-02-26 08:33:01.000000','2026-02-26 08:29:01.000000','2026-02-26 10:00:00.000000',26,NULL,X'3209323032362D30322D32362031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-26 07:20:01.000000','2026-02-26','2026-02-25 23:20:01.000000',0,1,'','poll',3,'2026-02-25 23:22:01.000000','2026-02-25 23:18:01.000000','2026-02-26 10:00:00.000000',26,NULL,X'3309323032362D30322D32362030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-26 07:10:02.000000','2026-02-26','2026-02-25 23:10:02.000000',0,1,'','poll',3,'2026-02-25 23:12:02.000000','2026-02-25 23:08:02.000000','2026-02-26 10:00:00.000000',27,NULL,X'3109323032362D30322D32362030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-26 16:35:02.000000','2026-02-26','2026-02-26 08:35:02.000000',1,1,'','poll',3,'2026-02-26 08:37:02.000000','2026-02-26 08:33:02.000000','2026-02-26 10:00:00.000000',27,NULL,X'3109323032362D30322D32362031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-26 07:47:02.000000','2026-02-26','2026-02-25 23:47:02.000000',0,1,'','poll',3,'2026-02-25 23:49:02.000000','2026-02-25 23:45:02.000000','2026-02-26 10:00:00.000000',27,NULL,X'3209323032362D30322D32362030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-26 16:31:02.000000','2026-02-26','2026-02-26 08:31:02.000000',1,1,'','poll',3,'2026-02-26 08:33:02.000000','2026-02-26 08:29:02.000000','2026-02-26 10:00:00.000000',27,NULL,X'3209323032362D30322D32362031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-26 07:20:02.000000','2026-02-26','2026-02-25 23:20:02.000000',0,1,'','poll',3,'2026-02-25 23:22:02.000000','2026-02-25 23:18:02.000000','2026-02-26 10:00:00.000000',27,NULL,X'3309323032362D30322D32362030373A32303A3032');
INSERT INTO "punches" VALUES(1,'1','2026-02-27 07:10:00.000000','2026-02-27','2026-02-26 23:10:00.000000',0,1,'','poll',3,'2026-02-26 23:12:00.000000','2026-02-26 23:08:00.000000','2026-02-27 10:00:00.000000',28,NULL,X'3109323032362D30322D32372030373A31303A3030');
INSERT INTO "punches" VALUES(1,'1','2026-02-27 16:35:00.000000','2026-02-27','2026-02-27 08:35:00.000000',1,1,'','poll',3,'2026-02-27 08:37:00.000000','2026-02-27 08:33:00.000000','2026-02-27 10:00:00.000000',28,NULL,X'3109323032362D30322D32372031363A33353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-27 07:45:00.000000','2026-02-27','2026-02-26 23:45:00.000000',0,1,'','poll',3,'2026-02-26 23:47:00.000000','2026-02-26 23:43:00.000000','2026-02-27 10:00:00.000000',28,NULL,X'3209323032362D30322D32372030373A34353A3030');
INSERT INTO "punches" VALUES(1,'2','2026-02-27 16:31:00.000000','2026-02-27','2026-02-27 08:31:00.000000',1,1,'','poll',3,'2026-02-27 08:33:00.000000','2026-02-27 08:29:00.000000','2026-02-27 10:00:00.000000',28,NULL,X'3209323032362D30322D32372031363A33313A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-27 07:20:00.000000','2026-02-27','2026-02-26 23:20:00.000000',0,1,'','poll',3,'2026-02-26 23:22:00.000000','2026-02-26 23:18:00.000000','2026-02-27 10:00:00.000000',28,NULL,X'3309323032362D30322D32372030373A32303A3030');
INSERT INTO "punches" VALUES(2,'1','2026-02-27 07:10:01.000000','2026-02-27','2026-02-26 23:10:01.000000',0,1,'','poll',3,'2026-02-26 23:12:01.000000','2026-02-26 23:08:01.000000','2026-02-27 10:00:00.000000',29,NULL,X'3109323032362D30322D32372030373A31303A3031');
INSERT INTO "punches" VALUES(2,'1','2026-02-27 16:35:01.000000','2026-02-27','2026-02-27 08:35:01.000000',1,1,'','poll',3,'2026-02-27 08:37:01.000000','2026-02-27 08:33:01.000000','2026-02-27 10:00:00.000000',29,NULL,X'3109323032362D30322D32372031363A33353A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-27 07:46:01.000000','2026-02-27','2026-02-26 23:46:01.000000',0,1,'','poll',3,'2026-02-26 23:48:01.000000','2026-02-26 23:44:01.000000','2026-02-27 10:00:00.000000',29,NULL,X'3209323032362D30322D32372030373A34363A3031');
INSERT INTO "punches" VALUES(2,'2','2026-02-27 16:31:01.000000','2026-02-27','2026-02-27 08:31:01.000000',1,1,'','poll',3,'2026-02-27 08:33:01.000000','2026-02-27 08:29:01.000000','2026-02-27 10:00:00.000000',29,NULL,X'3209323032362D30322D32372031363A33313A3031');
INSERT INTO "punches" VALUES(2,'3','2026-02-27 07:20:01.000000','2026-02-27','2026-02-26 23:20:01.000000',0,1,'','poll',3,'2026-02-26 23:22:01.000000','2026-02-26 23:18:01.000000','2026-02-27 10:00:00.000000',29,NULL,X'3309323032362D30322D32372030373A32303A3031');
INSERT INTO "punches" VALUES(3,'1','2026-02-27 07:10:02.000000','2026-02-27','2026-02-26 23:10:02.000000',0,1,'','poll',3,'2026-02-26 23:12:02.000000','2026-02-26 23:08:02.000000','2026-02-27 10:00:00.000000',30,NULL,X'3109323032362D30322D32372030373A31303A3032');
INSERT INTO "punches" VALUES(3,'1','2026-02-27 16:35:02.000000','2026-02-27','2026-02-27 08:35:02.000000',1,1,'','poll',3,'2026-02-27 08:37:02.000000','2026-02-27 08:33:02.000000','2026-02-27 10:00:00.000000',30,NULL,X'3109323032362D30322D32372031363A33353A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-27 07:47:02.000000','2026-02-27','2026-02-26 23:47:02.000000',0,1,'','poll',3,'2026-02-26 23:49:02.000000','2026-02-26 23:45:02.000000','2026-02-27 10:00:00.000000',30,NULL,X'3209323032362D30322D32372030373A34373A3032');
INSERT INTO "punches" VALUES(3,'2','2026-02-27 16:31:02.000000','2026-02-27','2026-02-27 08:31:02.000000',1,1,'','poll',3,'2026-02-27 08:33:02.000000','2026-02-27 08:29:02.000000','2026-02-27 10:00:00.000000',30,NULL,X'3209323032362D30322D32372031363A33313A3032');
INSERT INTO "punches" VALUES(3,'3','2026-02-27 07:20:02.000000','2026-02-27','2026-02-26 23:20:02.000000',0,1,'','poll',3,'2026-02-26 23:22:02.000000','2026-02-26 23:18:02.000000','2026-02-27 10:00:00.000000',30,NULL,X'3309323032362D30322D32372030373A32303A3032');
INSERT INTO "punches" VALUES(1,'198609262015051003','2026-02-18 16:50:00.000000','2026-02-18','2026-02-18 08:50:00.000000',1,1,'','poll',3,'2026-02-18 08:52:00.000000','2026-02-18 08:48:00.000000','2026-03-03 00:56:00.000000',31,NULL,X'31393836303932363230313530353130303309323032362D30322D31382031363A35303A3030');
INSERT INTO "punches" VALUES(1,'99','2026-02-18 07:19:00.000000','2026-02-18','2026-02-17 23:19:00.000000',0,1,'7','poll',3,'2026-02-17 23:21:00.000000','2026-02-17 23:17:00.000000','2026-03-03 00:56:00.000000',31,NULL,X'393909323032362D30322D31382030373A31393A3030');
INSERT INTO "punches" VALUES(2,'4','2038-01-19 03:14:07.000000','2038-01-19','2038-01-18 19:14:07.000000',0,1,'','poll',378000000,'2026-03-03 00:51:40.000000','2026-03-03 00:45:00.000000','2026-03-03 00:57:00.000000',32,'future',X'3409323033382D30312D31392030333A31343A3037');
INSERT INTO "punches" VALUES(4,'1','2026-02-18 07:10:00.000000','2026-02-18','2026-02-17 23:10:00.000000',0,1,'','poll',3,'2026-02-17 23:12:00.000000','2026-02-17 23:08:00.000000','2026-03-03 00:58:00.000000',33,NULL,X'3109323032362D30322D31382030373A31303A3030');
INSERT INTO "punches" VALUES(1,'3','2026-02-24 16:40:00.000000','2026-02-24','2026-02-24 08:40:00.000000',1,1,'','usb',3,'2026-02-24 08:42:00.000000',NULL,'2026-03-03 00:59:00.000000',34,NULL,X'3309323032362D30322D32342031363A34303A3030');
CREATE TABLE schemes (
	code VARCHAR(32) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	hours JSON NOT NULL, 
	tolerance_s INTEGER NOT NULL, 
	CONSTRAINT pk_schemes PRIMARY KEY (code)
);
INSERT INTO "schemes" VALUES('5-hari','5 hari kerja','{"0": ["07:30", "16:00"], "1": ["07:30", "16:00"], "2": ["07:30", "16:00"], "3": ["07:30", "16:00"], "4": ["07:30", "16:30"]}',0);
CREATE TABLE terminals (
	id INTEGER NOT NULL, 
	serial VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	office VARCHAR(32) NOT NULL, 
	registered BOOLEAN NOT NULL, 
	counts_from DATE, 
	counts_until DATE, 
	first_seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_terminals PRIMARY KEY (id), 
	CONSTRAINT fk_terminals_office FOREIGN KEY(office) REFERENCES offices (code), 
	CONSTRAINT uq_terminals_serial UNIQUE (serial)
);
INSERT INTO "terminals" VALUES(1,'AF6P210460001','depan','4.01.01',1,'2026-02-16',NULL,'2026-03-03 01:00:00.000000');
INSERT INTO "terminals" VALUES(2,'BOCK201260002','depan','4.02.01',1,'2026-02-16',NULL,'2026-03-03 01:00:00.000000');
INSERT INTO "terminals" VALUES(3,'CQZ7224160003','depan','5.01.01',1,'2026-02-16',NULL,'2026-03-03 01:00:00.000000');
INSERT INTO "terminals" VALUES(4,'DGD9190019004','DGD9190019004','5.01.01',0,NULL,NULL,'2026-03-03 00:58:00.000000');
CREATE TABLE user_ids (
	id INTEGER NOT NULL, 
	terminal_id INTEGER, 
	office VARCHAR(32), 
	user_id VARCHAR(64) NOT NULL, 
	person_id INTEGER, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	CONSTRAINT pk_user_ids PRIMARY KEY (id), 
	CONSTRAINT ck_user_ids_one_scope CHECK ((terminal_id IS NULL) <> (office IS NULL)), 
	CONSTRAINT fk_user_ids_office FOREIGN KEY(office) REFERENCES offices (code), 
	CONSTRAINT fk_user_ids_person_id FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT fk_user_ids_terminal_id FOREIGN KEY(terminal_id) REFERENCES terminals (id)
);
INSERT INTO "user_ids" VALUES(1,1,NULL,'1',1,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(2,1,NULL,'2',2,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(3,1,NULL,'3',3,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(4,1,NULL,'4',4,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(5,2,NULL,'1',5,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(6,2,NULL,'2',6,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(7,2,NULL,'3',7,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(8,2,NULL,'4',8,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(9,3,NULL,'1',9,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(10,3,NULL,'2',10,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(11,3,NULL,'3',11,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(12,3,NULL,'4',12,'2026-02-16',NULL);
INSERT INTO "user_ids" VALUES(13,NULL,'4.01.01','99',NULL,'2026-02-16',NULL);
CREATE INDEX ix_day_changes_person_id ON day_changes (person_id);
CREATE INDEX ix_assignments_office ON assignments (office);
CREATE INDEX ix_bridges_office ON bridges (office);
CREATE INDEX ix_days_office_day ON days (office, day);
CREATE INDEX ix_terminals_office ON terminals (office);
CREATE INDEX ix_batches_outbox ON batches (outbox);
CREATE INDEX ix_user_ids_person_id ON user_ids (person_id);
CREATE INDEX ix_user_ids_user_id ON user_ids (user_id);
CREATE INDEX ix_bad_records_terminal_id ON bad_records (terminal_id);
CREATE INDEX ix_punches_local_day_terminal_id ON punches (local_day, terminal_id);
CREATE INDEX ix_punches_doubtful ON punches (terminal_id, read_at) WHERE doubt IS NOT NULL;
CREATE INDEX ix_punches_own_nip ON punches (user_id, local_day, terminal_id) WHERE length(user_id) = 18;
CREATE TRIGGER punches_no_update BEFORE UPDATE ON punches BEGIN SELECT RAISE(ABORT, 'punches is never changed: UPDATE refused'); END;
CREATE TRIGGER punches_no_delete BEFORE DELETE ON punches BEGIN SELECT RAISE(ABORT, 'punches is never changed: DELETE refused'); END;
CREATE TRIGGER contradictions_no_update BEFORE UPDATE ON contradictions BEGIN SELECT RAISE(ABORT, 'contradictions is never changed: UPDATE refused'); END;
CREATE TRIGGER contradictions_no_delete BEFORE DELETE ON contradictions BEGIN SELECT RAISE(ABORT, 'contradictions is never changed: DELETE refused'); END;
CREATE TRIGGER bad_records_no_update BEFORE UPDATE ON bad_records BEGIN SELECT RAISE(ABORT, 'bad_records is never changed: UPDATE refused'); END;
CREATE TRIGGER bad_records_no_delete BEFORE DELETE ON bad_records BEGIN SELECT RAISE(ABORT, 'bad_records is never changed: DELETE refused'); END;
CREATE TRIGGER day_changes_no_update BEFORE UPDATE ON day_changes BEGIN SELECT RAISE(ABORT, 'day_changes is never changed: UPDATE refused'); END;
CREATE TRIGGER day_changes_no_delete BEFORE DELETE ON day_changes BEGIN SELECT RAISE(ABORT, 'day_changes is never changed: DELETE refused'); END;
COMMIT;
