-- Contractor companies and the people they send.

CREATE TABLE firm (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    name       text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    phone      text        NOT NULL CHECK (char_length(phone) BETWEEN 1 AND 32),
    -- Where it is told of offers.
    email      text        CHECK (char_length(email) BETWEEN 3 AND 254),
    state      text        NOT NULL CHECK (state IN ('active', 'suspended')),
    -- The rung of the ladder from which it is asked, and who of it is asked.
    tier       bigint      NOT NULL DEFAULT 1 CHECK (tier BETWEEN 1 AND 9),
    offers_to  text        NOT NULL DEFAULT 'technician' CHECK (offers_to IN ('technician', 'firm')),
    -- Designations by water utility, each with its municipalities and last day (S-08).
    licences   text        NOT NULL DEFAULT '[]' CHECK (json_kind(licences) = 'array' AND char_length(licences) <= 65536),
    registration_number text CHECK (registration_number ~ '^T[0-9]{13}$'),
    -- What the office itself calls it.
    key        text        CHECK (char_length(key) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX firm_by_key ON firm (key);

-- Where a firm works: the code of a ward, or of a city for all its wards (either, hence no foreign key).
CREATE TABLE firm_area (
    firm_id  uuid NOT NULL REFERENCES firm,
    jis_code text NOT NULL CHECK (jis_code ~ '^[0-9]{5}$'),
    PRIMARY KEY (firm_id, jis_code)
);
CREATE INDEX firm_area_by_municipality ON firm_area (jis_code);

CREATE TABLE technician (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id     uuid        NOT NULL REFERENCES firm,
    name        text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    phone       text        NOT NULL CHECK (char_length(phone) BETWEEN 1 AND 32),
    base_lat_e6 bigint      NOT NULL CHECK (base_lat_e6 BETWEEN -90000000 AND 90000000),
    base_lon_e6 bigint      NOT NULL CHECK (base_lon_e6 BETWEEN -180000000 AND 180000000),
    trades      text        NOT NULL CHECK (json_kind(trades) = 'array' AND char_length(trades) <= 4096),
    languages   text        NOT NULL CHECK (json_kind(languages) = 'array' AND char_length(languages) <= 4096),
    shifts      text        NOT NULL CHECK (json_kind(shifts) = 'array' AND char_length(shifts) <= 65536),
    state       text        NOT NULL CHECK (state IN ('active', 'suspended')),
    -- The only kinds of trouble he is sent for; empty: every one of his trades.
    job_codes   text        NOT NULL DEFAULT '[]' CHECK (json_kind(job_codes) = 'array' AND char_length(job_codes) <= 4096),
    tools       text        NOT NULL DEFAULT '[]' CHECK (json_kind(tools) = 'array' AND char_length(tools) <= 4096),
    -- Whether tools for opening locks may be carried (S-07).
    opening_tools text      NOT NULL DEFAULT 'not_authorised' CHECK (opening_tools IN ('not_authorised', 'authorised')),
    badge_number text       CHECK (char_length(badge_number) BETWEEN 1 AND 40),
    key         text        CHECK (char_length(key) BETWEEN 1 AND 64),
    created_at  timestamptz NOT NULL,
    -- When the office first confirmed what is said here: nobody is sent before that.
    confirmed_at timestamptz,
    CHECK (confirmed_at IS NOT NULL OR state = 'suspended'),
    -- What refers to a technician together with the firm.
    UNIQUE (id, firm_id)
);
CREATE INDEX technician_by_firm ON technician (firm_id);
CREATE UNIQUE INDEX technician_by_key ON technician (key);

-- The last known position: upserted in batches, no history, no events.
CREATE TABLE position (
    technician_id uuid        NOT NULL PRIMARY KEY REFERENCES technician,
    lat_e6        bigint      NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6        bigint      NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000),
    accuracy_m    bigint      CHECK (accuracy_m >= 0),
    measured_at   timestamptz NOT NULL,
    received_at   timestamptz NOT NULL
);
