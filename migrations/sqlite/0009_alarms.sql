-- Alarms: what a person at the desk must know. One that is not resolved is unique by kind and subject: the same
-- cause raises one alarm, however often it is noticed. Its kinds are those of the application; a new kind needs no
-- change here.

CREATE TABLE alarm (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version         INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    kind            TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    subject         TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 64),
    subject_id      BLOB    NOT NULL CHECK (length(subject_id) = 16),
    state           TEXT    NOT NULL CHECK (state IN ('waiting', 'ringing', 'acknowledged', 'resolved')),
    raised_at       TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(raised_at, 1, 19)) IS substr(raised_at, 1, 19) AND julianday(raised_at) IS NOT NULL AND length(raised_at) IN (25, 29, 32) AND raised_at GLOB '*+00:00' AND raised_at NOT GLOB '*000+00:00' AND raised_at NOT GLOB '*T24*'),
    rings_at        TEXT CHECK (rings_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(rings_at, 1, 19)) IS substr(rings_at, 1, 19) AND julianday(rings_at) IS NOT NULL AND length(rings_at) IN (25, 29, 32) AND rings_at GLOB '*+00:00' AND rings_at NOT GLOB '*000+00:00' AND rings_at NOT GLOB '*T24*'),
    rung            INTEGER NOT NULL CHECK (rung >= 0),
    acknowledged_at TEXT CHECK (acknowledged_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(acknowledged_at, 1, 19)) IS substr(acknowledged_at, 1, 19) AND julianday(acknowledged_at) IS NOT NULL AND length(acknowledged_at) IN (25, 29, 32) AND acknowledged_at GLOB '*+00:00' AND acknowledged_at NOT GLOB '*000+00:00' AND acknowledged_at NOT GLOB '*T24*'),
    acknowledged_by BLOB    REFERENCES token,
    resolved_at     TEXT CHECK (resolved_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(resolved_at, 1, 19)) IS substr(resolved_at, 1, 19) AND julianday(resolved_at) IS NOT NULL AND length(resolved_at) IN (25, 29, 32) AND resolved_at GLOB '*+00:00' AND resolved_at NOT GLOB '*000+00:00' AND resolved_at NOT GLOB '*T24*'),
    CHECK ((rings_at IS NULL) = (state = 'resolved')),
    CHECK ((resolved_at IS NOT NULL) = (state = 'resolved')),
    CHECK (state <> 'acknowledged' OR acknowledged_at IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alarm_one_unresolved ON alarm (subject_id, kind) WHERE state <> 'resolved';
-- Which alarms of a kind have no cause any more.
CREATE INDEX alarm_unresolved ON alarm (kind) WHERE state <> 'resolved';
CREATE INDEX alarm_by_time ON alarm (rings_at) WHERE rings_at IS NOT NULL;
CREATE INDEX alarm_by_state ON alarm (state, id);
