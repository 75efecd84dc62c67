CREATE TABLE addresses (
	listener_id BIGINT NOT NULL,
	year INTEGER NOT NULL,
	number INTEGER NOT NULL,
	is_closed BOOLEAN NOT NULL,
	PRIMARY KEY (listener_id, year),
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0020');
CREATE TABLE approvals (
	export_id VARCHAR(32) NOT NULL,
	role VARCHAR(32) NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	approver VARCHAR(128) NOT NULL,
	approved_at DATETIME NOT NULL, account VARCHAR(128), public_key VARCHAR(64), signature VARCHAR(128),
	PRIMARY KEY (export_id, role, sha256),
	FOREIGN KEY(export_id) REFERENCES exports (export_id)
);
CREATE TABLE budget_accounts (
	account VARCHAR(128) NOT NULL,
	cap_nano_rho BIGINT NOT NULL,
	spent_nano_rho BIGINT NOT NULL, cap_pico_delta BIGINT DEFAULT '2000000' NOT NULL, spent_pico_delta BIGINT DEFAULT '0' NOT NULL,
	PRIMARY KEY (account),
	CONSTRAINT budget_within_cap CHECK (spent_nano_rho >= 0 and spent_nano_rho <= cap_nano_rho)
);
CREATE TABLE budget_spends (
	request_key VARCHAR(128) NOT NULL,
	account VARCHAR(128) NOT NULL,
	nano_rho BIGINT NOT NULL,
	purpose VARCHAR(64) NOT NULL,
	spent_at DATETIME NOT NULL,
	result_path VARCHAR,
	result_sha256 VARCHAR(64), pico_delta BIGINT DEFAULT '0' NOT NULL,
	PRIMARY KEY (request_key),
	FOREIGN KEY(account) REFERENCES budget_accounts (account)
);
CREATE TABLE catalogue_files (
	version VARCHAR(32) NOT NULL,
	asset VARCHAR(64) NOT NULL,
	number INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	row_count BIGINT NOT NULL,
	column_hashes VARCHAR NOT NULL,
	file_hash VARCHAR(32) NOT NULL,
	imported_at DATETIME NOT NULL,
	PRIMARY KEY (version, asset)
);
CREATE TABLE cells (
	environment VARCHAR(64) NOT NULL,
	asset VARCHAR(128) NOT NULL,
	period VARCHAR(7) NOT NULL,
	bucket INTEGER NOT NULL,
	input_version VARCHAR(32) NOT NULL,
	logic VARCHAR(32) NOT NULL,
	rules VARCHAR(32) NOT NULL,
	inputs VARCHAR NOT NULL,
	data_version VARCHAR(32) NOT NULL,
	column_hashes VARCHAR NOT NULL,
	row_count BIGINT NOT NULL,
	byte_count BIGINT NOT NULL,
	seconds FLOAT NOT NULL,
	reason VARCHAR(16) NOT NULL,
	path VARCHAR NOT NULL,
	file_hash VARCHAR(32) NOT NULL,
	written_at DATETIME NOT NULL, scheme INTEGER DEFAULT '1' NOT NULL,
	PRIMARY KEY (environment, asset, period, bucket)
);
CREATE TABLE chunks (
	path VARCHAR NOT NULL,
	asset VARCHAR(64) NOT NULL,
	month VARCHAR(7) NOT NULL,
	bucket INTEGER NOT NULL,
	row_count BIGINT NOT NULL,
	whole VARCHAR(32) NOT NULL,
	head VARCHAR(32) NOT NULL,
	tail VARCHAR(32) NOT NULL,
	file_hash VARCHAR(32) NOT NULL,
	is_early BOOLEAN NOT NULL,
	is_late BOOLEAN NOT NULL,
	people BLOB,
	PRIMARY KEY (path)
);
CREATE TABLE consent_events (
	event_id VARCHAR(32) NOT NULL,
	listener_id BIGINT NOT NULL,
	purpose VARCHAR(64) NOT NULL,
	state VARCHAR(16) NOT NULL,
	lawful_basis VARCHAR(32) NOT NULL,
	notice_version VARCHAR(64) NOT NULL,
	notice_sha256 VARCHAR(64) NOT NULL,
	method VARCHAR(32) NOT NULL,
	jurisdiction VARCHAR(8),
	valid_from DATETIME NOT NULL,
	valid_until DATETIME,
	recorded_at DATETIME NOT NULL, sequence BIGINT DEFAULT '0' NOT NULL,
	PRIMARY KEY (event_id),
	CONSTRAINT consent_state CHECK (state in ('objected', 'withdrawn', 'refused', 'expired', 'given')),
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE
);
CREATE TABLE damaged_files (
	path VARCHAR NOT NULL,
	noticed_at DATETIME NOT NULL,
	PRIMARY KEY (path)
);
CREATE TABLE documents (
	name VARCHAR(200) NOT NULL,
	path VARCHAR(220) NOT NULL,
	file_hash VARCHAR(32) NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE editions (
	environment VARCHAR(64) NOT NULL,
	year INTEGER NOT NULL,
	rules VARCHAR(64) NOT NULL,
	window_start DATE,
	window_end DATE,
	launch_at DATETIME, catalogue VARCHAR(32), is_frozen BOOLEAN DEFAULT 0 NOT NULL,
	PRIMARY KEY (environment, year)
);
CREATE TABLE erasure_cases (
	case_id VARCHAR(32) NOT NULL,
	state VARCHAR(16) NOT NULL,
	opened_at DATETIME NOT NULL,
	finished_at DATETIME,
	counts JSON NOT NULL,
	PRIMARY KEY (case_id)
);
CREATE TABLE exclusions (
	listener_id BIGINT NOT NULL,
	kind VARCHAR(16) NOT NULL,
	target_id BIGINT NOT NULL,
	label VARCHAR NOT NULL,
	PRIMARY KEY (listener_id, kind, target_id),
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE
);
CREATE TABLE export_keys (
	export_id VARCHAR(32) NOT NULL,
	wrapped_key BLOB,
	made_at DATETIME NOT NULL,
	destroyed_at DATETIME,
	PRIMARY KEY (export_id),
	FOREIGN KEY(export_id) REFERENCES exports (export_id)
);
CREATE TABLE export_subjects (
	export_id VARCHAR(32) NOT NULL,
	listener_id BIGINT NOT NULL,
	pseudonym VARCHAR(64) NOT NULL,
	PRIMARY KEY (export_id, listener_id),
	FOREIGN KEY(export_id) REFERENCES exports (export_id),
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE,
	UNIQUE (export_id, pseudonym)
);
CREATE TABLE exports (
	export_id VARCHAR(32) NOT NULL,
	name VARCHAR(64) NOT NULL,
	year INTEGER,
	state VARCHAR(16) NOT NULL,
	sha256 VARCHAR(64),
	policy_sha256 VARCHAR(64),
	snapshot_id VARCHAR(64),
	recipient VARCHAR(64),
	created_at DATETIME NOT NULL,
	cleared_at DATETIME,
	delivered_at DATETIME, expired_at DATETIME,
	PRIMARY KEY (export_id),
	CONSTRAINT export_state CHECK (state in ('candidate', 'staged', 'cleared', 'delivered', 'refused', 'withdrawn'))
);
CREATE TABLE generations (
	name VARCHAR(64) NOT NULL,
	number BIGINT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "generations" VALUES('people',0);
CREATE TABLE group_members (
	group_id BIGINT NOT NULL,
	listener_id BIGINT NOT NULL,
	PRIMARY KEY (group_id, listener_id),
	FOREIGN KEY(group_id) REFERENCES groups (group_id) ON DELETE CASCADE,
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE
);
CREATE TABLE groups (
	group_id BIGINT NOT NULL,
	name VARCHAR NOT NULL,
	PRIMARY KEY (group_id),
	UNIQUE (name)
);
CREATE TABLE imports (
	content VARCHAR(64) NOT NULL,
	source VARCHAR(64) NOT NULL,
	play_count BIGINT NOT NULL,
	rejected JSON NOT NULL,
	rejected_path VARCHAR, rejected_hash VARCHAR(32), importer VARCHAR(32),
	PRIMARY KEY (content)
);
CREATE TABLE launch_evidence (
	year INTEGER NOT NULL,
	step VARCHAR(16) NOT NULL,
	edition VARCHAR(200) NOT NULL,
	found_at DATETIME NOT NULL,
	seconds FLOAT NOT NULL,
	facts JSON NOT NULL,
	PRIMARY KEY (year, step, edition)
);
CREATE TABLE launch_plans (
	year INTEGER NOT NULL,
	targets JSON NOT NULL,
	locales JSON NOT NULL,
	freeze_at DATETIME NOT NULL,
	stopped VARCHAR(500),
	PRIMARY KEY (year)
);
CREATE TABLE listeners (
	listener_id BIGINT NOT NULL,
	name VARCHAR NOT NULL,
	time_zone VARCHAR(64) NOT NULL,
	country VARCHAR(2),
	birth_year INTEGER, place VARCHAR,
	PRIMARY KEY (listener_id),
	UNIQUE (name)
);
CREATE TABLE logics (
	fingerprint VARCHAR(32) NOT NULL,
	parts JSON NOT NULL,
	PRIMARY KEY (fingerprint)
);
CREATE TABLE "objects" (
	path VARCHAR(220) NOT NULL,
	is_leaving BOOLEAN NOT NULL,
	PRIMARY KEY (path)
);
CREATE TABLE outputs (
	output_id VARCHAR(32) NOT NULL,
	path VARCHAR NOT NULL,
	what VARCHAR(32) NOT NULL,
	listener_id BIGINT,
	written_at DATETIME NOT NULL,
	PRIMARY KEY (output_id),
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE
);
CREATE TABLE publication_cells (
	year INTEGER NOT NULL,
	number INTEGER NOT NULL,
	asset VARCHAR(128) NOT NULL,
	period VARCHAR(7) NOT NULL,
	bucket INTEGER NOT NULL,
	path VARCHAR NOT NULL, file_hash VARCHAR(32),
	PRIMARY KEY (year, number, asset, period, bucket)
);
CREATE TABLE publications (
	year INTEGER NOT NULL,
	number INTEGER NOT NULL,
	is_live BOOLEAN NOT NULL,
	rules JSON NOT NULL,
	published_at DATETIME NOT NULL, rolled_back_at DATETIME, rollback_reason VARCHAR(500), bucket_count INTEGER,
	PRIMARY KEY (year, number)
);
CREATE TABLE recalls (
	export_id VARCHAR(32) NOT NULL,
	pseudonym VARCHAR(64) NOT NULL,
	case_id VARCHAR(32) NOT NULL,
	recalled_at DATETIME NOT NULL,
	notified_at DATETIME,
	confirmed_at DATETIME,
	PRIMARY KEY (export_id, pseudonym),
	FOREIGN KEY(export_id) REFERENCES exports (export_id)
);
CREATE TABLE restrictions (
	listener_id BIGINT NOT NULL,
	since DATETIME NOT NULL,
	case_id VARCHAR(32) NOT NULL,
	PRIMARY KEY (listener_id),
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE
);
CREATE TABLE settings (
	name VARCHAR(64) NOT NULL,
	value VARCHAR NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE shares (
	token_sha256 VARCHAR(64) NOT NULL,
	listener_id BIGINT NOT NULL,
	year INTEGER NOT NULL,
	shared_at DATETIME NOT NULL,
	PRIMARY KEY (token_sha256),
	FOREIGN KEY(listener_id) REFERENCES listeners (listener_id) ON DELETE CASCADE
);
CREATE TABLE spans (
	name VARCHAR(16) NOT NULL,
	bucket INTEGER NOT NULL,
	PRIMARY KEY (name, bucket)
);
CREATE TABLE tombstones (
	token VARCHAR(64) NOT NULL,
	key_generation INTEGER NOT NULL,
	case_id VARCHAR(32) NOT NULL,
	bucket INTEGER NOT NULL,
	erased_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (token)
);
CREATE INDEX chunks_by_cell ON chunks (bucket, month);
CREATE INDEX consent_events_by_purpose ON consent_events (purpose, listener_id, valid_from);
CREATE INDEX consent_events_by_listener ON consent_events (listener_id);
CREATE TRIGGER consent_events_unchanged before update on consent_events
    begin select raise(abort, 'consent_events is append-only'); end;
CREATE TRIGGER consent_events_kept before delete on consent_events
    when exists (select 1 from listeners where listener_id = old.listener_id)
    begin select raise(abort, 'consent_events is append-only'); end;
CREATE TRIGGER consent_events_once before insert on consent_events
    when exists (select 1 from consent_events where event_id = new.event_id)
    begin select raise(abort, 'consent_events is append-only'); end;
CREATE INDEX consent_events_by_sequence ON consent_events (sequence);
CREATE INDEX cells_by_path ON cells (path);
CREATE INDEX publication_cells_by_path ON publication_cells (path);
CREATE INDEX outputs_by_listener ON outputs (listener_id);
CREATE INDEX outputs_by_path ON outputs (path);
CREATE INDEX consent_events_by_end ON consent_events (valid_until);
CREATE TRIGGER consent_events_insert_generation after insert on consent_events begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER restrictions_insert_generation after insert on restrictions begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER restrictions_update_generation after update on restrictions begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER restrictions_delete_generation after delete on restrictions begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER listeners_update_generation after update on listeners begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER listeners_delete_generation after delete on listeners begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER groups_insert_generation after insert on groups begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER groups_update_generation after update on groups begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER groups_delete_generation after delete on groups begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER group_members_insert_generation after insert on group_members begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER group_members_update_generation after update on group_members begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER group_members_delete_generation after delete on group_members begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER addresses_insert_generation after insert on addresses begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER addresses_update_generation after update on addresses begin update generations set number = number + 1 where name = 'people'; end;
CREATE TRIGGER addresses_delete_generation after delete on addresses begin update generations set number = number + 1 where name = 'people'; end;
