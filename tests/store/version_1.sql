CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, generation BIGINT NOT NULL);
CREATE TABLE events (
    key UUID PRIMARY KEY, project INTEGER NOT NULL, revision BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL, write_key TEXT, import_id TEXT,
    event TEXT, timestamp TIMESTAMP WITH TIME ZONE, user_id TEXT, chat_id TEXT, message_id TEXT, agent_id TEXT,
    service_mode TEXT, country_code TEXT, content_type TEXT, template_id TEXT, has_media BOOLEAN, name TEXT, source TEXT,
    resolution_type TEXT, message_count DOUBLE PRECISION, duration_minutes DOUBLE PRECISION, from_mode TEXT, to_mode TEXT,
    handoff_reason TEXT, journey_step TEXT, reported_at TIMESTAMP WITH TIME ZONE, test BOOLEAN, properties TEXT
);
CREATE TABLE imports (
    id TEXT PRIMARY KEY, project INTEGER NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL, received BIGINT NOT NULL, stored BIGINT NOT NULL,
    duplicates BIGINT NOT NULL, rejected BIGINT NOT NULL
);
CREATE TABLE rejected_events (
    key UUID PRIMARY KEY, project INTEGER NOT NULL, received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    write_key TEXT, import_id TEXT, line BIGINT NOT NULL, index INTEGER NOT NULL, event TEXT,
    field TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, raw BYTEA NOT NULL
);
CREATE TABLE settings (project INTEGER, name TEXT, value TEXT NOT NULL, PRIMARY KEY (project, name));
CREATE TABLE write_keys (
    id TEXT PRIMARY KEY, project INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL, revoked_at TIMESTAMP WITH TIME ZONE,
    last_used_at TIMESTAMP WITH TIME ZONE
);
CREATE TABLE schema_version (version INTEGER NOT NULL);

INSERT INTO schema_version VALUES (1);
INSERT INTO projects VALUES (7, 'shop', 0);
INSERT INTO imports VALUES ('0a1b2c3d', 7, 'march.ndjson', 'digest', '2026-04-01 08:00:00+00', 3, 1, 0, 2);
INSERT INTO events (key, project, revision, received_at, import_id, event, timestamp, user_id, message_id, test) VALUES
    ('00000000-0000-0000-0000-000000000001', 7, 1, '2026-04-01 08:00:00+00', '0a1b2c3d', 'message.received',
     '2026-03-01 08:00:00+00', '+254712345678', 'm1', false);
INSERT INTO rejected_events VALUES
    (CAST(md5('7' || chr(31) || '{"a": ') AS UUID), 7, '2026-04-01 08:00:00+00', NULL, '0a1b2c3d', 2, 0, NULL,
     '', 'invalid_json', 'Not valid JSON', '{"a": '),
    (CAST(md5('7' || chr(31) || 'bad') AS UUID), 7, '2026-04-01 08:00:00+00', NULL, '0a1b2c3d', 3, 0, NULL,
     '', 'invalid_json', 'Not valid JSON', 'bad');
