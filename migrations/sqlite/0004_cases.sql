-- Calls and the cases they open. What names or locates a person sits in side tables that retention may erase.

-- Named sequences of human-readable numbers.
CREATE TABLE counter (
    name  TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_file (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version        INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    number         TEXT    NOT NULL UNIQUE CHECK (length(number) BETWEEN 1 AND 32),
    programme      TEXT    NOT NULL CHECK (length(programme) BETWEEN 1 AND 64),
    language       TEXT    NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    eligibility    TEXT    NOT NULL CHECK (eligibility IN ('eligible', 'unverified', 'not_eligible')),
    liability_flag TEXT    NOT NULL CHECK (liability_flag IN ('yes', 'no', 'unknown')),
    state          TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at      TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(opened_at, 1, 19)) IS substr(opened_at, 1, 19) AND julianday(opened_at) IS NOT NULL AND length(opened_at) IN (25, 29, 32) AND opened_at GLOB '*+00:00' AND opened_at NOT GLOB '*000+00:00' AND opened_at NOT GLOB '*T24*'),
    closed_at      TEXT    CHECK (closed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(closed_at, 1, 19)) IS substr(closed_at, 1, 19) AND julianday(closed_at) IS NOT NULL AND length(closed_at) IN (25, 29, 32) AND closed_at GLOB '*+00:00' AND closed_at NOT GLOB '*000+00:00' AND closed_at NOT GLOB '*T24*'),
    CHECK ((closed_at IS NOT NULL) = (state = 'closed'))
) STRICT, WITHOUT ROWID;
CREATE INDEX case_file_by_state ON case_file (state, opened_at);

CREATE TABLE case_category (
    case_id  BLOB NOT NULL REFERENCES case_file,
    category TEXT NOT NULL CHECK (category IN ('water', 'lock', 'liability', 'consultation')),
    PRIMARY KEY (case_id, category)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_person (
    case_id BLOB NOT NULL PRIMARY KEY REFERENCES case_file,
    name    TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    phone   TEXT NOT NULL CHECK (length(phone) BETWEEN 1 AND 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_person_by_phone ON case_person (phone);

CREATE TABLE case_place (
    case_id      BLOB    NOT NULL PRIMARY KEY REFERENCES case_file,
    postal_code  TEXT    NOT NULL CHECK (postal_code GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    jis_code     TEXT    NOT NULL CHECK (jis_code GLOB '[0-9][0-9][0-9][0-9][0-9]'),
    town         TEXT    NOT NULL CHECK (length(town) <= 200),
    address      TEXT    NOT NULL CHECK (length(address) <= 500),
    building     TEXT    CHECK (length(building) BETWEEN 1 AND 200),
    room         TEXT    CHECK (length(room) BETWEEN 1 AND 50),
    access_notes TEXT    CHECK (length(access_notes) BETWEEN 1 AND 2000),
    lat_e6       INTEGER NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6       INTEGER NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000),
    precision    TEXT    NOT NULL CHECK (precision IN ('pin', 'town', 'municipality'))
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version     INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id     BLOB    REFERENCES case_file,
    channel     TEXT    NOT NULL CHECK (channel IN ('phone', 'chat')),
    language    TEXT    NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    caller_role TEXT    NOT NULL CHECK (caller_role IN ('worker', 'host_company', 'flatmate', 'landlord',
                                                        'other')),
    state       TEXT    NOT NULL CHECK (state IN ('offered', 'answered', 'ended', 'abandoned')),
    offered_at  TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(offered_at, 1, 19)) IS substr(offered_at, 1, 19) AND julianday(offered_at) IS NOT NULL AND length(offered_at) IN (25, 29, 32) AND offered_at GLOB '*+00:00' AND offered_at NOT GLOB '*000+00:00' AND offered_at NOT GLOB '*T24*'),
    answered_at TEXT    CHECK (answered_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(answered_at, 1, 19)) IS substr(answered_at, 1, 19) AND julianday(answered_at) IS NOT NULL AND length(answered_at) IN (25, 29, 32) AND answered_at GLOB '*+00:00' AND answered_at NOT GLOB '*000+00:00' AND answered_at NOT GLOB '*T24*'),
    ended_at    TEXT    CHECK (ended_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(ended_at, 1, 19)) IS substr(ended_at, 1, 19) AND julianday(ended_at) IS NOT NULL AND length(ended_at) IN (25, 29, 32) AND ended_at GLOB '*+00:00' AND ended_at NOT GLOB '*000+00:00' AND ended_at NOT GLOB '*T24*'),
    answered_by BLOB    REFERENCES token
) STRICT, WITHOUT ROWID;
CREATE INDEX call_by_case ON call (case_id);
CREATE INDEX call_by_state ON call (state, offered_at);

CREATE TABLE call_person (
    call_id BLOB NOT NULL PRIMARY KEY REFERENCES call,
    phone   TEXT NOT NULL CHECK (length(phone) BETWEEN 1 AND 32),
    name    TEXT CHECK (length(name) BETWEEN 1 AND 200)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_person_by_phone ON call_person (phone);
