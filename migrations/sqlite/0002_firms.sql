-- Contractor companies and the people they send.

CREATE TABLE firm (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version    INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    name       TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    phone      TEXT    NOT NULL CHECK (length(phone) BETWEEN 1 AND 32),
    -- Where it is told of offers.
    email      TEXT    CHECK (length(email) BETWEEN 3 AND 254),
    state      TEXT    NOT NULL CHECK (state IN ('active', 'suspended')),
    -- The rung of the ladder from which it is asked, and who of it is asked.
    tier       INTEGER NOT NULL DEFAULT 1 CHECK (tier BETWEEN 1 AND 9),
    offers_to  TEXT    NOT NULL DEFAULT 'technician' CHECK (offers_to IN ('technician', 'firm')),
    -- Designations by water utility, each with its municipalities and last day (S-08).
    licences   TEXT    NOT NULL DEFAULT '[]' CHECK (iif(json_valid(licences), json_type(licences), '') = 'array' AND length(licences) <= 65536),
    registration_number TEXT CHECK (registration_number GLOB 'T[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    -- What the office itself calls it.
    key        TEXT    CHECK (length(key) BETWEEN 1 AND 64),
    created_at TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX firm_by_key ON firm (key);

-- Where a firm works: the code of a ward, or of a city for all its wards (either, hence no foreign key).
CREATE TABLE firm_area (
    firm_id  BLOB NOT NULL REFERENCES firm,
    jis_code TEXT NOT NULL CHECK (jis_code GLOB '[0-9][0-9][0-9][0-9][0-9]'),
    PRIMARY KEY (firm_id, jis_code)
) STRICT, WITHOUT ROWID;
CREATE INDEX firm_area_by_municipality ON firm_area (jis_code);

CREATE TABLE technician (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version     INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id     BLOB    NOT NULL REFERENCES firm,
    name        TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    phone       TEXT    NOT NULL CHECK (length(phone) BETWEEN 1 AND 32),
    base_lat_e6 INTEGER NOT NULL CHECK (base_lat_e6 BETWEEN -90000000 AND 90000000),
    base_lon_e6 INTEGER NOT NULL CHECK (base_lon_e6 BETWEEN -180000000 AND 180000000),
    trades      TEXT    NOT NULL CHECK (iif(json_valid(trades), json_type(trades), '') = 'array' AND length(trades) <= 4096),
    languages   TEXT    NOT NULL CHECK (iif(json_valid(languages), json_type(languages), '') = 'array' AND length(languages) <= 4096),
    shifts      TEXT    NOT NULL CHECK (iif(json_valid(shifts), json_type(shifts), '') = 'array' AND length(shifts) <= 65536),
    state       TEXT    NOT NULL CHECK (state IN ('active', 'suspended')),
    -- The only kinds of trouble he is sent for; empty: every one of his trades.
    job_codes   TEXT    NOT NULL DEFAULT '[]' CHECK (iif(json_valid(job_codes), json_type(job_codes), '') = 'array' AND length(job_codes) <= 4096),
    tools       TEXT    NOT NULL DEFAULT '[]' CHECK (iif(json_valid(tools), json_type(tools), '') = 'array' AND length(tools) <= 4096),
    -- Whether tools for opening locks may be carried (S-07).
    opening_tools TEXT  NOT NULL DEFAULT 'not_authorised' CHECK (opening_tools IN ('not_authorised', 'authorised')),
    badge_number TEXT   CHECK (length(badge_number) BETWEEN 1 AND 40),
    key         TEXT    CHECK (length(key) BETWEEN 1 AND 64),
    created_at  TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    -- When the office first confirmed what is said here: nobody is sent before that.
    confirmed_at TEXT   CHECK (confirmed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(confirmed_at, 1, 19)) IS substr(confirmed_at, 1, 19) AND julianday(confirmed_at) IS NOT NULL AND length(confirmed_at) IN (25, 29, 32) AND confirmed_at GLOB '*+00:00' AND confirmed_at NOT GLOB '*000+00:00' AND confirmed_at NOT GLOB '*T24*'),
    CHECK (confirmed_at IS NOT NULL OR state = 'suspended'),
    -- What refers to a technician together with the firm.
    UNIQUE (id, firm_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX technician_by_firm ON technician (firm_id);
CREATE UNIQUE INDEX technician_by_key ON technician (key);

-- The last known position: upserted in batches, no history, no events.
CREATE TABLE position (
    technician_id BLOB    NOT NULL PRIMARY KEY REFERENCES technician,
    lat_e6        INTEGER NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6        INTEGER NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000),
    accuracy_m    INTEGER CHECK (accuracy_m >= 0),
    measured_at   TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(measured_at, 1, 19)) IS substr(measured_at, 1, 19) AND julianday(measured_at) IS NOT NULL AND length(measured_at) IN (25, 29, 32) AND measured_at GLOB '*+00:00' AND measured_at NOT GLOB '*000+00:00' AND measured_at NOT GLOB '*T24*'),
    received_at   TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(received_at, 1, 19)) IS substr(received_at, 1, 19) AND julianday(received_at) IS NOT NULL AND length(received_at) IN (25, 29, 32) AND received_at GLOB '*+00:00' AND received_at NOT GLOB '*000+00:00' AND received_at NOT GLOB '*T24*')
) STRICT, WITHOUT ROWID;
